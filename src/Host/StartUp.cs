using System.Globalization;
using System.Net;
using CrmFlow.Host.Administration;
using CrmFlow.Identity;
using CrmFlow.Migrations;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;

namespace CrmFlow.Host;

/// <summary>What happens between the command line and the first request: folders, database, demonstration data, first setup.</summary>
internal static class StartUp
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    public static void AddStartUp(this WebApplicationBuilder builder)
    {
        // The assets of a build (not a publish) lie in the projects; without this only the Development environment finds them.
        // And they are served as they were built: the framework would pack anew what it takes for changed, as gzip and without pressing it, also for
        // who is promised Brotli.
        if (File.Exists(Path.Combine(AppContext.BaseDirectory, $"{builder.Environment.ApplicationName}.staticwebassets.runtime.json")))
            builder.WebHost.UseStaticWebAssets().UseSetting("ReloadStaticAssetsAtRuntime", "false");
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["Kestrel:Endpoints:Http:Url"]))
            builder.WebHost.UseUrls(DefaultUrl);
        if (IsDemo(builder.Configuration))
        {
            RefuseOutsideAddresses(builder.Configuration["urls"] ?? DefaultUrl);
            if (builder.Configuration["demo-now"] is { Length: > 0 } now) builder.Services.AddSingleton<TimeProvider>(DemoClock.StartingAt(now));
        }
        builder.Services.AddDataProtection().SetApplicationName("CrmFlow")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(DataFolder.Of(builder.Configuration), "keys")));
        builder.Services.AddTexts(typeof(StartUp).Assembly);
    }

    public static bool IsDemo(IConfiguration configuration) =>
        configuration["demo"] is { } demo && !demo.Equals("false", StringComparison.OrdinalIgnoreCase);

    /// <summary><c>--demo-size</c>: small (default) or 1k.</summary>
    private static DemoSize DemoSizeOf(IConfiguration configuration) => configuration["demo-size"] switch
    {
        null or "" or "small" => DemoSize.Small,
        "1k" => DemoSize.Thousand,
        var other => throw new StartRefusedException($"There is no demonstration of the size '{other}'. Use --demo-size small or --demo-size 1k."),
    };

    public static async Task PrepareAsync(WebApplication app)
    {
        var services = app.Services;
        var ct = app.Lifetime.ApplicationStopping;
        var clock = services.GetRequiredService<TimeProvider>();
        Guid Operation() => Guid.CreateVersion7(clock.GetUtcNow());

        var options = services.GetRequiredService<DatabaseOptions>();
        if (IsDemo(app.Configuration)) ForgetHalfLoadedDemo(options);
        ForgetOldSchedule(app.Configuration);
        await DatabaseSchema.PrepareAsync(options, () => Contexts.Create(options, services.GetServices<ModelContribution>()), ct);
        await services.GetRequiredService<ShippedOrganisation>().EnsureAsync(Operation(), ct);
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<CalendarAdmin>().EnsureShippedAsync(Operation(), ct);
        await services.GetRequiredService<ShippedDefinitions>().ImportFolderAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), ct);

        if (IsDemo(app.Configuration))
        {
            var signIns = await PrepareDemoAsync(app, ct);
            app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"\nCrmFlow demo: {Address(app)}\n\n{signIns}\nStop with Ctrl+C."));
        }
        else if (await services.GetRequiredService<SetUp>().NewTokenAsync(Operation(), ct) is { } token)
        {
            app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(
                $"\nCrmFlow: nobody has an account yet. This link creates the administrator, once:\n  {Address(app)}/setup/{token}\n"));
        }
        else
        {
            app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"\nCrmFlow: {Address(app)}\n"));
        }
        // Building the model and the pipeline leaves more garbage than the first hours of requests; a small machine should not carry it.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private static async Task<string> PrepareDemoAsync(WebApplication app, CancellationToken ct)
    {
        var services = app.Services;
        var clock = services.GetRequiredService<TimeProvider>();
        Guid Operation() => Guid.CreateVersion7(clock.GetUtcNow());
        var mark = services.GetRequiredService<DemoMark>();
        var file = Path.Combine(DataFolder.Of(app.Configuration), "demo-sign-ins.txt");
        var state = await mark.ReadAsync(Operation(), ct);
        if (state is DemoMark.State.Real or DemoMark.State.Loading)
            throw new StartRefusedException(state == DemoMark.State.Real
                ? "This database holds real accounts, so --demo is refused. Start without --demo, or give --demo a database of its own with --Database:ConnectionString."
                : "This demonstration database was not loaded to its end. Empty it and start again.");
        if (state == DemoMark.State.Demo && File.Exists(file)) return await File.ReadAllTextAsync(file, ct);

        if (state == DemoMark.State.Empty)
        {
            Console.WriteLine("Loading demonstration data …");
            await mark.BeginAsync(Operation(), ct);
            var time = services.GetRequiredService<BusinessTime>();
            var directory = services.GetRequiredService<ActorDirectory>();
            await using var all = services.CreateAsyncScope();
            foreach (var order in all.ServiceProvider.GetServices<IDemoData>().OrderBy(d => d.Order).Select(d => d.GetType()).ToList())
            {
                await using var scope = services.CreateAsyncScope();
                var loader = scope.ServiceProvider.GetServices<IDemoData>().Single(d => d.GetType() == order);
                await loader.LoadAsync(
                    new DemoContext(services.GetRequiredService<WorkflowRuntime>(), scope.ServiceProvider, clock.GetUtcNow(), time.Today)
                    {
                        Size = DemoSizeOf(app.Configuration),
                        ActorAsync = async (login, token) =>
                            await directory.ActorAsync(DemoId.User(login), token)
                            ?? throw new InvalidOperationException($"There is no demo user {login}."),
                    }, ct);
            }
        }

        var signIns = await services.GetRequiredService<DemoSignIns>().ResetAsync(Operation(), ct);
        var text = string.Concat(signIns.Select(s => $"  {s.Login,-14}{s.Password,-16}{s.Name}　{s.What}\n"));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text, ct);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (state == DemoMark.State.Empty) await mark.EndAsync(Operation(), ct);
        return text;
    }

    // A demo that was interrupted while it loaded is worth nothing; on SQLite it is simply made again.
    private static void ForgetHalfLoadedDemo(DatabaseOptions options)
    {
        if (options.Provider != DatabaseProvider.Sqlite || !File.Exists(options.SqliteFile)) return;
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder(options.ConnectionString) { Pooling = false }
            .ConnectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'setup'";
            if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0) return;
            command.CommandText = "SELECT COUNT(*) FROM setup WHERE is_demo = 1 AND demo_loaded_at IS NULL";
            if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0) return;
        }
        foreach (var file in new[] { "", "-wal", "-shm" }) File.Delete(options.SqliteFile + file);
    }

    internal static void RefuseOutsideAddresses(string urls)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var host = BindingAddress.Parse(url).Host;
            if (host != "localhost" && !(IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)))
                throw new StartRefusedException($"--demo listens on this machine only, so '{url}' is refused. Use an address such as {DefaultUrl}.");
        }
    }

    // Until 2026-12 the schedule had a file of its own; now it is rows beside the jobs.
    private static void ForgetOldSchedule(IConfiguration configuration)
    {
        var folder = DataFolder.Of(configuration);
        if (!Directory.Exists(folder)) return; // the first start makes it
        foreach (var end in (string[])["", "-journal", "-wal", "-shm"]) File.Delete(Path.Combine(folder, "schedule.db" + end));
    }

    private static string Address(WebApplication app) => app.Urls.FirstOrDefault()?.TrimEnd('/') ?? DefaultUrl;
}

/// <summary>
/// <c>--demo-now</c>: the demonstration's clock shows this instant at the start and runs on from there, so that a showing or a test need not depend
/// on the day it is held.
/// </summary>
internal sealed class DemoClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

    public static DemoClock StartingAt(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var now)
        ? new DemoClock(now - System.GetUtcNow())
        : throw new StartRefusedException($"--demo-now '{text}' is no instant. Write it as 2026-12-01T10:00:00+08:00.");
}

/// <summary>Something a person started wrongly; the message says what to do, no stack trace.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
