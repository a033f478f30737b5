using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;

namespace CrmFlow.TestSupport;

/// <summary>
/// The product as the README starts it: the built Host as a process with <c>--demo</c> on a fresh database in a folder of its own, on a free loopback
/// port.
/// One for the whole test assembly; its log is kept to prove that a tour caused no server error. The demonstration is loaded once, by the first;
/// every other host works on a copy taken right after.
/// </summary>
public sealed class DemoHost : IAsyncLifetime
{
    /// <summary>
    /// The day every run shows, whatever day it is: a Tuesday with birthdays. A host started later starts that much later, for it goes on where
    /// another was.
    /// </summary>
    private static readonly DateTimeOffset Began = new(2026, 12, 1, 10, 0, 0, TimeSpan.FromHours(8));
    /// <summary>Today, as every host of a run has it.</summary>
    public static string Today => Began.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly Stopwatch SinceBegan = Stopwatch.StartNew();

    private static string? _loaded;

    private readonly StringBuilder _log = new();
    private Process? _process;

    public string Folder { get; } = Directory.CreateTempSubdirectory("crmflow-browser-").FullName;
    public string Address { get; } = $"http://127.0.0.1:{FreePort()}";
    /// <summary>More of the command line.</summary>
    public string[] Settings { get; init; } = [];
    public string Log { get { lock (_log) return _log.ToString(); } }

    /// <summary>Lines of the server's log that report an error.</summary>
    public IReadOnlyList<string> ServerErrors() => [.. Log.Split('\n')
        .Where(l => l.StartsWith("fail:", StringComparison.Ordinal) || l.StartsWith("crit:", StringComparison.Ordinal)
        || l.Contains("Unhandled exception", StringComparison.Ordinal))];

    /// <summary>Errors so far were meant.</summary>
    public void ForgetLog() { lock (_log) _log.Clear(); }

    /// <summary>Password by login name, read from the file the product writes.</summary>
    public Dictionary<string, string> Passwords { get; } = [];

    public async ValueTask InitializeAsync()
    {
        if (_loaded is null)
        {
            await StartAsync();
            var kept = Directory.CreateTempSubdirectory("crmflow-browser-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(kept, recursive: true);
            CopyTo(kept);
            _loaded = kept;
        }
        else
        {
            foreach (var file in Directory.EnumerateFiles(_loaded, "*", SearchOption.AllDirectories))
                Copy(file, Path.Combine(Folder, Path.GetRelativePath(_loaded, file)));
            await StartAsync();
        }
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(Folder, "data", "demo-sign-ins.txt")))
        {
            var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length >= 2) Passwords[parts[0]] = parts[1];
        }
    }

    /// <summary>What the running host has on disk, with its database as one consistent file.</summary>
    private void CopyTo(string folder)
    {
        var database = Path.Combine("data", "crmflow.db");
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f))
            .Where(f => !f.StartsWith(database, StringComparison.Ordinal)))
            Copy(Path.Combine(Folder, file), Path.Combine(folder, file));
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, database)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $to";
        command.Parameters.AddWithValue("$to", Path.Combine(folder, database));
        command.ExecuteNonQuery();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    /// <summary>Starts the process and waits until it is ready; after <see cref="StopAsync"/> on the same address and database.</summary>
    public async Task StartAsync()
    {
        var dll = Path.Combine(Repository.Root, "src/Host/bin/Debug/net10.0/CrmFlow.Host.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet",
            [dll, "--demo", "--urls", Address, "--Security:SignInsPerMinute=1000", "--demo-now", (Began + SinceBegan.Elapsed).ToString("O"),
            .. Settings])
            {
                WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
                Environment = { ["DOTNET_TieredPGO"] = "0" }, // it lives for minutes: measuring what to make faster costs more than it brings
            })!;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using var http = new HttpClient();
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (_process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException("The demo host did not start:\n" + Log);
            try
            {
                using var answer = await http.GetAsync(Address + "/readyz");
                if (answer.StatusCode == HttpStatusCode.OK) break;
            }
            catch (HttpRequestException) { await Task.Delay(100); }
        }
    }

    /// <summary>Ends the process as a crash would.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false }) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log) _log.AppendLine(line.Data);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>Where the sources lie.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmFlow.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from inside the repository.");
        return folder.FullName;
    }
}
