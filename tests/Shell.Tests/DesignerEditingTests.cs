using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace CrmFlow.Shell.Tests;

/// <summary>The designer by hand, on processes of the test's own: the shared host's shipped ones stay as they are.</summary>
public sealed class DesignerEditingTests(DemoHost host, Chromium browser)
{
    private const string Loop = """
        {"definitionId":"ID","name":"NAME","options":{"incidentStrategyType":"ContinueWithIncidentsStrategy"},"root":{"id":"flow","type":"Elsa.Flowchart","activities":[
          {"id":"start","type":"Elsa.Start","metadata":{"displayText":"开始","displayTextEn":"Start","designer":{"position":{"x":60,"y":200}}}},
          {"id":"big","type":"Elsa.FlowDecision","metadata":{"displayText":"金额大吗","displayTextEn":"A large amount?","designer":{"position":{"x":240,"y":184}}},"condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"variables.Amount >= 10000"}}},
          {"id":"each","type":"Elsa.ForEach","metadata":{"displayText":"逐项处理","displayTextEn":"Each item","designer":{"position":{"x":460,"y":192}}},"items":{"typeName":"Object","expression":{"type":"Object","value":"[1,2]"}}},
          {"id":"end","type":"Elsa.End","metadata":{"displayText":"结束","displayTextEn":"End","designer":{"position":{"x":700,"y":200}}}}],
          "connections":[{"source":{"activity":"start"},"target":{"activity":"big"}},{"source":{"activity":"big","port":"True"},"target":{"activity":"each"}},{"source":{"activity":"big","port":"False"},"target":{"activity":"end"}},{"source":{"activity":"each"},"target":{"activity":"end"}}]},
          "variables":[{"id":"Amount","name":"Amount","typeName":"Decimal","value":"0"}]}
        """;

    private async Task<Person> ImportedAsync(string id, string name)
    {
        var admin = await browser.SignedInAsync(host, "admin");
        await admin.OpenAsync("/admin/workflows");
        await admin.Page.Locator("#import-file").SetInputFilesAsync(File(Loop.Replace("ID\"", id + "\"").Replace("NAME", name)));
        await admin.Page.WaitForURLAsync($"**/admin/workflows/{id}");
        await Expect(Node(admin.Page, "start")).ToBeVisibleAsync();
        return admin;
    }

