using CrmFlow.Identity;
using CrmFlow.Runtime;
using CrmFlow.Sales;
using CrmFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Service;

/// <summary>Choices several forms offer.</summary>
internal static class ServiceChoices
{
    /// <summary>C-24: 1–5, worst first.</summary>
    public static readonly IReadOnlyList<FieldChoice> Satisfaction =
        [.. Enumerable.Range(1, 5).Select(n => new FieldChoice($"{n}", $"service.satisfaction.{n}"))];

    public static async Task<IReadOnlyList<FieldChoice>> ProductsAsync(CrmDbContext db, CancellationToken ct) =>
        (await db.All<Product>().AsNoTracking().OrderBy(p => p.Code).Select(p => new { p.Id, p.Name }).Take(1000).ToListAsync(ct))
            .ConvertAll(p => new FieldChoice(p.Id.ToString(), p.Name));

    public static async Task<IReadOnlyList<FieldChoice>> StaffAsync(CrmDbContext db, CancellationToken ct) =>
        (await db.FindUsersAsync(null, null, 500, ct)).ConvertAll(u => new FieldChoice(u.Id.ToString(), u.Name));

    public static IReadOnlyList<FieldChoice> Of(DictionaryBook book, string dictionary, string? current = null) =>
        [.. book.Choices(dictionary, current).Select(v => new FieldChoice(v.Code, v.Label))];

    public static IReadOnlyList<FieldChoice> Of<T>(string texts) where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(n => new FieldChoice(n, $"{texts}.{n}"))];
}
