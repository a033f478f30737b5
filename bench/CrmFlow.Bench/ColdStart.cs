using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace CrmFlow.Bench;

/// <summary>
/// B11: process start to the first 200 of the sign-in page, published Release (which compiles ahead, see the Host's project file), on a migrated demo
/// database, against an empty ASP.NET Core application published and started the same way in the same GC mode; pairs interleaved, medians of the
/// paired ratios. Memory is the resident set right after that answer. Publishing is outside the clock, as building is.
/// </summary>
internal static class ColdStart
{
    public static async Task<bool> RunAsync(bool quick)
    {
        var root = Report.RepositoryRoot;
        var host = Path.Combine(Publish(root, "src/Host"), "CrmFlow.Host.dll");
        var empty = Path.Combine(Publish(root, "bench/CrmFlow.EmptyApp"), "CrmFlow.EmptyApp.dll");
        var folder = Directory.CreateTempSubdirectory("crmflow-cold-start-").FullName;
        try
        {
            Console.WriteLine("preparing the demo database (outside the clock)");
            await StartAsync(host, folder, "/sign-in", "--demo");
            var pairs = quick ? 5 : 15;
            List<double> time = [], memory = [], processor = [];
            for (var i = 0; i < pairs; i++)
            {
                var baseline = await StartAsync(empty, folder, "/");
                var ours = await StartAsync(host, folder, "/sign-in", "--demo");
                Console.WriteLine(
                    $"pair {i + 1}: {ours.Milliseconds:0} ms ({ours.Processor:0} ms of processor), {ours.Megabytes:0} MB ÷ {baseline.Milliseconds:0} ms ({baseline.Processor:0}), {baseline.Megabytes:0} MB");
                processor.Add(ours.Processor / baseline.Processor);
                time.Add(ours.Milliseconds / baseline.Milliseconds);
                memory.Add(ours.Megabytes / baseline.Megabytes);
            }
            Console.WriteLine($"processor time, which a busy machine changes least: {Report.Median(processor):0.00}");
            return Report.Verdict("cold-start", ("time", Report.Median(time), 8, true), ("memory", Report.Median(memory), 3, true));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Publish(string root, string project)
    {
        Console.WriteLine($"publishing {project}");
        var target = Path.Combine(AppContext.BaseDirectory, "published", Path.GetFileName(project));
        using var publish = Process.Start(new ProcessStartInfo("dotnet",
            ["publish", Path.Combine(root, project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false", "-o",
                target, "-v", "q", "--nologo"]))!;
        publish.WaitForExit();
        return publish.ExitCode == 0 ? target : throw new InvalidOperationException($"dotnet publish {project} ended with {publish.ExitCode}.");
    }

    private static async Task<(double Milliseconds, double Processor, double Megabytes)> StartAsync(string dll, string folder, string path,
        params string[] arguments)
    {
        var address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [dll, .. arguments, "--urls", address])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["DOTNET_gcServer"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Logging__LogLevel__Default"] = "Warning" },
        };
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            while (true)
            {
                if (process.HasExited) throw new InvalidOperationException($"{Path.GetFileName(dll)} ended: {await output}{await errors}");
                if (clock.Elapsed > TimeSpan.FromMinutes(3))
                    throw new TimeoutException($"{Path.GetFileName(dll)} did not answer {path} in 3 minutes.");
                try
                {
                    using var answer = await http.GetAsync(address + path);
                    if (answer.StatusCode == HttpStatusCode.OK) break;
                }
                catch (HttpRequestException) { await Task.Delay(2); }
            }
            var elapsed = clock.Elapsed.TotalMilliseconds;
            process.Refresh();
            return (elapsed, process.TotalProcessorTime.TotalMilliseconds, process.WorkingSet64 / 1048576.0);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
