using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Agents;

/// <summary>Everything the module brings, by name.</summary>
public static class AgentsModule
{
    public static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddTexts(typeof(AgentsModule).Assembly);
}
