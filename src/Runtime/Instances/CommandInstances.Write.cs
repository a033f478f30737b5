using CrmFlow.Engine;

namespace CrmFlow.Runtime;

internal sealed partial class CommandInstances
{
    /// <summary>An instance in memory: its state as it runs, and what the tables held when it was loaded.</summary>
    private sealed class LoadedInstance(CompiledWorkflow workflow, WorkflowState state, long Version, int JournalCount)
    {
        public CompiledWorkflow Workflow => workflow;
        public WorkflowState State { get; set; } = state;
        public long Version { get; } = Version;
        public bool IsNew => Version == 0;
        public int JournalCount { get; } = JournalCount;
        /// <summary>Bookmarks in the tables, and whether the clock waits for them.</summary>
        public Dictionary<Guid, bool> StoredBookmarks { get; } = Version == 0 ? []
            : state.Bookmarks.ToDictionary(b => b.Id, b => b.DueAt is not null);
        public HashSet<Guid> StoredIncidents { get; } = [.. state.Incidents.Select(i => i.Id)];
        public string? StoredCorrelation { get; } = state.CorrelationId;
        public List<JournalEntry> Journal { get; } = [];
        public List<Incident> Incidents { get; } = [];
        public bool Changed { get; set; }
        public bool IsRunning { get; set; }
    }

    /// <summary>
    /// Adds what changed to the command's batch: the instance row behind its fence, bookmarks and their due rows, journal, incidents.
    /// </summary>
    public void Write()
    {
        var changed = _loaded.Values.Where(i => i.Changed).ToList();
        if (changed.Count == 0) return;
        var takesSets = command.Transaction.Dialect.Provider == DatabaseProvider.PostgreSql;
        if (takesSets) WriteSets(changed, command.Writes);
        foreach (var instance in changed)
        {
            if (!takesSets) WriteRows(instance, command.Writes);
            WriteRest(instance, command.Writes);
            command.Notify(InstanceAdministration.ChangedOf(instance.State.Id));
        }
        command.Notify(InstanceAdministration.Changed);
    }

    private void WriteRows(LoadedInstance instance, WriteBatch writes)
    {
        var state = instance.State;
        var journal = RowsOf(instance.Journal);
        if (instance.IsNew) Insert(instance, journal.Count, writes);
        else
            writes.Add(state.CorrelationId == instance.StoredCorrelation
                    // named, the index would be written again for nothing
                    ? """
                        UPDATE workflow_instance SET name = @name, status = @status, sub_status = @sub, state = @state, version = version + 1,
                        journal_count = @journal, incident_count = @incidents, updated_at = @now, finished_at = @finished WHERE id = @id AND version = @version
                        """
                    : """
                        UPDATE workflow_instance SET name = @name, correlation_id = @correlation, status = @status, sub_status = @sub, state = @state, version = version + 1,
                        journal_count = @journal, incident_count = @incidents, updated_at = @now, finished_at = @finished WHERE id = @id AND version = @version
                        """,
                [
                    ("id", state.Id), ("state", StateJson.Write(state, instance.Workflow)), ("status", state.Status.ToString()),
                        ("sub", state.SubStatus.ToString()), ("name", state.Name), ("correlation", state.CorrelationId),
                    ("journal", instance.JournalCount + journal.Count), ("incidents", state.Incidents.Count), ("now", command.Now),
                        ("finished", Finished(state)), ("version", instance.Version),
                ], mustAffect: 1);

        var now = state.Bookmarks.Select(b => b.Id).ToHashSet();
        foreach (var (burned, hasDue) in instance.StoredBookmarks.Where(b => !now.Contains(b.Key)))
        {
            writes.Add("DELETE FROM bookmark WHERE instance_id = @instance AND id = @id", [("instance", state.Id), ("id", burned)]);
            if (hasDue && !Fired.Contains(burned)) command.CancelDue(DuePump.BookmarkKind, burned.ToString());
        }
        foreach (var bookmark in NewBookmarks(instance))
            writes.Add("""
                INSERT INTO bookmark (id, instance_id, activity_id, node_id, name, bookmark_key, correlation_id, due_at, created_at)
                VALUES (@id, @instance, @activity, @node, @name, @key, @correlation, @due, @at)
                """,
                [("id", bookmark.Id), ("instance", state.Id), ("activity", ActivityOf(instance, bookmark)), ("node", bookmark.NodeId),
                    ("name", bookmark.Name),
                 ("key", bookmark.Key), ("correlation", state.CorrelationId), ("due", bookmark.DueAt), ("at", bookmark.CreatedAt)]);

        var seq = instance.JournalCount;
        foreach (var (entered, entry) in journal)
            writes.Add("""
                INSERT INTO journal (instance_id, seq, activity_instance_id, node_id, activity_id, activity_type, entered, event, occurred_at, round, outcomes, data)
                VALUES (@instance, @seq, @activityInstance, @node, @activity, @type, @entered, @event, @at, @round, @outcomes, @data)
                """,
                [("instance", state.Id), ("seq", ++seq), ("activityInstance", entry.ActivityInstanceId), ("node", entry.NodeId),
                    ("activity", entry.ActivityId), ("type", entry.ActivityType),
                 ("entered", entered?.ToString()), ("event", entry.Event.ToString()), ("at", entry.At), ("round", entry.Round),
                     ("outcomes", CrmJson.Write(entry.Outcomes)), ("data", Data(entry))]);
    }

