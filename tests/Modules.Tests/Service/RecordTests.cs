using CrmFlow.Customers;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Service;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Service;

/// <summary>T-06, T-07, T-10, CUS-15: the four books of what was done with a customer.</summary>
public sealed class RecordTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly string[] Rights = [ServiceRights.ViewRecords, ServiceRights.EditRecords, ServiceRights.Record, CustomersRights.View];

    private static async Task<(TestApp App, Actor Me, Actor Other, Guid Mine, Guid Foreign)> StartAsync()
    {
        var app = await TestApp.StartAsync();
        var (me, other) = (await app.StaffAsync("liuyang", "刘洋", ["sales"], Rights), await app.StaffAsync("zhengkai", "郑凯", ["sales"], Rights));
        var (mine, foreign) = (app.NewOperation(), app.NewOperation());
        await app.DoAsync(cmd =>
        {
            foreach (var (id, no, name, owner) in new[] { (mine, "K001", "江城水务集团", me), (foreign, "K002", "楚天燃气有限公司", other) })
            {
                var party = new Party { Id = id, Type = PartyType.Customer, No = no, Name = name };
                party.GiveTo(owner.UserId, null);
                cmd.Db.Add(party);
            }
            return Task.CompletedTask;
        });
        return (app, me, other, mine, foreign);
    }

    private static Dictionary<string, Value> Filled(RecordKind kind, Actor actor) => kind switch
    {
        RecordKind.Service => new() { ["type"] = "Repair", ["target"] = "管网系统", ["startedAt"] = "2026-03-01T09:30", ["endedAt"] = "2026-03-01T17:00",
            ["location"] = "客户机房", ["engineer"] = actor.UserId, ["feeReceivable"] = 1200m, ["feeReceived"] = 1000m,
            ["contactName"] = "李淼", ["contactInfo"] = "13800001234", ["notes"] = "换了加密狗驱动", ["remarks"] = "下次带新狗", ["sourcePerson"] = "王工" },
        RecordKind.Visit => new() { ["nature"] = "ServiceFollowUp", ["visitedAt"] = "2026-03-01T10:00", ["visitor"] = actor.UserId,
            ["respondent"] = "李淼", ["phone"] = "13800001234", ["method"] = "Phone", ["content"] = "用得怎样", ["result"] = "等新版本", ["completed"] = true },
        RecordKind.Hotline => new() { ["date"] = "2026-03-01T11:00", ["servedBy"] = actor.UserId, ["direction"] = "Incoming", ["contactName"] = "李淼",
            ["callerNumber"] = "02787654321", ["callId"] = "C-1", ["problem"] = "许可丢失", ["method"] = "Remote", ["solution"] = "重发许可",
            ["resolved"] = true },
        _ => new() { ["direction"] = "Outgoing", ["category"] = "Consultation", ["contactName"] = "李淼", ["phone"] = "13800001234",
            ["importance"] = "Urgent", ["status"] = "InHand", ["content"] = "问升级价格" },
    };

    private static Task<Result<Guid>> SaveAsync(TestApp app, Actor actor, RecordKind kind, Guid customer, Dictionary<string, Value> data,
        Guid? id = null, int revision = 0, Guid? interaction = null) =>
        app.Get<SaveRecord>().HandleAsync(actor, app.NewOperation(), kind, id, revision, customer, interaction, data, Ct);

    [Theory]
    [InlineData(RecordKind.Service)]
    [InlineData(RecordKind.Visit)]
    [InlineData(RecordKind.Hotline)]
    [InlineData(RecordKind.Interaction)]
    public async Task Every_field_of_a_record_is_kept_and_comes_back_in_its_form(RecordKind kind)
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        var filled = Filled(kind, me);
        var saved = await SaveAsync(app, me, kind, mine, filled);
        saved.Problem.ShouldBeNull();
        var view = (await app.Get<GetRecord>().HandleAsync(me, kind, saved.Value, null, null, Ct)).Value;
        foreach (var (name, value) in filled) view.Fields.Single(f => f.Key == name).Initial.ToText().ShouldBe(value.ToText(), name);
        (view.CreatedByName, view.CreatedAt, view.Customer!.Name).ShouldBe(("刘洋", app.Clock.GetUtcNow(), "江城水务集团"));
        var row = (await app.Get<ListRecords>().HandleAsync(me, new(kind) { CustomerId = mine }, 20, null, Ct)).Value.Rows.ShouldHaveSingleItem();
        row.PersonName.ShouldBe("刘洋");
        row.Type.ShouldBe(kind switch { RecordKind.Service => "故障处理", RecordKind.Visit => "服务回访", RecordKind.Hotline => "远程协助", _ => "咨询" });
    }

    [Theory]
    [InlineData(RecordKind.Service, "notes")]
    [InlineData(RecordKind.Visit, "nature")]
    [InlineData(RecordKind.Hotline, "problem")]
    [InlineData(RecordKind.Interaction, "category")]
    public async Task What_is_needed_and_missing_is_refused_with_its_field(RecordKind kind, string field)
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        var filled = Filled(kind, me);
        filled[field] = Value.Null;
        (await SaveAsync(app, me, kind, mine, filled)).Problem!.Field.ShouldBe(field);
        (await app.Get<ListRecords>().HandleAsync(me, new(kind), 20, null, Ct)).Value.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_cannot_end_before_it_starts_and_a_resolved_call_says_how()
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        var service = Filled(RecordKind.Service, me);
        service["endedAt"] = "2026-03-01T09:00";
        (await SaveAsync(app, me, RecordKind.Service, mine, service)).Problem.ShouldBeOfType<EndsBeforeStart>();
        var call = Filled(RecordKind.Hotline, me);
        call["solution"] = "";
        (await SaveAsync(app, me, RecordKind.Hotline, mine, call)).Problem.ShouldBeOfType<SolutionMissing>();
    }

    [Theory]
    [InlineData(RecordKind.Service)]
    [InlineData(RecordKind.Visit)]
    [InlineData(RecordKind.Hotline)]
    [InlineData(RecordKind.Interaction)]
    public async Task A_record_of_a_customer_outside_the_scope_is_not_found(RecordKind kind)
    {
        var (app, me, other, mine, foreign) = await StartAsync();
        await using var _1 = app;
        var theirs = (await SaveAsync(app, other, kind, foreign, Filled(kind, other))).Value;
        (await app.Get<GetRecord>().HandleAsync(me, kind, theirs, null, null, Ct)).Problem.ShouldBeOfType<NotFound>();
        (await SaveAsync(app, me, kind, foreign, Filled(kind, me), theirs, 1)).Problem.ShouldBeOfType<NotFound>();
        (await SaveAsync(app, me, kind, foreign, Filled(kind, me))).Problem.ShouldBeOfType<NotFound>();
        (await app.Get<ListRecords>().HandleAsync(me, new(kind), 20, null, Ct)).Value.Rows.ShouldBeEmpty();
        (await SaveAsync(app, me, kind, mine, Filled(kind, me))).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_who_change_the_same_record_the_second_is_told()
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        var id = (await SaveAsync(app, me, RecordKind.Visit, mine, Filled(RecordKind.Visit, me))).Value;
        var revision = (await app.Get<GetRecord>().HandleAsync(me, RecordKind.Visit, id, null, null, Ct)).Value.Revision;
        var changed = Filled(RecordKind.Visit, me);
        changed["result"] = "已经升级";
        (await SaveAsync(app, me, RecordKind.Visit, mine, changed, id, revision)).Problem.ShouldBeNull();
        (await SaveAsync(app, me, RecordKind.Visit, mine, changed, id, revision)).Problem!.Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task There_is_no_form_made_from_an_interaction_outside_the_scope()
    {
        var (app, me, other, _, foreign) = await StartAsync();
        await using var _1 = app;
        var theirs = (await SaveAsync(app, other, RecordKind.Interaction, foreign, Filled(RecordKind.Interaction, other))).Value;
        foreach (var id in new[] { theirs, app.NewOperation() })
        {
            (await app.Get<GetRecord>().HandleAsync(me, RecordKind.Visit, null, null, id, Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<PrepareComplaint>().HandleAsync(me, null, null, id, Ct)).Problem.ShouldBeOfType<NotFound>();
        }
    }

    [Fact] // C-30
    public async Task An_interaction_becomes_a_visit_and_is_linked_with_it()
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        var interaction = (await SaveAsync(app, me, RecordKind.Interaction, mine, Filled(RecordKind.Interaction, me))).Value;
        var form = (await app.Get<GetRecord>().HandleAsync(me, RecordKind.Visit, null, null, interaction, Ct)).Value;
        (form.Customer!.Id, form.Fields.Single(f => f.Key == "respondent").Initial.ToText(),
            form.Fields.Single(f => f.Key == "content").Initial.ToText()).ShouldBe((mine, "李淼", "问升级价格"));
        var visit = (await SaveAsync(app, me, RecordKind.Visit, mine, Filled(RecordKind.Visit, me), interaction: interaction)).Value;
        var linked = (await app.Get<GetRecord>().HandleAsync(me, RecordKind.Interaction, interaction, null, null, Ct)).Value;
        (linked.VisitId, linked.Fields.Single(f => f.Key == "status").Initial.ToText(), linked.No).ShouldBe((visit, "Done", "FW-2026-00001"));
    }

    [Fact]
    public async Task A_list_goes_on_where_it_stopped()
    {
        var (app, me, _, mine, _) = await StartAsync();
        await using var _1 = app;
        // all at one instant
        for (var i = 0; i < 5; i++)
            (await SaveAsync(app, me, RecordKind.Interaction, mine, Filled(RecordKind.Interaction, me))).Problem.ShouldBeNull();
        var list = app.Get<ListRecords>();
        var first = (await list.HandleAsync(me, new(RecordKind.Interaction), 2, null, Ct)).Value;
        var second = (await list.HandleAsync(me, new(RecordKind.Interaction), 2, first.Next, Ct)).Value;
        var third = (await list.HandleAsync(me, new(RecordKind.Interaction), 2, second.Next, Ct)).Value;
        first.Rows.Concat(second.Rows).Concat(third.Rows).Select(r => r.Id).Distinct().Count().ShouldBe(5);
        third.Next.ShouldBeNull();
        (await list.HandleAsync(me, new(RecordKind.Interaction) { Find = "升级", IsDone = false, Type = "Consultation" }, 20, null, Ct))
            .Value.Rows.Count.ShouldBe(5);
        (await list.HandleAsync(me, new(RecordKind.Interaction) { IsDone = true }, 20, null, Ct)).Value.Rows.ShouldBeEmpty();
    }
}
