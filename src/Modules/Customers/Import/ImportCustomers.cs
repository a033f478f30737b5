using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Customers;

/// <summary>A row that was not taken, and why in the importer's language.</summary>
public sealed record ImportError(ImportRow Row, string Reason);

public sealed record ImportReport(int Created, int Updated, IReadOnlyList<ImportError> Errors);

/// <summary>
/// Brings customers in from a table file (CUS-12, R-IO-1). A row with the number of a customer in scope changes that one; any other makes a new one,
/// and one that may be a duplicate is an error unless wanted. The trial run does exactly what the import does and takes it back, so its counts are
/// the import's; the import itself is a job (<see cref="ImportJob"/>).
/// </summary>
internal sealed partial class ImportCustomers(WorkflowRuntime runtime, Dictionaries dictionaries, Texts texts, JobFiles files)
{
    public static readonly Operation Operation = new("Customers.ImportCustomers", Access.Staff(CustomersRights.Import));

    private static readonly Dictionary<string, string[]> Synonyms = new()
    {
        ["name"] = ["名称", "单位名称", "公司名称", "客户"], ["no"] = ["编号"], ["mobilePhone"] = ["手机", "移动电话", "手机号"], ["officePhone"] = ["电话", "办公电话号码", "座机"],
            ["email"] = ["邮箱", "电子邮件", "e-mail"],
        ["address"] = ["地址", "联系地址"], ["postalCode"] = ["邮政编码"], ["contactName"] = ["主联系人"], ["province"] = ["省份", "省"], ["city"] = ["城市", "市"],
            ["website"] = ["网址"], ["infoSource"] = ["来源", "客户来源"], ["industry"] = ["行业"],
    };

    /// <summary>The fields a column can go to, with their labels.</summary>
    public static IEnumerable<RecordField<Party>> Targets(Actor actor) => PartyForm.Form.For(actor);

