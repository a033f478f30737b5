using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>
/// PostgreSQL takes the rows of a table as arrays: one statement for each table, however many instances and steps the command moved.
/// </summary>
internal sealed partial class CommandInstances
{
    private void WriteSets(List<LoadedInstance> changed, WriteBatch writes)
    {
        var all = changed.ConvertAll(i => (Instance: i, Journal: RowsOf(i.Journal)));
        foreach (var (instance, rows) in all)
            if (instance.IsNew) Insert(instance, rows.Count, writes);
        var known = all.Where(a => !a.Instance.IsNew).ToArray();
        if (known.Length > 0)
            writes.Add("""
                UPDATE workflow_instance AS i SET name = r.name, correlation_id = r.correlation_id, status = r.status, sub_status = r.sub_status, state = r.state, version = i.version + 1,
                    journal_count = r.journal_count, incident_count = r.incident_count, updated_at = @now, finished_at = CASE WHEN r.status = 'Finished' THEN @now ELSE NULL END
                FROM unnest(@ids::uuid[], @versions::bigint[], @names::text[], @correlations::text[], @statuses::text[], @subs::text[], @states::text[], @journals::int[], @incidents::int[])
                    AS r (id, version, name, correlation_id, status, sub_status, state, journal_count, incident_count)
                WHERE i.id = r.id AND i.version = r.version
                """,
                [
                    ("now", command.Now), ("ids", Of(i => i.State.Id)), ("versions", Of(i => i.Version)), ("names", Of(i => i.State.Name)),
                        ("correlations", Of(i => i.State.CorrelationId)),
                    ("statuses", Of(i => i.State.Status.ToString())), ("subs", Of(i => i.State.SubStatus.ToString())),
                        ("states", Of(i => StateJson.Write(i.State, i.Workflow))),
                    ("journals", Array.ConvertAll(known, k => k.Instance.JournalCount + k.Journal.Count)),
                        ("incidents", Of(i => i.State.Incidents.Count)),
                ], mustAffect: known.Length);
        T[] Of<T>(Func<LoadedInstance, T> value) => Array.ConvertAll(known, k => value(k.Instance));

        List<Guid> burned = [], burnedOf = [];
        List<string> fallenDue = [];
        foreach (var (instance, _) in known)
            foreach (var (id, hasDue) in instance.StoredBookmarks)
            {
                if (instance.State.Bookmarks.Exists(b => b.Id == id)) continue;
                burned.Add(id);
                burnedOf.Add(instance.State.Id);
                if (hasDue && !Fired.Contains(id)) fallenDue.Add(id.ToString());
            }
        if (burned.Count > 0) writes.Add("DELETE FROM bookmark WHERE instance_id = ANY (@instances) AND id = ANY (@ids)",
            [("instances", burnedOf.ToArray()), ("ids", burned.ToArray())]);
        if (fallenDue.Count > 0) writes.Add("DELETE FROM due WHERE kind = 'bookmark' AND due_key = ANY (@keys)", [("keys", fallenDue.ToArray())]);

        var created = changed.SelectMany(i => NewBookmarks(i).Select(b => (Instance: i, Row: b))).ToArray();
        if (created.Length > 0)
            writes.Add("""
                INSERT INTO bookmark (id, instance_id, activity_id, node_id, name, bookmark_key, correlation_id, due_at, created_at)
                SELECT r.*, @now FROM unnest(@ids::uuid[], @instances::uuid[], @activities::text[], @nodes::text[], @names::text[], @keys::text[], @correlations::text[], @dues::timestamptz[]) AS r
                """,
                [
                    ("now", command.Now), ("ids", Array.ConvertAll(created, b => b.Row.Id)),
                        ("instances", Array.ConvertAll(created, b => b.Instance.State.Id)),
                        ("activities", Array.ConvertAll(created, b => ActivityOf(b.Instance, b.Row))),
                    ("nodes", Array.ConvertAll(created, b => b.Row.NodeId)), ("names", Array.ConvertAll(created, b => b.Row.Name)),
                        ("keys", Array.ConvertAll(created, b => b.Row.Key)),
                    ("correlations", Array.ConvertAll(created, b => b.Instance.State.CorrelationId)),
                        ("dues", Array.ConvertAll(created, b => b.Row.DueAt?.ToUniversalTime())),
                ]);

        var journal = all.SelectMany(a => a.Journal.Select((r, n) => (a.Instance, Seq: a.Instance.JournalCount + n + 1, r.Entered, Row: r.Entry)))
            .ToArray();
        if (journal.Length > 0)
            writes.Add("""
                INSERT INTO journal (occurred_at, instance_id, seq, activity_instance_id, node_id, activity_id, activity_type, entered, event, round, outcomes, data)
                SELECT @now, r.* FROM unnest(@instances::uuid[], @seqs::int[], @activityInstances::uuid[], @nodes::text[], @activities::text[], @types::text[], @entered::text[], @events::text[], @rounds::int[], @outcomes::text[], @data::text[]) AS r
                """,
                [
                    ("now", command.Now), ("instances", Array.ConvertAll(journal, j => j.Instance.State.Id)),
                        ("seqs", Array.ConvertAll(journal, j => j.Seq)),
                        ("activityInstances", Array.ConvertAll(journal, j => j.Row.ActivityInstanceId)),
                    ("nodes", Array.ConvertAll(journal, j => j.Row.NodeId)), ("activities", Array.ConvertAll(journal, j => j.Row.ActivityId)),
                        ("types", Array.ConvertAll(journal, j => j.Row.ActivityType)),
                        ("entered", Array.ConvertAll(journal, j => j.Entered?.ToString())),
                    ("events", Array.ConvertAll(journal, j => j.Row.Event.ToString())), ("rounds", Array.ConvertAll(journal, j => j.Row.Round)),
                    ("outcomes", Array.ConvertAll(journal, j => CrmJson.Write(j.Row.Outcomes))),
                        ("data", Array.ConvertAll(journal, j => Data(j.Row))),
                ]);
    }
}
