using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

public sealed partial class WorkflowRuntime
{
    /// <summary>One run of a command's delegate in one transaction and one scope.</summary>
    private sealed class Attempt<T>(WorkflowRuntime runtime, CommandRequest request, string hash, DateTimeOffset now, IdSequence ids, bool careful, Func<Command, Task<Result<T>>> body)
    {
        public Result<T> Result { get; private set; }
        public bool Committed { get; private set; }
        public Command? Command { get; private set; }
        public bool RanBurst => Command?.Instances.RanBurst == true;

        public async Task<bool> RunAsync(CommandTransaction transaction)
        {
            Inside.Value = true;
            ids.Rewind();
            Committed = false;
            await using var scope = runtime._scopes.CreateAsyncScope();
            var command = Command = new Command
            {
                Operation = request.Operation, Actor = request.Actor, OperationId = request.OperationId, Now = now, Services = scope.ServiceProvider,
                Writes = new WriteBatch(), Database = runtime._database, Transaction = transaction, Ids = ids, Careful = careful,
            };
            command.Instances = new CommandInstances(command, scope.ServiceProvider.GetRequiredService<InstanceServices>());
            scope.ServiceProvider.GetRequiredService<CommandSlot>().Command = command;

            try
            {
                Result = await body(command);
                if (Result.Failed)
                {
                    // A repeated request finds its work done and is refused by the delegate: it gets the first answer instead.
                    if (request.KeepOperation && await UsedAsync(transaction) is { } used) Result = Answer<T>(used.Hash, used.Answer, hash);
                    return false;
                }
                await command.FinishAsync(hash, request.KeepOperation ? JsonSerializer.Serialize(Result.Value, CrmJson.Options) : null,
                    request.KeepOperation, CancellationToken.None);
                return Committed = true;
            }
            finally
            {
                await command.ReleaseAsync();
            }
        }

        private async Task<(string Hash, string? Answer)?> UsedAsync(CommandTransaction transaction)
        {
            var rows = await transaction.QueryAsync("SELECT payload_hash, answer FROM operation WHERE id = @id", [("id", request.OperationId)],
                r => (r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1)), CancellationToken.None);
            return rows.Count == 0 ? null : rows[0];
        }
    }
}

/// <summary>Where the command's scope finds its command: activities and handlers take <see cref="Command"/> by constructor.</summary>
internal sealed class CommandSlot
{
    public Command? Command { get; set; }
}