    /// <summary>Which field each heading most likely is: its label in either language, or a usual other word. Null goes nowhere.</summary>
    public IReadOnlyList<string?> Guess(IReadOnlyList<string> headings, Actor actor)
    {
        var (zh, en) = (CultureInfo.GetCultureInfo("zh-CN"), CultureInfo.GetCultureInfo("en"));
        var known = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in Targets(actor))
            foreach (var word in new[] { field.Key, texts.Find(field.Text, zh), texts.Find(field.Text, en) }.OfType<string>()
                .Concat(Synonyms.GetValueOrDefault(field.Key, []))) known.TryAdd(Plain(word), field.Key);
        var taken = new HashSet<string>();
        return [.. headings.Select(h => known.TryGetValue(Plain(h), out var key) && taken.Add(key) ? key : null)];
    }

    /// <summary>Says what an import would do and saves nothing.</summary>
    /// <param name="mapping">Field key per column; null leaves a column out.</param>
    /// <param name="takeDuplicates">Rows that may be duplicates become new customers all the same.</param>
    public async Task<Result<ImportReport>> TryAsync(Actor actor, Guid operationId, ImportFile file, IReadOnlyList<string?> mapping,
        bool takeDuplicates, CancellationToken ct)
    {
        if (!mapping.Contains("name")) return new ImportNeedsName();
        var result = await runtime.ExecuteAsync<ImportReport>(Operation, actor, operationId, null, async cmd =>
        {
            var book = await dictionaries.ReadAsync(cmd.Db, ct);
            var (created, updated, errors, seen) = (0, 0, new List<ImportError>(), new ImportSeen());
            foreach (var row in file.Rows)
            {
                var (isNew, problem) = await TakeAsync(cmd, book, row, mapping, takeDuplicates, seen, ct);
                if (problem is not null) errors.Add(new ImportError(row, texts.OfAll(problem)));
                else if (isNew) created++;
                else updated++;
            }
            return new TrialRun(new ImportReport(created, updated, errors));
        }, ct);
        return result.Problem is TrialRun trial ? trial.Report : result;
    }

    /// <summary>Hands the file to a job that takes its rows in; returns the job.</summary>
    /// <param name="name">What the person calls the file.</param>
    public async Task<Result<Guid>> StartAsync(Actor actor, Guid operationId, ImportFile file, string name, IReadOnlyList<string?> mapping,
        bool takeDuplicates, CancellationToken ct)
    {
        if (!mapping.Contains("name")) return new ImportNeedsName();
        var content = Convert.ToHexString(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', file.Rows.Select(r => string.Join('\t', r.Cells))))));
        var input = await files.KeepAsync(stream => JsonSerializer.SerializeAsync(stream, file, cancellationToken: ct));
        return await runtime.ExecuteAsync<Guid>(Operation, actor, operationId, new { content, mapping, takeDuplicates },
            cmd => Task.FromResult<Result<Guid>>(cmd.StartJob(ImportJob.Kind, new ImportOrder(input, name, mapping, takeDuplicates), name)), ct);
    }

    internal static async Task<(bool IsNew, Problem? Problem)> TakeAsync(Command cmd, DictionaryBook book, ImportRow row, IReadOnlyList<string?> mapping, bool takeDuplicates, ImportSeen seen,
        CancellationToken ct)
    {
        var values = new Dictionary<string, string?>();
        foreach (var (column, key) in mapping.Index())
        {
            if (key is null || column >= row.Cells.Count || Targets(cmd.Actor).FirstOrDefault(f => f.Key == key) is not { } field) continue;
            var (text, wrong) = CellOf(field, row.Cells[column], book);
            if (wrong is not null) return (false, wrong);
            values[key] = text;
        }
        if (values.GetValueOrDefault("name") is not { } name) return (false, FieldRefused.Required("name", "customers.field.name"));
        if (values.GetValueOrDefault("no") is { } no)
        {
            if (!seen.Numbers.Add(no)) return (false, new ImportTwice(no));
            if (await cmd.Db.Visible<Party>(cmd.Actor).Include(p => p.Anniversaries)
                .SingleOrDefaultAsync(p => p.No == no && p.Type == PartyType.Customer, ct) is { } known)
            {
                var refused = await SaveParty.ChangeAsync(cmd, book, known, new PartyInput(values), takeDuplicates, ct);
                if (refused is not null) cmd.Db.Entry(known).State = EntityState.Detached;
                return (false, refused);
            }
        }
        if (!seen.Names.Add(PartyNames.Key(name)) && !takeDuplicates) return (true, new ImportTwice(name));
        foreach (var phone in new[] { values.GetValueOrDefault("officePhone"), values.GetValueOrDefault("mobilePhone") }.OfType<string>().Distinct())
            if (!seen.Phones.Add(phone) && !takeDuplicates) return (true, new ImportTwice(phone));
        return (true, (await SaveParty.CreateAsync(cmd, book, PartyType.Customer, new PartyInput(values), takeDuplicates, ct)).Problem);
    }

    /// <summary>
    /// A cell as the field keeps it: widths, dates and choices as people write them. What lost digits in Excel is refused, not guessed.
    /// </summary>
    private static (string? Text, Problem? Problem) CellOf(RecordField<Party> field, string? cell, DictionaryBook book)
    {
        if (cell is null) return (null, null);
        if (cell == "同上") return (null, new FieldRefused(field.Key, "customers.import.problem.ditto", new Label(field.Text)));
        if (field.Format is not null || field.Kind != FieldKind.Text || field.Key == "no") cell = cell.Normalize(NormalizationForm.FormKC).Trim();
        if (field.Format is "tel" or "post" && Scientific().IsMatch(cell))
            return (null, new FieldRefused(field.Key, "customers.import.problem.lost-digits", new Label(field.Text), cell));
        switch (field.Kind)
        {
            case FieldKind.Date:
                return DateOnly.TryParseExact(cell.Split(' ')[0], ["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "yyyy年M月d日", "yyyyMMdd"],
                    CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? (Days.Iso(day), null) : (cell, null);
            case FieldKind.Choice when field.Dictionary == PartyDictionaries.AreaCode && cell.All(char.IsAsciiDigit):
                return (cell.PadLeft(4, '0'), null);
            case FieldKind.Choice when field.Dictionary is { } dictionary:
                var match = book[dictionary].FirstOrDefault(v =>
                    v.Code == cell || v.Name.Normalize(NormalizationForm.FormKC) == cell
                    || string.Equals(v.NameEn, cell, StringComparison.OrdinalIgnoreCase));
                return match is not null ? (match.Code, null)
                    : (null, new FieldRefused(field.Key, "customers.import.problem.choice", new Label(field.Text), cell,
                    string.Join('、', book[dictionary].Where(v => v.IsEnabled).Take(6).Select(v => v.Label))));
        }
        return (cell, null);
    }

    private static string Plain(string heading) => Unimportant().Replace(heading.Normalize(NormalizationForm.FormKC), "");

    [GeneratedRegex(@"[\s*＊（）()：:必填]")]
    private static partial Regex Unimportant();

    [GeneratedRegex(@"^\d(\.\d+)?E\+?\d+$", RegexOptions.IgnoreCase)]
    private static partial Regex Scientific();

    /// <summary>How a trial run ends: everything it did is taken back with the refusal.</summary>
    private sealed record TrialRun(ImportReport Report) : Problem("customers.import.trial");
}

internal sealed record ImportNeedsName() : Problem("customers.import.problem.needs-name");
internal sealed record ImportTwice(string What) : Problem("customers.import.problem.twice", What);
