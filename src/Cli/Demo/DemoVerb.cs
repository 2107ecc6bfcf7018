using System.CommandLine;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Runs;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using Spectre.Console;

namespace KernelForge.Cli.Demo;

/// <summary><c>demo</c>: searches on three tasks with recorded answers, through the code of <c>run</c>.</summary>
internal static class DemoVerb
{
    private const string Recorded = "replay:demo";
    private const int Rounds = 7;

    private static readonly string[] TaskNames = ["activation/gelu", "reduce/sum_reduction_over_a_dimension", "matmul/square_matrix_multiplication"];

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("demo", "The main job end to end on this machine, with recorded model answers: no GPU, no key");
        command.SetAction(async (_, cancellationToken) =>
        {
            var screen = surroundings.NewScreen();
            var suite = TaskSuite.Load(surroundings.Root);
            var id = LocalSearch.NewId(surroundings.Time);
            var folder = RunVerb.FolderOf($"demo-{id}", surroundings);
            var attempts = Path.Combine(folder, "attempts.jsonl");
            screen.Line("A Coder writes CUDA kernels, an evaluator judges them, a Judge advises. Here the models' answers are recorded ones;");
            screen.Line("every verdict and every modelled time is made now, on this machine, by the same code as ./kernelforge run.");
            var reports = new List<RunReport>();
            foreach (var name in TaskNames)
            {
                screen.Line();
                var order = new SearchOrder
                {
                    RunId = $"demo-{id}-{reports.Count + 1}",
                    Task = suite.Find(name),
                    Coder = Recorded,
                    Judge = Recorded,
                    Rounds = Rounds,
                    Folder = Path.Combine(folder, name.Replace('/', '-')),
                };
                reports.Add(await surroundings.Search(order, surroundings, new RunView(screen).Show, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                await AppendAsync(order.AttemptsPath, attempts, cancellationToken);
            }

            ShowTable(screen, reports);
            screen.Line();
            screen.Line($"attempts: {Markup.Escape(attempts)}");
            var shortfalls = DemoProof.Shortfalls(reports, attempts);
            foreach (var shortfall in shortfalls)
            {
                await surroundings.Error.WriteLineAsync($"kernelforge: demo: {shortfall}");
            }

            return shortfalls.Count == 0 ? ExitCodes.Done : reports.Select(report => report.Fault?.ExitCode).FirstOrDefault(code => code is not null) ?? ExitCodes.Fault;
        });
        return command;
    }

    /// <summary>Gathers the runs' attempts in one file.</summary>
    private static async Task AppendAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (File.Exists(from))
        {
            await File.AppendAllLinesAsync(to, await File.ReadAllLinesAsync(from, cancellationToken), cancellationToken);
        }
    }

    private static void ShowTable(Screen screen, List<RunReport> reports)
    {
        screen.Heading("ranked by speed-up (modelled)");
        var ranked = reports
            .Select(report => (Report: report, Performance: BestPerformance(report)))
            .OrderByDescending(entry => entry.Performance?.SpeedupFactor ?? double.NegativeInfinity)
            .ToList();
        screen.Table(
            [">rank", "task", ">rounds", ">first that passed", ">best", ">speed-up", "baseline", ">of light", "model"],
            ranked.Select((entry, index) => (IReadOnlyList<string?>)
            [
                entry.Performance is null ? "-" : $"{index + 1}",
                Markup.Escape(entry.Report.Task),
                $"{entry.Report.Rounds.Count}",
                DemoProof.FirstLatency(entry.Report) is { } first ? Figures.Ms(first) : "-",
                entry.Performance is { } best ? Figures.Ms(best.LatencyMs) : "-",
                entry.Performance?.SpeedupFactor is { } factor ? Figures.Factor(factor) : "-",
                Markup.Escape(entry.Performance?.Baseline ?? "-"),
                entry.Performance?.SpeedOfLightFraction is { } fraction ? Figures.Percent(fraction) : "-",
                Markup.Escape(entry.Report.Rounds.Select(round => round.Model).FirstOrDefault(model => model is not null) ?? Recorded),
            ]));
    }

    private static PerformanceReport? BestPerformance(RunReport report) =>
        report.Rounds
            .Select(round => round.Outcome)
            .OfType<Passed>()
            .Where(outcome => outcome.Solution.Sha256 == report.Best?.SolutionSha256)
            .Select(outcome => outcome.Performance)
            .FirstOrDefault();
}
