using CrmFlow.Runtime;

namespace CrmFlow.Agents;

public enum LedgerKind { Offset, PayBack, Reversal }

/// <summary>
/// One booking on an agent's account. Written once; corrected only by a reversing entry with a reason. Nothing here changes and the model forbids
/// updates.
/// </summary>
internal sealed class LedgerEntry
{
    public required Guid Id { get; init; }
    /// <summary>凭证号, without gaps within a year.</summary>
    public required string Voucher { get; init; }
    public required Guid AgentId { get; init; }
    public required Guid ApplicationId { get; init; }
    /// <summary>The application whose finance decision this books; null on reversals. Unique: a decision is booked once.</summary>
    public Guid? Books { get; init; }
    /// <summary>The entry this one takes back; null otherwise. Unique: an entry is reversed once.</summary>
    public Guid? Reverses { get; init; }
    public required LedgerKind Kind { get; init; }
    /// <summary>What it counts towards: credit against goods, or money paid. On a reversal that of the reversed entry.</summary>
    public required Disposition Account { get; init; }
    /// <summary>Yuan; negative on reversals.</summary>
    public required decimal Amount { get; init; }
    public string? Reason { get; init; }
    public required Guid By { get; init; }
    public required DateTimeOffset At { get; init; }

    public static LedgerEntry Book(Guid id, string voucher, SettlementApplication application, DateTimeOffset now) => new()
    {
        Id = id, Voucher = voucher, AgentId = application.AgentId, ApplicationId = application.Id, Books = application.Id,
        Kind = application.Disposition == Disposition.Offset ? LedgerKind.Offset : LedgerKind.PayBack,
        Account = application.Disposition ?? throw new InvalidOperationException($"Settlement {application.No} has no finance decision to book."),
        Amount = application.ReturnAmount ?? throw new InvalidOperationException($"Settlement {application.No} has no amount to book."),
        By = application.FinanceDecidedBy!.Value, At = now,
    };

    public Result<LedgerEntry> Reverse(Guid id, string voucher, bool alreadyReversed, string? reason, Guid by, DateTimeOffset now)
    {
        if (Kind == LedgerKind.Reversal) return new ReversalOfReversal(Voucher);
        if (alreadyReversed) return new ReversedAlready(Voucher);
        if (string.IsNullOrWhiteSpace(reason)) return new ReversalReasonMissing();
        return new LedgerEntry
        {
            Id = id, Voucher = voucher, AgentId = AgentId, ApplicationId = ApplicationId, Reverses = Id, Kind = LedgerKind.Reversal,
            Account = Account,
            Amount = -Amount, Reason = reason.Trim(), By = by, At = now,
        };
    }
}

internal sealed record ReversalOfReversal(string Voucher) : Problem("agents.problem.reversal-of-reversal", Voucher);
internal sealed record ReversedAlready(string Voucher) : Problem("agents.problem.reversed-already", Voucher);
internal sealed record ReversalReasonMissing : Problem
{
    public ReversalReasonMissing() : base("agents.problem.reversal-reason") => Field = "reason";
}
