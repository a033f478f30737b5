using System.Diagnostics;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>Templates: what they write, what is refused by name, and what stops a hostile one.</summary>
[Collection(Alone.Name)]
public sealed class LiquidTests
{
    private static TestScope Scope()
    {
        var scope = new TestScope { CorrelationId = "C-7", InstanceName = "结算 7" };
        scope.Variables["Name"] = "王芳";
        scope.Variables["Amount"] = 12345.5m;
        scope.Variables["Text"] = " Hello <b>World</b> & co ";
        scope.Variables["Nothing"] = Value.Null;
        scope.Variables["Blank"] = "  ";
        scope.Variables["Order"] = Value.FromJson(
            """{"No":"A-1","Paid":true,"Lines":[{"Name":"Dongle","Price":120,"Kind":"new"},{"Name":"cable","Price":9.5,"Kind":"spare"},{"Name":"Adapter","Price":30,"Kind":"new"}]}""");
        scope.Variables["Day"] = "2026-03-05";
        scope.Variables["At"] = "2026-03-05T01:02:03.4560000Z";
        scope.Inputs["Kind"] = "renewal";
        scope.Outputs[("Review", "Result")] = "accepted";
        scope.Outputs[("Review", null)] = "accepted";
        scope.LastResult = 42;
        return scope;
    }

    private static string Render(string template, ExpressionLimits? limits = null) =>
        LiquidTemplate.Parse(template).Render(Scope(), limits ?? ExpressionLimits.Default);

