using CrmFlow.Runtime;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Identity;

/// <summary>
/// A person who signs in: staff, or a user of exactly one agent, who never holds staff roles. Lock-out is not kept here but by name
/// (<see cref="SignInGuard"/>), so that a name nobody has is answered in the same words.
/// </summary>
internal sealed class User : IdentityUser<Guid>
{
    public required ActorKind Kind { get; init; }
    public required string Name { get; set; }
    /// <summary>The agent (party) of an agent user; null for staff.</summary>
    public Guid? AgentId { get; set; }
    public Guid? DepartmentId { get; set; }
    public bool IsEnabled { get; set; } = true;
    /// <summary>"zh" or "en".</summary>
    public string Language { get; set; } = "zh";
    /// <summary>"light", "dark", or null: as the device says.</summary>
    public string? Theme { get; set; }
    public bool IsDemo { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? LastSignInAt { get; set; }
    public List<UserRole> Roles { get; } = [];

    public Result Enable(bool enabled, Guid by)
    {
        if (!enabled && by == Id) return new CannotDisableYourself();
        if (IsEnabled == enabled) return Result.Ok;
        IsEnabled = enabled;
        EndSessions();
        return Result.Ok;
    }

    /// <summary>Replaces the roles. Whoever is signed in with the old ones is signed out within a minute.</summary>
    public Result Assign(IReadOnlyCollection<Role> roles)
    {
        if (Kind == ActorKind.Agent && roles.Count > 0) return new AgentHoldsNoStaffRole(Name);
        if (Roles.Select(r => r.RoleId).ToHashSet().SetEquals(roles.Select(r => r.Id))) return Result.Ok;
        Roles.Clear();
        foreach (var role in roles) Roles.Add(new UserRole { UserId = Id, RoleId = role.Id });
        EndSessions();
        return Result.Ok;
    }

    /// <summary>A new stamp: cookies and circuits that carry the old one end within a minute.</summary>
    public void EndSessions() => SecurityStamp = Passwords.NewToken();
}

internal sealed class Role
{
    public required Guid Id { get; init; }
    /// <summary>What processes and inbox rows name it by; never changes.</summary>
    public required string Key { get; init; }
    public required string Name { get; set; }
    public string? NameEn { get; set; }
    /// <summary>Came with the product; may be renamed, not removed.</summary>
    public bool IsShipped { get; init; }
    public List<RoleRight> Rights { get; } = [];

    public string NameIn(bool english) => english && NameEn is { Length: > 0 } name ? name : Name;
}

internal sealed class RoleRight
{
    public required Guid RoleId { get; init; }
    public required string Right { get; init; }
}

internal sealed class UserRole
{
    public required Guid UserId { get; init; }
    public required Guid RoleId { get; init; }
}

/// <summary>A right this database has met: granted to the shipped roles once, afterwards the administrator's word counts.</summary>
internal sealed class KnownRight
{
    public required string Right { get; init; }
}

internal sealed class Department
{
    public required Guid Id { get; init; }
    /// <summary>What processes name it by; never changes.</summary>
    public required string Key { get; init; }
    public required string Name { get; set; }
    public Guid? ParentId { get; set; }
    public Guid? HeadId { get; set; }
    public int Position { get; set; }
}

/// <summary>A link by which one person sets a password, once. Only the token's hash is kept.</summary>
internal sealed class Invitation
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    public required Guid Id { get; init; }
    public required Guid UserId { get; init; }
    public required string TokenHash { get; init; }
    public required Guid CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? UsedAt { get; set; }

    public bool IsOpen(DateTimeOffset now) => UsedAt is null && now < ExpiresAt;
}

/// <summary>
/// The one row of first setup. Once used it stays used, whatever becomes of the accounts. A demonstration database has it used from the start.
/// </summary>
internal sealed class Setup
{
    public const int OnlyId = 1;
    public int Id { get; init; } = OnlyId;
    public required string TokenHash { get; set; }
    public DateTimeOffset? UsedAt { get; set; }
    public bool IsDemo { get; init; }
    /// <summary>When the demonstration data was there to its last row; null while it loads.</summary>
    public DateTimeOffset? DemoLoadedAt { get; set; }
}

/// <summary>Wrong passwords for one name, whether anybody has that name or not.</summary>
internal sealed class SignInGuard
{
    public const int MaxTries = 5;
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);

    /// <summary>Hash of the normalised name: what people mistype (often their password) is not kept.</summary>
    public required string LoginHash { get; init; }
    public int Failed { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    public bool IsLocked(DateTimeOffset now) => now < LockedUntil;

    /// <summary>Counts a wrong password; tries older than the lock-out time are forgotten.</summary>
    public void Count(DateTimeOffset now)
    {
        if (now - ChangedAt > Lockout || LockedUntil <= now) (Failed, LockedUntil) = (0, null);
        ChangedAt = now;
        if (++Failed >= MaxTries) LockedUntil = now + Lockout;
    }
}

internal static class IdentityModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<User>(e =>
        {
            e.Property(u => u.UserName).HasMaxLength(100);
            e.Property(u => u.NormalizedUserName).HasMaxLength(100);
            e.Property(u => u.Name).HasMaxLength(100);
            e.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
            e.HasIndex(u => u.NormalizedUserName).IsUnique();
            e.HasIndex(u => u.AgentId);
            e.HasIndex(u => u.DepartmentId);
            e.HasMany(u => u.Roles).WithOne().HasForeignKey(r => r.UserId);
            // Lock-out is by name (SignInGuard); second factors and phone numbers are not there yet.
            e.Ignore(u => u.AccessFailedCount).Ignore(u => u.LockoutEnabled).Ignore(u => u.LockoutEnd);
            e.Ignore(u => u.TwoFactorEnabled).Ignore(u => u.PhoneNumber).Ignore(u => u.PhoneNumberConfirmed).Ignore(u => u.EmailConfirmed);
        });
        model.Entity<Role>(e =>
        {
            e.Property(r => r.Key).HasMaxLength(60);
            e.HasIndex(r => r.Key).IsUnique();
            e.HasMany(r => r.Rights).WithOne().HasForeignKey(r => r.RoleId);
        });
        model.Entity<RoleRight>(e => { e.HasKey(r => new { r.RoleId, r.Right }); e.Property(r => r.Right).HasMaxLength(100); });
        model.Entity<UserRole>(e =>
        {
            e.HasKey(r => new { r.UserId, r.RoleId });
            e.HasIndex(r => r.RoleId);
            e.HasOne<Role>().WithMany().HasForeignKey(r => r.RoleId);
        });
        model.Entity<KnownRight>(e => { e.HasKey(r => r.Right); e.Property(r => r.Right).HasMaxLength(100); });
        model.Entity<Department>(e => { e.Property(d => d.Key).HasMaxLength(60); e.HasIndex(d => d.Key).IsUnique(); });
        model.Entity<Invitation>(e =>
            { e.Property(i => i.TokenHash).HasMaxLength(64); e.HasIndex(i => i.TokenHash).IsUnique(); e.HasIndex(i => i.UserId); });
        model.Entity<Setup>(e => { e.Property(s => s.Id).ValueGeneratedNever();
            e.Property(s => s.TokenHash).HasMaxLength(64); e.Property(s => s.UsedAt).IsConcurrencyToken(); });
        model.Entity<SignInGuard>(e => { e.HasKey(g => g.LoginHash); e.Property(g => g.LoginHash).HasMaxLength(64); e.HasIndex(g => g.ChangedAt); });
    }
}
