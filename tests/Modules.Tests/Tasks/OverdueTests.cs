using System.Text.Json.Nodes;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;

namespace CrmFlow.Modules.Tests.Tasks;

/// <summary>Every step has a due time in working days; overdue shows and mails (issue 2 §3).</summary>
public sealed class OverdueTests : IAsyncLifetime
{
    private TestApp _app = null!;
    private Actor _starter = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TaskTesting.StartAsync();
        _starter = await _app.StaffAsync("liuyang", "刘洋");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<Importance> LevelAsync(Actor actor) => (await _app.InboxAsync(actor)).Single().Due.Level;

    [Fact]
    public async Task The_level_rises_with_the_working_time_left()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        _app.Clock.Set(new DateTimeOffset(2026, 3, 5, 2, 0, 0, TimeSpan.Zero)); // Thursday 10:00; due on Tuesday, the weekend does not count
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.Submit, ("users", new JsonArray("zhoumin"))));
        (await _app.InboxAsync(zhou)).Single().DueAt.ShouldBe(new DateTimeOffset(2026, 3, 10, 2, 0, 0, TimeSpan.Zero));
        (await LevelAsync(zhou)).ShouldBe(Importance.Normal);
        _app.Clock.Advance(TimeSpan.FromDays(4));
        (await LevelAsync(zhou)).ShouldBe(Importance.Important);
        _app.Clock.Advance(TimeSpan.FromHours(15));
        (await LevelAsync(zhou)).ShouldBe(Importance.Urgent);
        _app.Clock.Advance(TimeSpan.FromHours(9));
        (await LevelAsync(zhou)).ShouldBe(Importance.Overdue);
        (await _app.InboxAsync(zhou, InboxTab.Overdue)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_overdue_task_is_marked_on_the_timeline_and_mails_its_holder_once()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.Submit, ("users", new JsonArray("zhoumin"))));
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.RunDueAsync();
        await _app.RunDueAsync();
        var mail = _app.Mails.ShouldHaveSingleItem();
        (mail.To, mail.Subject).ShouldBe(("zhoumin@example.com", "超期：审核任务 JS-2026-0037"));
        mail.Body.ShouldContain("2026-03-05 09:00");
        var task = await _app.TaskAsync(zhou);
        task.History.ShouldContain(h => h.Kind == TaskEventKind.Overdue);
        task.Info.Revision.ShouldBe(1); // an open page stays good
    }

    [Fact]
    public async Task The_mail_is_in_the_holders_language()
    {
        await _app.StaffAsync("smith", "Smith", language: "en");
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.Submit, ("users", new JsonArray("smith"))));
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.RunDueAsync();
        _app.Mails.ShouldHaveSingleItem().Subject.ShouldBe("Overdue: review task JS-2026-0037");
    }

    [Fact]
    public async Task Candidates_of_an_unclaimed_task_are_mailed()
    {
        await _app.StaffAsync("zhoumin", "周敏", ["commerce"]);
        await _app.StaffAsync("sunxiaomei", "孙晓梅", ["commerce"]);
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.Submit, ("roles", new JsonArray("commerce"))));
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.RunDueAsync();
        _app.Mails.Select(m => m.To).Order().ShouldBe(["sunxiaomei@example.com", "zhoumin@example.com"]);
    }

    [Fact]
    public async Task A_task_that_ended_in_time_mails_nobody()
    {
        var zhou = await _app.StaffAsync("zhoumin", "周敏");
        await _app.RunAsync(_starter, null, Flow.Step("review", "审核", Flow.Submit, ("users", new JsonArray("zhoumin"))));
        await _app.DecideAsync(zhou, "Submit");
        _app.Clock.Advance(TimeSpan.FromDays(3));
        await _app.RunDueAsync();
        _app.Mails.ShouldBeEmpty();
    }
}
