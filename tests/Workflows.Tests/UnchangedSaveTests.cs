using System.Data.Common;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Host.Administration;
using CrmFlow.Identity;
using CrmFlow.Modules.Tests;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Workflows.Tests;

/// <summary>
/// A save that changes nothing writes nothing, generated: every operation of the catalogue that saves is asked twice with the same, and the second
/// time no row of any table is another, new or gone, audit, revision and instances included; only the memory of the request itself is kept. A new one
/// without an entry here fails.
/// </summary>
public sealed class UnchangedSaveTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Saves once, and returns how to save the same again.</summary>
    private static readonly Dictionary<string, Func<Settlement, Task<Func<Task<Problem?>>>>> Known = new()
    {
        ["Customers.SaveParty"] = async s =>
        {
            var input = new PartyInput(Text(("name", "楚天燃气有限公司"), ("officePhone", "027-87654321"), ("remarks", "老客户")), s.Leader.UserId,
                [new("厂庆", new(1998, 5, 8)), new("腊八", new(null, 12, 8, CalendarKind.Lunar))]);
            var save = s.App.Get<SaveParty>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), PartyType.Customer, null, null, input, true, Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), PartyType.Customer, id, 1, input, true, Ct)).Problem;
        },
        ["Customers.SaveContact"] = async s =>
        {
            var input = new ContactInput(Text(("name", "李淼"), ("mobilePhone", "13800001234")), new(new AnnualDay(1980, 5, 8)));
            var save = s.App.Get<SaveContact>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), s.CustomerId, null, null, input, Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), s.CustomerId, id, 1, input, Ct)).Problem;
        },
        ["Sales.SaveSale"] = async s =>
        {
            var input = new SaleInput(Text(("saleDate", "2026-02-05"), ("quantity", "2"), ("amountReceivable", "1000"), ("amountReceived", "400.50")),
                s.CustomerId, s.ProductId, s.AgentId, s.Leader.UserId, ["D-1", "D-2"]);
            var save = s.App.Get<SaveSale>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), null, null, input, false, Ct)).Value.Id;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), id, 1, input, false, Ct)).Problem;
        },
        ["Sales.SaveProduct"] = async s =>
        {
            var values = Text(("code", "K9-77"), ("name", "K9 测绘"), ("listPrice", "19800"), ("isActive", "true"));
            var save = s.App.Get<SaveProduct>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), null, null, values, Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), id, 1, values, Ct)).Problem;
        },
        ["Sales.SaveOpportunity"] = async s =>
        {
            var input = new OpportunityInput(Text(("stage", "lead"), ("closeBy", "2026-05-20"), ("quantity", "1"), ("expectedAmount", "118000")),
                s.CustomerId, s.ProductId, s.Leader.UserId, OpportunityState.Open);
            var save = s.App.Get<SaveOpportunity>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), null, null, input, Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), id, 1, input, Ct)).Problem;
        },
        ["Service.SaveRecord"] = async s =>
        {
            var data = new Dictionary<string, Value> { ["direction"] = "Incoming", ["category"] = "Consultation", ["importance"] = "Normal",
                ["status"] = "Pending", ["content"] = "问升级价格" };
            var save = s.App.Get<SaveRecord>();
            var first = await save.HandleAsync(Actor.System, s.App.NewOperation(), RecordKind.Interaction, null, 0, s.CustomerId, null, data, Ct);
            first.Problem.ShouldBeNull();
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), RecordKind.Interaction, first.Value, 1, s.CustomerId, null,
                data, Ct)).Problem;
        },
        ["Care.SaveAudience"] = async s =>
        {
            var save = s.App.Get<SaveAudience>();
            AudienceFilter Filter() => new() { Levels = ["key"], Products = [s.ProductId], BoughtSince = new(2025, 1, 1) };
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), null, 0, "重点客户", Filter(), Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), id, 1, "重点客户", Filter(), Ct)).Problem;
        },
        ["Care.SaveCarePlan"] = async s =>
        {
            var save = s.App.Get<SaveCarePlan>();
            var id = (await save.HandleAsync(Actor.System, s.App.NewOperation(), null, 0, Carers.Birthdays(), Ct)).Value;
            return async () => (await save.HandleAsync(Actor.System, s.App.NewOperation(), id, 1, Carers.Birthdays(), Ct)).Problem;
        },
        ["Care.SetOptOut"] = s => TwiceAsync(async () =>
            (await s.App.Get<SetCareOptOut>().HandleAsync(Actor.System, s.App.NewOperation(), s.CustomerId, true, Ct)).Problem),
        ["Identity.SetPreference"] = s =>
            TwiceAsync(async () => (await s.App.Get<SetPreference>().HandleAsync(s.Commerce, "en", "dark", s.App.NewOperation(), Ct)).Problem),
        ["Identity.SaveUser"] = async s =>
        {
            var role = await s.App.ReadAsync(db => db.Set<Role>().Where(r => r.Key == "leader").Select(r => r.Id).SingleAsync(Ct));
            UserInput Input(Guid? id) => new(id, "luyuan", "路远", ActorKind.Staff, "luyuan@example.com", null, null, [role]);
            var users = s.App.Get<Users>();
            var id = (await users.SaveAsync(Actor.System, Input(null), s.App.NewOperation(), Ct)).Value;
            return async () => (await users.SaveAsync(Actor.System, Input(id), s.App.NewOperation(), Ct)).Problem;
        },
        ["Identity.EnableUser"] = s => TwiceAsync(async () =>
            (await s.App.Get<Users>().EnableAsync(Actor.System, s.SecondLeader.UserId, false, s.App.NewOperation(), Ct)).Problem),
        ["Identity.SaveRole"] = async s =>
        {
            string[] rights = [CustomersRights.View, SalesRights.View];
            var roles = s.App.Get<Roles>();
            var id = (await roles.SaveAsync(Actor.System, new(null, "guest", "来宾", "Guest", rights, []), s.App.NewOperation(), Ct)).Value;
            return async () =>
                (await roles.SaveAsync(Actor.System, new(id, "guest", "来宾", "Guest", rights, rights), s.App.NewOperation(), Ct)).Problem;
        },
        ["Identity.SaveDepartment"] = async s =>
        {
            var departments = s.App.Get<Departments>();
            var id = (await departments.SaveAsync(Actor.System, new(null, "sales-north", "北区", null, s.Leader.UserId), s.App.NewOperation(), Ct))
                .Value;
            return async () =>
                (await departments.SaveAsync(Actor.System, new(id, "sales-north", "北区", null, s.Leader.UserId), s.App.NewOperation(), Ct)).Problem;
        },
        ["Tasks.SaveDraft"] = async s =>
        {
            var task = (await s.OpenTaskAsync(await s.SubmittedAsync())).Id;
            return await TwiceAsync(async () => (await s.App.Get<Tasks.SaveDraft>().HandleAsync(s.Commerce, task, new Dictionary<string, Value> {
                ["amount"] = 5 }, "看过了", s.App.NewOperation(), Ct)).Problem);
        },
        ["Agents.SaveDraft"] = async s =>
        {
            Guid[] sales = [await s.SaleAsync(500), await s.SaleAsync(700)];
            var draft = await s.DraftAsync(s.Agent, sales);
            return async () => (await s.App.Get<Agents.SaveDraft>()
                .HandleAsync(s.Agent, s.App.NewOperation(), draft, 1, new(s.AgentId, Settlement.PeriodFrom, Settlement.PeriodTo, sales, null), Ct))
                .Problem;
        },
        ["Workflows.SaveDraft"] = s => TwiceAsync(async () =>
            (await s.App.Get<DefinitionAdministration>().SaveDraftAsync(Actor.System, s.App.NewOperation(), Complaints.Definition, null, Ct))
            .Problem),
        ["Host.SaveSetting"] = s => TwiceAsync(async () => (await Of<SettingsAdmin>(s)
            .SaveAsync(Actor.System, SettlementSettings.OnlyFullyPaid.Key, "false", s.App.Get<BusinessTime>().Today, s.App.NewOperation(), Ct))
            .Problem),
        ["Host.SaveDictionary"] = async s =>
        {
            var values = (await Of<DictionaryAdmin>(s).ListAsync(Actor.System, Ct)).Value.Single(d => d.Dictionary.Key == PartyDictionaries.Level)
                .Values;
            IReadOnlyList<DictionaryValue> changed = [.. values, new("gold", "金牌", "Gold")];
            return await TwiceAsync(async () =>
                (await Of<DictionaryAdmin>(s).SaveAsync(Actor.System, s.App.NewOperation(), PartyDictionaries.Level, changed, Ct)).Problem);
        },
        ["Host.MarkCalendar"] = s => TwiceAsync(async () =>
            (await Of<CalendarAdmin>(s).MarkAsync(Actor.System, new(2026, 5, 1), new(2026, 5, 3), false, "劳动节", s.App.NewOperation(), Ct)).Problem),
    };

    private static async Task<Func<Task<Problem?>>> TwiceAsync(Func<Task<Problem?>> save)
    {
        (await save()).ShouldBeNull();
        return save;
    }

    /// <summary>The host's own administration, which <see cref="TestApp"/> does without.</summary>
    private static T Of<T>(Settlement s) => ActivatorUtilities.CreateInstance<T>(s.App.Get<IServiceProvider>());

    private static Dictionary<string, string?> Text(params (string Key, string Value)[] values) =>
        values.ToDictionary(v => v.Key, v => (string?)v.Value);

    [Fact]
    public void Every_operation_that_saves_is_walked()
    {
        var verbs = (string[])["Save", "Set", "Mark", "Enable"];
        var saves = new OperationCatalogue(ProductAssemblies.All.Select(a => new OperationSource(a))).All.Keys.Select(o => o.Name)
            .Where(n => verbs.Any(v => n[(n.IndexOf('.', StringComparison.Ordinal) + 1)..].StartsWith(v, StringComparison.Ordinal)));
        // A variable is set to repair a process, whose next burst writes anyway.
        saves.Except(["Workflows.SetVariable"]).ShouldBe(Known.Keys, ignoreOrder: true);
    }

    [Fact]
    public async Task A_save_that_changes_nothing_writes_nothing()
    {
        await using var s = await Settlement.StartAsync();
        foreach (var type in (string[])["Customers.Party", "Customers.Contact", "Sales.SalesRecord", "Sales.Opportunity", "Service.Interaction"])
            await s.App.PublishAsync(Heard(type));
        var wrong = new List<string>();
        foreach (var (name, arrange) in Known)
        {
            var again = await arrange(s);
            var before = await RowsAsync(s);
            s.Clock.Advance(TimeSpan.FromMinutes(1));
            if (await again() is { } refused) wrong.Add($"{name} refuses the same: {refused.Key} {string.Join(", ", refused.Args)}");
            var after = await RowsAsync(s);
            wrong.AddRange(after.Except(before).Select(r => $"{name} wrote {r}").Concat(before.Except(after).Select(r => $"{name} took {r}")));
        }
        wrong.ShouldBeEmpty();
        (await s.App.ReadAsync(db => db.Set<WorkflowInstanceRow>().CountAsync(i => i.DefinitionId.StartsWith("heard"), Ct)))
            .ShouldBe(5, "the first save of each was heard");
    }

    private static string Heard(string type) => $$"""
        {"definitionId": "heard-{{type.ToLowerInvariant().Replace('.', '-')}}", "name": "heard", "root": {"id": "flow", "type": "Elsa.Flowchart", "activities": [
          {"id": "saved", "type": "CrmFlow.RecordSaved", "customProperties": {"canStartWorkflow": true},
           "recordType": {"typeName": "String", "expression": {"type": "Literal", "value": "{{type}}"} }, "when": {"typeName": "String", "expression": {"type": "Literal", "value": "Always"} } }],
          "connections": []} }
        """;

    /// <summary>Every row of every table but the memory of requests.</summary>
    private static Task<HashSet<string>> RowsAsync(Settlement s) => s.App.ReadAsync(async db =>
    {
        var rows = new HashSet<string>();
        await db.Database.OpenConnectionAsync(Ct);
        foreach (var table in db.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct().Where(t => t != "operation"))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync(Ct);
            while (await reader.ReadAsync(Ct)) rows.Add($"{table}: {Line(reader)}");
        }
        return rows;
    });

    private static string Line(DbDataReader row) => string.Join(" | ",
        Enumerable.Range(0, row.FieldCount).Select(i => row.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : row.GetValue(i).ToString()));
}
