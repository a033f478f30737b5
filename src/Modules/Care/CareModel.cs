using System.Text.Json;
using CrmFlow.Customers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace CrmFlow.Care;

/// <summary>The module's tables.</summary>
internal static class CareModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<FirstVisit>(visit =>
        {
            visit.Property(v => v.Id).ValueGeneratedNever();
            visit.HasIndex(v => new { v.CustomerId, v.SaleOrderNo }).IsUnique(); // one visit per order
            visit.Ignore(v => v.IsCompleted).Ignore(v => v.IsWaiting);
            visit.HasIndex(v => v.InstanceId);
            visit.HasIndex(v => new { v.State, v.DueOn, v.Id });
            visit.HasIndex(v => new { v.SaleDate, v.Id });
            visit.Property(v => v.ProductName).HasMaxLength(2000);
            visit.Property(v => v.Outcome).HasMaxLength(2000);
            visit.Property(v => v.CancelReason).HasMaxLength(2000);
            visit.HasOne<Party>().WithMany().HasForeignKey(v => v.CustomerId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<Audience>(audience =>
        {
            audience.Property(a => a.Id).ValueGeneratedNever();
            audience.HasIndex(a => a.Name).IsUnique();
            audience.Property(a => a.Filter).HasMaxLength(100_000).HasConversion(
                v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default), s =>
                    JsonSerializer.Deserialize<AudienceFilter>(s, JsonSerializerOptions.Default)!,
                new ValueComparer<AudienceFilter>((a, b) =>
                    JsonSerializer.Serialize(a, JsonSerializerOptions.Default) == JsonSerializer.Serialize(b, JsonSerializerOptions.Default),
                    v => JsonSerializer.Serialize(v, JsonSerializerOptions.Default).GetHashCode(StringComparison.Ordinal)));
        });
        model.Entity<CarePlan>(plan =>
        {
            plan.Property(p => p.Id).ValueGeneratedNever();
            plan.Property(p => p.Body).HasMaxLength(8000);
            plan.HasOne<Audience>().WithMany().HasForeignKey(p => p.AudienceId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<CarePlanProgress>(progress =>
        {
            progress.HasKey(p => p.PlanId);
            progress.Property(p => p.PlanId).ValueGeneratedNever();
        });
        model.Entity<CareOccasion>(occasion =>
        {
            occasion.Property(o => o.Id).ValueGeneratedNever();
            occasion.Ignore(o => o.IsOpen);
            occasion.Property(o => o.CancelReason).HasMaxLength(2000);
            occasion.HasIndex(o => o.Key).IsUnique(); // nobody twice
            occasion.HasIndex(o => new { o.State, o.On, o.Id });
            occasion.HasIndex(o => new { o.PartyId, o.On });
            occasion.HasOne<CarePlan>().WithMany().HasForeignKey(o => o.PlanId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<CareRecord>(record =>
        {
            record.Property(r => r.Id).ValueGeneratedNever();
            record.HasIndex(r => r.OccasionId).IsUnique();
            record.HasIndex(r => new { r.CaredAt, r.Id });
            record.HasIndex(r => new { r.PartyId, r.CaredAt });
            record.HasOne<Party>().WithMany().HasForeignKey(r => r.PartyId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<CareOptOut>(o => o.Property(x => x.Id).ValueGeneratedNever());
        model.Entity<CustomerReminder>(reminder =>
        {
            reminder.Property(r => r.Id).ValueGeneratedNever();
            reminder.HasIndex(r => new { r.Target, r.IsResolved, r.RequestedAt });
            reminder.HasIndex(r => new { r.IsResolved, r.RequestedAt, r.Id });
            reminder.HasIndex(r => new { r.PartyId, r.RequestedAt });
            reminder.Property(r => r.Resolution).HasMaxLength(1000);
        });
    }
}
