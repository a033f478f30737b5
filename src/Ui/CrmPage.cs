using CrmFlow.Runtime;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using Radzen;

namespace CrmFlow.Ui;

/// <summary>Who sits before the page; Identity fills it (see <c>CurrentActor</c>).</summary>
public abstract class ActorSource
{
    public abstract ValueTask<Actor> GetAsync();
}

/// <summary>A bug met while doing what a person asked; the id stands in the log beside the exception.</summary>
public sealed record Unexpected : Problem
{
    public Unexpected(string errorId) : base("ui.unexpected", errorId) => ErrorId = errorId;
    public string ErrorId { get; }
}

/// <summary>
/// Base of pages and larger components: who asks, texts, formats, and one way to run a command or query so that a refusal becomes a message,
/// a bug an error id that is in the log, and a second click nothing. Pages hold no access rules: handlers check.
/// </summary>
public abstract class CrmPage : ComponentBase, IAsyncDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IDisposable> _watches = [];

    [Inject] protected Texts T { get; set; } = null!;
    [Inject] protected Formats F { get; set; } = null!;
    [Inject] protected NavigationManager Nav { get; set; } = null!;
    [Inject] protected DialogService Dialogs { get; set; } = null!;
    [Inject] protected IJSRuntime Js { get; set; } = null!;
    [Inject] private ActorSource Actors { get; set; } = null!;
    [Inject] private LiveUpdates Live { get; set; } = null!;
    [Inject] private TimeProvider Clock { get; set; } = null!;
    [Inject] private ILoggerFactory Logs { get; set; } = null!;

    /// <summary>Who asks; set before <see cref="ComponentBase.OnInitializedAsync"/> and read again before every <c>RunAsync</c>.</summary>
    protected Actor Me { get; private set; } = Actor.Anonymous;
    /// <summary>The last refusal or error; show it with <c>&lt;ProblemMessage Problem="Problem" /&gt;</c>.</summary>
    protected Problem? Problem { get; set; }
    /// <summary>A command is running; buttons are disabled meanwhile.</summary>
    protected bool Busy { get; private set; }
    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Ct { get; }

    /// <summary>The token is taken once: what still runs when the page is left must see it cancelled, not its source disposed.</summary>
    protected CrmPage() => Ct = _gone.Token;

    /// <summary>A fresh operation id; keep it with the form, so that a second click is the same operation.</summary>
    protected Guid NewOperation() => Guid.CreateVersion7(Clock.GetUtcNow());

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this); // the view is gone after the first await
        Me = await Actors.GetAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Runs a command or query. A refusal is kept in <see cref="Problem"/>; a bug is logged and becomes <see cref="Unexpected"/>.</summary>
    protected async Task<Result<TValue>> RunAsync<TValue>(Func<Task<Result<TValue>>> work)
    {
        if (Busy) return new StillBusy();
        (Busy, Problem) = (true, null);
        StateHasChanged();
        try
        {
            Me = await Actors.GetAsync();
            var result = await work();
            Problem = result.Problem;
            return result;
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested) { return new StillBusy(); }
        catch (JSDisconnectedException) { return new StillBusy(); }
        catch (Exception e)
        {
            Problem = Report(e);
            return Problem;
        }
        finally
        {
            Busy = false;
            if (!_gone.IsCancellationRequested) StateHasChanged();
        }
    }

    /// <summary>The same for a command without an answer. True when it went through.</summary>
    protected async Task<bool> RunAsync(Func<Task<Result>> work) =>
        !(await RunAsync<bool>(async () => await work() is { Problem: { } problem } ? problem : true)).Failed;

    /// <summary>The same for work that refuses nothing, such as interop. True when it went through.</summary>
    protected Task<bool> RunAsync(Func<Task> work) => RunAsync(async () => { await work(); return Result.Ok; });

    /// <summary>Asks again, debounced, whenever something of this person's changed. Call once, in OnInitializedAsync.</summary>
    protected void Watch(Func<Task> refresh) => Watch(Me.Principals, refresh);

    protected void Watch(IEnumerable<string> principals, Func<Task> refresh) =>
        _watches.Add(new Debounce(Live, principals, Clock, () => InvokeAsync(async () =>
        {
            try { await refresh(); if (!_gone.IsCancellationRequested) StateHasChanged(); }
            catch (OperationCanceledException) { }
            catch (Exception e) when (!_gone.IsCancellationRequested) { Problem = Report(e); StateHasChanged(); }
        })));

    private Unexpected Report(Exception e)
    {
        var id = ErrorIds.New(Clock);
        Logs.CreateLogger(GetType()).LogError(e, "Error {ErrorId} on {Page} for {UserId}", id, GetType().Name, Me.UserId);
        return new Unexpected(id);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        foreach (var watch in _watches) watch.Dispose();
        _gone.Dispose();
        GC.SuppressFinalize(this);
    }

    // One refresh at most every 300 ms, however many rows a burst changed.
    private sealed class Debounce : IDisposable
    {
        private readonly IDisposable _subscription;
        private readonly ITimer _timer;
        private int _waiting;

        public Debounce(LiveUpdates live, IEnumerable<string> principals, TimeProvider clock, Func<Task> refresh)
        {
            _timer = clock.CreateTimer(_ =>
                { Volatile.Write(ref _waiting, 0); _ = refresh(); }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _subscription = live.Subscribe(principals, () =>
            {
                if (Interlocked.Exchange(ref _waiting, 1) == 0) _timer.Change(TimeSpan.FromMilliseconds(300), Timeout.InfiniteTimeSpan);
            });
        }

        public void Dispose()
        {
            _subscription.Dispose();
            _timer.Dispose();
        }
    }
}

/// <summary>A second click while the first is under way: nothing to say.</summary>
internal sealed record StillBusy() : Problem("ui.submitting");

/// <summary>Short ids people can read out: YC-0412-7F3K, month and day first.</summary>
public static class ErrorIds
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    public static string New(TimeProvider clock) =>
        $"YC-{clock.GetUtcNow():MMdd}-{System.Security.Cryptography.RandomNumberGenerator.GetString(Alphabet, 6)}";
}
