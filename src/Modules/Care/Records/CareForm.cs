using System.Globalization;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Care;

/// <summary>
/// A person does the care a mail cannot: calls, writes, brings a gift. Doing it writes the record, leaving it out closes the occasion.
/// </summary>
internal sealed class CareForm(BusinessTime time, Dictionaries dictionaries) : ITaskForm
{
    public const string Key = "care.do-care";

    public Type? Evidence => typeof(Pages.CareEvidence);

    public async Task<IReadOnlyList<FormField>> FieldsAsync(CrmDbContext db, TaskInfo task, CancellationToken ct)
    {
        var occasion = await db.All<CareOccasion>().AsNoTracking().SingleAsync(o => o.Id == task.SubjectId, ct);
        var book = await dictionaries.ReadAsync(db, ct);
        // Whoever is asked is asked because no mail goes out; a mail is no answer then.
        var methods = book.Choices(CareDictionaries.CareMethod, null).Where(m => m.Code != CareDictionaries.Mail)
            .Select(m => new FieldChoice(m.Code, m.Label)).ToList();
        return
        [
            new("caredAt", "care.field.cared-at", FieldKind.Date) { RequiredFor = ["Done"], Initial = CareMorning.Iso(time.Today) },
            new("careMethod", "care.field.care-method", FieldKind.Choice) { RequiredFor = ["Done"], Choices = methods,
                Initial = methods.Exists(m => m.Value == occasion.Method) ? occasion.Method : Value.Null },
            new("performedBy", "care.field.performed-by", FieldKind.Text) { RequiredFor = ["Done"], MaxLength = 60, Initial = task.Actor.Name },
            new("remarks", "care.field.remarks", FieldKind.Text) { Lines = 4, MaxLength = 2000 },
        ];
    }

    public async Task<Result<Dictionary<string, Value>>> SubmitAsync(Command cmd, TaskInfo task, TaskSubmission submission, CancellationToken ct)
    {
        var occasion = await cmd.Db.All<CareOccasion>().AsTracking().SingleAsync(o => o.Id == task.SubjectId, ct);
        string? Text(string field) => submission.Data.TryGetValue(field, out var value) ? value.ToText()?.Trim() : null;
        if (submission.Outcome == "Skip")
        {
            occasion.Close(CareOccasionState.Skipped, cmd.Now);
            return new Dictionary<string, Value>();
        }
        if (CareMorning.FromIso(Text("caredAt")) is not { } on || on > time.DateOf(cmd.Now))
            return new CareIncomplete("caredAt", "care.problem.care-in-future");
        await CareRecord.OfAsync(cmd, occasion, Text("careMethod")!, on, Text("performedBy"),
            Text("remarks") is { Length: > 0 } remarks ? remarks : null, ct);
        cmd.Audit(CareScope.Subject, occasion.Id, null, new { occasion.Name, Method = Text("careMethod") });
        return new Dictionary<string, Value>();
    }
}
