using System.Globalization;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Tasks;

/// <summary>The lists of the inbox. <see cref="Attention"/> is for administrators: tasks nobody was found for.</summary>
public enum InboxTab { Mine, Pool, Started, Done, Copied, Overdue, Attention }

/// <summary>One row of a list.</summary>
public sealed record InboxRow(Guid TaskId, string Title)
{
    public required string Cursor { get; init; }
    public string? Reference { get; init; }
    public string? SubjectName { get; init; }
    public decimal? Amount { get; init; }
    /// <summary>Step and person before it: 商务审核 · 周敏.</summary>
    public string? Previous { get; init; }
    /// <summary>When it arrived, or was decided.</summary>
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public DueLevel Due { get; init; }
    /// <summary>What was decided, in lists of what is over.</summary>
    public string? Outcome { get; init; }
    public bool IsUnread { get; init; }
    /// <summary>For what I started: where it stands now.</summary>
    public StateLook? State { get; init; }
    public string? StateText { get; init; }
}

/// <param name="Next">Cursor of the next page; null at the end.</param>
public sealed record InboxList(IReadOnlyList<InboxRow> Rows, string? Next);

/// <summary>Reads the lists of the inbox: one index seek per principal, keyset pages, counts capped at 100.</summary>
public sealed class InboxPage(WorkflowRuntime runtime, WorkingCalendars calendars, TimeProvider clock, Texts texts)
{
    public static readonly Operation Operation = new("Tasks.InboxPage", Access.SignedIn);
    public const int PageSize = 20, CountCap = 100;

    public Task<Result<InboxList>> HandleAsync(Actor actor, InboxTab tab, string? cursor, CancellationToken ct) =>
        runtime.ReadAsync<InboxList>(Operation, actor, async db =>
        {
            if (tab == InboxTab.Attention && !actor.Has(TaskRights.Administer)) return new NotFound();
            return tab == InboxTab.Started ? await StartedAsync(db, actor, cursor, ct) : await EntriesAsync(db, actor, tab, cursor, ct);
        }, ct);

    /// <summary>Work to do per tab (unread for copies); 100 means more than 99.</summary>
    public Task<Result<Dictionary<InboxTab, int>>> CountsAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<Dictionary<InboxTab, int>>(Operation, actor, async db =>
        {
            var counts = new Dictionary<InboxTab, int>();
            var tabs = new List<InboxTab> { InboxTab.Mine, InboxTab.Pool, InboxTab.Copied, InboxTab.Overdue };
            if (actor.Has(TaskRights.Administer)) tabs.Add(InboxTab.Attention);
            foreach (var tab in tabs)
            {
                var found = await Seeks(db, actor, tab, null, CountCap).Aggregate((a, b) => a.Concat(b))
                    .Where(i => tab != InboxTab.Copied || i.ReadAt == null).Select(i => i.TaskId).ToListAsync(ct);
                counts[tab] = Math.Min(CountCap, found.Distinct().Count()); // one task may be offered by two of the actor's roles
            }
            return counts;
        }, ct);

    private async Task<InboxList> EntriesAsync(CrmDbContext db, Actor actor, InboxTab tab, string? cursor, CancellationToken ct)
    {
        var found = await Seeks(db, actor, tab, cursor, PageSize + 1).Aggregate((a, b) => a.Concat(b)).ToListAsync(ct);
        var page = found.OrderBy(i => i.Sort, StringComparer.Ordinal).DistinctBy(i => i.TaskId).Take(PageSize + 1).ToList();
        var (calendar, now) = (await calendars.CurrentAsync(ct), clock.GetUtcNow());
        var rows = page.Take(PageSize).Select(i => new InboxRow(i.TaskId, texts.Say(English(i.TitleEn) ?? i.Title))
        {
            Cursor = i.Sort, Reference = i.Reference, SubjectName = texts.Say(i.SubjectName), Amount = i.Amount, At = i.CreatedAt, DueAt = i.DueAt,
            Previous = string.Join(" · ", new[] { English(i.PreviousStepEn) ?? i.PreviousStep, i.PreviousBy }.Where(p => p is not null)),
            Due = i.Outcome is null ? DueLevel.Of(calendar, now, i.DueAt) : default,
            Outcome = English(i.OutcomeEn) ?? i.Outcome, IsUnread = tab == InboxTab.Copied && i.ReadAt is null,
        }).ToList();
        return new(rows, page.Count > PageSize ? rows[^1].Cursor : null);
    }

