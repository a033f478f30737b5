using System.Globalization;

namespace CrmFlow.Bench;

/// <summary>What every bench prints and how its figures are condensed.</summary>
internal static class Report
{
    public static string RepositoryRoot
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "CrmFlow.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException("Run the bench from inside the repository.");
            return folder.FullName;
        }
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The last line of a bench: each metric with its target, and whether all of them hold.</summary>
    public static bool Verdict(string bench, params (string Metric, double Value, double Target, bool AtMost)[] figures)
    {
        var pass = figures.All(f => f.AtMost ? f.Value <= f.Target : f.Value >= f.Target);
        var line = string.Join(' ', figures.Select(f =>
            string.Create(CultureInfo.InvariantCulture, $"{f.Metric}={f.Value:0.##} target{(f.AtMost ? "<=" : ">=")}{f.Target:0.##}")));
        Console.WriteLine($"{bench} {line} {(pass ? "pass" : "fail")}");
        return pass;
    }
}
