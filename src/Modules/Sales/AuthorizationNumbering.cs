using System.Globalization;
using System.Text.RegularExpressions;
using CrmFlow.Runtime;
using Microsoft.EntityFrameworkCore;

namespace CrmFlow.Sales;

/// <summary>
/// R-NUM-1: 服务授权编号 = year 2 + area 4 + industry 2 + sequence 4. The template is a setting (R-NUM-2); the sequence runs per year, area and industry,
/// is taken inside the command that saves the sale, and is never given twice.
/// </summary>
public static partial class AuthorizationNumbering
{
    /// <summary>Fields year, area, industry and sequence with their digits; anything else stands as it is.</summary>
    public static readonly Setting<string> Pattern = new("sales.authorization-pattern", "{year:2}{area:4}{industry:2}{sequence:4}");

    internal static Problem? CheckPattern(string pattern)
    {
        var fields = Field().Matches(pattern).Select(m => m.Groups[1].Value).ToList();
        return fields.Order(StringComparer.Ordinal).SequenceEqual(["area", "industry", "sequence", "year"])
            && !Field().Replace(pattern, "").AsSpan().ContainsAny('{', '}') && pattern.Length <= 60 ? null : new AuthorizationPatternInvalid();
    }

    /// <summary>
    /// Gives the sale its number. Refused without area or industry, when it has one, and when the sequence is used up; a refused command changes
    /// nothing.
    /// </summary>
    public static async Task<Result<string>> IssueAsync(Command cmd, SalesRecord sale, CancellationToken ct)
    {
        if (sale.ServiceAuthorizationNo is { } has) return new AlreadyAuthorized(sale.SaleOrderNo, has);
        if (string.IsNullOrEmpty(sale.AreaCode)) return new AreaCodeMissing(sale.SaleOrderNo);
        if (string.IsNullOrEmpty(sale.IndustryCode)) return new IndustryMissing(sale.SaleOrderNo);
        var (series, year) = ($"authorization:{sale.AreaCode}-{sale.IndustryCode}", sale.SaleDate.Year);
        var sequence = await cmd.NextInSeriesAsync(series, year, ct);
        if (Write(await cmd.Db.SettingAsync(Pattern, cmd.Now, ct), sale, sequence) is not { } no)
        {
            await cmd.GiveBackAsync(series, year, ct);
            return new AuthorizationNumbersUsedUp(year, sale.AreaCode, sale.IndustryCode, sequence - 1);
        }
        cmd.Db.Add(new AuthorizationNumber { No = no, SalesRecordId = sale.Id, IssuedAt = cmd.Now, IssuedBy = cmd.Actor.UserId });
        sale.ServiceAuthorizationNo = no;
        return no;
    }

    /// <summary>Gives the number up for a new one, after year, area or industry changed; the old one stays in the history.</summary>
    public static async Task<Result<string>> ReissueAsync(Command cmd, SalesRecord sale, string reason, CancellationToken ct)
    {
        if (sale.ServiceAuthorizationNo is { } old)
        {
            var given = await cmd.Db.All<AuthorizationNumber>().SingleAsync(n => n.No == old, ct);
            (given.ReplacedReason, given.ReplacedAt) = (reason, cmd.Now);
            sale.ServiceAuthorizationNo = null;
        }
        return await IssueAsync(cmd, sale, ct);
    }

    /// <summary>The number in the template; null when the sequence has more digits than its field.</summary>
    internal static string? Write(string pattern, SalesRecord sale, int sequence)
    {
        var full = false;
        var text = Field().Replace(pattern, field =>
        {
            var digits = int.Parse(field.Groups[2].Value, CultureInfo.InvariantCulture);
            switch (field.Groups[1].Value)
            {
                case "year": return sale.SaleDate.Year.ToString("0000", CultureInfo.InvariantCulture)[^Math.Min(digits, 4)..];
                case "area": return sale.AreaCode!.PadLeft(digits, '0');
                case "industry": return sale.IndustryCode!.PadLeft(digits, '0');
                default:
                    var number = sequence.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
                    full |= number.Length > digits;
                    return number;
            }
        });
        return full ? null : text;
    }

    [GeneratedRegex(@"\{(year|area|industry|sequence):([1-9])\}")]
    private static partial Regex Field();
}

internal sealed record AuthorizationPatternInvalid() : Problem("sales.problem.authorization-pattern");
internal sealed record AlreadyAuthorized(string Order, string No) : Problem("sales.problem.already-authorized", Order, No);
internal sealed record AreaCodeMissing : Problem
{
    public AreaCodeMissing(string order) : base("sales.problem.area-missing", order) => Field = "areaCode";
}
internal sealed record IndustryMissing : Problem
{
    public IndustryMissing(string order) : base("sales.problem.industry-missing", order) => Field = "industryCode";
}
internal sealed record AuthorizationNumbersUsedUp(int Year, string Area, string Industry, int Last)
    : Problem("sales.problem.authorization-used-up", Year, Area, Industry, Last);
