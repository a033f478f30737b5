using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Workflows.Tests;

public sealed class CareTestsOnSqlite() : CareTests(null);

public sealed class CareTestsOnPostgreSql() : CareTests(PostgresDatabase.Create())
{
    protected override void Dropped(DatabaseOptions database) => PostgresDatabase.Drop(database);
}

/// <summary>R-CARE-1, R-CARE-2, T-13 with the shipped definitions, on both databases.</summary>
public abstract class CareTests(DatabaseOptions? database) : IDisposable
{
    protected virtual void Dropped(DatabaseOptions database) { }

    public void Dispose()
    {
        if (database is not null) Dropped(database);
        GC.SuppressFinalize(this);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_birthday_is_greeted_by_mail_on_the_day_and_written_down()
    {
        await using var c = await Carers.StartAsync(database: database);
        var contact = await c.ContactAsync("李淼", new(1985, 3, 6), "limiao@example.com");
        await c.ContactAsync("何润", new(1985, 4, 6), "herun@example.com");
        await c.PlanAsync(Carers.Birthdays());

        await c.UntilAsync(Carers.At(2026, 3, 6, 7, 59));
        c.App.Mails.ShouldBeEmpty();
        await c.UntilAsync(Carers.At(2026, 3, 6, 8));

        var mail = c.App.Mails.ShouldHaveSingleItem();
        (mail.To, mail.Subject, mail.Body).ShouldBe(("limiao@example.com", "李淼，生日快乐", "李淼，江城水务集团：生日快乐"));
        var record = (await c.RecordsAsync()).ShouldHaveSingleItem();
        (record.PartyId, record.ContactId, record.TargetName, record.CaredAt, record.CareType, record.CareMethod, record.PerformedBy, record.Remarks)
            .ShouldBe((c.CustomerId, contact, "李淼", new DateOnly(2026, 3, 6), "birthday", "mail", null, "邮件：李淼，生日快乐"));
        (await c.OccasionsAsync()).ShouldHaveSingleItem().State.ShouldBe(CareOccasionState.Done);
        (await c.InstanceNamesAsync("care")).Select(n => c.Said(n!)).ShouldBe(["生日 李淼，江城水务集团"]);
        (await c.InstanceNamesAsync("care-day")).ShouldContain("生日祝福 2026-03-06");
        (await c.App.Get<ListCareRecords>().HandleAsync(c.Commerce, "李淼", null, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem()
            .Id.ShouldBe(record.Id);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("not an address", false)]
    [InlineData("limiao@example.com", true)]
    public async Task Whom_no_mail_may_reach_a_person_is_asked_to_care_for(string? email, bool optedOut)
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.App.DoAsync(async cmd => (await cmd.Db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId)).Email = null);
        var contact = await c.ContactAsync("李淼", new(1985, 3, 3), email);
        if (optedOut) (await c.App.Get<SetCareOptOut>().HandleAsync(c.Support, c.App.NewOperation(), contact, true, Ct)).Problem.ShouldBeNull();
        await c.PlanAsync(Carers.Birthdays());
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));

