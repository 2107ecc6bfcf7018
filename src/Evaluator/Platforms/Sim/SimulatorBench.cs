using KernelForge.Contracts.Benchmarks;
using KernelForge.Simulator.Benchmarking;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary><c>bench simulator</c>: the interpreter's speed on one core, memory and initialisation checks on.</summary>
internal static class SimulatorBench
{
    private const double Goal = 3;
    private const double SecondsPerKernel = 2;
    private const string Unit = "G lane-instructions/s/core";

    /// <summary>Runs it; the caller knows the machine.</summary>
    public static BenchReport Run(CancellationToken cancellationToken)
    {
        var speeds = InterpreterBenchmark.Run(SecondsPerKernel, cancellationToken);
        var mean = InterpreterBenchmark.GeometricMean(speeds);
        return new BenchReport
        {
            Name = "simulator",
            Machine = string.Empty,
            Figures =
            [
                .. speeds.Select(speed => new BenchFigure { Name = speed.Kernel, Value = speed.GigaLaneInstructionsPerSecond, Unit = Unit }),
                new BenchFigure { Name = "geometric mean", Value = mean, Unit = Unit, Goal = Goal, Met = mean >= Goal },
            ],
        };
    }
}
