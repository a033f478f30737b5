using System.Globalization;
using System.Numerics;
using System.Text;

namespace CrmFlow.Engine.Expressions;

/// <summary>Texts for people in one of two fixed ways, Chinese (also when none is named) and American English, the same on every machine.</summary>
internal static partial class Library
{
    /// <summary>What <c>toLocaleString</c> and its kin may be told, known when the program is parsed.</summary>
    public static bool IsLocale(string name) => name is "zh-CN" or "zh" or "en-US" or "en";

    public const string LocaleRefusal = "the languages here are 'zh-CN' and 'en-US'";

    private static readonly CompareInfo ChineseOrder = CultureInfo.GetCultureInfo("zh-CN").CompareInfo,
        EnglishOrder = CultureInfo.GetCultureInfo("en-US").CompareInfo;

    /// <summary>The language asked for is Chinese.</summary>
    private static bool IsChinese(Context context, in Value value)
    {
        if (value.Kind == ValueKind.Undefined) return true;
        var name = value.Kind == ValueKind.Array && value.Items.Count > 0 ? Coercion.ToText(context, value.Items[0])
            : Coercion.ToText(context, value);
        return IsLocale(name) ? name[0] == 'z' : throw Error.Range(context,
            $"Incorrect locale '{(name.Length > 40 ? name[..40] : name)}': {LocaleRefusal}");
    }

    private static Value CompareTexts(Context context, string text, Value other, Value locale)
    {
        var second = Coercion.ToText(context, other);
        context.Step(20 + (text.Length + second.Length) / 2);
        return Math.Sign((IsChinese(context, locale) ? ChineseOrder : EnglishOrder).Compare(text, second, CompareOptions.None));
    }

    private static Value Option(Context context, in Value options, string name, params ReadOnlySpan<string> allowed)
    {
        if (options.Kind != ValueKind.Object || !options.Members.TryGetValue(name, out var value)
            || value.Kind == ValueKind.Undefined) return Value.Undefined;
        if (allowed.Length == 0) return value;
        var text = Coercion.ToText(context, value);
        return allowed.Contains(text) ? text : throw Error.Range(context, $"{name} is one of {string.Join(", ", allowed.ToArray())} here");
    }

    /// <summary>Refuses what is not understood, which JavaScript would pass over without a word.</summary>
    private static void OnlyOptions(Context context, in Value options, ReadOnlySpan<string> known)
    {
        if (options.Kind == ValueKind.Undefined) return;
        if (options.Kind != ValueKind.Object) throw Error.Type(context, "The options of a locale function are an object");
        foreach (var (name, _) in options.Members)
        {
            if (!known.Contains(name)) throw Error.Range(context,
                $"The option '{(name.Length > 40 ? name[..40] : name)}' is not in the grammar; {string.Join(", ", known.ToArray())} are");
        }
    }

    /// <summary>Any value: the items of an array one by one, what is no number or date as it is written anyway.</summary>
    private static Value ForPeople(Context context, in Value value, in Value locale, in Value options)
    {
        switch (value.Kind)
        {
            case ValueKind.Undefined or ValueKind.Null: return "";
            case ValueKind.Number: return NumberForPeople(context, value.Number, locale, options);
            case ValueKind.Date: return DateForPeople(context, Date(context, value), locale, options, Wanted.Both);
            case ValueKind.Object: return Coercion.BuiltInText(value.Members);
            case ValueKind.Array:
                if (!context.Joining.Add(value.Items)) return "";
                context.Enter();
                var text = new StringBuilder();
                foreach (var (i, item) in value.Items.Index())
                {
                    var part = ForPeople(context, item, locale, options).String;
                    context.TextLength((long)text.Length + part.Length + 1);
                    context.Bytes(2L * part.Length);
                    if (i > 0) text.Append(',');
                    text.Append(part);
                }
                context.Leave();
                context.Joining.Remove(value.Items);
                return text.ToString();
            default: return Coercion.ToText(context, value);
        }
    }

    private static readonly string[] NumberOptions = ["style", "currency", "minimumFractionDigits", "maximumFractionDigits", "useGrouping"];

