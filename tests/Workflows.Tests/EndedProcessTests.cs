using CrmFlow.Care;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// An administrator ends the process of a complaint, a first visit, a care: the record follows in the same transaction. What FaultStrategy stopped
/// can be retried, so its record stays open until somebody does, or ends it.
/// </summary>
public sealed class EndedProcessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private const string Reason = "流程改版，请重新登记";

    private static Task<Actor> AdministratorAsync(TestApp app) => app.StaffAsync("fanglan", "方岚", rights: [DefinitionAdministration.Right]);

    private static Task<Result> EndAsync(TestApp app, Actor admin, Guid instance, string reason = Reason) =>
        app.Get<InstanceAdministration>().CancelAsync(admin, app.NewOperation(), instance, reason, Ct);

    private static Task<int> DueOfAsync(TestApp app, Guid instance) =>
        app.ReadAsync(db => db.Set<DueRow>().CountAsync(d => d.InstanceId == instance, Ct));

    [Fact]
    public async Task A_complaint_is_cancelled_with_its_task_its_reminder_and_its_interaction()
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        var id = await s.AssignedAsync();
        var instance = (await s.ComplaintAsync(id)).InstanceId!.Value;
        (await EndAsync(s.App, admin, instance, "  ")).Problem.ShouldNotBeNull().Field.ShouldBe("reason");
        (await s.StateAsync(id)).ShouldBe(ComplaintState.InHand);
        (await EndAsync(s.App, admin, instance)).Problem.ShouldBeNull();

        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.CancelReason, complaint.CancelledBy, complaint.No)
            .ShouldBe((ComplaintState.Cancelled, Reason, admin.UserId, "TS-2026-0001"));
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
        (await s.App.Get<InboxPage>().HandleAsync(s.Technician, InboxTab.Mine, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await s.App.Get<GetCalendar>().HandleAsync(s.Support, new(2026, 1, 1), new(2026, 12, 31), false, Ct)).Value.Items.ShouldBeEmpty();
        (await s.App.ReadAsync(db => db.Set<Interaction>().SingleAsync(i => i.ComplaintId == id, Ct))).Status.ShouldBe(InteractionStatus.Done);
        (await s.App.ReadAsync(db => db.Set<AuditRow>()
            .CountAsync(a => a.Subject == ComplaintScope.Subject && a.SubjectId == id && a.Operation == "Workflows.CancelInstance", Ct))).ShouldBe(1);
        (await DueOfAsync(s.App, instance)).ShouldBe(0);
        (await EndAsync(s.App, admin, instance)).Problem.ShouldBeOfType<InstanceFinished>();
    }

    [Fact]
    public async Task A_complaint_that_waits_for_its_call_back_is_not_called_any_more()
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        var id = await s.HandledAsync();
        (await EndAsync(s.App, admin, (await s.ComplaintAsync(id)).InstanceId!.Value)).Problem.ShouldBeNull();
        await s.PassAsync(TimeSpan.FromDays(30));
        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.CallBackDueAt, complaint.Handlings.Count).ShouldBe((ComplaintState.Cancelled, null, 1));
        (await s.FindOpenTaskAsync(id)).ShouldBeNull();
    }

    [Fact]
    public async Task A_complaint_that_is_closed_stays_closed_whatever_its_process_still_did()
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        // Somebody let the process wait a while after closing.
        await s.App.PublishAsync(Complaints.Definition.Replace("\"solved\", \"port\": \"Done\"}, \"target\": {\"activity\": \"end-solved\"",
            "\"solved\", \"port\": \"Done\"}, \"target\": {\"activity\": \"retry\""));
        var id = await s.CallBackDueAsync();
        await s.RateAsync(id, 5);
        (await EndAsync(s.App, admin, (await s.ComplaintAsync(id)).InstanceId!.Value)).Problem.ShouldBeNull();
        (await s.StateAsync(id)).ShouldBe(ComplaintState.Closed);
    }

    [Fact]
    public async Task Nothing_of_it_happens_when_the_process_cannot_be_ended()
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        var id = await s.AssignedAsync();
        await s.App.BreakAsync("BEFORE UPDATE ON workflow_instance");
        await Should.ThrowAsync<Exception>(async () => await EndAsync(s.App, admin, (await s.ComplaintAsync(id)).InstanceId!.Value));
        (await s.StateAsync(id)).ShouldBe(ComplaintState.InHand);
        (await s.StepAsync(id)).ShouldBe("handle");
    }

    [Fact]
    public async Task What_FaultStrategy_stopped_goes_on_when_it_is_retried()
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        var id = await StoppedAsync(s);
        (await s.StateAsync(id)).ShouldBe(ComplaintState.AwaitingCallBack);
        await s.App.MendAsync();
        await s.App.RetryAsync(admin, (await s.ComplaintAsync(id)).InstanceId!.Value);
        (await s.StateAsync(id)).ShouldBe(ComplaintState.Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_FaultStrategy_stopped_is_given_up_by_an_administrator_or_by_who_may_cancel_the_complaint(bool byAdministrator)
    {
        await using var s = await Complaints.StartAsync();
        var admin = await AdministratorAsync(s.App);
        var id = await StoppedAsync(s);
        await s.App.MendAsync();
        var instance = (await s.ComplaintAsync(id)).InstanceId!.Value;
        (byAdministrator ? await EndAsync(s.App, admin, instance) : await s.CancelAsync(s.Support, id, Reason)).Problem.ShouldBeNull();

        var complaint = await s.ComplaintAsync(id);
        (complaint.State, complaint.CancelReason).ShouldBe((ComplaintState.Cancelled, Reason));
        var ended = (await s.App.Get<InstanceAdministration>().GetAsync(admin, instance, Ct)).Value;
        (ended.Summary.SubStatus, ended.Summary.IncidentCount).ShouldBe((Engine.WorkflowSubStatus.Cancelled, 0));
        ended.Incidents.ShouldAllBe(i => !i.IsRetryable);
    }

    private static async Task<Guid> StoppedAsync(Complaints s)
    {
        await s.App.PublishAsync(Complaints.Definition.Replace("ContinueWithIncidentsStrategy", "FaultStrategy"));
        var id = await s.CallBackDueAsync();
        await s.App.BreakAsync("BEFORE INSERT ON follow_up_visit");
        await s.RateAsync(id, 5);
        return id;
    }

    [Fact]
    public async Task A_first_visit_is_cancelled_leaves_the_list_and_the_calendar_and_stays_searchable()
    {
        await using var c = await Carers.StartAsync();
        var admin = await AdministratorAsync(c.App);
        await c.SaleAsync("XS0001");
        var visit = (await c.VisitsAsync()).Single();
        (await EndAsync(c.App, admin, visit.InstanceId)).Problem.ShouldBeNull();

        var ended = (await c.VisitsAsync()).Single();
        (ended.State, ended.IsCompleted, ended.CancelReason, ended.CancelledBy, ended.CancelledAt)
            .ShouldBe((FirstVisitState.Cancelled, false, Reason, admin.UserId, Carers.At(2026, 3, 2)));
        var list = c.App.Get<ListFirstVisits>();
        (await list.HandleAsync(c.Support, FirstVisitTab.Waiting, null, null, 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await list.CountWaitingAsync(c.Support, Ct)).Value.ShouldBe(0);
        (await list.HandleAsync(c.Support, FirstVisitTab.All, "XS0001", null, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(r => r.State.ShouldBe(FirstVisitState.Cancelled), r => r.TaskId.ShouldBeNull());
        (await c.App.Get<GetFirstVisit>().HandleAsync(c.Support, visit.Id, Ct)).Value.CancelledByName.ShouldBe("方岚");
        (await c.App.Get<GetCalendar>().HandleAsync(c.Support, new(2026, 3, 1), new(2026, 3, 31), false, Ct)).Value.Items.ShouldBeEmpty();
        (await c.App.Get<InboxPage>().HandleAsync(c.Support, InboxTab.Pool, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await c.App.ReadAsync(db => db.Set<AuditRow>().CountAsync(a =>
            a.Subject == FirstVisitScope.Subject && a.SubjectId == visit.Id && a.Operation == "Workflows.CancelInstance", Ct))).ShouldBe(1);

        await c.SaleAsync("XS0001", c.OtherProductId); // another line of that order brings it not back
        (await c.VisitsAsync()).ShouldHaveSingleItem().State.ShouldBe(FirstVisitState.Cancelled);
        await c.SaleAsync("XS0002");
        (await list.CountWaitingAsync(c.Support, Ct)).Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_first_visit_that_was_made_stays_made_when_its_process_is_ended_behind_it()
    {
        await using var c = await Carers.StartAsync();
        var admin = await AdministratorAsync(c.App);
        await c.App.BreakAsync("BEFORE INSERT ON customer_reminder");
        await c.SaleAsync();
        var visit = (await c.VisitsAsync()).Single();
        (await c.DecideAsync(c.Support, (await c.TaskAsync("first-visit", visit.Id)).Id, "Complete", Carers.Visited(new(2026, 3, 2), 1)))
            .Problem.ShouldBeNull();
        await c.App.MendAsync(); // the reminder stands as an incident; the administrator gives it up
        (await EndAsync(c.App, admin, visit.InstanceId)).Problem.ShouldBeNull();
        (await c.VisitsAsync()).Single().State.ShouldBe(FirstVisitState.Completed);
    }

    [Fact]
    public async Task A_care_is_cancelled_and_the_plans_day_does_not_bring_it_back()
    {
        await using var c = await Carers.StartAsync();
        var admin = await AdministratorAsync(c.App);
        await c.ContactAsync("李淼", new(1985, 3, 3), "limiao@example.com");
        var plan = await c.PlanAsync(Carers.Birthdays("call"));
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));
        var occasion = (await c.OccasionsAsync()).Single();
        var task = await c.App.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.SubjectId == occasion.Id, Ct));
        (await EndAsync(c.App, admin, task.InstanceId)).Problem.ShouldBeNull();

        var ended = (await c.OccasionsAsync()).Single();
        (ended.State, ended.CancelReason, ended.ClosedAt).ShouldBe((CareOccasionState.Cancelled, Reason, c.Clock.GetUtcNow()));
        (await c.App.ReadAsync(db => db.Set<UserTask>().SingleAsync(t => t.Id == task.Id, Ct))).State.ShouldNotBe(TaskState.Open);
        (await c.App.Get<GetCalendar>().HandleAsync(c.Commerce, new(2026, 3, 3), new(2026, 3, 3), false, Ct)).Value.Items.ShouldBeEmpty();
        await c.App.DoAsync(cmd =>
            cmd.RecordSavedAsync(CareMorning.PlanDay, plan, "计划", RecordChange.Created, Engine.Value.Object(("day", "2026-03-03")), Ct));
        await c.UntilAsync(Carers.At(2026, 3, 4, 9));
        (await c.OccasionsAsync()).ShouldHaveSingleItem().State.ShouldBe(CareOccasionState.Cancelled);
        (await c.RecordsAsync()).ShouldBeEmpty();
    }
}
