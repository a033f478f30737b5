using System.Globalization;
using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CrmFlow.Engine;

/// <summary>State to and from JSON text with a format version; older versions are upcast on reading.</summary>
public static class StateJson
{
    /// <summary>The version this build writes. Reading a newer one throws <see cref="NotSupportedException"/>.</summary>
    public const int Format = 1;

    /// <summary>Deep enough for nested values, shallow enough that a value containing itself is an exception rather than a crash.</summary>
    internal const int MaxDepth = 256;

    private static readonly JsonWriterOptions Writing =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth, SkipValidation = false };

    /// <summary>From version → what makes it the next one. Empty while there is only one version.</summary>
    private static readonly Dictionary<int, Func<JsonObject, JsonObject>> Upcasters = [];

    public static string Write(WorkflowState state, CompiledWorkflow workflow)
    {
        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer, Writing)) new StateWriter(writer, workflow).Write(state);
        return buffer.ToString();
    }

    public static WorkflowState Read(string json, CompiledWorkflow workflow) => Read(json, workflow, Upcasters);

    internal static WorkflowState Read(string json, CompiledWorkflow workflow, IReadOnlyDictionary<int, Func<JsonObject, JsonObject>> upcasters)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(json, bytes);
            var reader = new Utf8JsonReader(bytes.AsSpan(0, length), new JsonReaderOptions { MaxDepth = MaxDepth });
            var format = StateReader.FormatOf(reader);
            if (format == Format) return new StateReader(workflow).Read(ref reader);
            if (format > Format)
                throw new NotSupportedException($"The instance state has format {format}; this build knows up to {Format}. A newer build wrote it.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        return Read(Upcast(json, upcasters), workflow, upcasters);
    }

    private static string Upcast(string json, IReadOnlyDictionary<int, Func<JsonObject, JsonObject>> upcasters)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        for (var format = (int?)document["format"] ?? 0; format < Format; format++)
        {
            if (!upcasters.TryGetValue(format, out var upcast))
                throw new NotSupportedException($"No upcaster for instance state of format {format}.");
            document = upcast(document);
        }
        document.Remove("format");
        document.Insert(0, "format", Format);
        return document.ToJsonString();
    }
}

