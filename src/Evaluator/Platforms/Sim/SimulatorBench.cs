using KernelForge.Contracts.Benchmarks;
using KernelForge.Simulator.Benchmarking;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary><c>bench simulator</c>: both back ends' speed on one core, without checks and with those of memory and initialisation.</summary>
internal static class SimulatorBench
{
    private const double SecondsPerKernel = 1;
    private const string Unit = "G lane-instructions/s/core";

    // A back end with its checks, the goal of its geometric mean and, where there is one, of each kernel.
    private static readonly (string Name, BackEnd BackEnd, Checks Checks, double Goal, double? Each)[] Columns =
    [
        ("interpreter, checks off", BackEnd.Interpreter, Checks.None, 5, null),
        ("interpreter, checks on", BackEnd.Interpreter, InterpreterBenchmark.Checked, 4, null),
        ("compiled, checks off", BackEnd.Compiler, Checks.None, 25, null),
        ("compiled, checks on", BackEnd.Compiler, InterpreterBenchmark.Checked, 15, 6),
    ];

    /// <summary>Runs it; the caller knows the machine.</summary>
    public static BenchReport Run(CancellationToken cancellationToken)
    {
        var figures = new List<BenchFigure>();
        foreach (var (name, backEnd, checks, goal, each) in Columns)
        {
            var speeds = InterpreterBenchmark.Run(SecondsPerKernel, backEnd, checks, cancellationToken);
            var mean = InterpreterBenchmark.GeometricMean(speeds);
            foreach (var speed in speeds)
            {
                var value = speed.GigaLaneInstructionsPerSecond;
                figures.Add(new BenchFigure { Name = $"{speed.Kernel}, {name}", Value = value, Unit = Unit, Goal = each, Met = each is null ? null : value >= each });
            }

            figures.Add(new BenchFigure { Name = $"geometric mean, {name}", Value = mean, Unit = Unit, Goal = goal, Met = mean >= goal });
        }

        return new BenchReport { Name = "simulator", Machine = string.Empty, Figures = figures };
    }
}
