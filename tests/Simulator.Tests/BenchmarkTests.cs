using KernelForge.Simulator.Benchmarking;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests;

public sealed class BenchmarkTests
{
    [Fact]
    public void The_benchmark_runs_its_six_kernels_clean()
    {
        IReadOnlyList<InterpreterSpeed> speeds = InterpreterBenchmark.Run(0.3, BackEnd.Interpreter, InterpreterBenchmark.Checked, TestContext.Current.CancellationToken);
        foreach (InterpreterSpeed s in speeds)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{s.Kernel}: {s.GigaLaneInstructionsPerSecond:F2}");
        }

        Assert.Equal(6, speeds.Count);
    }
}
