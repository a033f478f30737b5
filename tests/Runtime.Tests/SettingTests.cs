using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class SettingTestsOnSqlite : SettingTests<Sqlite>;
public sealed class SettingTestsOnPostgreSql : SettingTests<PostgreSql>;

public abstract class SettingTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private sealed record Bands(decimal[] Edges, int Days);
    private sealed record BandsMustRise() : Problem("problem.not-found");

    private static readonly Setting<Bands> Setting = new("notes.bands", new Bands([10_000m], 3));
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private SettingsAdministration Settings => _host.Get<SettingsAdministration>();
    private static readonly Actor Admin = NotesModule.Writer;

    public async ValueTask InitializeAsync() =>
        _host = await TestHost<TDatabase>.StartAsync(s => s.AddSetting(Setting, "notes", b => b.Edges.SequenceEqual(b.Edges.Order()) ? null : new BandsMustRise()));
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<Bands> AtAsync(DateTimeOffset at) => (await _host.Runtime.ReadAsync<Bands>(NotesModule.Read, Admin, async db => await db.SettingAsync(Setting, at, Ct), Ct)).Value;
    private Task<Result> ChangeAsync(string json, DateTimeOffset? from = null) => Settings.ChangeAsync(Admin, Guid.CreateVersion7(), Setting.Key, json, from, Ct);

    [Fact]
    public async Task A_value_holds_from_its_instant_on_and_the_past_stays_as_it_was()
    {
        var start = _host.Clock.GetUtcNow();
        (await AtAsync(start)).Days.ShouldBe(3);
        (await ChangeAsync("""{"Edges":[5000.50,20000],"Days":5}""", start.AddDays(10))).Failed.ShouldBeFalse();
        (await AtAsync(start.AddDays(10).AddTicks(-10))).Days.ShouldBe(3);
        (await AtAsync(start.AddDays(10))).Edges.ShouldBe([5000.50m, 20000m]);

        _host.Clock.Advance(TimeSpan.FromDays(20));
        (await ChangeAsync("""{"Edges":[],"Days":7}""")).Failed.ShouldBeFalse();
        (await ChangeAsync("""{"Edges":[],"Days":8}""")).Failed.ShouldBeFalse(); // the same instant: the later one counts
        (await AtAsync(_host.Clock.GetUtcNow())).Days.ShouldBe(8);
        (await AtAsync(start.AddDays(15))).Days.ShouldBe(5);
    }

    [Fact]
    public async Task Nonsense_and_the_past_are_refused_and_nothing_is_saved()
    {
        (await ChangeAsync("{")).Problem.ShouldBeOfType<SettingUnreadable>();
        (await ChangeAsync("null")).Problem.ShouldBeOfType<SettingUnreadable>();
        (await ChangeAsync("""{"Edges":[2,1],"Days":1}""")).Problem.ShouldBeOfType<BandsMustRise>();
        (await ChangeAsync("""{"Edges":[],"Days":1}""", _host.Clock.GetUtcNow().AddDays(-1))).Problem.ShouldBeOfType<SettingInThePast>();
        (await Settings.ChangeAsync(Admin, Guid.CreateVersion7(), "no.such", "1", null, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await Settings.ChangeAsync(NotesModule.Reader, Guid.CreateVersion7(), Setting.Key, "1", null, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await _host.RowsAsync<TDatabase, SettingValue>()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_shows_what_is_in_force_planned_and_past_and_a_plan_can_be_withdrawn()
    {
        var overview = (await Settings.ListAsync(Admin, Ct)).Value.Single(s => s.Descriptor.Key == Setting.Key);
        (((Bands)overview.Value).Days, overview.Current).ShouldBe((3, null));
        await ChangeAsync("""{"Edges":[],"Days":4}""");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await ChangeAsync("""{"Edges":[],"Days":5}""");
        await ChangeAsync("""{"Edges":[],"Days":9}""", _host.Clock.GetUtcNow().AddDays(1));

        overview = (await Settings.ListAsync(Admin, Ct)).Value.Single(s => s.Descriptor.Key == Setting.Key);
        (((Bands)overview.Value).Days, overview.Planned.Count, overview.Past.Count).ShouldBe((5, 1, 1));
        (await Settings.WithdrawAsync(Admin, Guid.CreateVersion7(), overview.Past[0].Id, Ct)).Problem.ShouldBeOfType<SettingInThePast>();
        (await Settings.WithdrawAsync(Admin, Guid.CreateVersion7(), overview.Planned[0].Id, Ct)).Failed.ShouldBeFalse();
        (await AtAsync(_host.Clock.GetUtcNow().AddDays(2))).Days.ShouldBe(5);
    }
}
