using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

public sealed record SettlementLineView(Guid Id, Guid SalesRecordId, string SaleOrderNo, DateOnly SaleDate, string CustomerName, string ProductName,
    int Quantity, decimal AmountReceivable, decimal Rate, decimal Fee);
public sealed record ReportView(int Round, IReadOnlyList<SurveyAnswer> Answers, string Comments, decimal Score, decimal ProposedRatio, decimal Ratio,
    string? Reason, string ByName, DateTimeOffset At);
/// <param name="Counts">It stands under the current report and what was signed is unchanged.</param>
public sealed record SignatureView(int Round, string ByName, DateTimeOffset At, string? Opinion, SignatureKind Kind, string Mark, string Hash,
    bool Counts);
public sealed record InvoiceView(string Code, string Number, DateOnly IssuedOn, string? CourierNo, decimal Amount, InvoiceState State,
    DateOnly? ReceivedOn, string? ReceivedByName, string? VoidReason);

/// <summary>A step of the timeline: who holds or decided it, since when, how many working days.</summary>
public sealed record StageView(Guid TaskId, string ActivityId, string Title, int Round, IReadOnlyList<string> Holders, DateTimeOffset From,
    DateTimeOffset? To, DateTimeOffset? DueAt, int WorkingDays,
    string? Outcome, string? OutcomeKind, string? OutcomeLabel, int VotesNeeded, IReadOnlyList<OpinionView> Opinions, bool IsForAgent, bool IsMine)
{
    public bool IsOpen => To is null;
    public bool Overdue(DateTimeOffset now) => DueAt is { } due && due < (To ?? now);
}
public sealed record OpinionView(string ByName, string Outcome, string? Opinion, DateTimeOffset At);

/// <summary>One application as pages and the print show it.</summary>
public sealed record SettlementView
{
    public required Guid Id { get; init; }
    public required string? No { get; init; }
    public required SettlementState State { get; init; }
    public required int Revision { get; init; }
    public required Guid AgentId { get; init; }
    public required string AgentName { get; init; }
    public required DateOnly From { get; init; }
    public required DateOnly To { get; init; }
    public required string? Remarks { get; init; }
    public required string CreatedByName { get; init; }
    public required string? SubmittedByName { get; init; }
    /// <summary>A member of staff submitted it for the agent.</summary>
    public required bool OnBehalf { get; init; }
    public required DateTimeOffset? SubmittedAt { get; init; }
    public required DateTimeOffset? CommerceDecidedAt { get; init; }
    public required DateTimeOffset? ClosedAt { get; init; }
    public required string? CloseReason { get; init; }
    public required decimal TotalFee { get; init; }
    public required decimal? Score { get; init; }
    public required decimal? Ratio { get; init; }
    public required decimal? Amount { get; init; }
    public required Disposition? Disposition { get; init; }
    public required string? FinanceByName { get; init; }
    public required DateTimeOffset? FinanceDecidedAt { get; init; }
    public required string? Voucher { get; init; }
    public required SettlementRules? Rules { get; init; }
    public required IReadOnlyList<SettlementLineView> Lines { get; init; }
    /// <summary>Oldest first; the last is the current one.</summary>
    public required IReadOnlyList<ReportView> Reports { get; init; }
    public required IReadOnlyList<SignatureView> Signatures { get; init; }
    public required IReadOnlyList<InvoiceView> Invoices { get; init; }
    public required IReadOnlyList<StageView> Stages { get; init; }
    /// <summary>Names of the steps still to come, as the version it runs on has them.</summary>
    public required IReadOnlyList<string> Ahead { get; init; }
    public required string? ContentHash { get; init; }
    public required Guid? InstanceId { get; init; }

    public ReportView? Report => Reports.Count == 0 ? null : Reports[^1];
    public InvoiceView? Invoice => Invoices.FirstOrDefault(i => i.State != InvoiceState.Voided);
    public bool MayWithdraw => State == SettlementState.InProgress && CommerceDecidedAt is null;
}

