using System.Globalization;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Modules.Tests.Architecture;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using CrmFlow.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>
/// The demonstration on every day of a leap year, by the rules of the browser's tours that need no browser: each walk finds what it follows, and no
/// stored word is in one language for readers of the other. The days in the suite are the turns of the calendar; CRMFLOW_DEMO_DAYS=all loads it on
/// all 366.
/// </summary>
public sealed class DemoDaysTests
{
    private static CancellationToken Ct => TestApp.Ct;
    private static readonly DateOnly FirstDay = new(2028, 1, 1);
    /// <summary>
    /// Month and quarter ends, the leap day, the days around New Year, Spring Festival and the National Day, and the day that once was red.
    /// </summary>
    private static readonly string[] Turns = ["2026-03-31", "2026-06-01", "2026-12-01", "2026-12-31", "2028-01-26", "2028-02-29", "2028-10-01"];

    public static TheoryData<string> Days() => Environment.GetEnvironmentVariable("CRMFLOW_DEMO_DAYS") == "all"
        ? [.. Enumerable.Range(0, 366).Select(i => FirstDay.AddDays(i).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))]
        : [.. Turns];

    /// <summary>The data is relative to the day it is loaded on; month ends, quarters and somebody's birthday must not matter.</summary>
    [Theory]
    [MemberData(nameof(Days))]
    public async Task It_loads_on_any_day(string day)
    {
        await using var app =
            await DemoDataTests.Sizes.LoadedAsync(DemoSize.Small, DateTimeOffset.Parse(day + "T04:00:00Z", CultureInfo.InvariantCulture));
        await app.RunDueAsync();
        (await app.ReadAsync(async db => (Parties: await db.Set<Party>().CountAsync(Ct), Sales: await db.Set<SalesRecord>().CountAsync(Ct),
            Settlements: await db.Set<SettlementApplication>().CountAsync(Ct))))
            .ShouldBe((120, 300, 10));
        await EveryWalkFindsItsWayAsync(app);
        await NoWordIsForOneLanguageAsync(app);
    }

    /// <summary>What the days bring after it was loaded: birthdays, founding days, festivals, overdue tasks.</summary>
    [Fact]
    public async Task A_year_of_days_leaves_no_word_for_readers_of_one_language()
    {
        await using var app = await DemoDataTests.Sizes.LoadedAsync(DemoSize.Small, new DateTimeOffset(2028, 1, 1, 4, 0, 0, TimeSpan.Zero));
        for (var day = 0; day < 366; day++)
        {
            app.Clock.Advance(TimeSpan.FromDays(1));
            await app.RunDueAsync();
        }
        (await app.ReadAsync(db => db.Set<CareOccasion>().Select(o => o.Kind).Distinct().CountAsync(Ct))).ShouldBeGreaterThan(3);
        await NoWordIsForOneLanguageAsync(app);
    }

    /// <summary>Where the tours follow a link, somebody's list must have one.</summary>
    private static async Task EveryWalkFindsItsWayAsync(TestApp app)
    {
        foreach (var login in new[] { "zhoumin", "chenli" })
        {
            var actor = await app.Get<ActorDirectory>().ActorAsync(DemoId.User(login), Ct);
            var counts = (await app.Get<InboxPage>().CountsAsync(actor!, Ct)).Value;
            (counts[InboxTab.Mine] + counts[InboxTab.Pool]).ShouldBeGreaterThan(0, $"{login} has no task to open");
        }
        var there = await app.ReadAsync(async db => new Dictionary<string, bool>
        {
            ["open complaint"] = await db.Set<Complaint>().AnyAsync(c => c.ClosedAt == null, Ct),
            ["first visit"] = await db.Set<FirstVisit>().AnyAsync(v => v.State == FirstVisitState.Waiting, Ct),
            ["care occasion"] = await db.Set<CareOccasion>().AnyAsync(o => o.State == CareOccasionState.InHand, Ct),
            ["open opportunity"] = await db.Set<Opportunity>().AnyAsync(o => o.State == OpportunityState.Open, Ct),
            ["open reminder"] = await db.Set<CustomerReminder>().AnyAsync(r => !r.IsResolved, Ct),
            ["ledger entry"] = await db.Set<LedgerEntry>().AnyAsync(Ct),
        });
        there.Where(t => !t.Value).Select(t => t.Key).ShouldBeEmpty();
        (await app.Get<InstanceAdministration>().ListAsync(Actor.System, new InstanceFilter(), null, 20, Ct)).Value.Rows.ShouldNotBeEmpty();
    }

    private static async Task NoWordIsForOneLanguageAsync(TestApp app)
    {
        foreach (var (culture, language) in new[] { ("en", "en"), ("zh-CN", "zh") })
        {
            var stored = await app.ReadAsync(async db => (string[])
            [
                .. await db.Set<WorkflowInstanceRow>().Where(i => i.Name != null).Select(i => i.Name!).ToListAsync(Ct),
                .. await db.Set<UserTask>().Select(t => language == "en" ? t.TitleEn ?? t.Title : t.Title).ToListAsync(Ct),
                .. await db.Set<UserTask>().Where(t => t.SubjectName != null).Select(t => t.SubjectName!).ToListAsync(Ct),
                .. await db.Set<CareOccasion>().Select(o => o.Name).ToListAsync(Ct),
                .. await db.Set<CustomerReminder>().Select(r => r.Content).ToListAsync(Ct),
                .. await db.Set<CustomerReminder>().Select(r => r.RequestedBy).ToListAsync(Ct),
            ]);
            stored.Length.ShouldBeGreaterThan(30);
            var foreign = ForeignTexts.For(language, Path.Combine(Repository.Root, "src"));
            stored.Select(s => app.Get<Texts>().Say(s, CultureInfo.GetCultureInfo(culture))).Where(s => foreign.IsMatch(s) || s.Contains('⟦'))
                .Distinct().ShouldBeEmpty();
        }
    }
}
