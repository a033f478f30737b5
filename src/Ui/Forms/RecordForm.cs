using CrmFlow.Runtime;

namespace CrmFlow.Ui;

/// <summary>
/// What the fields of one form share: which field the last refusal is about, so that its words stand below the field as well as above the form.
/// Cascades from <c>&lt;FormFields&gt;</c>.
/// </summary>
public sealed record FormState(Problem? Problem, Func<string, string> Words)
{
    public string? ErrorOf(string field) => Problem?.Field == field ? Words(field) : null;
}

/// <param name="Note">Grey words after the name: number, city.</param>
public sealed record PickerItem(Guid Id, string Name, string? Note = null);
