namespace CrmFlow.Ui;

/// <param name="Href">Null for the last, which is where one is.</param>
public sealed record Crumb(string Text, string? Href = null);

/// <summary>How urgent a task or reminder is; the order lists sort by, most pressing last.</summary>
public enum Importance { Normal, Important, Urgent, Overdue, Online }

/// <summary>The look of a workflow state (ui.md: chip <c>st</c>).</summary>
public enum StateLook { Draft, Wait, Done, Returned, Rejected, Hold, Gone, Incident }

public enum StepLook { Done, Current, Future }

/// <param name="Text">Such as "领导签字 0 / 2".</param>
public sealed record PathStep(string Text, StepLook Look);

public enum EntryLook { Plain, Done, Now, Returned, Problem, Idle }

/// <summary>One point of a <see cref="Timeline"/>.</summary>
/// <param name="Head">One sentence.</param>
public sealed record TimelineEntry(EntryLook Look, string Head)
{
    /// <summary>Grey words after the head.</summary>
    public string? Note { get; init; }
    public string? Time { get; init; }
    /// <summary>The full instant, shown on hover.</summary>
    public string? FullTime { get; init; }
    /// <summary>An opinion, quoted in a grey block.</summary>
    public string? Quote { get; init; }
    /// <summary>1-based round; a heading appears where it changes.</summary>
    public int Round { get; init; } = 1;
    public Microsoft.AspNetCore.Components.RenderFragment? More { get; init; }
}

/// <param name="Value">Formatted.</param>
public sealed record KeyFigure(string Label, string Value)
{
    public string? Unit { get; init; }
    public string? Href { get; init; }
    public string? Note { get; init; }
    public string? NoteHref { get; init; }
    /// <summary>The one figure the page is about; at most one, first.</summary>
    public bool Lead { get; init; }
}

/// <summary>A changed field. Null on one side means it was added or removed.</summary>
public sealed record DiffRow(string Label, string? Old, string? New);

/// <param name="Count">Work to do behind it; null shows nothing.</param>
public sealed record TabItem(string Key, string Text, int? Count = null);
