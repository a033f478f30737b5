using System.Text.Json;
using CrmFlow.Customers;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmFlow.Agents;

/// <summary>The module's tables.</summary>
internal static class AgentsModel
{
    /// <summary>Above what a frozen JSON column may need; unbounded text on SQL Server and SQLite.</summary>
    private const int JsonLength = 1_000_000;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<SettlementApplication>(application =>
        {
            application.HasIndex(a => a.No).IsUnique();
            application.HasIndex(a => a.InstanceId);
            application.HasIndex(a => new { a.AgentId, a.State, a.CreatedAt, a.Id });
            application.HasIndex(a => new { a.State, a.CreatedAt, a.Id });
            application.Property(a => a.Revision).IsConcurrencyToken();
            application.Property(a => a.Remarks).HasMaxLength(2000);
            application.Property(a => a.CloseReason).HasMaxLength(2000);
            Json(application.Property(a => a.Rules));
            application.HasOne<Party>().WithMany().HasForeignKey(a => a.AgentId).OnDelete(DeleteBehavior.Restrict);
            application.HasMany(a => a.Lines).WithOne().HasForeignKey(l => l.ApplicationId);
            application.HasMany(a => a.Reports).WithOne().HasForeignKey(r => r.ApplicationId);
            application.HasMany(a => a.Signatures).WithOne().HasForeignKey(s => s.ApplicationId);
            application.HasMany(a => a.Invoices).WithOne().HasForeignKey(i => i.ApplicationId);
            application.Ignore(a => a.Report).Ignore(a => a.Invoice);
        });
        model.Entity<SettlementLine>(line =>
        {
            line.Property(l => l.Id).ValueGeneratedNever();
            line.HasIndex(l => l.HeldSale).IsUnique(); // nulls are distinct on all three: EF filters them out on SQL Server
            line.HasIndex(l => l.SalesRecordId);
            line.Property(l => l.Rate).HasPrecision(9, 6);
            line.HasOne<SalesRecord>().WithMany().HasForeignKey(l => l.SalesRecordId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SatisfactionReport>(report =>
        {
            report.Property(r => r.Id).ValueGeneratedNever();
            report.HasIndex(r => new { r.ApplicationId, r.Round }).IsUnique();
            report.Property(r => r.Comments).HasMaxLength(4000);
            report.Property(r => r.Reason).HasMaxLength(2000);
            Json(report.Property(r => r.Answers));
        });
        model.Entity<Signature>(signature =>
        {
            signature.Property(s => s.Id).ValueGeneratedNever();
            signature.HasIndex(s => new { s.ReportId, s.By }).IsUnique();
            signature.Property(s => s.Mark).HasMaxLength(JsonLength);
            signature.Property(s => s.Opinion).HasMaxLength(4000);
        });
        model.Entity<Invoice>(invoice =>
        {
            invoice.Property(i => i.Id).ValueGeneratedNever();
            invoice.Property(i => i.Key).HasMaxLength(40);
            invoice.HasIndex(i => i.Key).IsUnique();
            invoice.Property(i => i.VoidReason).HasMaxLength(4000);
        });
        model.Entity<LedgerEntry>(entry =>
        {
            entry.HasIndex(e => e.Books).IsUnique();
            entry.HasIndex(e => e.Reverses).IsUnique();
            entry.HasIndex(e => e.Voucher).IsUnique();
            entry.HasIndex(e => new { e.AgentId, e.At, e.Id });
            entry.Property(e => e.Reason).HasMaxLength(2000);
            entry.HasOne<SettlementApplication>().WithMany().HasForeignKey(e => e.ApplicationId).OnDelete(DeleteBehavior.Restrict);
            // append only: saving a change throws
            foreach (var property in entry.Metadata.GetProperties()) property.SetAfterSaveBehavior(PropertySaveBehavior.Throw);
        });
        model.Entity<FeeRate>(rate =>
        {
            rate.Property(r => r.Rate).HasPrecision(9, 6);
            rate.HasIndex(r => new { r.ProductId, r.AgentId, r.ValidFrom });
            rate.HasOne<Product>().WithMany().HasForeignKey(r => r.ProductId).OnDelete(DeleteBehavior.Restrict);
            rate.HasOne<Party>().WithMany().HasForeignKey(r => r.AgentId).OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void Json<T>(PropertyBuilder<T> property) => property.HasMaxLength(JsonLength).HasConversion(
        v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default), s => JsonSerializer.Deserialize<T>(s, JsonSerializerOptions.Default)!,
        new ValueComparer<T>((a, b) =>
            JsonSerializer.Serialize(a, JsonSerializerOptions.Default) == JsonSerializer.Serialize(b, JsonSerializerOptions.Default),
            v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal)));
}
