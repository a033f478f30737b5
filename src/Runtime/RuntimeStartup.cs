using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Runtime;

/// <summary>What the host does once before it takes requests.</summary>
public static class RuntimeStartup
{
    /// <summary>Brings the schema up to date, fills the calendar, and imports the shipped definitions of a folder (null: none).</summary>
    /// <param name="schema">Makes the context that holds the provider's migrations.</param>
    public static async Task PrepareCrmFlowAsync(this IServiceProvider services, Func<DbContext> schema, string? workflowsFolder, CancellationToken ct)
    {
        await DatabaseSchema.PrepareAsync(services.GetRequiredService<DatabaseOptions>(), schema, ct);
        if ((await services.GetRequiredService<CalendarAdministration>().SeedAsync(ct)).Problem is { } problem) throw new InvalidOperationException($"The calendar could not be filled: {problem.Key}");
        if (workflowsFolder is not null) await services.GetRequiredService<ShippedDefinitions>().ImportFolderAsync(workflowsFolder, ct);
    }
}
