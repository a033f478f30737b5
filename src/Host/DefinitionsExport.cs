using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary>All definitions, or those named by <c>?id=</c>, as one ZIP for administrators.</summary>
internal static class DefinitionsExport
{
    public const string Address = "/admin/workflows.zip";

    public static void MapDefinitionsExport(this IEndpointRouteBuilder app) => 
        app.MapGet(Address, DownloadAsync).RequireAuthorization(Policies.SignedIn)
            .WithName("ExportDefinitions").WithTags("Processes")
                .WithSummary("Definitions as one ZIP of Elsa 3 JSON; all, or those named by id · 导出流程定义")
            .Produces<Stream>(contentType: "application/zip").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> DownloadAsync(string[]? id, HttpContext http, ActorSource actors, DefinitionAdministration definitions,
        BusinessTime time, CancellationToken ct)
    {
        var archive = await definitions.ExportAsync(await actors.GetAsync(), id ?? [], ct);
        if (archive.Failed) return Results.NotFound();
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.File(archive.Value, "application/zip", $"workflows-{time.Today:yyyy-MM-dd}.zip");
    }
}
