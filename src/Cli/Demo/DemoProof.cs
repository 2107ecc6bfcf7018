using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Demo;

/// <summary>Whether the demo showed what it promises: only then it exits 0.</summary>
internal static class DemoProof
{
    /// <summary>What did not happen, a sentence each; empty where all of it did.</summary>
    public static IReadOnlyList<string> Shortfalls(IReadOnlyList<RunReport> reports, IReadOnlyList<LeaderboardRow> board)
    {
        var shortfalls = new List<string>();
        foreach (var report in reports)
        {
            if (report.Fault is { } fault)
            {
                shortfalls.Add($"{report.Task}: {fault.Message}");
            }
            else if (report.Status != "succeeded")
            {
                shortfalls.Add($"{report.Task}: the run was {report.Status}: {report.StopMessage}");
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

        shortfalls.AddRange(reports
            .Where(report => report.Best is { } best && !board.Any(row => row.Task == report.Task && row.SolutionSha256 == best.SolutionSha256))
            .Select(report => $"{report.Task}: its winner {report.Best!.SolutionSha256[..12]} does not stand on the board: its second evaluation has not passed"));
        return shortfalls;
    }

    private static bool Improved(RunReport report) => Latencies(report).ToList() is [var first, ..] latencies && latencies.Any(latency => latency < first);

    private static bool MendedAFailure(RunReport report) =>
        report.Rounds.Any(round => round.Outcome is Passed
            && round.Parent is { } parent
            && report.Rounds.Any(earlier => earlier.Number == parent && earlier.Outcome is not Passed && earlier.Advice is not null));

    private static IEnumerable<double> Latencies(RunReport report) =>
        report.Rounds.Select(round => round.Outcome).OfType<Passed>().Select(outcome => outcome.Performance?.LatencyMs).OfType<double>();
}
