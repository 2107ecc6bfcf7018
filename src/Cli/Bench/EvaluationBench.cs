using System.Diagnostics;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Cli.Bench;

/// <summary>
/// How long one verdict takes from the request to the reply, and what its stages take of it: cold (empty caches), with a
/// warm reference and a kernel not seen before, and whole, with the time at <c>full</c>. A data folder of its own keeps
/// the user's caches out of it.
/// </summary>
internal sealed class EvaluationBench(Surroundings surroundings)
{
    private const int Repeats = 5;

    private static readonly string[] TaskNames =
    [
        "activation/gelu", "reduce/sum_reduction_over_a_dimension", "normalization/layer_norm",
        "matmul/square_matrix_multiplication", "fuse/gemm_add_relu", "loss/cross_entropy_loss",
    ];

    /// <summary>Runs it.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("kernelforge-bench-").FullName;
        try
        {
            var suite = TaskSuite.Load(surroundings.Root);
            var figures = new List<BenchFigure>();
            foreach (var name in TaskNames)
            {
                figures.AddRange(await MeasureAsync(suite.Find(name), home, cancellationToken));
            }

            return new BenchReport { Name = "evaluation", Machine = Machine.Describe(), Figures = figures };
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private async Task<IReadOnlyList<BenchFigure>> MeasureAsync(TaskFile task, string home, CancellationToken cancellationToken)
    {
        var naive = Request(task, "naive", home);
        var cold = await JudgeAsync(naive with { Preset = "small" }, "small, cold", cancellationToken);
        var warm = new List<Judged>();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            // The reference stays, the kernel is compiled anew.
            Directory.Delete(Path.Combine(home, "cache", "compile"), recursive: true);
            warm.Add(await JudgeAsync(naive with { Preset = "small" }, "small, warm reference", cancellationToken));
        }

        _ = await JudgeAsync(naive, "whole, first", cancellationToken);
        Directory.Delete(Path.Combine(home, "cache", "compile"), recursive: true);
        var trials = await JudgeAsync(naive, "whole, naive", cancellationToken);
        var whole = await JudgeAsync(Request(task, "good", home), "whole, good", cancellationToken);
        var elementwise = task.Name.StartsWith("activation/", StringComparison.Ordinal);
        return
        [
            Figure($"{task.Name}: small, cold", cold.WallMs, 8000),
            Figure($"{task.Name}: small, warm reference, median of {Repeats}", Median(warm, w => w.WallMs), 3000),
            Figure($"{task.Name}:   of which reference", Median(warm, w => w.Stage("reference"))),
            Figure($"{task.Name}:   of which compile", Median(warm, w => w.Stage("compile"))),
            Figure($"{task.Name}:   of which 5 trials", Median(warm, w => w.Stage("execute"))),
            Figure($"{task.Name}: compile and 10 trials, naive", trials.Stage("compile") + trials.Stage("execute"), elementwise ? 600 : null),
            Figure($"{task.Name}: full, sampled, naive", trials.Stage("measure"), 10_000),
            Figure($"{task.Name}: full, sampled, good", whole.Stage("measure"), 10_000),
        ];
    }

    private static BenchFigure Figure(string name, double milliseconds, double? goal = null) =>
        new() { Name = name, Value = milliseconds, Unit = "ms", Goal = goal, Met = goal is null ? null : milliseconds <= goal };

    private static double Median(List<Judged> runs, Func<Judged, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);

    private EvaluationRequest Request(TaskFile task, string solution, string home) => new()
    {
        TaskPath = task.Path,
        TaskName = task.Name,
        SolutionPath = Path.Combine(surroundings.Root, "prompts/examples", $"{task.Name}.{solution}.cu"),
        Home = home,
        Toolbox = surroundings.Toolbox,
    };

    private async Task<Judged> JudgeAsync(EvaluationRequest request, string label, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var reply = await surroundings.Evaluate(request, cancellationToken);
        var judged = new Judged(watch.Elapsed.TotalMilliseconds, reply.Outcome?.TimingsMs ?? new Dictionary<string, double>(StringComparer.Ordinal));
        await surroundings.Error.WriteLineAsync($"kernelforge: {request.TaskName}, {label}: {Figures.Ms(judged.WallMs)}");
        return reply.Outcome is Passed
            ? judged
            : throw new CliException(reply.Fault?.ExitCode ?? ExitCodes.Fault, $"bench evaluation: {request.TaskName}, {label}: {reply.Fault?.Message ?? $"{reply.Outcome?.Status}: {reply.Outcome?.Message}"}");
    }

    private sealed record Judged(double WallMs, IReadOnlyDictionary<string, double> TimingsMs)
    {
        public double Stage(string name) => TimingsMs.GetValueOrDefault(name);
    }
}
