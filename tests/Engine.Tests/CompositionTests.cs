using System.Text.Json;
using CrmFlow.Activities;
using Shouldly;
using Xunit;

namespace CrmFlow.Engine.Tests;

/// <summary>Workflows that start, wake and contain each other (elsa-format §7, §8), in memory on one clock.</summary>
public sealed class CompositionTests
{
    private static string Js(string source) =>
        $$$"""{"typeName":"Object","expression":{"type":"JavaScript","value":{{{JsonSerializer.Serialize(source)}}} } }""";
    private static string Text(string value) => Scenario.Literal("String", JsonSerializer.Serialize(value));
    private static string Write(string id, string source) => $$"""{"id":"{{id}}","type":"Elsa.WriteLine","text":{{Js(source)}}}""";
    private static string Seq(string id, params string[] steps) =>
        $$"""{"id":"{{id}}","type":"Elsa.Sequence","activities":[{{string.Join(",", steps)}}]}""";
    private static string Definition(string id, string root, string more = "") =>
        $$"""{"id":"{{id}}-v1","definitionId":"{{id}}","name":"{{id}}","root":{{root}}{{more}}}""";
    private static string Step(string type, string more, string id = "step") =>
        $$"""{"id":"{{id}}","name":"{{id}}","type":"Elsa.{{type}}"{{(more.Length == 0 ? "" : "," + more)}}}""";
    private static string Event(string name) => Step("Event", $"\"eventName\":{Text(name)}", name);

    private static async Task<(InMemoryHost Host, InMemoryRun Run)> Started(params string[] definitions)
    {
        var host = new InMemoryHost([.. definitions.Select(WorkflowDefinition.Parse)], new ActivityCatalog(BuiltInActivities.All), Scenario.Morning,
            TimeZoneInfo.Utc);
        return (host, await host.StartAsync(WorkflowDefinition.Parse(definitions[0]).DefinitionId, [new("n", 3)]));
    }

    private static readonly string Doubling = Definition("child",
        Seq("s", Write("w", "'child got ' + getInput('x') + ' from ' + (getInput('ParentInstanceId') === null ? 'nobody' : 'parent')"),
        Step("SetOutput", $"\"outputName\":{Text("twice")},\"outputValue\":{Js("getInput('x') * 2")}")), ",\"outputs\":[{\"name\":\"twice\"}]");

