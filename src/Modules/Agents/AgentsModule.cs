using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Tasks;
using CrmFlow.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Agents;

/// <summary>Everything the module brings, by name.</summary>
public static class AgentsModule
{
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        foreach (var right in AgentsRights.All) services.AddRight(right, "agents.rights");
        return services
            .AddTexts(typeof(AgentsModule).Assembly).AddOperations(typeof(AgentsModule).Assembly)
            .AddModel(AgentsModel.Configure).AddScope<SettlementApplication>(SettlementScope.Of)
            .AddSetting(SettlementSettings.RatioBands, "agents.settings", SettlementSettings.CheckBands)
            .AddSetting(SettlementSettings.MaxDeviation, "agents.settings", v =>
                v is >= 0 and <= 100 ? null : new InvalidSetting("agents.setting.deviation"))
            .AddSetting(SettlementSettings.OnlyFullyPaid, "agents.settings")
            .AddSetting(SettlementSettings.Questions, "agents.settings", SettlementSettings.CheckQuestions)
            .AddSetting(SettlementSettings.TwoSignaturesFrom, "agents.settings", v => v >= 0 ? null : new InvalidSetting("agents.setting.negative"))
            .AddSetting(SettlementSettings.DueDays, "agents.settings", v =>
                v.All.All(d => d is >= 0 and <= 250) ? null : new InvalidSetting("agents.setting.due-days"))
            .AddSetting(SettlementSettings.NumberPattern, "agents.settings", NumberPattern.Check)
            .AddSetting(SettlementSettings.VoucherPattern, "agents.settings", NumberPattern.Check)
            .AddSubject<SettlementSubject>(SettlementScope.Subject)
            .AddProcessOwner<SettlementProcess>(SubmitSettlement.DefinitionId)
            .AddTaskForm<CommerceReviewForm>(CommerceReviewForm.Key)
            .AddTaskForm<CorrectionForm>(CorrectionForm.Key)
            .AddTaskForm<SatisfactionReportForm>(SatisfactionReportForm.Key)
            .AddTaskForm<LeaderSignatureForm>(LeaderSignatureForm.Key)
            .AddTaskForm<InvoiceEntryForm>(InvoiceEntryForm.Key)
            .AddTaskForm<InvoiceReceiptForm>(InvoiceReceiptForm.Key)
            .AddTaskForm<FinanceDecisionForm>(FinanceDecisionForm.Key)
            .AddActivity<PostSettlement>()
            .AddActivity<CloseSettlement>()
            .AddGrant(AgentsRights.View, ShippedRoles.Commerce, ShippedRoles.Support, ShippedRoles.Leader, ShippedRoles.Finance)
            .AddGrant(AgentsRights.ApplyFor, ShippedRoles.Commerce)
            .AddGrant(AgentsRights.Cancel, ShippedRoles.Commerce)
            .AddGrant(AgentsRights.Reverse, ShippedRoles.Finance)
            .AddGrant(AgentsRights.EditRates, ShippedRoles.Commerce)
            .AddAgentHome(new AgentHome("/agents/my", "agents.my"))
            .AddMenu(new("/agents/my", "agents.my", "description", "", 10, Access.AgentsOnly) { AgentOnly = true, OnPhone = true })
            .AddMenu(new("/agents/settlements/new", "agents.menu.new", "add", "", 20, Access.AgentsOnly) { AgentOnly = true, OnPhone = true })
            .AddMenu(new("/agents/ledger", "agents.menu.ledger", "currency_yuan", "", 30, Access.AgentsOnly) { AgentOnly = true, OnPhone = true })
            .AddMenu(new("/agents/settlements", "agents.list", "request_quote", "agents.menu", 200,
                Access.Staff(AgentsRights.View, AgentsRights.ApplyFor)))
            .AddMenu(new("/agents", "agents.agents", "storefront", "agents.menu", 210, Access.Staff(CustomersRights.View)))
            .AddPartyPanel(new(typeof(Pages.AccountPanel), PartyTab.Settlement, 500,
                Access.Staff(AgentsRights.View, AgentsRights.ApplyFor)) { Only = PartyType.Agent })
            .AddPartyAction(new("agents.apply-for", "request_quote", "/agents/settlements/new?agent={0}", 200,
                Access.Staff(AgentsRights.ApplyFor)) { Only = PartyType.Agent })
            .AddMenu(new("/agents/fee-rates", "agents.rates", "percent", "agents.menu", 220, Access.Staff(AgentsRights.EditRates)))
            .AddSearch<SettlementSearch>().AddSearch<AgentSearch>()
            .AddDemoData<DemoFeeRates>().AddDemoData<DemoSettlements>()
            .AddScoped<FreeLines>().AddScoped<SaveDraft>().AddScoped<DeleteDraft>().AddScoped<SubmitSettlement>().AddScoped<WithdrawSettlement>().AddScoped<CancelSettlement>()
            .AddScoped<GetSettlement>().AddScoped<ListSettlements>().AddScoped<GetAgentAccount>().AddScoped<ReverseLedgerEntry>().AddScoped<GetSettlementTerms>().AddScoped<ListAgents>().AddScoped<ListFeeRates>().AddScoped<AddFeeRate>();
    }
}
