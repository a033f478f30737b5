using CrmFlow.Runtime;

namespace CrmFlow.Host;

/// <summary>For the operator's probes; nothing in them is secret, so they need no sign-in.</summary>
internal static class Health
{
    private static readonly Operation Ready = new("Host.Ready", Access.SystemOnly);

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Results.Text("ok")).AllowAnonymous();
        app.MapGet("/readyz", async (WorkflowRuntime runtime, RuntimeDatabase database, CancellationToken ct) =>
        {
            if (database.DiskFull) return Results.Text("the database takes no writes: disk full or not writable", statusCode: 503);
            try
            {
                await runtime.ReadAsync<bool>(Ready, Actor.System, async db => await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(db.Database, "SELECT 1", ct) >= -1, ct);
                return Results.Text("ready");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return Results.Text("the database does not answer", statusCode: 503);
            }
        }).AllowAnonymous();
    }
}
