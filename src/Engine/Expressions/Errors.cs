namespace CrmFlow.Engine.Expressions;

/// <summary>
/// A JavaScript exception on its way: what <c>throw</c> threw, or an error of the language. Limits are no such exception and cannot be caught.
/// </summary>
internal sealed class ThrownValue(Value value, int position) : Exception
{
    public Value Value { get; } = value;

    public string Describe(Context context, string source)
    {
        var text = Value.Reference is ErrorObject error ? error.ToText() : Value.Kind < ValueKind.Array ? Coercion.ToText(context, Value)
            : Json(context);
        if (text.Length > 500) text = text[..500] + "…";
        if (position < 0) return text;
        var (line, column) = Refusal.Position(source, position);
        return $"{text} (line {line}, column {column})";
    }

    /// <summary>What was thrown as JSON, within the limits; it may refer to itself or have a toJSON that throws.</summary>
    private string Json(Context context)
    {
        try
        {
            return Library.Stringify(context, Value, default, default).ToText() ?? "A function was thrown";
        }
        catch (ThrownValue)
        {
            return "An object was thrown";
        }
    }
}

/// <summary>An Error: its name and message are not listed members, as in JavaScript.</summary>
internal sealed class ErrorObject(string type, string message) : ValueObject
{
    public static readonly string[] Types = ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "URIError", "EvalError"];

    public string Type => type;

    public Value Hidden(string name) => name switch
    {
        "name" => type,
        "message" => message,
        "stack" => ToText(),
        _ => Value.Undefined,
    };

    public string ToText()
    {
        // only texts: anything else set there may be huge or refer to itself
        var name = TryGetValue("name", out var n) && n.Kind == ValueKind.String ? n.String : type;
        var text = TryGetValue("message", out var m) && m.Kind == ValueKind.String ? m.String : message;
        return text.Length == 0 ? name : name.Length == 0 ? text : $"{name}: {text}";
    }
}

internal static class Error
{
    public static ThrownValue Type(Context context, string message) => Of(context, "TypeError", message);
    public static ThrownValue Range(Context context, string message) => Of(context, "RangeError", message);
    public static ThrownValue Syntax(Context context, string message) => Of(context, "SyntaxError", message);

    public static ThrownValue Of(Context context, string type, string message)
    {
        // an exception costs about as much as this many steps
        context.Step(500);
        context.Bytes(200);
        return new(Value.From(new ErrorObject(type, message)), context.Position);
    }
}