    [Fact]
    public async Task ExecuteWorkflow_runs_the_child_at_once_and_gives_its_status_and_outputs()
    {
        var (host, run) = await Started(Definition("parent",
            Seq("s", Step("ExecuteWorkflow", $"\"workflowDefinitionId\":{Text("child")},\"input\":{Js("({ x: getInput('n') })")}"),
            Write("w", "`${getLastResult().subStatus} ${getLastResult().output.twice}`"))), Doubling);

        host.Lines.ShouldBe(["child got 3 from parent", "Finished 6"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        run.Journal.ShouldNotContain(j => j.Event == JournalEvent.Suspended);
    }

    [Fact]
    public async Task ExecuteWorkflow_waits_for_a_child_that_waits_when_told_to()
    {
        var waiting = Definition("child",
            Seq("s", Event("Go"), Step("SetOutput", $"\"outputName\":{Text("o")},\"outputValue\":{Js("getLastResult()")}")));
        var parent = Definition("parent", Seq("s", Step("ExecuteWorkflow",
            $"\"workflowDefinitionId\":{Text("child")},\"waitForCompletion\":{Scenario.Literal("Boolean", "true")}"),
            Write("w", "getLastResult().output.o")));
        var (host, run) = await Started(parent, waiting);
        run.State.Bookmarks.ShouldHaveSingleItem().Name.ShouldBe("Elsa.ExecuteWorkflow");

        await host.SendEventAsync("Go", "went");

        host.Lines.ShouldBe(["went"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);

        (host, run) = await Started(parent.Replace("\"value\":true", "\"value\":false").Replace("getLastResult().output.o", "getLastResult().status"),
            waiting);
        host.Lines.ShouldBe(["Running"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task DispatchWorkflow_queues_the_child_and_its_result_are_the_child_s_outputs()
    {
        var (host, _) = await Started(Definition("parent", Seq("s",
            Step("DispatchWorkflow",
            $"\"workflowDefinitionId\":{Text("child")},\"input\":{Js("({ x: 4 })")},\"correlationId\":{Text("c")},\"waitForCompletion\":{Scenario.Literal("Boolean", "true")}"), Write("w", "getLastResult().twice"))), Doubling);

        host.Lines.ShouldBe(["child got 4 from parent", "8"]);
        host.Instances[1].State.CorrelationId.ShouldBe("c");
    }

    [Fact]
    public async Task BulkDispatch_runs_a_child_for_each_item_a_slot_for_each_end_and_goes_on_when_all_are_done()
    {
        var child = Definition("child",
            Seq("s", Step("If", $"\"condition\":{Js("getInput('Item') === 2")},\"then\":{Step("Fault", "", "f")},\"else\":{Event("Go")}", "if")));
        var bulk = Step("BulkDispatchWorkflows", $$$"""
            "workflowDefinitionId":{{{Text("child")}}},"items":{{{Js("[1, 2, 3]")}}},"correlationIdFunction":{"typeName":"String","expression":{"type":"JavaScript","value":"'c' + getItem()"} },
            "childCompleted":{{{Write("done", "'done ' + (getVariable('ChildInstanceId').length > 0)")}}},"childFaulted":{{{Write("failed", "'failed'")}}}
            """, "bulk");
        var (host, run) = await Started(Definition("parent",
            Scenario.Chart("fc", $"{bulk.ReplaceLineEndings("").Replace(" ", "\u00a0")} after", "bulk.Completed->after").Replace("\u00a0", " ")),
            child);

        host.Lines.ShouldBe(["failed"]);
        host.Instances.Skip(1).Select(i => i.State.CorrelationId).ShouldBe(["c1", "c2", "c3"]);
        run.State.Bookmarks.ShouldHaveSingleItem().AutoBurn.ShouldBeFalse();

        await host.SendEventAsync("Go");

        host.Lines.ShouldBe(["failed", "done true", "done true", "after"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public async Task A_workflow_that_is_not_there_is_an_incident_that_names_it()
    {
        var (_, run) = await Started(Definition("parent", Step("DispatchWorkflow", $"\"workflowDefinitionId\":{Text("nowhere")}")));
        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("nowhere");
    }

    [Fact]
    public async Task Workflows_that_run_each_other_without_end_are_stopped()
    {
        var (_, run) = await Started(Definition("parent", Step("ExecuteWorkflow", $"\"workflowDefinitionId\":{Text("parent")}")));
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished); // the deepest could not start another
        var (host, _) = await Started(Definition("parent", Step("DispatchWorkflow", $"\"workflowDefinitionId\":{Text("parent")}")));
        host.Instances.Count.ShouldBeLessThanOrEqualTo(2000);
    }

    [Fact]
    public async Task An_event_that_comes_before_anybody_waits_is_kept_a_while_and_then_undelivered()
    {
        var flow = Definition("p", Seq("s", Step("Delay", $"\"timeSpan\":{Text("00:02:00")}", "d"), Event("Go"), Write("w", "getLastResult()")));
        var (host, run) = await Started(flow);
        await host.SendEventAsync("Go", "early");
        await host.AdvanceAsync(TimeSpan.FromMinutes(2));
        host.Lines.ShouldBe(["early"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);

        (host, run) = await Started(flow.Replace("00:02:00", "00:10:00"));
        await host.SendEventAsync("Go", "too early");
        await host.AdvanceAsync(TimeSpan.FromMinutes(10));
        run.State.Bookmarks.ShouldHaveSingleItem().Name.ShouldBe("Elsa.Event");
        host.Undelivered.ShouldHaveSingleItem().Name.ShouldBe("Go");
    }

    [Fact]
    public async Task PublishEvent_wakes_by_correlation_locally_or_everybody_and_starts_what_it_triggers()
    {
        static string Publish(string more) => Step("PublishEvent", $"\"eventName\":{Text("Go")},\"payload\":{Js("({ n: 1 })")}{more}", "pub");
        var triggered = Definition("triggered",
            Seq("s", """{"id":"t","type":"Elsa.Event","eventName":"Go","customProperties":{"canStartWorkflow":true}}""",
            Write("w", "'started with ' + getLastResult().n")));
        (await Started(Definition("p", Publish("")), triggered)).Host.Lines.ShouldBe(["started with 1"]);

        var both = Definition("p",
            $$"""{"id":"par","type":"Elsa.Parallel","activities":[{{Seq("a", Event("Go"), Write("w", "'heard'"))}},{{Publish($",\"isLocalEvent\":{Scenario.Literal("Boolean", "true")}")}}]}""");
        (await Started(both, triggered)).Host.Lines.ShouldBe(["heard"]);

        var other = Definition("p",
            $$"""{"id":"par","type":"Elsa.Parallel","activities":[{{Seq("a", Event("Go"), Write("w", "'heard'"))}},{{Publish($",\"correlationId\":{Text("another")}")}}]}""");
        (await Started(other)).Host.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task RunTask_waits_for_its_id_and_gives_the_result()
    {
        var (host, run) = await Started(Definition("p", Seq("s", Step("RunTask", $"\"taskName\":{Text("Pack")},\"payload\":{Js("({ a: 1 })")}", "r"),
            Write("w", "getLastResult().ok + ' ' + getOutputFrom('r', 'TaskId').length"))));
        run.State.Bookmarks.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(b => b.Name.ShouldBe("Elsa.RunTask"), b => b.Payload["TaskName"].String.ShouldBe("Pack"));

        await host.SendEventAsync("Pack", Value.Object(("ok", true)));

        host.Lines.ShouldBe(["true 36"]);
    }

    private const string AsActivity =
        ",\"inputs\":[{\"name\":\"Amount\",\"type\":\"Int32\"}],\"outputs\":[{\"name\":\"Answer\",\"type\":\"String\"}],\"outcomes\":[\"Big\",\"Small\"],\"variables\":[{\"id\":\"v\",\"name\":\"V\",\"typeName\":\"String\",\"value\":\"inner\"}]";

    private static string Child(string root) => Definition("check", root, AsActivity);

    [Fact]
    public async Task A_workflow_as_activity_runs_inside_with_its_own_variables_its_inputs_outputs_and_outcomes()
    {
        var child = Child(Seq("s", Write("in", "`${getAmount()} ${getInput('Amount')} ${variables.V}`"),
            Step("SetVariable", $"\"variable\":{{\"id\":\"v\",\"name\":\"V\"}},\"value\":{Text("changed")}", "set"),
            Step("SetOutput", $"\"outputName\":{Text("Answer")},\"outputValue\":{Js("'answer ' + variables.V")}", "out"),
                Step("Complete", $"\"outcomes\":{Js("getAmount() > 10 ? 'Big' : 'Small'")}", "c"), Write("never", "'never'")));
        var step = $$"""{"id":"use","name":"Use","type":"Check","version":1,"workflowDefinitionId":"check","workflowDefinitionVersionId":"check-v1","amount":{{Js("getInput('n') * 10")}},"answer":{"typeName":"String","memoryReference":{"id":"v"} } }""";
        var parent = $$"""
            {"definitionId":"p","root":{"id":"fc","type":"Elsa.Flowchart","activities":[{{step}},{{Write("big", "`big ${variables.V} ${getOutputFrom('Use', 'Answer')}`")}},{{Scenario.Step("small")}}],
             "connections":[{"source":{"activity":"use","port":"Big"},"target":{"activity":"big"} },{"source":{"activity":"use","port":"Small"},"target":{"activity":"small"} }]},
             "variables":[{"id":"v","name":"V","typeName":"String","value":"outer"}]}
            """;
        var (host, run) = await Started(parent, child);

        run.State.Incidents.ShouldBeEmpty();
        host.Lines.ShouldBe(["30 30 inner", "big answer changed answer changed"]);
        host.Instances.Count.ShouldBe(1);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Theory]
    [InlineData("\"workflowDefinitionVersionId\":\"gone\",\"workflowDefinitionId\":\"check\",\"version\":7", true)]
    [InlineData("\"workflowDefinitionId\":\"check\"", true)]
    [InlineData("\"workflowDefinitionVersionId\":\"check-v1\"", true)]
    [InlineData("\"workflowDefinitionId\":\"nowhere\"", false)]
    public async Task A_workflow_as_activity_is_found_by_version_id_else_by_definition(string reference, bool found)
    {
        var (host, run) =
            await Started($$"""{"definitionId":"p","root":{"id":"use","type":"Check",{{reference}} } }""", Child(Write("w", "'inside'")));
        if (found) host.Lines.ShouldBe(["inside"]);
        else run.State.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
    }

    [Fact]
    public async Task A_wait_inside_a_workflow_as_activity_survives_and_ends_the_step()
    {
        var (host, run) = await Started(
            $$"""{"definitionId":"p","root":{{Seq("s", """{"id":"use","type":"Check","workflowDefinitionId":"check"}""", Write("w", "'after'"))}} }""", Child(Seq("s", Event("Go"), Write("w", "getLastResult()"))));
        await host.SendEventAsync("Go", "in");
        host.Lines.ShouldBe(["in", "after"]);
        run.State.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
    }

    [Fact]
    public void A_workflow_that_contains_itself_is_named_when_validated()
    {
        var library = new WorkflowLibrary([new("a-v1", 1, true, true,
            WorkflowDefinition.Parse("""{"definitionId":"a","root":{"id":"b","type":"B","workflowDefinitionId":"b"}}""")),
            new("b-v1", 1, true, true,
            WorkflowDefinition.Parse("""{"definitionId":"b","root":{"id":"a","type":"A","workflowDefinitionId":"a"}}"""))]);
        CompiledWorkflow.Compile(WorkflowDefinition.Parse("""{"definitionId":"a","root":{"id":"b","type":"B","workflowDefinitionId":"b"}}"""), "",
            new ActivityCatalog(BuiltInActivities.All), library)
            .Problems.ShouldContain(p => p.Code == "engine.problem.workflow-circle");
    }

    [Fact]
    public async Task SendEmail_asks_for_a_mail_or_runs_its_error_slot()
    {
        static string Mail(string to, string more = "") => Definition("p",
            Seq("s", Step("SendEmail",
            $"\"to\":{Scenario.Object(to)},\"subject\":{Text("Hi")},\"body\":{Js("'<b>' + getInput('n') + '</b>'")}{more}"), Write("w", "'after'")));
        var (host, _) = await Started(Mail("[\"a@example.com\",\"b@example.com\"]"));
        host.Mails.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(m => m.To.ShouldBe(["a@example.com", "b@example.com"]), m => m.Body.ShouldBe("<b>3</b>"));
        host.Lines.ShouldBe(["after"]);

        (host, _) = await Started(Mail("[\"nobody\"]", $",\"error\":{Write("e", "'error'")}"));
        host.Mails.ShouldBeEmpty();
        host.Lines.ShouldBe(["error", "after"]);
        (await Started(Mail("[\"nobody\"]"))).Run.State.Incidents.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task SendEmail_sends_to_everybody_an_entry_names_or_refuses_the_entry()
    {
        static string Mail(string to, string cc) =>
            Definition("p", Seq("s", Step("SendEmail", $"\"to\":{Scenario.Object(to)},\"cc\":{Scenario.Object(cc)},\"subject\":{Text("Hi")}")));
        var (host, _) = await Started(Mail("""["n@example.com, o@example.com","王芳 <wang@example.com>"]""", """["p@example.com; q@example.com"]"""));
        host.Mails.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            m => m.To.ShouldBe(["n@example.com", "o@example.com", "\"王芳\" <wang@example.com>"]), m =>
                m.Cc.ShouldBe(["p@example.com", "q@example.com"]));

        foreach (var (to, cc, named) in new[] { ("n@example.com, nobody", "p@example.com", "n@example.com, nobody"),
            ("n@example.com", "p@example.com o@example.com", "p@example.com o@example.com"), ("", "p@example.com", "") })
        {
            var (refused, run) = await Started(Mail($"[\"{to}\"]", $"[\"{cc}\"]"));
            refused.Mails.ShouldBeEmpty();
            run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain($"'{named}' is no mail address");
        }
    }

    [Theory]
    [InlineData("""{"fileName":"../报价.txt","contentType":"text/plain","content":"aGVsbG8="}""", null)]
    [InlineData("""[{"FileName":"报价.txt","Content":[104,101,108,108,111]}]""", null)]
    [InlineData("""{"fileName":"x.txt","content":"not base64!"}""", "is no file")]
    [InlineData("\"http://example.com/x.txt\"", "is no file")]
    [InlineData("""{"content":"aGVsbG8="}""", "is no file")]
    public async Task SendEmail_attaches_files_as_HttpEndpoint_gives_them(string attachments, string? refused)
    {
        var (host, run) = await Started(Definition("p",
            Seq("s", Step("SendEmail", $"\"to\":{Scenario.Object("[\"a@example.com\"]")},\"attachments\":{Scenario.Object(attachments)}"))));

        if (refused is not null) run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain(refused);
        else host.Mails.ShouldHaveSingleItem().Attachments.ShouldHaveSingleItem()
            .ShouldSatisfyAllConditions(f => f.Name.ShouldBe("报价.txt"), f => f.Content.ShouldBe("aGVsbG8="));
    }

    [Fact]
    public async Task Attachments_of_more_than_5_MB_are_refused()
    {
        var (host, run) = await Started(Definition("p", Seq("s",
            Step("SendEmail",
            $"\"to\":{Scenario.Object("[\"a@example.com\"]")},\"attachments\":{Scenario.Object($$"""[{"fileName":"a","content":"{{Convert.ToBase64String(new byte[3_000_000])}}"},{"fileName":"b","content":"{{Convert.ToBase64String(new byte[3_000_000])}}"}]""")}"))));

        host.Mails.ShouldBeEmpty();
        run.State.Incidents.ShouldHaveSingleItem().Message.ShouldContain("larger than 5 MB");
    }
}
