using System.Text.Json;

namespace CrmFlow.Engine;

/// <summary>Reads what <see cref="StateWriter"/> wrote, member by member; members it does not know are skipped.</summary>
internal readonly partial struct StateReader(CompiledWorkflow workflow)
{
    /// <summary>The format number, which is the first member; 0 when there is none.</summary>
    public static int FormatOf(Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName
            && reader.ValueTextEquals("format"u8) && reader.Read() ? reader.GetInt32() : 0;

    public WorkflowState Read(ref Utf8JsonReader reader)
    {
        WorkflowState? state = null;
        reader.Read();
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": state = new WorkflowState { Id = reader.GetGuid() }; break;
                case "status": state!.Status = (WorkflowStatus)reader.GetInt32(); break;
                case "subStatus": state!.SubStatus = (WorkflowSubStatus)reader.GetInt32(); break;
                case "correlationId": state!.CorrelationId = reader.GetString(); break;
                case "name": state!.Name = reader.GetString(); break;
                case "waiting":
                    state!.Parent = Texts(ref reader) is [var instance, var bookmark] ? new ParentLink(Guid.Parse(instance), Guid.Parse(bookmark))
                        : null;
                    break;
                case "input": Values(ref reader, state!.Input); break;
                case "output": Values(ref reader, state!.Output); break;
                case "activities":
                    while (Item(ref reader)) Activity(ref reader, state!);
                    break;
                case "bookmarks":
                    while (Item(ref reader)) state!.Bookmarks.Add(Bookmark(ref reader));
                    break;
                case "parked":
                    while (Item(ref reader)) state!.ParkedBookmarks.Add(Bookmark(ref reader));
                    break;
                case "held":
                    while (Item(ref reader)) state!.Held.Add(Held(ref reader));
                    break;
                case "incidents":
                    while (Item(ref reader)) state!.Incidents.Add(Incident(ref reader));
                    break;
                case "register":
                    while (Member(ref reader))
                    {
                        var outputs = state!.OutputRegister[reader.GetString()!] = [];
                        reader.Read();
                        Values(ref reader, outputs);
                    }
                    break;
                case "rounds":
                    while (Member(ref reader))
                    {
                        var node = reader.GetString()!;
                        reader.Read();
                        state!.Rounds[node] = reader.GetInt32();
                    }
                    break;
                case "last": state!.LastResult = ReadValue(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        return state ?? throw new JsonException("The instance state has no id.");
    }

    private void Activity(ref Utf8JsonReader reader, WorkflowState state)
    {
        var (id, node, parentId) = (Guid.Empty, -1, (Guid?)null);
        var (status, round, backward) = (ActivityStatus.Pending, 1, false);
        Dictionary<string, Value>? variables = null;
        ContainerState? container = null;
        ValueObject? recorded = null;
        string? returnAddress = null;
        ReturnMemo? memo = null;
        FailedResumption? failed = null;
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": id = reader.GetGuid(); break;
                case "node":
                    var nodeId = reader.GetString()!;
                    node = workflow.FindNode(nodeId)?.Index
                        ?? throw new JsonException(
                        $"The state is at step '{nodeId}', which '{workflow.DefinitionId}' version {workflow.Version} does not have.");
                    break;
                case "parent": parentId = reader.GetGuid(); break;
                case "status": status = (ActivityStatus)reader.GetInt32(); break;
                case "round": round = reader.GetInt32(); break;
                case "backward": backward = reader.GetBoolean(); break;
                case "variables": Values(ref reader, variables = []); break;
                case "recorded": recorded = ReadValue(ref reader).Members; break;
                case "returnAddress": returnAddress = reader.GetString(); break;
                case "memo": memo = Memo(ref reader); break;
                case "failed": failed = Failed(ref reader); break;
                case "flow": container = Flow(ref reader); break;
                case "slot": container = new SlotState(Texts(ref reader) is { Length: > 0 } outcomes ? outcomes : null); break;
                case "machine": container = MachineState.Of(Texts(ref reader)); break;
                case "cursor":
                    container = new CursorState { Position = NextLong(ref reader), End = NextLong(ref reader), Step = NextLong(ref reader),
                        Breaking = NextLong(ref reader) != 0 };
                    reader.Read();
                    break;
                default: reader.Skip(); break;
            }
        }
        var parent = parentId is { } p ? state.Activities.Find(a => a.Id == p) : null; // parents come first
        if (parent is not null) parent.OpenChildren++;
        state.Activities.Add(new ActivityInstance
        {
            Id = id,
            Node = node,
            ParentId = parentId,
            Parent = parent,
            Status = status,
            Round = round,
            ThroughBackward = backward,
            Variables = variables,
            Container = container,
            Recorded = recorded,
            ReturnAddress = returnAddress,
            Memo = memo,
            Failed = failed,
        });
    }

    private static FailedResumption Failed(ref Utf8JsonReader reader)
    {
        Bookmark? bookmark = null;
        var input = Value.Undefined;
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "bookmark": bookmark = Bookmark(ref reader); break;
                case "input": input = ReadValue(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        return new FailedResumption(bookmark!, input);
    }

    private static HeldDelivery Held(ref Utf8JsonReader reader)
    {
        var (bookmark, input) = (Guid.Empty, Value.Undefined);
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "bookmark": bookmark = reader.GetGuid(); break;
                case "input": input = ReadValue(ref reader); break;
                default: reader.Skip(); break;
            }
        }
        return new HeldDelivery(bookmark, input);
    }

    private static Bookmark Bookmark(ref Utf8JsonReader reader)
    {
        var (id, activity, created, due) = (Guid.Empty, Guid.Empty, default(DateTimeOffset), (DateTimeOffset?)null);
        var (node, stimulus, key, payload, stays) = ("", "", (string?)null, Value.Undefined, false);
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": id = reader.GetGuid(); break;
                case "activity": activity = reader.GetGuid(); break;
                case "node": node = reader.GetString()!; break;
                case "name": stimulus = reader.GetString()!; break;
                case "key": key = reader.GetString(); break;
                case "payload": payload = ReadValue(ref reader); break;
                case "due": due = reader.GetDateTimeOffset(); break;
                case "stays": stays = reader.GetBoolean(); break;
                case "created": created = reader.GetDateTimeOffset(); break;
                default: reader.Skip(); break;
            }
        }
        return new Bookmark { Id = id, ActivityInstanceId = activity, NodeId = node, Name = stimulus, Key = key, Payload = payload, DueAt = due,
            AutoBurn = !stays, CreatedAt = created };
    }

    private static Incident Incident(ref Utf8JsonReader reader)
    {
        var incident = new Incident { Id = default, ActivityInstanceId = default, NodeId = "", ActivityType = "", Message = "", At = default };
        while (Member(ref reader))
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": incident = incident with { Id = reader.GetGuid() }; break;
                case "activity": incident = incident with { ActivityInstanceId = reader.GetGuid() }; break;
                case "node": incident = incident with { NodeId = reader.GetString()! }; break;
                case "type": incident = incident with { ActivityType = reader.GetString()! }; break;
                case "message": incident = incident with { Message = reader.GetString()! }; break;
                case "detail": incident = incident with { Detail = reader.GetString() }; break;
                case "at": incident = incident with { At = reader.GetDateTimeOffset() }; break;
                default: reader.Skip(); break;
            }
        }
        return incident;
    }

    private static void Values(ref Utf8JsonReader reader, Dictionary<string, Value> into)
    {
        while (Member(ref reader))
        {
            var name = reader.GetString()!;
            reader.Read();
            into[name] = ReadValue(ref reader);
        }
    }

    private static string[] Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        while (Item(ref reader)) texts.Add(reader.GetString()!);
        return [.. texts];
    }

    private static int[] Numbers(ref Utf8JsonReader reader)
    {
        var numbers = new List<int>();
        while (Item(ref reader)) numbers.Add(reader.GetInt32());
        return [.. numbers];
    }

    private static long NextLong(ref Utf8JsonReader reader) => reader.Read() ? reader.GetInt64() : 0;

    private static Value ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True: return Value.True;
            case JsonTokenType.False: return Value.False;
            case JsonTokenType.Number: return Value.From(reader.GetDouble());
            case JsonTokenType.String: return Value.From(reader.GetString());
            case JsonTokenType.StartArray:
                var items = new List<Value>();
                while (Item(ref reader)) items.Add(ReadValue(ref reader));
                return Value.From(items);
            case JsonTokenType.StartObject:
                var members = new ValueObject();
                while (Member(ref reader))
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members[name] = ReadValue(ref reader);
                }
                return Value.From(members);
            default: return Value.Null;
        }
    }

    /// <summary>Steps to the next member name; false at the end of the object the reader stands in.</summary>
    private static bool Member(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndObject;

    private static bool Item(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType != JsonTokenType.EndArray;
}
