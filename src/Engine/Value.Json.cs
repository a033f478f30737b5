using System.Text.Encodings.Web;
using System.Text.Json;

namespace CrmFlow.Engine;

/// <summary>JSON in and out: how state, journal and form data are stored.</summary>
public readonly partial struct Value
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads JSON text. Throws <see cref="JsonException"/> when it is none, or holds half of a character (<c>"\ud800"</c> alone).</summary>
    public static Value FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        try
        {
            return From(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    public static Value From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined => Undefined,
        JsonValueKind.Null => Null,
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.Number => From(element.GetDouble()),
        JsonValueKind.String => From(element.GetString()),
        JsonValueKind.Array => List(element.EnumerateArray().Select(From)),
        _ => FromMembers(element),
    };

    private static Value FromMembers(JsonElement element)
    {
        var members = new ValueObject();
        foreach (var property in element.EnumerateObject()) members[property.Name] = From(property.Value);
        return From(members);
    }

    /// <summary>JSON text; undefined and functions become null.</summary>
    public string ToJson()
    {
        using var buffer = new PooledBuffer();
        using (var writer = new Utf8JsonWriter(buffer, Writing)) WriteTo(writer);
        return buffer.ToString();
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        switch (Kind)
        {
            case ValueKind.Boolean: writer.WriteBooleanValue(IsTrue); break;
            case ValueKind.Number when double.IsFinite(_number): WriteNumber(writer, _number); break;
            case ValueKind.String: writer.WriteStringValue(String); break;
            case ValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in Items) item.WriteTo(writer);
                writer.WriteEndArray();
                break;
            case ValueKind.Object:
                writer.WriteStartObject();
                foreach (var (name, value) in Members.InOrder())
                {
                    if (value.Kind is ValueKind.Undefined or ValueKind.Function) continue;
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
                writer.WriteEndObject();
                break;
            case ValueKind.Date when ((Expressions.DateObject)_reference!).ToIso() is { } iso: writer.WriteStringValue(iso); break;
            case ValueKind.Map or ValueKind.Set or ValueKind.RegExp:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            default: writer.WriteNullValue(); break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (number == Math.Floor(number) && Math.Abs(number) < 1e15) writer.WriteNumberValue((long)number);
        else writer.WriteNumberValue(number);
    }
}
