using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace CrmFlow.Durability.Tests;

/// <summary>
/// The world outside: an HTTP server that outlives every host and keeps each call with its Idempotency-Key. What is in it happened, whatever a host
/// believes.
/// </summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _server;

    private Sink(WebApplication server) => _server = server;

    public static async Task<Sink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new Sink(builder.Build());
        sink._server.Run(context =>
        {
            sink.Calls.Enqueue((context.Request.Path.Value!, context.Request.Headers["Idempotency-Key"].ToString()));
            return Task.CompletedTask;
        });
        await sink._server.StartAsync();
        return sink;
    }

    public string Address => $"{_server.Urls.Single()}/";

    /// <summary>Every call: its path and its key.</summary>
    public ConcurrentQueue<(string Path, string Key)> Calls { get; } = [];

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
