using System.Reflection;
using CrmFlow.Agents;
using CrmFlow.Identity;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// Unseen is absent (issue 2 §5), generated: every handler method that takes the id of a record, found by reflection, is asked for a real one by
/// people who may not see it (another agent, staff without a right, staff with every right over customers, sales, service and care but none of these
/// customers) and must answer as it does for an id that never was. A new one without an entry here fails.
/// </summary>
public sealed partial class ForeignIdTests
{
    private static readonly Assembly[] Product = ProductAssemblies.All;

    /// <summary>A record that exists, and what else the call needs so that who may see it gets past "not found".</summary>
    private sealed record Record(object Id, params (string Name, object Value)[] With)
    {
        /// <summary>Whom it is no secret from.</summary>
        public Actor SeenBy { get; init; } = Actor.System;
        /// <summary>No secret among staff: a colleague, a product, a plan. Rights alone keep it.</summary>
        public bool IsOpenToStaff { get; init; }
        /// <summary>What is said of one that is unseen and of one that never was.</summary>
        public string Refusal { get; init; } = nameof(NotFound);
    }

    private static readonly Dictionary<string, Func<Settlement, Task<Record>>> Known = new(OfCustomers)
    {
        ["Agents.GetSettlement.HandleAsync(id)"] = async s => new(await s.SubmittedAsync()),
        ["Agents.GetSettlement.HandleAsync(no)"] = async s => new((await s.ApplicationAsync(await s.SubmittedAsync())).No!),
        ["Agents.SaveDraft.HandleAsync(id)"] = async s => new(await s.DraftAsync(s.Agent, await s.SaleAsync(10))),
        ["Agents.SaveDraft.HandleAsync(content.Agent)"] = s => Of(s.AgentId),
        ["Agents.DeleteDraft.HandleAsync(id)"] = async s => new(await s.DraftAsync(s.Agent, await s.SaleAsync(10))),
        ["Agents.SubmitSettlement.HandleAsync(id)"] = async s => new(await s.DraftAsync(s.Agent, await s.SaleAsync(10))),
        ["Agents.WithdrawSettlement.HandleAsync(id)"] = async s => new(await s.SubmittedAsync()),
        ["Agents.CancelSettlement.HandleAsync(id)"] = async s => new(await s.SubmittedAsync()),
        ["Agents.GetAgentAccount.HandleAsync(agentId)"] = s => Of(s.AgentId),
        ["Agents.GetSettlementTerms.HandleAsync(agentId)"] = s => Of(s.AgentId),
        ["Agents.FreeLines.ListAsync(agentId)"] = s => Of(s.AgentId),
        ["Agents.ListSettlements.HandleAsync(agentId)"] = s => Of(s.AgentId),
        ["Agents.ReverseLedgerEntry.HandleAsync(entryId)"] = async s =>
        {
            await s.DecideAsync(s.Finance, await s.ReceivedAsync(), "Offset");
            return new((await s.LedgerAsync()).Last().Id);
        },
        ["Agents.AddFeeRate.HandleAsync(productId)"] = s => Of(s.ProductId),
        ["Agents.AddFeeRate.HandleAsync(agentId)"] = s => Task.FromResult(new Record(s.AgentId, ("productId", s.ProductId))),

        ["Tasks.TaskPage.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.ClaimTask.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.GiveBackTask.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.SaveDraft.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.CompleteTask.HandleAsync(request.TaskId)"] = TaskAsync,
        ["Tasks.AssignTask.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.AssignTask.HandleAsync(userId)"] = async s => new(s.Agent.UserId, ("taskId", (await TaskAsync(s)).Id), ("expectedRevision", 1)),
        ["Tasks.FindAssignees.HandleAsync(taskId)"] = TaskAsync,
        ["Tasks.ReadCopy.HandleAsync(taskId)"] = async s =>
        {
            var task = (Guid)(await TaskAsync(s)).Id;
            await s.App.DoAsync(async cmd => TaskWrites.Copy(cmd, await cmd.Db.Set<UserTask>().SingleAsync(t => t.Id == task), s.Leader.UserId,
                new("Send", "寄出", ActionKind.Neutral)));
            return new(task) { SeenBy = s.Leader };
        },
        ["Tasks.Attachments.HandleAsync(subjectId)"] = async s => new(await s.SubmittedAsync()),
        ["Tasks.Attachments.FindAsync(id)"] = async s => new(await AttachedAsync(s)),
        ["Tasks.UploadAttachment.HandleAsync(subjectId)"] = async s => new(await s.DraftAsync(s.Agent, await s.SaleAsync(10))),
        ["Tasks.RemoveAttachment.HandleAsync(attachmentId)"] = async s => new(await AttachedAsync(s)),

        ["Runtime.InstanceAdministration.GetAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.CancelAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.RetryAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.SkipAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.SkipAsync(activityInstanceId)"] = async s =>
        {
            var task = await s.OpenTaskAsync(await s.SubmittedAsync());
            return new(task.Id, ("id", task.InstanceId));
        },
        ["Runtime.InstanceAdministration.RunAgainAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.SetVariableAsync(id)"] = async s =>
        {
            var (instance, variable) = await VariableAsync(s);
            return new(instance, ("variable", variable));
        },
        ["Runtime.InstanceAdministration.SetVariableAsync(variable.Container)"] = async s =>
        {
            var (instance, variable) = await VariableAsync(s);
            return new(variable.Container, ("id", instance), ("variable", variable));
        },
        ["Runtime.InstanceAdministration.SuspendAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.ResumeAsync(id)"] = InstanceAsync,
        ["Runtime.InstanceAdministration.RetryAsync(activityInstanceId)"] = async s =>
        {
            var task = await s.OpenTaskAsync(await s.SubmittedAsync());
            return new(task.Id, ("id", task.InstanceId));
        },
        ["Host.Components.Workflows.WorkflowPages.TasksAsync(instanceId)"] = InstanceAsync,
        ["Runtime.JobAdministration.GetAsync(id)"] = s => JobAsync(s, JobState.Partial),
        ["Runtime.JobAdministration.IssuesAsync(id)"] = s => JobAsync(s, JobState.Partial),
        ["Runtime.JobAdministration.StopAsync(id)"] = s => JobAsync(s, JobState.Queued),
        ["Runtime.JobAdministration.RepeatAsync(id)"] = s => JobAsync(s, JobState.Failed),
        ["Runtime.JobAdministration.FileAsync(id)"] = async s => await JobAsync(s, JobState.Done) with { SeenBy = s.Agent },
        ["Runtime.DefinitionAdministration.VersionsAsync(definitionId)"] = _ => Of("settlement"),
        ["Runtime.DefinitionAdministration.GetAsync(definitionId)"] = _ => Of("settlement"),
        ["Runtime.DefinitionAdministration.PublishAsync(definitionId)"] = _ => Of("settlement"),
        ["Runtime.DefinitionAdministration.RevertAsync(definitionId)"] = _ => Of("settlement"),
        ["Runtime.DefinitionAdministration.RetractAsync(definitionId)"] = async s =>
        {
            await s.App.PublishAsync(Complaints.Definition); // a process of its own: the others' settlements need theirs
            return new("complaint");
        },

        ["Identity.Users.ReadAsync(id)"] = s => Of(s.Leader.UserId),
        ["Identity.Users.InviteAsync(id)"] = s => Of(s.Leader.UserId),
        ["Identity.Users.EnableAsync(id)"] = s => Of(s.Leader.UserId),
        ["Identity.Users.UnlockAsync(id)"] = s => Of(s.Leader.UserId),
        ["Identity.Users.SaveAsync(input.Id)"] = s => Of(s.Leader.UserId),
        ["Identity.Users.SaveAsync(input.DepartmentId)"] = DepartmentAsync,
        ["Identity.Users.SaveAsync(input.AgentId)"] = s => Of(s.AgentId),
        ["Identity.Roles.SaveAsync(input.Id)"] = RoleAsync,
        ["Identity.Roles.RemoveAsync(id)"] = RoleAsync,
        ["Identity.Departments.SaveAsync(input.Id)"] = DepartmentAsync,
        ["Identity.Departments.SaveAsync(input.ParentId)"] = DepartmentAsync,
        ["Identity.Departments.SaveAsync(input.HeadId)"] = s => Of(s.Leader.UserId),
        ["Identity.Departments.RemoveAsync(id)"] = DepartmentAsync,
        ["Host.Administration.SettingsAdmin.RemoveAsync(id)"] = async s =>
        {
            var id = s.App.NewOperation();
            await s.App.DoAsync(cmd =>
            {
                cmd.Db.Add(new SettingValue { Id = id, Key = SettlementSettings.OnlyFullyPaid.Key, EffectiveFrom = cmd.Now.AddDays(1), Value = "true",
                    ChangedBy = Guid.Empty, ChangedAt = cmd.Now });
                return Task.CompletedTask;
            });
            return new(id);
        },
    };

