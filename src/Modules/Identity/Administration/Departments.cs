using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>A department in the tree, in reading order.</summary>
/// <param name="Depth">0 at the top.</param>
/// <param name="Members">Enabled users directly in it.</param>
public sealed record DepartmentRow(Guid Id, string Key, string Name, Guid? ParentId, Guid? HeadId, string? HeadName, int Depth, int Members);

/// <param name="Id">Null creates.</param>
public sealed record DepartmentInput(Guid? Id, string Key, string Name, Guid? ParentId, Guid? HeadId);

internal sealed class Departments(WorkflowRuntime runtime, ActorDirectory directory)
{
    private static readonly Operation List = new("Identity.ListDepartments", Users.Access);
    private static readonly Operation Save = new("Identity.SaveDepartment", Users.Access);
    private static readonly Operation Remove = new("Identity.RemoveDepartment", Users.Access);

    public Task<Result<IReadOnlyList<DepartmentRow>>> ListAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<DepartmentRow>>(List, actor, async db =>
        {
            var all = await db.All<Department>().AsNoTracking().OrderBy(d => d.Position).ThenBy(d => d.Name).ToListAsync(ct);
            var heads = await db.UsersByIdAsync([.. all.Where(d => d.HeadId is not null).Select(d => d.HeadId!.Value).Distinct()], ct);
            var members = await db.All<User>().Where(u => u.IsEnabled && u.DepartmentId != null).GroupBy(u => u.DepartmentId!.Value)
                .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
            var children = all.ToLookup(d => d.ParentId);
            var rows = new List<DepartmentRow>();
            void Add(Guid? parent, int depth)
            {
                foreach (var d in children[parent].Where(d => rows.All(r => r.Id != d.Id)))
                {
                    rows.Add(new DepartmentRow(d.Id, d.Key, d.Name, d.ParentId, d.HeadId,
                        d.HeadId is { } head ? heads.GetValueOrDefault(head)?.Name : null, depth, members.GetValueOrDefault(d.Id)));
                    Add(d.Id, depth + 1);
                }
            }
            Add(null, 0);
            return rows;
        }, ct);

    public async Task<Result<Guid>> SaveAsync(Actor actor, DepartmentInput input, Guid operationId, CancellationToken ct)
    {
        var (key, name) = (input.Key.Trim().ToLowerInvariant(), input.Name.Trim());
        if (name.Length is 0 or > 100) return new NameMissing();
        if (!IsKey(key)) return new KeyInvalid();
        var saved = await runtime.ExecuteAsync<Guid>(Save, actor, operationId, input, async cmd =>
        {
            Department? department = null;
            object? before = null;
            if (input.Id is { } id)
            {
                department = await cmd.Db.All<Department>().SingleOrDefaultAsync(d => d.Id == id, ct);
                if (department is null) return new NotFound();
                before = new { department.Name, department.ParentId, department.HeadId };
                if (input.ParentId is { } parent && (await cmd.Db.DepartmentChainAsync(parent, ct)).Any(d => d.Id == id))
                    return new DepartmentLoop(department.Name);
            }
            else
            {
                if (await cmd.Db.All<Department>().AnyAsync(d => d.Key == key, ct)) return new KeyTaken(key);
                department = new Department { Id = cmd.NewId(), Key = key, Name = name, Position = await cmd.Db.All<Department>().CountAsync(ct) };
                cmd.Db.Add(department);
            }
            if (input.HeadId is { } head && await cmd.Db.FindUserAsync(head, ct) is not { Kind: ActorKind.Staff }) return new HeadMustBeStaff();
            (department.Name, department.ParentId, department.HeadId) = (name, input.ParentId, input.HeadId);
            if (cmd.Changes(department))
                cmd.Audit("department", department.Id, before, new { department.Name, department.ParentId, department.HeadId });
            return department.Id;
        }, ct);
        directory.Changed();
        return saved;
    }

    public async Task<Result> RemoveAsync(Actor actor, Guid id, Guid operationId, CancellationToken ct)
    {
        var result = await runtime.ExecuteAsync(Remove, actor, operationId, new { id }, async cmd =>
        {
            if (await cmd.Db.All<Department>().SingleOrDefaultAsync(d => d.Id == id, ct) is not { } department) return new NotFound();
            var members = await cmd.Db.All<User>().CountAsync(u => u.DepartmentId == id, ct);
            var below = await cmd.Db.All<Department>().CountAsync(d => d.ParentId == id, ct);
            if (members + below > 0) return new DepartmentNotEmpty(department.Name, members, below);
            cmd.Db.Remove(department);
            cmd.Audit("department", id, new { department.Key, department.Name }, null);
            return Result.Ok;
        }, ct);
        directory.Changed();
        return result;
    }

    /// <summary>What processes name departments and roles by: lower-case letters, digits and hyphens.</summary>
    public static bool IsKey(string key) =>
        key.Length is > 0 and <= 60 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

internal sealed record KeyInvalid : Problem
{
    public KeyInvalid() : base("identity.key-invalid") => (Kind, Field) = (ProblemKind.Invalid, "key");
}

internal sealed record KeyTaken : Problem
{
    public KeyTaken(string key) : base("identity.key-taken", key) => (Kind, Field) = (ProblemKind.Invalid, "key");
}

internal sealed record HeadMustBeStaff : Problem
{
    public HeadMustBeStaff() : base("identity.head-must-be-staff") => Field = "head";
}

internal sealed record DepartmentLoop : Problem
{
    public DepartmentLoop(string name) : base("identity.department-loop", name) => Field = "parent";
}

internal sealed record DepartmentNotEmpty(string Name, int Members, int Below) : Problem("identity.department-not-empty", Name, Members, Below);
