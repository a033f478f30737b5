using System.Linq.Expressions;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>Which rows of a type an actor sees; <see cref="RecordScope{T}"/>.</summary>
public abstract class RecordScope
{
    private protected RecordScope(Type of) => Type = of;

    public Type Type { get; }
}

/// <summary>
/// Which rows of a type an actor sees, said once by the module that owns the type and asked by <see cref="CrmDbContext.Visible{T}"/>, where
/// everything that answers a person starts: single records, lists, counts, search, pickers, exports, attachments. The system is not asked for: it
/// sees all.
/// </summary>
/// <param name="of">The condition for an actor. It may ask the context for what others let the actor see, such as the customers a record hangs
/// on.</param>
public sealed class RecordScope<T>(Func<CrmDbContext, Actor, Expression<Func<T, bool>>> of) : RecordScope(typeof(T)) where T : class
{
    internal IQueryable<T> Of(CrmDbContext db, Actor actor) => actor.Kind == ActorKind.System ? db.All<T>() : db.All<T>().Where(of(db, actor));
}

/// <summary>All scopes of the modules there are.</summary>
public sealed class RecordScopes(IEnumerable<RecordScope> scopes)
{
    private readonly Dictionary<Type, RecordScope> _scopes = scopes.ToDictionary(s => s.Type);

    public IReadOnlyCollection<Type> Types => _scopes.Keys;

    internal RecordScope<T> Of<T>() where T : class => _scopes.TryGetValue(typeof(T), out var scope) ? (RecordScope<T>)scope
        : throw new InvalidOperationException(
            $"Nobody has said who sees {typeof(T).Name}. Add services.AddScope<{typeof(T).Name}>(…) in the module that owns it.");
}

public static class RecordScopeRegistration
{
    public static IServiceCollection AddScope<T>(this IServiceCollection services, Func<CrmDbContext, Actor, Expression<Func<T, bool>>> of) where T
        : class =>
        services.AddSingleton<RecordScope>(new RecordScope<T>(of));
}
