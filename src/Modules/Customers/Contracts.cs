using System.Linq.Expressions;
using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Customers;

/// <summary>T-14: customers and agents are the same record, marked by type (002 note ⑤).</summary>
public enum PartyType { Customer, Agent }

/// <summary>C-14.</summary>
public enum PartyKind { Organisation, Person }

/// <summary>T-01, T-02: a customer or agent. Text fields marked with a dictionary hold its code (<see cref="PartyDictionaries"/>).</summary>
public sealed class Party : BusinessRecord
{
    public required PartyType Type { get; init; }
    public PartyKind Kind { get; set; }
    /// <summary>客户编号 / 代理商编号.</summary>
    public required string No { get; set; }
    /// <summary>客户名称.</summary>
    public required string Name { get; set; }
    /// <summary>
    /// The name without what differs by habit (brackets, spaces, company suffixes), for finding duplicates; follows <see cref="Name"/>.
    /// </summary>
    public string NameKey { get; internal set; } = "";
    /// <summary>企业性质; dictionary <see cref="PartyDictionaries.OwnershipType"/>.</summary>
    public string? OwnershipType { get; set; }
    /// <summary>法人代表.</summary>
    public string? LegalRepresentative { get; set; }
    /// <summary>详细地址.</summary>
    public string? Address { get; set; }
    /// <summary>邮编.</summary>
    public string? PostalCode { get; set; }
    /// <summary>网站.</summary>
    public string? Website { get; set; }
    /// <summary>企业简介.</summary>
    public string? Profile { get; set; }
    /// <summary>Name of the primary contact, kept in step with it; typed only while there is no contact.</summary>
    public string? ContactName { get; set; }
    /// <summary>办公电话.</summary>
    public string? OfficePhone { get; set; }
    /// <summary>手机号码.</summary>
    public string? MobilePhone { get; set; }
    /// <summary>电子邮箱.</summary>
    public string? Email { get; set; }
    /// <summary>传真.</summary>
    public string? Fax { get; set; }
    /// <summary>客户级别; dictionary <see cref="PartyDictionaries.Level"/>.</summary>
    public string? Level { get; set; }
    /// <summary>客户类型; dictionary <see cref="PartyDictionaries.CustomerType"/>.</summary>
    public string? CustomerType { get; set; }
    /// <summary>客户状态; dictionary <see cref="PartyDictionaries.Status"/>.</summary>
    public string? Status { get; set; }
    /// <summary>客户阶段; dictionary <see cref="PartyDictionaries.Stage"/>.</summary>
    public string? Stage { get; set; }
    /// <summary>信用评价; dictionary <see cref="PartyDictionaries.CreditRating"/>.</summary>
    public string? CreditRating { get; set; }
    /// <summary>业务范围.</summary>
    public string? BusinessScope { get; set; }
    /// <summary>规模; dictionary <see cref="PartyDictionaries.CompanySize"/>.</summary>
    public string? CompanySize { get; set; }
    /// <summary>所在国家.</summary>
    public string? Country { get; set; }
    /// <summary>所在区域; dictionary <see cref="PartyDictionaries.Region"/>.</summary>
    public string? Region { get; set; }
    /// <summary>所在省份.</summary>
    public string? Province { get; set; }
    /// <summary>所在城市.</summary>
    public string? City { get; set; }
    /// <summary>
    /// 区号, four digits; dictionary <see cref="PartyDictionaries.AreaCode"/>. What the authorization number of a sale takes first (R-NUM-2).
    /// </summary>
    public string? AreaCode { get; set; }
    /// <summary>客户行业 (CUS-06, C-06: not the industry of authorization numbers); dictionary <see cref="PartyDictionaries.Industry"/>.</summary>
    public string? Industry { get; set; }
    /// <summary>评分 (CUS-06); dictionary <see cref="PartyDictionaries.Rating"/>.</summary>
    public string? Rating { get; set; }
    /// <summary>年营业额 (CUS-06); dictionary <see cref="PartyDictionaries.AnnualRevenue"/>.</summary>
    public string? AnnualRevenue { get; set; }
    /// <summary>信息来源; dictionary <see cref="PartyDictionaries.InfoSource"/>.</summary>
    public string? InfoSource { get; set; }
    /// <summary>其他信息.</summary>
    public string? OtherInfo { get; set; }
    /// <summary>成立日期 (R-CARE-2); its anniversary is an occasion of care.</summary>
    public DateOnly? FoundedOn { get; set; }
    /// <summary>负责人 (CUS-06).</summary>
    public Guid? OwnerId { get; internal set; }
    /// <summary>The owner's department when it became theirs: the data scope of the record.</summary>
    public string? DepartmentKey { get; internal set; }
    /// <summary>Special days beside the founding (R-CARE-2).</summary>
    public List<Anniversary> Anniversaries { get; } = [];

