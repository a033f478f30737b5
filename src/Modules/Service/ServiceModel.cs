using System.Text.Json;
using CrmFlow.Customers;
using CrmFlow.Sales;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CrmFlow.Service;

/// <summary>The module's tables.</summary>
internal static class ServiceModel
{
    /// <summary>Of what people write at length.</summary>
    public const int TextLength = 2000;

    public static void Configure(ModelBuilder model)
    {
        model.Entity<Complaint>(complaint =>
        {
            complaint.Property(c => c.Id).ValueGeneratedNever();
            complaint.HasIndex(c => c.No).IsUnique();
            complaint.HasIndex(c => new { c.State, c.ComplainedAt, c.Id });
            complaint.HasIndex(c => new { c.ComplainedAt, c.Id });
            complaint.HasIndex(c => new { c.CustomerId, c.ComplainedAt, c.Id });
            complaint.HasIndex(c => new { c.AssignedTo, c.State });
            complaint.Property(c => c.Content).HasMaxLength(TextLength);
            complaint.Property(c => c.VerificationResult).HasMaxLength(TextLength);
            complaint.Property(c => c.CancelReason).HasMaxLength(TextLength);
            complaint.Property(c => c.Rules).HasMaxLength(4000)
                .HasConversion(v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default), s =>
                JsonSerializer.Deserialize<ComplaintRules>(s, JsonSerializerOptions.Default)!);
            complaint.Ignore(c => c.IsOpen).Ignore(c => c.Handling);
            complaint.HasOne<Party>().WithMany().HasForeignKey(c => c.CustomerId).OnDelete(DeleteBehavior.Restrict);
            complaint.HasOne<SalesRecord>().WithMany().HasForeignKey(c => c.SalesRecordId).OnDelete(DeleteBehavior.Restrict);
            complaint.HasOne<Product>().WithMany().HasForeignKey(c => c.ProductId).OnDelete(DeleteBehavior.Restrict);
            complaint.HasMany(c => c.Handlings).WithOne().HasForeignKey(h => h.ComplaintId);
            complaint.HasMany(c => c.CallBacks).WithOne().HasForeignKey(c => c.ComplaintId);
        });
        model.Entity<ComplaintHandling>(handling =>
        {
            handling.Property(h => h.Id).ValueGeneratedNever();
            handling.HasIndex(h => new { h.ComplaintId, h.Round }).IsUnique();
            handling.Property(h => h.Method).HasMaxLength(TextLength);
            handling.Property(h => h.Result).HasMaxLength(TextLength);
            handling.Property(h => h.CustomerComment).HasMaxLength(TextLength);
        });
        model.Entity<ComplaintCallBack>(call =>
        {
            call.Property(c => c.Id).ValueGeneratedNever();
            call.HasIndex(c => new { c.ComplaintId, c.Round, c.Attempt }).IsUnique();
            call.Property(c => c.Comment).HasMaxLength(TextLength);
        });
        Book<ServiceRecord>(model, r => r.Property(x => x.CompletionNotes).HasMaxLength(TextLength));
        Book<FollowUpVisit>(model, v =>
        {
            v.Property(x => x.Content).HasMaxLength(TextLength);
            v.Property(x => x.Result).HasMaxLength(TextLength);
            v.HasIndex(x => x.ComplaintId);
        });
        Book<HotlineRecord>(model, h =>
        {
            h.Property(x => x.Problem).HasMaxLength(TextLength);
            h.Property(x => x.Solution).HasMaxLength(TextLength);
        });
        Book<Interaction>(model, i =>
        {
            i.HasIndex(x => x.No).IsUnique();
            i.Property(x => x.Content).HasMaxLength(TextLength);
            i.HasIndex(x => x.ComplaintId);
        });
    }

    private static void Book<T>(ModelBuilder model, Action<EntityTypeBuilder<T>> more) where T : CustomerRecord => model.Entity<T>(record =>
    {
        record.Property(r => r.Id).ValueGeneratedNever();
        record.HasIndex(r => new { r.At, r.Id });
        record.HasIndex(r => new { r.CustomerId, r.At, r.Id });
        record.HasOne<Party>().WithMany().HasForeignKey(r => r.CustomerId).OnDelete(DeleteBehavior.Restrict);
        more(record);
    });
}