    /// <summary>Entering a step and what followed at once are one row.</summary>
    private static List<(JournalEvent? Entered, JournalEntry Entry)> RowsOf(List<JournalEntry> journal)
    {
        var rows = new List<(JournalEvent?, JournalEntry)>(journal.Count);
        for (var i = 0; i < journal.Count; i++)
        {
            var entry = journal[i];
            var isFollowed = entry is { Event: JournalEvent.Started or JournalEvent.Resumed, Outcomes: null, Data: null } && i + 1 < journal.Count
                && journal[i + 1].ActivityInstanceId == entry.ActivityInstanceId
                && journal[i + 1] is { Event: not (JournalEvent.Started or JournalEvent.Resumed) } next && next.Round == entry.Round;
            rows.Add(isFollowed ? (entry.Event, journal[++i]) : (null, entry));
        }
        return rows;
    }

    private void Insert(LoadedInstance instance, int journalCount, WriteBatch writes)
    {
        var (state, workflow) = (instance.State, instance.Workflow);
        var starter = command.Actor.Kind is ActorKind.Staff or ActorKind.Agent ? command.Actor : null;
        writes.Add("""
            INSERT INTO workflow_instance (id, definition_id, version_id, definition_version, name, correlation_id, status, sub_status, state, version, journal_count, incident_count, started_by, started_by_name, created_at, updated_at, finished_at)
            VALUES (@id, @definition, @versionId, @number, @name, @correlation, @status, @sub, @state, 1, @journal, @incidents, @starter, @starterName, @now, @now, @finished)
            """,
            [("id", state.Id), ("definition", workflow.DefinitionId), ("versionId", workflow.VersionId), ("number", workflow.Version),
                ("name", state.Name), ("correlation", state.CorrelationId),
             ("status", state.Status.ToString()), ("sub", state.SubStatus.ToString()), ("state", StateJson.Write(state, workflow)),
                 ("journal", journalCount), ("incidents", state.Incidents.Count),
             ("starter", starter?.UserId), ("starterName", starter?.Name), ("now", command.Now), ("finished", Finished(state))]);
    }

    /// <summary>What few bursts change, one statement each on every provider.</summary>
    private void WriteRest(LoadedInstance instance, WriteBatch writes)
    {
        var state = instance.State;
        if (state.CorrelationId != instance.StoredCorrelation && instance.StoredBookmarks.Count > 0)
            writes.Add("UPDATE bookmark SET correlation_id = @correlation WHERE instance_id = @instance",
                [("correlation", state.CorrelationId), ("instance", state.Id)]);
        foreach (var bookmark in NewBookmarks(instance))
            if (bookmark.DueAt is { } due) command.Schedule(DuePump.BookmarkKind, bookmark.Id.ToString(), due, payload: null, state.Id);
        if (instance.Incidents.Count == 0 && instance.StoredIncidents.Count == 0) return;

        var open = state.Incidents.Select(i => i.Id).ToHashSet();
        foreach (var incident in instance.Incidents)
            writes.Add("""
                INSERT INTO incident (id, instance_id, activity_instance_id, node_id, activity_type, message, detail, created_at, resolved_at)
                VALUES (@id, @instance, @activityInstance, @node, @type, @message, @detail, @at, @resolved)
                """,
                [("id", incident.Id), ("instance", state.Id), ("activityInstance", incident.ActivityInstanceId), ("node", incident.NodeId),
                    ("type", incident.ActivityType),
                 ("message", incident.Message), ("detail", incident.Detail), ("at", incident.At),
                     ("resolved", open.Contains(incident.Id) ? null : command.Now)]);
        foreach (var resolved in instance.StoredIncidents.Except(open))
            writes.Add("UPDATE incident SET resolved_at = @now WHERE id = @id", [("id", resolved), ("now", command.Now)]);
    }

    private DateTimeOffset? Finished(WorkflowState state) => state.Status == WorkflowStatus.Finished ? command.Now : null;
    private static IEnumerable<Bookmark> NewBookmarks(LoadedInstance instance) =>
        instance.State.Bookmarks.Where(b => !instance.StoredBookmarks.ContainsKey(b.Id));
    private static string ActivityOf(LoadedInstance instance, Bookmark bookmark) =>
        instance.Workflow.FindNode(bookmark.NodeId)?.Id ?? bookmark.NodeId;
    private static string? Data(JournalEntry entry) => entry.Data is null ? null : Value.From(entry.Data).ToJson();

    /// <summary>Instances as they stood before an activity that failed; the one whose burst is running is the engine's own to put right.</summary>
    internal sealed record Memory(Dictionary<Guid, Memory.Kept> Instances)
    {
        internal sealed record Kept(string State, int Journal, int Incidents, bool Changed);
    }

    internal Memory Remember() => new(_loaded.Where(i => !i.Value.IsRunning).ToDictionary(i => i.Key,
        i => new Memory.Kept(StateJson.Write(i.Value.State, i.Value.Workflow), i.Value.Journal.Count, i.Value.Incidents.Count, i.Value.Changed)));

    internal void Restore(Memory memory)
    {
        foreach (var (id, instance) in _loaded.Where(i => !i.Value.IsRunning).ToList())
        {
            if (!memory.Instances.TryGetValue(id, out var kept))
            {
                _loaded.Remove(id); // loaded by the step that failed; whoever needs it loads it again
                continue;
            }
            instance.State = StateJson.Read(kept.State, instance.Workflow);
            instance.Journal.RemoveRange(kept.Journal, instance.Journal.Count - kept.Journal);
            instance.Incidents.RemoveRange(kept.Incidents, instance.Incidents.Count - kept.Incidents);
            instance.Changed = kept.Changed;
        }
    }
}
