using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>Applications by number, agent or invoice number.</summary>
internal sealed class SettlementSearch(Texts texts) : ISearchSource
{
    public string Heading => "agents.search";
    public int Order => 100;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        var (pattern, invoice) = (SearchEverything.Pattern(text), Invoice.Normalise(text));
        var found = await (from a in db.Set<SettlementApplication>().AsNoTracking().VisibleTo(actor)
                           join p in db.Set<Party>() on a.AgentId equals p.Id
                           where EF.Functions.Like(a.No!, pattern, "\\") || EF.Functions.Like(p.Name, pattern, "\\") || invoice.Length >= 6 && a.Invoices.Any(i => i.Number == invoice)
                           orderby a.CreatedAt descending, a.Id descending
                           select new { a.Id, a.No, a.State, p.Name, a.PeriodFrom, a.PeriodTo }).Take(take).ToListAsync(ct);
        return found.ConvertAll(a => new SearchHit(
            a.State == SettlementState.Draft ? $"/agents/settlements/{a.Id}/edit" : $"/agents/settlements/{a.Id}", a.No ?? texts["agents.state.Draft"],
            $"{a.Name}，{Pages.SettlementWords.Period(texts, a.PeriodFrom, a.PeriodTo)}，{texts[$"agents.state.{a.State}"]}",
            a.State == SettlementState.Draft ? [] : [("agents.print", $"/agents/settlements/{a.No}/print")]));
    }
}

/// <summary>Agents by name or number, for staff.</summary>
internal sealed class AgentSearch : ISearchSource
{
    public string Heading => "agents.search.agents";
    public int Order => 110;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!ListAgents.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var found = await db.Set<Party>().AsNoTracking().Where(p => p.Type == PartyType.Agent && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\")))
            .OrderBy(p => p.No).Select(p => new { p.Id, p.No, p.Name }).Take(take).ToListAsync(ct);
        return found.ConvertAll(p => new SearchHit($"/agents/ledger/{p.Id}", p.Name, p.No,
            actor.Has(AgentsRights.ApplyFor) ? [("agents.account", $"/agents/ledger/{p.Id}"), ("agents.apply-for", $"/agents/settlements/new?agent={p.Id}")] : [("agents.account", $"/agents/ledger/{p.Id}")]));
    }
}
