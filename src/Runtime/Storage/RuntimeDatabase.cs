using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace CrmFlow.Runtime;

/// <summary>The process's hold on its database: the dialect, who gives transactions, and the pools of contexts.</summary>
internal sealed class RuntimeDatabase : IAsyncDisposable
{
    private readonly PooledDbContextFactory<PooledCrmDbContext> _commands, _reads;
    private readonly SqliteWriterGate? _gate;

    public RuntimeDatabase(DatabaseOptions options, CommandCounters counters, IServiceProvider services)
    {
        (Options, Counters, Dialect) = (options, counters, Dialect.Of(options.Provider));
        var (commands, reads) = (Builder(services), Builder(services));
        reads.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        switch (options.Provider)
        {
            case DatabaseProvider.Sqlite:
                _gate = new SqliteWriterGate(options, counters);
                Transactions = _gate;
                commands.UseSqlite();
                reads.UseSqlite(new SqliteConnectionStringBuilder(options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = true }
                    .ConnectionString);
                break;
            case DatabaseProvider.PostgreSql:
                var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString) { NoResetOnClose = true };
                if (settings.MaxAutoPrepare == 0) (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (200, 3);
                settings.ApplicationName ??= "CrmFlow";
                // A host that hangs in the middle of a transaction holds its locks no longer than its claims: then the server ends the session, and
                // another host goes on.
                // One that hangs in the middle of a message is not idle to the server: whoever waits for its locks ends it (see
                // EndHungSessionsAsync).
                settings.Options ??= $"-c idle_in_transaction_session_timeout={(int)Claims.Lease.TotalMilliseconds} -c lock_timeout={(int)Claims.Lease.TotalMilliseconds}";
                Postgres = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
                Transactions = new PooledTransactions(Dialect, async ct => await Postgres.OpenConnectionAsync(ct), counters);
                commands.UseNpgsql();
                reads.UseNpgsql(Postgres);
                break;
            default:
                Transactions = new PooledTransactions(Dialect, OpenSqlServerAsync, counters);
                commands.UseSqlServer();
                reads.UseSqlServer(options.ConnectionString);
                break;
        }
        _commands = new PooledDbContextFactory<PooledCrmDbContext>(commands.Options);
        _reads = new PooledDbContextFactory<PooledCrmDbContext>(reads.Options);
    }

    public DatabaseOptions Options { get; }
    public Dialect Dialect { get; }
    public CommandCounters Counters { get; }
    public Transactions Transactions { get; }
    public NpgsqlDataSource? Postgres { get; }
    /// <summary>The last write met a full disk and none has succeeded since: health is red and pages say so.</summary>
    public volatile bool DiskFull;

    public CrmDbContext ReadContext() => _reads.CreateDbContext();

    public CrmDbContext CommandContext(CommandTransaction transaction)
    {
        var db = _commands.CreateDbContext();
        db.Database.SetDbConnection(transaction.Connection);
        db.Database.UseTransaction(transaction.Transaction);
        db.Database.AutoSavepointsEnabled = false; // the runtime sets its own, and only where they are wanted
        return db;
    }

    /// <summary>
    /// The runtime's own writes outside a command: claims, marks of what was sent, maintenance. One transaction each, committed when it met rows.
    /// </summary>
    public async Task<List<T>> ClaimAsync<T>(string sql, (string, object?)[] parameters, Func<DbDataReader, T> map, CancellationToken ct)
    {
        List<T> rows = [];
        await Transactions.RunAsync(background: true, async transaction =>
            (rows = await transaction.QueryAsync(sql, parameters, map, ct)).Count > 0, ct);
        return rows;
    }

    /// <inheritdoc cref="ClaimAsync"/>
    public async Task<int> WriteAsync(string sql, (string, object?)[] parameters, CancellationToken ct)
    {
        var affected = 0;
        await Transactions.RunAsync(background: true, async transaction => (affected = await transaction.ExecuteAsync(sql, parameters, ct)) > 0, ct);
        return affected;
    }

    /// <summary>
    /// Ends sessions of hosts (this one's too) that the server has waited for in the middle of a message for longer than a session may idle in a
    /// transaction; PostgreSQL's own limits do not count such a session as idle. Their transactions are taken back, and what they held is free.
    /// </summary>
    public async Task EndHungSessionsAsync(CancellationToken ct)
    {
        if (Postgres is null) return;
        await using var end = Postgres.CreateCommand("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()
              AND state <> 'idle' AND wait_event = 'ClientRead' AND state_change < now() - nullif(current_setting('idle_in_transaction_session_timeout'), '0')::interval
            """);
        try
        {
            await end.ExecuteNonQueryAsync(ct);
        }
        catch (Exception e) when (Dialect.IsTransient(e))
        {
            // whoever waits tries again, and says so in the end
        }
    }

    private DbContextOptionsBuilder<PooledCrmDbContext> Builder(IServiceProvider services)
    {
        var builder = new DbContextOptionsBuilder<PooledCrmDbContext>();
        builder.UseApplicationServiceProvider(services);
        builder.AddInterceptors(new ModuleStatements(this));
        builder.ReplaceService<IModelCacheKeyFactory, ContributionsModelKey>();
        return builder;
    }

    private async ValueTask<DbConnection> OpenSqlServerAsync(CancellationToken ct)
    {
        var connection = new SqlConnection(Options.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (_gate is not null) await _gate.DisposeAsync();
        if (Postgres is not null) await Postgres.DisposeAsync();
        if (Options.Provider == DatabaseProvider.Sqlite)
        {
            using var reading = new SqliteConnection(
                new SqliteConnectionStringBuilder(Options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = true }.ConnectionString);
            SqliteConnection.ClearPool(reading);
        }
    }

    /// <summary>What EF sends for the modules: counted, and asked by prepared statements where the driver does not keep them itself.</summary>
    private sealed class ModuleStatements(RuntimeDatabase database) : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            database.Counters.Module();
            var prepared = database._gate is { } gate && command.Connection is { } connection
                ? gate.StatementsOf(connection)?.QueryOfEf((SqliteCommand)command) : null;
            return new(prepared is null ? result : InterceptionResult<DbDataReader>.SuppressWithResult(prepared));
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            database.Counters.Module();
            return new(result);
        }
    }
}
