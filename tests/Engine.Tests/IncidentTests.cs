using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>A step that fails, under both strategies, in careful mode and on the fast path, and how it is retried (elsa-format §5.1).</summary>
public sealed class IncidentTests
{
    private static InMemoryRun Asking(string steps, string connections, bool continueWithIncidents, List<string>? log = null) =>
        Scenario.Run(Scenario.Flow(steps, connections, continueWithIncidents: continueWithIncidents), Ask.Descriptor(log), Flaky.Descriptor);

    [Fact]
    public async Task Under_FaultStrategy_the_instance_ends_and_nothing_can_wake_it()
    {
        var run = Asking($"s a:{Ask.Type} f:Fault", "s->a s->f", continueWithIncidents: false);
        await run.StartAsync();

        run.State.Status.ShouldBe(WorkflowStatus.Finished);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        run.State.Bookmarks.ShouldBeEmpty();
        run.LastBurst!.BurnedBookmarks.ShouldBe(run.LastBurst.CreatedBookmarks.Select(b => b.Id));
        (await run.ResumeAsync(run.LastBurst.CreatedBookmarks[0].Id)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_retry_reopens_an_instance_that_FaultStrategy_ended_with_every_branch_as_it_was()
    {
        var run = Asking($"s a:{Ask.Type} f:Test.Flaky m q", "s->a s->f s->q a->m f->m", continueWithIncidents: false);
        Flaky.Fails = true;
        await run.StartAsync();
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
        run.Lines.ShouldNotContain("q"); // it was still in the queue

        Flaky.Fails = false;
        (await run.RetryAsync(run.State.Incidents.Single().ActivityInstanceId)).ShouldBeTrue();

        run.Lines.ShouldContain("q");
        run.State.Incidents.ShouldBeEmpty();
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        run.LastBurst!.CreatedBookmarks.ShouldHaveSingleItem().Key.ShouldBe("a");
        run.LastBurst.ResolvedIncidents.Count.ShouldBe(1);
        await run.Answer("a");
        run.Lines[^1].ShouldBe("m");
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task What_FaultStrategy_stopped_can_be_cancelled_for_good()
    {
        var run = Asking($"s a:{Ask.Type} f:Fault", "s->a s->f", continueWithIncidents: false);
        await run.StartAsync();
        var failed = run.State.Incidents.Single().ActivityInstanceId;
        await run.CancelAsync();

        (run.State.Status, run.State.SubStatus).ShouldBe((WorkflowStatus.Finished, WorkflowSubStatus.Cancelled));
        (run.State.Activities.Count, run.State.Incidents.Count, run.State.ParkedBookmarks.Count).ShouldBe((0, 0, 0));
        (await run.RetryAsync(failed)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_retry_that_fails_again_is_a_new_incident()
    {
        var run = Asking("f:Test.Flaky", "", continueWithIncidents: true);
        Flaky.Fails = true;
        await run.StartAsync();
        var first = run.State.Incidents.Single();

        (await run.RetryAsync(first.ActivityInstanceId)).ShouldBeTrue();

        run.State.Incidents.ShouldHaveSingleItem().Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public async Task A_decision_whose_step_failed_is_delivered_again_by_the_retry_not_asked_for_again()
    {
        var run = Asking($"a:{Ask.Type} b", "a->b", continueWithIncidents: true);
        await run.StartAsync();

        await run.Answer("a", "fail");

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldBe("told to fail");
        run.Asked().ShouldBe("");
        (await run.RetryAsync(run.State.Incidents[0].ActivityInstanceId)).ShouldBeTrue();
        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldBe("told to fail"); // the same answer, not a second question
        run.Lines.ShouldBe(["a1"]);
    }

    [Fact]
    public async Task A_step_that_fails_takes_back_what_it_had_set()
    {
        var run = Scenario.Run(Scenario.Flow("s:Test.HalfWay", "", "v=before"), HalfWay.Descriptor);

        await run.StartAsync();

        run.State.Incidents.Count.ShouldBe(1);
        run.State.Activities[0].Variables.ShouldBeNull();
        run.State.Output.ShouldBeEmpty();
        run.State.CorrelationId.ShouldBeNull();
        run.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_return_can_be_asked_about_before_and_is_delivered_again_by_a_retry()
    {
        var run = Asking($"a:{Ask.Type} b:{Ask.Type} c:{Ask.Type}", "a->b b->c", continueWithIncidents: true);
        await run.StartAsync();
        await run.Answer("a");
        await run.Return("b", "c");

        (await run.RetryAsync(run.State.Incidents.Single().ActivityInstanceId)).ShouldBeTrue();

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("never visited");
        run.Lines.ShouldBe(["a1", "b1"]);
    }

    [Fact]
    public async Task What_fails_while_it_is_cancelled_is_an_incident_that_a_retry_settles()
    {
        var run = Scenario.Run(Scenario.Flow("s ?go h:Test.Holder e:End", "s->go s->h go->e"), Holder.Descriptor);
        Holder.Fails = true;
        await run.StartAsync();
        await run.SendEventAsync("go");
        var incident = run.State.Incidents.ShouldHaveSingleItem();
        incident.Message.ShouldBe("cannot let go");

        Holder.Fails = false;
        (await run.RetryAsync(incident.ActivityInstanceId)).ShouldBeTrue();

        run.State.Incidents.ShouldBeEmpty();
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task Without_a_faulted_step_there_is_nothing_to_retry()
    {
        var run = Asking($"a:{Ask.Type}", "", continueWithIncidents: true);
        await run.StartAsync();

        (await run.RetryAsync(run.State.Activities[^1].Id)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_cancelled_instance_has_no_bookmarks_and_its_steps_were_told()
    {
        var log = new List<string>();
        var run = Asking($"s a:{Ask.Type} b:{Ask.Type}", "s->a s->b", continueWithIncidents: true, log);
        await run.StartAsync();

        await run.CancelAsync();

        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Cancelled);
        run.State.Bookmarks.ShouldBeEmpty();
        run.State.Activities.ShouldBeEmpty();
        log.Order().ShouldBe(["a", "b"]);
        run.Journal.Count(j => j.Event == JournalEvent.Canceled).ShouldBe(3); // both asks and the flowchart
    }

    [Fact]
    public async Task A_runaway_loop_becomes_an_incident_at_the_step_limit()
    {
        var compiled = Scenario.Compile(Scenario.Flow("a b", "a->b b->a"));
        var run = new InMemoryRun(compiled, Scenario.Morning) { StepLimit = 100 };

        await run.StartAsync();

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("100 steps");
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    /// <summary>
    /// The return cancels the step that went over the budget, and with it the one incident whose retry would have taken the other branch along.
    /// </summary>
    [Fact]
    public async Task What_was_pending_at_the_step_limit_goes_on_when_a_return_takes_the_incident_away()
    {
        static string Sixty(string id) =>
            $"{{\"id\":\"{id}\",\"type\":\"Elsa.ParallelForEach\",\"items\":{Scenario.Object($"[{string.Join(',', Enumerable.Range(1, 60))}]")},\"body\":{Scenario.Step($"{id}w")}}}".Replace(" ", "");
        var run = new InMemoryRun(Scenario.Compile(Scenario.Flow($"s {Sixty("p")} {Sixty("q")} {Sixty("r")}", "s->p s->q s->r")),
            Scenario.Morning) { StepLimit = 100 };
        await run.StartAsync();
        var first = run.State.Incidents.ShouldHaveSingleItem();
        first.NodeId.ShouldEndWith("qw");

        (await run.ReturnAsync("q")).ShouldBeTrue();
        var second = run.State.Incidents.ShouldHaveSingleItem();
        second.NodeId.ShouldEndWith("rw");
        (await run.RetryAsync(second.ActivityInstanceId)).ShouldBeTrue();

        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        run.Journal.Count(j => j.ActivityId == "rw" && j.Event == JournalEvent.Completed).ShouldBe(60);
    }

    [Fact]
    public async Task A_step_that_waits_without_a_bookmark_is_an_incident()
    {
        var run = Scenario.Run(Scenario.Flow("w:Test.Lost", ""), Lost.Descriptor);

        await run.StartAsync();

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("waits without a bookmark");
    }

    [Fact]
    public async Task On_the_fast_path_an_exception_leaves_the_runner_with_the_step_it_came_from()
    {
        Flaky.Fails = true;
        var compiled = Scenario.Compile(Scenario.Flow("s f:Test.Flaky", "s->f"), Flaky.Descriptor);
        var burst = new Burst { Workflow = compiled, State = new WorkflowState { Id = Guid.Empty }, Now = Scenario.Morning, NewId = () =>
            Guid.CreateVersion7(Scenario.Morning), Services = null! };

        var thrown = await Should.ThrowAsync<ActivityFailedException>(async () =>
            await new WorkflowRunner().StartAsync(burst, null, CancellationToken.None));

        thrown.NodeId.ShouldBe("Workflow1:fc:f");
        thrown.InnerException!.Message.ShouldBe("flaky");
        thrown.ActivityInstanceId.ShouldBe(burst.State.Activities.Single(a => compiled.Activities[a.Node].Id == "f").Id);
    }

    [Fact]
    public async Task An_input_that_does_not_convert_names_itself()
    {
        var run = Scenario.Run(
            Scenario.Flow($"d:FlowDecision(\"condition\":{Scenario.Variable("v", "")})".Replace(" ", ""), "", "v=\"maybe\"".Replace("\"", "\\\"")));

        await run.StartAsync();

        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldBe("Failed to evaluate activity input 'Condition': \"maybe\" is not a boolean.");
    }

    [Activity("Test.Flaky")]
    private sealed class Flaky : IActivity
    {
        public static readonly ActivityDescriptor Descriptor = ActivityDescriptor.For(_ => new Flaky());
        public static bool Fails { get; set; } // tests of one class run one after the other

        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
            Fails ? throw new InvalidOperationException("flaky") : new(ActivityResult.Complete());
    }

    [Activity("Test.HalfWay")]
    private sealed class HalfWay : IActivity
    {
        public static readonly ActivityDescriptor Descriptor = ActivityDescriptor.For(_ => new HalfWay());

        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
        {
            context.SetVariable("v", "after");
            context.SetVariable("new", 1);
            context.SetOutput("o", 1);
            context.CorrelationId = "c";
            context.WriteLine("said");
            throw new InvalidOperationException("half way");
        }
    }

    [Activity("Test.Holder")]
    private sealed class Holder : IActivity
    {
        public static readonly ActivityDescriptor Descriptor = ActivityDescriptor.For(_ => new Holder());
        public static bool Fails { get; set; }
        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) =>
            new(ActivityResult.Wait(new BookmarkRequest("hold")));
        public ValueTask CanceledAsync(ActivityContext context, CancellationToken ct) =>
            Fails ? throw new InvalidOperationException("cannot let go") : default;
    }

    [Activity("Test.Lost")]
    private sealed class Lost : IActivity
    {
        public static readonly ActivityDescriptor Descriptor = ActivityDescriptor.For(_ => new Lost());
        public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct) => new(ActivityResult.Wait());
    }
}
