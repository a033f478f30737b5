using System.Globalization;
using Fluid;
using Fluid.Values;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>One template rendered by Fluid, which Elsa uses, and by us, over the same values. Set as Elsa leaves it: invariant culture, the zone of
/// the host, nothing encoded.</summary>
internal static class LiquidOracle
{
    public const string Variables = """
        {"nothing":null,"yes":true,"no":false,"zero":0,"seven":7,"minus":-7,"half":2.5,"minushalf":-2.5,"money":1234567.891,
         "text":"hello World","blank":"  ","empty":"","chinese":"你好，Ünï É","html":"<b>a & b</b> \"q\" 'x' &lt;","ten":"10","minustext":"-3.5",
         "csv":"b,a,,B","lines":" a\nb\r\nc ","face":"😀ab","base":"5L2g5aW9","noBase":"*!",
         "numbers":[3,1,2],"texts":["b","A","a","B"],"holes":[1,null,2],"twice":[1,1,"1",2],"none":[],
         "objects":[{"Name":"Dongle","Price":120,"Kind":"new"},{"Name":"cable","Price":9.5,"Kind":"spare"},{"Name":"Adapter","Price":30,"Kind":"new"},{"Name":"bare"}],
         "object":{"No":"A-1","Paid":true,"Lines":[1,2]},
         "day":"2026-03-05","utc":"2026-03-05T01:02:03Z","offset":"2026-03-05T01:02:03.5+02:00","local":"2026-03-05T01:02:03","slash":"2026/3/5 10:20",
         "noDay":"2026-02-30","dmy":"31/12/2026","mdy":"12/31/2026","words":"Mar 5, 2026","seconds":1772672523}
        """;

    private static readonly FluidParser Parser = new(new FluidParserOptions { AllowParentheses = false });

    public static string Ours(string template)
    {
        var scope = new TestScope { CorrelationId = "C-7" };
        foreach (var (name, value) in Value.FromJson(Variables).Members) scope.Variables[name] = scope.Inputs[name] = value;
        scope.Outputs[("Review", "Result")] = "accepted";
        try
        {
            return LiquidTemplate.Parse(template).Render(scope);
        }
        catch (ExpressionSyntaxException e)
        {
            return "refused: " + e.Message;
        }
        catch (ExpressionException e)
        {
            return "fails: " + e.Message;
        }
    }

    public static string Fluids(string template)
    {
        if (!Parser.TryParse(template, out var parsed, out var error)) return "refused: " + error.ReplaceLineEndings(" ");
        var scope = new TestScope();
        var options = new TemplateOptions { CultureInfo = CultureInfo.InvariantCulture, TimeZone = scope.Zone, Now = () =>
            TimeZoneInfo.ConvertTime(scope.Now, scope.Zone) };
        // Elsa's own two filters
        options.Filters.AddFilter("base64", (input, _, _) =>
            StringValue.Create(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(input.ToStringValue()))));
        var context = new TemplateContext(options);
        var variables = Clr(Value.FromJson(Variables))!;
        context.SetValue("Variables", variables);
        context.SetValue("Input", variables);
        context.SetValue("Output", new Dictionary<string, object?> { ["Review"] = new Dictionary<string, object?> { ["Result"] = "accepted" } });
        context.SetValue("CorrelationId", "C-7");
        try
        {
            return parsed.Render(context);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return "fails: " + e.GetType().Name;
        }
    }

    private static object? Clr(Value value) => value.Kind switch
    {
        ValueKind.Number => (decimal)value.Number,
        ValueKind.String => value.String,
        ValueKind.Boolean => value.IsTrue,
        ValueKind.Array => value.Items.Select(Clr).ToList(),
        ValueKind.Object => value.Members.InOrder().ToDictionary(m => m.Key, m => Clr(m.Value)),
        _ => null,
    };
}
