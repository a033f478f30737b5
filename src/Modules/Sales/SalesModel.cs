using CrmFlow.Customers;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Sales;

/// <summary>The module's tables, and the values its dictionaries ship with.</summary>
internal static class SalesModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Product>().HasIndex(p => p.Code).IsUnique();
        model.Entity<SalesRecord>(sale =>
        {
            sale.Ignore(s => s.IsFullyPaid);
            sale.Property(s => s.PickupDiscount).HasPrecision(9, 6);
            sale.HasIndex(s => new { s.AgentId, s.SaleDate });
            sale.HasIndex(s => new { s.CustomerId, s.SaleDate, s.Id });
            sale.HasIndex(s => new { s.SaleDate, s.Id });
            sale.HasIndex(s => new { s.SaleOrderNo, s.LineNo }).IsUnique();
            sale.HasIndex(s => s.ServiceAuthorizationNo).IsUnique(); // nulls are distinct on all three: EF filters them out on SQL Server
            sale.HasIndex(s => s.SalesRepId);
            sale.HasOne<Party>().WithMany().HasForeignKey(s => s.CustomerId).OnDelete(DeleteBehavior.Restrict);
            sale.HasOne<Party>().WithMany().HasForeignKey(s => s.AgentId).OnDelete(DeleteBehavior.Restrict);
            sale.HasOne<Product>().WithMany().HasForeignKey(s => s.ProductId).OnDelete(DeleteBehavior.Restrict);
            sale.HasMany(s => s.Dongles).WithOne().HasForeignKey(d => d.SalesRecordId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<DongleAssignment>(dongle =>
        {
            dongle.Property(d => d.Id).ValueGeneratedNever();
            dongle.Property(d => d.DongleNo).HasMaxLength(100);
            dongle.HasIndex(d => d.DongleNo).IsUnique();
        });
        model.Entity<AuthorizationNumber>(number =>
        {
            number.HasKey(n => n.No);
            number.Property(n => n.No).HasMaxLength(60);
            number.HasIndex(n => n.SalesRecordId);
            number.HasOne<SalesRecord>().WithMany().HasForeignKey(n => n.SalesRecordId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Opportunity>(opportunity =>
        {
            opportunity.Property(o => o.Description).HasMaxLength(4000);
            opportunity.HasIndex(o => new { o.State, o.CloseBy, o.Id });
            opportunity.HasIndex(o => new { o.CustomerId, o.CloseBy, o.Id });
            opportunity.HasIndex(o => new { o.SalesRepId, o.State, o.CloseBy });
            opportunity.HasOne<Party>().WithMany().HasForeignKey(o => o.CustomerId).OnDelete(DeleteBehavior.Restrict);
            opportunity.HasOne<Product>().WithMany().HasForeignKey(o => o.ProductId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    public static IServiceCollection AddSalesDictionaries(this IServiceCollection services) => services
        .AddDictionary(new DictionaryDescriptor(SalesDictionaries.AuthorizationIndustry, "customers.menu",
            [new("01", "基础平台类", "Base platform"), new("02", "应用平台类", "Application platform"), new("03", "国土类", "Land"),
                new("04", "市政管网类", "Municipal pipes"), new("05", "电信类", "Telecom")]) { CodePattern = "[0-9]{2}" })
        // SAL-02; what an opportunity ended with is its state, not a stage.
        .AddDictionary(SalesDictionaries.OpportunityStage, "customers.menu", ("lead", "销售线索", "Lead"), ("contact", "商务跟进", "Follow-up"),
            ("needs", "需求确认", "Needs confirmed"), ("proposal", "方案制定", "Proposal"), ("tender", "招标发布", "Tender out"), ("bid", "投标", "Bid"),
            ("signing", "签约", "Signing"));
}