    [Theory]
    // output and accessors
    [InlineData("plain { text } %} }}", "plain { text } %} }}")]
    [InlineData("{{ Variables.Name }}您好", "王芳您好")]
    [InlineData("{{Variables.Order.Lines[1].Name}}/{{ Variables['Order']['No'] }}/{{ Variables.Order.Lines[-1].Price }}", "cable/A-1/30")]
    [InlineData("{{ Variables.Order.Lines.size }}{{ Variables.Order.Lines.first.Name }}{{ Variables.Order.Lines.last.Name }}", "3DongleAdapter")]
    [InlineData("{{ Input.Kind }} {{ Output.Review.Result }} {{ Output.Review }} {{ LastResult }}", "renewal accepted accepted 42")]
    [InlineData("{{ CorrelationId }} {{ WorkflowInstanceId }} {{ WorkflowInstanceName }} {{ WorkflowDefinitionId }} {{ WorkflowDefinitionVersionId }} {{ WorkflowDefinitionVersion }}", "C-7 7c5e 结算 7 settlement settlement-3 3")]
    [InlineData("[{{ Variables.Missing }}{{ Variables.Missing.Deeper[0] }}{{ Variables.Nothing }}{{}}]", "[]")]
    [InlineData("{{ true }}{{ nil }}{{ 1.50 }}{{ -3 }}{{ \"it's\" }}{{ 'a}}b' }}", "true1.5-3it'sa}}b")]
    [InlineData("{{ Variables.Order.Lines[0] }}", """{"Name":"Dongle","Price":120,"Kind":"new"}""")]
    // whitespace control
    [InlineData("a  {{- 1 -}}  b {%- assign x = 2 -%} c {{ x }}", "a1bc 2")]
    // if, unless, case
    [InlineData("{% if Variables.Amount > 10000 %}big{% elsif Variables.Amount > 100 %}mid{% else %}small{% endif %}", "big")]
    [InlineData("{% if Variables.Amount < 100 %}small{% elsif Variables.Amount <= 12345.5 %}mid{% else %}big{% endif %}", "mid")]
    [InlineData("{% if Variables.Missing %}a{% else %}b{% endif %}{% if '' %}c{% endif %}{% if 0 %}d{% endif %}{% if false %}e{% endif %}", "bcd")]
    [InlineData("{% unless Variables.Order.Paid %}open{% else %}paid{% endunless %}", "paid")]
    [InlineData("{% if Variables.Name == '王芳' and Input.Kind != 'new' or false %}yes{% endif %}", "yes")]
    [InlineData("{% if true or false and false %}right to left{% endif %}", "right to left")]
    [InlineData("{% if Variables.Text contains 'World' %}1{% endif %}{% if Variables.Order.Lines contains 'x' %}2{% endif %}{% if Variables.Order contains 'No' %}3{% endif %}", "13")]
    [InlineData("{% if '5' == 5 %}=={% endif %}{% if '10' > 9 %}>{% endif %}{% if 'b' > 'a' %}t{% endif %}{% if nil < 1 %}x{% endif %}", "==>t")]
    [InlineData("{% if Variables.Missing == empty %}1{% endif %}{% if Variables.Blank == blank %}2{% endif %}{% if '' == empty %}3{% endif %}{% if Variables.Missing == blank %}4{% endif %}{% if Variables.Blank == empty %}5{% endif %}", "234")]
    [InlineData("{% case Input.Kind %} never {% when 'new', 'first' %}a{% when 'renewal' or 'again' %}b{% else %}c{% endcase %}", "b")]
    [InlineData("{% case 3 %}{% when 1 %}a{% else %}c{% endcase %}", "c")]
    // for
    [InlineData("{% for l in Variables.Order.Lines %}{{ forloop.index }}/{{ forloop.length }} {{ l.Name }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "1/3 Dongle, 2/3 cable, 3/3 Adapter")]
    [InlineData("{% for i in (1..9) limit:3 offset:2 %}{{ i }}{{ forloop.index0 }}{{ forloop.rindex }} {% endfor %}", "303 412 521 ")]
    [InlineData("{% for i in (1..4) reversed limit: 3 %}{{ i }}{% endfor %}", "321")]
    [InlineData("{% for i in (1..9) %}{% if i == 3 %}{% continue %}{% endif %}{% if i == 6 %}{% break %}{% endif %}{{ i }}{% endfor %}", "1245")]
    [InlineData("{% for i in Variables.Missing %}x{% else %}none{% endfor %}{% for i in (3..1) %}x{% else %}none{% endfor %}", "nonenone")]
    [InlineData("{% for a in (1..2) %}{% for b in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.index }}{{ a }}{{ b }} {% endfor %}{% endfor %}",
        "1111 1212 2121 2222 ")]
    [InlineData("{% for m in Variables.Order.Lines[0] %}{{ m[0] }}={{ m[1] }};{% endfor %}", "Name=Dongle;Price=120;Kind=new;")]
    // assign, capture, comments, raw
    [InlineData("{% assign n = Variables.Amount | round | plus: 0.5 %}{{ n }}", "12346.5")]
    [InlineData("{% capture x %}<{{ Input.Kind }}>{% endcapture %}{{ x }}{{ x.size }}", "<renewal>9")]
    [InlineData("a{% comment %}{{ no such thing | {% comment %} {% endcomment %} {% endcomment %}b{% # it's nothing %}c", "abc")]
    [InlineData("{% raw %}{{ x }} {% if %}{% endraw %}!", "{{ x }} {% if %}!")]
    // texts
    [InlineData("{{ Variables.Text | strip | strip_html | upcase }}", "HELLO WORLD & CO")]
    [InlineData("{{ Variables.Text | strip | escape }}", "Hello &lt;b&gt;World&lt;/b&gt; &amp; co")]
    [InlineData("{{ '&lt; & \"' | escape_once }}", "&lt; &amp; &quot;")]
    [InlineData("{{ 'ab' | append: 'c' | prepend: '>' | capitalize }}{{ 'tITLE' | capitalize }}{{ 'X' | downcase }}", ">abcTITLEx")]
    [InlineData("{{ 'a-b-a' | replace: 'a', 'c' }} {{ 'a-b-a' | replace_first: 'a', 'c' }} {{ 'a-b-a' | replace_last: 'a', 'c' }} {{ 'a-b-a' | remove: 'a' }} {{ 'a-b-a' | remove_first: 'a' }} {{ 'a-b-a' | remove_last: 'a' }}", "c-b-c c-b-a a-b-c -b- -b-a a-b-")]
    [InlineData("{{ 'Ground control to Major Tom.' | truncate: 20 }}|{{ 'Ground control' | truncate: 9, '' }}|{{ 'Ground control to Major' | truncatewords: 2 }}", "Ground control to...|Ground co|Ground control...")]
    [InlineData("{{ 'Liquid' | slice: 0 }}{{ 'Liquid' | slice: 2, 3 }}{{ 'Liquid' | slice: -3, 2 }}[{{ 'Liquid' | slice: 9 }}]", "Lquiui[]")]
    [InlineData("{{ '你好 a/b' | url_encode }} {{ '%E4%BD%A0+x' | url_decode }} {{ '你好' | base64 }} {{ '5L2g5aW9' | base64_decode }}",
        "%E4%BD%A0%E5%A5%BD+a%2Fb 你 x 5L2g5aW9 你好")]
    [InlineData("{{ ' a ' | lstrip }}|{{ ' a ' | rstrip }}|{{ 'a\nb' | newline_to_br | strip_newlines }}", "a | a|a<br />b")]
    [InlineData("{{ Variables.Missing | default: 'none' }}{{ '' | default: 1 }}{{ false | default: 'f' }}{{ false | default: 'f', allow_false: true }}{{ 0 | default: 9 }}", "none1ffalse0")]
    // numbers
    [InlineData("{{ 0.1 | plus: 0.2 }} {{ 5 | minus: '2' }} {{ 3 | times: 1.1 }} {{ -17 | abs }} {{ 24 | modulo: 7 }} {{ -1 | modulo: 3 }}",
        "0.3 3 3.3 17 3 -1")]
    [InlineData("{{ 20 | divided_by: 7 }} {{ 20 | divided_by: 8.0 }} {{ -20 | divided_by: 7 }} {{ 1 | divided_by: 0.5 }}", "2 2.5 -3 2")]
    [InlineData("{{ 1.2 | ceil }}{{ 1.8 | floor }} {{ 2.5 | round }} {{ 183.357 | round: 2 }} {{ 4 | at_least: 5 }}{{ 4 | at_most: 3 }}",
        "21 3 183.36 53")]
    [InlineData("¥{{ Variables.Amount | format_number: '#,##0.00' }} {{ 0.256 | format_number: 'P1' }} {{ 7 | format_number: '000' }}",
        "¥12,345.50 25.6 % 007")]
    [InlineData("{{ 'x' | plus: 1 }}{{ Variables.Missing | times: 3 }}{{ 'x' | format_number: 'N2' }}", "10x")]
    // dates: the business zone is Shanghai
    [InlineData("{{ Variables.At | date: '%Y年%-m月%-d日 %H:%M:%S' }}", "2026年3月5日 09:02:03")]
    [InlineData("{{ Variables.Day | date: '%F %R %a %A %b %B %j %u %y %e %l %p %z' }}",
        "2026-03-05 00:00 Thu Thursday Mar March 064 4 26  5 12 AM +0800")]
    [InlineData("{{ 'now' | date: '%F %T' }} {{ 0 | date: '%F %H' }} {{ '1772672523' | date: '%c' }}",
        "2026-03-05 09:02:03 1970-01-01 08 Thu Mar 5 09:02:03 2026")]
    [InlineData("{{ Variables.At | format_date: 'yyyy-MM-dd HH:mm zzz' }} {{ 'soon' | date: '%Y' }} {{ Variables.Nothing | date: '%Y' }}",
        "2026-03-05 09:02 +08:00 soon ")]
    [InlineData("{{ Variables.Day | date: '100%% %Q %^a %' }}", "100% %Q THU %")]
    // lists
    [InlineData("{{ Variables.Order.Lines | map: 'Name' | join: '、' }}", "Dongle、cable、Adapter")]
    [InlineData("{{ Variables.Order.Lines | where: 'Kind', 'new' | map: 'Price' | sum }} {{ Variables.Order.Lines | sum: 'Price' }}", "150 159.5")]
    [InlineData("{{ Variables.Order.Lines | sort: 'Price' | map: 'Name' | first }} {{ Variables.Order.Lines | map: 'Name' | sort | join }} {{ Variables.Order.Lines | map: 'Name' | sort_natural | join: ',' }}", "cable Adapter Dongle cable Adapter,cable,Dongle")]
    [InlineData("{{ 'a,b,,a,' | split: ',' | uniq | join: '+' }} {{ 'a b  c' | split: ' ' | reverse | join: '' }} {{ 'xyz' | split: '' | last }} {{ 'abc' | size }}", "a+b+ cba z 3")]
    [InlineData("{% assign a = '1,2' | split: ',' %}{% assign b = '3' | split: ',' %}{{ a | concat: b | json }}{{ a | slice: 1, 5 | join }}{{ Variables.Order | keys | join: ',' }}{{ Variables.Order.Lines | map: 'X' | compact | size }}", """["1","2","3"]2No,Paid,Lines0""")]
    public void A_template_writes(string template, string expected) => Render(template).ShouldBe(expected);

    [Theory]
    [InlineData("a\n{% include 'x' %}", "The tag 'include' is not in the grammar", 2, 4)]
    [InlineData("{% frobnicate %}", "There is no tag 'frobnicate'", 1, 4)]
    [InlineData("{{ 1 | money }}", "There is no filter 'money'; use format_number", 1, 8)]
    [InlineData("{{ 1 | plus }}", "The filter 'plus' takes 1 values behind its colon, not 0", 1, 8)]
    [InlineData("{{ 'a' | replace: 1, 2, 3 }}", "The filter 'replace' takes 2", 1, 10)]
    [InlineData("{{ Name }}", "'Name' is not known here; write Variables.Name", 1, 4)]
    [InlineData("{{ Configuration.Secret }}", "Configuration is not available", 1, 4)]
    [InlineData("{% if true %}", "'if' is not closed; write {% endif %}", 1, 4)]
    [InlineData("{% for x in (1..3) %}{% endif %}", "'endif' closes or divides nothing", 1, 25)]
    [InlineData("{% if %}{% endif %}", "expected a value", 1, 7)]
    [InlineData("{{ 'a }}", "The text in quotes does not end", 1, 4)]
    [InlineData("{{ a", "The tag does not end", 1, 5)]
    [InlineData("{% assign Variables = 1 %}", "'Variables' cannot be assigned", 1, 11)]
    [InlineData("{% for i of (1..2) %}{% endfor %}", "expected 'in'", 1, 10)]
    [InlineData("{% for i in (1..2) by:2 %}{% endfor %}", "for takes limit, offset and reversed", 1, 20)]
    [InlineData("{% if (true) %}{% endif %}", "parentheses hold a range", 1, 12)]
    [InlineData("{{ 1 + 2 }}", "'+' has no meaning here", 1, 6)]
    [InlineData("{% raw %}{{ x }}", "'raw' is not closed", 1, 4)]
    public void What_is_not_in_the_grammar_is_refused_by_name(string template, string message, int line, int column)
    {
        var refusal = Should.Throw<ExpressionSyntaxException>(() => LiquidTemplate.Parse(template));

        refusal.Message.ShouldContain(message);
        (refusal.Line, refusal.Column).ShouldBe((line, column));
    }

    [Theory]
    [InlineData("x{{ 1 | divided_by: 0 }}", "divided_by: the divisor is 0 (line 1, column 9)")]
    [InlineData("{{ 1 | format_number: 'N999999999' }}", "format_number: the precision of 'N999999999' is beyond 99")]
    [InlineData("{{ 1 | format_number: 'Q' }}", "'Q' is no format")]
    [InlineData("{{ 'now' | format_date: 'q' }}", "'q' is no format")]
    [InlineData("{{ 'now' | date: Variables.Missing }}", "the format has 1 to 100 characters")]
    [InlineData("{{ '!' | base64_decode }}", "the text is not base64")]
    public void What_a_filter_cannot_do_is_an_error_that_names_it(string template, string message) =>
        Should.Throw<ExpressionException>(() => Render(template)).Message.ShouldContain(message);

    [Theory]
    [InlineData("{% assign r = (1..400) %}{% for a in r %}{% for b in r %}{% for c in r %}{% endfor %}{% endfor %}{% endfor %}", "steps")]
    [InlineData("{% for a in (1..250000) %}{{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{% endfor %}", "string length")]
    [InlineData("{% for a in (1..2000000000) %}{% endfor %}", "items")]
    [InlineData("{% assign s = 'xx' %}{% for a in (1..40) %}{% assign s = s | append: s %}{% endfor %}", "string length")]
    [InlineData("{% assign s = 'x,x' | split: ',' %}{% for a in (1..40) %}{% assign s = s | concat: s %}{% endfor %}", "items")]
    [InlineData("{% assign s = 'xx' %}{% for a in (1..18) %}{% assign s = s | append: s %}{% endfor %}{% for a in (1..100) %}{% assign t = s | append: a %}{% endfor %}", "bytes")]
    public void An_exceeded_limit_is_named(string template, string limit) =>
        Should.Throw<ExpressionException>(() => Render(template, ExpressionLimits.Default with { Time = TimeSpan.FromMinutes(1) }))
            .Message.ShouldStartWith($"The expression exceeds the limit on {limit}");

    [Fact]
    public void A_template_that_is_too_long_or_too_deep_is_refused()
    {
        foreach (var source in new[] { new string(' ', 70_000), "{% if true %}".Repeated(5000), "{% for a in (1..2) %}".Repeated(2000),
            "{{ " + "(1..".Repeated(10_000), "{{ Variables" + "[Variables".Repeated(5000), "{% capture x %}".Repeated(3000),
            "{% case 1 %}{% when 1 %}".Repeated(2000) })
            Should.Throw<ExpressionSyntaxException>(() => LiquidTemplate.Parse(source));
    }

    public static TheoryData<string> Hostile => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Expressions", "Hostile",
        "templates.liquid")).Where(line => line.Length > 0 && !line.StartsWith("{% #", StringComparison.Ordinal))];

    /// <summary>R12 for templates: one per line of Expressions/Hostile/templates.liquid.</summary>
    [Theory, MemberData(nameof(Hostile))]
    public void A_hostile_template_is_stopped(string template)
    {
        var scope = Scope();
        scope.Variables["Long"] = new string('<', 1_000_000);
        scope.Variables["Many"] = Value.List(Enumerable.Range(0, 20_000).Select(i => Value.From((double)(i * 7919 % 20_011))));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();
        string outcome;
        try
        {
            outcome = LiquidTemplate.Parse(template).Render(scope);
        }
        catch (Exception e) when (e is ExpressionException or ExpressionSyntaxException)
        {
            outcome = "stopped: " + e.Message;
        }

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(HostileTests.Longest, outcome[..Math.Min(200, outcome.Length)]);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(HostileTests.MostAllocated);
        foreach (var secret in new[] { "System.Private", "root:", "CrmFlow.Engine" }) outcome.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_step_writes_its_text_and_decides_with_templates()
    {
        static string Liquid(string source) =>
            $$$"""{"typeName":"String","expression":{"type":"Liquid","value":{{{System.Text.Json.Nodes.JsonValue.Create(source)!.ToJsonString()}}} } }""";
        var run = Scenario.Run($$"""
            {"definitionId":"d","variables":[{"id":"v1","name":"Total","typeName":"Int32","value":"7"}],"root":{"id":"s","type":"Elsa.Sequence","activities":[
              {"id":"w","type":"Elsa.WriteLine","text":{{Liquid("{% for l in Input.lines %}{{ l }};{% endfor %}{{ Variables.Total | plus: 1 }} {{ WorkflowDefinitionId }}")}}},
              {"id":"i","type":"Elsa.If","condition":{{Liquid("{% if Variables.Total > 5 %}true{% else %}false{% endif %}")}},"then":{"id":"t","type":"Elsa.WriteLine","text":"then"},"else":{"id":"e","type":"Elsa.WriteLine","text":"else"} },
              {"id":"sw","type":"Elsa.Switch","cases":[{"label":"no","condition":{"type":"Liquid","value":"false"},"activity":{"id":"n","type":"Elsa.WriteLine","text":"no"} },{"label":"yes","condition":{"type":"Liquid","value":"{{ true }}"},"activity":{"id":"y","type":"Elsa.WriteLine","text":"yes"} }]} ]} }
            """);
        await run.StartAsync([new("lines", Value.List(["a", "b"]))]);

        run.State.Incidents.ShouldBeEmpty();
        run.Lines.ShouldBe(["a;b;8 d", "then", "yes"]);
    }
}
