namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>Hand-written programs, one per line of Expressions/Corpus/*.js, whose result and variables must be Node's.</summary>
public sealed class NodeCorpusTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.js").Select(f => Path.GetFileName(f)).Order()];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Expressions", "Corpus");

    [Theory, MemberData(nameof(Files))]
    public void Every_program_gives_what_Node_gives(string file)
    {
        var programs = File.ReadAllLines(Path.Combine(Folder, file))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)).ToList();
        programs.Count.ShouldBeGreaterThan(5);
        var expected = NodeOracle.Ask(programs);
        var problems = new List<string>();
        for (var i = 0; i < programs.Count; i++)
        {
            var actual = NodeOracle.Evaluate(programs[i]);
            if (actual.Result != expected[i].Result) problems.Add($"{programs[i]}\n   ours {actual.Result}\n   Node {expected[i].Result}");
            else if (actual.Variables != expected[i].Variables && !actual.Result.StartsWith("throws", StringComparison.Ordinal))
                problems.Add($"{programs[i]}\n   our variables {actual.Variables}\n   Node's {expected[i].Variables}");
        }
        if (problems.Count > 0) Assert.Fail(string.Join("\n", problems));
    }
}
