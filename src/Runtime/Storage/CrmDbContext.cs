using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>A module's tables: called once while the model is built. Registered with <c>services.AddModel(…)</c>.</summary>
public sealed record ModelContribution(Action<ModelBuilder> Configure);

/// <summary>
/// The one context over all modules' tables; the provider's migrations derive from it in Migrations. Only the runtime creates it (see <see
/// cref="WorkflowRuntime"/>).
/// Conventions: tables and columns in snake_case of the class and property names (no pluralising), enums as text, money decimal(19,2), instants as
/// UTC ticks on SQLite.
/// </summary>
public class CrmDbContext(DbContextOptions options, IEnumerable<ModelContribution> contributions, RecordScopes? scopes = null) : DbContext(options)
{
    /// <summary>The rows of a type the actor may see: where everything that answers a person starts.</summary>
    public IQueryable<T> Visible<T>(Actor actor) where T : class =>
        (scopes ?? throw new InvalidOperationException("A context made for the schema answers nobody.")).Of<T>().Of(this, actor);

    /// <summary>
    /// All rows of a type, whoever asks: for what the system looks at, what hangs on a row already found to be visible, and types that are no secret
    /// among those whom the operation admits.
    /// </summary>
    public DbSet<T> All<T>() where T : class => Set<T>();

    /// <summary>Which tables the model holds: two hosts of one process with other modules must not share a cached model.</summary>
    internal string ModelKey { get; } =
        string.Join('|', contributions.Select(c => $"{c.Configure.Method.DeclaringType?.FullName}.{c.Configure.Method.Name}"));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<decimal>().HavePrecision(19, 2);
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
        configurationBuilder.Properties<string>().HaveMaxLength(400);
        if (Database.ProviderName == "Microsoft.EntityFrameworkCore.Sqlite")
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        EngineModel.Configure(modelBuilder);
        foreach (var contribution in contributions) contribution.Configure(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            if (entity.GetTableName() is { } table && entity.BaseType is null && !entity.IsOwned()) entity.SetTableName(SnakeCase(table));
            if (typeof(BusinessRecord).IsAssignableFrom(entity.ClrType))
            {
                entity.FindProperty(nameof(BusinessRecord.Revision))!.IsConcurrencyToken = true;
                entity.FindProperty(nameof(BusinessRecord.Remarks))!.SetMaxLength(2000);
            }
            foreach (var property in entity.GetProperties()) property.SetColumnName(SnakeCase(property.GetColumnName()));
        }
    }

    internal static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 && name[i - 1] != '_' && !(char.IsUpper(name[i - 1])
            && (i + 1 == name.Length || char.IsUpper(name[i + 1]))) ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(v => v.UtcTicks, v => new DateTimeOffset(v, TimeSpan.Zero));
}

/// <summary>The context of commands and queries: pooled, so it can take nothing but options and finds the contributions through them.</summary>
internal sealed class PooledCrmDbContext(DbContextOptions<PooledCrmDbContext> options)
    : CrmDbContext(options, Application(options).GetServices<ModelContribution>(), Application(options).GetRequiredService<RecordScopes>())
{
    private static IServiceProvider Application(DbContextOptions options) =>
        options.FindExtension<CoreOptionsExtension>()!.ApplicationServiceProvider!;
}

internal sealed class ContributionsModelKey : IModelCacheKeyFactory
{
    public object Create(DbContext context, bool designTime) => (context.GetType(), (context as CrmDbContext)?.ModelKey, designTime);
}
