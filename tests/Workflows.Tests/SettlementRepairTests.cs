using CrmFlow.Agents;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>What administrators do about a settlement that stands still, and what its records say afterwards.</summary>
public class SettlementRepairTests
{
    private static Task<Actor> AdministratorAsync(Settlement s) => s.App.StaffAsync("fanglan", "方岚", rights: [DefinitionAdministration.Right]);

    [Fact]
    public async Task A_finance_decision_whose_booking_failed_is_booked_once_by_a_retry()
    {
        await using var s = await Settlement.StartAsync();
        var admin = await AdministratorAsync(s);
        var id = await s.ReceivedAsync();
        await s.App.BreakAsync("BEFORE INSERT ON ledger_entry");
        await s.DecideAsync(s.Finance, id, "Offset");
        (await s.StateAsync(id)).ShouldBe(SettlementState.InProgress);
        (await s.LedgerAsync()).ShouldBeEmpty();

        await s.App.MendAsync();
        await s.App.RetryAsync(admin, (await s.ApplicationAsync(id)).InstanceId!.Value);
        (await s.StateAsync(id)).ShouldBe(SettlementState.Done);
        (await s.LedgerAsync()).ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(e => e.By.ShouldBe(s.Finance.UserId), e => e.Voucher.ShouldBe("WL-2026-0001"));
        (await s.App.ReadAsync(db => db.Set<TaskEvent>()
            .CountAsync(e => e.SubjectId == id && e.ActivityId == "finance-decision" && e.Kind == TaskEventKind.Decided))).ShouldBe(1);
    }

    [Fact]
    public async Task A_leaders_signature_that_was_not_taken_in_counts_once_after_the_retry()
    {
        await using var s = await Settlement.StartAsync();
        var admin = await AdministratorAsync(s);
        var id = await s.ReportedAsync(fee: 50_000);
        await s.DecideAsync(s.Leader, id, "Sign", signature: s.Leader.Name);
        await s.App.BreakAsync("BEFORE UPDATE OF state ON task WHEN NEW.state = 'Completed'");
        await s.DecideAsync(s.SecondLeader, id, "Sign", signature: s.SecondLeader.Name);
        (await s.TryDecideAsync(s.SecondLeader, id, "Sign", signature: s.SecondLeader.Name)).Problem.ShouldNotBeNull();

        await s.App.MendAsync();
        await s.App.RetryAsync(admin, (await s.ApplicationAsync(id)).InstanceId!.Value);
        (await s.StepAsync(id)).ShouldBe("invoice-entry");
        (await s.ApplicationAsync(id)).Signatures.Select(x => x.By).ShouldBe([s.Leader.UserId, s.SecondLeader.UserId], ignoreOrder: true);
    }

    [Fact]
    public async Task Ending_the_process_cancels_the_application_and_frees_its_lines_and_tasks()
    {
        await using var s = await Settlement.StartAsync();
        var admin = await AdministratorAsync(s);
        var sale = await s.SaleAsync(5_000);
        var id = await s.DraftAsync(s.Agent, sale);
        await s.SubmitAsync(s.Agent, id);
        var instance = (await s.ApplicationAsync(id)).InstanceId!.Value;
        var instances = s.App.Get<InstanceAdministration>();
        (await instances.CancelAsync(admin, s.App.NewOperation(), instance, "  ", Settlement.Ct)).Problem.ShouldNotBeNull().Field.ShouldBe("reason");
        (await instances.CancelAsync(admin, s.App.NewOperation(), instance, "流程改版，请重新申请", Settlement.Ct)).Problem.ShouldBeNull();

        (await s.ApplicationAsync(id)).ShouldSatisfyAllConditions(a => a.State.ShouldBe(SettlementState.Cancelled), a =>
            a.CloseReason.ShouldBe("流程改版，请重新申请"), a => a.No.ShouldBe("JS-2026-0001"));
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.IsFreeAsync(sale)).ShouldBeTrue();
        (await s.App.Get<InboxPage>().HandleAsync(s.Commerce, InboxTab.Pool, null, Settlement.Ct)).Value.Rows.ShouldBeEmpty();
        (await s.App.ReadAsync(db => db.Set<DueRow>().CountAsync())).ShouldBe(0);
    }

    [Fact]
    public async Task What_finance_has_decided_is_retried_not_ended()
    {
        await using var s = await Settlement.StartAsync();
        var admin = await AdministratorAsync(s);
        var id = await s.ReceivedAsync();
        await s.App.BreakAsync("BEFORE INSERT ON ledger_entry");
        await s.DecideAsync(s.Finance, id, "PayBack");
        var instance = (await s.ApplicationAsync(id)).InstanceId!.Value;
        (await s.App.Get<InstanceAdministration>().CancelAsync(admin, s.App.NewOperation(), instance, "算了", Settlement.Ct))
            .Problem.ShouldBeOfType<FinanceHasDecided>();
        (await s.App.Get<CancelSettlement>().HandleAsync(s.Commerce, s.App.NewOperation(), id, "算了", Settlement.Ct))
            .Problem.ShouldBeOfType<FinanceHasDecided>();
        await s.App.MendAsync();
        await s.App.RetryAsync(admin, instance);
        (await s.StateAsync(id)).ShouldBe(SettlementState.Done);
    }

    [Fact]
    public async Task A_deleted_draft_takes_its_attachments_with_it()
    {
        await using var s = await Settlement.StartAsync();
        var (deleted, kept) = (await s.DraftAsync(s.Agent, await s.SaleAsync(100)), await s.DraftAsync(s.Agent, await s.SaleAsync(200)));
        await s.ScanAsync(s.Agent, deleted);
        await s.ScanAsync(s.Agent, kept);
        var files = Directory.GetFiles(s.App.FilesDirectory, "*", SearchOption.AllDirectories);
        files.Length.ShouldBe(2);

        (await s.App.Get<DeleteDraft>().HandleAsync(s.Agent, s.App.NewOperation(), deleted, Settlement.Ct)).Problem.ShouldBeNull();
        (await s.App.ReadAsync(db => db.Set<Attachment>().SingleAsync())).SubjectId.ShouldBe(kept);

        s.Clock.Advance(TimeSpan.FromDays(29)); // a backup of these days still finds the file
        await s.App.RunDueAsync();
        files.ShouldAllBe(f => File.Exists(f));
        s.Clock.Advance(TimeSpan.FromDays(1));
        await s.App.RunDueAsync();
        Path.GetFileName(files.Single(File.Exists)).ShouldBe((await s.App.ReadAsync(db => db.Set<Attachment>().SingleAsync())).StoredName);
    }

    [Fact]
    public async Task A_withdrawn_application_keeps_what_was_attached()
    {
        await using var s = await Settlement.StartAsync();
        var id = await s.DraftAsync(s.Agent, await s.SaleAsync(100));
        await s.ScanAsync(s.Agent, id);
        await s.SubmitAsync(s.Agent, id);
        await s.WithdrawAsync(s.Agent, id);
        (await s.App.Get<Attachments>().HandleAsync(s.Commerce, "settlement", id, null, Settlement.Ct)).Value.Files.ShouldHaveSingleItem();
    }
}