    /// <summary>One seek per principal the actor has rows under; each is one range of the primary key.</summary>
    private IEnumerable<IQueryable<InboxEntry>> Seeks(CrmDbContext db, Actor actor, InboxTab tab, string? cursor, int take)
    {
        var box = tab switch { InboxTab.Pool => InboxBox.Pool, InboxTab.Done => InboxBox.Done, InboxTab.Copied =>
            InboxBox.Copied, InboxTab.Attention => InboxBox.Attention, _ => InboxBox.Mine };
        IReadOnlyList<string> principals = tab switch { InboxTab.Pool => LoadedTask.PrincipalsOf(actor), InboxTab.Attention =>
            [InboxEntry.Attention], _ => [Principal.User(actor.UserId)] };
        var overdueBefore = InboxEntry.Earliest(clock.GetUtcNow(), Guid.AllBitsSet);
        return principals.Select(principal =>
        {
            var entries = db.All<InboxEntry>().AsNoTracking().Where(i => i.Principal == principal && i.Box == box);
            if (cursor is not null) entries = entries.Where(i => string.Compare(i.Sort, cursor) > 0);
            if (tab == InboxTab.Overdue) entries = entries.Where(i => string.Compare(i.Sort, overdueBefore) <= 0);
            return entries.OrderBy(i => i.Sort).Take(take);
        });
    }

    private async Task<InboxList> StartedAsync(CrmDbContext db, Actor actor, string? cursor, CancellationToken ct)
    {
        var me = Principal.User(actor.UserId);
        var query = db.All<StartedInstance>().AsNoTracking().Where(s => s.Starter == me);
        if (cursor is not null) query = query.Where(s => string.Compare(s.Sort, cursor) > 0);
        var page = await query.OrderBy(s => s.Sort).Take(PageSize + 1)
            .Select(s => new { s.InstanceId, s.Sort, s.DefinitionId, s.Title, s.Reference, s.SubjectName, s.Amount, s.StartedAt }).ToListAsync(ct);
        var ids = page.Take(PageSize).Select(s => s.InstanceId).ToList();
        var tasks = (await db.All<UserTask>().AsNoTracking().Where(t => ids.Contains(t.InstanceId))
            .Select(t => new { t.Id, t.InstanceId, t.Step, t.StepEn, t.State, t.CreatedAt, t.DueAt, t.ClosedAt, t.Outcome, t.Actions })
                .ToListAsync(ct)).ToLookup(t => t.InstanceId);
        var (calendar, now) = (await calendars.CurrentAsync(ct), clock.GetUtcNow());
        var rows = page.Take(PageSize).Select(s =>
        {
            var open = tasks[s.InstanceId].Where(t => t.State == TaskState.Open).OrderBy(t => t.DueAt).ToList();
            var shown = open.FirstOrDefault()
                ?? tasks[s.InstanceId].OrderBy(t => t.State == TaskState.Canceled).ThenByDescending(t => t.ClosedAt).FirstOrDefault();
            var last = shown?.Outcome is null ? null
                : TaskAction.Read(Engine.Value.FromJson(shown.Actions)).FirstOrDefault(a => a.Name == shown.Outcome);
            return new InboxRow(shown?.Id ?? Guid.Empty, texts.Find($"workflow.{s.DefinitionId}", CultureInfo.CurrentUICulture) ?? texts.Say(s.Title))
            {
                Cursor = s.Sort, Reference = s.Reference, SubjectName = texts.Say(s.SubjectName), Amount = s.Amount, At = s.StartedAt,
                DueAt = open.Count > 0 ? open[0].DueAt : null, Due = open.Count > 0 ? DueLevel.Of(calendar, now, open[0].DueAt) : default,
                State = open.Count > 0 ? StateLook.Wait : last?.Kind switch { ActionKind.Return => StateLook.Returned, ActionKind.Refuse =>
                    StateLook.Rejected, null => StateLook.Draft, _ => StateLook.Done },
                StateText = open.Count > 0
                    ? AtStep(string.Join(texts["tasks.and"], open.Select(t => English(t.StepEn) ?? t.Step).Distinct()),
                        calendar.WorkingDaysBetween(open.Min(t => t.CreatedAt), now))
                    : last?.LabelIn(CultureInfo.CurrentUICulture),
            };
        }).ToList();
        return new(rows, page.Count > PageSize ? rows[^1].Cursor : null);
    }

    private string AtStep(string step, int days) => days == 0 ? step : texts["tasks.at-step", step, days];

    private static string? English(string? text) => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? text : null;
}