    /// <summary>Gives the record to a member of staff and so into the scope of their department.</summary>
    public void GiveTo(Guid? owner, string? departmentKey) => (OwnerId, DepartmentKey) = (owner, departmentKey);
}

public enum CalendarKind { Solar, Lunar }

/// <summary>A day that comes back every year, solar or lunar, as far as it is known (R-CARE-2).</summary>
/// <param name="Year">Of the first; null when unknown. The lunar year carries the number of the solar year it begins in.</param>
/// <param name="Day">Null when only the month is known.</param>
/// <param name="IsLeapMonth">Of a lunar date: the month is the leap month after the ordinary one of the same number.</param>
public sealed record AnnualDay(int? Year, int Month, int? Day, CalendarKind Calendar = CalendarKind.Solar, bool IsLeapMonth = false);

/// <summary>A special day of a party beside its founding: 厂庆, 特殊节日 (R-CARE-1, R-CARE-2).</summary>
public sealed class Anniversary
{
    public required Guid Id { get; init; }
    public Guid PartyId { get; init; }
    public required string Name { get; set; }
    public int? Year { get; set; }
    public required int Month { get; set; }
    public int? Day { get; set; }
    public CalendarKind Calendar { get; set; }
    public bool IsLeapMonth { get; set; }
    public AnnualDay On => new(Year, Month, Day, Calendar, IsLeapMonth);
}

/// <summary>T-03, CUS-07: a person at a party.</summary>
public sealed class Contact : BusinessRecord
{
    public required Guid PartyId { get; init; }
    /// <summary>姓名.</summary>
    public required string Name { get; set; }
    /// <summary>称呼.</summary>
    public string? Salutation { get; set; }
    /// <summary>性别; dictionary <see cref="PartyDictionaries.Gender"/>.</summary>
    public string? Gender { get; set; }
    /// <summary>部门.</summary>
    public string? Department { get; set; }
    /// <summary>职务.</summary>
    public string? JobTitle { get; set; }
    /// <summary>办公电话.</summary>
    public string? OfficePhone { get; set; }
    /// <summary>手机号码.</summary>
    public string? MobilePhone { get; set; }
    /// <summary>电子邮件.</summary>
    public string? Email { get; set; }
    public string? Qq { get; set; }
    /// <summary>
    /// 出生年月: year, month and day as far as known, in the calendar the person keeps. Personal: the right <see cref="CustomersRights.Personal"/>.
    /// </summary>
    public int? BirthYear { get; private set; }
    public int? BirthMonth { get; private set; }
    public int? BirthDay { get; private set; }
    public CalendarKind BirthCalendar { get; private set; }
    public bool BirthIsLeapMonth { get; private set; }
    /// <summary>地址.</summary>
    public string? Address { get; set; }
    /// <summary>爱好.</summary>
    public string? Hobbies { get; set; }
    /// <summary>家庭. Personal, as the birthday is.</summary>
    public string? FamilyNotes { get; set; }
    /// <summary>其他信息.</summary>
    public string? OtherInfo { get; set; }
    /// <summary>The one lists and reminders name; at most one of a party.</summary>
    public bool IsPrimary { get; set; }

    /// <summary>The birthday as one value; null when not even the month is known.</summary>
    public AnnualDay? Birthday
    {
        get => BirthMonth is { } month ? new(BirthYear, month, BirthDay, BirthCalendar, BirthIsLeapMonth) : null;
        set => (BirthYear, BirthMonth, BirthDay, BirthCalendar, BirthIsLeapMonth) =
            (value?.Year, value?.Month, value?.Day, value?.Calendar ?? default, value?.IsLeapMonth ?? false);
    }
}

