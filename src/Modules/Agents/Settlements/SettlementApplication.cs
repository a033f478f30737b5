using System.Globalization;
using CrmFlow.Runtime;

namespace CrmFlow.Agents;

public enum SettlementState { Draft, InProgress, Done, NothingReturned, Refused, Withdrawn, Cancelled }

/// <summary>C-02: the seed's 抵贷款 is 抵货款.</summary>
public enum Disposition { Offset, PayBack }

/// <summary>
/// T-15: an agent's application to get its technical-service fee back. Which step it is at is the process's business; this record holds what was
/// asked, found and decided, and refuses what its rules forbid. Lines are held (<see cref="SettlementLine.HeldSale"/>) from submission until it is
/// refused, withdrawn or cancelled.
/// </summary>
internal sealed class SettlementApplication
{
    public required Guid Id { get; init; }
    public required Guid AgentId { get; init; }
    /// <summary>Given at submission, without gaps within a year; kept when withdrawn.</summary>
    public string? No { get; private set; }
    public SettlementState State { get; private set; }
    public DateOnly PeriodFrom { get; private set; }
    public DateOnly PeriodTo { get; private set; }
    public string? Remarks { get; private set; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset ChangedAt { get; private set; }
    public Guid? SubmittedBy { get; private set; }
    /// <summary>The member of staff who submitted it for the agent (C-03); null when the agent did.</summary>
    public Guid? OnBehalfBy { get; private set; }
    public DateTimeOffset? SubmittedAt { get; private set; }
    /// <summary>When commerce approved or refused; until then it may be withdrawn.</summary>
    public DateTimeOffset? CommerceDecidedAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public string? CloseReason { get; private set; }
    /// <summary>Frozen at submission.</summary>
    public SettlementRules? Rules { get; private set; }
    public decimal TotalFee { get; private set; }
    public decimal? Score { get; private set; }
    /// <summary>Percent.</summary>
    public decimal? ReturnRatio { get; private set; }
    public decimal? ReturnAmount { get; private set; }
    public Disposition? Disposition { get; private set; }
    public Guid? FinanceDecidedBy { get; private set; }
    public DateTimeOffset? FinanceDecidedAt { get; private set; }
    public Guid? InstanceId { get; set; }
    public bool IsDemo { get; init; }
    /// <summary>Counts every change; what a page saw, and what two writers at once collide on.</summary>
    public int Revision { get; private set; }

    public List<SettlementLine> Lines { get; } = [];
    public List<SatisfactionReport> Reports { get; } = [];
    public List<Signature> Signatures { get; } = [];
    public List<Invoice> Invoices { get; } = [];

    public SatisfactionReport? Report => Reports.MaxBy(r => r.Round);
    /// <summary>The invoice that counts: entered or received, not voided.</summary>
    public Invoice? Invoice => Invoices.Find(i => i.State != InvoiceState.Voided);

    /// <summary>Whether an edit would leave the draft as it is.</summary>
    public bool Is(DateOnly from, DateOnly to, string? remarks, IReadOnlyCollection<SettlementLine> lines) =>
        State == SettlementState.Draft && (PeriodFrom, PeriodTo, Remarks) == (from, to, Clean(remarks))
        && lines.Select(l => (l.SalesRecordId, l.Rate, l.Fee))
            .SequenceEqual(Lines.OrderBy(l => l.Position).Select(l => (l.SalesRecordId, l.Rate, l.Fee)));

    public Result Edit(DateOnly from, DateOnly to, string? remarks, IEnumerable<SettlementLine> lines, DateTimeOffset now)
    {
        if (State != SettlementState.Draft) return new NotADraft(No ?? "");
        (PeriodFrom, PeriodTo, Remarks) = (from, to, Clean(remarks));
        Lines.Clear();
        Lines.AddRange(lines);
        TotalFee = Lines.Sum(l => l.Fee);
        Changed(now);
        return Result.Ok;
    }

    /// <summary>Hands it over. <paramref name="number"/> is asked for last, so a refusal never uses one up.</summary>
    public async Task<Result> SubmitAsync(SettlementRules rules, Actor by, DateTimeOffset now, Func<Task<string>> number)
    {
        if (State != SettlementState.Draft) return new AlreadySubmitted(No!);
        if (Lines.Count == 0) return new NoLinesChosen();
        No = await number();
        (State, Rules, SubmittedAt, SubmittedBy, OnBehalfBy) =
            (SettlementState.InProgress, rules, now, by.UserId, by.Kind == ActorKind.Agent ? null : by.UserId);
        foreach (var line in Lines) line.Hold();
        Changed(now);
        return Result.Ok;
    }

    /// <summary>Until commerce decides; that somebody claimed the task does not count, nor that commerce asked for a correction.</summary>
    public Result Withdraw(DateTimeOffset now, BusinessTime time)
    {
        if (State != SettlementState.InProgress) return new AlreadyClosed(No ?? "");
        if (CommerceDecidedAt is { } decided) return new CommerceHasDecided(time.DateOf(decided));
        Close(SettlementState.Withdrawn, null, now);
        return Result.Ok;
    }

    /// <summary>Ended by staff without a decision.</summary>
    public Result Cancel(string reason, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress) return new AlreadyClosed(No ?? "");
        if (FinanceDecidedAt is not null) return new FinanceHasDecided(No ?? ""); // what is decided is booked, not dropped
        Close(SettlementState.Cancelled, reason, now);
        return Result.Ok;
    }

