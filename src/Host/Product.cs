using CrmFlow.Activities;
using CrmFlow.Composition;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary>The parts the product is made of, in one place: the application and the command line know the same activities and texts.</summary>
internal static class Product
{
    public static IServiceCollection AddProduct(this IServiceCollection services, IConfiguration configuration) => services
        .AddCrmFlowRuntime(configuration).AddActivities(BuiltInActivities.All)
        .AddUi().AddModules().AddHostPages();
}
