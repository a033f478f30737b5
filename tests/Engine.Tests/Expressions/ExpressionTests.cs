using System.Diagnostics;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>What an expression reaches of its surroundings (elsa-format §6.1), and what it is refused.</summary>
public sealed class ExpressionTests
{
    private static TestScope Scope()
    {
        var scope = new TestScope { CorrelationId = "c-1", InstanceName = "Order 7", LastResult = "last" };
        scope.Variables["TheSum"] = 5;
        scope.Variables["amount"] = 12000;
        scope.Variables["Order"] = Value.FromJson("""{"total":1,"lines":[1,2]}""");
        scope.Inputs["Kind"] = "x";
        scope.Outputs[("Review", "Result")] = "approved";
        scope.Outputs[("r1", null)] = "only";
        return scope;
    }

    [Theory]
    [InlineData("variables.amount >= 10000 && getInput('Kind') === 'x'", "true")]
    [InlineData("getTheSum() + variables.TheSum + getVariable('TheSum')", "15")]
    [InlineData("getAmount()", "12000")]
    [InlineData("getKind()", "\"x\"")]
    [InlineData("getResultFromReview() + getOutputFrom('Review', 'Result') + getOutputFrom('r1')", "\"approvedapprovedonly\"")]
    [InlineData("getLastResult()", "\"last\"")]
    [InlineData("[getWorkflowDefinitionId(), getWorkflowDefinitionVersionId(), getWorkflowDefinitionVersion(), getWorkflowInstanceId(), getCorrelationId(), getWorkflowInstanceName()]", """["settlement","settlement-3",3,"7c5e","c-1","Order 7"]""")]
    [InlineData("[isNullOrEmpty(''), isNullOrWhiteSpace(' '), isNullOrEmpty(null), isNullOrEmpty('a')]", "[true,true,true,false]")]
    [InlineData("const a = { b: [1, 2] }; return toJson(a) + '|' + typeof newGuid + '|' + getWorkflowDefinitionId() + '|' + isNullOrEmpty('')",
        "\"{\\\"b\\\":[1,2]}|function|settlement|true\"")]
    [InlineData("[stringToBase64('你好'), stringFromBase64('5L2g5aW9'), bytesToString(bytesFromString('é')), bytesToBase64([1, 2]), bytesFromBase64('AQI=')]", """["5L2g5aW9","你好","é","AQI=",[1,2]]""")]
    [InlineData("[0, 7, 999.995, 1234.5, -1234567.891, 102707, '30000', null, variables.none, 1e21, 1/0].map(a => formatMoney(a)).join('|')",
        "\"0.00|7.00|1,000.00|1,234.50|-1,234,567.89|102,707.00|30,000.00|||1e+21|Infinity\"")]
    [InlineData("[newGuid(), newGuidString().length, newShortGuid().length, parseGuid('{0F8FAD5B-D9CB-469F-A165-70867728950E}')]",
        """["00000001-0000-0000-0102-030405060708",36,22,"0f8fad5b-d9cb-469f-a165-70867728950e"]""")]
    [InlineData("[new Date().toISOString(), Date.now(), new Date().getHours()]", """["2026-03-05T01:02:03.456Z",1772672523456,9]""")]
    [InlineData("new Date(2026, 2, 5)", "\"2026-03-04T16:00:00.000Z\"")]
    [InlineData("({ m: new Map([[1, 2]]), s: new Set([1]), f: () => 1, d: new Date(0), r: /x/ })",
        """{"m":{},"s":{},"d":"1970-01-01T00:00:00.000Z","r":{}}""")]
    [InlineData("Math.random() >= 0 && Math.random() < 1", "true")]
    public void An_expression_reads_its_surroundings(string source, string json) =>
        CompiledExpression.Parse(source).Evaluate(Scope()).ToJson().ShouldBe(json);

