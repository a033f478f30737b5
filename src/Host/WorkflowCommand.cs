using System.Globalization;
using System.Text.Json;
using CrmFlow.Activities;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CrmFlow.Host;

/// <summary>
/// <c>workflow validate</c> and <c>workflow run</c>: definitions from files, in memory on a virtual clock. No web host is built, no database opened.
/// Standard output carries the answer only; words for people go to standard error.
/// </summary>
internal sealed class WorkflowCommand(TextWriter output, TextWriter errors)
{
    public const string Usage = """
        CrmFlow.Host workflow validate PATH...
                             checks definitions (files, or folders with *.json); one line per problem: file, step, reason; exit 1 when there is an error
        CrmFlow.Host workflow run FILE [--with FILE]... [--input JSON] [--event NAME[=JSON]]... [--advance DURATION]... [--now INSTANT]
                             runs FILE in memory on a virtual clock, then events and advances in the order written; --with adds definitions it starts
                             or is woken by. Prints one JSON object; exit 2 when a file cannot be loaded. DURATION: 90s, 1h30m, 01:30:00 or PT1H30M
        """;

    /// <summary>The exit code; 2 also for a command that cannot be understood.</summary>
    public async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args switch
            {
                ["validate", .. { Length: > 0 } paths] => Validate(paths),
                ["run", var file, .. var options] when !file.StartsWith("--", StringComparison.Ordinal) =>
                    await RunAsync(RunOptions.Parse(file, options)),
                _ => throw new CommandException(Usage),
            };
        }
        catch (CommandException e)
        {
            errors.WriteLine(e.Message);
            return 2;
        }
    }

    private int Validate(string[] paths)
    {
        using var services = Services();
        var (catalog, texts) = (services.GetRequiredService<ActivityCatalog>(), services.GetRequiredService<Texts>());
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        var failed = false;
        var files = paths.SelectMany(Files).ToList();
        var library = new WorkflowLibrary([.. files.Select(TryLoad).OfType<WorkflowDefinition>()
            .Select(d => new LibraryWorkflow(d.VersionId ?? d.DefinitionId, d.Version, true, true, d))]);
        foreach (var file in files)
        {
            try
            {
                foreach (var problem in CompiledWorkflow.Compile(Load(file), "", catalog, library).Problems.OrderByDescending(p => p.IsError))
                {
                    failed |= problem.IsError;
                    output.WriteLine(
                        $"{file}: {problem.ActivityId ?? "workflow"}: {(problem.IsError ? "" : "warning: ")}{texts[problem.Code, [.. problem.Args]].ReplaceLineEndings(" ")}");
                }
            }
            catch (CommandException e)
            {
                failed = true;
                output.WriteLine($"{file}: workflow: {e.Message.ReplaceLineEndings(" ")}");
            }
        }
        return failed ? 1 : 0;
    }

    private async Task<int> RunAsync(RunOptions options)
    {
        var definition = Load(options.File);
        var others = options.With.Select(Load).ToList();
        var host = new InMemoryHost([definition, .. others], Catalog([definition, .. others]), options.Now,
            TimeZoneInfo.FindSystemTimeZoneById(Zone));
        var run = await host.StartAsync(definition.DefinitionId, options.Input);
        foreach (var step in options.Steps)
        {
            if (step.Advance is { } by) await host.AdvanceAsync(by);
            else await host.SendEventAsync(step.Event!, step.Payload);
        }
        foreach (var mail in host.Mails) errors.WriteLine($"mail to {string.Join(", ", mail.To)}: {mail.Subject}");
        foreach (var lost in host.Undelivered) errors.WriteLine($"nobody waited for the event {lost.Name}");
        output.WriteLine(Answer(run, host));
        return 0;
    }

    /// <summary>The started instance; the lines are those of all instances, in the order written.</summary>
    private static string Answer(InMemoryRun run, InMemoryHost host)
    {
        var answer = new ValueObject
        {
            ["status"] = run.State.Status.ToString(),
            ["subStatus"] = run.State.SubStatus.ToString(),
            ["output"] = Value.Object([.. run.State.Output.Select(o => (o.Key, o.Value))]),
            ["lines"] = Value.List(host.Lines.Select(Value.From)),
            ["bookmarks"] = Value.List(run.State.Bookmarks.Select(b => Value.From(b.Name))),
            ["incidents"] = Value.List(run.State.Incidents.Select(i => Value.Object(("activityType", i.ActivityType), ("message", i.Message)))),
            ["journal"] = Value.List(run.Journal.Select(j =>
                Value.Object(("at", j.At.ToString("O")), ("event", j.Event.ToString()), ("activityId", j.ActivityId), ("nodeId", j.NodeId),
                ("activityType", j.ActivityType),
                ("round", j.Round), ("outcomes", j.Outcomes is null ? Value.Null : Value.List(j.Outcomes.Select(Value.From))),
                    ("data", j.Data is null ? Value.Null : Value.From(j.Data))))),
        };
        return Value.From(answer).ToJson();
    }

    /// <summary>
    /// The built-in types run as they are. The types of the product's modules work on its database: loaded only when a file names others, and a step
    /// of theirs is an incident that says so.
    /// </summary>
    private ActivityCatalog Catalog(IEnumerable<WorkflowDefinition> definitions)
    {
        var builtIn = new ActivityCatalog(BuiltInActivities.All);
        if (definitions.All(d => CompiledWorkflow.Compile(d, "", builtIn).Problems.All(p => p.Code != "engine.problem.unknown-type"))) return builtIn;
        using var services = Services();
        return new ActivityCatalog([.. services.GetRequiredService<ActivityCatalog>()
            .All.Select(d => builtIn.Find(d.Type) ?? d with { Create = _ => throw new NeedsApplicationException(d.Type) })]);
    }

    private static ServiceProvider Services()
    {
        var configuration = Configuration();
        return new ServiceCollection().AddSingleton(configuration).AddProduct(configuration).AddTexts(typeof(WorkflowCommand).Assembly)
            .RemoveAll<Microsoft.Extensions.Hosting.IHostedService>().BuildServiceProvider();
    }

    private static IConfiguration Configuration() => new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json",
        optional: true).AddEnvironmentVariables().Build();

    private static string Zone => Environment.GetEnvironmentVariable("Business__TimeZone") ?? "Asia/Shanghai";

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];

    private static WorkflowDefinition? TryLoad(string file)
    {
        try
        {
            return Load(file);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    private static WorkflowDefinition Load(string file)
    {
        try
        {
            return WorkflowDefinition.Parse(File.ReadAllText(file));
        }
        catch (Exception e) when (e is DefinitionException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    private sealed record Step(string? Event, Value Payload, TimeSpan? Advance);

    private sealed record RunOptions(string File, List<string> With, Dictionary<string, Value> Input, List<Step> Steps, DateTimeOffset Now)
    {
        public static RunOptions Parse(string file, string[] args)
        {
            var options = new RunOptions(file, [], [], [], TimeProvider.System.GetUtcNow());
            for (var i = 0; i < args.Length; i += 2)
            {
                if (i + 1 == args.Length) throw new CommandException($"{args[i]} needs a value.\n{Usage}");
                options = options.Take(args[i], args[i + 1]);
            }
            return options;
        }

        private RunOptions Take(string name, string value)
        {
            switch (name)
            {
                case "--with":
                    With.Add(value);
                    return this;
                case "--input" when Json(value) is { Kind: ValueKind.Object } input:
                    foreach (var (key, item) in input.Members) Input[key] = item;
                    return this;
                case "--event":
                    var cut = value.IndexOf('=');
                    Steps.Add(new Step(cut < 0 ? value : value[..cut], cut < 0 ? default : Json(value[(cut + 1)..]), null));
                    return this;
                case "--advance":
                    Steps.Add(new Step(null, default,
                        Durations.Parse(value) ?? throw new CommandException($"'{value}' is no duration; write 90s, 1h30m, 01:30:00 or PT1H30M.")));
                    return this;
                case "--now" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var now):
                    return this with { Now = now.ToUniversalTime() };
                default:
                    throw new CommandException($"Cannot use {name} {value}.\n{Usage}");
            }
        }

        private static Value Json(string text)
        {
            try
            {
                return Value.FromJson(text);
            }
            catch (JsonException e)
            {
                throw new CommandException($"'{text}' is no JSON: {e.Message}");
            }
        }
    }

    /// <summary>Something the caller wrote that cannot be used; the message says what.</summary>
    private sealed class CommandException(string message) : Exception(message);

    private sealed class NeedsApplicationException(string type)
        : Exception($"'{type}' works on the application's database; on the command line only the built-in activities run.");
}
