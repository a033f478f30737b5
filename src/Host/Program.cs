using CrmFlow.Agents;
using CrmFlow.Customers;
using CrmFlow.Identity;
using CrmFlow.Sales;
using CrmFlow.Tasks;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddIdentity().AddTasks().AddCustomers().AddSales().AddAgents();
var app = builder.Build();
app.Run();

public partial class Program;
