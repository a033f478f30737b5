using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Host;

/// <summary><c>GET /jobs/{id}/file</c>: what came of a job, for whoever started it; always a download of opaque bytes.</summary>
internal static class JobFileEndpoint
{
    public static void MapJobs(this IEndpointRouteBuilder app) => app.MapGet("/jobs/{id:guid}/file", DownloadAsync)
        .WithName("DownloadJobFile").WithTags("Records").WithSummary("The file a job has made, for whoever started it · 下载后台任务的文件")
        .Produces<Stream>(contentType: "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<IResult> DownloadAsync(Guid id, ActorSource actors, JobAdministration jobs, HttpResponse response, CancellationToken ct)
    {
        var file = await jobs.FileAsync(await actors.GetAsync(), id, ct);
        if (file.Failed) return Results.NotFound();
        response.Headers.CacheControl = "private, no-store";
        return Results.File(file.Value.Path, "application/octet-stream", file.Value.Name);
    }
}
