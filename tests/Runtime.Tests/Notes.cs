using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
    public static readonly Actor Writer = new(ActorKind.Staff, new Guid("11111111-1111-1111-1111-111111111111"), "王芳") { Rights = new HashSet<string> { "notes.write", "admin.workflows", "admin.settings" } };
    public static readonly Actor Reader = new(ActorKind.Staff, new Guid("22222222-2222-2222-2222-222222222222"), "李雷");

    public static IServiceCollection AddNotes(this IServiceCollection services) => services.AddModel(model => model.Entity<Note>(e =>
    {
        e.Property(n => n.Id).ValueGeneratedNever();
        e.HasIndex(n => n.Text).IsUnique();
    }));

    public static Note Add(this Command cmd, string text, decimal amount = 0)
    {
        var note = new Note { Id = cmd.NewId(), Text = text, Amount = amount, At = cmd.Now };
        cmd.Db.Add(note);
        return note;
    }

    public static async Task<List<Note>> NotesAsync<T>(this TestHost<T> host) where T : ITestDatabase =>
        (await host.Runtime.ReadAsync<List<Note>>(Read, Reader, async db => await db.Set<Note>().OrderBy(n => n.At).ThenBy(n => n.Text).ToListAsync(), TestContext.Current.CancellationToken)).Value;

    public static async Task<List<T>> RowsAsync<TDb, T>(this TestHost<TDb> host) where TDb : ITestDatabase where T : class
    {
        await using var db = host.Database.ReadContext();
        return await db.Set<T>().ToListAsync(TestContext.Current.CancellationToken);
    }
}

internal sealed record NoteRefused() : Problem("problem.not-found");
