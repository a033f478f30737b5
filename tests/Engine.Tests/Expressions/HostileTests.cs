using System.Diagnostics;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>Measures how long something takes, so nothing else runs in the process meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>
/// Programs that try to take time, memory, the stack or the host (R12): one per line of Expressions/Hostile/*.js. A new attack is a new line.
/// Each must end quickly and cheaply, in a value, a refusal or an expression error, and leave no value behind that cannot be stored.
/// </summary>
[Collection(Alone.Name)]
public sealed class HostileTests
{
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5); // the limit is 1 s; a busy test machine gets half a second more
    internal const long MostAllocated = 160 * 1024 * 1024; // 32 MB of values, and what the collector has long taken back of making them

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Expressions", "Hostile");

    public static TheoryData<string, string> Programs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var file in Directory.GetFiles(Folder, "*.js").Order())
            {
                foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)))
                    data.Add(Path.GetFileNameWithoutExtension(file), line);
            }
            return data;
        }
    }

    [Fact]
    public void There_are_at_least_150() => Programs.Count.ShouldBeGreaterThanOrEqualTo(150);

    [Theory, MemberData(nameof(Programs))]
    public void A_hostile_program_is_stopped(string kind, string program)
    {
        var scope = new TestScope();
        foreach (var (name, value) in Value.FromJson(NodeOracle.Variables).Members) scope.Variables[name] = scope.Inputs[name] = value;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Stopwatch.GetTimestamp();

        var outcome = Outcome(program, scope);

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Longest, outcome);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(MostAllocated, outcome);
        if (kind == "escape") outcome.ShouldSatisfyAllConditions(o => o.ShouldNotContain("process"), o => o.ShouldNotContain("root:"), o =>
            o.ShouldNotContain("polluted\":1"));
        foreach (var value in scope.Variables.Values) Value.FromJson(value.ToJson());
    }

    [Fact]
    public void Limits_cannot_be_caught()
    {
        Should.Throw<ExpressionException>(() => TestScope.Evaluate("try { for (;;); } catch { 'caught' }"))
            .Message.ShouldContain("exceeds the limit");
        Should.Throw<ExpressionException>(() => TestScope.Evaluate("try { for (;;); } finally { for (;;); }"))
            .Message.ShouldContain("exceeds the limit");
    }

    [Theory]
    [InlineData("for (;;);", "steps")]
    [InlineData("const f = n => f(n + 1); f(0)", "depth")]
    [InlineData("'x'.repeat(2000000)", "string length")]
    [InlineData("const a = []; for (;;) a.push('x'.repeat(1000))", "bytes")]
    [InlineData("new Array(300000)", "items")]
    public void An_exceeded_limit_is_named(string program, string limit)
    {
        // without the clock: on a busy machine it could be first
        var host = new ExpressionHost { Limits = ExpressionLimits.Default with { Time = TimeSpan.FromMinutes(1) } };
        Should.Throw<ExpressionException>(() => CompiledExpression.Parse(program).Evaluate(new TestScope(), host))
            .Message.ShouldStartWith($"The expression exceeds the limit on {limit}");
    }

    [Fact]
    public void A_failed_program_changes_no_variable()
    {
        var scope = new TestScope();
        scope.Variables["list"] = Value.FromJson("[1]");
        scope.Variables["n"] = 1;

        Should.Throw<ExpressionException>(() => CompiledExpression.Parse(
            "variables.n = 2; variables.list.push(2); setCorrelationId('x'); variables.list.push(variables.list); 1").Evaluate(scope));

        scope.Variables["n"].Number.ShouldBe(1);
        scope.Variables["list"].Items.Count.ShouldBe(1);
        scope.CorrelationId.ShouldBeNull();
    }

    [Fact]
    public void Source_that_is_too_long_or_too_deep_is_refused()
    {
        foreach (var source in new[] { new string('(', 5000), new string('[', 60000), new string('!', 60000), "a=>".Repeated(20000),
            "1" + "+1".Repeated(30000), "if(1)".Repeated(10000), "1?".Repeated(20000), "`${".Repeated(20000), new string(' ', 70000),
            "{".Repeated(60000), "x" + ".x".Repeated(30000), "-" + "-a".Repeated(20000), "(1)" + "(1)".Repeated(20000),
            "[[" + "[1,".Repeated(15000) })
            Should.Throw<ExpressionSyntaxException>(() => CompiledExpression.Parse(source));
    }

    private static string Outcome(string program, TestScope scope)
    {
        try
        {
            return CompiledExpression.Parse(program).Evaluate(scope).ToJson();
        }
        catch (Exception e) when (e is ExpressionException or ExpressionSyntaxException)
        {
            return e is ExpressionSyntaxException ? "refused" : "stopped: " + e.Message.Replace("process", "…", StringComparison.Ordinal);
        }
    }
}

internal static class Texts
{
    public static string Repeated(this string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
