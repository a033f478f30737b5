using CrmFlow.Identity;
using CrmFlow.Runtime;

namespace CrmFlow.Care;

/// <param name="People">Principal and name of staff.</param>
/// <param name="Departments">Principal and name.</param>
internal sealed record ReminderTargetList(
    IReadOnlyList<KeyValuePair<string, string>> People, IReadOnlyList<KeyValuePair<string, string>> Departments);

/// <summary>提醒对象: whom a reminder can be sent to.</summary>
internal sealed class ReminderTargets(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Care.ReminderTargets", Access.Staff());
    private const int MaxPeople = 500;

    public Task<Result<ReminderTargetList>> HandleAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<ReminderTargetList>(Operation, actor, async db =>
        {
            var people = await db.FindUsersAsync("", null, MaxPeople, ct);
            var departments = (await db.RolesAndDepartmentsAsync(ct)).Where(d => d.Key.StartsWith("d:", StringComparison.Ordinal))
                .OrderBy(d => d.Value, StringComparer.Ordinal).ToList();
            return new ReminderTargetList(people.ConvertAll(p => KeyValuePair.Create(Principal.User(p.Id), p.Name)), departments);
        }, ct);
}
