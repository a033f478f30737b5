using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Agents;

/// <summary>Settlement applications by number or agent, in the scope of every application list.</summary>
internal sealed class SettlementSearch(Texts texts) : ISearchSource
{
    public string Heading => "agents.list";
    public int Order => 10;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        var pattern = SearchEverything.Pattern(text);
        var rows = await (from a in db.Visible<SettlementApplication>(actor).AsNoTracking()
                          join agent in db.All<Party>() on a.AgentId equals agent.Id
                          where a.No != null && (EF.Functions.Like(a.No, pattern, "\\") || EF.Functions.Like(agent.Name, pattern, "\\"))
                          orderby a.CreatedAt descending, a.Id
                          select new { a.Id, a.No, a.State, Agent = agent.Name, a.InstanceId }).Take(take).ToListAsync(ct);
        return rows.ConvertAll(r => new SearchHit(actor.Kind == ActorKind.Agent ? $"/agents/my?id={r.Id}" : $"/agents/settlements/{r.Id}",
            $"{r.No}　{r.Agent}", texts[$"agents.state.{r.State}"],
            [("agents.link.print", $"/agents/settlements/{r.No}/print")]));
    }
}

/// <summary>Agents by name or number, for staff.</summary>
internal sealed class AgentSearch : ISearchSource
{
    public string Heading => "agents.agents";
    public int Order => 20;

    public async Task<IReadOnlyList<SearchHit>> FindAsync(CrmDbContext db, Actor actor, string text, int take, CancellationToken ct)
    {
        if (!GetParty.Operation.Access.Allows(actor)) return [];
        var pattern = SearchEverything.Pattern(text);
        var rows = await db.Visible<Party>(actor).AsNoTracking()
            .Where(p => p.Type == PartyType.Agent && (EF.Functions.Like(p.Name, pattern, "\\") || EF.Functions.Like(p.No, pattern, "\\")
            || EF.Functions.Like(p.ContactName!, pattern, "\\")))
            .OrderBy(p => p.Name).ThenBy(p => p.Id).Take(take).ToListAsync(ct);
        return rows.ConvertAll(p =>
        {
            List<(string, string)> links = [("agents.link.ledger", $"/agents/ledger/{p.Id}")];
            if (actor.Has(AgentsRights.ApplyFor)) links.Add(("agents.apply-for", $"/agents/settlements/new?agent={p.Id}"));
            return new SearchHit(PartyRoutes.Page(PartyType.Agent, p.Id), p.Name,
                string.Join("　", new[] { p.No, p.ContactName, p.OfficePhone }.OfType<string>()), links);
        });
    }
}
