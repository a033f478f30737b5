using System.Text.RegularExpressions;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Shell.Tests;

/// <summary>
/// Every page of every role, at desk and phone width, light and dark, in both languages: no console error, no sideways scroll, no foreign language,
/// no server error, no icon that the font lacks, and at both widths, light and dark, nothing WCAG 2.2 AA forbids as far as a machine can tell.
/// </summary>
public sealed partial class TourTests(DemoHost host, Chromium browser)
{
    /// <summary>The way each person walks. An address with a parameter is reached as people reach it: by a link seen on a page before.</summary>
    private static readonly Dictionary<string, string[]> Pages = new()
    {
        ["admin"] = ["/", "/inbox", "/admin/users", "/admin/roles", "/admin/settings", "/admin/mail", "/admin/calendar", "/admin/dictionaries",
            "/admin/workflows", "/admin/workflows/{DefinitionId}", "/admin/instances", "/admin/instances/{Id}", "/admin/incidents", "/jobs",
            "/jobs?all=true", "/search?q=武汉"],
        ["zhoumin"] =
        [
            "/", "/inbox", "/inbox?tab=started", "/inbox?tab=done", "/inbox?tab=copied", "/tasks/{Id}", "/agents/settlements",
                "/agents/settlements/new", "/agents/settlements/{Id}", "/agents/settlements/{No}/print",
            "/agents/fee-rates", "/agents", "/agents/new", "/agents/{Id}", "/agents/ledger/{AgentId}", "/customers", "/customers/new",
                "/customers/import", "/customers/{Id}", "/customers/{Id}/edit",
            "/contacts", "/contacts/new", "/contacts/{Id}", "/contacts/{Id}/edit", "/products", "/products/new", "/products/{Id}", "/sales",
                "/sales/new", "/sales/{Id}", "/sales/{Id}/edit",
            "/opportunities", "/opportunities/new", "/opportunities/{Id}", "/opportunities/{Id}/edit", "/care", "/care/plans", "/care/plans/{Key}",
                "/care/reminders", "/calendar", "/care/occasions/{Id}", "/me",
        ],
        ["chenli"] =
        [
            "/", "/tasks/{Id}", "/service/complaints", "/service/complaints?tab=all", "/service/complaints/{Id}", "/service/complaints/new",
                "/service/records", "/service/records?kind=visit", "/service/records?kind=service",
            "/service/records/{Kind}/{Id}", "/service/records/{Kind}/new", "/care/visits", "/care/visits/{Id}", "/calendar",
        ],
        ["hejing"] = ["/", "/jobs", "/agents/settlements", "/agents"],
        ["wujianguo"] = ["/agents/my", "/agents/settlements/new", "/agents/ledger", "/sales", "/me"],
    };

    /// <summary>
    /// What a page shows when something failed; the shell's own strip waits hidden on every page, and a reminder on the air is none.
    /// </summary>
    private const string Alerts = ":is(.note.e, [role=alert]):not(.cr-online):visible";

    public static TheoryData<string, int, bool, string> Tours()
    {
        var data = new TheoryData<string, int, bool, string>();
        foreach (var login in Pages.Keys)
        {
            data.Add(login, 1440, false, "zh");
            data.Add(login, 390, true, "zh");
            data.Add(login, 1440, false, "en");
        }
        return data;
    }

