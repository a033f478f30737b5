using System.Text.RegularExpressions;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Host.Administration;

/// <summary>A dictionary with its values in order.</summary>
public sealed record DictionaryRow(DictionaryDescriptor Dictionary, IReadOnlyList<DictionaryValue> Values);

/// <summary>Dictionaries as administrators see and change them (C-24, SET-01). Values are never removed: records hold their codes.</summary>
internal sealed partial class DictionaryAdmin(WorkflowRuntime runtime, IEnumerable<DictionaryDescriptor> descriptors, Dictionaries dictionaries)
{
    private static readonly Operation List = new("Host.ListDictionaries", SettingsAdmin.Access);
    private static readonly Operation Save = new("Host.SaveDictionary", SettingsAdmin.Access);

    public Task<Result<IReadOnlyList<DictionaryRow>>> ListAsync(Actor actor, CancellationToken ct) =>
        runtime.ReadAsync<IReadOnlyList<DictionaryRow>>(List, actor, async db =>
        {
            var book = await dictionaries.ReadAsync(db, ct);
            return descriptors.Select(d => new DictionaryRow(d, book[d.Key])).ToList();
        }, ct);

    /// <summary>Writes the values of a dictionary in the order given. Every value it has must be among them.</summary>
    public Task<Result> SaveAsync(Actor actor, Guid operationId, string key, IReadOnlyList<DictionaryValue> values, CancellationToken ct) =>
        runtime.ExecuteAsync(Save, actor, operationId, new { key, values }, async cmd =>
        {
            if (descriptors.FirstOrDefault(d => d.Key == key) is not { } descriptor) return new NotFound();
            var before = (await dictionaries.ReadAsync(cmd.Db, ct))[key];
            if (values.GroupBy(v => v.Code).FirstOrDefault(g => g.Count() > 1) is { } twice) return new DictionaryCodeTaken(twice.Key);
            if (before.Any(b => values.All(v => v.Code != b.Code))) return new ConflictingChange(); // somebody added one meanwhile
            foreach (var value in values)
            {
                if (string.IsNullOrWhiteSpace(value.Name)) return FieldRefused.Required("name", "admin.dictionary.name");
                if (before.Any(b => b.Code == value.Code)) continue;
                if (!(descriptor.CodePattern is { } pattern ? Regex.IsMatch(value.Code, $"^({pattern})$", RegexOptions.NonBacktracking)
                    : Word().IsMatch(value.Code)))
                    return new DictionaryCodeInvalid(value.Code,
                        descriptor.CodePattern is null ? "admin.dictionary.word" : "admin.dictionary.digits");
            }
            if (before.SequenceEqual(values)) return Result.Ok;
            var kept = await cmd.Db.Set<DictionaryEntry>().Where(e => e.Dictionary == key).ToDictionaryAsync(e => e.Code, ct);
            foreach (var (position, value) in values.Index())
            {
                if (!kept.TryGetValue(value.Code, out var entry))
                    cmd.Db.Add(entry = new DictionaryEntry { Dictionary = key, Code = value.Code, Name = "", Position = position });
                (entry.Name, entry.NameEn, entry.Position, entry.IsEnabled) =
                    (value.Name.Trim(), string.IsNullOrWhiteSpace(value.NameEn) ? null : value.NameEn.Trim(), position, value.IsEnabled);
            }
            cmd.Audit("dictionary", cmd.NewId(), new { key, Values = before }, new { key, Values = values });
            return Result.Ok;
        }, ct);

    [GeneratedRegex("^[a-z0-9-]{1,40}$", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}

internal sealed record DictionaryCodeTaken : Problem
{
    public DictionaryCodeTaken(string code) : base("admin.problem.dictionary-taken", code) => Field = "new-code";
}
internal sealed record DictionaryCodeInvalid : Problem
{
    public DictionaryCodeInvalid(string code, string rule) : base("admin.problem.dictionary-code", code, new Label(rule)) => Field = "new-code";
}