/// <summary>Keys of the dictionaries parties and contacts use (C-24).</summary>
public static class PartyDictionaries
{
    public const string OwnershipType = "customer.ownership-type", Level = "customer.level", CustomerType = "customer.type",
        Status = "customer.status", Stage = "customer.stage",
        CreditRating = "customer.credit-rating", CompanySize = "customer.company-size", Region = "customer.region", AreaCode = "customer.area-code",
        Industry = "customer.industry",
        Rating = "customer.rating", AnnualRevenue = "customer.annual-revenue", InfoSource = "customer.info-source", Gender = "contact.gender";
}

/// <summary>Rights over customers, agents and contacts; roles combine them.</summary>
public static class CustomersRights
{
    /// <summary>Sees agents, and the customers one owns or entered.</summary>
    public const string View = "customer.view";
    /// <summary>Also those of the own department and the ones below it.</summary>
    public const string ViewDepartment = "customer.view-department";
    public const string ViewAll = "customer.view-all";
    /// <summary>Enters and changes those one sees.</summary>
    public const string Edit = "customer.edit";
    public const string Import = "customer.import";
    public const string Export = "customer.export";
    /// <summary>Sees and changes birthdays and family of contacts (T-03).</summary>
    public const string Personal = "contact.personal";

    internal static readonly string[] All = [View, ViewDepartment, ViewAll, Edit, Import, Export, Personal];
}

/// <summary>
/// Whose customers an actor sees (C-15): the one place that says it, for get-by-id, lists, search, export, attachments and the records that hang on a
/// customer. Unseen is 404.
/// </summary>
internal static class PartyScope
{
    internal static Expression<Func<Party, bool>> Of(CrmDbContext db, Actor actor)
    {
        if (actor.Kind == ActorKind.Agent) return p => p.Id == actor.AgentId;
        if (actor.Kind != ActorKind.Staff || !actor.Has(CustomersRights.View)) return p => false;
        if (actor.Has(CustomersRights.ViewAll)) return p => true;
        var (me, departments) = (actor.UserId, actor.Has(CustomersRights.ViewDepartment) ? actor.Departments : []);
        return p => p.Type == PartyType.Agent || p.OwnerId == me || p.CreatedBy == me
            || p.DepartmentKey != null && departments.Contains(p.DepartmentKey);
    }
}

/// <summary>What a module's part of a record page is given.</summary>
public sealed record PartyHead(Guid Id, PartyType Type, string No, string Name);

/// <summary>The tabs of an agent's page (002 §5.1–5.3); a customer's page shows the panels of all of them below each other.</summary>
public enum PartyTab { Info, Trade, Settlement }

/// <summary>
/// A related list on the record page, brought by the module whose records it shows. Registered with <c>services.AddPartyPanel(…)</c>.
/// </summary>
/// <param name="Component">Has one parameter <c>PartyHead Party</c>; draws a card of its own.</param>
/// <param name="Access">Who sees it; its queries check for themselves.</param>
public sealed record PartyPanel(Type Component, PartyTab Tab, int Order, Access Access)
{
    /// <summary>Only on pages of this type; null on both.</summary>
    public PartyType? Only { get; init; }
}

/// <summary>
/// Something one can do for a party in one click, offered on its page and beside it in search results (R-NAV-1). Registered with
/// <c>services.AddPartyAction(…)</c>.
/// </summary>
/// <param name="Text">Text key, such as <c>service.complaint.new</c>.</param>
/// <param name="Href">Address with the party's id as <c>{0}</c>.</param>
public sealed record PartyAction(string Text, string Icon, string Href, int Order, Access Access)
{
    public PartyType? Only { get; init; }
    public string For(Guid partyId) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Href, partyId);
}

public static class PartyRegistration
{
    public static IServiceCollection AddPartyPanel(this IServiceCollection services, PartyPanel panel) => services.AddSingleton(panel);
    public static IServiceCollection AddPartyAction(this IServiceCollection services, PartyAction action) => services.AddSingleton(action);
}
