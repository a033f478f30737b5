using System.Text.RegularExpressions;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>
/// Every documented tag and filter writes what Fluid writes, over values of every kind; what differs stands in Expressions/Liquid/departures.txt with
/// its
/// reason and both texts as they are, so that a departure that goes away or changes is seen too (docs/expressions.md lists the reasons).
/// </summary>
public sealed class LiquidDifferentialTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Expressions", "Liquid");

    private static readonly string[] Calls =
    [
        "append: 'x'", "prepend: 'x'", "capitalize", "default: 'none'", "downcase", "upcase", "escape", "escape_once", "json", "lstrip", "rstrip",
            "strip",
        "newline_to_br", "strip_newlines", "strip_html", "remove: 'b'", "remove_first: 'b'", "remove_last: 'b'", "replace: 'b', 'X'",
            "replace_first: 'b', 'X'",
        "replace_last: 'b', 'X'", "split: ',' | join: '+'", "split: '' | join: '+'", "split: ' ' | join: '+'", "truncate: 5", "truncate: 7, '…'",
            "truncatewords: 1",
        "url_encode", "url_decode", "base64_encode", "base64_decode", "base64", "abs", "at_least: 3", "at_most: 3", "ceil", "floor", "round",
            "round: 1",
        "divided_by: 2", "divided_by: 2.0", "divided_by: -3", "minus: 1.5", "plus: 1.5", "times: 2", "modulo: 3", "modulo: -3", "modulo: 2.5",
            "compact | join: '+'",
        "concat: Variables.numbers | join: '+'", "first", "last", "join", "join: '+'", "map: 'Name' | join: '+'", "reverse | join: '+'", "size",
            "slice: 1",
        "slice: 1, 2", "slice: -2, 2", "sort | join: '+'", "sort_natural | join: '+'", "sum", "uniq | join: '+'",
            "where: 'Kind', 'new' | map: 'Name' | join: '+'",
        "where: 'Price' | size", "sum: 'Price'", "sort: 'Name' | map: 'Name' | join: '+'", "sort: 'Price' | map: 'Name' | join: '+'",
        "sort_natural: 'Name' | map: 'Name' | join: '+'",
        "date: '%Y-%m-%d %H:%M:%S %z'", "format_date: 'yyyy-MM-dd HH:mm'", "format_number: '#,##0.00'",
    ];

    private static readonly string[] Operands = ["nil", "false", "0", "9", "-7", "2.5", "'10'", "'9'", "'a'", "''", "empty", "blank",
        "Variables.numbers", "Variables.none", "Variables.object"];

    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">=", "contains"];

    private static IEnumerable<string> Generated()
    {
        var names = Value.FromJson(LiquidOracle.Variables).Members.Select(m => m.Key).ToList();
        foreach (var name in names)
        {
            yield return $"{{{{ Variables.{name} }}}}";
            yield return $"{{% if Variables.{name} %}}yes{{% else %}}no{{% endif %}}";
            yield return $"{{% for i in Variables.{name} %}}[{{{{ i }}}}]{{% else %}}none{{% endfor %}}";
            yield return $"{{{{ Variables.{name}.size }}}}|{{{{ Variables.{name}.first }}}}|{{{{ Variables.{name}.last }}}}|{{{{ Variables.{name}[0] }}}}|{{{{ Variables.{name}[-1] }}}}";
            foreach (var call in Calls) yield return $"{{{{ Variables.{name} | {call} }}}}";
        }
        foreach (var left in Operands)
        {
            foreach (var right in Operands) yield return string.Concat(Comparisons.Select(o =>
                $"{{% if {left} {o} {right} %}}1{{% else %}}0{{% endif %}}"));
        }
        foreach (var letter in "YCymBbhdejHkIlMSLNpPAauwVGzZsFDxTXRrcnt%UWgvQ")
        {
            foreach (var flag in (string[])["", "-", "^", "_", "0"]) yield return $"{{{{ Variables.local | date: '[%{flag}{letter}]' }}}}";
        }
    }

    private static IEnumerable<string> Written() =>
        File.ReadLines(Path.Combine(Folder, "templates.liquid")).Where(line => line.Length > 0
            && !line.StartsWith("{% # ", StringComparison.Ordinal)).Select(Unescaped);

    [Fact]
    public void Every_template_writes_what_Fluid_writes_or_is_a_known_departure()
    {
        var templates = Generated().Concat(Written()).Distinct().ToList();
        templates.Count.ShouldBeGreaterThan(300);
        var found = templates.Select(t => (Template: t, Ours: LiquidOracle.Ours(t), Fluids: LiquidOracle.Fluids(t)))
            .Where(r => r.Ours != r.Fluids && !(Fails(r.Ours) && Fails(r.Fluids)))
            .Select(r => $"{Escaped(r.Template)}\t{Escaped(r.Ours)}\t{Escaped(r.Fluids)}").ToList();
        var known = File.ReadLines(Path.Combine(Folder, "departures.txt")).Where(line => line.Length > 0 && line[0] != '#').ToList();

        // a line that is new: mend it, or list it with its reason; one that is gone: take it off the list
        string.Join('\n', found.Except(known)).ShouldBeEmpty();
        string.Join('\n', known.Except(found)).ShouldBeEmpty();
    }

    /// <summary>In its own words each.</summary>
    private static bool Fails(string outcome) =>
        outcome.StartsWith("fails: ", StringComparison.Ordinal) || outcome.StartsWith("refused: ", StringComparison.Ordinal);

    /// <summary>On one line, and with halves of characters spelled out, which no file can hold.</summary>
    private static string Escaped(string text)
    {
        var line = text.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t");
        return string.Concat(line.EnumerateRunes().Select(r => r.ToString())) == line ? line
            : string.Concat(line.Select(c => char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : $"{c}"));
    }

    private static string Unescaped(string line) => Regex.Replace(line, @"\\[nr\\]", m => m.Value[1] switch { 'n' => "\n", 'r' => "\r", _ => "\\" });
}
