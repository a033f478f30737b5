using System.Diagnostics;
using CrmFlow.CrashHost;
using CrmFlow.Runtime;

// crash-host prepare FOLDER: an empty database with organisation, sales and processes.
// crash-host run FOLDER: the settlement script; dies by SIGKILL at the first crash point (step, boundary, how many-th in the step) no earlier run
// died at.
// Points are every commit's two sides, and for the steps with most at stake every write phase; with CRMFLOW_RUNS=full every phase of every step.
// Exit status 0 when the script came to its end.
var (verb, folder) = (args[0], args[1]);
await using var app = CrashApp.Open(folder);
if (verb == "prepare")
{
    await app.PrepareAsync();
    return 0;
}

var script = new SettlementScript(app, folder);
var deaths = Path.Combine(folder, "deaths.txt");
var died = DurableFile.Read(deaths).ToHashSet();
var everything = Environment.GetEnvironmentVariable("CRMFLOW_RUNS") == "full";
var hits = new Dictionary<string, int>();
var gate = new Lock();
FaultInjection.At = point =>
{
    lock (gate)
    {
        if (!everything && point is not (FaultPoint.BeforeCommit or FaultPoint.AfterCommit) && script.Step is not ("submit" or "finance")) return;
        var place = $"{script.Step}/{point}";
        var name = $"{place}/{hits[place] = hits.GetValueOrDefault(place) + 1}";
        if (!died.Add(name)) return;
        DurableFile.Append(deaths, name);
        Process.GetCurrentProcess().Kill(); // SIGKILL: no finally, no flush, no goodbye
    }
};
await script.RunAsync();
FaultInjection.At = null;
await new SettlementScript(app, folder) { AskAgain = true }.RunAsync();
return 0;
