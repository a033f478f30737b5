using CrmFlow.Engine;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class RepairTestsOnSqlite : RepairTests<Sqlite>;
public sealed class RepairTestsOnPostgreSql : RepairTests<PostgreSql>;

/// <summary>What an administrator can do about an instance that stands still: skip, run again, edit variables, suspend and resume, end.</summary>
public abstract class RepairTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private const string Delay = "wait:Delay(\"timeSpan\":\"00:10:00\")";
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Admin = NotesModule.Writer;
    private InstanceAdministration Instances => _host.Get<InstanceAdministration>();
    private Weather Weather => _host.Get<Weather>();

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync(s => s.AddProcessOwner<Owner>("owned"));
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Note(string text) => $"{text}:Notes.Add(\"text\":\"{text}\")";
    private static Guid New() => Guid.CreateVersion7();
    private Task<int> PumpAsync() => _host.Get<DuePump>().RunDueAsync(Ct);
    private async Task<string[]> NotesAsync() => [.. (await _host.NotesAsync()).Select(n => n.Text).Order(StringComparer.Ordinal)];
    private async Task<InstanceDetail> DetailAsync(Guid id) => (await Instances.GetAsync(Admin, id, Ct)).Value;
    private async Task<WorkflowSubStatus> StateAsync(Guid id) => (await DetailAsync(id)).Summary.SubStatus;

    private async Task<(Guid Id, Guid Step)> BrokenAsync(string steps, string connections, bool continueWithIncidents = true, string definition = "p",
        string variables = "")
    {
        await _host.PublishAsync(definition, steps, connections, variables, continueWithIncidents);
        Weather.IsBad = true;
        var id = await _host.StartAsync(definition);
        return (id, (await DetailAsync(id)).Incidents.ShouldHaveSingleItem().ActivityInstanceId);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_skipped_step_counts_as_done_and_the_flow_goes_on(bool continueWithIncidents)
    {
        var (id, step) = await BrokenAsync($"s ?other f:Notes.Fragile {Note("after")}", "s->other s->f f->after", continueWithIncidents);

        (await Instances.SkipAsync(Admin, New(), id, step, outcome: null, "已线下办理", Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldBe(["after"]);
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Suspended);
        (await DetailAsync(id)).ShouldSatisfyAllConditions(d => d.Incidents.ShouldHaveSingleItem().ResolvedAt.ShouldNotBeNull(), d =>
            d.Journal.Last(j => j.ActivityId == "f").Data["Skipped"].IsTrue.ShouldBeTrue());
        (await _host.SendAsync("other")).ShouldBe(1);
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Finished);
        (await Instances.SkipAsync(Admin, New(), id, step, null, null, Ct)).Problem.ShouldBeOfType<NothingToRetry>();
        (await _host.RowsAsync<TDatabase, AuditRow>())
            .ShouldContain(a => a.Operation == "Workflows.SkipStep" && a.SubjectId == id && a.After!.Contains("已线下办理"));
    }

    [Fact]
    public async Task A_step_is_skipped_with_the_outcome_the_administrator_chooses()
    {
        var (id, step) = await BrokenAsync(
            $"d:FlowDecision(\"condition\":{{\"typeName\":\"Boolean\",\"expression\":{{\"type\":\"JavaScript\",\"value\":\"variables.X.y\"}}}}) {Note("yes")} {Note("no")}", "d.True->yes d.False->no");
        (await DetailAsync(id)).Incidents.Single().Outcomes.ShouldBe(["True", "False"], ignoreOrder: true);

        (await Instances.SkipAsync(Admin, New(), id, step, "False", null, Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldBe(["no"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_visited_step_is_run_again_and_takes_back_what_came_after_it(bool continueWithIncidents)
    {
        var (id, _) = await BrokenAsync($"{Note("between")} f:Notes.Fragile", "between->f", continueWithIncidents);
        (await DetailAsync(id)).RunAgainSteps.Select(s => s.ActivityId).ShouldBe(["between", "f"], ignoreOrder: true);
        await _host.CommandAsync<TDatabase, bool>(cmd =>
        {
            cmd.Writes.Add("DELETE FROM note WHERE 1 = 1", []);
            return Task.FromResult<Result<bool>>(true);
        });
        Weather.IsBad = false;

        (await Instances.RunAgainAsync(Admin, New(), id, "between", "资料补齐", Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldContain("between");
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Finished);
        (await DetailAsync(id)).Incidents.ShouldHaveSingleItem().ResolvedAt.ShouldNotBeNull();
        (await Instances.RunAgainAsync(Admin, New(), id, "between", null, Ct)).Problem.ShouldBeOfType<ReturnRefused>();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_edited_variable_is_what_the_retried_step_reads(bool continueWithIncidents)
    {
        await _host.PublishAsync("p",
            "d:Delay(\"timeSpan\":{\"typeName\":\"Object\",\"expression\":{\"type\":\"JavaScript\",\"value\":\"variables.Span\"}}) " + Note("after"),
            "d->after", "Span=soon", continueWithIncidents);
        var id = await _host.StartAsync("p");
        var detail = await DetailAsync(id);
        var (incident, variable) = (detail.Incidents.ShouldHaveSingleItem(), detail.Variables.ShouldHaveSingleItem());
        (variable.Name, variable.Value.ToText()).ShouldBe(("Span", "soon"));

        (await Instances.SetVariableAsync(Admin, New(), id, variable, "[1,", Ct)).Problem.ShouldBeNull(); // a text may be written bare
        (await Instances.SetVariableAsync(Admin, New(), id, variable, "\"00:05:00\"", Ct)).Problem.ShouldBeOfType<VariableChanged>();
        variable = (await DetailAsync(id)).Variables.Single();
        variable.Value.ToText().ShouldBe("[1,");
        (await Instances.SetVariableAsync(Admin, New(), id, variable, "\"00:05:00\"", Ct)).Problem.ShouldBeNull();
        (await Instances.SetVariableAsync(Admin, New(), id, variable with { Value = Value.From(1d) }, "nonsense", Ct))
            .Problem.ShouldBeOfType<VariableNoJson>();
        (await Instances.SetVariableAsync(Admin, New(), id, variable with { Container = New(), Value = "00:05:00" }, "1", Ct))
            .Problem.ShouldBeOfType<NotFound>();
        (await Instances.RetryAsync(Admin, New(), id, incident.ActivityInstanceId, Ct)).Problem.ShouldBeNull();

        _host.Clock.Advance(TimeSpan.FromMinutes(5));
        await PumpAsync();
        (await NotesAsync()).ShouldBe(["after"]);
        (await Instances.SetVariableAsync(Admin, New(), id, variable with { Value = "00:05:00" }, "1", Ct))
            .Problem.ShouldBeOfType<InstanceFinished>();
        (await _host.RowsAsync<TDatabase, AuditRow>())
            .ShouldContain(a => a.Operation == "Workflows.SetVariable" && a.Before!.Contains("[1,") && a.After!.Contains("00:05:00"));
    }

    [Fact]
    public async Task An_instance_on_hold_takes_nothing_from_people_and_keeps_what_the_clock_and_events_bring()
    {
        await _host.PublishAsync("p", $"s {Delay} {Note("timer")} ?go {Note("event")} ?person {Note("decided")}",
            "s->wait wait->timer s->go go->event s->person person->decided");
        var id = await _host.StartAsync("p");
        var decision = (await _host.RowsAsync<TDatabase, BookmarkRow>()).Single(b => b.BookmarkKey == "person").Id;

        (await Instances.SuspendAsync(Admin, New(), id, "等总部答复", Ct)).Problem.ShouldBeNull();

        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Interrupted);
        (await Instances.SuspendAsync(Admin, New(), id, null, Ct)).Problem.ShouldBeOfType<InstanceOnHold>();
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ResumeAsync(id, decision, default, Ct) is { Problem: { } p } ? p : true))
            .Problem.ShouldBeOfType<InstanceOnHold>();
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ReturnAsync(id, "s", null, Ct) is { Problem: { } p } ? p : true))
            .Problem.ShouldBeOfType<InstanceOnHold>();
        (await _host.SendAsync("go")).ShouldBe(1);
        _host.Clock.Advance(TimeSpan.FromMinutes(10));
        await PumpAsync();
        (await _host.RowsAsync<TDatabase, DueRow>()).ShouldBeEmpty();
        (await NotesAsync()).ShouldBeEmpty();

        (await Instances.ResumeAsync(Admin, New(), id, Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldBe(["event", "timer"]);
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Suspended);
        (await Instances.ResumeAsync(Admin, New(), id, Ct)).Problem.ShouldBeOfType<InstanceNotOnHold>();
        (await _host.CommandAsync<TDatabase, bool>(async cmd => await cmd.ResumeAsync(id, decision, default, Ct) is { Problem: { } p } ? p : true))
            .Failed.ShouldBeFalse();
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Finished);
        (await _host.RowsAsync<TDatabase, AuditRow>()).Select(a => a.Operation).Where(o => o.EndsWith("Instance", StringComparison.Ordinal))
            .ShouldBe(["Workflows.SuspendInstance", "Workflows.ResumeInstance"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_child_that_ends_while_its_parent_stands_still_is_not_lost()
    {
        await _host.PublishAsync("child", "?go", "");
        await _host.PublishAsync("parent",
            $"s DispatchWorkflow:DispatchWorkflow(\"workflowDefinitionId\":\"child\",\"waitForCompletion\":true) {Note("after")} ?then f:Notes.Fragile", "s->DispatchWorkflow DispatchWorkflow->after s->then then->f", continueWithIncidents: false);
        var id = await _host.StartAsync("parent");
        await PumpAsync();
        Weather.IsBad = true;
        await _host.SendAsync("then");
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Faulted);

        await _host.SendAsync("go");
        await PumpAsync();
        Weather.IsBad = false;
        (await Instances.RetryAsync(Admin, New(), id, (await DetailAsync(id)).Incidents.Single().ActivityInstanceId, Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldContain("after");
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task An_instance_the_fault_strategy_stopped_is_ended_with_the_record_it_carries()
    {
        var (id, step) =
            await BrokenAsync($"s ?other {Delay} f:Notes.Fragile", "s->other s->wait s->f", continueWithIncidents: false, definition: "owned");
        Owner.Refuses = true;
        (await Instances.CancelAsync(Admin, New(), id, "做不下去", Ct)).Problem.ShouldBeOfType<NoteRefused>();
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Faulted);
        Owner.Refuses = false;

        (await Instances.CancelAsync(Admin, New(), id, "做不下去", Ct)).Problem.ShouldBeNull();

        (await NotesAsync()).ShouldBe(["ended: 做不下去"]);
        (await StateAsync(id)).ShouldBe(WorkflowSubStatus.Cancelled);
        (await DetailAsync(id)).Incidents.ShouldHaveSingleItem().ResolvedAt.ShouldNotBeNull();
        (await Instances.RetryAsync(Admin, New(), id, step, Ct)).Problem.ShouldBeOfType<NothingToRetry>();
        (await Instances.CancelAsync(Admin, New(), id, "再来", Ct)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public async Task Repair_is_for_administrators()
    {
        var (id, step) = await BrokenAsync("f:Notes.Fragile", "");
        var variable = new InstanceVariable("", "x", default);
        foreach (var result in new[]
                 {
                     await Instances.SkipAsync(NotesModule.Reader, New(), id, step, null, null, Ct),
                         await Instances.RunAgainAsync(NotesModule.Reader, New(), id, "f", null, Ct),
                     await Instances.SetVariableAsync(NotesModule.Reader, New(), id, variable, "1", Ct),
                         await Instances.SuspendAsync(NotesModule.Reader, New(), id, null, Ct),
                         await Instances.ResumeAsync(NotesModule.Reader, New(), id, Ct),
                 })
            result.Problem.ShouldBeOfType<NotFound>(); // what somebody may not do, they do not see
        (await DetailAsync(id)).Incidents.ShouldHaveSingleItem().ResolvedAt.ShouldBeNull();
    }

    private sealed class Owner : IProcessOwner
    {
        public static bool Refuses { get; set; }

        public Task<Result> EndAsync(Command cmd, EndedProcess ended, CancellationToken ct)
        {
            if (Refuses) return Task.FromResult<Result>(new NoteRefused());
            cmd.Add($"ended: {ended.Reason}");
            return Task.FromResult(Result.Ok);
        }
    }
}
