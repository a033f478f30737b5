namespace CrmFlow.Runtime;

/// <summary>
/// The boundaries at which a process may die: before and after every write phase and commit, and round every effect outside the database.
/// </summary>
internal enum FaultPoint { BeforeEntities, AfterEntities, BeforeBatch, AfterBatch, BeforeCommit, AfterCommit, AfterClaim, BeforeEffect, AfterEffect }

/// <summary>A hook for crash tests: null in production and settable only by a test inside its own process.</summary>
internal static class FaultInjection
{
    internal static Action<FaultPoint>? At { get; set; }
    internal static void Hit(FaultPoint point) => At?.Invoke(point);
}
