using CrmFlow.Engine;

namespace CrmFlow.Runtime;

/// <summary>What a person may do with a field as the form stands: fill it in, read it, or not know of it.</summary>
public enum FieldMode { Write, Read, Hidden }

/// <summary>
/// A field people fill in: what the form draws, the import maps and the server checks (<see cref="FormRules"/>). Records, tasks and
/// steps of a process describe their forms with it.
/// Values travel as text, numbers or yes and no: dates as 2026-01-31, instants as 2026-01-31T15:30 of the business zone, choices as codes.
/// </summary>
/// <param name="Key">In forms, imports and activities; the control's name.</param>
/// <param name="Text">Text key of the label, or the label itself where it is data.</param>
public record FormField(string Key, string Text, FieldKind Kind)
{
    private readonly int? _scale;

    public FieldMode Mode { get; init; }
    public bool Required { get; init; }
    /// <summary>Must be filled for these actions only.</summary>
    public string[] RequiredFor { get; init; } = [];
    /// <summary>What the form begins with; a code that is no longer in use stays good while it stands here.</summary>
    public Value Initial { get; init; }
    /// <summary>Where the codes of a choice come from; without one, <see cref="Choices"/>.</summary>
    public string? Dictionary { get; init; }
    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];
    /// <summary>A drop-down also for few choices: it takes one line and can be left empty.</summary>
    public bool AsList { get; init; }
    public int MaxLength { get; init; } = 400;
    /// <summary>More than one: a text area.</summary>
    public int Lines { get; init; } = 1;
    /// <summary>What a text must look like, and the keyboard of the phone: <c>tel</c>, <c>email</c>, <c>post</c>, <c>url</c>.</summary>
    public string? Format { get; init; }
    public decimal? Min { get; init; }
    public decimal? Max { get; init; }
    /// <summary>Decimal places of a number: 2 for money, 6 for a percentage, else none, unless it says otherwise.</summary>
    public int Scale { get => _scale ?? Kind switch { FieldKind.Money => 2, FieldKind.Percent => 6, _ => 0 }; init => _scale = value; }
    /// <summary>Text key of the unit after the field.</summary>
    public string? Unit { get; init; }
    /// <summary>Text key of the help line.</summary>
    public string? Help { get; init; }
    /// <summary>Text key of the heading it stands under.</summary>
    public string? Group { get; init; }
    /// <summary>Only with this right: others neither see the field nor change it.</summary>
    public string? Right { get; init; }

    /// <summary>Whether some action needs it: people see so before they choose one.</summary>
    public bool IsMarked => Mode == FieldMode.Write && (Required || RequiredFor.Length > 0);

    /// <param name="action">Null: whatever is done.</param>
    public bool IsRequired(string? action) => Required || action is not null && RequiredFor.Contains(action);
}

/// <param name="Text">Text key, or literal text when it comes from data.</param>
public sealed record FieldChoice(string Value, string Text);

/// <summary>A text key inside the arguments of a problem: shown in the reader's language.</summary>
public sealed record Label(string Key);

/// <summary>A value a field does not take: which field, why, what is right.</summary>
public sealed record FieldRefused : Problem
{
    public FieldRefused(string field, string key, params object?[] args) : base(key, args) => (Field, Kind) = (field, ProblemKind.Invalid);
    public static FieldRefused Required(string field, string text) => new(field, "problem.field-required", new Label(text));
}