    public Result CommerceDecides(string? refusalReason, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress) return new AlreadyClosed(No ?? "");
        (CommerceDecidedAt, CloseReason) = (now, refusalReason);
        Changed(now);
        return Result.Ok;
    }

    /// <summary>The agent answers a correction: lines may be left out, not added, because their fees were frozen together.</summary>
    public Result Correct(IReadOnlySet<Guid> keep, string? remarks, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress || CommerceDecidedAt is not null) return new AlreadyClosed(No ?? "");
        if (!Lines.Exists(l => keep.Contains(l.Id))) return new NoLinesChosen();
        Lines.RemoveAll(l => !keep.Contains(l.Id));
        (TotalFee, Remarks) = (Lines.Sum(l => l.Fee), Clean(remarks));
        Changed(now);
        return Result.Ok;
    }

    /// <summary>The support centre's report; a new one replaces the last and makes its signatures void.</summary>
    public Result Take(SatisfactionReport report, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress) return new AlreadyClosed(No ?? "");
        Reports.Add(report);
        (Score, ReturnRatio) = (report.Score, report.Ratio);
        ReturnAmount = Yuan.Round(TotalFee * report.Ratio / 100);
        Changed(now);
        return Result.Ok;
    }

    public Result Decide(Disposition disposition, Guid by, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress || FinanceDecidedAt is not null) return new AlreadyClosed(No ?? "");
        if (Invoice is not { State: InvoiceState.Received }) return new InvoiceNotReceived();
        (Disposition, FinanceDecidedBy, FinanceDecidedAt) = (disposition, by, now);
        Changed(now);
        return Result.Ok;
    }

    public void RefuseFor(string reason, DateTimeOffset now)
    {
        CloseReason = reason;
        Changed(now);
    }

    /// <summary>The process has ended: refused frees the lines, done and nothing returned keep them settled.</summary>
    public void Close(SettlementState state, string? reason, DateTimeOffset now)
    {
        if (State != SettlementState.InProgress) throw new InvalidOperationException($"Settlement {No} is {State}; it cannot become {state}.");
        (State, ClosedAt, CloseReason) = (state, now, reason ?? CloseReason);
        if (state is SettlementState.Refused or SettlementState.Withdrawn or SettlementState.Cancelled)
            foreach (var line in Lines) line.Free();
        Changed(now);
    }

    public void Changed(DateTimeOffset now) => (ChangedAt, Revision) = (now, Revision + 1);

    private static string? Clean(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

/// <summary>One sales line of an application with its fee as frozen at submission; names are kept as they were.</summary>
internal sealed class SettlementLine
{
    public required Guid Id { get; init; }
    public required Guid ApplicationId { get; init; }
    public required int Position { get; init; }
    public required Guid SalesRecordId { get; init; }
    /// <summary>
    /// The sales record while this application holds it, else null. Unique: a sale is in at most one application that is not refused, withdrawn or
    /// cancelled.
    /// </summary>
    public Guid? HeldSale { get; private set; }
    public required string SaleOrderNo { get; init; }
    public required DateOnly SaleDate { get; init; }
    public required string CustomerName { get; init; }
    public required Guid ProductId { get; init; }
    public required string ProductName { get; init; }
    public required int Quantity { get; init; }
    public required decimal AmountReceivable { get; init; }
    /// <summary>Fraction: 0.05 is 5 %.</summary>
    public required decimal Rate { get; init; }
    public required decimal Fee { get; init; }

    public void Hold() => HeldSale = SalesRecordId;
    public void Free() => HeldSale = null;
}

internal sealed record NotADraft(string No) : Problem("agents.problem.not-a-draft", No);
internal sealed record AlreadySubmitted(string No) : Problem("agents.problem.already-submitted", No);
internal sealed record AlreadyClosed(string No) : Problem("agents.problem.already-closed", No);
internal sealed record FinanceHasDecided(string No) : Problem("agents.problem.finance-decided", No);
internal sealed record CommerceHasDecided(DateOnly On)
    : Problem("agents.problem.commerce-decided", On.ToString("MM-dd", CultureInfo.InvariantCulture));
internal sealed record NoLinesChosen : Problem
{
    public NoLinesChosen() : base("agents.problem.no-lines") => Field = "lines";
}
internal sealed record InvoiceNotReceived() : Problem("agents.problem.invoice-not-received");

/// <summary>Amounts of money in yuan.</summary>
public static class Yuan
{
    /// <summary>Two decimals, half up (away from zero).</summary>
    public static decimal Round(decimal amount) => Math.Round(amount, 2, MidpointRounding.AwayFromZero);
    public static string Text(decimal amount) => amount.ToString("N2", CultureInfo.InvariantCulture);
}
