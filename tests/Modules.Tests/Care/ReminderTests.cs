using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Care;

/// <summary>T-11, R-CAL-1, R-CAL-2.</summary>
public sealed class ReminderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly BusinessTime Shanghai = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), TimeProvider.System);
    private static readonly ReminderLevels Levels =
        new(new(24, 72, 168), new(7, 3), new WorkingCalendar(Shanghai, new Dictionary<DateOnly, bool>()), Shanghai);
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(8));

    [Theory]
    [InlineData(ReminderSource.Complaint, 24, Importance.Normal)]
    [InlineData(ReminderSource.Complaint, 24.01, Importance.Important)]
    [InlineData(ReminderSource.FirstVisit, 72, Importance.Important)]
    [InlineData(ReminderSource.FirstVisit, 72.01, Importance.Urgent)]
    [InlineData(ReminderSource.CustomerReminder, 168, Importance.Urgent)]
    [InlineData(ReminderSource.CustomerReminder, 168.01, Importance.Overdue)]
    [InlineData(ReminderSource.CustomerReminder, -5, Importance.Normal)]
    [InlineData(ReminderSource.Care, 2000, Importance.Normal)]
    [InlineData(ReminderSource.Online, 0, Importance.Online)]
    [InlineData(ReminderSource.Online, 2000, Importance.Online)]
    public void What_stands_open_presses_by_the_time_gone(ReminderSource source, double hours, Importance expected) =>
        Levels.Of(new Reminder(source, Guid.Empty, "", "") { Since = Now.AddHours(-hours) }, Now).ShouldBe(expected);

    [Theory]
    [InlineData(8, Importance.Normal)]
    [InlineData(7, Importance.Important)]
    [InlineData(4, Importance.Important)]
    [InlineData(3, Importance.Urgent)]
    [InlineData(0, Importance.Urgent)]
    [InlineData(-1, Importance.Overdue)]
    public void An_opportunity_presses_by_the_days_left(int days, Importance expected) =>
        Levels.Of(new Reminder(ReminderSource.Opportunity, Guid.Empty, "", "") { Since = Now.AddDays(-100),
            DueAt = Shanghai.At(new DateOnly(2026, 3, 2).AddDays(days), new TimeOnly(23, 59)) }, Now).ShouldBe(expected);

    [Fact]
    public async Task A_reminder_to_a_department_waits_for_its_people_until_one_of_them_has_resolved_it()
    {
        await using var app = await TestApp.StartAsync();
        var (from, chenli, colleague, outsider) = (await app.StaffAsync("zhoumin", "周敏", department: "commerce"),
            await app.StaffAsync("chenli", "陈立", department: "support"), await app.StaffAsync("sunxiaomei", "孙晓梅", department: "support"),
            await app.StaffAsync("liuyang", "刘洋"));
        var sent = await app.Get<SendReminder>().HandleAsync(from, app.NewOperation(),
            new ReminderInput("寄培训资料", "d:support", "documents") { ExpectedBy = Now.AddDays(2), SourcePerson = "李淼", Remarks = "两份" }, Ct);

        var row = (await app.Get<ListReminders>().HandleAsync(chenli, false, null, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem();
        (row.Reminder.RequestedBy, row.Reminder.RequestedAt, row.Reminder.ExpectedBy, row.Reminder.Content, row.TargetName, row.Reminder.ReminderType,
            row.ReceivedByName, row.Reminder.IsResolved, row.Reminder.SourcePerson, row.Reminder.Remarks, row.Reminder.CreatedBy, row.IsMine)
            .ShouldBe(("周敏", Now, Now.AddDays(2), "寄培训资料", "support", "documents", null, false, "李淼", "两份", from.UserId, true));
        (await app.Get<ListReminders>().HandleAsync(outsider, false, null, 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await app.Get<AnswerReminder>().HandleAsync(outsider, app.NewOperation(), sent.Value, ReminderAnswer.Resolve, null, Ct)).Problem.ShouldBeOfType<NotFound>();

        (await app.Get<AnswerReminder>().HandleAsync(chenli, app.NewOperation(), sent.Value, ReminderAnswer.Receive, null, Ct))
            .Problem.ShouldBeNull();
        (await app.Get<AnswerReminder>().HandleAsync(colleague, app.NewOperation(), sent.Value, ReminderAnswer.Receive, null, Ct)).Problem.ShouldBeOfType<ReminderTaken>();
        (await CalendarAsync(app, colleague, onlyMine: true)).ShouldBeEmpty("who has taken it on has it");
        (await CalendarAsync(app, chenli, onlyMine: true)).ShouldHaveSingleItem();
        (await app.Get<AnswerReminder>().HandleAsync(chenli, app.NewOperation(), sent.Value, ReminderAnswer.Resolve, "已寄", Ct))
            .Problem.ShouldBeNull();
        (await app.Get<AnswerReminder>().HandleAsync(chenli, app.NewOperation(), sent.Value, ReminderAnswer.Resolve, "已寄", Ct))
            .Problem.ShouldBeOfType<ReminderResolved>();
        (await CalendarAsync(app, chenli, onlyMine: true)).ShouldBeEmpty();
        (await app.Get<ListReminders>().HandleAsync(from, true, null, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem()
            .Reminder.Resolution.ShouldBe("已寄");
    }

    [Fact]
    public async Task What_a_reminder_lacks_is_named()
    {
        await using var app = await TestApp.StartAsync();
        var from = await app.StaffAsync("zhoumin", "周敏", department: "commerce");
        async Task Refused(ReminderInput input, string field) =>
            (await app.Get<SendReminder>().HandleAsync(from, app.NewOperation(), input, Ct)).Problem.ShouldNotBeNull().Field.ShouldBe(field);
        await Refused(new(" ", "d:commerce", "documents"), "content");
        await Refused(new("a", "d:nowhere", "documents"), "target");
        await Refused(new("a", null, "documents"), "target");
        await Refused(new("a", "d:commerce", "nothing"), "reminderType");
        await Refused(new("a", "d:commerce", "documents") { ExpectedBy = Now.AddDays(-1) }, "expectedBy");
    }

    [Fact]
    public async Task An_online_reminder_comes_back_after_ten_minutes()
    {
        await using var app = await TestApp.StartAsync();
        var (from, to) = (await app.StaffAsync("zhoumin", "周敏"), await app.StaffAsync("chenli", "陈立"));
        var id = (await app.Get<SendReminder>()
            .HandleAsync(from, app.NewOperation(), new ReminderInput("客户在线等", $"u:{to.UserId}", "call-back") { IsOnline = true }, Ct)).Value;
        (await app.Get<GetCalendar>().OnlineAsync(to, Ct)).Value.ShouldHaveSingleItem();
        (await app.Get<GetCalendar>().OnlineAsync(from, Ct)).Value.ShouldBeEmpty();
        await app.Get<AnswerReminder>().HandleAsync(to, app.NewOperation(), id, ReminderAnswer.Snooze, null, Ct);
        (await app.Get<GetCalendar>().OnlineAsync(to, Ct)).Value.ShouldBeEmpty();
        (await CalendarAsync(app, to, onlyMine: true)).ShouldBeEmpty();
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        await app.RunDueAsync();
        (await app.Get<GetCalendar>().OnlineAsync(to, Ct)).Value.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task All_sources_stand_in_one_list_the_most_pressing_first()
    {
        await using var app = await TestApp.StartAsync();
        string[] rights = [CareRights.View, CustomersRights.View, CustomersRights.ViewAll, CustomersRights.Personal, SalesRights.ViewOpportunities];
        var me = await app.StaffAsync("chenli", "陈立", ["support"], rights);
        var (customer, product, plan) = (app.NewOperation(), app.NewOperation(), app.NewOperation());
        await app.DoAsync(async cmd =>
        {
            cmd.Db.Add(new Party { Id = customer, Type = PartyType.Customer, No = "K1", Name = "江城水务集团" });
            cmd.Db.Add(new Product { Id = product, Code = "K9", Name = "K9 三维" });
            // 农历二月初二: 2026-03-20
            cmd.Db.Add(new Contact { Id = cmd.NewId(), PartyId = customer, Name = "李淼", Birthday = new(1988, 2, 2, CalendarKind.Lunar) });
            cmd.Db.Add(new Contact { Id = cmd.NewId(), PartyId = customer, Name = "何润", Birthday = new(1985, 3, 1) }); // past
            cmd.Db.Add(new Opportunity { Id = cmd.NewId(), CustomerId = customer, ProductId = product, Stage = "lead", CloseBy = new(2026, 3, 8),
                SalesRepId = me.UserId });
            cmd.Db.Add(new Opportunity { Id = cmd.NewId(), CustomerId = customer, ProductId = product, Stage = "lead", CloseBy = new(2026, 3, 9),
                State = OpportunityState.Won, SalesRepId = me.UserId });
            cmd.Db.Add(new FirstVisit { Id = cmd.NewId(), CustomerId = customer, SaleOrderNo = "XS1", CustomerNo = "K1", CustomerName = "江城水务集团",
                ProductName = "K9 三维", SaleDate = new(2026, 2, 20), DueOn = new(2026, 2, 24), InstanceId = cmd.NewId() });
            cmd.Db.Add(new CarePlan { Id = plan, Name = "生日祝福", Occasion = CareOccasionKind.Birthday, CareType = "birthday", Method = "mail",
                IsActive = true });
            await cmd.Db.SaveChangesAsync(Ct);
            cmd.Db.Add(new CareOccasion { Id = cmd.NewId(), Key = "k", PlanId = plan, Kind = CareOccasionKind.Regular, Name = "季度问候",
                CareType = "greeting", Method = "call", PartyId = customer, On = new(2026, 3, 2), State = CareOccasionState.InHand,
                PlannedAt = cmd.Now });
            cmd.Db.Add(new CareOccasion { Id = cmd.NewId(), Key = "l", PlanId = plan, Kind = CareOccasionKind.Regular, Name = "做完的",
                CareType = "greeting", Method = "call", PartyId = customer, On = new(2026, 3, 2), State = CareOccasionState.Done,
                PlannedAt = cmd.Now });
        });
        var send = app.Get<SendReminder>();
        await send.HandleAsync(me, app.NewOperation(),
            new ReminderInput("回个电话", $"u:{me.UserId}", "call-back") { PartyId = customer, ExpectedBy = Now.AddDays(1) }, Ct);
        await send.HandleAsync(me, app.NewOperation(), new ReminderInput("马上处理", $"u:{me.UserId}", "call-back") { IsOnline = true }, Ct);

        var items = await CalendarAsync(app, me, onlyMine: false);
        items.Select(i => $"{i.Level} {i.Reminder.Source} {i.Reminder.Title} {i.Day:MM-dd}").ShouldBe(
        [
            "Online Online 马上处理 03-02", "Overdue FirstVisit 首访 K9 三维 02-24", "Important Opportunity 销售机会 K9 三维 03-08",
            "Normal Care 季度问候 03-02", "Normal CustomerReminder 回个电话 03-03", "Normal Care 生日 李淼（农历） 03-20",
        ]);
        // What is late is still to be done today; what has not begun is not.
        var (today, late) = (new DateOnly(2026, 3, 2), items.Single(i => i.Reminder.Source == ReminderSource.FirstVisit));
        late.IsOpenOn(today, new(2026, 2, 20), today).ShouldBeTrue();
        late.IsOpenOn(new(2026, 2, 21), new(2026, 2, 20), today).ShouldBeTrue();
        late.IsOpenOn(new(2026, 2, 19), new(2026, 2, 20), today).ShouldBeFalse();
        late.IsOpenOn(new(2026, 3, 3), new(2026, 2, 20), today).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_the_right_to_personal_data_no_birthday_is_told()
    {
        await using var app = await TestApp.StartAsync();
        string[] rights = [CareRights.View, CustomersRights.View, CustomersRights.ViewAll];
        var me = await app.StaffAsync("chenli", "陈立", ["support"], rights);
        await app.DoAsync(cmd =>
        {
            var party = cmd.NewId();
            cmd.Db.Add(new Party { Id = party, Type = PartyType.Customer, No = "K1", Name = "江城水务集团" });
            cmd.Db.Add(new Contact { Id = cmd.NewId(), PartyId = party, Name = "李淼", Birthday = new(1988, 3, 20) });
            cmd.Db.Add(new CarePlan { Id = cmd.NewId(), Name = "生日祝福", Occasion = CareOccasionKind.Birthday, CareType = "birthday", Method = "mail",
                IsActive = true });
            return Task.CompletedTask;
        });
        (await CalendarAsync(app, me, onlyMine: false)).ShouldBeEmpty();
        (await CalendarAsync(app, me with { Rights = rights.Append(CustomersRights.Personal).ToHashSet() }, onlyMine: false)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_month_shows_lunar_days_festivals_holidays_and_make_up_days()
    {
        await using var app = await TestApp.StartAsync();
        await app.DoAsync(cmd =>
        {
            foreach (var day in ShippedHolidays.Days()) cmd.Db.Add(day);
            return Task.CompletedTask;
        });
        app.Get<WorkingCalendars>().Changed();
        var me = await app.StaffAsync("chenli", "陈立");
        var view = (await app.Get<GetCalendar>().HandleAsync(me, new(2026, 2, 14), new(2026, 2, 28), true, Ct)).Value;
        CalendarDayView On(int day) => view.Days.Single(d => d.Date == new DateOnly(2026, 2, day));
        (On(14).IsWorking, On(14).IsException, On(14).Lunar).ShouldBe((true, true, "廿七"));
        (On(16).IsWorking, On(16).IsException, On(16).Lunar, string.Join(",", On(16).Festivals)).ShouldBe((false, true, "廿九", "除夕"));
        (On(17).Lunar, string.Join(",", On(17).Festivals)).ShouldBe(("正月", "春节"));
        (On(22).IsWorking, On(22).IsException).ShouldBe((false, false));
        (On(28).IsWorking, On(28).IsException).ShouldBe((true, true));
    }

    private static async Task<IReadOnlyList<CalendarItem>> CalendarAsync(TestApp app, Actor actor, bool onlyMine) =>
        (await app.Get<GetCalendar>().HandleAsync(actor, new(2026, 2, 23), new(2026, 4, 5), onlyMine, Ct)).Value.Items;
}
