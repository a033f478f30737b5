using CrmFlow.Runtime;
using static CrmFlow.Runtime.RecordFields;

namespace CrmFlow.Sales;

/// <summary>The fields of T-04 that are typed; customer, agent, product, salesperson and dongles have inputs of their own.</summary>
internal static class SaleForm
{
    public static readonly RecordForm<SalesRecord> Form = new(
        Field("saleOrderNo", "sales.field.order-no", (SalesRecord s) => s.SaleOrderNo) with { MaxLength = 60, Help = "sales.field.order-no-help" },
        Field("saleDate", "sales.field.sale-date", (SalesRecord s) => s.SaleDate) with { Required = true },
        Field("quantity", "sales.field.quantity", (SalesRecord s) => s.Quantity) with { Required = true, Min = 1, Max = 100_000 },
        Field("productValue", "sales.field.product-value", (SalesRecord s) => s.ProductValue) with { Unit = "ui.yuan" },
        Field("pickupDiscount", "sales.field.discount", (SalesRecord s) =>
            s.PickupDiscount, FieldKind.Percent) with { Max = 1, Help = "sales.field.discount-help" },
        Field("amountReceivable", "sales.field.receivable", (SalesRecord s) =>
            s.AmountReceivable) with { Required = true, Unit = "ui.yuan", Help = "sales.field.receivable-help" },
        Field("receivableReason", "sales.field.receivable-reason", (SalesRecord s) => s.ReceivableReason) with { MaxLength = 200 },
        Field("amountReceived", "sales.field.received", (SalesRecord s) => s.AmountReceived) with { Required = true, Unit = "ui.yuan" },
        Field("areaCode", "dictionary.customer.area-code", (SalesRecord s) =>
            s.AreaCode, FieldKind.Choice) with { Dictionary = Customers.PartyDictionaries.AreaCode, Help = "sales.field.area-help" },
        Field("industryCode", "dictionary.sales.authorization-industry", (SalesRecord s) =>
            s.IndustryCode, FieldKind.Choice) with { Dictionary = SalesDictionaries.AuthorizationIndustry, Help = "sales.field.industry-help" },
        Field("salesRepName", "sales.field.sales-rep-name", (SalesRecord s) =>
            s.SalesRepName) with { MaxLength = 50, Help = "sales.field.sales-rep-name-help" },
        Field("salesRepPhone", "sales.field.sales-rep-phone", (SalesRecord s) => s.SalesRepPhone) with { MaxLength = 60, Format = "tel" },
        Field("sourcePerson", "sales.field.source-person", (SalesRecord s) => s.SourcePerson) with { MaxLength = 50 },
        Field("remarks", "sales.field.remarks", (SalesRecord s) => s.Remarks) with { Lines = 2, MaxLength = 2000 });
}