internal sealed class GetSettlement(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.GetSettlement", Access.AgentsAndStaff());

    public Task<Result<SettlementView>> HandleAsync(Actor actor, Guid id, CancellationToken ct) =>
        runtime.ReadAsync<SettlementView>(Operation, actor, async db =>
        await SettlementScope.MaySeeAsync(db, actor, id, ct) ? await ViewAsync(db, actor, id, ct) : new NotFound(), ct);

    /// <summary>The same by number, for the print's address.</summary>
    public Task<Result<SettlementView>> HandleAsync(Actor actor, string no, CancellationToken ct) =>
        runtime.ReadAsync<SettlementView>(Operation, actor, async db =>
        {
            var id = await db.All<SettlementApplication>().Where(a => a.No == no).Select(a => (Guid?)a.Id).SingleOrDefaultAsync(ct);
            return id is { } known && await SettlementScope.MaySeeAsync(db, actor, known, ct) ? await ViewAsync(db, actor, known, ct)
                : new NotFound();
        }, ct);

    private async Task<SettlementView> ViewAsync(CrmDbContext db, Actor actor, Guid id, CancellationToken ct)
    {
        var a = await db.All<SettlementApplication>().AsNoTracking().Whole().SingleAsync(x => x.Id == id, ct);
        var agent = await db.All<Party>().Where(p => p.Id == a.AgentId).Select(p => p.Name).SingleAsync(ct);
        var voucher = await db.All<LedgerEntry>().Where(e => e.Books == id).Select(e => e.Voucher).SingleOrDefaultAsync(ct);
        var tasks = await db.TasksOfAsync(SettlementScope.Subject, id, ct);
        var names = await db.UsersByIdAsync(PeopleOf(a, tasks), ct);
        var holders = await db.PrincipalNamesAsync(tasks.SelectMany(t => t.Holders).Distinct().ToList(), ct);
        var calendar = await calendars.CurrentAsync(ct);
        var now = time.Now;
        // An agent learns its stage and the role that holds it, what was written to it, and the scores; not who inside said what to whom, nor a drawn
        // signature.
        var inside = actor.Kind != ActorKind.Agent;
        return new SettlementView
        {
            Id = a.Id, No = a.No, State = a.State, Revision = a.Revision, AgentId = a.AgentId, AgentName = agent, From = a.PeriodFrom,
            To = a.PeriodTo, Remarks = a.Remarks,
            CreatedByName = Name(a.CreatedBy) ?? "", SubmittedByName = Name(a.SubmittedBy), OnBehalf = a.OnBehalfBy is not null,
            SubmittedAt = a.SubmittedAt, CommerceDecidedAt = a.CommerceDecidedAt,
            ClosedAt = a.ClosedAt, CloseReason = a.CloseReason, TotalFee = a.TotalFee, Score = a.Score, Ratio = a.ReturnRatio,
            Amount = a.ReturnAmount, Disposition = a.Disposition,
            FinanceByName = inside ? Name(a.FinanceDecidedBy) : null, FinanceDecidedAt = a.FinanceDecidedAt, Voucher = voucher, Rules = a.Rules,
            InstanceId = a.InstanceId,
            Lines = a.Lines.OrderBy(l => l.Position).Select(l =>
                new SettlementLineView(l.Id, l.SalesRecordId, l.SaleOrderNo, l.SaleDate, l.CustomerName, l.ProductName, l.Quantity,
                l.AmountReceivable, l.Rate, l.Fee)).ToList(),
            Reports = a.Reports.OrderBy(r => r.Round).Select(r =>
                new ReportView(r.Round, r.Answers, r.Comments, r.Score, r.ProposedRatio, r.Ratio, inside ? r.Reason : null, inside ? Shown(r.By) : "",
                r.At)).ToList(),
            Signatures = a.Signatures.OrderBy(s => s.Round).ThenBy(s => s.At).ThenBy(s => s.Id)
                .Select(s => new SignatureView(s.Round, s.ByName, s.At, inside ? s.Opinion : null, s.Kind, inside ? s.Mark : s.ByName, s.Hash,
                s.Counts(a))).ToList(),
            Invoices = a.Invoices.OrderBy(i => i.EnteredAt).Select(i =>
                new InvoiceView(i.Code, i.Number, i.IssuedOn, i.CourierNo, i.Amount, i.State, i.ReceivedOn, inside ? Name(i.ReceivedBy) : null,
                i.VoidReason)).ToList(),
            Stages = tasks.ConvertAll(t =>
                new StageView(t.Id, t.ActivityId, t.Title, t.Round, HolderNames(actor, t, holders), t.CreatedAt, t.ClosedAt, t.DueAt,
                calendar.WorkingDaysBetween(t.CreatedAt, t.ClosedAt ?? now), t.Outcome, t.OutcomeKind, t.OutcomeLabel, t.VotesNeeded,
                t.Decisions.Select(d => new OpinionView(inside || d.UserId == actor.UserId ? Shown(d.UserId) : "", d.Outcome,
                    inside || WrittenToAgents.Contains(t.ActivityId) ? d.Opinion : null, d.At)).ToList(),
                t.Holders.Any(h => h.StartsWith("a:", StringComparison.Ordinal)), SettlementScope.IsHeldBy(t, actor))),
            Ahead = await db.StepsAheadAsync(actor, SettlementScope.Subject, id, ct),
            ContentHash = a.Report is null ? null : Signature.HashOf(a),
        };

        string? Name(Guid? user) => user is { } u ? Shown(u) : null;
        string Shown(Guid user) => names.TryGetValue(user, out var known) ? known.Name : "";
    }

    /// <summary>Steps whose opinions answer the agent.</summary>
    private static readonly string[] WrittenToAgents = ["commerce-review", "correction", "invoice-entry", "invoice-receipt", "finance-decision"];

    /// <summary>Roles, departments and companies; single persons only among staff.</summary>
    internal static IReadOnlyList<string> HolderNames(Actor actor, SubjectTask task, Dictionary<string, string> names) =>
        task.Holders.Where(h => actor.Kind != ActorKind.Agent || !h.StartsWith("u:", StringComparison.Ordinal) || actor.Principals.Contains(h))
            .Select(h => names.GetValueOrDefault(h, "")).Where(h => h.Length > 0).Distinct().ToList();

    private static List<Guid> PeopleOf(SettlementApplication a, List<SubjectTask> tasks) =>
    [
        .. new[] { a.CreatedBy, a.SubmittedBy, a.FinanceDecidedBy }.OfType<Guid>()
            .Concat(a.Reports.Select(r => r.By)).Concat(a.Invoices.Select(i => i.ReceivedBy).OfType<Guid>())
            .Concat(tasks.SelectMany(t => t.Decisions).Select(d => d.UserId)).Distinct(),
    ];
}

