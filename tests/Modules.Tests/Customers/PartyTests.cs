using CrmFlow.Customers;
using CrmFlow.Modules.Tests.Sales;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Modules.Tests.Customers;

/// <summary>T-01…T-03, CUS-06, R-AUD-1, C-15.</summary>
public sealed class PartyTests
{
    private static CancellationToken Ct => TestApp.Ct;

    [Fact]
    public async Task Who_and_when_come_from_session_and_clock_whatever_a_form_says()
    {
        await using var shop = await Shop.OpenAsync();
        var id = (await shop.SavePartyAsync("楚天燃气有限公司", ("createdBy", Guid.Empty.ToString()), ("sourcePerson", "孙晓梅"))).Value;
        var entered = shop.App.Clock.GetUtcNow();
        shop.App.Clock.Advance(TimeSpan.FromDays(1));
        var other = await shop.App.StaffAsync("zhoumin", "周敏", rights: [.. Shop.AllRights, CustomersRights.ViewAll]);
        (await shop.App.Get<SaveParty>().HandleAsync(other, shop.App.NewOperation(), PartyType.Customer, id, 1,
            new PartyInput(new() { ["level"] = "key" }), false, Ct)).Problem.ShouldBeNull();
        var party = await shop.App.ReadAsync(db => db.Set<Party>().SingleAsync(p => p.Id == id, Ct));
        (party.CreatedBy, party.CreatedAt, party.ChangedBy, party.ChangedAt, party.Revision, party.SourcePerson)
            .ShouldBe((shop.Seller.UserId, entered, other.UserId, shop.App.Clock.GetUtcNow(), 2, "孙晓梅"));
    }

    [Fact]
    public async Task Every_field_is_kept_as_it_was_filled_in()
    {
        await using var shop = await Shop.OpenAsync();
        var book = (await shop.App.Get<Dictionaries>().ReadAsync(shop.Seller, Ct)).Value;
        var values = PartyForm.Form.Fields.ToDictionary(f => f.Key, f => f switch
        {
            { Dictionary: { } dictionary } => book[dictionary][0].Code, { Kind: FieldKind.Date } => "1998-05-01", { Format: "tel" } =>
                "027-87654322转8", { Format: "email" } => "a@example.com", { Format: "post" } => "430074", _ => (string?)("值" + f.Key),
        });
        var id = (await shop.App.Get<SaveParty>().HandleAsync(shop.Seller, shop.App.NewOperation(), PartyType.Customer, null, null,
            new PartyInput(values, Anniversaries: [new("厂庆", new AnnualDay(null, 8, 15, CalendarKind.Lunar))]), true, Ct)).Value;
        var view = (await shop.App.Get<GetParty>().HandleAsync(shop.Seller, id, Ct)).Value;
        PartyForm.Form.Read(view.Party, shop.Seller).ShouldBe(values);
        view.Party.Anniversaries.ShouldHaveSingleItem().On.ShouldBe(new AnnualDay(null, 8, 15, CalendarKind.Lunar));
        (view.OwnerName, view.Party.DepartmentKey).ShouldBe(("刘洋", "sales-central"));
    }

    [Theory]
    [InlineData("email", "nobody")]
    [InlineData("postalCode", "30074")]
    [InlineData("officePhone", "无")]
    [InlineData("level", "no-such-code")]
    [InlineData("foundedOn", "1998-02-30")]
    public async Task A_value_that_is_none_is_refused_at_its_field(string field, string value)
    {
        await using var shop = await Shop.OpenAsync();
        var refused = (await shop.SavePartyAsync("星源数字城市科技", (field, value))).Problem.ShouldBeOfType<FieldRefused>();
        refused.Field.ShouldBe(field);
        shop.App.Get<Texts>().Of(refused).ShouldContain(value);
    }