    [Fact]
    public void No_page_is_left_out_of_the_tours()
    {
        var toured = Pages.Values.SelectMany(p => p).Select(p => p.Split('?')[0]).ToHashSet();
        var pages = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.razor", SearchOption.AllDirectories)
            .Select(file => RouteOf().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value.Replace(":guid}", "}")).ToList())
                .Where(routes => routes.Count > 0).ToList();
        pages.Count.ShouldBeGreaterThan(40);
        pages.Where(routes => !routes.Any(toured.Contains)).SelectMany(r => r).Order(StringComparer.Ordinal).ShouldBe(
            ["/not-found"]);
    }

    /// <summary>
    /// Razor takes white space out at the start of an element, the ideographic space with it: what follows would stick to what stands before.
    /// </summary>
    [Fact]
    public void No_gap_stands_where_it_is_taken_out() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.razor", SearchOption.AllDirectories)
            .Where(file => StrippedGap().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Tours))]
    public async Task A_tour_of_all_pages_shows_no_error(string login, int width, bool dark, string language)
    {
        await using var person = await browser.SignedInAsync(host, login, width, width < 720 ? 844 : 900, dark, language);
        var foreign = ForeignTexts.For(language, Path.Combine(Repository.Root, "src"));
        var seen = new List<string>();
        var wrong = new List<string>();
        foreach (var template in Pages[login])
        {
            if (Follow(template, seen) is not { } path)
            {
                wrong.Add($"no link to {template} on the pages before it");
                continue;
            }
            await person.OpenAsync(path);
            await Expect(person.Page.Locator(".sk")).ToHaveCountAsync(0);
            seen.AddRange(await person.Page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('main a[href^=\"/\"]')].map(a => a.getAttribute('href'))"));
            await person.ShotAsync($"tour/{login}-{width}{(dark ? "-dark" : "")}-{language}{template.Replace('/', '-').Replace("?", "-")}",
                guide: false);
            if (await WiderThanScreenAsync(person) is > 0 and var overflow) wrong.Add($"{path} is {overflow} px wider than the screen");
            if (await person.Page.Locator(Alerts).CountAsync() is > 0 and var alerts)
                wrong.Add($"{path} shows {alerts} errors: {await person.Page.Locator(Alerts).First.InnerTextAsync()}");
            foreach (var icon in await Icons.MissingAsync(person)) wrong.Add($"{path} has the icon '{icon}', which the font lacks");
            foreach (var text in (await VisibleTextsAsync(person)).Where(t => foreign.IsMatch(t)).Distinct())
                wrong.Add($"{path} says '{text}' in the other language");
            // The same in both languages but for the words, and in both themes but for the colours.
            if (language == "zh") wrong.AddRange(await Accessibility.ViolationsAsync(person));
        }
        wrong.ShouldBeEmpty();
        person.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    /// <summary>Before anybody has signed in, and where there is nothing.</summary>
    [Theory]
    [InlineData("/sign-in", 1440)]
    [InlineData("/sign-in", 390)]
    [InlineData("/nothing-is-here", 1440)]
    public async Task A_page_outside_the_application_is_accessible_too(string path, int width)
    {
        await using var person = await browser.PersonAsync(host, width, 844);
        await person.OpenAsync(path);
        (await Accessibility.ViolationsAsync(person)).ShouldBeEmpty();
        (await WiderThanScreenAsync(person)).ShouldBe(0);
    }

    /// <summary>What a tour does not open: the calendar behind a date's button, which is Radzen's own.</summary>
    [Fact]
    public async Task The_calendar_of_a_date_has_its_icons_and_is_accessible()
    {
        await using var person = await browser.SignedInAsync(host, "zhoumin");
        await person.OpenAsync("/agents/fee-rates");
        await person.Page.Locator(".rz-datepicker-trigger").First.ClickAsync();
        await Expect(person.Page.Locator(".rz-calendar-next-icon")).ToBeVisibleAsync();
        await person.ShotAsync("tour/opened-calendar", guide: false);
        (await Icons.MissingAsync(person)).ShouldBeEmpty();
        (await Accessibility.ViolationsAsync(person)).ShouldBeEmpty();

        // What both would have said.
        await person.Page.EvaluateAsync(
            "document.querySelector('main').insertAdjacentHTML('afterbegin', `<span class=rzi>no_icon_of_any_font</span><p style='color:#888;background:#777'>hardly seen</p>`)");
        (await Icons.MissingAsync(person)).ShouldBe(["no_icon_of_any_font"]);
        var violations = await Accessibility.ViolationsAsync(person);
        violations.ShouldContain(v => v.Contains("light color-contrast", StringComparison.Ordinal));
        violations.ShouldContain(v => v.Contains("dark color-contrast", StringComparison.Ordinal));
    }

    /// <summary>Until its font is there an icon is the word it is drawn from, and a word is wider than a phone has room for.</summary>
    [Fact]
    public async Task A_page_is_no_wider_than_the_phone_before_the_font_of_its_icons_has_come()
    {
        await using var person = await browser.SignedInAsync(host, "wujianguo", 390, 844);
        await person.Page.RouteAsync("**/*.woff2", font => font.AbortAsync());
        foreach (var path in Pages["wujianguo"])
        {
            await person.OpenAsync(path);
            await Expect(person.Page.Locator(".sk")).ToHaveCountAsync(0);
            (await WiderThanScreenAsync(person)).ShouldBe(0, path);
        }
    }

    /// <summary>Pixels a person would have to scroll sideways.</summary>
    private static Task<int> WiderThanScreenAsync(Person person) =>
        person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    private static string? Follow(string template, List<string> seen)
    {
        if (!template.Contains('{')) return template;
        var pattern = new Regex("^" + Place().Replace(template, "(?!new$|import$)[^/?]+") + "$");
        return seen.FirstOrDefault(href => pattern.IsMatch(href));
    }

    /// <summary>
    /// What a person reads or hears: texts, and the names and hints that stand in attributes; not what declares a language of its own, as the switch
    /// and the Chinese form for printing do.
    /// </summary>
    private static Task<string[]> VisibleTextsAsync(Person person) => person.Page.EvaluateAsync<string[]>(
        """
        () => {
            const found = [];
            for (const e of document.body.querySelectorAll('*')) {
                if (e.closest('script, style') || e.closest('[lang]') !== document.documentElement || !e.checkVisibility()) continue;
                for (const n of e.childNodes) if (n.nodeType === 3) found.push(n.data.trim());
                for (const a of ['title', 'aria-label', 'placeholder', 'alt']) found.push(e.getAttribute(a)?.trim());
            }
            return found.filter(t => t);
        }
        """);

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Place();

    [GeneratedRegex("<[a-z]+[^<>]*>\u3000")]
    private static partial Regex StrippedGap();

    [GeneratedRegex("^@page \"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex RouteOf();
}
