using CrmFlow.Bench;

// One bench a run; the arguments are its name and its own flags. Exit status 0 only when it passed.
var benches = new Dictionary<string, (string About, Func<bool, Task<bool>> Run)>
{
    ["burst-cost"] = ("one task completion: commits 1 alone and ≤ 1 grouped, ≤ 3 round trips of the runtime on PostgreSQL, ≤ 100 KB allocated",
        BurstCost.RunAsync),
    ["cold-start"] = ("first sign-in page of a migrated demo database ÷ an empty ASP.NET Core app: time ≤ 8×, memory ≤ 3×", ColdStart.RunAsync),
    ["engine-core"] = ("steps a second in memory ÷ npm bpmn-engine on an equal process: ≥ 100×; ≤ 10 KB an instance", EngineCore.RunAsync),
    ["durable-bursts"] =
        ("SQLite FULL, transitions a second ÷ one commit each: lean bursts ≥ 2×, task bursts ≥ 1.5×, 64 at once ≥ 3×", DurableBursts.RunAsync),
    ["postgres-bursts"] =
        ("PostgreSQL that flushes, 8 users, transitions a second ÷ pgbench with one transaction each: ≥ 0.6×", PostgresBursts.RunAsync),
    ["timer-storm"] =
        ("timers due at once: drained ≤ 5× set-based SQL, lateness p99 ≤ 5 s, users' p99 ≤ max(50 ms, 3× quiet), none twice", TimerStorm.RunAsync),
    ["idle-instances"] = ("live heap for 100,000 waiting instances: ≤ 5 MB", IdleInstances.RunAsync),
    ["history-growth"] = ("transitions a second with a long past ÷ empty: ≥ 0.9×", HistoryGrowth.RunAsync),
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    Console.Error.WriteLine(args.Length == 0 ? "Benches:" : $"There is no bench '{args[0]}'. Benches:");
    foreach (var (name, (about, _)) in benches) Console.Error.WriteLine($"  {name,-16} {about}");
    return 2;
}
return await bench.Run(args.Contains("--quick")) ? 0 : 1;
