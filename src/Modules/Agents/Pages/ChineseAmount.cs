using System.Text;

namespace CrmFlow.Agents.Pages;

/// <summary>Amounts in Chinese capitals, as receipts and settlement sheets carry them: 15184.50 is 壹万伍仟壹佰捌拾肆元伍角整.</summary>
public static class ChineseAmount
{
    private const string Digits = "零壹贰叁肆伍陆柒捌玖";
    private static readonly string[] Places = ["", "拾", "佰", "仟"], Groups = ["", "万", "亿", "万亿"];

    /// <param name="amount">Yuan with at most two decimals, below 10^16 either way.</param>
    public static string Text(decimal amount)
    {
        var cents = (long)decimal.Round(Math.Abs(amount) * 100);
        var (yuan, rest) = Math.DivRem(cents, 100);
        var (jiao, fen) = Math.DivRem(rest, 10);
        var text = new StringBuilder(amount < 0 ? "负" : "");
        if (yuan > 0) text.Append(Whole(yuan)).Append('元');
        if (rest == 0) return text.Append(yuan == 0 ? "零元整" : "整").ToString();
        if (jiao > 0) text.Append(Digits[(int)jiao]).Append('角');
        else if (yuan > 0) text.Append('零');
        return fen > 0 ? text.Append(Digits[(int)fen]).Append('分').ToString() : text.Append('整').ToString();
    }

    private static string Whole(long yuan)
    {
        var groups = new List<int>();
        for (; yuan > 0; yuan /= 10_000) groups.Add((int)(yuan % 10_000));
        var text = new StringBuilder();
        var gap = false;
        for (var g = groups.Count - 1; g >= 0; g--)
        {
            if (groups[g] == 0) { gap = text.Length > 0; continue; }
            if (text.Length > 0 && (gap || groups[g] < 1000)) text.Append('零');
            gap = false;
            text.Append(Group(groups[g])).Append(Groups[g]);
        }
        return text.ToString();
    }

    private static string Group(int value)
    {
        var text = new StringBuilder();
        var zero = false;
        for (var place = 3; place >= 0; place--)
        {
            var digit = value / (int)Math.Pow(10, place) % 10;
            if (digit == 0) { zero = text.Length > 0; continue; }
            if (zero) text.Append('零');
            zero = false;
            text.Append(Digits[digit]).Append(Places[place]);
        }
        return text.ToString();
    }
}
