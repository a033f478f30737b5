using CrmFlow.Activities;
using CrmFlow.Agents;
using CrmFlow.Care;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Service;
using CrmFlow.Tasks;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary>The parts the product is made of, in one place: the application and the command line know the same activities and texts.</summary>
internal static class Product
{
    public static IServiceCollection AddProduct(this IServiceCollection services, IConfiguration configuration) => services
        .AddCrmFlowRuntime(configuration).AddActivities(BuiltInActivities.All)
        .AddUi().AddIdentity().AddTasks().AddCustomers().AddSales().AddAgents().AddService().AddCare().AddHostPages();
}