    [Fact]
    public void An_expression_writes_variables()
    {
        var scope = Scope();
        CompiledExpression.Parse(
            "variables.amount += 1; setTheSum(6); setVariable('fresh', { when: new Date(0), f: () => 1 }); variables.Order.lines.push(3); variables.Order.total = null; setCorrelationId('c-2'); setWorkflowInstanceName('New');").Evaluate(scope);

        Value.From(new ValueObject { ["a"] = scope.Variables["amount"], ["s"] = scope.Variables["TheSum"], ["f"] = scope.Variables["fresh"],
            ["o"] = scope.Variables["Order"] }).ToJson()
            .ShouldBe("""{"a":12001,"s":6,"f":{"when":"1970-01-01T00:00:00.000Z"},"o":{"total":null,"lines":[1,2,3]}}""");
        (scope.CorrelationId, scope.InstanceName).ShouldBe(("c-2", "New"));
    }

    [Fact]
    public void What_is_stored_is_a_copy_of_what_was_read()
    {
        var scope = Scope();
        var shared = scope.Variables["Order"];
        CompiledExpression.Parse("getInput('Kind'); variables.Order.lines.sort((a, b) => b - a); const p = variables.Order; p.total = 9")
            .Evaluate(scope);

        shared.ToJson().ShouldBe("""{"total":1,"lines":[1,2]}""");
        scope.Variables["Order"].ToJson().ShouldBe("""{"total":9,"lines":[2,1]}""");
    }

    [Fact]
    public void A_caller_adds_functions_and_arguments()
    {
        var outcomes = new List<Value>();
        var host = new ExpressionHost
        {
            Functions = new Dictionary<string, Func<IReadOnlyList<Value>, Value>> { ["setOutcome"] = given =>
                { outcomes.AddRange(given); return Value.Undefined; } },
            Arguments = new() { ["item"] = Value.FromJson("""{"id":7}""") },
        };

        CompiledExpression.Parse("setOutcome('Approve'); args.item.id + getItem().id", "setOutcome").Evaluate(Scope(), host).Number.ShouldBe(14);

        outcomes.ShouldHaveSingleItem().String.ShouldBe("Approve");
        Should.Throw<ExpressionSyntaxException>(() => CompiledExpression.Parse("setOutcome('x')")).Message.ShouldContain("setOutcome");
    }

    [Theory]
    [InlineData("class A {}", 1, 1, "function that returns an object")]
    [InlineData("const a = 1;\n  async () => 1", 2, 3, "leave out async")]
    [InlineData("await f()", 1, 1, "leave it out")]
    [InlineData("function* g() {}", 1, 1, "array")]
    [InlineData("eval('1')", 1, 1, "write the expression itself")]
    [InlineData("1 +\n11n", 2, 1, "without n")]
    [InlineData("x: f(1)", 1, 1, "A label stands before a loop")]
    [InlineData("for (;;) { break x }", 1, 18, "There is no label 'x'")]
    [InlineData("x: for (;;) { (() => { for (;;) break x })() }", 1, 39, "There is no label 'x'")]
    [InlineData("x: { continue x }", 1, 15, "needs the label of a loop")]
    [InlineData("x: for (;;) { x: for (;;) {} }", 1, 15, "is there already")]
    [InlineData("{ a: 1 }", 1, 3, "parentheses")]
    [InlineData("[, 1]", 1, 1, "holes")]
    [InlineData("({ get a() { return 1 } })", 1, 4, "Getters")]
    [InlineData("new Promise(() => 1)", 1, 1, "Promises")]
    [InlineData("new Foo()", 1, 1, "new makes Date")]
    [InlineData("console.log(1)", 1, 1, "WriteLine")]
    [InlineData("fetch('x')", 1, 1, "SendHttpRequest")]
    [InlineData("DateTime.Now", 1, 1, "new Date()")]
    [InlineData("'a'.localeCompare('b', 'fr')", 1, 18, "'fr' is no language of localeCompare: the languages here are 'zh-CN' and 'en-US'")]
    [InlineData("new Date()\n.toLocaleDateString('de-DE')", 2, 20, "'zh-CN' and 'en-US'")]
    [InlineData("'a'.toLocaleUpperCase()", 1, 5, "use toUpperCase")]
    [InlineData("x = 5", 1, 1, "let x")]
    [InlineData("amount > 5", 1, 1, "variables.amount")]
    [InlineData("Object.keys(variables)", 1, 13, "variables.Name")]
    [InlineData("a.constructor", 1, 3, "no prototype")]
    [InlineData("f`x`", 1, 2, "Tagged")]
    [InlineData("/(?<=a)b/", 1, 1, "Looking behind")]
    [InlineData("/(?=a{900}){900}/", 1, 1, "make them smaller")]
    [InlineData("/(?=a/", 1, 1, "Invalid regular expression")]
    [InlineData("/(a)\\1/", 1, 1, "Back references")]
    [InlineData("let a = 1; let a = 2", 1, 16, "declared twice")]
    [InlineData("const a", 1, 7, "needs a value")]
    [InlineData("Math.foo(1)", 1, 6, "Math.foo")]
    [InlineData("1 2", 1, 3, "expected an operator")]
    [InlineData("f(1", 1, 4, "ends too early")]
    [InlineData("if (a) {", 1, 8, "missing")]
    [InlineData("'abc", 1, 1, "does not end")]
    [InlineData("break", 1, 1, "outside a loop")]
    [InlineData("a ?? b || c", 1, 3, "parentheses")]
    [InlineData("1 = 2", 1, 1, "assigned to")]
    [InlineData("import fs from 'fs'", 1, 1, "Modules")]
    [InlineData("with (a) b", 1, 1, "use a const")]
    [InlineData("017", 1, 1, "leading zero")]
    [InlineData("const Math = 1", 1, 7, "choose another name")]
    [InlineData("function f() { return arguments[0] }", 1, 23, "rest parameter")]
    public void What_is_outside_the_grammar_is_refused_with_its_place(string source, int line, int column, string advice)
    {
        var refusal = Should.Throw<ExpressionSyntaxException>(() => CompiledExpression.Parse(source));
        refusal.Message.ShouldContain(advice);
        (refusal.Line, refusal.Column).ShouldBe((line, column), refusal.Message);
    }

