using System.Collections.Concurrent;
using System.Net;
using CrmFlow.TestSupport;

namespace CrmFlow.Durability.Tests;

/// <summary>The world outside: an HTTP server that outlives every host and keeps each call with its Idempotency-Key. What is in it happened, whatever a host believes.</summary>
internal sealed class Sink : IDisposable
{
    private readonly HttpListener _server = new();

    public Sink()
    {
        Address = $"http://127.0.0.1:{PostgresServer.FreePort()}/";
        _server.Prefixes.Add(Address);
        _server.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Every call: its path and its key.</summary>
    public ConcurrentQueue<(string Path, string Key)> Calls { get; } = [];

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            try
            {
                var context = await _server.GetContextAsync();
                Calls.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["Idempotency-Key"] ?? ""));
                _ = Task.Run(() => Answer(context)); // a caller that stands still keeps nobody else waiting
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // the caller was killed, or the run is over
            }
        }
    }

    private static void Answer(HttpListenerContext context)
    {
        try
        {
            context.Response.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // the caller was killed
        }
    }

    public void Dispose() => _server.Close();
}
