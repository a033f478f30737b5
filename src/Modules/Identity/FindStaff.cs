using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Identity;

/// <summary>Enabled staff by a part of name or login: what pickers of people ask.</summary>
public sealed class FindStaff(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Identity.FindStaff", Access.Staff());

    public Task<Result<IReadOnlyList<PickerItem>>> HandleAsync(Actor actor, string text, int take, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<PickerItem>>(Operation, actor, async db =>
        (await db.FindUsersAsync(text, null, take, ct)).ConvertAll(u => new PickerItem(u.Id, u.Name, u.DepartmentKey)), ct);
}
