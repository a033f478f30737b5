using CrmFlow.Runtime;
using static CrmFlow.Runtime.RecordFields;

namespace CrmFlow.Customers;

/// <summary>Every field of T-01 and T-02 (and CUS-06) as forms, imports, activities and the record page know it.</summary>
internal static class PartyForm
{
    private const string Basic = "customers.group.basic", Detail = "customers.group.detail", Other = "customers.group.other";

    public static readonly RecordForm<Party> Form = new(
        Field("name", "customers.field.name", (Party p) => p.Name) with { Required = true, MaxLength = 200, Group = Basic },
        Field("no", "customers.field.no", (Party p) => p.No) with { MaxLength = 40, Group = Basic, Help = "customers.field.no-help" },
        Choice("ownershipType", PartyDictionaries.OwnershipType, p => p.OwnershipType, Basic),
        Field("legalRepresentative", "customers.field.legal-representative", (Party p) =>
            p.LegalRepresentative) with { MaxLength = 50, Group = Basic },
        Field("contactName", "customers.field.contact-name", (Party p) => p.ContactName) with { MaxLength = 50, Group = Basic },
        Field("officePhone", "customers.field.office-phone", (Party p) => p.OfficePhone) with { MaxLength = 60, Format = "tel", Group = Basic },
        Field("mobilePhone", "customers.field.mobile-phone", (Party p) => p.MobilePhone) with { MaxLength = 60, Format = "tel", Group = Basic },
        Field("email", "customers.field.email", (Party p) => p.Email) with { MaxLength = 100, Format = "email", Group = Basic },
        Field("fax", "customers.field.fax", (Party p) => p.Fax) with { MaxLength = 60, Format = "tel", Group = Basic },
        Field("website", "customers.field.website", (Party p) => p.Website) with { MaxLength = 200, Format = "url", Group = Basic },
        Field("address", "customers.field.address", (Party p) => p.Address) with { Group = Basic },
        Field("postalCode", "customers.field.postal-code", (Party p) => p.PostalCode) with { MaxLength = 12, Format = "post", Group = Basic },
        Field("profile", "customers.field.profile", (Party p) => p.Profile) with { Lines = 3, MaxLength = 4000, Group = Basic },
        Choice("level", PartyDictionaries.Level, p => p.Level, Detail),
        Choice("customerType", PartyDictionaries.CustomerType, p => p.CustomerType, Detail),
        Choice("status", PartyDictionaries.Status, p => p.Status, Detail),
        Choice("stage", PartyDictionaries.Stage, p => p.Stage, Detail),
        Choice("creditRating", PartyDictionaries.CreditRating, p => p.CreditRating, Detail),
        Choice("companySize", PartyDictionaries.CompanySize, p => p.CompanySize, Detail),
        Choice("industry", PartyDictionaries.Industry, p => p.Industry, Detail),
        Choice("rating", PartyDictionaries.Rating, p => p.Rating, Detail),
        Choice("annualRevenue", PartyDictionaries.AnnualRevenue, p => p.AnnualRevenue, Detail),
        Choice("infoSource", PartyDictionaries.InfoSource, p => p.InfoSource, Detail),
        Field("country", "customers.field.country", (Party p) => p.Country) with { MaxLength = 60, Group = Detail },
        Choice("region", PartyDictionaries.Region, p => p.Region, Detail),
        Field("province", "customers.field.province", (Party p) => p.Province) with { MaxLength = 60, Group = Detail },
        Field("city", "customers.field.city", (Party p) => p.City) with { MaxLength = 60, Group = Detail },
        Choice("areaCode", PartyDictionaries.AreaCode, p => p.AreaCode, Detail) with { Help = "customers.field.area-code-help" },
        Field("foundedOn", "customers.field.founded-on", (Party p) => p.FoundedOn) with { Group = Detail },
        Field("businessScope", "customers.field.business-scope", (Party p) => p.BusinessScope) with { Lines = 2, Group = Detail },
        Field("otherInfo", "customers.field.other-info", (Party p) => p.OtherInfo) with { Lines = 2, MaxLength = 2000, Group = Other },
        Field("sourcePerson", "customers.field.source-person", (Party p) =>
            p.SourcePerson) with { MaxLength = 50, Group = Other, Help = "customers.field.source-person-help" },
        Field("remarks", "customers.field.remarks", (Party p) => p.Remarks) with { Lines = 2, MaxLength = 2000, Group = Other });

    private static RecordField<Party> Choice(string key, string dictionary, System.Linq.Expressions.Expression<Func<Party, string?>> property,
        string group) =>
        Field(key, "dictionary." + dictionary, property, FieldKind.Choice) with { Dictionary = dictionary, Group = group };
}

/// <summary>T-03 as forms and the record page know it; the birthday has an input of its own.</summary>
internal static class ContactForm
{
    public static readonly RecordForm<Contact> Form = new(
        Field("name", "customers.contact.name", (Contact c) => c.Name) with { Required = true, MaxLength = 50 },
        Field("gender", "dictionary.contact.gender", (Contact c) => c.Gender, FieldKind.Choice) with { Dictionary = PartyDictionaries.Gender },
        Field("salutation", "customers.contact.salutation", (Contact c) => c.Salutation) with { MaxLength = 50 },
        Field("department", "customers.contact.department", (Contact c) => c.Department) with { MaxLength = 50 },
        Field("jobTitle", "customers.contact.job-title", (Contact c) => c.JobTitle) with { MaxLength = 50 },
        Field("officePhone", "customers.field.office-phone", (Contact c) => c.OfficePhone) with { MaxLength = 60, Format = "tel" },
        Field("mobilePhone", "customers.field.mobile-phone", (Contact c) => c.MobilePhone) with { MaxLength = 60, Format = "tel" },
        Field("email", "customers.contact.email", (Contact c) => c.Email) with { MaxLength = 50, Format = "email" },
        Field("qq", "customers.contact.qq", (Contact c) => c.Qq) with { MaxLength = 20, Format = "tel" },
        Field("address", "customers.contact.address", (Contact c) => c.Address),
        Field("hobbies", "customers.contact.hobbies", (Contact c) => c.Hobbies),
        Field("familyNotes", "customers.contact.family", (Contact c) =>
            c.FamilyNotes) with { Lines = 2, MaxLength = 2000, Right = CustomersRights.Personal },
        Field("otherInfo", "customers.field.other-info", (Contact c) => c.OtherInfo) with { Lines = 2, MaxLength = 2000 },
        Field("isPrimary", "customers.contact.primary", (Contact c) => c.IsPrimary),
        Field("sourcePerson", "customers.field.source-person", (Contact c) =>
            c.SourcePerson) with { MaxLength = 50, Help = "customers.field.source-person-help" },
        Field("remarks", "customers.field.remarks", (Contact c) => c.Remarks) with { Lines = 2, MaxLength = 500 });
}
