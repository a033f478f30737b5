using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace CrmFlow.TestSupport;

/// <summary>
/// A real PostgreSQL for tests and benches: CRMFLOW_TEST_POSTGRES when set, else a server of its own on a free loopback port with its data in a
/// temporary directory, started for the first that asks and stopped with the process.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly Lazy<string> Server = new(Start);
    private static string? _data, _options;

    public static string ConnectionString => Server.Value;

    /// <summary>Whether commits reach the disk. Tests do without, benches that measure commits set it before they ask.</summary>
    public static bool Flushes { get; set; }

    private static string Start()
    {
        if (Environment.GetEnvironmentVariable("CRMFLOW_TEST_POSTGRES") is { Length: > 0 } given) return given;
        var bin = Bin ?? throw new InvalidOperationException(
            "No PostgreSQL server is installed here (Debian: apt-get install postgresql), and CRMFLOW_TEST_POSTGRES names none.");
        _data = Directory.CreateTempSubdirectory("crmflow-pg-").FullName;
        var port = FreePort();
        if (Environment.UserName == "root") Run("chown", "postgres", _data);
        AsServerUser(Path.Combine(bin, "initdb"), "-D", Path.Combine(_data, "data"), "-U", "crmflow", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            "--no-sync");
        _options = $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync={(Flushes ? "on" : "off")} -c max_connections=200";
        AsServerUser(Path.Combine(bin, "pg_ctl"), "-D", Path.Combine(_data, "data"), "-w", "-l", Path.Combine(_data, "log"), "-o", _options, "start");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
        return $"Host=127.0.0.1;Port={port};Username=crmflow;Database=postgres;Include Error Detail=true";
    }

    /// <summary>
    /// Ends all its processes at once, as a crash would, and starts it again; it recovers from its log. Returns when it answers. Only a server of our
    /// own: one that was given is somebody else's.
    /// </summary>
    internal static void Crash()
    {
        if (_data is not { } data)
            throw new InvalidOperationException("CRMFLOW_TEST_POSTGRES names the server; this run kills it and wants one of its own.");
        AsServerUser(Path.Combine(Bin!, "pg_ctl"), "-D", Path.Combine(data, "data"), "-w", "-l", Path.Combine(data, "log"), "-m", "immediate", "-o",
            _options!, "restart");
    }

    private static string? Bin => !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(d => Path.Combine(d, "bin"))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")));

    public void Dispose() => Stop();

    private static void Stop()
    {
        if (Interlocked.Exchange(ref _data, null) is not { } data) return;
        NpgsqlConnection.ClearAllPools();
        AsServerUser(Path.Combine(Bin!, "pg_ctl"), "-D", Path.Combine(data, "data"), "-m", "immediate", "stop");
        Directory.Delete(data, recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The server refuses to run as root.</summary>
    private static void AsServerUser(string program, params string[] arguments)
    {
        if (Environment.UserName == "root") Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        else Run(program, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server inherits the output: it must not be a pipe somebody waits for the end of.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh",
            ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
