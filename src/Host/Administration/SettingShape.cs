using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using CrmFlow.Runtime;

namespace CrmFlow.Host.Administration;

public enum SettingKind { Text, Number, Integer, Boolean, Role, Record, Table, Json }

/// <summary>
/// How a setting's value is edited: a scalar in one field, a record of scalars in a form, an array of such records in a table, anything else as JSON.
/// Labels are the text keys <c>setting.{key}.{property}</c>, properties in lower case with hyphens. Where there are such texts, <c>.help</c> says
/// what the setting does, <c>.unit</c> stands after a scalar and <c>.row</c> says a table's row with its columns as placeholders.
/// </summary>
internal sealed class SettingShape
{
    public sealed record Column(string Name, SettingKind Kind, string TextKey);

    private readonly string _key;
    private SettingShape(string key, SettingKind kind, IReadOnlyList<Column> columns) => (_key, Kind, Columns) = (key, kind, columns);

    public SettingKind Kind { get; }
    public IReadOnlyList<Column> Columns { get; }

    public static SettingShape Of(SettingDescriptor descriptor)
    {
        var type = descriptor.ValueType;
        if (Scalar(type) is { } scalar) return new(descriptor.Key, scalar, []);
        var element = type.IsArray ? type.GetElementType()!
            : type.GetInterfaces().Append(type)
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))?.GetGenericArguments()[0];
        var columns = (element ?? type).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0)
            .Select(p => (p.Name, Kind: p.IsDefined(typeof(RoleSettingAttribute), inherit: false) ? SettingKind.Role : Scalar(p.PropertyType)))
                .ToList();
        if (columns.Count == 0 || columns.Any(c => c.Kind is null)) return new(descriptor.Key, SettingKind.Json, []);
        return new(descriptor.Key, element is null ? SettingKind.Record : SettingKind.Table,
            [.. columns.Select(c => new Column(c.Name, c.Kind!.Value, $"setting.{descriptor.Key}.{Kebab(c.Name)}"))]);
    }

    /// <summary>The value in words, for lists and history.</summary>
    /// <param name="roles">Names of roles by key.</param>
    public string Describe(string json, Texts texts, IReadOnlyDictionary<string, string> roles)
    {
        var node = JsonNode.Parse(json);
        return Kind switch
        {
            SettingKind.Json => json,
            SettingKind.Table => string.Join(texts["identity.sentence-separator"], node!.AsArray().Select(row => Row(row!.AsObject(), texts, roles))),
            SettingKind.Record => Line(node!.AsObject(), texts, roles),
            _ => Unit(texts) is { } unit ? $"{Value(node, Kind, texts, roles)} {unit}" : Value(node, Kind, texts, roles),
        };
    }

    /// <summary>What the setting does, in one sentence; null where its name says it all.</summary>
    public string? Help(Texts texts) => texts.Find($"setting.{_key}.help", CultureInfo.CurrentUICulture);
    public string? Unit(Texts texts) => texts.Find($"setting.{_key}.unit", CultureInfo.CurrentUICulture);

    private string Line(JsonObject row, Texts texts, IReadOnlyDictionary<string, string> roles) =>
        string.Join(texts["identity.list-separator"], Columns.Select(c => $"{texts[c.TextKey]} {Value(row[c.Name], c.Kind, texts, roles)}"));

    // A row without words of its own is its name and numbers; the columns' heads stand in the editor.
    private string Row(JsonObject row, Texts texts, IReadOnlyDictionary<string, string> roles)
    {
        if (texts.Find($"setting.{_key}.row", CultureInfo.CurrentUICulture) is { } words)
            return string.Format(CultureInfo.InvariantCulture, words, [.. Columns.Select(c => (object)Value(row[c.Name], c.Kind, texts, roles))]);
        var named = Columns.Any(c => c.Name == "Name");
        return string.Join(named ? " " : " → ",
            Columns.Where(c => !named || c.Name == "Name" || c.Kind != SettingKind.Text).Select(c => Value(row[c.Name], c.Kind, texts, roles)));
    }

    private static string Value(JsonNode? node, SettingKind kind, Texts texts, IReadOnlyDictionary<string, string> roles) =>
        node is null ? "" : kind switch
    {
        SettingKind.Boolean => texts[node.GetValue<bool>() ? "admin.yes" : "admin.no"],
        SettingKind.Number =>
            decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture).ToString("#,##0.##", CultureInfo.InvariantCulture),
        SettingKind.Text => node.GetValue<string>(),
        SettingKind.Role => roles.GetValueOrDefault(node.GetValue<string>(), node.GetValue<string>()),
        _ => node.ToJsonString(),
    };

    private static SettingKind? Scalar(Type type) =>
        type == typeof(string) ? SettingKind.Text : type == typeof(bool) ? SettingKind.Boolean : type == typeof(decimal) || type == typeof(double)
            ? SettingKind.Number
        : type == typeof(int) || type == typeof(long) ? SettingKind.Integer : null;

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
