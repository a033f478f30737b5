using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CrmFlow.Durability.Tests;

/// <summary>What must be true after a run, judged by the clients' log, the sink and the tables, never by the product's own word.</summary>
internal static class Oracle
{
    /// <summary>A host has so many calls and so many mails on their way at once; each may be repeated for each time a host died.</summary>
    private const int CallsAtOnce = 16, MailsAtOnce = 8;

    /// <param name="deaths">How often a host, or the database under it, died.</param>
    /// <param name="fewest">Acknowledged answers without which the run proved nothing.</param>
    public static async Task CheckAsync(Campaign run, int deaths, int fewest)
    {
        run.Wrong.Distinct().Take(5).ShouldBeEmpty("clients got answers they should not get");
        run.Acknowledged.ShouldBeGreaterThanOrEqualTo(fewest, "I8: too little was done to prove anything");

        var instances = (await run.ReadAsync(db =>
            db.Set<WorkflowInstanceRow>().Select(i => new { i.Id, i.DefinitionId, i.Status, i.SubStatus, i.IncidentCount }).ToListAsync()))!;
        var errands = instances.Where(i => i.DefinitionId == Errand.Id).Select(i => i.Id).ToHashSet();
        var parts = instances.Where(i => i.DefinitionId == Errand.Part).Select(i => i.Id).ToHashSet();
        run.Started.ShouldBeUnique("I1: two requests got the same instance");
        run.Started.Except(errands).ShouldBeEmpty("I1: an acknowledged start is lost");
        errands.Except(run.Started).ShouldBeEmpty("I1: a start happened twice, or without anybody asking");

        instances.Where(i => i.Status != "Finished" || i.SubStatus != "Finished" || i.IncidentCount > 0)
            .Select(i => $"{i.DefinitionId} {i.Id} {i.SubStatus}").Take(5)
            .ShouldBeEmpty($"I2: an instance has not ended well; {await WaitingAsync(run)}");
        if (parts.Count != errands.Count)
            Assert.Fail($"I2: {parts.Count} children for {errands.Count} errands; {await ChildlessAsync(run, errands)}");
        await CheckPathsAsync(run, errands, parts);

        var decided = (await run.ReadAsync(db =>
            db.Set<TaskEvent>().Where(e => e.Kind == TaskEventKind.Decided).Select(e => e.TaskId).ToListAsync()))!;
        decided.ShouldBeUnique("I4: a task was decided twice");
        decided.Count.ShouldBe(errands.Count * 2, "I4: two tasks for each errand");
        run.Winners.Values.ShouldAllBe(n => n == 1, "I4: two clients were told they had won");
        run.Winners.Keys.Order().ShouldBe(decided.Order(), "I4: the clients' log and the history differ");

        CheckSink(run, "call", errands, deaths * CallsAtOnce);
        CheckSink(run, "mail", errands, deaths * MailsAtOnce);

        var left = (await run.ReadAsync(async db => new[]
        {
            $"{await db.Set<BookmarkRow>().CountAsync()} bookmarks", $"{await db.Set<DueRow>().CountAsync()} due rows",
                $"{await db.Set<OutboxRow>().CountAsync(o => o.SentAt == null)} mails not sent",
            $"{await db.Set<UserTask>().CountAsync(t => t.State == TaskState.Open)} open tasks",
                $"{await db.Set<InboxEntry>().CountAsync(i => i.Box == InboxBox.Mine || i.Box == InboxBox.Pool)} inbox rows",
                $"{await db.Set<IncidentRow>().CountAsync()} incidents",
        }))!;
        left.Where(l => !l.StartsWith("0 ", StringComparison.Ordinal)).ShouldBeEmpty("I6: orphans");
        await CheckIntegrityAsync(run.Database);
    }

    /// <summary>For the message of a failure: what is still waited for.</summary>
    private static async Task<string> WaitingAsync(Campaign run)
    {
        var due = (await run.ReadAsync(db =>
            db.Set<DueRow>().Select(d => $"{d.Kind} {d.DueKey} {d.Attempts} {d.NextAt} {d.ClaimId} {d.Error}").Take(10).ToListAsync()))!;
        var bookmarks = (await run.ReadAsync(db =>
            db.Set<BookmarkRow>().Select(b => $"{b.InstanceId} {b.Name} {b.BookmarkKey} {b.DueAt}").Take(10).ToListAsync()))!;
        return string.Join('\n', [.. due, .. bookmarks]);
    }

