using System.Globalization;

namespace CrmFlow.Engine.Tests.Expressions;

/// <summary>
/// Generated programs give what Node gives, results and variables alike. CRMFLOW_DIFFERENTIAL raises their number, CRMFLOW_DIFFERENTIAL_SEED chooses
/// others.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    [Theory]
    [InlineData("Asia/Shanghai")]
    [InlineData("America/New_York")]
    public void Generated_programs_give_what_Node_gives(string zone)
    {
        var count = Setting("CRMFLOW_DIFFERENTIAL", 2000) / 2;
        var seed = Setting("CRMFLOW_DIFFERENTIAL_SEED", 20260305) + (zone.StartsWith("Asia", StringComparison.Ordinal) ? 0 : 500_000_000);
        output.WriteLine($"{count} programs from seed {seed}, {zone}");
        var problems = new List<string>();
        var (compared, failed) = (0, 0);

        foreach (var batch in Enumerable.Range(seed, count).Chunk(1000))
        {
            var programs = batch.Select(s => new ProgramGenerator(s).Program()).ToList();
            var expected = NodeOracle.Ask(programs, zone);
            for (var i = 0; i < programs.Count; i++)
            {
                var actual = NodeOracle.Evaluate(programs[i], zone);
                if (expected[i].Result.StartsWith("throws", StringComparison.Ordinal)) failed++;
                compared++;
                if (actual.Result != expected[i].Result)
                    problems.Add($"seed {batch[i]}: {programs[i]}\n   ours {actual.Result}\n   Node {expected[i].Result}");
                else if (actual.Variables != expected[i].Variables && !actual.Result.StartsWith("throws", StringComparison.Ordinal))
                    problems.Add($"seed {batch[i]}: {programs[i]}\n   our variables {actual.Variables}\n   Node's {expected[i].Variables}");
            }
        }

        if (problems.Count > 0) Assert.Fail($"{problems.Count} of {compared} differ:\n{string.Join("\n", problems.OrderBy(p => p.Length).Take(10))}");
        // programs that mostly fail would compare little
        failed.ShouldBeLessThan(compared / 3);
    }
}
