using System.Text.Json;
using CrmFlow.Engine;
using CrmFlow.Runtime;
using CrmFlow.Ui;

namespace CrmFlow.Customers;

/// <param name="Input">The file's rows, as <see cref="JobFiles"/> keeps them.</param>
/// <param name="Name">What the person calls the file.</param>
/// <param name="Mapping">Field key per column; null leaves a column out.</param>
internal sealed record ImportOrder(string Input, string Name, IReadOnlyList<string?> Mapping, bool TakeDuplicates);

/// <summary>What earlier rows of the same file named, so that a later one of the same is told from them.</summary>
internal sealed record ImportSeen(HashSet<string> Names, HashSet<string> Numbers, HashSet<string> Phones)
{
    public ImportSeen() : this([], [], []) { }
    public ImportSeen Copy() => new([.. Names], [.. Numbers], [.. Phones]);
}

/// <summary>Takes the rows of a file in, a chunk at a time; rows that cannot be taken are kept with their reason and come back as a file.</summary>
internal sealed class ImportJob(Dictionaries dictionaries, JobFiles files, JobAdministration jobs, Texts texts) : IJobHandler
{
    public const string Kind = "customers.import";

    /// <param name="Next">Index of the first row that is not taken yet.</param>
    internal sealed record Place(int Next, int Created, int Updated, int Errors);

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var order = job.Arguments<ImportOrder>();
        var file = await ReadAsync(order.Input, ct);
        var place = job.Checkpoint<Place>() ?? new Place(0, 0, 0, 0);
        // After an interruption what the first rows named stands in the database, where a later row of the same is found as well.
        var seen = new ImportSeen();
        while (place.Next < file.Rows.Count)
        {
            var (from, room, after, named) = (place, job.Room, place, seen);
            await job.ChunkAsync(ImportCustomers.Operation, async cmd =>
            {
                (after, named) = (from, seen.Copy()); // the body may run again
                var book = await dictionaries.ReadAsync(cmd.Db, ct);
                foreach (var row in file.Rows.Skip(from.Next).Take(room))
                {
                    var (isNew, problem) = await ImportCustomers.TakeAsync(cmd, book, row, order.Mapping, order.TakeDuplicates, named, ct);
                    if (problem is not null) job.Issue(cmd, row.Number, problem);
                    after = problem is not null ? after with { Next = after.Next + 1, Errors = after.Errors + 1 }
                        : isNew ? after with { Next = after.Next + 1, Created = after.Created + 1 }
                            : after with { Next = after.Next + 1, Updated = after.Updated + 1 };
                }
                if (after.Next == file.Rows.Count)
                    cmd.Audit("import", job.Id, null, new { Records = "customer", after.Created, after.Updated, after.Errors });
                return new JobProgress(after, after.Next, file.Rows.Count);
            }, ct);
            (place, seen) = (after, named);
        }
        var result = Phrase.Of("customers.import.did", $"{place.Created}", $"{place.Updated}", $"{place.Errors}");
        if (place.Errors == 0) return new JobOutcome(result);
        await WriteErrorsAsync(job, file, ct);
        return new JobOutcome(result) { IsPartial = true, FileName = $"{texts["customers.import.errors"]} {order.Name}.xlsx" };
    }

    private async Task<ImportFile> ReadAsync(string input, CancellationToken ct)
    {
        await using var stream = files.Open(input);
        return (await JsonSerializer.DeserializeAsync<ImportFile>(stream, cancellationToken: ct))!;
    }

    /// <summary>The rows that were not taken, as they were, with the reason behind: to be corrected and uploaded again.</summary>
    private async Task WriteErrorsAsync(JobContext job, ImportFile file, CancellationToken ct)
    {
        var rows = file.Rows.ToDictionary(r => r.Number);
        await using var output = new FileStream(job.ResultPath, FileMode.Create, FileAccess.Write);
        using var writer = new XlsxWriter(output, texts["customers.list"], [.. file.Headings, texts["customers.import.reason"]]);
        foreach (var issue in (await jobs.IssuesAsync(Actor.System, job.Id, ct)).Value)
            writer.Row(rows[issue.No].Cells.Append(texts.Say(issue.Reason)).Select(cell => ((object?)cell, FieldKind.Text)));
    }
}