    private static FilePayload File(string json) =>
        new() { Name = "process.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(json) };
    private static ILocator Node(IPage page, string id) => page.Locator($"[data-testid=designer-canvas] [data-cell-id={id}]");
    private static ILocator Panel(IPage page) => page.GetByTestId("step-panel");
    private static async Task MoreAsync(IPage page, string entry)
    {
        await page.GetByTestId("designer-more").ClickAsync();
        await page.GetByTestId(entry).ClickAsync();
    }

    private static async Task PublishAsync(IPage page, string version)
    {
        await page.GetByTestId("designer").GetByRole(AriaRole.Button, new() { Name = "发布", Exact = true }).ClickAsync();
        await page.GetByTestId("publish-confirm").ClickAsync();
        await Expect(page.GetByTestId("designer").GetByText("线上 " + version)).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_step_is_dragged_in_given_people_a_form_and_its_place_in_the_flow()
    {
        await using var admin = await ImportedAsync("drag", "拖拽试验");
        var page = admin.Page;
        await page.GetByTestId("palette").Locator("[data-activity='CrmFlow.UserTask']")
            .DragToAsync(page.GetByTestId("designer-canvas"), new() { TargetPosition = new() { X = 420, Y = 420 } });
        var step = Node(page, "UserTask1");
        await Expect(step).ToBeVisibleAsync();
        await Expect(Panel(page)).ToHaveAttributeAsync("data-step", "UserTask1");
        await Expect(page.GetByTestId("problems")).ToContainTextAsync("没有写由谁办理");

        await page.Locator("#step-text").FillAsync("财务复核");
        await page.Locator("#step-text").BlurAsync();
        await Panel(page).Locator("[data-role=finance]").CheckAsync();
        await page.GetByTestId("user-task").Locator("summary").ClickAsync();
        await Panel(page).Locator("#in-UserTask1-users").SelectOptionAsync(new SelectOptionValue { Label = "周敏" });
        await Expect(step).ToContainTextAsync("财务部");
        await Expect(Panel(page).Locator(".dz-chips")).ToContainTextAsync("周敏");

        await Panel(page).Locator("#in-UserTask1-form").SelectOptionAsync(new SelectOptionValue { Label = "自定字段" });
        await page.GetByTestId("add-field").ClickAsync();
        var field = page.GetByTestId("form-fields").Locator("fieldset").First;
        await field.GetByLabel("名称", new() { Exact = true }).FillAsync("复核金额");
        await field.GetByLabel("类型").SelectOptionAsync("money");
        await field.GetByLabel("必填").CheckAsync();

        await page.GetByTestId("ways").Locator("[data-outcome=Approve]").SelectOptionAsync("end");
        await page.GetByTestId("ways").Locator("[data-outcome=Refuse]").SelectOptionAsync("end");
        await Node(page, "each").ClickAsync();
        await page.GetByTestId("ways").Locator("[data-outcome=Done]").SelectOptionAsync("UserTask1");
        await Expect(page.GetByTestId("problems")).ToHaveAttributeAsync("data-errors", "0");

        // Copy, paste, undo, redo by keyboard.
        await step.ClickAsync();
        await page.Keyboard.PressAsync("Control+c");
        await page.Keyboard.PressAsync("Control+v");
        await Expect(Node(page, "UserTask2")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(Node(page, "UserTask2")).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("Control+y");
        await Expect(Node(page, "UserTask2")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Control+z");
        await PublishAsync(page, "v1");
        admin.Console.ShouldBeEmpty();
        host.ServerErrors().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_trigger_is_told_its_kind_of_record_from_a_list_and_keeps_what_it_hands_on()
    {
        await using var admin = await ImportedAsync("record", "记录试验");
        var page = admin.Page;
        await page.GetByTestId("palette").Locator("[data-activity='CrmFlow.RecordSaved']").ClickAsync();
        await Expect(Panel(page)).ToHaveAttributeAsync("data-step", "RecordSaved1");
        var kinds = Panel(page).Locator("#in-RecordSaved1-recordType");
        await kinds.SelectOptionAsync(new SelectOptionValue { Label = "销售记录" });
        await Expect(kinds).ToHaveValueAsync("Sales.SalesRecord");
        await Expect(Node(page, "RecordSaved1")).ToContainTextAsync("销售记录");

        var kept = page.GetByTestId("outputs").Locator("[data-output=record] select");
        await Expect(kept).ToHaveValueAsync("");
        await Expect(page.GetByTestId("outputs").Locator("[data-output=recordId]")).ToContainTextAsync("Guid");
        await kept.SelectOptionAsync("Amount");
        await Node(page, "each").ClickAsync();
        await Expect(Panel(page)).ToHaveAttributeAsync("data-step", "each");
        await Node(page, "RecordSaved1").ClickAsync();
        await Expect(kept).ToHaveValueAsync("Amount");

        await page.Locator("#save-draft").ClickAsync();
        await Expect(page.GetByTestId("designer-state")).ToContainTextAsync("已存");
        var download = await page.RunAndWaitForDownloadAsync(() => MoreAsync(page, "export"));
        using var exported = System.Text.Json.JsonDocument.Parse(
            await System.IO.File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken));
        var trigger = exported.RootElement.GetProperty("root").GetProperty("activities").EnumerateArray()
            .Single(a => a.GetProperty("id").GetString() == "RecordSaved1");
        trigger.GetProperty("recordType").GetProperty("expression").GetProperty("value").GetString().ShouldBe("Sales.SalesRecord");
        trigger.GetProperty("record").GetProperty("memoryReference").GetProperty("id").GetString().ShouldBe("Amount");
        admin.Console.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_body_of_a_loop_is_entered_and_left_by_the_path_and_a_problem_inside_leads_there()
    {
        await using var admin = await ImportedAsync("inside", "嵌套试验");
        var page = admin.Page;
        await Node(page, "each").ClickAsync();
        await page.GetByTestId("slots").Locator("[data-slot=body] button").ClickAsync();
        await Expect(page.GetByTestId("container-path")).ToContainTextAsync("逐项处理 · 循环里");
        await Expect(Node(page, "start")).ToBeHiddenAsync();
        await page.GetByTestId("palette").Locator("[data-activity='Elsa.Delay']").ClickAsync();
        await Expect(Node(page, "Delay1")).ToBeVisibleAsync();
        await Panel(page).Locator("#in-Delay1-timeSpan").Or(Panel(page).Locator("[data-input=timeSpan] select")).First.WaitForAsync();
        await Panel(page).Locator("[data-input=timeSpan] .dz-kind").SelectOptionAsync("Literal");
        await Panel(page).Locator("#in-Delay1-timeSpan").FillAsync("2");
        await Panel(page).Locator("#in-Delay1-timeSpan").BlurAsync();
        await Panel(page).Locator("[data-input=timeSpan] .row > select").Last.SelectOptionAsync("days");
        await page.GetByTestId("palette").Locator("[data-activity='CrmFlow.UserTask']").ClickAsync();
        await Expect(Node(page, "UserTask1")).ToBeVisibleAsync();
        await page.GetByTestId("order").GetByRole(AriaRole.Button, new() { Name = "提前一步" }).ClickAsync();
        await Expect(page.GetByTestId("order")).ToContainTextAsync("第 1 步，共 2 步");

        await page.GetByTestId("container-path").GetByRole(AriaRole.Button, new() { Name = "嵌套试验" }).ClickAsync();
        await Expect(Node(page, "start")).ToBeVisibleAsync();
        await Expect(Node(page, "each").Locator(".wf-mark")).ToBeVisibleAsync(); // what is wrong inside stands on the step that holds it
        await page.GetByTestId("problems").GetByRole(AriaRole.Button, new() { Name = "定位" }).First.ClickAsync();
        await Expect(Panel(page)).ToHaveAttributeAsync("data-step", "UserTask1");
        await Expect(page.GetByTestId("container-path")).ToBeVisibleAsync();
        admin.Console.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_threshold_is_changed_an_old_version_is_read_and_taken_back_and_a_file_goes_out_and_in()
    {
        await using var admin = await ImportedAsync("versions", "版本试验");
        var page = admin.Page;
        await PublishAsync(page, "v1");
        await Node(page, "big").ClickAsync();
        await page.GetByTestId("threshold").FillAsync("20,000");
        await page.GetByTestId("threshold").BlurAsync();
        await Expect(Node(page, "big")).ToContainTextAsync("20,000");
        await PublishAsync(page, "v2");

        var download = await page.RunAndWaitForDownloadAsync(() => MoreAsync(page, "export"));
        download.SuggestedFilename.ShouldBe("versions-v2.json");
        var exported = await System.IO.File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        exported.ShouldContain("20000");

        await MoreAsync(page, "versions");
        await page.GetByTestId("version-list").Locator("[data-version='1'] .linkbtn").ClickAsync();
        await Expect(Node(page, "big")).ToContainTextAsync("10,000");
        await Expect(page.GetByTestId("palette")).ToBeHiddenAsync();
        await Node(page, "big").ClickAsync();
        await Expect(page.GetByTestId("threshold")).Not.ToBeEditableAsync();
        await page.Locator("#revert").ClickAsync();
        await page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "恢复成草稿" }).ClickAsync();
        await Expect(page.GetByTestId("designer").GetByText("草稿 v3")).ToBeVisibleAsync();
        await Expect(Node(page, "big")).ToContainTextAsync("10,000");

        await page.Locator("#import-here").SetInputFilesAsync(File(exported));
        await Expect(Node(page, "big")).ToContainTextAsync("20,000");
        await PublishAsync(page, "v3");
        admin.Console.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_saves_second_is_told_who_was_first_and_may_keep_their_own()
    {
        await using var first = await ImportedAsync("conflict", "冲突试验");
        await using var second = await browser.SignedInAsync(host, "admin");
        await second.OpenAsync("/admin/workflows/conflict");
        await Expect(Node(second.Page, "start")).ToBeVisibleAsync();

        await RenameAsync(first.Page, "先存的名字");
        await first.Page.Locator("#save-draft").ClickAsync();
        await Expect(first.Page.GetByTestId("designer-state")).ToContainTextAsync("已存");
        await RenameAsync(second.Page, "后存的名字");
        await second.Page.Locator("#save-draft").ClickAsync();
        await Expect(second.Page.Locator(".dz-bar .note")).ToContainTextAsync("没有保存：系统管理员在");

        await second.Page.GetByTestId("keep-mine").ClickAsync();
        await second.Page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "用我的覆盖" }).ClickAsync();
        await Expect(second.Page.GetByTestId("designer-state")).ToContainTextAsync("已存");
        await RenameAsync(first.Page, "又改的名字");
        await first.Page.Locator("#save-draft").ClickAsync();
        await first.Page.GetByTestId("take-theirs").ClickAsync();
        await first.Page.Locator(".rz-dialog").GetByRole(AriaRole.Button, new() { Name = "打开最新" }).ClickAsync();
        await Expect(first.Page.Locator("#workflow-name")).ToHaveValueAsync("后存的名字");
        first.Console.ShouldBeEmpty();
        second.Console.ShouldBeEmpty();
    }

    private static async Task RenameAsync(IPage page, string name)
    {
        await page.Locator("#workflow-name").FillAsync(name);
        await page.Locator("#workflow-name").BlurAsync();
    }

    [Fact]
    public async Task In_English_every_panel_of_the_designer_is_English()
    {
        await using (var _ = await ImportedAsync("english", "English test")) { }
        await using var admin = await browser.SignedInAsync(host, "admin", language: "en");
        var page = admin.Page;
        try
        {
            await admin.OpenAsync("/admin/workflows/english");
            await Expect(Node(page, "each")).ToBeVisibleAsync();
            await page.GetByTestId("palette").Locator("[data-activity='CrmFlow.UserTask']").ClickAsync();
            await Panel(page).Locator("#in-UserTask1-form").SelectOptionAsync(new SelectOptionValue { Label = "Own fields" });
            await page.GetByTestId("add-field").ClickAsync();
            foreach (var summary in await Panel(page).Locator("summary").AllAsync()) await summary.ClickAsync();
            foreach (var id in (string[])["UserTask1", "each", "big"])
            {
                await Node(page, id).ClickAsync();
                await Expect(Panel(page)).ToHaveAttributeAsync("data-step", id);
                // names of people are names; the Chinese step name is what its field is for
                var words = await page.GetByTestId("designer")
                    .EvaluateAsync<string[]>(
                    "d => [...d.querySelectorAll('*')].filter(e => !e.closest('option,.tag,textarea,.wf-step,.x6-graph-svg') && e.children.length === 0).map(e => e.textContent.trim()).filter(t => /[\\u4e00-\\u9fff]/.test(t))");
                words.ShouldBeEmpty();
            }
            admin.Console.ShouldBeEmpty();
        }
        finally
        {
            await admin.OpenAsync("/me");
            await admin.SwitchToAsync("zh");
        }
    }

    [Fact]
    public async Task A_zip_of_processes_comes_in_as_each_deserves_and_a_published_one_is_retracted_from_the_list()
    {
        await using var admin = await browser.SignedInAsync(host, "admin");
        var page = admin.Page;
        await admin.OpenAsync("/admin/workflows");
        using var zip = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(zip, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, type) in new[] { ("sound", "Elsa.WriteLine"), ("broken", "Acme.Unknown") })
            {
                using var writer = new StreamWriter(archive.CreateEntry($"flows/{name}.json").Open());
                await writer.WriteAsync(
                    $$"""{"definitionId":"zip-{{name}}","name":"压缩包 {{name}}","isPublished":true,"root":{"id":"step","type":"{{type}}"} }""");
            }
        }
        await page.Locator("#import-file")
            .SetInputFilesAsync(new FilePayload { Name = "all.zip", MimeType = "application/zip", Buffer = zip.ToArray() });

        var imported = page.GetByTestId("imported");
        await Expect(imported.Locator("li", new() { HasText = "sound.json" })).ToContainTextAsync("线上");
        await Expect(imported.Locator("li", new() { HasText = "broken.json" })).ToContainTextAsync("草稿");
        await Expect(imported.Locator("li", new() { HasText = "broken.json" })).ToContainTextAsync("Acme.Unknown");

        var row = page.Locator("[data-definition=zip-sound]");
        await row.GetByTestId("retract").ClickAsync();
        await page.Locator(".dlg").GetByRole(AriaRole.Button, new() { Name = "停用" }).ClickAsync();
        await Expect(row.GetByTestId("retract")).ToHaveCountAsync(0);
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export-all").ClickAsync());
        using var back = System.IO.Compression.ZipFile.OpenRead(await download.PathAsync());
        back.Entries.Select(e => e.Name).ShouldContain("zip-sound-v1.json");
        admin.Console.ShouldBeEmpty();
    }
}
