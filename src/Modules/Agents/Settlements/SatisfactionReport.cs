using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmFlow.Runtime;

namespace CrmFlow.Agents;

/// <summary>One answered question; name and maximum as they were asked.</summary>
public sealed record SurveyAnswer(string Key, string Name, string EnglishName, decimal MaxScore, decimal Score, string? Evidence);

/// <summary>T-16, 服务满意度调查报告: one round of the support centre's judgement. Never changed; a returned report is answered by a new round.</summary>
internal sealed class SatisfactionReport
{
    public required Guid Id { get; init; }
    public required Guid ApplicationId { get; init; }
    public required int Round { get; init; }
    public required IReadOnlyList<SurveyAnswer> Answers { get; init; }
    public required string Comments { get; init; }
    public required decimal Score { get; init; }
    /// <summary>What the bands give, in percent.</summary>
    public required decimal ProposedRatio { get; init; }
    /// <summary>What the support centre chose, in percent.</summary>
    public required decimal Ratio { get; init; }
    /// <summary>Why the ratio is not the proposed one; null when it is.</summary>
    public string? Reason { get; init; }
    public required Guid By { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Judges by the rules frozen in the application. A ratio left open is the proposed one.</summary>
    public static Result<SatisfactionReport> Write(Guid id, SettlementApplication application, IReadOnlyList<SurveyAnswer> answers, string? comments,
        decimal? ratio, string? reason, Guid by, DateTimeOffset now)
    {
        var rules = application.Rules
            ?? throw new InvalidOperationException($"Settlement {application.Id} has no frozen rules; it was never submitted.");
        if (answers.FirstOrDefault(a => a.Score < 0 || a.Score > a.MaxScore) is { } wrong) return new ScoreOutOfRange(wrong);
        if (string.IsNullOrWhiteSpace(comments)) return new CommentsMissing();
        var score = answers.Sum(a => a.Score);
        var proposed = rules.ProposedRatio(score);
        var chosen = ratio ?? proposed;
        if (chosen is < 0 or > 100) return new RatioOutOfRange(chosen);
        if (Math.Abs(chosen - proposed) > rules.MaxDeviation) return new RatioTooFar(chosen, proposed, rules.MaxDeviation);
        if (chosen != proposed && string.IsNullOrWhiteSpace(reason)) return new RatioReasonMissing(chosen, proposed);
        return new SatisfactionReport
        {
            Id = id, ApplicationId = application.Id, Round = (application.Report?.Round ?? 0) + 1, Answers = answers, Comments = comments.Trim(),
            Score = score,
            ProposedRatio = proposed, Ratio = chosen, Reason = chosen == proposed ? null : reason!.Trim(), By = by, At = now,
        };
    }
}

internal sealed record ScoreOutOfRange : Problem
{
    public ScoreOutOfRange(SurveyAnswer answer)
        : base("agents.problem.score-range", answer.Name, Percent.Text(answer.Score), Percent.Text(answer.MaxScore)) => Field = $"score.{answer.Key}";
}
internal sealed record CommentsMissing : Problem
{
    public CommentsMissing() : base("agents.problem.comments-missing") => Field = "comments";
}
internal sealed record RatioOutOfRange : Problem
{
    public RatioOutOfRange(decimal ratio) : base("agents.problem.ratio-range", Percent.Text(ratio)) => Field = "ratio";
}
internal sealed record RatioTooFar : Problem
{
    public RatioTooFar(decimal ratio, decimal proposed, decimal deviation)
        : base("agents.problem.ratio-too-far", Percent.Text(ratio), Percent.Text(proposed), Percent.Text(Math.Max(0, proposed - deviation)),
            Percent.Text(Math.Min(100, proposed + deviation))) => Field = "ratio";
}
internal sealed record RatioReasonMissing : Problem
{
    public RatioReasonMissing(decimal ratio, decimal proposed) : base("agents.problem.ratio-reason", Percent.Text(ratio), Percent.Text(proposed)) =>
        Field = "reason";
}

/// <summary>Percentages and scores as people read them: no trailing zeros.</summary>
public static class Percent
{
    public static string Text(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

public enum SignatureKind { Drawn, Typed }

/// <summary>A leader's signature under one report, bound to what was signed by its hash.</summary>
internal sealed class Signature
{
    public required Guid Id { get; init; }
    public required Guid ApplicationId { get; init; }
    public required Guid ReportId { get; init; }
    public required int Round { get; init; }
    /// <summary>The step it was given at: <c>one</c> or <c>two</c> leaders.</summary>
    public required string Tier { get; init; }
    public required Guid By { get; init; }
    public required string ByName { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Opinion { get; init; }
    public required SignatureKind Kind { get; init; }
    /// <summary>The drawing as a PNG data URL, or the typed name.</summary>
    public required string Mark { get; init; }
    /// <summary>SHA-256 of <see cref="ContentOf"/> at signing, hex.</summary>
    public required string Hash { get; init; }

    private const int MarkLimit = 200_000;
    private const string PngUrl = "data:image/png;base64,";
    private static ReadOnlySpan<byte> PngMagic => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>True while what was signed is what the application says now, and the report it stands under is the current one.</summary>
    public bool Counts(SettlementApplication application) => ReportId == application.Report?.Id && Hash == HashOf(application);

    public static Result<Signature> Sign(Guid id, SettlementApplication application, string tier, Actor by, string? opinion, string? mark,
        DateTimeOffset now)
    {
        var report = application.Report ?? throw new InvalidOperationException($"Settlement {application.No} has no report to sign.");
        if (string.IsNullOrWhiteSpace(mark)) return new SignatureMissing();
        mark = mark.Trim();
        var drawn = mark.StartsWith("data:", StringComparison.Ordinal);
        if (drawn && !IsPng(mark)) return new SignatureUnreadable();
        if (!drawn && mark != by.Name) return new SignatureNotOwnName(by.Name);
        if (application.Signatures.Exists(s => s.By == by.UserId && s.Counts(application))) return new AlreadySigned();
        return new Signature
        {
            Id = id, ApplicationId = application.Id, ReportId = report.Id, Round = report.Round, Tier = tier, By = by.UserId, ByName = by.Name,
            At = now,
            Opinion = string.IsNullOrWhiteSpace(opinion) ? null : opinion.Trim(), Kind = drawn ? SignatureKind.Drawn : SignatureKind.Typed,
            Mark = mark, Hash = HashOf(application),
        };
    }

    /// <summary>
    /// Everything a leader puts a name under, one fact per line in a fixed order and form, so the same content always gives the same hash.
    /// </summary>
    public static string ContentOf(SettlementApplication application)
    {
        var report = application.Report!;
        var content = new StringBuilder();
        Line("application", application.No, application.Id, application.AgentId, application.PeriodFrom, application.PeriodTo, application.TotalFee);
        foreach (var line in application.Lines.OrderBy(l => l.Position))
            Line("line", line.SalesRecordId, line.SaleOrderNo, line.AmountReceivable, line.Rate, line.Fee);
        Line("report", report.Id, report.Round, report.Score, report.ProposedRatio, report.Ratio, report.Reason, report.Comments, report.By);
        foreach (var answer in report.Answers) Line("answer", answer.Key, answer.MaxScore, answer.Score, answer.Evidence);
        Line("amount", application.ReturnAmount);
        return content.ToString();

        void Line(params ReadOnlySpan<object?> facts)
        {
            foreach (var fact in facts)
                content.Append(fact switch
                {
                    decimal d => d.ToString("0.######", CultureInfo.InvariantCulture), // a column's trailing zeros are not content
                    DateOnly d => d.ToString("O", CultureInfo.InvariantCulture),
                    null => "",
                    _ => fact.ToString()!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
                        .Replace("\n", "\\n", StringComparison.Ordinal),
                }).Append('|');
            content.Append('\n');
        }
    }

    public static string HashOf(SettlementApplication application) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ContentOf(application))));

    private static bool IsPng(string url)
    {
        if (url.Length > MarkLimit || !url.StartsWith(PngUrl, StringComparison.Ordinal)) return false;
        var bytes = new byte[url.Length];
        return Convert.TryFromBase64Chars(url.AsSpan(PngUrl.Length), bytes, out var length) && bytes.AsSpan(0, length).StartsWith(PngMagic);
    }
}

internal sealed record SignatureMissing : Problem
{
    public SignatureMissing() : base("agents.problem.signature-missing") => Field = "signature";
}
internal sealed record SignatureUnreadable : Problem
{
    public SignatureUnreadable() : base("agents.problem.signature-unreadable") => Field = "signature";
}
internal sealed record SignatureNotOwnName : Problem
{
    public SignatureNotOwnName(string name) : base("agents.problem.signature-own-name", name) => Field = "signature";
}
internal sealed record AlreadySigned() : Problem("agents.problem.already-signed");
