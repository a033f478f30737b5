using MimeKit;

namespace CrmFlow.Mailing;

/// <summary>
/// What a person may write where a mail goes to: one address or several, with names or without. Everything in the text is an address, or nothing of
/// it is used: a parser
/// that skips what it does not understand would send to fewer people than were named.
/// </summary>
internal static class MailAddresses
{
    private static readonly ParserOptions Strict = new()
    {
        AddressParserComplianceMode = RfcComplianceMode.Strict, AllowAddressesWithoutDomain = false, AllowUnquotedCommasInAddresses = false,
    };

    /// <summary>
    /// The addresses of a text, in its order; none when anything in it is no address. Semicolons and Chinese commas separate as commas do.
    /// </summary>
    public static IReadOnlyList<MailboxAddress> Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl)) return [];
        return Parse(text) is { Count: > 0 } read ? read : Parse(WithCommas(text));
    }

    /// <summary>The one address of a text, with a name or without.</summary>
    public static MailboxAddress? ReadOne(string? text) => Read(text) is [var only] ? only : null;

    private static IReadOnlyList<MailboxAddress> Parse(string text)
    {
        if (!InternetAddressList.TryParse(Strict, text, out var list)) return [];
        var boxes = list.OfType<MailboxAddress>().ToList();
        // A group hides whom it holds, and an address in a comment or a route would be dropped.
        var isWhole = boxes.Count == list.Count && text.Count('@') == boxes.Sum(b => b.Address.Count('@') + (b.Name ?? "").Count('@'));
        return isWhole && boxes.TrueForAll(IsPlain) ? boxes : [];
    }

    /// <summary>A name that looks like another address than the one it stands for says that somebody else is written to.</summary>
    private static bool IsPlain(MailboxAddress box) =>
        Uri.CheckHostName(box.Domain) == UriHostNameType.Dns
        && (box.Name is null || !box.Name.Contains('@') || box.Name.Equals(box.Address, StringComparison.OrdinalIgnoreCase));

    private static string WithCommas(string text)
    {
        var isQuoted = false;
        return string.Concat(text.Select(c =>
        {
            if (c == '"') isQuoted = !isQuoted;
            return !isQuoted && c is (';' or '；' or '，' or '、') ? ',' : c;
        }));
    }

    private static int Count(this string text, char c) => text.AsSpan().Count(c);
}
