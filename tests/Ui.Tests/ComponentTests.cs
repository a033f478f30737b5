using System.Globalization;
using Bunit;
using CrmFlow.Runtime;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace CrmFlow.Ui.Tests;

/// <summary>Parts of the kit that decide something, without a browser: what they show, what they report, what they refuse.</summary>
public sealed class ComponentTests : BunitContext
{
    public ComponentTests()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        Services.AddSingleton(TimeProvider.System);
        Services.AddCrmFlowRuntime(new ConfigurationBuilder().Build()).AddUi().AddRadzenComponents();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public void A_busy_button_says_what_it_does_and_takes_no_second_click()
    {
        var clicks = 0;
        var button = Render<BusyButton>(p => p.Add(b => b.Text, "Save").Add(b => b.OnClick, () => clicks++));
        button.Find("button").Click();
        button.Render(p => p.Add(b => b.Text, "Save").Add(b => b.BusyText, "Saving").Add(b => b.Busy, true).Add(b => b.Icon, "save"));

        clicks.ShouldBe(1);
        button.Find("button").HasAttribute("disabled").ShouldBeTrue();
        button.Find("button").TextContent.Trim().ShouldBe("Saving");
    }

    [Fact]
    public async Task A_dialog_that_needs_a_reason_stays_open_until_it_has_one_and_gives_it_trimmed()
    {
        var dialogs = Services.GetRequiredService<DialogService>();
        var answer = dialogs.OpenAsync("?", _ => _ => { });
        var dialog = Render<ConfirmDialog>(p => p.Add(d => d.Verb, "Return").Add(d => d.AskFor, "Reason").Add(d => d.Required, true));
        await dialog.Find("textarea").InputAsync(new ChangeEventArgs { Value = "   " });
        await dialog.FindAll("button")[1].ClickAsync(new MouseEventArgs());

        answer.IsCompleted.ShouldBeFalse();
        dialog.Find(".msg.e").TextContent.ShouldContain("Reason");
        dialog.Find("textarea").GetAttribute("aria-describedby").ShouldBe("ask-reason-e");

        await dialog.Find("textarea").InputAsync(new ChangeEventArgs { Value = " price is wrong " });
        await dialog.FindAll("button")[1].ClickAsync(new MouseEventArgs());
        ((string?)await answer).ShouldBe("price is wrong");
    }

    [Fact]
    public async Task A_dialog_that_is_kept_gives_nothing()
    {
        var answer = Services.GetRequiredService<DialogService>().OpenAsync("?", _ => _ => { });
        var dialog = Render<ConfirmDialog>(p => p.Add(d => d.Verb, "Delete").Add(d => d.Danger, true));
        dialog.FindAll("textarea").ShouldBeEmpty();
        dialog.FindAll("button")[1].ClassList.ShouldContain("dng");
        await dialog.FindAll("button")[0].ClickAsync(new MouseEventArgs());

        ((object?)await answer).ShouldBeNull();
    }

    [Fact]
    public void The_foot_of_a_list_offers_more_only_where_there_is_more()
    {
        var asked = 0;
        var foot = Render<ListFoot>(p =>
            p.Add(f => f.Shown, 20).Add(f => f.Total, "99+").Add(f => f.HasMore, true).Add(f => f.OnMore, () => asked++));
        foot.Find("span").TextContent.ShouldContain("20");
        foot.Find("span").TextContent.ShouldEndWith("· 99+");
        foot.Find("button").Click();
        foot.Render(p => p.Add(f => f.Shown, 31).Add(f => f.Total, (string?)null).Add(f => f.HasMore, false));

        asked.ShouldBe(1);
        foot.FindAll("button").ShouldBeEmpty();
        foot.Find("span").TextContent.ShouldNotContain("·");
    }

    [Theory]
    [InlineData("ArrowRight", "b", "c")]
    [InlineData("ArrowRight", "c", "a")]
    [InlineData("ArrowLeft", "a", "c")]
    public void Arrows_go_round_the_tabs(string key, string from, string to)
    {
        var chosen = "";
        var bar = Tabs(from, k => chosen = k);
        bar.Find("[role=tablist]").KeyDown(new KeyboardEventArgs { Key = key });

        chosen.ShouldBe(to);
    }

    [Fact]
    public void Only_the_selected_tab_is_in_the_order_of_the_tab_key_and_only_work_is_counted()
    {
        var chosen = "";
        var bar = Tabs("b", k => chosen = k);

        bar.FindAll("[role=tab]").Select(t => t.GetAttribute("tabindex")).ShouldBe(["-1", "0", "-1"]);
        bar.FindAll("[role=tab]").Select(t => t.GetAttribute("aria-selected")).ShouldBe(["false", "true", "false"]);
        bar.FindAll(".n").Select(n => n.TextContent).ShouldBe(["3"]);
        bar.Find("[role=tablist]").KeyDown(new KeyboardEventArgs { Key = "a" });
        chosen.ShouldBe("");
    }

    private IRenderedComponent<TabBar> Tabs(string selected, Action<string> chosen) => Render<TabBar>(p => p
        .Add(t => t.Items, [new TabItem("a", "A", 3), new TabItem("b", "B", 0), new TabItem("c", "C", null)]).Add(t => t.Selected, selected)
            .Add(t => t.SelectedChanged, chosen));

    [Theory]
    [InlineData(Importance.Normal, "no", "")]
    [InlineData(Importance.Important, "im", "l-im")]
    [InlineData(Importance.Urgent, "ur", "l-ur")]
    [InlineData(Importance.Overdue, "ov", "l-ov")]
    [InlineData(Importance.Online, "on", "l-on")]
    public void A_level_is_a_word_with_its_colour_in_the_cell_and_at_the_row(Importance level, string cell, string row)
    {
        var shown = Render<Level>(p => p.Add(l => l.Value, level)).Find(".lv");

        shown.ClassList.ShouldContain(cell);
        shown.TextContent.ShouldNotContain("level."); // a word, not the key of one
        Level.Bar(level).ShouldBe(row);
    }

    [Fact]
    public void A_day_is_shown_as_iso_and_what_is_typed_comes_back_as_a_date()
    {
        DateOnly? typed = null;
        var day = Render<DayInput>(p => p.Add(d => d.Id, "due").Add(d => d.Value, new DateOnly(2026, 3, 2)).Add(d => d.ValueChanged, v => typed = v));
        var field = day.Find("input");
        field.Id.ShouldBe("due");
        field.GetAttribute("value").ShouldBe("2026-03-02");
        field.Change("2026-12-31");

        typed.ShouldBe(new DateOnly(2026, 12, 31));
    }

    [Theory]
    [InlineData("2026-02-30")]
    [InlineData("soon")]
    public void A_day_that_is_none_leaves_the_date_as_it_was(string text)
    {
        DateOnly? typed = null;
        var day = Render<DayInput>(p => p.Add(d => d.Id, "due").Add(d => d.Value, new DateOnly(2026, 3, 2)).Add(d => d.ValueChanged, v => typed = v));
        day.Find("input").Change(text);

        (typed ?? new DateOnly(2026, 3, 2)).ShouldBe(new DateOnly(2026, 3, 2));
    }
}
