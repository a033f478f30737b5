using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmFlow.Runtime;

/// <summary>
/// A query for one row that every burst asks: its expression is built and compiled once instead of at every call, which costs more than the reading.
/// Keep it in a static field. EF binds a compiled query to one model, and a process may hold several (other modules, another database), so there is
/// one for each.
/// </summary>
public sealed class PreparedQuery<TArgument, TResult>(Expression<Func<CrmDbContext, TArgument, CancellationToken, TResult?>> query) where TResult
    : class
{
    private readonly ConditionalWeakTable<IModel, Func<CrmDbContext, TArgument, CancellationToken, Task<TResult?>>> _compiled = [];

    public Task<TResult?> RunAsync(CrmDbContext db, TArgument argument, CancellationToken ct) =>
        _compiled.GetValue(db.Model, _ => EF.CompileAsyncQuery(query))(db, argument, ct);
}

/// <summary>The same for a query for a few rows.</summary>
public sealed class PreparedList<TArgument, TResult>(Expression<Func<CrmDbContext, TArgument, IQueryable<TResult>>> query)
{
    private readonly ConditionalWeakTable<IModel, Func<CrmDbContext, TArgument, IAsyncEnumerable<TResult>>> _compiled = [];

    public async Task<List<TResult>> RunAsync(CrmDbContext db, TArgument argument, CancellationToken ct) =>
        await _compiled.GetValue(db.Model, _ => EF.CompileAsyncQuery(query))(db, argument).ToListAsync(ct);
}
