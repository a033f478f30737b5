namespace CrmFlow.TestSupport;

/// <summary>
/// How long the long runs are: short enough for every change, or with <c>CRMFLOW_RUNS=full</c> the whole of docs/durability.md. <c>CRMFLOW_SEED</c>
/// chooses other random sequences.
/// </summary>
internal static class Runs
{
    public static bool AreFull { get; } = Environment.GetEnvironmentVariable("CRMFLOW_RUNS") == "full";

    public static int Of(int everyTime, int full) => AreFull ? full : everyTime;

    public static int Seed(int otherwise) => int.TryParse(Environment.GetEnvironmentVariable("CRMFLOW_SEED"), out var seed) ? seed : otherwise;
}
