using System.Reflection;
using CrmFlow.Composition;

namespace CrmFlow.Host;

/// <summary>The modules' assemblies, where pages are looked for beside this one.</summary>
internal static class PageAssemblies
{
    public static readonly Assembly[] All = [.. ProductModules.All.Select(m => m.Assembly)];
}
