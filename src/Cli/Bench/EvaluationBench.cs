using System.Diagnostics;
using KernelForge.Cli.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Cli.Bench;

/// <summary>How long one verdict takes, from the request to the reply, and what its stages take of it.</summary>
internal sealed class EvaluationBench(Surroundings surroundings)
{
    private const int Repeats = 5;

    private static readonly string[] TaskNames =
    [
        "activation/gelu", "reduce/sum_reduction_over_a_dimension", "normalization/layer_norm",
        "matmul/square_matrix_multiplication", "fuse/gemm_add_relu", "loss/cross_entropy_loss",
    ];

    /// <summary>Judges the example solution of every task, at <c>small</c> and whole, one after the other.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        var suite = TaskSuite.Load(surroundings.Root);
        var figures = new List<BenchFigure>();
        foreach (var name in TaskNames)
        {
            var task = suite.Find(name);
            foreach (var preset in (string?[])["small", null])
            {
                figures.AddRange(await MeasureAsync(task, preset, cancellationToken));
            }
        }

        return new BenchReport { Name = "evaluation", Machine = Machine.Describe(), Figures = figures };
    }

    private async Task<IReadOnlyList<BenchFigure>> MeasureAsync(TaskFile task, string? preset, CancellationToken cancellationToken)
    {
        var request = new EvaluationRequest
        {
            TaskPath = task.Path,
            TaskName = task.Name,
            SolutionPath = Path.Combine(surroundings.Root, "prompts/examples", task.Name + ".good.cu"),
            Preset = preset,
            Home = surroundings.Home,
            Toolbox = surroundings.Toolbox,
        };
        var label = $"{task.Name} {preset ?? "whole"}";
        var walls = new List<double>();
        for (var repeat = 0; repeat <= Repeats; repeat++)
        {
            var watch = Stopwatch.StartNew();
            var reply = await surroundings.Evaluate(request, cancellationToken);
            if (reply.Outcome is not Passed)
            {
                throw new CliException(reply.Fault?.ExitCode ?? ExitCodes.Fault, $"bench evaluation: {label}: {reply.Fault?.Message ?? $"{reply.Outcome?.Status}: {reply.Outcome?.Message}"}");
            }

            walls.Add(watch.Elapsed.TotalMilliseconds);
            await surroundings.Error.WriteLineAsync($"kernelforge: {label}: {Figures.Ms(walls[^1])}");
        }

        return
        [
            new BenchFigure { Name = $"{label}, first", Value = walls[0], Unit = "ms" },
            new BenchFigure { Name = $"{label}, median of {Repeats} more", Value = walls.Skip(1).Order().ElementAt(Repeats / 2), Unit = "ms" },
        ];
    }
}