    private static Value NumberForPeople(Context context, double number, in Value locale, in Value options)
    {
        context.Step(100);
        context.Bytes(2000);
        var isChinese = IsChinese(context, locale);
        OnlyOptions(context, options, NumberOptions);
        var style = Option(context, options, "style", "decimal", "percent", "currency").ToText() ?? "decimal";
        var currency = Coercion.ToText(context, Option(context, options, "currency")).ToUpperInvariant();
        if (style == "currency" && currency == "UNDEFINED") throw Error.Type(context, "Currency code is required with currency style.");
        var usual = style switch { "percent" => 0, "currency" => currency == "JPY" ? 0 : 2, _ => 3 };
        var (least, most) = (FractionDigits(context, options, "minimumFractionDigits"), FractionDigits(context, options, "maximumFractionDigits"));
        var fewest = style == "currency" ? usual : 0;
        if (least > most) throw Error.Range(context, "maximumFractionDigits value is out of range.");
        least ??= Math.Min(fewest, most ?? fewest);
        most ??= Math.Max(usual, least.Value);
        var sign = double.IsNegative(number) && !double.IsNaN(number) ? "-" : "";
        var digits = double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? "∞"
            : Digits(Math.Abs(number), style == "percent" ? 2 : 0, least.Value, most.Value, Option(context, options, "useGrouping") is var group
                && (group.Kind == ValueKind.Undefined || Coercion.ToBoolean(group)));
        return style switch
        {
            "percent" => $"{sign}{digits}%",
            "currency" => sign + Symbol(context, currency, isChinese) + digits,
            _ => sign + digits,
        };
    }

    private static int? FractionDigits(Context context, in Value options, string name)
    {
        var value = Option(context, options, name);
        if (value.Kind == ValueKind.Undefined) return null;
        var digits = Coercion.ToNumber(context, value);
        return digits is >= 0 and <= 20 ? (int)digits : throw Error.Range(context, $"{name} value is out of range.");
    }

    private static string Symbol(Context context, string currency, bool isChinese) => currency switch
    {
        "CNY" => isChinese ? "¥" : "CN¥",
        "USD" => isChinese ? "US$" : "$",
        "JPY" => isChinese ? "JP¥" : "¥",
        "EUR" => "€",
        "GBP" => "£",
        "HKD" => "HK$",
        _ => throw Error.Range(context, "The currencies here are CNY, USD, EUR, GBP, JPY and HKD"),
    };

    /// <summary>The decimal digits a number is written with, moved by a power of ten, rounded half up and grouped by thousands.</summary>
    private static string Digits(double number, int power, int least, int most, bool isGrouped)
    {
        var shortest = number.ToString("R", CultureInfo.InvariantCulture);
        // the shortest digits that read back as the number, and where their point stands
        var mark = shortest.IndexOf('E');
        var mantissa = mark < 0 ? shortest : shortest[..mark];
        var exponent = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.');
        var fraction = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent - power;
        var value = BigInteger.Parse(mantissa.Replace(".", ""), CultureInfo.InvariantCulture);
        if (fraction > most)
        {
            var unit = BigInteger.Pow(10, Math.Min(fraction - most, 400));
            value = (value + unit / 2) / unit;
            fraction = most;
        }
        else if (fraction < 0) (value, fraction) = (value * BigInteger.Pow(10, -fraction), 0);
        var text = value.ToString(CultureInfo.InvariantCulture).PadLeft(fraction + 1, '0');
        var (whole, rest) = (text[..^fraction], text[^fraction..]);
        while (rest.Length > least && rest[^1] == '0') rest = rest[..^1];
        rest = rest.PadRight(least, '0');
        var result = new StringBuilder();
        for (var i = 0; i < whole.Length; i++)
        {
            if (isGrouped && i > 0 && (whole.Length - i) % 3 == 0) result.Append(',');
            result.Append(whole[i]);
        }
        return rest.Length == 0 ? result.ToString() : $"{result}.{rest}";
    }
}