    /// <summary>Lists that are filtered by an id: what is unseen is an empty list, as for an id that never was.</summary>
    private static readonly string[] Lists = ["Agents.ListSettlements.HandleAsync(agentId)", .. ListsOfCustomers];

    private static Task<Record> Of(object id) => Task.FromResult(new Record(id));
    private static async Task<Record> TaskAsync(Settlement s) => new((await s.OpenTaskAsync(await s.SignedAsync())).Id);
    private static async Task<Record> InstanceAsync(Settlement s) => new((await s.ApplicationAsync(await s.SubmittedAsync())).InstanceId!.Value);

    /// <summary>A job the agent's user started, with the file that came of it.</summary>
    private static async Task<Record> JobAsync(Settlement s, JobState state)
    {
        var id = s.App.NewOperation();
        await s.App.DoAsync(cmd =>
        {
            cmd.Db.Add(new JobRow
            {
                Id = id, Kind = "test", State = state, StartedBy = s.Agent.UserId, StartedByName = s.Agent.Name, FileName = "名单.xlsx",
                CreatedAt = cmd.Now,
                Revision = 0, Done = 0, Fence = 1, Attempts = 0, IsCancelRequested = false,
            });
            return Task.CompletedTask;
        });
        await File.WriteAllTextAsync(s.App.Get<JobFiles>().ResultOf(id, 1), "x", Settlement.Ct);
        return new(id);
    }

