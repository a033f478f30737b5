using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(CrmFlow.TestSupport.DemoHost))]
[assembly: AssemblyFixture(typeof(CrmFlow.TestSupport.Chromium))]

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace CrmFlow.TestSupport;

/// <summary>The system's Chromium, started once. Every person gets a context of their own: own cookies, own console.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private readonly Dictionary<(DemoHost Host, string Login, string Language), string> _entered = [];

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(15_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            // Without the browser's own windows, which cost a third of the machine; the whole Chromium does as well.
            ExecutablePath = File.Exists("/usr/bin/chromium-headless-shell") ? "/usr/bin/chromium-headless-shell" : "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>A person at a screen, not signed in.</summary>
    /// <param name="address">Where the host is reached when not directly.</param>
    /// <param name="state">Cookies of somebody who has signed in before.</param>
    public async Task<Person> PersonAsync(DemoHost host, int width = 1440, int height = 900, bool dark = false, string locale = "zh-CN",
        string? address = null, string? state = null)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = address ?? host.Address, ViewportSize = new() { Width = width, Height = height }, Locale = locale, TimezoneId = "Asia/Shanghai",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce, StorageState = state,
        });
        context.SetDefaultTimeout(15_000);
        return new Person(host, context, await context.NewPageAsync());
    }

    /// <summary>
    /// A person signed in with a demo account. The password is typed once per host, account and language; who comes later brings the cookies of that
    /// time and has no page open yet.
    /// </summary>
    public async Task<Person> SignedInAsync(DemoHost host, string login, int width = 1440, int height = 900, bool dark = false,
        string language = "zh")
    {
        if (_entered.TryGetValue((host, login, language), out var state)) return await PersonAsync(host, width, height, dark, state: state);
        var person = await PersonAsync(host, width, height, dark);
        await person.SignInAsync(login);
        await person.SwitchToAsync(language);
        _entered.Add((host, login, language), await person.StateAsync());
        return person;
    }
}

/// <summary>One person's browser: the page, what the console said, and the screenshots.</summary>
public sealed class Person : IAsyncDisposable
{
    private readonly DemoHost _host;
    private readonly IBrowserContext _context;
    private readonly List<string> _console = [];

    internal Person(DemoHost host, IBrowserContext context, IPage page)
    {
        (_host, _context, Page) = (host, context, page);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") _console.Add($"{message.Type}: {message.Text} ({page.Url})"); };
        page.PageError += (_, error) => _console.Add($"page error: {error} ({page.Url})");
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings the browser's console has shown so far; a tour ends with none.</summary>
    public IReadOnlyList<string> Console => _console;

    public async Task SignInAsync(string login)
    {
        await Page.GotoAsync("/sign-in");
        await Page.Locator("[name=login]").FillAsync(login);
        await Page.Locator("[name=password]").FillAsync(_host.Passwords[login]);
        await Page.Locator("form button[type=submit]").First.ClickAsync();
        await Page.WaitForURLAsync(url => !url.Contains("/sign-in"));
    }

    /// <summary>Takes a language in the profile menu; it is remembered for the user, so an earlier test may have left the other one.</summary>
    /// <param name="language">zh or en.</param>
    public async Task SwitchToAsync(string language)
    {
        await SettledAsync();
        if ((await Page.Locator("html").GetAttributeAsync("lang"))!.StartsWith(language, StringComparison.Ordinal)) return;
        await Page.Locator($"button[name=language][value={language}]").First.EvaluateAsync("b => b.click()");
        await Page.Locator($"html[lang^={language}]").WaitForAsync();
        await SettledAsync();
    }

    /// <summary>Opens an address and waits until its circuit answers.</summary>
    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await SettledAsync();
    }

    /// <summary>The cookies, for another browser of the same person.</summary>
    internal Task<string> StateAsync() => _context.StorageStateAsync();

    /// <summary>Waits for the page's heading; skeletons have none.</summary>
    public Task SettledAsync() => Page.Locator("h1").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>
    /// Saves a picture when CRMFLOW_SCREENSHOTS is set: under docs/images for the guides, else beside the built tests, to be looked at.
    /// </summary>
    public Task ShotAsync(string name, bool fullPage = false, bool guide = true)
    {
        if (Environment.GetEnvironmentVariable("CRMFLOW_SCREENSHOTS") is null or "") return Task.CompletedTask;
        var folder = guide ? Path.Combine(Repository.Root, "docs/images") : Path.Combine(AppContext.BaseDirectory, "shots");
        return Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = fullPage });
    }

    /// <summary>
    /// Leaves as a person does: the page says goodbye and its circuit ends. A circuit whose browser just vanishes waits for the answers it is still
    /// owed and reports them missing a minute later, in another test's log.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var page in _context.Pages) await page.GotoAsync("about:blank");
        await _context.CloseAsync();
    }
}
