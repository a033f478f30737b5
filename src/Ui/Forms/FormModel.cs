using CrmFlow.Engine;
using CrmFlow.Runtime;

namespace CrmFlow.Ui;

/// <summary>
/// A form being filled in: its fields, what stands in them and what was refused. <c>&lt;FormInputs&gt;</c> draws it, modules' own components read and
/// write here, and <c>&lt;ProblemMessage Form="…"&gt;</c> brings every refusal of a command to its field.
/// </summary>
public sealed class FormModel
{
    public FormModel(IEnumerable<FormField> fields)
    {
        Fields = [.. fields.Where(f => f.Mode != FieldMode.Hidden)];
        foreach (var field in Fields) Values[field.Key] = field.Initial;
    }

    /// <summary>The form of a record, filled with what the record holds.</summary>
    public FormModel(IEnumerable<FormField> fields, IReadOnlyDictionary<string, string?> values, DictionaryBook book)
        : this(fields.Select(f => f with { Initial = FormRules.Plain(f, values.GetValueOrDefault(f.Key)) })) => Book = book;

    public IReadOnlyList<FormField> Fields { get; }
    public Dictionary<string, Value> Values { get; } = [];
    /// <summary>
    /// Field key → what is wrong with it, after a refusal or on leaving the field; the page's own controls are in it too, by their ids.
    /// </summary>
    public Dictionary<string, string> Errors { get; } = [];
    public DictionaryBook? Book { get; }
    /// <summary>Stands before the ids of the controls, where the page has ids of its own.</summary>
    public string Prefix { get; init; } = "";
    public event Action? Changed;

    public string? this[string key]
    {
        get => Values.GetValueOrDefault(key).ToText();
        set => Set(key, Fields.FirstOrDefault(f => f.Key == key) is { } field ? FormRules.Plain(field, value) : value);
    }

    public void Set(string key, Value value, string? error = null)
    {
        Values[key] = value;
        if (error is null) Errors.Remove(key);
        else Errors[key] = error;
        Changed?.Invoke();
    }

    /// <summary>Takes over what a command refused; null takes the earlier refusals away.</summary>
    public void Refuse(Problem? problem, Texts texts)
    {
        Errors.Clear();
        foreach (var refused in problem?.All ?? [])
            if (refused.Field is { } field) Errors.TryAdd(field, texts.Of(refused));
        Changed?.Invoke();
    }

    /// <summary>What a save will refuse of the fields, to be said together with what the page alone knows.</summary>
    public IReadOnlyList<Problem> Check() => FormRules.Check(Fields, "", Values, Book);

    public string? ErrorOf(string key) => Errors.GetValueOrDefault(key);

    public string IdOf(string key) => Fields.Any(f => f.Key == key && f.Kind != FieldKind.Custom) ? Prefix + key : key;

    /// <summary>The values as a record's form hands them over.</summary>
    public Dictionary<string, string?> ToTexts() => Values.ToDictionary(v => v.Key, v => v.Value.ToText());
}

/// <param name="Note">Grey words after the name: number, city.</param>
public sealed record PickerItem(Guid Id, string Name, string? Note = null);
