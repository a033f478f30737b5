using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Browser.Tests;

/// <summary>Every page of every role, at desk and phone width, light and dark, in both languages: no console error, no sideways scroll, no foreign language, no server error.</summary>
public sealed class TourTests(DemoHost host, Browser browser)
{
    private static readonly Dictionary<string, string[]> Pages = new()
    {
        ["admin"] = ["/", "/inbox", "/admin/users", "/admin/roles", "/admin/settings", "/admin/calendar", "/admin/workflows", "/admin/workflows/settlement", "/admin/instances", "/admin/incidents", "/search?q=武汉"],
        ["zhoumin"] = ["/", "/inbox", "/inbox?tab=started", "/inbox?tab=done", "/inbox?tab=copied", "/agents/settlements", "/agents", "/agents/fee-rates", "/agents/settlements/new", "/customers", "/sales", "/agents/settlements/JS-2026-0001/print", "/me"],
        ["chenli"] = ["/", "/service/complaints", "/service/complaints?tab=all", "/service/complaints/new", "/service/records", "/service/records?kind=visit", "/service/records?kind=service", "/service/records/hotline/new"],
        ["hejing"] = ["/", "/agents/settlements", "/agents"],
        ["wujianguo"] = ["/agents/my", "/agents/settlements/new", "/agents/ledger", "/sales", "/me"],
    };

    /// <summary>What a page shows when something failed; the shell's own strip waits hidden on every page, and a reminder on the air is none.</summary>
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

    [Theory]
    [MemberData(nameof(Tours))]
    public async Task A_tour_of_all_pages_shows_no_error(string login, int width, bool dark, string language)
    {
        await using var person = await browser.SignedInAsync(host, login, width, width < 720 ? 844 : 900, dark, language);
        var wrong = new List<string>();
        foreach (var path in Pages[login])
        {
            // The year of the demonstration's numbers is the year it was loaded in.
            await person.OpenAsync(path.Replace("2026", TimeProvider.System.GetUtcNow().AddHours(8).Year.ToString()));
            await Expect(person.Page.Locator(".sk")).ToHaveCountAsync(0);
            await person.ShotAsync($"tour/{login}-{width}{(dark ? "-dark" : "")}-{language}{path.Split('?')[0].Replace('/', '-')}");
            var overflow = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0) wrong.Add($"{path} is {overflow} px wider than the screen");
            if (await person.Page.Locator(Alerts).CountAsync() is > 0 and var alerts) wrong.Add($"{path} shows {alerts} errors: {await person.Page.Locator(Alerts).First.InnerTextAsync()}");
        }
        wrong.ShouldBeEmpty();
        person.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }
}
