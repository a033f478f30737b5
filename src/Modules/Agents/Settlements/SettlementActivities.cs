using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>Books the finance decision: the one ledger entry of its kind, in the transaction of the decision.</summary>
[Activity("Agents.PostSettlement")]
internal sealed class PostSettlement(Command cmd, BusinessTime time) : IActivity
{
    [Input] public Guid SettlementId { get; set; }
    [Output] public string? Voucher { get; private set; }

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        var application = await cmd.Db.All<SettlementApplication>().FindAsync([SettlementId], ct)
            ?? throw new InvalidOperationException($"Settlement {SettlementId} does not exist.");
        Voucher = await cmd.NextNumberAsync(SettlementSettings.Vouchers, SettlementSettings.VoucherPattern, time.DateOf(cmd.Now).Year, ct);
        cmd.Db.Add(LedgerEntry.Book(cmd.NewId(), Voucher, application, cmd.Now));
        context.Record("voucher", Voucher);
        return ActivityResult.Complete();
    }
}

/// <summary>Ends an application with what became of it: a refusal frees its lines, the other ends keep them settled.</summary>
[Activity("Agents.CloseSettlement")]
internal sealed class CloseSettlement(Command cmd) : IActivity
{
    [Input] public Guid SettlementId { get; set; }
    /// <summary><see cref="SettlementState"/>: Done, NothingReturned or Refused.</summary>
    [Input] public string Result { get; set; } = "";

    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        if (!Enum.TryParse<SettlementState>(Result, out var state)
            || state is not (SettlementState.Done or SettlementState.NothingReturned or SettlementState.Refused))
            throw new InvalidOperationException($"Agents.CloseSettlement was given the result '{Result}'. Use Done, NothingReturned or Refused.");
        var application = await cmd.Db.All<SettlementApplication>().Include(a => a.Lines).SingleOrDefaultAsync(a => a.Id == SettlementId, ct)
            ?? throw new InvalidOperationException($"Settlement {SettlementId} does not exist.");
        application.Close(state, null, cmd.Now);
        return ActivityResult.Complete();
    }
}
