using System.Data.Common;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmFlow.Runtime;

/// <summary>
/// Careful mode: each activity runs behind a savepoint and is flushed at once, so that its failure takes back its own effects and nothing else's.
/// What is no failure of the activity (a fence, a lost connection, a cancelled request) is kept in <see cref="Poison"/>: the command must end with
/// it, whatever the engine makes of the exception.
/// </summary>
internal sealed class ActivityGuard(Command command) : IActivityGuard
{
    private int _depth;

    public Exception? Poison { get; private set; }

    public async ValueTask<ActivityResult> RunAsync(Func<ValueTask<ActivityResult>> call, CancellationToken ct)
    {
        if (Poison is not null) throw Poison;
        var savepoint = $"activity{++_depth}";
        var transaction = command.Transaction.Transaction;
        Memory memory;
        try
        {
            await command.FlushAsync(ct);
            memory = Memory.Of(command);
            await transaction.SaveAsync(savepoint, ct);
        }
        catch (Exception e)
        {
            Poison = e;
            throw;
        }
        try
        {
            var result = await call();
            await command.FlushAsync(ct);
            if (command.Transaction.Dialect.Provider != DatabaseProvider.SqlServer) await transaction.ReleaseAsync(savepoint, ct);
            return result;
        }
        catch (Exception e)
        {
            if (e is FencedException or ClaimLostException or OperationCanceledException or DbUpdateConcurrencyException
                || command.Transaction.Dialect.IsTransient(e) || command.Transaction.Dialect.IsDiskFull(e))
            {
                Poison = e;
                throw;
            }
            try
            {
                await transaction.RollbackAsync(savepoint, CancellationToken.None);
                memory.Restore(command);
            }
            catch (DbException lost)
            {
                Poison = lost;
            }
            throw;
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>What the command held in memory when everything before was flushed.</summary>
    private sealed class Memory
    {
        private readonly Dictionary<object, PropertyValues> _entities;
        private readonly CommandInstances.Memory _instances;
        private readonly int _audits, _told, _afterCommit;

        private Memory(Command command)
        {
            _entities = command.Db.ChangeTracker.Entries()
                .ToDictionary(e => e.Entity, e => e.CurrentValues.Clone(), ReferenceEqualityComparer.Instance as IEqualityComparer<object>);
            _instances = command.Instances.Remember();
            (_audits, _told, _afterCommit) = (command.Audits.Count, command.Told.Count, command.AfterCommit.Count);
        }

        public static Memory Of(Command command) => new(command);

        public void Restore(Command command)
        {
            command.Writes.Statements.Clear();
            command.Audits.RemoveRange(_audits, command.Audits.Count - _audits);
            command.Told.RemoveRange(_told, command.Told.Count - _told);
            command.AfterCommit.RemoveRange(_afterCommit, command.AfterCommit.Count - _afterCommit);
            command.Instances.Restore(_instances);
            foreach (var entry in command.Db.ChangeTracker.Entries().ToList())
            {
                if (!_entities.TryGetValue(entry.Entity, out var values))
                {
                    entry.State = EntityState.Detached;
                    continue;
                }
                entry.State = EntityState.Unchanged;
                entry.CurrentValues.SetValues(values);
                entry.OriginalValues.SetValues(values);
                entry.State = EntityState.Unchanged;
            }
        }
    }
}
