using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace CrmFlow.Durability.Tests;

/// <summary>The driver's end of a <see cref="HostProgram"/>.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<HostProgram.Answer?>> _asked = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly Lock _writing = new();
    private int _no;
    private volatile bool _isGone;

    private HostProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>When the operating system was asked for it.</summary>
    public long StartedAt { get; } = Stopwatch.GetTimestamp();

    public static async Task<HostProcess> StartAsync(HostProgram.Order order)
    {
        var host = new HostProcess(HostProgram.Start(order));
        try
        {
            await host._ready.Task.WaitAsync(TimeSpan.FromMinutes(1));
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Null: it died before it answered, so nobody knows whether it was done.</summary>
    public async Task<HostProgram.Answer?> AskAsync(HostProgram.Ask ask)
    {
        var numbered = ask with { No = Interlocked.Increment(ref _no) };
        var answer = _asked[numbered.No] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var line = JsonSerializer.Serialize(numbered);
            lock (_writing)
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
        }
        catch (IOException)
        {
            answer.TrySetResult(null);
        }
        if (_isGone) answer.TrySetResult(null);
        return await answer.Task;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            HostProgram.Answer answer;
            try
            {
                answer = JsonSerializer.Deserialize<HostProgram.Answer>(line)!;
            }
            catch (JsonException)
            {
                break; // cut off in the middle of a line
            }
            if (answer.No == 0) _ready.TrySetResult();
            else if (_asked.TryRemove(answer.No, out var asked)) asked.TrySetResult(answer);
        }
        _isGone = true;
        if (!_ready.Task.IsCompleted) _ready.TrySetException(new InvalidOperationException($"A host ended before it was ready: {await _errors}"));
        foreach (var asked in _asked.Values) asked.TrySetResult(null);
    }

    /// <summary>SIGKILL: no finally, no flush, no goodbye. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>SIGSTOP: it stands still with all it holds, and knows nothing of it.</summary>
    public void Stop() => _ = HostProgram.Signal(_process.Id, HostProgram.SigStop);

    public void Continue() => _ = HostProgram.Signal(_process.Id, HostProgram.SigContinue);

    /// <summary>State T of the process: it was stopped, by us or by itself.</summary>
    public bool IsStopped => _process.HasExited ? throw new InvalidOperationException($"The host ended with {_process.ExitCode}: {_errors.Result}")
        : File.ReadAllText($"/proc/{_process.Id}/stat") is var stat && stat[stat.LastIndexOf(')') + 2] == 'T';

    /// <summary>What it logged, once it is gone.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
