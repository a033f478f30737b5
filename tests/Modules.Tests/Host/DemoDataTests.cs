using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Modules.Tests.Host;

/// <summary>The generator's contract (sample-data §1, §3), each size loaded once: <see cref="Sizes"/>.</summary>
public sealed partial class DemoDataTests(DemoDataTests.Sizes sizes) : IClassFixture<DemoDataTests.Sizes>
{
    private static CancellationToken Ct => TestApp.Ct;
    private static readonly Dictionary<string, Func<CrmDbContext, IQueryable<object>>> Tables = new()
    {
        ["party"] = db => db.Set<Party>(), ["anniversary"] = db => db.Set<Anniversary>(), ["contact"] = db => db.Set<Contact>(), ["product"] = db =>
            db.Set<Product>(), ["sale"] = db => db.Set<SalesRecord>(),
        ["dongle"] = db => db.Set<DongleAssignment>(), ["number"] = db => db.Set<AuthorizationNumber>(), ["opportunity"] = db =>
            db.Set<Opportunity>(),
        // The numbers of interactions complaints came up in stand behind all others, so they are others in the larger size.
        ["interaction"] = db => db.Set<Interaction>().Where(i => i.ComplaintId == null), ["visit"] = db =>
            db.Set<FollowUpVisit>(), ["service"] = db => db.Set<ServiceRecord>(), ["call"] = db => db.Set<HotlineRecord>(),
        ["complaint"] = db => db.Set<Complaint>(), ["handling"] = db => db.Set<ComplaintHandling>(), ["call-back"] = db =>
            db.Set<ComplaintCallBack>(),
        ["first-visit"] = db => db.Set<FirstVisit>(), ["care-record"] = db => db.Set<CareRecord>(), ["care-plan"] = db =>
            db.Set<CarePlan>(), ["reminder"] = db => db.Set<CustomerReminder>(),
        ["settlement"] = db => db.Set<SettlementApplication>(), ["settlement-line"] = db => db.Set<SettlementLine>(), ["report"] = db =>
            db.Set<SatisfactionReport>(), ["invoice"] = db => db.Set<Invoice>(), ["ledger"] = db => db.Set<LedgerEntry>(),
    };

    /// <summary>Ids a command gave carry chance; those of the generator do not.</summary>
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex CommandsId();

    /// <summary>Both sizes with everything customers have, on a clock that stands.</summary>
    public sealed class Sizes : IAsyncLifetime
    {
        internal TestApp Small { get; private set; } = null!;
        internal Dictionary<string, List<string>> SmallRows { get; private set; } = null!;
        internal Dictionary<string, List<string>> LargeRows { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            SmallRows = await RowsAsync(Small = await LoadedAsync(DemoSize.Small));
            await using var large = await LoadedAsync(DemoSize.Thousand);
            LargeRows = await RowsAsync(large);
        }

        public ValueTask DisposeAsync() => Small.DisposeAsync();