        c.App.Mails.ShouldBeEmpty();
        (await c.RecordsAsync()).ShouldBeEmpty();
        var occasion = (await c.OccasionsAsync()).ShouldHaveSingleItem();
        var task = await c.TaskAsync("care-occasion", occasion.Id);
        // a mail is no answer here
        (await c.DecideAsync(c.Commerce, task.Id, "Done", new() { ["careMethod"] = "mail" })).Problem.ShouldNotBeNull().Field.ShouldBe("careMethod");
        (await c.DecideAsync(c.Commerce, task.Id, "Done", new() { ["careMethod"] = "call", ["remarks"] = "聊得很好" })).Problem.ShouldBeNull();
        var record = (await c.RecordsAsync()).ShouldHaveSingleItem();
        (record.CareMethod, record.PerformedBy, record.Remarks, record.CaredAt).ShouldBe(("call", "周敏", "聊得很好", new DateOnly(2026, 3, 3)));
    }

    [Fact]
    public async Task Care_by_call_goes_to_the_customers_owner_and_may_be_left_out_with_a_reason()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.App.DoAsync(async cmd => (await cmd.Db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId)).GiveTo(c.Sales.UserId, null));
        await c.ContactAsync("李淼", new(1985, 3, 3), "limiao@example.com");
        await c.PlanAsync(Carers.Birthdays("call"));
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));

        var occasion = (await c.OccasionsAsync()).Single();
        var task = await c.TaskAsync("care-occasion", occasion.Id);
        c.Said(task.Title).ShouldBe("生日关怀");
        c.Said(occasion.Name, "en").ShouldBe("Birthday");
        (await c.DecideAsync(c.Commerce, task.Id, "Skip", opinion: "x")).Problem.ShouldNotBeNull();
        (await c.DecideAsync(c.Sales, task.Id, "Skip")).Problem.ShouldNotBeNull().Field.ShouldBe("opinion");
        (await c.DecideAsync(c.Sales, task.Id, "Skip", opinion: "客户在国外")).Problem.ShouldBeNull();
        (await c.OccasionsAsync()).Single().State.ShouldBe(CareOccasionState.Skipped);
        (await c.RecordsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_is_greeted_twice_whatever_plans_restarts_and_repetitions_there_are()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.ContactAsync("李淼", new(1985, 3, 3), "limiao@example.com");
        await c.PlanAsync(Carers.Birthdays());
        await c.PlanAsync(Carers.Birthdays() with { Name = "再一个生日计划" });
        await c.UntilAsync(Carers.At(2026, 3, 3, 12));
        c.App.Mails.Count.ShouldBe(1);

        // Switched off and on on the same day: the day is begun again and finds it done.
        var plan = (await c.App.ReadAsync(db => db.Set<CarePlan>().ToListAsync(Ct))).First();
        (await c.App.Get<SaveCarePlan>().HandleAsync(c.Commerce, c.App.NewOperation(), plan.Id, plan.Revision,
            Carers.Birthdays() with { Name = plan.Name, IsActive = false }, Ct)).Problem.ShouldBeNull();
        (await c.App.Get<SaveCarePlan>().HandleAsync(c.Commerce, c.App.NewOperation(), plan.Id, plan.Revision + 1,
            Carers.Birthdays() with { Name = plan.Name }, Ct)).Problem.ShouldBeNull();
        // The morning's row comes a second time, as after a crash between two hosts.
        await c.App.DoAsync(cmd => { cmd.Schedule(CareMorning.Kind, CareMorning.Key, cmd.Now, Value.Null); return Task.CompletedTask; });
        await c.App.DoAsync(async cmd =>
            cmd.Schedule(BeginOccasion.Kind, (await cmd.Db.Set<CareOccasion>().SingleAsync(Ct)).Id.ToString(), cmd.Now, Value.Null));
        await c.UntilAsync(Carers.At(2026, 3, 4, 12));

        c.App.Mails.Count.ShouldBe(1);
        (await c.RecordsAsync()).Count.ShouldBe(1);
        (await c.OccasionsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Days_missed_while_the_system_stood_still_are_made_up_for_a_week_back_and_no_further()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.ContactAsync("太久", new(1985, 3, 10), "a@example.com");
        await c.ContactAsync("刚好", new(1985, 3, 13), "b@example.com");
        await c.ContactAsync("今天", new(1985, 3, 20), "c@example.com");
        await c.PlanAsync(Carers.Birthdays());
        await c.UntilAsync(Carers.At(2026, 3, 2, 9));
        c.Clock.Set(Carers.At(2026, 3, 20)); // nothing ran in between
        await c.UntilAsync(Carers.At(2026, 3, 20, 9, 1));
        c.App.Mails.Select(m => m.To).Order().ShouldBe(["b@example.com", "c@example.com"]);
        (await c.OccasionsAsync()).Select(o => o.On).ShouldBe([new(2026, 3, 13), new DateOnly(2026, 3, 20)]);
    }

    [Fact]
    public async Task A_plan_begun_days_ahead_asks_in_time_for_the_day()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.App.DoAsync(async cmd => (await cmd.Db.Set<Party>().SingleAsync(p => p.Id == c.CustomerId)).FoundedOn = new(2014, 3, 11));
        await c.PlanAsync(new("成立周年庆", CareOccasionKind.Founding, "founding", "letter") { LeadDays = 5, IsActive = true });
        await c.UntilAsync(Carers.At(2026, 3, 5, 23));
        (await c.OccasionsAsync()).ShouldBeEmpty();
        await c.UntilAsync(Carers.At(2026, 3, 6, 8));
        var occasion = (await c.OccasionsAsync()).ShouldHaveSingleItem();
        (c.Said(occasion.Name), occasion.On, occasion.State).ShouldBe(("成立 12 周年", new DateOnly(2026, 3, 11), CareOccasionState.InHand));
    }

    [Fact]
    public async Task Regular_care_goes_to_whom_the_saved_filter_holds_on_the_day()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.App.DoAsync(cmd =>
        {
            for (var i = 0; i < 7; i++) cmd.Db.Add(new Party { Id = cmd.NewId(), Type = i == 6 ? PartyType.Agent : PartyType.Customer, No = $"P{i}",
                Name = $"客户 {i}", Level = i % 2 == 0 ? "key" : "general", Email = i == 4 ? null : $"p{i}@example.com" });
            return Task.CompletedTask;
        });
        var audience = await c.App.Get<SaveAudience>()
            .HandleAsync(c.Commerce, c.App.NewOperation(), null, 0, "重点客户", new AudienceFilter { Levels = ["key"] }, Ct);
        (await c.App.Get<ListAudiences>().HandleAsync(c.Commerce, Ct)).Value.ShouldHaveSingleItem().Count.ShouldBe(3);
        await c.PlanAsync(new("季度问候", CareOccasionKind.Regular, "greeting", "mail") { StartOn = new(2026, 3, 5), EveryMonths = 1,
            AudienceId = audience.Value, Subject = "{客户}", Body = "你好", IsActive = true });

        await c.UntilAsync(Carers.At(2026, 3, 6));
        c.App.Mails.Select(m => m.To).Order().ShouldBe(["p0@example.com", "p2@example.com"]);
        (await c.OccasionsAsync()).Count(o => o.State == CareOccasionState.InHand).ShouldBe(1); // the one without address waits for a person
        await c.App.DoAsync(async cmd => (await cmd.Db.Set<Party>().SingleAsync(p => p.No == "P1")).Level = "key");
        await c.UntilAsync(Carers.At(2026, 4, 6));
        // The task of March is overdue by now, which is told to whom it waits for by mail as well.
        c.App.Mails.Where(m => m.Body == "你好").Select(m => m.To).Order()
            .ShouldBe(["p0@example.com", "p0@example.com", "p1@example.com", "p2@example.com", "p2@example.com"]);
    }

    [Fact]
    public async Task More_people_than_one_lot_holds_are_all_cared_for()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.App.DoAsync(cmd =>
        {
            for (var i = 0; i < 450; i++) cmd.Db.Add(new Contact { Id = cmd.NewId(), PartyId = c.CustomerId, Name = $"人 {i}",
                Email = $"p{i}@example.com", Birthday = new(1990, 3, 3) });
            return Task.CompletedTask;
        });
        await c.PlanAsync(Carers.Birthdays());
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));
        c.App.Mails.Select(m => m.To).Distinct().Count().ShouldBe(450);
        c.App.Mails.Count.ShouldBe(450);
        (await c.RecordsAsync()).Count.ShouldBe(450);
    }

    [Fact]
    public async Task The_morning_keeps_its_local_hour_when_the_clocks_change()
    {
        // The business in New York: clocks go forward on 2026-03-08, so eight o'clock is 13:00 UTC before and 12:00 after.
        await using var c = await Carers.StartAsync(services =>
            services.AddSingleton(sp =>
            new BusinessTime(TimeZoneInfo.FindSystemTimeZoneById("America/New_York"), sp.GetRequiredService<TimeProvider>())), database);
        foreach (var day in (int[])[7, 8, 9]) await c.ContactAsync($"三月{day}", new(1985, 3, day), $"d{day}@example.com");
        await c.PlanAsync(Carers.Birthdays());
        async Task<int> SentAtAsync(DateTimeOffset utc)
        {
            await c.UntilAsync(utc);
            return c.App.Mails.Count;
        }
        (await SentAtAsync(new(2026, 3, 7, 12, 59, 0, TimeSpan.Zero))).ShouldBe(0);
        (await SentAtAsync(new(2026, 3, 7, 13, 0, 0, TimeSpan.Zero))).ShouldBe(1);
        (await SentAtAsync(new(2026, 3, 8, 11, 59, 0, TimeSpan.Zero))).ShouldBe(1);
        (await SentAtAsync(new(2026, 3, 8, 12, 0, 0, TimeSpan.Zero))).ShouldBe(2);
        (await SentAtAsync(new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero))).ShouldBe(3);
        (await c.RecordsAsync()).Select(r => r.CaredAt).ShouldBe([new(2026, 3, 7), new(2026, 3, 8), new DateOnly(2026, 3, 9)]);
    }

    [Fact]
    public async Task What_a_text_cannot_fill_in_is_refused_by_name()
    {
        await using var c = await Carers.StartAsync(database: database);
        var save = c.App.Get<SaveCarePlan>();
        var refused = await save.HandleAsync(c.Commerce, c.App.NewOperation(), null, 0, Carers.Birthdays() with { Body = "{名字}你好" }, Ct);
        refused.Problem.ShouldBeOfType<CarePlanIncomplete>().Args[0].ShouldBe("{名字}");
        (await save.HandleAsync(c.Support, c.App.NewOperation(), null, 0, Carers.Birthdays(), Ct)).Problem.ShouldBeOfType<NotFound>();
        (await save.HandleAsync(c.Commerce, c.App.NewOperation(), null, 0,
            Carers.Birthdays() with { Occasion = CareOccasionKind.Festival, FestivalKey = "nothing" }, Ct)).Problem.ShouldNotBeNull()
            .Field.ShouldBe("festival");
    }

    [Fact]
    public async Task The_next_occasion_follows_what_an_administrator_changed_on_the_canvas()
    {
        await using var c = await Carers.StartAsync(database: database);
        await c.ContactAsync("李淼", new(1985, 3, 3), "limiao@example.com");
        await c.ContactAsync("何润", new(1985, 3, 4), "herun@example.com");
        await c.PlanAsync(Carers.Birthdays());
        await c.UntilAsync(Carers.At(2026, 3, 3, 9));
        // From now on everybody is called.
        await c.App.PublishAsync(Carers.Definition("care").Replace("variables.Method == \\\"mail\\\" && variables.MayMail", "false"));
        await c.UntilAsync(Carers.At(2026, 3, 4, 9));
        c.App.Mails.ShouldHaveSingleItem().To.ShouldBe("limiao@example.com");
        await c.TaskAsync("care-occasion", (await c.OccasionsAsync()).Single(o => o.On == new DateOnly(2026, 3, 4)).Id);
    }
}
