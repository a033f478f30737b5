using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmFlow.Engine.Expressions;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>What Node makes of programs, and what we make of them, written the same way so that they can be compared.</summary>
internal static class NodeOracle
{
    /// <summary>Variables both sides start with.</summary>
    public const string Variables =
        """{"n":12,"neg":-3.5,"s":"Hello 世界","empty":"","flag":true,"nothing":null,"list":[3,1,2],"names":["b","a","C"],"rows":[{"id":1,"amount":120.5,"tags":["x"]},{"id":2,"amount":80,"tags":[]},{"id":3,"amount":99.99,"tags":["y","x"]}],"order":{"id":7,"customer":{"name":"Li","city":null},"lines":[{"q":2,"p":9.99},{"q":1,"p":100}]}}""";

    private const string Script = """
        const vm = require('vm');
        let text = '';
        process.stdin.setEncoding('utf8');
        process.stdin.on('data', d => text += d).on('end', () => {
          const { variables, programs } = JSON.parse(text);
          const show = v => {
            switch (Object.prototype.toString.call(v)) {
              case '[object Undefined]': case '[object Function]': return 'undefined';
              case '[object Null]': return 'null';
              case '[object Number]': return Object.is(v, -0) ? '-0' : String(v);
              case '[object String]': return JSON.stringify(v.toWellFormed());
              case '[object Boolean]': return String(v);
              case '[object Date]': return isNaN(v) ? 'null' : JSON.stringify(v.toISOString());
              case '[object Array]': return '[' + Array.from(v, show).join(',') + ']';
              case '[object Map]': case '[object Set]': case '[object RegExp]': return '{}';
              default: return '{' + Object.keys(v).map(k => JSON.stringify(k.toWellFormed()) + ':' + show(v[k])).join(',') + '}';
            }
          };
          console.log(JSON.stringify(programs.map(source => {
            const data = JSON.parse(variables);
            const context = vm.createContext({ });
            vm.runInContext('variables = JSON.parse(' + JSON.stringify(variables) + '); getVariable = n => variables[n]; getInput = (inputs => n => inputs[n])(JSON.parse(' + JSON.stringify(variables) + ')); toJson = JSON.stringify; setVariable = (n, v) => { variables[n] = v; }', context);
            // the name of the zone in parentheses depends on a locale; we leave it out
            vm.runInContext('for (const f of ["toString", "toTimeString"]) { const own = Date.prototype[f]; Date.prototype[f] = function () { return own.call(this).replace(/ [(].*/, ""); } }', context);
            // Node 20 has no groupBy yet; its objects would have no prototype, which no object has here
            vm.runInContext('const grouped = (make, put) => (items, f) => { const groups = make(); let i = 0; for (const item of items) put(groups, f(item, i++), item); return groups; };'
              + 'Object.groupBy ??= grouped(() => ({ }), (g, k, item) => { (g[k] ??= []).push(item); });'
              + 'Map.groupBy ??= grouped(() => new Map(), (g, k, item) => { if (!g.has(k)) g.set(k, []); g.get(k).push(item); });', context);
            let result;
            try {
              let code = source;
              try { new vm.Script(source); } catch (e) { if (/Illegal return/.test(e.message)) code = '(function () {' + source + '\n})()'; }
              result = show(vm.runInContext(code, context, { timeout: 3000 }));
            } catch (e) {
              result = 'throws ' + (e && e.name ? e.name : show(e));
            }
            let after;
            try { after = show(vm.runInContext('variables', context)); } catch (e) { after = 'unstorable'; }
            return [result, after];
          })));
        });
        """;

    public static (string Result, string Variables)[] Ask(IReadOnlyList<string> programs, string zone = "Asia/Shanghai")
    {
        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false), StandardOutputEncoding = Encoding.UTF8 };
        start.ArgumentList.Add("-e");
        start.ArgumentList.Add(Script);
        start.Environment["TZ"] = zone;
        start.Environment["LC_ALL"] = "zh_CN.UTF-8"; // the language where none is named
        Process node;
        try
        {
            node = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            if (Environment.GetEnvironmentVariable("CI") == "true")
                throw new InvalidOperationException("node is not on the PATH; the comparison of expressions with Node needs it.");
            Assert.Skip("node is not on the PATH");
            throw;
        }
        using (node)
        {
            var errors = node.StandardError.ReadToEndAsync();
            var output = node.StandardOutput.ReadToEndAsync();
            node.StandardInput.Write(new JsonObject { ["variables"] = Variables,
                ["programs"] = new JsonArray([.. programs.Select(p => JsonValue.Create(p))]) }.ToJsonString());
            node.StandardInput.Close();
            node.WaitForExit();
            if (node.ExitCode != 0) throw new InvalidOperationException("node failed: " + errors.Result);
            return [.. JsonSerializer.Deserialize<string[][]>(output.Result)!.Select(pair => (pair[0], pair[1]))];
        }
    }

    public static (string Result, string Variables) Evaluate(string program, string zone = "Asia/Shanghai")
    {
        var scope = new TestScope { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
        foreach (var (name, value) in Value.FromJson(Variables).Members) scope.Variables[name] = scope.Inputs[name] = value;
        string result;
        try
        {
            result = Show(CompiledExpression.Parse(program).Evaluate(scope));
        }
        catch (ExpressionSyntaxException e)
        {
            result = "refused: " + e.Message;
        }
        catch (ExpressionException e)
        {
            result = "throws " + ErrorName(e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            result = "crashes: " + e;
        }
        var variables = new ValueObject();
        foreach (var (name, value) in scope.Variables) variables[name] = value;
        return (result, Show(Value.From(variables)));
    }

    private static string ErrorName(string message)
    {
        var name = ErrorObject.Types.FirstOrDefault(t => message.StartsWith(t, StringComparison.Ordinal));
        return name ?? (message.LastIndexOf(" (line", StringComparison.Ordinal) is > 0 and var at ? Show(message[..at]) : message);
    }

    private static string Show(Value value) => value.Kind switch
    {
        ValueKind.Undefined => "undefined",
        ValueKind.Number => value.Number == 0 && double.IsNegative(value.Number) ? "-0" : value.ToText()!,
        ValueKind.String => Quote(value.String),
        ValueKind.Array => "[" + string.Join(",", value.Items.Select(Show)) + "]",
        ValueKind.Object => "{" + string.Join(",", value.Members.InOrder().Select(m => Quote(m.Key) + ":" + Show(m.Value))) + "}",
        _ => value.ToText() ?? "null",
    };

    private static string Quote(string text) => Library.Stringify(new(new TestScope(), new(), mayMutate: false), text, default, default).String;
}
