using Shouldly;

namespace CrmFlow.Runtime.Tests;

public sealed class SettingTestsOnSqlite : SettingTests<Sqlite>;
public sealed class SettingTestsOnPostgreSql : SettingTests<PostgreSql>;
public sealed class SettingTestsOnSqlServer : SettingTests<SqlServer>;

public abstract class SettingTests<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase
{
    private sealed record Bands(decimal[] Edges, int Days);

    private static readonly Setting<Bands> Setting = new("notes.bands", new Bands([10_000m], 3));
    private TestHost<TDatabase> _host = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost<TDatabase>.StartAsync();
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task<Bands> AtAsync(DateTimeOffset at) =>
        (await _host.Runtime.ReadAsync<Bands>(NotesModule.Read, NotesModule.Reader, async db => await db.SettingAsync(Setting, at, Ct), Ct)).Value;

    private Task SetAsync(Bands value, DateTimeOffset from) => _host.ValueAsync(cmd =>
    {
        cmd.Db.Add(new SettingValue { Id = cmd.NewId(), Key = Setting.Key, EffectiveFrom = from, Value = CrmJson.Write(value)!,
            ChangedBy = cmd.Actor.UserId, ChangedAt = cmd.Now });
        return Task.FromResult(0);
    });

    [Fact]
    public async Task A_value_holds_from_its_instant_on_and_the_past_stays_as_it_was()
    {
        var start = _host.Clock.GetUtcNow();
        (await AtAsync(start)).Days.ShouldBe(3);
        await SetAsync(new Bands([5000.50m, 20000m], 5), start.AddDays(10));
        await SetAsync(new Bands([], 7), start.AddDays(20));
        (await AtAsync(start.AddDays(10).AddTicks(-10))).Days.ShouldBe(3);
        (await AtAsync(start.AddDays(10))).Edges.ShouldBe([5000.50m, 20000m]);
        (await AtAsync(start.AddDays(30))).Days.ShouldBe(7);
    }

    [Fact]
    public async Task Of_two_values_for_one_instant_the_one_saved_later_counts()
    {
        var from = _host.Clock.GetUtcNow().AddDays(1);
        await SetAsync(new Bands([], 4), from);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await SetAsync(new Bands([], 5), from);
        (await AtAsync(from)).Days.ShouldBe(5);
    }
}