public enum SettlementTab { InProgress, Drafts, Done, NotPassed }

/// <param name="Stage">Title of the open step; null when none is open.</param>
/// <param name="IsMine">The open step waits for the actor (for agents: for their company).</param>
public sealed record SettlementRow(Guid Id, string? No, SettlementState State, Guid AgentId, string AgentName, DateOnly From, DateOnly To, int Lines,
    decimal TotalFee, decimal? Amount, DateTimeOffset CreatedAt, DateTimeOffset? SubmittedAt,
    string? StageId, string? Stage, Guid? TaskId, IReadOnlyList<string> Holders, int WorkingDays, DateTimeOffset? DueAt, bool IsMine);

public sealed record SettlementPage(IReadOnlyList<SettlementRow> Rows, string? Next);

internal sealed class ListSettlements(WorkflowRuntime runtime, WorkingCalendars calendars, BusinessTime time)
{
    public static readonly Operation Operation = new("Agents.ListSettlements", Access.AgentsAndStaff(AgentsRights.View, AgentsRights.ApplyFor));

    /// <param name="agentId">Only this agent's; agents see their own whatever is asked.</param>
    /// <param name="after">The last page's <see cref="SettlementPage.Next"/>.</param>
    public Task<Result<SettlementPage>> HandleAsync(Actor actor, SettlementTab tab, Guid? agentId, int take, string? after, CancellationToken ct) =>
        runtime.ReadAsync<SettlementPage>(Operation, actor, async db =>
        {
            var states = StatesOf(tab);
            var applications = db.Visible<SettlementApplication>(actor).AsNoTracking().Where(a => states.Contains(a.State));
            if (agentId is { } agent) applications = applications.Where(a => a.AgentId == agent);
            if (Keyset.Read(after) is { } from)
                applications = applications.Where(a => a.CreatedAt < from.At || a.CreatedAt == from.At && a.Id.CompareTo(from.Id) < 0);
            var page = await (from a in applications
                              join p in db.All<Party>() on a.AgentId equals p.Id
                              orderby a.CreatedAt descending, a.Id descending
                              select new { Application = a, AgentName = p.Name, Lines = a.Lines.Count }).Take(take + 1).ToListAsync(ct);
            var more = page.Count > take;
            if (more) page.RemoveAt(take);
            var open = await db.OpenTasksAsync(SettlementScope.Subject, page.ConvertAll(r => r.Application.Id), ct);
            var holders = await db.PrincipalNamesAsync(open.SelectMany(t => t).SelectMany(t => t.Holders).Distinct().ToList(), ct);
            var calendar = await calendars.CurrentAsync(ct);
            return new SettlementPage(page.ConvertAll(r =>
            {
                var (a, task) = (r.Application, open[r.Application.Id].MinBy(t => t.CreatedAt));
                return new SettlementRow(a.Id, a.No, a.State, a.AgentId, r.AgentName, a.PeriodFrom, a.PeriodTo, r.Lines, a.TotalFee, a.ReturnAmount,
                    a.CreatedAt, a.SubmittedAt, task?.ActivityId, task?.Title, task?.Id,
                    task is null ? [] : GetSettlement.HolderNames(actor, task, holders),
                    task is null ? 0 : calendar.WorkingDaysBetween(task.CreatedAt, time.Now), task?.DueAt,
                        task is not null && SettlementScope.IsHeldBy(task, actor));
            }), more ? Keyset.Write(page[^1].Application.CreatedAt, page[^1].Application.Id) : null);
        }, ct);

    /// <summary>How many there are per tab, counted to 100 at most.</summary>
    public Task<Result<IReadOnlyDictionary<SettlementTab, int>>> CountsAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyDictionary<SettlementTab, int>>(Operation, actor, async db =>
        {
            var counts = new Dictionary<SettlementTab, int>();
            foreach (var tab in Enum.GetValues<SettlementTab>())
            {
                var states = StatesOf(tab);
                counts[tab] = await db.Visible<SettlementApplication>(actor).Where(a => states.Contains(a.State)).Take(100).CountAsync(ct);
            }
            return counts;
        }, ct);

    private static SettlementState[] StatesOf(SettlementTab tab) => tab switch
    {
        SettlementTab.InProgress => [SettlementState.InProgress],
        SettlementTab.Drafts => [SettlementState.Draft],
        SettlementTab.Done => [SettlementState.Done, SettlementState.NothingReturned],
        _ => [SettlementState.Refused, SettlementState.Withdrawn, SettlementState.Cancelled],
    };
}