        internal static async Task<TestApp> LoadedAsync(DemoSize size, DateTimeOffset? at = null)
        {
            var app = await TestApp.StartAsync();
            if (at is { } now) app.Clock.Set(now);
            await app.Get<ShippedOrganisation>().EnsureAsync(app.NewOperation(), Ct);
            await app.Get<ShippedDefinitions>().ImportFolderAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), Ct);
            var types = app.Get<IEnumerable<IDemoData>>().OrderBy(d => d.Order).Select(d => d.GetType()).ToList();
            foreach (var type in types)
            {
                await using var scope = app.NewScope();
                var loader = scope.ServiceProvider.GetServices<IDemoData>().Single(d => d.GetType() == type);
                await loader.LoadAsync(new DemoContext(app.Runtime, scope.ServiceProvider, app.Clock.GetUtcNow(), app.Get<BusinessTime>().Today)
                {
                    Size = size, ActorAsync = async (login, ct) =>
                        await app.Get<ActorDirectory>().ActorAsync(DemoId.User(login), ct)
                        ?? throw new InvalidOperationException($"There is no demo user {login}."),
                }, Ct);
            }
            return app;
        }

        private static async Task<Dictionary<string, List<string>>> RowsAsync(TestApp app)
        {
            var rows = new Dictionary<string, List<string>>();
            foreach (var (name, table) in Tables) rows[name] = [.. (await app.ReadAsync(db => table(db).ToListAsync(Ct)))
                .Select(r => CommandsId().Replace(JsonSerializer.Serialize(r, r.GetType()), "*")).Order(StringComparer.Ordinal)];
            return rows;
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_small_is_a_prefix_of_1k()
    {
        foreach (var table in Tables.Keys) sizes.SmallRows[table].Except(sizes.LargeRows[table]).ShouldBeEmpty(table);
        int[] Counts(Dictionary<string, List<string>> rows) =>
            [rows["party"].Count, rows["sale"].Count, rows["opportunity"].Count, rows["interaction"].Count, rows["visit"].Count,
            rows["service"].Count, rows["call"].Count, rows["complaint"].Count, rows["first-visit"].Count, rows["care-record"].Count,
            rows["reminder"].Count, rows["settlement"].Count];
        Counts(sizes.SmallRows).ShouldBe([120, 300, 90, 480, 160, 150, 110, 24, 14, 24, 8, 10]);
        Counts(sizes.LargeRows).ShouldBe([1000, 3000, 700, 4270, 1420, 1330, 980, 160, 100, 200, 60, 60]);
        sizes.SmallRows["contact"].Count.ShouldBeInRange(230, 290);
        sizes.LargeRows["contact"].Count.ShouldBeInRange(2000, 2400);
    }

    /// <summary>What the generator alone makes, on any machine in any zone: a change of these is a change of everybody's demonstration.</summary>
    [Theory]
    [InlineData("party", "63E750A98DB0D612")]
    [InlineData("sale", "6BFDDC903BBCE185")]
    [InlineData("interaction", "264DD7AB946BC811")]
    [InlineData("complaint", "921089B8EC309776")]
    [InlineData("care-record", "BA39465282FECA9A")]
    [InlineData("settlement", "A67D74B4CB21013A")]
    [InlineData("settlement-line", "9D48E2C38B6C4919")]
    public void A_table_has_the_bytes_it_had(string table, string hash) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', sizes.SmallRows[table]))))[..16].ShouldBe(hash);

    [Fact]
    public async Task The_receivable_is_what_it_computes_to_but_for_overrides_with_a_reason()
    {
        var sales = await sizes.Small.ReadAsync(db => db.Set<SalesRecord>().Include(s => s.Dongles).ToListAsync(Ct));
        sales.Where(s => s.ReceivableReason is null && SalesRecord.Receivable(s.ProductValue, s.PickupDiscount, s.Quantity) != s.AmountReceivable)
            .ShouldBeEmpty();
        sales.Where(s => s.Dongles.Count > s.Quantity || s.AmountReceived > s.AmountReceivable).ShouldBeEmpty();
        sales.Count(s => s.ServiceAuthorizationNo is null).ShouldBeInRange(5, 60);
    }

    [Fact]
    public async Task Complaints_and_visits_are_there_in_every_state()
    {
        var complaints = await sizes.Small.ReadAsync(db => db.Set<Complaint>().Include(c => c.Handlings).ToListAsync(Ct));
        complaints.Select(c => c.State).Distinct().ShouldBe(Enum.GetValues<ComplaintState>(), ignoreOrder: true);
        complaints.Where(c => c.End is not null).Select(c => c.End!.Value).Distinct().ShouldBe(Enum.GetValues<ComplaintEnd>(), ignoreOrder: true);
        // in one sitting
        complaints.Count(c => c.State == ComplaintState.Closed && c.Handlings.Exists(h => h.HandledBy == c.ReceivedBy)).ShouldBeGreaterThan(0);
        var visits = await sizes.Small.ReadAsync(db => db.Set<FirstVisit>().ToListAsync(Ct));
        visits.Select(v => v.State).Distinct().ShouldBe(Enum.GetValues<FirstVisitState>(), ignoreOrder: true);
        visits.Count(v => v.Postponed > 0).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_complaint_came_up_in_says_who_took_the_call()
    {
        var interactions = await sizes.Small.ReadAsync(db => db.Set<Interaction>().Where(i => i.ComplaintId != null).ToListAsync(Ct));
        var complaints = await sizes.Small.ReadAsync(db => db.Set<Complaint>().ToDictionaryAsync(c => c.Id, Ct));
        interactions.Count.ShouldBe(24);
        interactions.ShouldAllBe(i =>
            i.CreatedBy == complaints[i.ComplaintId!.Value].ReceivedBy && i.CreatedAt == complaints[i.ComplaintId!.Value].ComplainedAt);
    }
}
