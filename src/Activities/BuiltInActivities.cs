using CrmFlow.Engine;

namespace CrmFlow.Activities;

/// <summary>
/// Every activity type that needs no services: the engine's own and the leaf activities of this project. The host adds its modules' to them.
/// </summary>
public static class BuiltInActivities
{
    public static IReadOnlyList<ActivityDescriptor> All { get; } =
    [
        .. EngineActivities.All,
        ActivityDescriptor.For(_ => new Start()),
        ActivityDescriptor.For(_ => new End()),
        ActivityDescriptor.For(_ => new Finish()),
        ActivityDescriptor.For(_ => new FlowDecision()),
        ActivityDescriptor.For(_ => new FlowFork()) with { Ports = FlowFork.PortsOf },
        ActivityDescriptor.For(_ => new SetVariable()),
        ActivityDescriptor.For(_ => new SetOutput()),
        ActivityDescriptor.For(_ => new SetName()),
        ActivityDescriptor.For(_ => new Correlate()),
        ActivityDescriptor.For(_ => new WriteLine()),
        ActivityDescriptor.For(_ => new Fault()),
        ActivityDescriptor.For(_ => new Delay()),
        ActivityDescriptor.For(_ => new Timer()),
        ActivityDescriptor.For(_ => new Cron()),
        ActivityDescriptor.For(_ => new StartAt()),
        ActivityDescriptor.For(_ => new Event()),
        ActivityDescriptor.For(_ => new PublishEvent()),
        ActivityDescriptor.For(_ => new RunTask()),
        ActivityDescriptor.For(_ => new ExecuteWorkflow()),
        ActivityDescriptor.For(_ => new DispatchWorkflow()),
        ActivityDescriptor.For(_ => new BulkDispatchWorkflows()) with { Validate = BulkDispatchWorkflows.Validate },
        ActivityDescriptor.For(_ => new SendEmail()),
        ActivityDescriptor.For(_ => new HttpEndpoint()),
        ActivityDescriptor.For(_ => new WriteHttpResponse()),
        ActivityDescriptor.For(_ => new SendHttpRequest()),
        ActivityDescriptor.For(_ => new FlowSendHttpRequest()) with { Ports = FlowSendHttpRequest.PortsOf },
    ];
}
