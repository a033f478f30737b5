using System.Xml.Linq;
using CrmFlow.Composition;

namespace CrmFlow.Modules.Tests.Architecture;

/// <summary>The dependency rule of docs/architecture.md, read from the project files.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Engine"] = [],
        ["Activities"] = ["Engine"],
        ["Runtime"] = ["Engine"],
        ["Ui"] = ["Runtime"],
        ["Identity"] = ["Activities", "Runtime", "Ui"],
        ["Tasks"] = ["Activities", "Runtime", "Ui", "Identity"],
        ["Customers"] = ["Activities", "Runtime", "Ui", "Identity"],
        ["Sales"] = ["Activities", "Runtime", "Ui", "Identity", "Tasks", "Customers"],
        ["Agents"] = ["Activities", "Runtime", "Ui", "Identity", "Customers", "Sales", "Tasks"],
        ["Service"] = ["Activities", "Runtime", "Ui", "Identity", "Customers", "Sales", "Tasks"],
        ["Care"] = ["Activities", "Runtime", "Ui", "Identity", "Customers", "Sales", "Tasks"],
        ["Composition"] = ["Identity", "Tasks", "Customers", "Sales", "Agents", "Service", "Care"],
        ["Migrations"] = ["Runtime", "Composition"],
        ["Host"] = ["Activities", "Runtime", "Ui", "Composition", "Migrations"],
    };

    [Fact]
    public void Projects_reference_only_what_the_dependency_rule_allows()
    {
        foreach (var (name, references, _) in Projects())
        {
            Allowed.ShouldContainKey(name, "A new project needs its line in the dependency rule.");
            references.Except(Allowed[name]).ShouldBeEmpty($"{name} references more than the rule allows.");
        }
    }

    /// <summary>
    /// What walks the modules (access, foreign ids, pages, texts, migrations) walks this list: one that is missing would be walked by nothing.
    /// </summary>
    [Fact]
    public void Every_module_is_in_the_one_list()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Modules"), "*.csproj", SearchOption.AllDirectories);
        ProductModules.All.Select(m => m.Assembly.GetName().Name!)
            .ShouldBe(projects.Select(p => Path.GetFileNameWithoutExtension(p)), ignoreOrder: true);
    }

    [Fact]
    public void The_engine_references_no_package_but_the_analyzers()
    {
        Projects().Single(p => p.Name == "Engine").Packages.ShouldBeEmpty();
    }

    private static IEnumerable<(string Name, string[] References, string[] Packages)> Projects() =>
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        let project = XDocument.Load(file)
        select (Short(file), Names(project, "ProjectReference").Select(Short).ToArray(), Names(project, "PackageReference").ToArray());

    private static IEnumerable<string> Names(XDocument project, string element) =>
        project.Descendants(element).Select(e => e.Attribute("Include")!.Value);

    private static string Short(string path) => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))["CrmFlow.".Length..];
}

/// <summary>Where the sources lie, for tests that read them.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmFlow.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run from inside the repository.");
        return folder.FullName;
    }
}
