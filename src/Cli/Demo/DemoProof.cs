using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Demo;

/// <summary>Whether the demo showed what it promises: only then it exits 0.</summary>
internal static class DemoProof
{
    /// <summary>What did not happen, a sentence each; empty where all of it did.</summary>
    public static IReadOnlyList<string> Shortfalls(IReadOnlyList<RunReport> reports, string attemptsPath)
    {
        var shortfalls = new List<string>();
        foreach (var report in reports)
        {
            if (report.Fault is { } fault)
            {
                shortfalls.Add($"{report.Task}: {fault.Message}");
            }
            else if (report.Best is null)
            {
                shortfalls.Add($"{report.Task}: no round passed");
            }
            else if (!Improved(report))
            {
                shortfalls.Add($"{report.Task}: no round was faster than the first that passed");
            }
        }

        if (!reports.Any(MendedAFailure))
        {
            shortfalls.Add("no failed kernel was mended by advice");
        }

        var written = File.Exists(attemptsPath) ? File.ReadLines(attemptsPath).Count(line => line.Length > 0) : 0;
        var made = reports.Sum(report => report.Rounds.Count);
        if (written != made)
        {
            shortfalls.Add($"{attemptsPath} holds {written} attempts; {made} were made");
        }

        return shortfalls;
    }

    /// <summary>Latency of the first round that passed with a time; null without one.</summary>
    public static double? FirstLatency(RunReport report) => Latencies(report).Select(latency => (double?)latency).FirstOrDefault();

    private static bool Improved(RunReport report) => FirstLatency(report) is { } first && Latencies(report).Any(latency => latency < first);

    private static bool MendedAFailure(RunReport report) =>
        report.Rounds.Any(round => round.Outcome is Passed
            && round.Parent is { } parent
            && report.Rounds.Any(earlier => earlier.Number == parent && earlier.Outcome is not Passed && earlier.Advice is not null));

    private static IEnumerable<double> Latencies(RunReport report) =>
        report.Rounds.Select(round => round.Outcome).OfType<Passed>().Select(outcome => outcome.Performance?.LatencyMs).OfType<double>();
}
