using System.Diagnostics;
using System.Globalization;
using CrmFlow.Activities;
using CrmFlow.Engine;

namespace CrmFlow.Bench;

/// <summary>
/// B8: the engine alone, in memory and on one thread. A flowchart of six steps (start, four that set a variable, end) against npm bpmn-engine running
/// an equal process whose four steps do nothing, parsed beforehand. Steps a second in interleaved blocks, and bytes allocated by one instance from
/// start to end.
/// </summary>
internal static class EngineCore
{
    private const int Steps = 6;
    private const double Goal = 600_000;

    public static async Task<bool> RunAsync(bool quick)
    {
        var (pairs, block) = quick ? (5, TimeSpan.FromSeconds(2)) : (15, TimeSpan.FromSeconds(3));
        var workflow = CompiledWorkflow.Compile(WorkflowDefinition.Parse(Process), "bench", new ActivityCatalog(BuiltInActivities.All));
        var runner = new WorkflowRunner();
        for (var i = 0; i < 20_000; i++) await RunOneAsync(runner, workflow);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) await RunOneAsync(runner, workflow);
        var kilobytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 1024.0 / 1_000;

        using var peer = new Peer();
        await peer.RunAsync(block); // its JIT
        var speed = await Pairs.MeasureAsync("steps", pairs, () => Pairs.RateAsync(block, async () =>
        {
            for (var i = 0; i < 100; i++) await RunOneAsync(runner, workflow);
            return 100 * Steps;
        }), () => peer.RunAsync(block));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"steps a second on one core: {speed.Ours:N0} (goal {Goal:N0}; Elsa 3's bare engine, measured apart: about 60,000)"));
        return Report.Verdict("engine-core", ("ratio", speed.Median, 100, false), ("kb-per-instance", kilobytes, 10, true),
            ("condition-ns", ConditionNanoseconds(), 1_000, true));
    }

    /// <summary>A typical condition of a decision, evaluated where a step would: the median of rounds.</summary>
    private static double ConditionNanoseconds()
    {
        const int Evaluations = 50_000;
        var workflow = CompiledWorkflow.Compile(WorkflowDefinition.Parse(Process), "bench", new ActivityCatalog(BuiltInActivities.All));
        var state = new WorkflowState { Id = Guid.Empty, Input = new() { ["Kind"] = "x" } };
        var scope = new ExpressionScope(
            new Burst { Workflow = workflow, State = state, Now = DateTimeOffset.UnixEpoch, NewId = () => Guid.Empty, Services = Nothing.Instance },
            new ActivityInstance { Id = Guid.Empty, Node = 0, Variables = new() { ["v"] = 12_000 } });
        var condition = CompiledExpression.Parse("variables.v >= 10000 && getInput('Kind') === 'x'");
        var rounds = new List<double>();
        for (var round = 0; round < 41; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < Evaluations; i++)
                if (!condition.Evaluate(scope).IsTrue) throw new InvalidOperationException("The condition does not hold.");
            rounds.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Evaluations);
        }
        rounds.Sort();
        return rounds[rounds.Count / 2];
    }

    private static ValueTask RunOneAsync(WorkflowRunner runner, CompiledWorkflow workflow)
    {
        var ids = 0;
        var burst = new Burst
        {
            Workflow = workflow, State = new WorkflowState { Id = new Guid(0, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]) }, Now = DateTimeOffset.UnixEpoch,
            NewId = () => new Guid(++ids, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), Services = Nothing.Instance,
        };
        var run = runner.StartAsync(burst, null, default);
        if (!run.IsCompletedSuccessfully || burst.State.Status != WorkflowStatus.Finished || burst.Steps < Steps)
            throw new InvalidOperationException($"The instance is {burst.State.SubStatus} after {burst.Steps} steps.");
        return run;
    }

    private sealed class Nothing : IServiceProvider
    {
        public static readonly Nothing Instance = new();
        public object? GetService(Type serviceType) => null;
    }

    /// <summary>npm bpmn-engine in a Node process that answers how many instances it ended in a block of time.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly Process _node;

        public Peer()
        {
            var folder = Path.Combine(Report.RepositoryRoot, "bench/CrmFlow.Bench/peer");
            if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            {
                Console.WriteLine("installing bpmn-engine");
                using var install = System.Diagnostics.Process.Start(new ProcessStartInfo("npm",
                    ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder })!;
                install.WaitForExit();
            }
            _node = System.Diagnostics.Process.Start(new ProcessStartInfo("node", ["run.mjs"]) { WorkingDirectory = folder,
                RedirectStandardInput = true, RedirectStandardOutput = true })!;
            if (_node.StandardOutput.ReadLine() != "ready") throw new InvalidOperationException("bpmn-engine did not start.");
        }

        public async Task<double> RunAsync(TimeSpan block)
        {
            await _node.StandardInput.WriteLineAsync(block.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture));
            await _node.StandardInput.FlushAsync();
            var answer = (await _node.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("bpmn-engine ended.")).Split(' ');
            return Steps * double.Parse(answer[0], CultureInfo.InvariantCulture) / double.Parse(answer[1], CultureInfo.InvariantCulture);
        }

        public void Dispose()
        {
            _node.Kill();
            _node.Dispose();
        }
    }

    private const string Process = """
        {
          "definitionId": "core", "name": "core", "version": 1, "variables": [{"id": "v", "name": "v", "typeName": "Int32", "value": "0"}],
          "root": {
            "id": "flow", "type": "Elsa.Flowchart",
            "activities": [
              {"id": "start", "type": "Elsa.Start"},
              {"id": "a", "type": "Elsa.SetVariable", "variable": {"id": "v"}, "value": {"typeName": "Object", "expression": {"type": "Literal", "value": "1"}}},
              {"id": "b", "type": "Elsa.SetVariable", "variable": {"id": "v"}, "value": {"typeName": "Object", "expression": {"type": "Literal", "value": "2"}}},
              {"id": "c", "type": "Elsa.SetVariable", "variable": {"id": "v"}, "value": {"typeName": "Object", "expression": {"type": "Literal", "value": "3"}}},
              {"id": "d", "type": "Elsa.SetVariable", "variable": {"id": "v"}, "value": {"typeName": "Object", "expression": {"type": "Literal", "value": "4"}}},
              {"id": "end", "type": "Elsa.End"}
            ],
            "connections": [
              {"source": {"activity": "start"}, "target": {"activity": "a"}},
              {"source": {"activity": "a"}, "target": {"activity": "b"}},
              {"source": {"activity": "b"}, "target": {"activity": "c"}},
              {"source": {"activity": "c"}, "target": {"activity": "d"}},
              {"source": {"activity": "d"}, "target": {"activity": "end"}}
            ]
          }
        }
        """;
}