    [Fact]
    public async Task Every_wrong_value_is_refused_at_once_and_none_is_kept()
    {
        await using var shop = await Shop.OpenAsync();
        var refused = (await shop.SavePartyAsync("", ("officePhone", "无"), ("email", "nobody"), ("foundedOn", "1998-02-30")))
            .Problem.ShouldNotBeNull();
        refused.All.Select(p => p.Field).ShouldBe(["name", "officePhone", "email", "foundedOn"]);
        refused.All.ShouldAllBe(p => p is FieldRefused);
        (await shop.App.ReadAsync(db => db.Set<Party>().CountAsync(p => p.Email == "nobody", Ct))).ShouldBe(0);
    }

    [Theory]
    [InlineData("江城水务集团", "")]
    [InlineData("江城水务集团公司", "")]
    [InlineData("恒图测绘院", "027-8765 4321")]
    public async Task A_name_or_phone_another_has_is_warned_about_and_saved_when_one_says_so(string name, string phone)
    {
        await using var shop = await Shop.OpenAsync();
        (string, string?)[] values = phone.Length > 0 ? [("officePhone", phone.Replace(" ", ""))] : [];
        (await shop.SavePartyAsync(name, values)).Problem.ShouldBeOfType<PossibleDuplicate>().Args[0]!.ToString()!.ShouldContain("江城水务集团（KH-00001）");
        (await shop.SavePartyAsync(shop.Seller, name, despite: true, values)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_duplicate_outside_the_scope_is_said_to_exist_and_not_who_it_is()
    {
        await using var shop = await Shop.OpenAsync();
        var stranger = await shop.App.StaffAsync("stranger", "陌生人", rights: [CustomersRights.View, CustomersRights.Edit], department: "elsewhere");
        var refused = (await shop.SavePartyAsync(stranger, "江城水务集团", despite: false)).Problem.ShouldBeOfType<PossibleDuplicate>();
        refused.Args.ShouldBeEmpty();
    }

    [Fact]
    public async Task Scope_is_own_department_or_all_and_unseen_is_absent_everywhere()
    {
        await using var shop = await Shop.OpenAsync();
        var app = shop.App;
        var contact = (await app.Get<SaveContact>()
            .HandleAsync(shop.Seller, app.NewOperation(), shop.Customer, null, null, new ContactInput(new() { ["name"] = "李淼" }), Ct)).Value;
        var sale = (await shop.SellAsync()).Value.Id;
        var opportunity = (await app.Get<SaveOpportunity>().HandleAsync(shop.Seller, app.NewOperation(), null, null,
            new OpportunityInput(new() { ["stage"] = "lead", ["closeBy"] = "2026-04-01", ["quantity"] = "1" }, shop.Customer), Ct)).Value;
        string[] own = [.. Shop.AllRights.Where(r => r != CustomersRights.ViewDepartment)];
        var colleague = await app.StaffAsync("colleague", "同事", rights: Shop.AllRights, department: "sales-central");
        var all = await app.StaffAsync("all", "全部", rights: [.. own, CustomersRights.ViewAll]);
        var foreign = await app.StaffAsync("foreign", "外人", rights: Shop.AllRights, department: "sales-east");
        var onlyOwn = await app.StaffAsync("only-own", "只看自己", rights: own, department: "sales-central");

        foreach (var (actor, sees) in new[] { (shop.Seller, true), (colleague, true), (all, true), (foreign, false), (onlyOwn, false) })
        {
            (!(await app.Get<GetParty>().HandleAsync(actor, shop.Customer, Ct)).Failed).ShouldBe(sees, actor.Name);
            (!(await app.Get<ContactQueries>().GetAsync(actor, contact, Ct)).Failed).ShouldBe(sees, actor.Name);
            (!(await app.Get<SaleRecords>().GetAsync(actor, sale, Ct)).Failed).ShouldBe(sees, actor.Name);
            (!(await app.Get<OpportunityQueries>().GetAsync(actor, opportunity, Ct)).Failed).ShouldBe(sees, actor.Name);
            foreach (var list in new RecordList[] {
                app.Get<CustomerList>(), app.Get<ContactList>(), app.Get<SaleList>(), app.Get<OpportunityList>() })
            {
                ((await list.ReadAsync(actor, new ListRequest(), Ct)).Value.Rows.Count > 0).ShouldBe(sees, $"{list.Key} {actor.Name}");
                ((await list.CountAsync(actor, new ListRequest(), Ct)).Value.Count > 0).ShouldBe(sees, $"{list.Key} {actor.Name}");
            }
            if (sees) continue;
            (await app.Get<SaveParty>().HandleAsync(actor, app.NewOperation(), PartyType.Customer, shop.Customer, null, new PartyInput([]), false, Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<SaveContact>().HandleAsync(actor, app.NewOperation(), shop.Customer, contact, null, new ContactInput([]), Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<SaveSale>().HandleAsync(actor, app.NewOperation(), sale, null, new SaleInput([], shop.Customer, shop.Product), false, Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<IssueNumber>().IssueAsync(actor, app.NewOperation(), sale, Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<IssueNumber>().ReissueAsync(actor, app.NewOperation(), sale, null, null, "x", Ct)).Problem.ShouldBeOfType<NotFound>();
            (await app.Get<SaveOpportunity>().HandleAsync(actor, app.NewOperation(), opportunity, null, new OpportunityInput([], shop.Customer), Ct)).Problem.ShouldBeOfType<NotFound>();
            (await new SearchEverything(app.Runtime, app.Get<IEnumerable<ISearchSource>>()).HandleAsync(actor, "江城", Ct)).Value.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Birthday_and_family_are_seen_and_changed_with_their_right_only()
    {
        await using var shop = await Shop.OpenAsync();
        var id = (await shop.App.Get<SaveContact>().HandleAsync(shop.Seller, shop.App.NewOperation(), shop.Customer, null, null,
            new ContactInput(new() { ["name"] = "李淼", ["familyNotes"] = "两个孩子" },
                new BirthdayInput(new AnnualDay(1984, 10, 1, CalendarKind.Lunar, true))), Ct)).Value;
        var blind = await shop.App.StaffAsync("blind", "无权", rights: [.. Shop.AllRights.Where(r => r != CustomersRights.Personal)],
            department: "sales-central");
        var seen = (await shop.App.Get<ContactQueries>().GetAsync(blind, id, Ct)).Value.Contact;
        (seen.Birthday, seen.FamilyNotes).ShouldBe((null, null));
        (await shop.App.Get<SaveContact>().HandleAsync(blind, shop.App.NewOperation(), shop.Customer, id, 1,
            new ContactInput(new() { ["familyNotes"] = "改", ["jobTitle"] = "科长" }, BirthdayInput.None), Ct)).Problem.ShouldBeNull();
        var kept = (await shop.App.Get<ContactQueries>().GetAsync(shop.Seller, id, Ct)).Value.Contact;
        (kept.Birthday, kept.FamilyNotes, kept.JobTitle).ShouldBe((new AnnualDay(1984, 10, 1, CalendarKind.Lunar, true), "两个孩子", "科长"));
    }

    [Fact]
    public async Task The_first_contact_is_the_primary_one_and_the_party_names_it()
    {
        await using var shop = await Shop.OpenAsync();
        Task<Result<Guid>> Add(string name, bool primary) =>
            shop.App.Get<SaveContact>().HandleAsync(shop.Seller, shop.App.NewOperation(), shop.Customer, null, null,
            new ContactInput(new() { ["name"] = name, ["isPrimary"] = primary ? "true" : "false" }), Ct);
        await Add("李淼", false);
        (await Name()).ShouldBe("李淼");
        await Add("张立新", true);
        (await Name()).ShouldBe("张立新");
        (await shop.App.ReadAsync(db => db.Set<Contact>().CountAsync(c => c.IsPrimary, Ct))).ShouldBe(1);
        Task<string?> Name() =>
            shop.App.ReadAsync(db => db.Set<Party>().Where(p => p.Id == shop.Customer).Select(p => p.ContactName).SingleAsync(Ct));
    }
}
