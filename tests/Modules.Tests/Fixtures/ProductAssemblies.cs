using System.Reflection;
using CrmFlow.Activities;
using CrmFlow.Composition;
using CrmFlow.Host.Components.Workflows;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Modules.Tests;

/// <summary>Everything the product is made of, for tests that walk all of it: nothing is named here that a module could be missing from.</summary>
internal static class ProductAssemblies
{
    public static readonly Assembly[] All =
    [
        typeof(WorkflowRuntime).Assembly, typeof(BuiltInActivities).Assembly, typeof(CrmPage).Assembly, .. ProductModules.All.Select(m => m.Assembly),
        typeof(WorkflowPages).Assembly,
    ];
}
