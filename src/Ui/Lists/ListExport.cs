using CrmFlow.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace CrmFlow.Ui;

/// <summary>
/// <c>GET /lists/{key}.xlsx</c>: the list as it was filtered, at most <see cref="RecordList.ExportCap"/> rows, as a workbook. Asks the list's export
/// right on the server,
/// writes the audit first, then streams page by page.
/// </summary>
public static class ListExport
{
    private const string Workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static IEndpointRouteBuilder MapLists(this IEndpointRouteBuilder app)
    {
        app.MapGet("/lists/{key}.xlsx", DownloadAsync).WithName("ExportList").WithTags("Records")
            .WithSummary("A list as a workbook, filtered as its page would be · 导出列表")
            .WithDescription(
                "find: words · view: a view of the list · f: field:operator:value, several · sort: a field, with - before it descending · cols: fields, by commas.")
            .Produces<Stream>(contentType: Workbook).ProducesProblem(StatusCodes.Status404NotFound);
        return app;
    }

    private static async Task<IResult> DownloadAsync(string key, string? find, string? view, string[] f, string? sort, string? cols, HttpContext http, IEnumerable<RecordList> lists,
         ActorSource actors, Texts texts, BusinessTime time, TimeProvider clock, CancellationToken ct)
    {
        var actor = await actors.GetAsync();
        if (lists.FirstOrDefault(l => l.Key == key) is not { } list) return Results.NotFound();
        var request = ListAddress.Read([("find", find), ("view", view), ("sort", sort), ("cols", cols), .. f.Select(v => ("f", (string?)v))]) with {
            Take = RecordList.MaxTake };
        if (await list.CountAsync(actor, request, ct, RecordList.LongExport) is { Failed: false, Value.IsCapped: true })
        {
            var started = await list.StartExportAsync(actor, Guid.CreateVersion7(clock.GetUtcNow()), request, http.Request.QueryString.Value ?? "",
                ct);
            return started.Failed ? Results.NotFound() : Results.Redirect($"/jobs?job={started.Value}");
        }
        if ((await list.RecordExportAsync(actor, Guid.CreateVersion7(clock.GetUtcNow()), request, ct)).Failed) return Results.NotFound();
        var name = $"{texts[list.Title]} {Days.Iso(time.Today)}.xlsx";
        http.Response.Headers.CacheControl = "private, no-store";
        // The archive is written through a file: responses take no synchronous writes, and memory stays flat.
        var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.None, 65536, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await WriteAsync(list, actor, request, texts, time, file, ct);
        file.Position = 0;
        return Results.File(file, Workbook, name);
    }

    /// <summary>Every page of the request, headings in the reader's language.</summary>
    public static async Task<int> WriteAsync(RecordList list, Actor actor, ListRequest request, Texts texts, BusinessTime time, Stream output, CancellationToken ct, Func<int, Task>? writtenAsync = null)
    {
        XlsxWriter? writer = null;
        try
        {
            var written = 0;
            do
            {
                var page = await list.ReadAsync(actor, request, ct);
                if (page.Failed) throw new InvalidOperationException($"The list {list.Key} could not be read: {page.Problem!.Key}");
                writer ??= new XlsxWriter(output, texts[list.Title], [.. page.Value.Columns.Select(c => texts[c.Text])]);
                foreach (var row in page.Value.Rows) writer.Row(row.Values.Zip(page.Value.Columns, (value, column) =>
                    (value is DateTimeOffset at ? time.Local(at) : value is bool yes ? texts[yes ? "outcome.True" : "outcome.False"] : value,
                    column.Kind)));
                written += page.Value.Rows.Count;
                request = request with { After = page.Value.Next };
                if (writtenAsync is not null) await writtenAsync(written);
            } while (request.After is not null && written < RecordList.ExportCap);
            return written;
        }
        finally
        {
            writer?.Dispose();
        }
    }
}

/// <summary>
/// A long list into a file. It only reads: after an interruption it begins again, and the file is named by its row when it is whole.
/// </summary>
internal sealed class ListExportJob(IEnumerable<RecordList> lists, Texts texts, BusinessTime time) : IJobHandler
{
    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var order = job.Arguments<ListExportOrder>();
        var list = lists.First(l => l.Key == order.List);
        var request = ListAddress.Parse(order.Query) with { Take = RecordList.MaxTake };
        var total = await list.CountAsync(job.Actor, request, ct, RecordList.ExportCap);
        await using var file = new FileStream(job.ResultPath, FileMode.Create, FileAccess.Write, FileShare.None, 65536);
        var written = await ListExport.WriteAsync(list, job.Actor, request, texts, time, file, ct, done =>
            job.ProgressAsync(done, total.Failed ? null : total.Value.Count, ct));
        return new JobOutcome(Engine.Phrase.Of("job.result.export", $"{written}")) { FileName = $"{texts[list.Title]} {Days.Iso(time.Today)}.xlsx" };
    }
}

/// <summary>A list request in an address: <c>?find=…&amp;view=…&amp;f=level:is:key&amp;sort=-name&amp;cols=name,level</c>.</summary>
public static class ListAddress
{
    public static ListRequest Read(IEnumerable<(string Key, string? Value)> query)
    {
        var values = query.ToLookup(q => q.Key, q => q.Value);
        var sort = values["sort"].FirstOrDefault();
        return new ListRequest
        {
            Find = values["find"].FirstOrDefault(), View = values["view"].FirstOrDefault(), Sort = sort?.TrimStart('-'),
            Descending = sort is null ? null : sort.StartsWith('-'),
            Conditions = [.. values["f"].Select(ListCondition.Parse).OfType<ListCondition>()],
            Columns = values["cols"].FirstOrDefault() is { Length: > 0 } columns ? columns.Split(',') : null,
        };
    }

    /// <summary>Of the query part of an address.</summary>
    public static ListRequest Parse(string query) =>
        Read(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query).SelectMany(q => q.Value.Select(v => (q.Key, v))));

    public static string Write(string path, ListRequest request)
    {
        List<string> parts = [];
        void Add(string key, string? value) { if (!string.IsNullOrEmpty(value)) parts.Add($"{key}={Uri.EscapeDataString(value)}"); }
        Add("find", request.Find);
        Add("view", request.View);
        foreach (var condition in request.Conditions) Add("f", condition.ToString());
        if (request.Sort is not null) Add("sort", (request.Descending == true ? "-" : "") + request.Sort);
        if (request.Columns is not null) Add("cols", string.Join(',', request.Columns));
        return parts.Count == 0 ? path : path + "?" + string.Join('&', parts);
    }
}