internal readonly struct StateWriter(Utf8JsonWriter writer, CompiledWorkflow workflow)
{
    public void Write(WorkflowState state)
    {
        writer.WriteStartObject();
        writer.WriteNumber("format"u8, StateJson.Format);
        writer.WriteString("id"u8, state.Id);
        writer.WriteNumber("status"u8, (int)state.Status);
        writer.WriteNumber("subStatus"u8, (int)state.SubStatus);
        if (state.CorrelationId is not null) writer.WriteString("correlationId"u8, state.CorrelationId);
        if (state.Name is not null) writer.WriteString("name"u8, state.Name);
        if (state.Parent is { } waiting)
        {
            writer.WriteStartArray("waiting"u8);
            writer.WriteStringValue(waiting.InstanceId);
            writer.WriteStringValue(waiting.BookmarkId);
            writer.WriteEndArray();
        }
        Values("input"u8, state.Input);
        Values("output"u8, state.Output);
        if (state.Activities.Count > 0)
        {
            writer.WriteStartArray("activities"u8);
            foreach (var activity in state.Activities) Activity(activity);
            writer.WriteEndArray();
        }
        Bookmarks("bookmarks"u8, state.Bookmarks);
        Bookmarks("parked"u8, state.ParkedBookmarks);
        if (state.Held.Count > 0)
        {
            writer.WriteStartArray("held"u8);
            foreach (var (bookmark, input) in state.Held)
            {
                writer.WriteStartObject();
                writer.WriteString("bookmark"u8, bookmark);
                Value("input"u8, input);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (state.Incidents.Count > 0)
        {
            writer.WriteStartArray("incidents"u8);
            foreach (var incident in state.Incidents) Incident(incident);
            writer.WriteEndArray();
        }
        if (state.OutputRegister.Count > 0)
        {
            writer.WriteStartObject("register"u8);
            foreach (var (activity, outputs) in state.OutputRegister) Values(Encoding.UTF8.GetBytes(activity), outputs, always: true);
            writer.WriteEndObject();
        }
        if (state.Rounds.Count > 0)
        {
            writer.WriteStartObject("rounds"u8);
            foreach (var (node, round) in state.Rounds) writer.WriteNumber(node, round);
            writer.WriteEndObject();
        }
        Value("last"u8, state.LastResult);
        writer.WriteEndObject();
    }

    private void Activity(ActivityInstance activity)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, activity.Id);
        writer.WriteString("node"u8, workflow.Activities[activity.Node].NodeId);
        if (activity.ParentId is { } parent) writer.WriteString("parent"u8, parent);
        writer.WriteNumber("status"u8, (int)activity.Status);
        writer.WriteNumber("round"u8, activity.Round);
        if (activity.ThroughBackward) writer.WriteBoolean("backward"u8, true);
        if (activity.Variables is { } variables) Values("variables"u8, variables);
        if (activity.Recorded is { Count: > 0 } recorded) Value("recorded"u8, CrmFlow.Engine.Value.From(recorded));
        if (activity.ReturnAddress is not null) writer.WriteString("returnAddress"u8, activity.ReturnAddress);
        if (activity.Memo is { } memo)
        {
            writer.WritePropertyName("memo"u8);
            Memo(memo);
        }
        if (activity.Failed is { } failed)
        {
            writer.WriteStartObject("failed"u8);
            writer.WritePropertyName("bookmark"u8);
            Bookmark(failed.Bookmark);
            Value("input"u8, failed.Input);
            writer.WriteEndObject();
        }
        switch (activity.Container)
        {
            case FlowchartState flow: Flow(flow); break;
            case CursorState cursor: Cursor(cursor); break;
            case SlotState slot: Texts("slot"u8, slot.Outcomes ?? []); break;
            case MachineState machine: Texts("machine"u8,
                [machine.State, machine.Phase.ToString(), machine.Transition.ToString(CultureInfo.InvariantCulture)]); break;
        }
        writer.WriteEndObject();
    }

    private void Flow(FlowchartState flow)
    {
        writer.WriteStartObject("flow"u8);
        writer.WriteNumber("start"u8, flow.Start);
        Numbers("visits"u8, flow.Visits);
        Numbers("connections"u8, flow.Connections);
        writer.WriteStartArray("flags"u8);
        foreach (var flag in flow.Flags) writer.WriteNumberValue(flag);
        writer.WriteEndArray();
        if (flow.Snapshots is { } snapshots)
        {
            writer.WriteStartObject("snapshots"u8);
            for (var i = 0; i < snapshots.Length; i++)
                if (snapshots[i] is { } counters) Numbers(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), counters);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private void Cursor(CursorState cursor)
    {
        writer.WriteStartArray("cursor"u8);
        writer.WriteNumberValue(cursor.Position);
        writer.WriteNumberValue(cursor.End);
        writer.WriteNumberValue(cursor.Step);
        writer.WriteNumberValue(cursor.Breaking ? 1 : 0);
        writer.WriteEndArray();
    }

    private void Texts(ReadOnlySpan<byte> name, string[] texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private void Memo(ReturnMemo memo)
    {
        writer.WriteStartObject();
        writer.WriteNumber("address"u8, memo.Address);
        Numbers("counters"u8, memo.Counters);
        writer.WriteStartArray("reopen"u8);
        foreach (var step in memo.Reopen)
        {
            writer.WriteStartObject();
            writer.WriteNumber("node"u8, step.Node);
            if (step.ThroughBackward) writer.WriteBoolean("backward"u8, true);
            if (step.Memo is { } own)
            {
                writer.WritePropertyName("memo"u8);
                Memo(own);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void Bookmarks(ReadOnlySpan<byte> name, List<Bookmark> bookmarks)
    {
        if (bookmarks.Count == 0) return;
        writer.WriteStartArray(name);
        foreach (var bookmark in bookmarks) Bookmark(bookmark);
        writer.WriteEndArray();
    }

    private void Bookmark(Bookmark bookmark)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, bookmark.Id);
        writer.WriteString("activity"u8, bookmark.ActivityInstanceId);
        writer.WriteString("node"u8, bookmark.NodeId);
        writer.WriteString("name"u8, bookmark.Name);
        if (bookmark.Key is not null) writer.WriteString("key"u8, bookmark.Key);
        Value("payload"u8, bookmark.Payload);
        if (bookmark.DueAt is { } due) writer.WriteString("due"u8, due);
        if (!bookmark.AutoBurn) writer.WriteBoolean("stays"u8, true);
        writer.WriteString("created"u8, bookmark.CreatedAt);
        writer.WriteEndObject();
    }

    private void Incident(Incident incident)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, incident.Id);
        writer.WriteString("activity"u8, incident.ActivityInstanceId);
        writer.WriteString("node"u8, incident.NodeId);
        writer.WriteString("type"u8, incident.ActivityType);
        writer.WriteString("message"u8, incident.Message);
        if (incident.Detail is not null) writer.WriteString("detail"u8, incident.Detail);
        writer.WriteString("at"u8, incident.At);
        writer.WriteEndObject();
    }

    private void Numbers(ReadOnlySpan<byte> name, int[] numbers)
    {
        writer.WriteStartArray(name);
        foreach (var number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private void Values(ReadOnlySpan<byte> name, Dictionary<string, Value> values, bool always = false)
    {
        if (values.Count == 0 && !always) return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            if (value.Kind is ValueKind.Undefined) continue;
            writer.WritePropertyName(key);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    private void Value(ReadOnlySpan<byte> name, Value value)
    {
        if (value.Kind == ValueKind.Undefined) return;
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }
}