    private static async Task<(Guid Instance, InstanceVariable Variable)> VariableAsync(Settlement s)
    {
        var instance = (Guid)(await InstanceAsync(s)).Id;
        return (instance, (await s.App.Get<InstanceAdministration>().GetAsync(Actor.System, instance, Settlement.Ct)).Value.Variables[0]);
    }

    private static async Task<Guid> AttachedAsync(Settlement s)
    {
        var id = await s.DraftAsync(s.Agent, await s.SaleAsync(10));
        await s.ScanAsync(s.Agent, id);
        return (await s.App.ReadAsync(db => db.Set<Attachment>().SingleAsync(a => a.SubjectId == id))).Id;
    }

    private static async Task<Record> RoleAsync(Settlement s) =>
        new((await s.App.ReadAsync(db => db.Set<Role>().FirstAsync(r => r.Key == "leader"))).Id);

    private static async Task<Record> DepartmentAsync(Settlement s)
    {
        var id = s.App.NewOperation();
        await s.App.DoAsync(cmd => { cmd.Db.Add(new Department { Id = id, Key = id.ToString("N"), Name = "部门" }); return Task.CompletedTask; });
        return new(id);
    }

    private sealed record Asked(Type Handler, MethodInfo Method, ParameterInfo Parameter, PropertyInfo? Member)
    {
        public string Path => Member is null ? Parameter.Name! : $"{Parameter.Name}.{Member.Name}";
        public override string ToString() => $"{Handler.FullName!["CrmFlow.".Length..]}.{Method.Name}({Path})";
    }

    private static List<Asked> All() =>
    [
        .. from assembly in Product
           from type in assembly.GetTypes()
           where type is { IsClass: true, IsAbstract: false } && type != typeof(WorkflowRuntime)
           from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where (method.IsPublic || method.IsAssembly) && IsAnswer(method.ReturnType) && method.GetParameters() is [{ } first, ..]
               && first.ParameterType == typeof(Actor)
           from parameter in method.GetParameters()
           from asked in Ids(type, method, parameter)
           select asked,
    ];

    private static IEnumerable<Asked> Ids(Type type, MethodInfo method, ParameterInfo parameter)
    {
        if (IsId(parameter.ParameterType, parameter.Name!)) yield return new(type, method, parameter, null);
        else if (parameter.ParameterType != typeof(Actor) && Product.Contains(parameter.ParameterType.Assembly) && parameter.ParameterType.IsClass)
            foreach (var member in parameter.ParameterType.GetProperties().Where(m => m.CanWrite && IsId(m.PropertyType, m.Name)))
                // a cursor points into what the list shows anyway
                if (parameter.ParameterType != typeof(InstanceCursor)) yield return new(type, method, parameter, member);
    }

    private static bool IsId(Type type, string name) =>
        (Nullable.GetUnderlyingType(type) ?? type) == typeof(Guid) && !name.Equals("operationId", StringComparison.OrdinalIgnoreCase)
            || type == typeof(string) && name is "no" or "definitionId";

    private static bool IsAnswer(Type type) => type == typeof(Task<Result>) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(
        Task<>) && type.GetGenericArguments()[0] is { IsGenericType: true } result && result.GetGenericTypeDefinition() == typeof(Result<>);

    [Fact]
    public void Every_call_that_takes_a_records_id_is_walked()
    {
        var all = All().ConvertAll(a => a.ToString());
        all.Count.ShouldBeGreaterThan(40);
        all.Except(Known.Keys).ShouldBeEmpty("give each an entry in Known");
        Known.Keys.Except(all).ShouldBeEmpty("these calls are gone");
    }

