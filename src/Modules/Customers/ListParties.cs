using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

public sealed record PartyRow(Guid Id, string No, string Name, PartyKind Kind, string? ContactName, string? Phone, string? Address);

/// <param name="Next">Hand it back for the following rows; null at the end.</param>
public sealed record PartyPage(IReadOnlyList<PartyRow> Rows, string? Next);

/// <summary>Customers or agents by name, a part of name or number found anywhere.</summary>
public sealed class ListParties(WorkflowRuntime runtime)
{
    public static readonly Operation Operation = new("Customers.ListParties", Access.Staff(CustomersRights.View));

    public Task<Result<PartyPage>> HandleAsync(Actor actor, PartyType type, string? find, int take, string? after, CancellationToken ct) => runtime.ReadAsync<PartyPage>(Operation, actor, async db =>
    {
        var parties = db.VisibleParties(actor).AsNoTracking().Where(p => p.Type == type);
        if (!string.IsNullOrWhiteSpace(find))
        {
            var pattern = SearchEverything.Pattern(find.Trim());
            parties = parties.Where(p => EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\"));
        }
        if (after?.IndexOf('|') is > 0 and var at && Guid.TryParse(after.AsSpan(0, at), out var id))
        {
            var name = after[(at + 1)..];
            parties = parties.Where(p => p.Name.CompareTo(name) > 0 || p.Name == name && p.Id.CompareTo(id) > 0);
        }
        var rows = await parties.OrderBy(p => p.Name).ThenBy(p => p.Id).Select(p => new PartyRow(p.Id, p.No, p.Name, p.Kind, p.ContactName, p.OfficePhone, p.Address)).Take(take + 1).ToListAsync(ct);
        var more = rows.Count > take;
        if (more) rows.RemoveAt(take);
        return new PartyPage(rows, more ? $"{rows[^1].Id}|{rows[^1].Name}" : null);
    }, ct);
}
