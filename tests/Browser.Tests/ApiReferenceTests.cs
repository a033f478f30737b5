using Microsoft.Playwright;

namespace CrmFlow.Browser.Tests;

/// <summary>The page of the API reference under our content security policy.</summary>
public sealed class ApiReferenceTests(DemoHost host, Chromium chromium)
{
    [Fact]
    public async Task An_administrator_reads_it_and_it_asks_no_other_host()
    {
        await using var person = await chromium.SignedInAsync(host, "admin");
        List<string> elsewhere = [];
        person.Page.Request += (_, request) => { if (!request.Url.StartsWith(host.Address, StringComparison.Ordinal)
            && new Uri(request.Url).Scheme is not ("data" or "blob" or "about")) elsewhere.Add(request.Url); };

        await person.Page.GotoAsync("/scalar/");
        await person.Page.GetByText("/healthz").First.WaitForAsync();
        // The groups behind the first are closed until somebody opens them.
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Open Group - Records" }).ClickAsync();
        await person.Page.GetByText("导出列表").First.ClickAsync();
        await person.Page.GetByText("/lists/{key}.xlsx").First.WaitForAsync();
        await Assertions.Expect(person.Page.GetByText("Generate SDK")).ToHaveCountAsync(0); // what would hand our document to somebody else
        await person.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await person.ShotAsync("api-reference", guide: false);

        elsewhere.ShouldBeEmpty();
        person.Console.ShouldBeEmpty();
    }
}
