using CrmFlow.Runtime;

namespace CrmFlow.Host;

/// <summary>For the operator's probes; nothing in them is secret, so they need no sign-in.</summary>
internal static class Health
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", async (RuntimeHealth health, CancellationToken ct) => Answer((await health.CheckAsync(ct)).IsAlive, "the database does not answer")).AllowAnonymous();
        app.MapGet("/readyz", async (RuntimeHealth health, CancellationToken ct) =>
        {
            var report = await health.CheckAsync(ct);
            return Answer(report.IsReady, !report.DatabaseAnswers ? "the database does not answer" : !report.CanWrite ? "the database takes no writes: disk full or not writable" : "waiting work is not being done");
        }).AllowAnonymous();
    }

    private static IResult Answer(bool good, string otherwise) => good ? Results.Text("ok") : Results.Text(otherwise, statusCode: 503);
}
