using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmFlow.Modules.Tests.Architecture;

namespace CrmFlow.Modules.Tests.Workflows;

/// <summary>The command line of the built program: what it prints, where, and with which exit code.</summary>
public sealed class WorkflowCommandTests : IDisposable
{
    private static readonly string Probes = Path.Combine(Repository.Root, "tests", "Engine.Tests", "Probes");
    private static readonly string Program = Path.Combine(Repository.Root, "src", "Host", "bin",
        Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!, "net10.0", "CrmFlow.Host.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("crmflow-command").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<(int Exit, string Output, string Errors)> RunAsync(params string[] args) => DotnetAsync([Program, "workflow", .. args]);

    private static async Task<(int Exit, string Output, string Errors)> DotnetAsync(params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Ct), process.StandardError.ReadToEndAsync(Ct));
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, await output, await errors);
    }

    private static async Task<JsonNode> AnswerAsync(params string[] args)
    {
        var (exit, output, errors) = await RunAsync(["run", .. args]);
        exit.ShouldBe(0, errors);
        return JsonNode.Parse(output)!;
    }

    private string Write(string name, string json)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, json);
        return file;
    }

    private string Flow(string name, string steps, string connections) => Write(name, $$$"""
        {"definitionId":"{{{Path.GetFileNameWithoutExtension(name)}}}","root":{"id":"fc","type":"Elsa.Flowchart","activities":[{{{steps}}}],"connections":[{{{string.Join(",", connections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('>')).Select(c => $$$"""{"source":{"activity":"{{{c[0]}}}"},"target":{"activity":"{{{c[1]}}}"} }"""))}}}]} }
        """);

    private static string Text(string expression, string type = "JavaScript") =>
        $$"""{"typeName":"String","expression":{"type":"{{type}}","value":{{JsonSerializer.Serialize(expression)}}} }""";

    [Fact]
    public async Task Every_probe_gives_the_line_it_gave_on_Elsa_in_counter_mode()
    {
        var expected = File.ReadLines(Path.Combine(Probes, "observed.txt")).Where(l => l.StartsWith("CNT | ", StringComparison.Ordinal))
            .Select(l => l.Split(" | ", 3)).ToDictionary(p => p[1], p => p[2]);
        expected.Count.ShouldBe(24);
        var actual = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();

        await Parallel.ForEachAsync(expected.Keys, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct }, async (file, _) =>
            actual[file] = Line(await AnswerAsync(Path.Combine(Probes, file))));

        actual.OrderBy(a => a.Key).Select(a => (a.Key, a.Value)).ShouldBe(expected.OrderBy(e => e.Key).Select(e => (e.Key, CountIncidents(e.Value))));
    }

    /// <summary>Incident types and messages may be better than Elsa's; their number may not differ.</summary>
    private static string Line(JsonNode answer) =>
        $"{answer["status"]}/{answer["subStatus"]} bookmarks=[{string.Join(",", answer["bookmarks"]!.AsArray())}] incidents={answer["incidents"]!.AsArray().Count} "
        + $"output={{{string.Join(",", answer["output"]!.AsObject().Select(o => $"{o.Key}={o.Value}"))}}} out={string.Join("|", answer["lines"]!.AsArray().Take(12))}";

    private static string CountIncidents(string line)
    {
        var (start, end) = (line.IndexOf("incidents=[", StringComparison.Ordinal), line.IndexOf("] output=", StringComparison.Ordinal));
        var incidents = line[(start + "incidents=[".Length)..end];
        return $"{line[..start]}incidents={(incidents.Length == 0 ? 0 : incidents.Split(';').Length)}{line[(end + 1)..]}";
    }

    [Fact]
    public async Task Events_and_advances_happen_in_the_order_written()
    {
        var file = Flow("order.json", $$"""
            {"id":"hello","type":"Elsa.WriteLine","text":{{Text("`hello ${getInput('who')}`")}}},
            {"id":"wait","type":"Elsa.Delay","timeSpan":{{Text("01:00:00", "Literal")}}},
            {"id":"go","type":"Elsa.Event","eventName":{{Text("Go", "Literal")}}},
            {"id":"bye","type":"Elsa.WriteLine","text":{{Text("getLastResult().n")}}}
            """, "hello>wait wait>go go>bye");

        Line(await AnswerAsync(file, "--input", """{"who":"张三"}"""))
            .ShouldBe("Running/Suspended bookmarks=[Elsa.Delay] incidents=0 output={} out=hello 张三");
        Line(await AnswerAsync(file, "--advance", "59m59s"))
            .ShouldBe("Running/Suspended bookmarks=[Elsa.Delay] incidents=0 output={} out=hello undefined");
        Line(await AnswerAsync(file, "--event", "Go={\"n\":7}", "--advance", "PT1H"))
            .ShouldEndWith("bookmarks=[Elsa.Event] incidents=0 output={} out=hello undefined");
        Line(await AnswerAsync(file, "--advance", "01:00:00", "--event", "Go={\"n\":7}"))
            .ShouldBe("Finished/Finished bookmarks=[] incidents=0 output={} out=hello undefined|7");
    }

    [Fact]
    public async Task From_the_sources_standard_output_is_the_same_one_object_and_the_rest_goes_to_standard_error()
    {
        var file = Write("mail.json",
            """{"definitionId":"mail","root":{"id":"m","type":"Elsa.SendEmail","to":{"typeName":"String[]","expression":{"type":"Object","value":"[\"a@example.com\"]"} },"subject":"Hi","body":"x"} }""");
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

        var (exit, output, errors) = await DotnetAsync("run", "--no-build", "-c", configuration, "--project",
            Path.Combine(Repository.Root, "src", "Host"), "--", "workflow", "run", file, "--event", "Nobody", "--advance", "PT10M");

        exit.ShouldBe(0, errors);
        output.Trim().ShouldNotContain('\n');
        Line(JsonNode.Parse(output)!).ShouldBe("Finished/Finished bookmarks=[] incidents=0 output={} out=");
        JsonNode.Parse(output)!.AsObject().Select(m => m.Key)
            .ShouldBe(["status", "subStatus", "output", "lines", "bookmarks", "incidents", "journal"]);
        errors.ShouldContain("mail to a@example.com: Hi");
        errors.ShouldContain("nobody waited for the event Nobody");
    }

    [Fact]
    public async Task A_run_takes_less_than_a_second()
    {
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 5 && best > TimeSpan.FromSeconds(1); attempt++) // other tests use the machine too
        {
            var watch = Stopwatch.StartNew();
            await AnswerAsync(Path.Combine(Probes, "p20-js-misc.json"));
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }
        best.ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_file_that_cannot_be_loaded_is_exit_2_and_nothing_on_standard_output()
    {
        foreach (var args in (string[][])[["run", Path.Combine(_folder, "none.json")], ["run", Write("no.json", "not json")],
            ["run", Path.Combine(Probes, "p01-null-port-followed.json"), "--with", Write("list.json", "[]")]])
        {
            var (exit, output, errors) = await RunAsync(args);
            (exit, output).ShouldBe((2, ""), string.Join(" ", args));
            errors.ShouldContain(args[^1]);
            errors.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task Validation_names_file_step_and_reason_of_each_problem()
    {
        var (exit, output, _) = await RunAsync("validate", Path.Combine(Probes, "p19-unknown-activity.json"), Write("broken.json", "{"),
            Path.Combine(Repository.Root, "workflows"));

        exit.ShouldBe(1);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith($"{Path.Combine(Probes, "p19-unknown-activity.json")}: u: uses activity type Acme.Unknown");
        lines[1].ShouldStartWith($"{Path.Combine(_folder, "broken.json")}: workflow: ");
        lines.Length.ShouldBe(2, "the shipped processes have no problems");

        (await RunAsync("validate", Path.Combine(Probes, "p05-island-not-run.json")))
            .ShouldSatisfyAllConditions(r => r.Exit.ShouldBe(0), r => r.Output.ShouldContain("island: warning: "));
    }
}
