using System.Text;
using System.Text.RegularExpressions;

namespace CrmFlow.Customers;

/// <summary>What two ways of writing one name or one phone number have in common.</summary>
internal static partial class PartyNames
{
    /// <summary>
    /// Without widths, spaces, brackets and company suffixes, so that 武汉图元信息技术有限公司 and 武汉图元信息技术有限责任公司 are found to be one name. A branch keeps its
    /// word: it is another customer.
    /// </summary>
    public static string Key(string name)
    {
        var plain = Noise().Replace(name.Normalize(NormalizationForm.FormKC), "").ToLowerInvariant();
        var key = Suffix().Replace(plain, "");
        return key.Length == 0 ? plain : key;
    }

    /// <summary>Only the digits that reach somebody: without country code, without the extension.</summary>
    public static string PhoneKey(string phone)
    {
        var text = Extension().Replace(phone.Normalize(NormalizationForm.FormKC), "");
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.Length > 11 && digits.StartsWith("86", StringComparison.Ordinal) ? digits[2..] : digits;
    }

    [GeneratedRegex(@"[\s\p{Cf}()（）\[\]【】·.,，。\-_/]")]
    private static partial Regex Noise();

    [GeneratedRegex(@"(股份有限公司|有限责任公司|有限公司|集团公司|公司|集团)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"(转|ext\.?|#).*$", RegexOptions.IgnoreCase)]
    private static partial Regex Extension();
}
