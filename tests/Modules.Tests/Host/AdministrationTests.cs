using CrmFlow.Agents;
using CrmFlow.Host;
using CrmFlow.Host.Administration;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

public sealed class AdministrationTests
{
    private static CancellationToken Ct => TestApp.Ct;
    private static Task<TestApp> StartAsync() => TestApp.StartAsync(s => s.AddScoped<SettingsAdmin>().AddScoped<CalendarAdmin>());

    [Fact]
    public async Task A_setting_counts_from_its_day_and_not_before()
    {
        await using var app = await StartAsync();
        var tomorrow = app.Get<BusinessTime>().Today.AddDays(1);
        (await app.Get<SettingsAdmin>().SaveAsync(Actor.System, "agents.two-signatures-from", "25000", tomorrow, app.NewOperation(), Ct))
            .Failed.ShouldBeFalse();

        Task<decimal> At(DateTimeOffset at) => app.ReadAsync(db => db.SettingAsync(SettlementSettings.TwoSignaturesFrom, at, Ct));
        var midnight = app.Get<BusinessTime>().At(tomorrow, TimeOnly.MinValue);
        (await At(midnight.AddSeconds(-1))).ShouldBe(10_000);
        (await At(midnight)).ShouldBe(25_000);
    }

    [Fact]
    public async Task A_setting_from_today_counts_at_once()
    {
        await using var app = await StartAsync();
        (await app.Get<SettingsAdmin>().SaveAsync(Actor.System, "agents.two-signatures-from", "25000", app.Get<BusinessTime>().Today,
            app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await app.ReadAsync(db => db.SettingAsync(SettlementSettings.TwoSignaturesFrom, app.Clock.GetUtcNow(), Ct))).ShouldBe(25_000);
        (await app.ReadAsync(db => db.SettingAsync(SettlementSettings.TwoSignaturesFrom, app.Clock.GetUtcNow().AddSeconds(-1), Ct))).ShouldBe(10_000);
    }

    [Theory]
    [InlineData("\"lots\"")]
    [InlineData("{")]
    [InlineData("null")]
    public async Task What_the_module_could_not_read_back_is_refused(string json)
    {
        await using var app = await StartAsync();
        (await app.Get<SettingsAdmin>().SaveAsync(Actor.System, "agents.two-signatures-from", json,
            app.Get<BusinessTime>().Today, app.NewOperation(), Ct)).Problem.ShouldBeOfType<SettingUnreadable>();
    }

    [Fact]
    public async Task The_modules_own_check_refuses_and_nothing_is_kept()
    {
        await using var app = await StartAsync();
        (await app.Get<SettingsAdmin>().SaveAsync(Actor.System, "agents.ratio-bands", """[{"FromScore":60,"Ratio":50}]""",
            app.Get<BusinessTime>().Today, app.NewOperation(), Ct)).Problem.ShouldBeOfType<InvalidSetting>();
        (await app.ReadAsync(db => db.Set<SettingValue>().CountAsync(Ct))).ShouldBe(0);
    }

    [Theory]
    [InlineData("agents.two-signatures-from", "{")]
    [InlineData("agents.two-signatures-from", "25000")]
    [InlineData("agents.no-such", "1")]
    public async Task Who_may_not_change_settings_learns_nothing_about_them(string key, string json)
    {
        await using var app = await StartAsync();
        var clerk = await app.StaffAsync("zhang", "张三");
        (await app.Get<SettingsAdmin>().SaveAsync(clerk, key, json, app.Get<BusinessTime>().Today, app.NewOperation(), Ct)).Problem.ShouldBeOfType<NotFound>();
    }

    [Fact]
    public async Task A_value_in_the_past_is_refused_and_one_ahead_can_be_taken_back()
    {
        await using var app = await StartAsync();
        var (settings, today) = (app.Get<SettingsAdmin>(), app.Get<BusinessTime>().Today);
        (await settings.SaveAsync(Actor.System, "agents.max-deviation", "5", today.AddDays(-1), app.NewOperation(), Ct))
            .Problem.ShouldBeOfType<SettingInThePast>();

        var ahead = (await settings.SaveAsync(Actor.System, "agents.max-deviation", "5", today.AddDays(3), app.NewOperation(), Ct)).Value;
        (await settings.RemoveAsync(Actor.System, ahead, app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        var now = (await settings.SaveAsync(Actor.System, "agents.max-deviation", "5", today, app.NewOperation(), Ct)).Value;
        (await settings.RemoveAsync(Actor.System, now, app.NewOperation(), Ct)).Problem.ShouldBeOfType<SettingInForce>();
    }

    [Fact]
    public async Task Every_registered_setting_has_an_editor_and_reads_in_words()
    {
        await using var app = await StartAsync();
        var texts = app.Get<Texts>();
        foreach (var row in (await app.Get<SettingsAdmin>().ListAsync(Actor.System, Ct)).Value)
        {
            var shape = SettingShape.Of(row.Setting);
            shape.Kind.ShouldNotBe(SettingKind.Json, $"{row.Setting.Key} has no form; give its value a flat record, or accept JSON here.");
            foreach (var column in shape.Columns) texts.Chinese.Keys.ShouldContain(column.TextKey);
            texts.Chinese.Keys.ShouldContain($"setting.{row.Setting.Key}");
            shape.Describe(row.Json, texts, new Dictionary<string, string>()).ShouldNotBeNullOrWhiteSpace();
            SettingsAdmin.Check(row.Setting, row.Json).ShouldBeNull(row.Setting.Key);
        }
    }

    [Fact]
    public async Task A_marked_span_moves_working_time_at_once_and_can_be_cleared()
    {
        await using var app = await StartAsync();
        var calendar = app.Get<CalendarAdmin>();
        var (from, to) = (new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 7));
        (await app.Get<WorkingCalendars>().CurrentAsync(Ct)).IsWorkingDay(from).ShouldBeTrue();

        (await calendar.MarkAsync(Actor.System, from, to, isWorking: false, "国庆节", app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await app.Get<WorkingCalendars>().CurrentAsync(Ct)).IsWorkingDay(from).ShouldBeFalse();
        (await calendar.ReadAsync(Actor.System, 2026, Ct)).Value.Count.ShouldBe(7);

        (await calendar.MarkAsync(Actor.System, from, to, isWorking: null, "", app.NewOperation(), Ct)).Failed.ShouldBeFalse();
        (await app.Get<WorkingCalendars>().CurrentAsync(Ct)).IsWorkingDay(from).ShouldBeTrue();
    }

    [Fact]
    public async Task Shipped_holidays_fill_an_empty_calendar_only()
    {
        await using var app = await StartAsync();
        await app.Get<CalendarAdmin>().EnsureShippedAsync(app.NewOperation(), Ct);
        var calendar = await app.Get<WorkingCalendars>().CurrentAsync(Ct);
        calendar.IsWorkingDay(new DateOnly(2026, 10, 1)).ShouldBeFalse();
        calendar.IsWorkingDay(new DateOnly(2026, 10, 10)).ShouldBeTrue();

        await app.Get<CalendarAdmin>()
            .MarkAsync(Actor.System, new DateOnly(2026, 10, 1), new DateOnly(2026, 10, 1), true, "值班", app.NewOperation(), Ct);
        await app.Get<CalendarAdmin>().EnsureShippedAsync(app.NewOperation(), Ct);
        (await app.Get<WorkingCalendars>().CurrentAsync(Ct)).IsWorkingDay(new DateOnly(2026, 10, 1)).ShouldBeTrue();
    }
}
