using System.Globalization;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>
/// On every start: the shipped roles exist, and rights this database has not met before are granted to the roles they were made for.
/// </summary>
internal sealed class ShippedOrganisation(WorkflowRuntime runtime, Texts texts, IEnumerable<RightDescriptor> rights, IEnumerable<ShippedGrant> grants)
{
    private static readonly Operation Operation = new("Identity.EnsureShipped", Access.SystemOnly);
    private static readonly string[] Keys = [ShippedRoles.Admin, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader,
        ShippedRoles.Finance, ShippedRoles.Sales, ShippedRoles.Reception, ShippedRoles.Technician];

    public async Task EnsureAsync(Guid operationId, CancellationToken ct)
    {
        var result = await runtime.ExecuteAsync(Operation, Actor.System, operationId, payload: null, async cmd =>
        {
            // Asked without EF, whose model a start need not wait for: nearly always everything is there.
            var keys = await cmd.QueryAsync("SELECT \"key\" FROM \"role\"", [], r => r.GetString(0), ct);
            var known = await cmd.QueryAsync("SELECT \"right\" FROM known_right", [], r => r.GetString(0), ct);
            var unknown = rights.Select(r => r.Key).Distinct().Except(known).ToList();
            if (unknown.Count == 0 && !Keys.Except(keys).Any()) return Result.Ok;

            var roles = await cmd.Db.All<Role>().Include(r => r.Rights).ToDictionaryAsync(r => r.Key, ct);
            foreach (var key in Keys.Where(k => !roles.ContainsKey(k)))
            {
                roles[key] = new Role { Id = cmd.NewId(), Key = key, IsShipped = true, Name = Name(key, "zh-CN"), NameEn = Name(key, "en") };
                cmd.Db.Add(roles[key]);
            }
            foreach (var right in unknown)
            {
                cmd.Db.Add(new KnownRight { Right = right });
                foreach (var role in grants.Where(g => g.Right == right).SelectMany(g => g.Roles).Append(ShippedRoles.Admin).Distinct())
                    if (roles[role].Rights.All(r => r.Right != right))
                        roles[role].Rights.Add(new RoleRight { RoleId = roles[role].Id, Right = right });
            }
            return Result.Ok;
        }, ct);
        if (result.Problem is { } problem) throw new InvalidOperationException($"The shipped roles could not be written: {problem.Key}");
    }

    private string Name(string key, string language) => texts.Find($"identity.role.{key}", CultureInfo.GetCultureInfo(language))!;
}
