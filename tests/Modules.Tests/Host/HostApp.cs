using System.Net;
using System.Text.RegularExpressions;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests;

/// <summary>
/// The whole product behind its real pipeline over a fresh SQLite file: <c>await using var app = await HostApp.StartAsync();</c>. No network, time
/// stands still.
/// </summary>
public sealed partial class HostApp : WebApplicationFactory<Program>
{
    private static readonly Operation Arrange = new("Test.Arrange", Access.SystemOnly);
    private readonly DirectoryInfo _directory;
    private readonly bool _ownsFolder;
    private readonly Dictionary<string, string> _settings;

    private HostApp(DirectoryInfo directory, bool ownsFolder, (string Key, string Value)[] settings) =>
        (_directory, _ownsFolder, _settings) = (directory, ownsFolder, settings.ToDictionary(s => s.Key, s => s.Value));

    public FakeClock Clock { get; } = new();
    /// <summary>False before it starts: what is due waits until the test asks the pump.</summary>
    public bool PumpsByItself { get; set; } = true;
    public string DataFolder => _directory.FullName;
    public WorkflowRuntime Runtime => Services.GetRequiredService<WorkflowRuntime>();
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// On a folder of its own, as the very first start left it; with a demonstration or another database that first start is its own.
    /// </summary>
    public static async Task<HostApp> StartAsync(params (string Key, string Value)[] settings)
    {
        var app = new HostApp(Directory.CreateTempSubdirectory("crmflow-host-"), ownsFolder: true, settings);
        if (!settings.Any(s => s.Key == "demo" || s.Key.StartsWith("Database:", StringComparison.Ordinal)))
            foreach (var (path, bytes) in await FirstStart.Value)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(app.DataFolder, path))!);
                await File.WriteAllBytesAsync(Path.Combine(app.DataFolder, path), bytes, Ct);
            }
        _ = app.Server; // starts it
        return app;
    }

    // Migrating and publishing what is shipped costs more than most tests: done once, then copied.
    private static readonly Lazy<Task<List<(string Path, byte[] Bytes)>>> FirstStart = new(async () =>
    {
        var folder = Directory.CreateTempSubdirectory("crmflow-host-").FullName;
        await using (var app = Over(folder)) _ = app.Server;
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => (Path.GetRelativePath(folder, f), File.ReadAllBytes(f)))
            .ToList();
        Directory.Delete(folder, recursive: true);
        return files;
    });

    public static Task<HostApp> StartAtAsync(DateTimeOffset now, params (string Key, string Value)[] settings)
    {
        var app = new HostApp(Directory.CreateTempSubdirectory("crmflow-host-"), ownsFolder: true, settings);
        app.Clock.Set(now);
        _ = app.Server;
        return Task.FromResult(app);
    }

    /// <summary>A second host over the folder of another one, not started.</summary>
    public static HostApp Over(string folder, params (string Key, string Value)[] settings) =>
        new(new DirectoryInfo(folder), ownsFolder: false, settings);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Data:Folder", DataFolder);
        builder.UseSetting("Security:SignInsPerMinute", "1000");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Clock).AddOperations(typeof(HostApp).Assembly);
            if (!PumpsByItself) services.Remove(services.Single(s => s.ImplementationType == typeof(DuePumpService)));
        });
    }

    public HttpClient Browser()
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = true });
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        return client;
    }

    public Guid NewOperation() => Guid.CreateVersion7(Clock.GetUtcNow());

    /// <summary>A staff user with a password, made as an administrator makes one: saved, invited, link opened.</summary>
    public async Task<Guid> UserAsync(string login, string password, params string[] roles)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<Users>();
        var roleIds = (await scope.ServiceProvider.GetRequiredService<Roles>().ReadAsync(Actor.System, Ct))
            .Value.Roles.Where(r => roles.Contains(r.Key)).Select(r => r.Id).ToList();
        var id = (await users.SaveAsync(Actor.System, new UserInput(null, login, login, ActorKind.Staff, null, null, null, roleIds), NewOperation(),
            Ct)).Value;
        var token = (await users.InviteAsync(Actor.System, id, NewOperation(), Ct)).Value;
        (await PostAsync(Browser(), $"/invitation/{token}", ("password", password), ("repeat", password)))
            .StatusCode.ShouldBe(HttpStatusCode.Redirect);
        return id;
    }

    /// <summary>Opens the page with the form, fills it, submits it with its antiforgery token.</summary>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string url, params (string Name, string Value)[] fields)
    {
        var page = await browser.GetStringAsync(url, Ct);
        var token = Token().Match(page).Groups[1].Value;
        return await browser.PostAsync(url, new FormUrlEncodedContent(
            [new("__RequestVerificationToken", token), .. fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))]), Ct);
    }

    public static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string login, string password) =>
        PostAsync(browser, "/sign-in", ("login", login), ("password", password));

    /// <summary>Does something behind the handlers' backs, as another host would.</summary>
    public async Task DoAsync(Func<Command, Task> work) =>
        (await Runtime.ExecuteAsync(Arrange, Actor.System, NewOperation(), null, async cmd => { await work(cmd); return Result.Ok; }, Ct))
            .Problem.ShouldBeNull();

    public async Task<T> ReadAsync<T>(Func<CrmDbContext, Task<T>> read) =>
        (await Runtime.ReadAsync<T>(Arrange, Actor.System, async db => await read(db), Ct)).Value;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        if (_ownsFolder) _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