    /// <summary>For the message of a failure: the errands no child names as its parent, and what happened to them.</summary>
    private static async Task<string> ChildlessAsync(Campaign run, HashSet<Guid> errands)
    {
        var states = (await run.ReadAsync(db =>
            db.Set<WorkflowInstanceRow>().Where(i => i.DefinitionId == Errand.Part).Select(i => i.State).ToListAsync()))!;
        var childless = errands.Where(e => !states.Any(s => s.Contains(e.ToString(), StringComparison.Ordinal))).Take(3).ToList();
        var journal = (await run.ReadAsync(db =>
            db.Set<JournalRow>().Where(j => childless.Contains(j.InstanceId)).OrderBy(j => j.InstanceId).ThenBy(j => j.Seq).ToListAsync()))!;
        return string.Join('\n',
            journal.Select(j => $"{j.InstanceId} {j.Seq} {j.OccurredAt:HH:mm:ss.fff} {j.ActivityId} {j.Event} {j.Outcomes} {j.Data}"));
    }

    /// <summary>I2 and I3: every step began and ended exactly once, in an order the drawing allows; every booked row is there once.</summary>
    private static async Task CheckPathsAsync(Campaign run, HashSet<Guid> errands, HashSet<Guid> parts)
    {
        var rows = (await run.ReadAsync(db => db.Set<JournalRow>().ToListAsync()))!;
        var journal = rows.SelectMany(r => r.Entries().Select(e => new { r.InstanceId, r.Seq, r.ActivityId, Event = e.Event.ToString() }))
            .Where(j => j.Event is "Started" or "Completed" or "Canceled" or "Faulted").ToList();
        foreach (var instance in journal.GroupBy(j => j.InstanceId))
        {
            string[] steps = errands.Contains(instance.Key) ? Errand.Steps : Errand.PartSteps;
            var own = instance.Where(j => steps.Contains(j.ActivityId)).OrderBy(j => j.Seq).ToList();
            own.Where(j => j.Event == "Completed").Select(j => j.ActivityId).Order().ShouldBe(steps.Order(), $"I3: {instance.Key}");
            own.Where(j => j.Event == "Started").Select(j => j.ActivityId).Order().ShouldBe(steps.Order(), $"I3: {instance.Key}");
            own.Count.ShouldBe(2 * steps.Length, $"I3: {instance.Key}");
            var ended = own.Where(j => j.Event == "Completed").Select(j => j.ActivityId).ToList();
            if (errands.Contains(instance.Key))
                Errand.Order.ShouldAllBe(o => ended.IndexOf(o.Before) < ended.IndexOf(o.After), $"I2: {instance.Key} {string.Join(' ', ended)}");
        }
        var effects = (await run.ReadAsync(db => db.Set<Effect>().Select(e => new { e.InstanceId, e.Step }).ToListAsync()))!;
        effects.ShouldBeUnique("I3: a step's row is there twice");
        effects.Count.ShouldBe(3 * errands.Count + 2 * parts.Count, "I3: rows of steps");
    }

    /// <summary>I5.</summary>
    private static void CheckSink(Campaign run, string kind, HashSet<Guid> errands, int mostRepeats)
    {
        var calls = run.Sink.Calls.Where(c => c.Path.StartsWith($"/{kind}/", StringComparison.Ordinal)).ToList();
        var keys = calls.Distinct().ToList();
        keys.Select(c => Guid.Parse(c.Path[(kind.Length + 2)..])).Order()
            .ShouldBe(errands.Order(), $"I5: each errand makes one {kind}, under one key");
        keys.Select(c => c.Key).ShouldBeUnique($"I5: two errands share a key of a {kind}");
        (calls.Count - keys.Count).ShouldBeLessThanOrEqualTo(mostRepeats, $"I5: repeated {kind}s");
    }

    /// <summary>I7.</summary>
    private static async Task CheckIntegrityAsync(DatabaseOptions database)
    {
        if (database.Provider == DatabaseProvider.Sqlite)
        {
            await using var file = new SqliteConnection($"Data Source={database.SqliteFile};Pooling=False");
            await file.OpenAsync();
            await using var check = file.CreateCommand();
            check.CommandText = "PRAGMA integrity_check";
            (await check.ExecuteScalarAsync()).ShouldBe("ok", "I7");
            return;
        }
        await using var connection =
            new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var amcheck = new NpgsqlCommand("""
            CREATE EXTENSION IF NOT EXISTS amcheck;
            SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE a.amname = 'btree' AND n.nspname = 'public' AND i.indisvalid;
            """, connection);
        await amcheck.ExecuteNonQueryAsync(); // throws at the first index that does not fit its table
    }
}
