using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Counter mode, each rule of elsa-format §3.2 and §4.2.</summary>
public sealed class FlowchartTests
{
    private static string Fork(string name, params string[] branches) =>
        $$"""{"id":"{{name}}","type":"Elsa.FlowFork","version":1,"branches":{{Scenario.Object($"[{string.Join(",", branches.Select(b => $"\"{b}\""))}]")}}}""".Replace(" ", "");

    private static string Decide(string name, bool value) =>
        $"{name}:FlowDecision(\"condition\":{Scenario.Literal("Boolean", value ? "true" : "false")})".Replace(" ", "");

    private static async Task<InMemoryRun> Started(string steps, string connections)
    {
        var run = Scenario.Run(Scenario.Flow(steps, connections));
        await run.StartAsync();
        return run;
    }

    [Fact]
    public async Task A_merge_waits_for_every_branch_that_can_still_arrive()
    {
        var run = await Started("s ?a ?b m", "s->a s->b a->m b->m");

        await run.SendEventAsync("a");
        run.Lines.ShouldBe(["s"]);
        await run.SendEventAsync("b");

        run.Lines.ShouldBe(["s", "m"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_path_not_taken_is_eliminated_through_every_step_behind_it()
    {
        var run = await Started($"{Decide("d", true)} x y n1 n2 m", "d.True->x x->m d.False->n1 n1->n2 n2->y y->m");

        run.Lines.ShouldBe(["x", "m"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_merge_all_of_whose_branches_died_is_skipped_itself()
    {
        var run = await Started($"{Decide("d", true)} {Decide("e", false)} a b m z", "d.False->a d.True->e e.True->b a->m b->m m->z e.False->z");

        run.Lines.ShouldBe(["z"]);
    }

    [Fact]
    public async Task Branches_go_on_in_turns_first_in_first_out()
    {
        var run = await Started("s a1 a2 b1 b2", "s->a1 s->b1 a1->a2 b1->b2");

        run.Lines.ShouldBe(["s", "a1", "b1", "a2", "b2"]);
    }

    [Fact]
    public async Task A_join_for_any_goes_with_the_first_and_cancels_the_others_however_far_they_are()
    {
        var run = await Started($"{Fork("f", "x", "y")} ?a ?b b2 j:Any after", "f.x->a f.y->b a->j b->b2 b2->j j->after");

        await run.SendEventAsync("a");

        run.Lines.ShouldBe(["after"]);
        run.State.Bookmarks.ShouldBeEmpty();
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        run.Journal.Where(j => j.Event == JournalEvent.Canceled).Select(j => j.ActivityId).ShouldBe(["b"]);
    }

    [Fact]
    public async Task A_join_for_all_is_skipped_when_a_branch_died()
    {
        var run = await Started($"s {Decide("d", true)} a j:All after", "s->a s->d a->j d.False->j j->after");

        run.Lines.ShouldBe(["s", "a"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_join_for_all_active_goes_without_the_branch_that_died()
    {
        var run = await Started($"s {Decide("d", true)} ?a j:Active after", "s->a s->d a->j d.False->j j->after");

        run.Lines.ShouldBe(["s"]);
        await run.SendEventAsync("a");

        run.Lines.ShouldBe(["s", "after"]);
    }

    [Fact]
    public async Task A_terminal_step_ends_the_flowchart_and_cancels_what_is_open()
    {
        var run = await Started("s ?a x e:End", "s->a s->x x->e");

        run.Lines.ShouldBe(["s", "x"]);
        run.State.Bookmarks.ShouldBeEmpty();
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_loop_runs_its_steps_again_and_merges_count_per_turn()
    {
        var run = await Started("h ?a ?b m ?again end", "h->a h->b a->m b->m m->again again->h again.Leave->end");

        for (var turn = 0; turn < 3; turn++)
        {
            await run.SendEventAsync("b");
            run.Lines.Count(l => l == "m").ShouldBe(turn);
            await run.SendEventAsync("a");
            run.Lines.Count(l => l == "m").ShouldBe(turn + 1);
            await run.SendEventAsync("again");
        }
        run.Lines.Count(l => l == "h").ShouldBe(4);
        run.Journal.Last(j => j.ActivityId == "h").Round.ShouldBe(4);
    }

    [Fact]
    public async Task A_connection_back_that_some_path_avoids_faults_the_step_that_takes_it()
    {
        var run = await Started($"s {Decide("pick", false)} a b {Decide("d", true)} z",
            "s->pick pick.True->a pick.False->b a->d b->d d.True->a d.False->z");

        var incident = run.State.Incidents.ShouldHaveSingleItem();
        incident.NodeId.ShouldEndWith(":d");
        incident.Message.ShouldStartWith("Invalid backward connection");
    }

    [Fact]
    public async Task A_fault_leaves_the_flowchart_open_while_other_branches_end()
    {
        var run = await Started("s f:Fault a", "s->f s->a");

        run.Lines.ShouldBe(["s", "a"]);
        run.State.Status.ShouldBe(WorkflowStatus.Running);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
    }

    [Fact]
    public async Task A_trigger_that_started_the_instance_is_its_start_and_does_not_wait()
    {
        var run = Scenario.Run(Scenario.Flow("s a ?e b", "s->a e->b"));

        await run.StartAsync(trigger: "e");

        run.Lines.ShouldBe(["b"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_flowchart_inside_a_slot_counts_for_itself()
    {
        var inner = Scenario.Chart("inner", "?i j", "i->j").Replace("\n", "").Replace(" ", "");
        var run = await Started($"s {inner} ?o m", "s->inner s->o inner->m o->m");

        await run.SendEventAsync("i");
        run.Lines.ShouldBe(["s", "j"]);
        await run.SendEventAsync("o");

        run.Lines.ShouldBe(["s", "j", "m"]);
    }

    [Fact]
    public async Task Every_step_is_in_the_journal_once_per_thing_that_happened_to_it()
    {
        var run = await Started("s ?a b", "s->a a->b");
        await run.SendEventAsync("a");

        run.Journal.Select(j => $"{j.ActivityId} {j.Event}").ShouldBe(
        [
            "fc Started", "s Started", "s Completed", "a Started", "a Suspended",
            "a Resumed", "a Completed", "b Started", "b Completed", "fc Completed",
        ]);
    }
}
