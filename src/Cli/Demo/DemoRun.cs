using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets;
using KernelForge.Cli.Datasets;
using KernelForge.Cli.Runs;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Demo;

/// <summary>The demo's searches, its board and its dataset, all through REST.</summary>
internal sealed class DemoRun(ServiceClient client, Screen screen, Surroundings surroundings)
{
    private const string Recorded = "replay:demo";
    private const int Rounds = 7;

    private static readonly string[] TaskNames = ["activation/gelu", "reduce/sum_reduction_over_a_dimension", "matmul/square_matrix_multiplication"];

    /// <summary>Winners are judged a second time before they stand on the board; this is how long that may take.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Does it all; what did not happen, a sentence each.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        var reports = await SearchAsync(cancellationToken);
        screen.Line();
        screen.Line("The winners are judged again, in fresh processes under new secret seeds: only then they stand on the board.");
        var rows = await BoardAsync(reports, cancellationToken);
        screen.Heading("leaderboard (modelled)");
        BoardView.Write(screen, rows);
        screen.Line();
        var attempts = reports.SelectMany(report => report.Rounds).ToList();
        screen.Line($"attempts: {attempts.Count} in {reports.Count} runs, {attempts.Count(attempt => attempt.Outcome is Passed)} passed; all are kept, failures too");
        var shortfalls = DemoProof.Shortfalls(reports, rows);
        return [.. shortfalls, .. await ExportAsync(rows.Count, cancellationToken)];
    }

    /// <summary>Exports what worked as training data, recorded answers included, and looks at it again as <c>dataset verify</c> does.</summary>
    private async Task<IReadOnlyList<string>> ExportAsync(int winners, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(surroundings.Home, "datasets", $"demo-{LocalSearch.NewId(surroundings.Time)}");
        DatasetOrder order = new() { Recipe = "all-correct", Format = "sft", Include = ["replay", "simulated"], KeepBenchmark = true };
        var manifest = await DatasetExport.FetchAsync(client, order, folder, surroundings.Time, cancellationToken);
        screen.Line(Markup.Escape($"dataset: {folder}"));
        screen.Line(Markup.Escape($"  {DatasetView.Summary(manifest)}"));
        return DemoProof.Shortfalls(DatasetVerifier.Verify(folder), winners);
    }

    /// <summary>Queues the searches together, and shows one after the other: what happened meanwhile in the next is told at once.</summary>
    private async Task<List<RunReport>> SearchAsync(CancellationToken cancellationToken)
    {
        var suite = TaskSuite.Load(surroundings.Root);
        List<Guid> ids = [];
        foreach (var name in TaskNames)
        {
            SearchOrder order = new() { RunId = "", Folder = "", Task = suite.Find(name), Coder = Recorded, Judge = Recorded, Rounds = Rounds };
            ids.Add(await ServiceSearch.StartAsync(client, order, cancellationToken));
        }

        try
        {
            List<RunReport> reports = [];
            foreach (var id in ids)
            {
                screen.Line();
                var run = await ServiceSearch.FollowAsync(client, id, new RunView(screen).Show, surroundings.Time, cancellationToken);
                reports.Add(run.Report);
                await RunVerb.SayFailureAsync(run, surroundings);
            }

            return reports;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync(ids);
            throw;
        }
    }

    /// <summary>Nobody waits for the searches any more: the next service of this data folder must not take them up.</summary>
    private async Task CancelAsync(List<Guid> ids)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5), surroundings.Time);
        try
        {
            foreach (var id in ids)
            {
                await client.TellAsync(api => api.CancelRunAsync(id, patience.Token), patience.Token);
            }
        }
        catch (Exception error) when (error is CliException or OperationCanceledException)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: the demo's runs could not be cancelled ({error.Message}); they go on when a service is up");
        }
    }

    /// <summary>The winners' rows, once all of them are there; fewer where that takes too long.</summary>
    private async Task<IReadOnlyList<LeaderboardRow>> BoardAsync(List<RunReport> reports, CancellationToken cancellationToken)
    {
        var winners = reports.Where(report => report.Best is not null).Select(report => (report.Task, report.Best!.SolutionSha256)).ToHashSet();
        var begun = surroundings.Time.GetTimestamp();
        while (true)
        {
            var board = await client.LeaderboardAsync(new Dictionary<string, string>(StringComparer.Ordinal), cancellationToken);
            List<LeaderboardRow> rows = [.. board.Rows.Where(row => winners.Contains((row.Task, row.SolutionSha256)))];
            if (rows.Select(row => row.Task).Distinct(StringComparer.Ordinal).Count() == winners.Count || surroundings.Time.GetElapsedTime(begun) > Patience)
            {
                return rows;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), surroundings.Time, cancellationToken);
        }
    }
}