    [Fact]
    public async Task What_an_actor_may_not_see_is_answered_like_what_never_was()
    {
        await using var s = await Settlement.StartAsync();
        var stranger = await StrangerAsync(s);
        var wrong = new List<string>();
        foreach (var asked in All().Where(a => Known.ContainsKey(a.ToString())))
        {
            var record = await Known[asked.ToString()](s);
            object nowhere = record.Id is Guid ? s.App.NewOperation() : "JS-1999-9999";
            foreach (var actor in (Actor[])[s.OtherAgent, s.Outsider, .. record.IsOpenToStaff ? Array.Empty<Actor>() : [stranger]])
            {
                var (foreign, random) = (await AskAsync(s, asked, actor, record, record.Id), await AskAsync(s, asked, actor, record, nowhere));
                if (foreign != random) wrong.Add($"{asked} tells {actor.Name} that it exists: {foreign}, but {random} for a random id");
                if (foreign != nameof(NotFound) && (actor != stranger || foreign != record.Refusal) && !Lists.Contains(asked.ToString()))
                    wrong.Add($"{asked} answers {actor.Name} {foreign}");
            }
            // The record is really there: the walk would find nothing wrong with an id it made up.
            var seen = await AskAsync(s, asked, record.SeenBy, record, record.Id);
            if (seen == nameof(NotFound) || Lists.Contains(asked.ToString()) && seen == await AskAsync(s, asked, record.SeenBy, record, nowhere))
                wrong.Add($"{asked} finds nothing for who may see it: {seen}");
        }
        wrong.ShouldBeEmpty();
    }

    private static readonly System.Text.Json.JsonSerializerOptions WithTuples = new(CrmJson.Options) { IncludeFields = true };

    /// <summary>The name of the problem, or that there was an answer; of a list what is in it.</summary>
    private static async Task<string> AskAsync(Settlement s, Asked asked, Actor actor, Record record, object id)
    {
        var arguments = asked.Method.GetParameters().Select(p =>
            p.ParameterType == typeof(Actor) ? actor
            : p == asked.Parameter && asked.Member is null ? id
            : record.With.FirstOrDefault(w => w.Name == p.Name) is { Name: not null } given ? given.Value
            : Sample(s, p.ParameterType, p.Name!)).ToArray();
        if (asked.Member is not null) asked.Member.SetValue(arguments[asked.Parameter.Position], id);
        await using var scope = s.App.Get<IServiceScopeFactory>().CreateAsyncScope();
        var handler = scope.ServiceProvider.GetService(asked.Handler) ?? ActivatorUtilities.CreateInstance(scope.ServiceProvider, asked.Handler);
        var task = (Task)asked.Method.Invoke(handler, arguments)!;
        await task;
        var result = task.GetType().GetProperty("Result")!.GetValue(task)!;
        if (result.GetType().GetProperty("Problem")!.GetValue(result) is { } problem) return problem.GetType().Name;
        return Lists.Contains(asked.ToString()) && result.GetType().GetProperty("Value") is { } value
            ? System.Text.Json.JsonSerializer.Serialize(value.GetValue(result), WithTuples) : "an answer";
    }

    private static object? Sample(Settlement s, Type type, string name) => type switch
    {
        _ when type == typeof(Guid) => s.App.NewOperation(),
        _ when type == typeof(string) => name switch { "subjectType" => "settlement", "fileName" => "说明.pdf", "json" =>
            "{}", "after" or "cursor" or "basedOn" or "find" => null, _ => "x" },
        _ when type == typeof(int) => 1,
        _ when type == typeof(decimal) => 5m,
        _ when type == typeof(bool) => true,
        _ when type == typeof(DateOnly) => name is "to" or "To" ? Settlement.PeriodTo : Settlement.PeriodFrom,
        _ when type == typeof(Stream) => new MemoryStream("%PDF-1.4\n%%EOF\n"u8.ToArray()),
        _ when type == typeof(CancellationToken) => Settlement.Ct,
        { IsEnum: true } => Enum.GetValues(type).GetValue(0),
        _ when Nullable.GetUnderlyingType(type) is not null => null,
        _ when type == typeof(IReadOnlyDictionary<string, Engine.Value>) => new Dictionary<string, Engine.Value>(),
        { IsGenericType: true } when typeof(System.Collections.IEnumerable).IsAssignableFrom(type) =>
            Array.CreateInstance(type.GetGenericArguments()[0], 0),
        { IsClass: true } when Product.Contains(type.Assembly) =>
            Activator.CreateInstance(type,
            type.GetConstructors().MaxBy(c => c.GetParameters().Length)!.GetParameters().Select(p => Sample(s, p.ParameterType, p.Name!)).ToArray()),
        _ => throw new NotSupportedException($"Give Sample a value of {type}."),
    };
}
