using System.Diagnostics;
using System.Text.Json;
using CrmFlow.Activities;
using CrmFlow.Composition;
using CrmFlow.Customers;
using CrmFlow.Host;
using CrmFlow.Runtime;
using CrmFlow.Ui;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// The process that is killed while it works on jobs: the product's runtime, modules and Hangfire, without a web server. It lives as long as its
/// driver.
/// </summary>
internal static class JobHost
{
    public const string Variable = "CRMFLOW_DURABILITY_JOBS";

    public sealed record Order(DatabaseProvider Provider, string Connection, string Files, DateTimeOffset Epoch, int Speed, Guid User);

    public static Process Start(Order order)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(JobHost).Assembly.Location);
        start.Environment[Variable] = JsonSerializer.Serialize(order);
        start.Environment["DOTNET_TieredPGO"] = "0";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Who starts the imports, with all they need.</summary>
    public static Actor Importer(Guid user) => new(ActorKind.Staff, user, "周敏") { Rights = CustomersRights.All.ToHashSet() };

    public static async Task ServeAsync(Order order)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Database:Provider"] = order.Provider.ToString(), ["Database:ConnectionString"] = order.Connection, ["Storage:Files"] = order.Files,
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(new FastClock(order.Epoch, order.Speed));
        services.AddLogging(l => l.SetMinimumLevel(LogLevel.Warning).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddCrmFlowRuntime(configuration).AddUi().AddModules().AddActivities(BuiltInActivities.All).AddHangfireExecution();
        services.AddSingleton(new JobActors((id, _) => Task.FromResult(((Actor, string)?)(Importer(id), "zh"))));
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        foreach (var hosted in provider.GetServices<IHostedService>()) await hosted.StartAsync(default);
        await Console.In.ReadLineAsync(); // the driver is gone
        Environment.Exit(0);
    }
}
