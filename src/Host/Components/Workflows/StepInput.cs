using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmFlow.Engine;

namespace CrmFlow.Host.Components.Workflows;

/// <summary>One input of an activity class as the panel edits it.</summary>
/// <param name="Name">JSON member.</param>
/// <param name="Type">The property's type without its nullable.</param>
/// <param name="Editor">A module's own editor name; null for the type's usual one.</param>
public sealed record InputField(string Name, Type Type, bool Plain, string? Editor)
{
    public string TypeName => Type switch
    {
        _ when Type == typeof(Value) => "Object",
        { IsArray: true } => "String[]",
        { IsEnum: true } => "String",
        _ => Type.Name,
    };

    public static IReadOnlyList<InputField> Of(ActivityDescriptor descriptor) =>
    [
        .. from property in descriptor.Class.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let input = property.GetCustomAttribute<InputAttribute>()
           where input is not null
           select new InputField(JsonNamingPolicy.CamelCase.ConvertName(property.Name),
               Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, input.Plain, input.Editor),
    ];
}

/// <summary>One output of an activity class, and the variable a step keeps it in (elsa-format §2.2).</summary>
/// <param name="Name">JSON member.</param>
public sealed record OutputField(string Name, string TypeName)
{
    public static IReadOnlyList<OutputField> Of(ActivityDescriptor descriptor) =>
    [
        .. from property in descriptor.Class.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.GetCustomAttribute<OutputAttribute>() is not null
           let type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType
           select new OutputField(JsonNamingPolicy.CamelCase.ConvertName(property.Name), type == typeof(Value) ? "Object" : type.Name),
    ];

    /// <summary>Id of the variable or workflow output it goes to; null when the step keeps it nowhere.</summary>
    public string? KeptIn(JsonObject step) => (step[Name] as JsonObject)?["memoryReference"].Text("id");

    /// <summary>Keeps it in a variable, or nowhere; nothing else of the member changes.</summary>
    public void Keep(JsonObject step, string? variable)
    {
        if (string.IsNullOrEmpty(variable)) step.Remove(Name);
        else if (step[Name] is JsonObject known) known["memoryReference"] = new JsonObject { ["id"] = variable };
        else step[Name] = new JsonObject { ["typeName"] = TypeName, ["memoryReference"] = new JsonObject { ["id"] = variable } };
    }
}

/// <summary>
/// What a step's input holds: the kind of expression (elsa-format §6) and its value. <see cref="None"/> leaves the declared default.
/// </summary>
internal sealed record StepInput(string? Kind, JsonNode? Value)
{
    public const string Literal = "Literal", Script = "JavaScript", Template = "Liquid", Variable = "Variable", Object = "Object";
    public static readonly StepInput None = new(null, null);

    public bool IsSet => Kind is not null;
    public string Text => Value switch
    {
        null => "",
        JsonValue v when v.TryGetValue<string>(out var text) => text,
        _ => Value.ToJsonString(),
    };
    /// <summary>Id of the variable of a <see cref="Variable"/> expression, given as object or as JSON text.</summary>
    public string? VariableId => Kind != Variable ? null : Value.Text("id") ?? (Value is JsonValue v && v.TryGetValue<string>(out var text)
        && text.StartsWith('{') ? JsonNode.Parse(text).Text("id") : null);
    public decimal? Number => decimal.TryParse(Text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The texts of a list given as literal or JSON text.</summary>
    public IReadOnlyList<string> Items
    {
        get
        {
            var list = Value as JsonArray;
            try
            {
                if (list is null && Text.StartsWith('[')) list = JsonNode.Parse(Text) as JsonArray;
            }
            catch (JsonException)
            {
                return [];
            }
            return list is not null ? [.. list.OfType<JsonValue>().Select(v => v.ToString())] : Text.Length == 0 ? [] : [Text];
        }
    }

    public static StepInput Read(JsonObject step, string name) => step[name] switch
    {
        null => None,
        JsonObject wrapped when wrapped["expression"] is JsonObject expression => new(expression.Text("type") ?? Literal, expression["value"]),
        JsonObject => None,
        var bare => new(Literal, bare),
    };

    /// <summary>Writes it back, changing nothing else of the member; a bare scalar stays one while it is a literal.</summary>
    public static void Write(JsonObject step, InputField field, StepInput input)
    {
        if (!input.IsSet)
        {
            step.Remove(field.Name);
            return;
        }
        var value = input.Value?.DeepClone();
        if (step[field.Name] is JsonValue && input.Kind == Literal)
        {
            step[field.Name] = value;
            return;
        }
        if (step[field.Name] is not JsonObject wrapped || wrapped["expression"] is not JsonObject)
            step[field.Name] = wrapped = new JsonObject { ["typeName"] = field.TypeName, ["expression"] = new JsonObject() };
        var expression = wrapped["expression"]!.AsObject();
        (expression["type"], expression["value"]) = (input.Kind, value);
    }
}

/// <summary>
/// A condition of the form <c>left operator limit</c>, such as <c>variables.Amount &gt;= 10000</c>, where the limit is a number or a plain path
/// (a rule of the settings): it can be changed without touching the rest of the source.
/// </summary>
public sealed partial record Threshold(string Left, string Operator, string Limit, int At)
{
    [GeneratedRegex(@"^\s*(?:return\s+)?(?<left>[^<>=!&|?;]+?)\s*(?<op>>=|<=|===|==|>|<)\s*(?<limit>-?\d+(?:\.\d+)?|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*;?\s*$", RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    [GeneratedRegex(@"^(?:-?\d+(?:\.\d+)?|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)$", RegexOptions.NonBacktracking)]
    private static partial Regex LimitForm();

    public static Threshold? Parse(string source)
    {
        var match = Form().Match(source);
        return match.Success
            ? new Threshold(match.Groups["left"].Value, match.Groups["op"].Value, match.Groups["limit"].Value, match.Groups["limit"].Index) : null;
    }

    /// <summary>A number or a path; thousands separators are taken off.</summary>
    public static string? ReadLimit(string text) =>
        text.Replace(",", "", StringComparison.Ordinal).Trim() is var limit && LimitForm().IsMatch(limit) ? limit : null;

    /// <summary>The limit as people read it: 10,000, or the last name of a path.</summary>
    public string LimitText => decimal.TryParse(Limit, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
        ? number.ToString("#,##0.##", CultureInfo.InvariantCulture) : LastName(Limit);

    /// <summary>Amount, of variables.Amount.</summary>
    public static string LastName(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>The source with another limit.</summary>
    public string With(string source, string limit) => string.Concat(source.AsSpan(0, At), limit, source.AsSpan(At + Limit.Length));

    /// <summary>The source with another operator; the text between stays.</summary>
    public string WithOperator(string source, string op)
    {
        var at = source.LastIndexOf(Operator, At, StringComparison.Ordinal);
        return string.Concat(source.AsSpan(0, at), op, source.AsSpan(at + Operator.Length));
    }
}
