using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace CrmFlow.Identity;

/// <summary>Everything the module brings, by name.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services) => services
        .AddTexts(typeof(IdentityModule).Assembly);
}
