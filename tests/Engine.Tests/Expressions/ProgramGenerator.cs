using System.Globalization;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>
/// Makes random programs of the grammar from a seed. They end (loops are bounded), use only names in scope, and leave out what the two sides may
/// differ in by design: clock and chance, holes in arrays, the last digit of transcendental functions, messages of errors.
/// </summary>
internal sealed class ProgramGenerator(int seed)
{
    private static readonly string[] Numbers = ["0", "1", "2", "3", "-1", "7", "10", "0.5", "-2.5", "1e3", "255", "1e21", "0.1", "NaN", "Infinity",
        "-0", "4294967296", "2147483648", "1.005", "99.995"];
    private static readonly string[] Texts =
        ["''", "'a'", "'abc'", "'b,c'", "'12'", "' 7 '", "'0x1f'", "'Hello'", "'世界'", "'a-b-c'", "'x1y22'", "'😀!'", "'true'", "'1e3'", "'\\n'"];
    private static readonly string[] Members = ["a", "b", "c", "id", "name", "v"];
    private static readonly string[] BinaryOperators =
        ["+", "-", "*", "/", "%", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&", "|", "^", "<<", ">>", ">>>"];
    private static readonly string[] Assignments = ["=", "+=", "-=", "*=", "||=", "&&=", "??=", "|=", "%="];
    private static readonly string[] Patterns = ["/a/", "/[a-c]+/g", "/\\d+/", "/(\\w)(\\d)?/", "/-/g", "/^$/", "/b|c/gi", "/\\s/g", "/x*?y/",
        "/(?<l>[a-z])/g", "/[a-z](?=\\d)/g", "/a(?!b)/", "/(?=(b|c))./g", "/^(?!.*-).+$/", "/(?:(?=[a-c])\\w)+/g", "/\\d(?!\\d)|l{2}(?=o)/i"];

    private readonly Random _random = new(seed);
    private readonly List<List<string>> _scopes = [["n", "s"]];
    private readonly HashSet<string> _constants = [];
    private int _names;
    private int _functions;
    private int _budget = 60;

    public string Program()
    {
        var count = 1 + Next(6);
        var statements = Enumerable.Range(0, count).Select(_ => Statement(2)).ToList();
        statements.Insert(0, "let n = variables.n, s = variables.s;");
        var end = Next(4) switch { 0 => $"return {Expression(3)}", 1 => $"[{string.Join(", ", _scopes[0])}]", _ => Expression(3) };
        statements.Add(end);
        return string.Join(" ", statements);
    }

    private int Next(int count) => _random.Next(count);
    private string Pick(IReadOnlyList<string> items) => items[Next(items.Count)];
    private string NewName() => "v" + (++_names).ToString(CultureInfo.InvariantCulture);
    private string AnyName() => Pick([.. _scopes.SelectMany(s => s)]);
    private string? Assignable() =>
        _scopes.SelectMany(s => s).Where(v => !_constants.Contains(v)).ToList() is { Count: > 0 } names ? Pick(names) : null;

    private string Declare(bool constant = false)
    {
        var name = NewName();
        _scopes[^1].Add(name);
        if (constant) _constants.Add(name);
        return name;
    }

    private T InScope<T>(Func<T> make)
    {
        _scopes.Add([]);
        var result = make();
        _scopes.RemoveAt(_scopes.Count - 1);
        return result;
    }

    private string Block(int depth, string before = "", string after = "") =>
        InScope(() => "{ " + before + string.Join(" ", Enumerable.Range(0, 1 + Next(3)).Select(_ => Statement(depth - 1))) + " " + after + "}");

    private string Statement(int depth)
    {
        _budget--;
        if (depth <= 0 || _budget < 0) return Assignment() + ";";
        switch (Next(18))
        {
            case 0 or 1:
                var value = Expression(3);
                return $"const {Declare(constant: true)} = {value};";
            case 2:
                value = Expression(3);
                return $"let {Declare()} = {value};";
            case 3: return Destructuring();
            case 4: return $"if ({Expression(2)}) {Block(depth)}" + (Next(2) == 0 ? $" else {Block(depth)}" : "");
            case 5:
                var i = NewName();
                return InScope(() =>
                {
                    _scopes[^1].Add(i);
                    _constants.Add(i);
                    return $"for (let {i} = 0; {i} < {1 + Next(4)}; {i}++) {Block(depth, after: Next(3) == 0 ? "continue; " : "")}";
                });
            case 6:
                var items = ArrayExpression(2);
                return InScope(() =>
                    $"for (const {Declare(constant: true)} of {items}) {Block(depth, Next(4) == 0 ? "if (" + Expression(1) + ") break; " : "")}");
            case 7:
                var owner = ObjectExpression(2);
                return InScope(() => $"for (const {Declare(constant: true)} in {owner}) {Block(depth)}");
            case 8:
                var w = NewName();
                return $"let {w} = 0; while ({w}++ < {1 + Next(4)}) {Block(depth)}";
            case 9:
                var d = NewName();
                return $"let {d} = 0; do {Block(depth)} while (++{d} < {1 + Next(3)});";
            case 10:
                var subject = Expression(2);
                return InScope(() =>
                    $"switch ({subject}) {{ case {Expression(1)}: {Statement(0)} {(Next(2) == 0 ? "break; " : "")}case {Expression(1)}: {Statement(0)} break; {(Next(2) == 0 ? "default: " + Statement(0) : "")} }}");
            case 11: return $"try {Block(depth, Next(3) == 0 ? $"throw {Pick(["1", "'e'", "new TypeError('t')", "{ code: 5 }"])}; " : "")} catch (e{_names}) {{ n = e{_names} instanceof Error ? e{_names}.name : e{_names}; }}" + (Next(3) == 0 ? $" finally {Block(depth)}" : "");
            case 12:
                var f = "f" + (++_functions).ToString(CultureInfo.InvariantCulture);
                var (parameters, body) = Function(depth, recursive: false);
                _scopes[^1].Add(f);
                _constants.Add(f);
                return $"const {f} = function ({parameters}) {body};";
            case 14: return Labeled(depth);
            case 13: return $"variables.{Pick(["n", "s", "list", "fresh"])} = {Expression(2)};";
            default: return Assignment() + ";";
        }
    }

    /// <summary>Two loops, or a block, and a jump out of the inner part by name.</summary>
    private string Labeled(int depth)
    {
        var (label, i, j) = ("l" + (++_functions).ToString(CultureInfo.InvariantCulture), NewName(), NewName());
        var jump = $"if ({Expression(1)}) {Pick([$"break {label}", $"continue {label}"])};";
        if (Next(3) == 0) return $"{label}: {Block(depth, $"if ({Expression(1)}) break {label}; ")}";
        return InScope(() =>
        {
            _scopes[^1].Add(i);
            _constants.UnionWith([i, j]);
            var (items, turn) = (ArrayExpression(1), Assignment());
            var inner = InScope(() =>
            {
                _scopes[^1].Add(j);
                return (Next(3) == 0 ? $"try {{ {jump} }} finally {{ n = {Expression(1)}; }}" : jump) + $" {Assignment()};";
            });
            return $"{label}: for (let {i} = 0; {i} < {1 + Next(3)}; {i}++) {{ for (const {j} of {items}) {{ {inner} }} {turn}; }}";
        });
    }

    private string Destructuring()
    {
        var (array, owner) = (ArrayExpression(2), ObjectExpression(2));
        return Next(3) switch
        {
            0 => $"const [{Declare(true)}, {Declare(true)} = {Literal()}, ...{Declare(true)}] = {array};",
            1 => $"const {{ a: {Declare(true)}, b: {Declare(true)} = {Literal()}, ...{Declare(true)} }} = {owner};",
            _ => $"let {{ length: {Declare()} }} = {array};",
        };
    }

    private string Assignment() =>
        Assignable() is { } name ? Next(8) == 0 ? $"{name}{Pick(["++", "--"])}" : $"{name} {Pick(Assignments)} {Expression(2)}" : Expression(2);

    private (string Parameters, string Body) Function(int depth, bool recursive) => InScope(() =>
    {
        var outer = _constants.Count;
        var first = Declare();
        var parameters = Next(4) switch
        {
            0 => $"{first}, {Declare()} = {Literal()}",
            1 => $"{first}, ...{Declare()}",
            2 => $"{first}, [{Declare()}, {Declare()}] = [{Literal()}]",
            _ => first,
        };
        return (parameters, Block(depth, after: $"return {Expression(2)}; "));
    });

    private string Literal() => Next(8) switch
    {
        0 => Pick(["true", "false"]),
        1 => Pick(["null", "undefined"]),
        <= 4 => Pick(Numbers),
        _ => Pick(Texts),
    };

    private string Expression(int depth)
    {
        _budget--;
        if (depth <= 0 || _budget < -60) return Next(2) == 0 ? AnyName() : Literal();
        return Next(24) switch
        {
            0 => Literal(),
            1 or 2 => AnyName(),
            <= 5 => $"({Expression(depth - 1)} {Pick(BinaryOperators)} {Expression(depth - 1)})",
            6 => $"({Expression(depth - 1)} {Pick(["&&", "||", "??"])} {Expression(depth - 1)})",
            7 => $"({Expression(depth - 1)} ? {Expression(depth - 1)} : {Expression(depth - 1)})",
            8 => $"({Pick(["!", "- ", "+ ", "~", "typeof ", "void "])}{Expression(depth - 1)})",
            9 => $"`{Pick(["", "x", "-"])}${{{Expression(depth - 1)}}}{Pick(["", "y"])}`",
            10 or 11 => ArrayExpression(depth - 1),
            12 or 13 => ObjectExpression(depth - 1),
            14 => TextMethod(depth - 1),
            15 or 16 => ArrayMethod(depth - 1),
            17 => NumberFunction(depth - 1),
            18 => $"({Expression(depth - 1)})?.{Pick(Members)}{Pick(["", "?.b", "?.[0]"])}",
            19 => Variable(),
            20 => ObjectFunction(depth - 1),
            21 => CollectionExpression(depth - 1),
            22 => DateExpression(),
            _ => InScope(() => $"(({Declare()}) => {Expression(depth - 1)})({Literal()})"),
        };
    }

    private string Variable() => Pick(["variables.n", "variables.s", "variables.rows[0].amount", "variables.rows", "variables.order.customer?.name",
        "getInput('list')", "variables.missing", "getVariable('flag')", "variables.order.lines[1]"]);

    private string ArrayExpression(int depth) => Next(7) switch
    {
        0 => "variables.list",
        1 => "variables.names.slice()",
        2 when depth > 0 => $"[...{ArrayExpression(depth - 1)}, {Expression(depth - 1)}]",
        3 => $"Array.from({{ length: {Next(4)} }}, (_, i) => i * {1 + Next(3)})",
        4 => $"[...{Pick(Texts)}]",
        _ => $"[{string.Join(", ", Enumerable.Range(0, Next(4)).Select(_ => Expression(depth - 1)))}]",
    };

    private string ObjectExpression(int depth) => Next(6) switch
    {
        0 => "variables.order",
        1 when depth > 0 => $"({{ ...{ObjectExpression(depth - 1)}, {Pick(Members)}: {Expression(depth - 1)} }})",
        2 => $"({{ [{Expression(depth - 1)}]: {Expression(depth - 1)}, 2: {Literal()}, 1: {Literal()} }})",
        _ => $"({{ {string.Join(", ", Members.OrderBy(_ => Next(100)).Take(Next(4)).Select(m => $"{m}: {Expression(depth - 1)}"))} }})",
    };

    private string Text(int depth) => Next(3) == 0 ? $"String({Expression(depth)})" : Pick(Texts);
    private string Whole() => Pick(["0", "1", "2", "-1", "3", "-2", "undefined", "1.7"]);

    private string Locale() => Pick(["'zh-CN'", "'en-US'", "undefined"]);

    private string TextMethod(int depth) => Text(depth) + Next(17) switch
    {
        15 => $".localeCompare({Pick(Texts)}, {Locale()})",
        0 => $".slice({Whole()}, {Whole()})",
        1 => $".split({Pick(["''", "','", "'-'", "/\\d/", "/(b)/", "undefined"])})",
        2 => $".replace({Pick(Patterns)}, {Pick(["'[$&]'", "'$1'", "m => m + m", "''", "(m, g) => typeof g"])})",
        3 => $".match({Pick(Patterns)})",
        4 => $".indexOf({Text(0)})",
        5 => $".padStart({Whole()} + 4, {Pick(["'0'", "'ab'", "undefined"])})",
        6 => Pick([".toUpperCase()", ".toLowerCase()", ".trim()", ".length"]),
        7 => $".at({Whole()})",
        8 => $".charCodeAt({Whole()})",
        9 => $".includes({Text(0)})",
        10 => $".repeat({Next(3)})",
        11 => $".substring({Whole()}, {Whole()})",
        12 => $".replaceAll({Text(0)}, {Text(0)})",
        13 => $".search({Pick(Patterns)})",
        14 => $".lastIndexOf({Text(0)})",
        _ => $".concat({Expression(depth)})",
    };

    private string ArrayMethod(int depth)
    {
        var (x, array) = (NewName(), ArrayExpression(depth));
        string Inner() => InScope(() =>
        {
            _scopes[^1].Add(x);
            return Expression(depth);
        });
        return array + Next(22) switch
        {
            0 or 1 => $".map({x} => {Inner()})",
            2 => $".filter({x} => {Inner()})",
            3 => $".reduce(({x}, y) => {Inner()}, {Literal()})",
            4 => $".join({Pick(["", "'-'", "undefined"])})",
            5 => $".slice({Whole()}, {Whole()})",
            6 => ".slice().sort()",
            7 => ".slice().sort((x, y) => String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0)",
            8 => $".find({x} => {Inner()})",
            9 => $".findIndex({x} => {Inner()})",
            10 => $".some({x} => {Inner()})",
            11 => $".every({x} => {Inner()})",
            12 => $".includes({Expression(depth)})",
            13 => $".indexOf({Expression(depth)})",
            14 => $".concat({Expression(depth)})",
            15 => $".flatMap({x} => [{Inner()}, {x}])",
            16 => $".flat({Whole()})",
            17 => ".slice().reverse()",
            18 => $".at({Whole()})",
            19 => $".slice().splice({Whole()}, {Whole()}, {Expression(depth)})",
            20 => $"[{Whole()}]",
            _ => ".length",
        };
    }

    private string NumberFunction(int depth) => Next(15) switch
    {
        13 => $"Number({Expression(depth)}).toLocaleString({Locale()}{Pick(["", ", { minimumFractionDigits: 2 }", ", { maximumFractionDigits: 1 }", ", { style: 'percent' }", ", { style: 'currency', currency: 'CNY' }"])})",
        0 => $"Math.{Pick(["floor", "ceil", "round", "trunc", "abs", "sign", "sqrt", "fround", "clz32"])}({Expression(depth)})",
        1 => $"Math.{Pick(["max", "min"])}({Expression(depth)}, {Expression(depth)})",
        2 => $"Number({Expression(depth)})",
        3 => $"parseInt({Expression(depth)}{Pick(["", ", 16", ", 2"])})",
        4 => $"parseFloat({Expression(depth)})",
        5 => $"isNaN({Expression(depth)})",
        6 => $"Number({Expression(depth)}).toFixed({Next(4)})",
        7 => $"Number({Expression(depth)}).toString({Pick(["", "2", "16", "10"])})",
        8 => $"Number.isInteger({Expression(depth)})",
        9 => $"({Pick(Numbers)}).toPrecision({1 + Next(5)})",
        10 => $"Boolean({Expression(depth)})",
        11 => $"String({Expression(depth)})",
        12 => $"({Pick(Numbers)}).toExponential({Pick(["", "0", "2", "5"])})",
        _ => $"(Number({Expression(depth)}) ** {Pick(["2", "0", "1", "-1", "3"])})",
    };

    private string ObjectFunction(int depth) => Next(10) switch
    {
        8 => $"{Pick(["Object.groupBy", "[...Map.groupBy"])}({ArrayExpression(depth)}, (x, i) => {Pick(["x", "i % 2", "typeof x", "String(x).length"])})".ClosedAs("[...", "]"),
        0 => $"Object.keys({ObjectExpression(depth)})",
        1 => $"Object.values({ObjectExpression(depth)})",
        2 => $"Object.entries({ObjectExpression(depth)})",
        3 => $"Object.assign({{}}, {Expression(depth)}, {ObjectExpression(depth)})",
        4 => $"Object.fromEntries(Object.entries({ObjectExpression(depth)}))",
        5 => $"JSON.stringify({Expression(depth)}{Pick(["", ", null, 1", ", ['a', 'b']"])})",
        6 => $"JSON.parse(JSON.stringify({ObjectExpression(depth)}))",
        7 => $"('{Pick(Members)}' in {ObjectExpression(depth)})",
        _ => $"toJson({Expression(depth)})",
    };

    private string CollectionExpression(int depth) => Next(5) switch
    {
        0 => $"[...new Set({ArrayExpression(depth)})]",
        1 => $"[...new Map(Object.entries({ObjectExpression(depth)}))]",
        2 => $"new Map([[1, {Expression(depth)}]]).get({Pick(["1", "2"])})",
        3 => $"new Set({ArrayExpression(depth)}).size",
        _ => $"new Set([1, 'a', NaN]).has({Expression(depth)})",
    };

    private string DateExpression() =>
        $"new Date({Pick(["0", "2026, 2, 5", "'2026-03-05'", "'2026-02-28T23:59:59'", "1772640000000", "2024, 1, 29, 12", "'bad'", "1988, 5, 1", "-1", "'2026-11-01T01:30:00'", "2026, 2, 8, 2, 30"])})"
        + Pick([".getTime()", ".getDate()", ".getMonth()", ".getFullYear()", ".getDay()", ".getHours()", ".getTimezoneOffset()", ".setDate(35)",
            ".setMonth(13)", ".setHours(26)", ".toJSON()", "", ".valueOf()",
            $".toLocaleString({Locale()})", $".toLocaleDateString({Locale()})", $".toLocaleTimeString({Locale()}, {{ timeZone: 'UTC' }})",
            $".toLocaleDateString({Locale()}, {{ year: 'numeric', month: 'long', day: 'numeric' }})"]);
}

internal static class GeneratedText
{
    public static string ClosedAs(this string text, string open, string close) => text.StartsWith(open, StringComparison.Ordinal) ? text + close
        : text;
}