    [Fact]
    public void A_runtime_error_names_its_place() =>
        Should.Throw<ExpressionException>(() => TestScope.Evaluate("const o = {};\no.a.b"))
            .Message.ShouldBe("TypeError: Cannot read properties of undefined (reading 'b') (line 2, column 4)");

    [Fact]
    public void One_compiled_expression_serves_many_threads()
    {
        var expression = CompiledExpression.Parse("let sum = 0; for (const x of [1, 2, 3]) sum += x * variables.n; /a/g.test('a') ? sum : -1");
        System.Threading.Tasks.Parallel.For(0, 2000, i =>
        {
            var scope = new TestScope();
            scope.Variables["n"] = i;
            expression.Evaluate(scope).Number.ShouldBe(6 * i);
        });
    }

    [Fact]
    public void A_typical_condition_is_quick()
    {
        var expression = CompiledExpression.Parse("variables.amount >= 10000 && getInput('Kind') === 'x'");
        var scope = Scope();
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 2000; i++) expression.Evaluate(scope);
            if (Stopwatch.GetElapsedTime(start) is var time && time < best) best = time;
        }
        // the best of 50 rounds: 1 µs is the bar for optimised code, a debug build gets five times that
        (best.TotalMicroseconds / 2000).ShouldBeLessThan(5);
    }

    /// <summary>
    /// Counted, so that a busy machine says the same: what it takes in time is the figure condition-ns of the bench engine-core (1 µs at most).
    /// </summary>
    [Fact]
    public void A_typical_condition_takes_a_handful_of_steps_and_one_small_allocation()
    {
        var expression = CompiledExpression.Parse("variables.amount >= 10000 && getInput('Kind') === 'x'");
        var scope = Scope();
        var host = new ExpressionHost { Limits = ExpressionLimits.Default with { Steps = 32 } };
        for (var i = 0; i < 100; i++) expression.Evaluate(scope, host); // no more than 32 steps, or it throws

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) expression.Evaluate(scope, host);
        ((GC.GetAllocatedBytesForCurrentThread() - before) / 1000).ShouldBeLessThan(400);
        // so few are counted at all
        Should.Throw<ExpressionException>(() =>
            expression.Evaluate(scope, new ExpressionHost { Limits = ExpressionLimits.Default with { Steps = 3 } }));
    }
}
