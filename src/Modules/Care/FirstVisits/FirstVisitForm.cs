using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>The first visit is made, or put off because nobody could be reached. Confirming 是否完成 opens the second part (R-FV-1).</summary>
internal sealed class FirstVisitForm(BusinessTime time, WorkingCalendars calendars, Texts texts) : ITaskForm
{
    public const string Key = "care.first-visit";

    public Type? Evidence => typeof(Pages.FirstVisitEvidence);
    public Type? Component => typeof(Pages.FirstVisitFields);

    public Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var today = time.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Task.FromResult<IReadOnlyList<FormField>>(
        [
            new("isCompleted", "care.field.is-completed", FieldKind.Boolean) { Initial = false },
            new("visitor", "care.field.visitor", FieldKind.Text) { RequiredFor = ["Complete"], MaxLength = 60, Initial = task.Actor.Name },
            new("visitedOn", "care.field.visited-on", FieldKind.Date) { RequiredFor = ["Complete"], Initial = today },
            new("visitedTime", "care.field.visited-time", FieldKind.Text) { MaxLength = 5,
                Initial = time.Local(time.Now).ToString("HH:mm", CultureInfo.InvariantCulture) },
            new("outcome", "care.field.outcome", FieldKind.Text) { Lines = 4, RequiredFor = ["Complete"], MaxLength = 2000 },
            new("satisfaction", "care.field.satisfaction", FieldKind.Choice) { RequiredFor = ["Complete"], Choices = Satisfactions(texts) },
            new("remarks", "care.field.remarks", FieldKind.Text) { Lines = 4, MaxLength = 2000 },
            new("nextOn", "care.field.next-on", FieldKind.Date) { RequiredFor = ["Postpone"], Help = "care.field.next-on-help" },
        ]);
    }

    /// <summary>5 非常满意 … 1 很不满意 (C-24).</summary>
    public static IReadOnlyList<FieldChoice> Satisfactions(Texts texts) =>
        [.. Enumerable.Range(1, 5).Reverse().Select(n => new FieldChoice(n.ToString(CultureInfo.InvariantCulture), texts[$"care.satisfaction.{n}"]))];

    public async Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct)
    {
        var visit = await cmd.Db.All<FirstVisit>().AsTracking().SingleAsync(v => v.Id == task.SubjectId, ct);
        string? Text(string field) => submission.Data.TryGetValue(field, out var value) ? value.ToText()?.Trim() : null;
        DateOnly? Date(string field) =>
            DateOnly.TryParseExact(Text(field), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

        if (submission.Outcome == "Postpone")
        {
            if (Date("nextOn") is not { } next) return new NextDateMissing();
            if (visit.Postpone(next, time.DateOf(cmd.Now)).Problem is { } backwards) return backwards;
            cmd.Audit(FirstVisitScope.Subject, visit.Id, null, new { visit.DueOn, visit.Postponed });
            var calendar = await calendars.CurrentAsync(ct);
            return new Dictionary<string, Value> { ["DueDays"] = calendar.WorkingDaysBetween(cmd.Now, time.At(next, WorkingCalendar.DayEnd)) };
        }
        if (submission.Data.TryGetValue("isCompleted", out var done) && !done.IsTrue) return new VisitNotConfirmed();
        if (Date("visitedOn") is not { } on) return new VisitDateMissing();
        var at = time.At(on, TimeOnly.TryParseExact(Text("visitedTime"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None,
            out var clock) ? clock : TimeOnly.MinValue);
        var satisfaction = int.Parse(Text("satisfaction")!, CultureInfo.InvariantCulture);
        if (visit.Complete(Text("visitor")!, at, Text("outcome")!, satisfaction, Text("remarks"), cmd.Now).Problem is { } refusal) return refusal;
        cmd.Audit(FirstVisitScope.Subject, visit.Id, null, new { visit.Visitor, visit.VisitedAt, visit.Satisfaction });
        return new Dictionary<string, Value> { ["Satisfaction"] = satisfaction, ["Finding"] = visit.Outcome };
    }
}

internal sealed record VisitNotConfirmed : Problem
{
    public VisitNotConfirmed() : base("care.problem.visit-not-confirmed") => Field = "isCompleted";
}
internal sealed record VisitDateMissing : Problem
{
    public VisitDateMissing() : base("care.problem.visit-date-missing") => Field = "visitedOn";
}
internal sealed record NextDateMissing : Problem
{
    public NextDateMissing() : base("care.problem.next-date-missing") => Field = "nextOn";
}
