using CrmFlow.Activities;
using CrmFlow.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using CrmFlow.Engine.Tests;
using Shouldly;

namespace CrmFlow.Runtime.Tests;

/// <summary>A module as small as one can be: notes with a text that may be there only once.</summary>
internal sealed class Note
{
    public required Guid Id { get; init; }
    public required string Text { get; set; }
    public decimal Amount { get; set; }
    public DateTimeOffset At { get; set; }
    public DateOnly? Day { get; set; }
}

internal static class NotesModule
{
    public static readonly Operation Write = new("Notes.Write", Access.Staff("notes.write"));
    public static readonly Operation Read = new("Notes.Read", Access.Staff());
    public static readonly Actor Writer = new(ActorKind.Staff, new Guid("11111111-1111-1111-1111-111111111111"),
        "王芳") { Rights = new HashSet<string> { "notes.write", "admin.workflows", "admin.settings" } };
    public static readonly Actor Reader = new(ActorKind.Staff, new Guid("22222222-2222-2222-2222-222222222222"), "李雷");

    public static IServiceCollection AddNotes(this IServiceCollection services)
    {
        services.AddModel(model => model.Entity<Note>(e =>
        {
            e.Property(n => n.Id).ValueGeneratedNever();
            e.HasIndex(n => n.Text).IsUnique();
        }));
        services.AddActivities(BuiltInActivities.All).AddActivity<AddNote>().AddActivity<Fragile>().AddSingleton<Weather>();
        return services;
    }

    public static Note Add(this Command cmd, string text, decimal amount = 0)
    {
        var note = new Note { Id = cmd.NewId(), Text = text, Amount = amount, At = cmd.Now };
        cmd.Db.Add(note);
        return note;
    }

    public static async Task<List<Note>> NotesAsync<T>(this TestHost<T> host) where T : ITestDatabase =>
        (await host.Runtime.ReadAsync<List<Note>>(Read, Reader, async db =>
            await db.Set<Note>().OrderBy(n => n.At).ThenBy(n => n.Text).ToListAsync(), TestContext.Current.CancellationToken)).Value;

    /// <summary>Publishes a flow of the line language under an id.</summary>
    public static async Task PublishAsync<TDb>(this TestHost<TDb> host, string definitionId, string steps, string connections, string variables = "",
        bool continueWithIncidents = true, string? activation = null) where TDb : ITestDatabase
    {
        var json = Scenario.Flow(steps, connections, variables, continueWithIncidents)
            .Replace("\"definitionId\":\"test\"", $"\"definitionId\":\"{definitionId}\"");
        if (activation is not null) json = json.Replace("\"options\":{", $"\"options\":{{\"activationStrategyType\":\"{activation}\",");
        var imported = await host.Services.GetRequiredService<ShippedDefinitions>().ImportAsync(json, TestContext.Current.CancellationToken);
        imported.Problem.ShouldBeNull();
    }

    public static async Task<Guid> StartAsync<TDb>(this TestHost<TDb> host, string definitionId, string? correlationId = null) where TDb
        : ITestDatabase =>
        (await host.CommandAsync<TDb, Guid>(cmd => cmd.StartAsync(definitionId, [], correlationId, null, TestContext.Current.CancellationToken)))
            .Value;

    public static Task<int> SendAsync<TDb>(this TestHost<TDb> host, string eventName, Value payload = default, string? correlationId = null) where TDb
        : ITestDatabase =>
        host.ValueAsync<TDb, int>(async cmd =>
            await cmd.SendStimulusAsync("Elsa.Event", eventName, correlationId, payload, TestContext.Current.CancellationToken));

    public static async Task<T> ValueAsync<TDb, T>(this TestHost<TDb> host, Func<Command, Task<T>> body) where TDb : ITestDatabase =>
        (await host.CommandAsync<TDb, T>(async cmd => await body(cmd))).Value;

    public static Task<Result<T>> CommandAsync<TDb, T>(this TestHost<TDb> host, Func<Command, Task<Result<T>>> body) where TDb : ITestDatabase =>
        host.Runtime.ExecuteAsync(Write, Writer, Guid.CreateVersion7(), null, body, TestContext.Current.CancellationToken);

    public static async Task<WorkflowState> StateAsync<TDb>(this TestHost<TDb> host, Guid instance) where TDb : ITestDatabase
    {
        var row = (await host.RowsAsync<TDb, WorkflowInstanceRow>()).Single(r => r.Id == instance);
        var definition = (await host.RowsAsync<TDb, WorkflowDefinitionRow>()).Single(d => d.Id == row.VersionId);
        return StateJson.Read(row.State,
            host.Services.GetRequiredService<WorkflowDefinitions>().Compile(WorkflowDefinition.Parse(definition.Json), definition.Id));
    }

    public static async Task<List<T>> RowsAsync<TDb, T>(this TestHost<TDb> host) where TDb : ITestDatabase where T : class
    {
        await using var db = host.Database.ReadContext();
        return await db.Set<T>().ToListAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>Adds a note through the command it runs in.</summary>
[Activity("Notes.Add")]
internal sealed class AddNote(Command cmd) : IActivity
{
    [Input] public string Text { get; set; } = "";

    public ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        cmd.Add(Text);
        return new(ActivityResult.Complete());
    }
}

/// <summary>Leaves traces everywhere, and then fails while the weather is bad.</summary>
[Activity("Notes.Fragile")]
internal sealed class Fragile(Command cmd, Weather weather) : IActivity
{
    public async ValueTask<ActivityResult> ExecuteAsync(ActivityContext context, CancellationToken ct)
    {
        weather.Runs++;
        if (await cmd.Db.Set<Note>().AsTracking().FirstOrDefaultAsync(ct) is { } first) first.Amount += 1;
        cmd.Add($"fragile {weather.Runs}");
        cmd.Send(new Mail("a@example.com", "fragile", "fragile"), $"fragile-{context.ActivityInstanceId}");
        cmd.Schedule("fragile", "row", cmd.Now.AddDays(1), Value.Undefined);
        cmd.Audit("Fragile", context.ActivityInstanceId, null, null);
        if (weather.Saves) await cmd.Db.SaveChangesAsync(ct);
        if (weather.Duplicates) cmd.Db.Add(new Note { Id = cmd.NewId(), Text = $"fragile {weather.Runs}" });
        if (weather.IsBad) throw new InvalidOperationException("bad weather");
        return ActivityResult.Complete();
    }
}

internal sealed class Weather
{
    public bool IsBad { get; set; }
    /// <summary>Two notes of one text: only the database refuses, at the flush.</summary>
    public bool Duplicates { get; set; }
    public bool Saves { get; set; }
    public int Runs { get; set; }
}

internal sealed record NoteRefused() : Problem("problem.not-found");
