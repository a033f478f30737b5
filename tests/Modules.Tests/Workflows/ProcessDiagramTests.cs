using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CrmFlow.Modules.Tests.Workflows;

public sealed class ProcessDiagramTests
{
    private static readonly WorkflowDefinition Settlement = WorkflowDefinition.Parse(Definitions.Settlement);
    private static readonly JsonObject Root = Settlement.Json["root"]!.AsObject();
    private static readonly FlowDrawing Drawing = FlowDrawing.Of(Root);
    private static readonly DateTimeOffset Start = new(2026, 5, 11, 1, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_drawing_has_every_step_every_connection_and_every_return()
    {
        Drawing.Nodes.Count.ShouldBe(Root["activities"]!.AsArray().Count);
        Drawing.Edges.Count(e => !e.IsReturn).ShouldBe(Root["connections"]!.AsArray().Count);
        Drawing.Edges.Where(e => e.IsReturn).Select(e => (e.Source, e.Target)).ShouldBe(
            [("leader-signature", "satisfaction-report"), ("leaders-signature", "satisfaction-report"), ("invoice-receipt", "invoice-entry"),
                ("finance-decision", "invoice-entry")]);
        Drawing.Edges.Where(e => e.IsBackward && !e.IsReturn).Select(e => (e.Source, e.Target)).ShouldBe([("correction", "commerce-review")]);
    }

    [Fact]
    public void Steps_are_ran_waiting_stuck_or_not_reached()
    {
        var trace = ProcessTrace.Of(Drawing, Journal("start+ rules+ period-sales+ commerce-review+Approve satisfaction-report"));
        trace["commerce-review"].State.ShouldBe(StepState.Ran);
        trace["satisfaction-report"].State.ShouldBe(StepState.Waiting);
        trace["post"].State.ShouldBe(StepState.NotReached);
        Followed(trace).ShouldBe(["start>rules", "rules>period-sales", "period-sales>commerce-review", "commerce-review>satisfaction-report"]);

        ProcessTrace.Of(Drawing, Journal("start+ rules!"))["rules"].State.ShouldBe(StepState.Incident);
    }

    [Fact]
    public void A_retried_step_is_no_incident_any_more() =>
        ProcessTrace.Of(Drawing, Journal("start+ rules! rules+"))["rules"].State.ShouldBe(StepState.Ran);

    [Fact]
    public void After_a_return_what_lies_behind_the_target_is_to_be_done_again()
    {
        var before = "start+ rules+ period-sales+ commerce-review+Approve satisfaction-report+Submit two-leaders+False leader-signature";
        var trace = ProcessTrace.Of(Drawing, Journal($"{before}^satisfaction-report satisfaction-report"));
        trace["satisfaction-report"].State.ShouldBe(StepState.Waiting);
        trace["satisfaction-report"].Times.ShouldBe(2);
        trace["leader-signature"].State.ShouldBe(StepState.Undone);
        trace["two-leaders"].State.ShouldBe(StepState.Undone);
        trace["commerce-review"].State.ShouldBe(StepState.Ran);
        trace.Returns[("leader-signature", "satisfaction-report")].ShouldBe(1);
        Followed(trace).ShouldBe(["start>rules", "rules>period-sales", "period-sales>commerce-review", "commerce-review>satisfaction-report"]);
    }

    [Fact]
    public void A_step_that_came_straight_back_leaves_what_lies_between_standing()
    {
        var trace = ProcessTrace.Of(Drawing,
            Journal("start+ rules+ period-sales+ commerce-review+Approve satisfaction-report+Submit two-leaders+False leader-signature^satisfaction-report satisfaction-report+Submit leader-signature"));
        trace["two-leaders"].State.ShouldBe(StepState.Ran);
        trace["leader-signature"].State.ShouldBe(StepState.Waiting);
    }

    [Fact]
    public void A_line_is_named_where_its_step_can_end_in_more_than_one_way_and_lines_side_by_side_share_a_label()
    {
        string? Label(string source, string port) => Drawing.LabelOf(Drawing.Edges.Single(e => e.Source == source && e.Port == port), e => e.Port!);
        Label("satisfaction-report", "Submit").ShouldBeNull();
        Label("two-leaders", "True").ShouldBe("True");
        Label("finance-decision", "Offset").ShouldBe("Offset\nPayBack");
        Label("finance-decision", "PayBack").ShouldBeNull();
    }

    [Fact]
    public void A_loop_by_connection_leaves_what_ran_in_it_standing()
    {
        var trace = ProcessTrace.Of(Drawing, Journal("start+ rules+ period-sales+ commerce-review+Return correction+Resubmit commerce-review"));
        trace["correction"].State.ShouldBe(StepState.Ran);
        trace["commerce-review"].Times.ShouldBe(2);
        Followed(trace).ShouldBe(["start>rules", "rules>period-sales", "period-sales>commerce-review", "correction>commerce-review"]);
    }

    [Fact]
    public void A_step_the_flow_was_taken_away_from_is_to_be_done_again_too()
    {
        var rows = Journal("start+ rules+ period-sales+ commerce-review+Approve satisfaction-report+Submit two-leaders+False leader-signature")
            .ToList();
        // as an administrator's return is written: the flowchart names the target, the open step is cancelled
        rows.Add(rows[^1] with { ActivityId = "settlement-flow", NodeId = "Workflow1:settlement-flow", Event = JournalEvent.Returned,
            Data = new ValueObject { ["ReturnTo"] = "satisfaction-report" } });
        rows.Add(rows[^2] with { Event = JournalEvent.Canceled });
        rows.Add(rows.First(r => r.ActivityId == "satisfaction-report") with { Round = 2 });
        var trace = ProcessTrace.Of(Drawing, rows);
        trace["leader-signature"].State.ShouldBe(StepState.Undone);
        trace["satisfaction-report"].State.ShouldBe(StepState.Waiting);
    }

    [Theory]
    [InlineData("agents/settlement.json")]
    [InlineData("service/complaint.json")]
    [InlineData("service/incoming-call.json")]
    [InlineData("care/first-visit.json")] // one of its connections leads back to the step it leaves
    [InlineData("care/care.json")]
    [InlineData("care/care-day.json")]
    [InlineData("sales/authorization-number.json")]
    [InlineData("sales/quotation.json")]
    public void Lines_run_at_right_angles_from_outline_to_outline_and_cross_no_step(string file)
    {
        var drawing = FlowDrawing.Of(WorkflowDefinition.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "workflows", file)))
            .Json["root"]!.AsObject());
        foreach (var (edge, route) in EdgeRouter.Routes(drawing))
        {
            route.Points.Distinct().Count().ShouldBeGreaterThan(1, edge.Id);
            for (var i = 1; i < route.Points.Count; i++)
            {
                var (a, b) = (route.Points[i - 1], route.Points[i]);
                (a.X == b.X || a.Y == b.Y).ShouldBeTrue($"{edge.Id} has a slanting stretch");
                foreach (var node in drawing.Nodes.Where(n => n.Id != edge.Source && n.Id != edge.Target))
                    (Math.Max(a.X, b.X) > node.Box.X && Math.Min(a.X, b.X) < node.Box.Right && Math.Max(a.Y, b.Y) > node.Box.Y
                        && Math.Min(a.Y, b.Y) < node.Box.Bottom).ShouldBeFalse($"{edge.Id} crosses {node.Id}");
            }
            OnOutline(route.Points[0], drawing.Find(edge.Source)!.Box).ShouldBeTrue();
            OnOutline(route.Points[^1], drawing.Find(edge.Target)!.Box).ShouldBeTrue();
        }
    }

    [Fact]
    public void Steps_without_positions_are_laid_out_from_left_to_right_without_touching()
    {
        var drawing = FlowDrawing.Of(
            JsonNode.Parse(System.Text.RegularExpressions.Regex.Replace(Definitions.Settlement, "\"designer\"", "\"other\""))!["root"]!.AsObject());
        foreach (var edge in drawing.Edges.Where(e => !e.IsBackward))
            drawing.Find(edge.Source)!.Box.X.ShouldBeLessThan(drawing.Find(edge.Target)!.Box.X);
        foreach (var a in drawing.Nodes)
            foreach (var b in drawing.Nodes.Where(n => n != a))
                (a.Box.X < b.Box.Right && b.Box.X < a.Box.Right && a.Box.Y < b.Box.Bottom && b.Box.Y < a.Box.Bottom)
                    .ShouldBeFalse($"{a.Id} lies on {b.Id}");
    }

    [Theory]
    [InlineData("zh-CN", "满意度报告：等待", "商务审核：已办")]
    [InlineData("en-US", "Satisfaction report: Waiting", "Commerce review: Done")]
    public async Task The_diagram_says_in_words_what_it_shows(string culture, string waiting, string done)
    {
        var html = await RenderAsync(culture, Journal("start+ rules+ period-sales+ commerce-review+Approve satisfaction-report"), compact: false);
        html.ShouldContain(waiting);
        html.ShouldContain(done);
        html.ShouldContain("data-step=\"satisfaction-report\" data-state=\"waiting\"");
        html.ShouldContain("role=\"img\"");
    }

    [Fact]
    public async Task The_small_diagram_keeps_peoples_steps_only()
    {
        var html = await RenderAsync("zh-CN", Journal("start+ rules+ period-sales+ commerce-review+Approve satisfaction-report"), compact: true);
        html.ShouldContain("data-step=\"commerce-review\"");
        html.ShouldNotContain("data-step=\"two-leaders\"");
        html.ShouldNotContain("data-step=\"post\"");
    }

    private static async Task<string> RenderAsync(string culture, IReadOnlyList<JournalEntry> journal, bool compact)
    {
        var previous = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            var services = new ServiceCollection().AddSingleton(new Texts([new TextSource(typeof(ProcessDiagram).Assembly)]))
                .AddSingleton(new BusinessTime(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), TimeProvider.System));
            await using var provider = services.BuildServiceProvider();
            await using var renderer = new HtmlRenderer(provider, NullLoggerFactory.Instance);
            return await renderer.Dispatcher.InvokeAsync(async () =>
                WebUtility.HtmlDecode(
                (await renderer.RenderComponentAsync<ProcessDiagram>(ParameterView.FromDictionary(new Dictionary<string, object?>
                {
                    [nameof(ProcessDiagram.Definition)] = Settlement, [nameof(ProcessDiagram.Journal)] = journal,
                        [nameof(ProcessDiagram.Compact)] = compact,
                }))).ToHtmlString()));
        }
        finally
        {
            CultureInfo.CurrentUICulture = previous;
        }
    }

    private static List<string> Followed(ProcessTrace trace) => [.. Drawing.Edges.Where(trace.Followed).Select(e => $"{e.Source}>{e.Target}")];

    private static bool OnOutline(Dot dot, Box box) =>
        (dot.X == box.X || dot.X == box.Right) && dot.Y >= box.Y && dot.Y <= box.Bottom
            || (dot.Y == box.Y || dot.Y == box.Bottom) && dot.X >= box.X && dot.X <= box.Right;

    /// <summary>Words: a step entered; "+" left by the default outcome, "+Port" by that port, "!" failed, "^target" went back.</summary>
    internal static IReadOnlyList<JournalEntry> Journal(string words)
    {
        var rows = new List<JournalEntry>();
        var rounds = new Dictionary<string, int>();
        foreach (var word in words.Split(' '))
        {
            var at = word.IndexOfAny(['+', '!', '^']);
            var id = at < 0 ? word : word[..at];
            Row(id, JournalEvent.Started, null, null);
            if (at < 0) Row(id, JournalEvent.Suspended, null, null);
            else if (word[at] == '+') Row(id, JournalEvent.Completed, word.Length > at + 1 ? [word[(at + 1)..]] : null, null);
            else if (word[at] == '!') Row(id, JournalEvent.Faulted, null, null);
            else Row(id, JournalEvent.Returned, null, new ValueObject { ["ReturnTo"] = word[(at + 1)..] });
        }
        return rows;

        void Row(string id, JournalEvent what, string[]? outcomes, ValueObject? data)
        {
            if (what == JournalEvent.Started) rounds[id] = rounds.GetValueOrDefault(id) + 1;
            rows.Add(new JournalEntry(Guid.Empty, $"Workflow1:settlement-flow:{id}", id, Drawing.Find(id)!.Type, what, Start.AddHours(rows.Count),
                rounds[id], outcomes, data));
        }
    }
}
