using System.Diagnostics;
using System.Globalization;
using System.Text;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Simulator.Benchmarking;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Evaluator.Benchmarks;

/// <summary>What the simulator costs besides executing: scaling over cores, parsing, small launches, allocation, memory of large grids.</summary>
internal static class SimulatorCosts
{
    private const int Repeats = 9;
    private const int Lines = 10_000;
    private static readonly string[] Scaled = ["copy", "saxpy", "matmul_naive", "matmul_tiled", "softmax", "layernorm", "convolution"];

    /// <summary>All figures.</summary>
    public static IEnumerable<BenchFigure> Measure(CancellationToken cancellationToken) =>
    [
        SimulatorBench.AtLeast("speed on 2 cores ÷ on 1, checks on: geometric mean of 7 kernels", Scaling(cancellationToken), "×", 1.8),
        SimulatorBench.AtMost($"parse and lower a kernel of {Lines} lines, warm", Parsing(), "ms", 50),
        SimulatorBench.AtMost("a small kernel from text to result, warm", SmallKernel(cancellationToken), "ms", 5),
        SimulatorBench.AtMost("managed bytes for each further million lane instructions", Allocation(cancellationToken), "bytes", 0),
        SimulatorBench.AtMost("resident memory of a grid of 1,048,576 blocks beyond its tensors", LargeGrid(cancellationToken), "MB", 200),
    ];

    private static double Scaling(CancellationToken cancellationToken)
    {
        double sum = 0;
        foreach (var kernel in BenchmarkKernel.All.Where(kernel => Scaled.Contains(kernel.Name)))
        {
            var one = BenchmarkRun.Measure(kernel, BenchmarkMode.On, 0.5, cancellationToken);
            var two = BenchmarkRun.Measure(kernel, BenchmarkMode.On with { Cores = 2 }, 0.5, cancellationToken);
            sum += Math.Log(one.Seconds / two.Seconds);
        }

        return Math.Exp(sum / Scaled.Length);
    }

    private static double Parsing()
    {
        var text = LongKernel();
        return Median(() => KernelProgram.Lower(PtxModule.Parse(text), "long_one", new LoweringOptions()));
    }

    private static double SmallKernel(CancellationToken cancellationToken)
    {
        var kernel = BenchmarkKernel.Small.First(each => each.Name == "copy") with { Grid = new(4) };
        return Median(() =>
        {
            using var run = new BenchmarkRun(kernel, BenchmarkMode.Races);
            run.Launch(cancellationToken);
        });
    }

    // The same kernel over 16 times the rows: whatever a launch allocates once falls out of the difference.
    private static double Allocation(CancellationToken cancellationToken)
    {
        var few = BenchmarkRun.Measure(BenchmarkKernel.Small.First(kernel => kernel.Name == "softmax"), BenchmarkMode.On, 0.3, cancellationToken);
        var many = BenchmarkRun.Measure(BenchmarkKernel.All.First(kernel => kernel.Name == "softmax"), BenchmarkMode.On, 0.3, cancellationToken);
        return Math.Max(0, many.AllocatedBytes - few.AllocatedBytes) / ((many.LaneInstructions - few.LaneInstructions) / 1e6);
    }

    private static double LargeGrid(CancellationToken cancellationToken)
    {
        var kernel = BenchmarkKernel.Small.First(each => each.Name == "copy") with { Grid = new(1 << 20), Block = new(32) };
        using var run = new BenchmarkRun(kernel, BenchmarkMode.Everything);
        var before = Environment.WorkingSet;
        long most = 0;
        using var done = new CancellationTokenSource();
        var watcher = new Thread(() =>
        {
            while (!done.Token.WaitHandle.WaitOne(5))
            {
                most = Math.Max(most, Environment.WorkingSet);
            }
        });
        watcher.Start();
        run.Launch(cancellationToken);
        done.Cancel();
        watcher.Join();
        return Math.Max(0, Math.Max(most, Environment.WorkingSet) - before) / 1e6;
    }

    private static double Median(Action work)
    {
        work();
        var times = new List<double>();
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var from = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        times.Sort();
        return times[Repeats / 2];
    }

    /// <summary>One kernel of the given number of lines in NVRTC's manner: loads, address and float arithmetic, comparisons, a branch every few lines.</summary>
    private static string LongKernel()
    {
        var text = new StringBuilder(".version 8.4\n.target sm_90a\n.address_size 64\n.visible .entry long_one(\n\t.param .u64 x,\n\t.param .u64 y\n)\n{\n\t.reg .pred %p<2000>;\n\t.reg .f32 %f<4000>;\n\t.reg .b32 %r<4000>;\n\t.reg .b64 %rd<4000>;\n\tld.param.u64 %rd1, [x];\n\tld.param.u64 %rd2, [y];\n\tmov.u32 %r1, %tid.x;\n\tmov.f32 %f1, 0f00000000;\n");
        var lines = 17;
        for (var part = 2; lines < Lines - 12; part++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\t.loc\t1 {part} 5\n\tadd.s32 \t%r{part}, %r{part - 1}, 1;\n\tmul.wide.s32 \t%rd{part + 1}, %r{part}, 4;\n\tadd.s64 \t%rd{part + 2000}, %rd1, %rd{part + 1};\n\tld.global.nc.f32 \t%f{part + 2000}, [%rd{part + 2000}+16];\n\tfma.rn.f32 \t%f{part}, %f{part + 2000}, %f{part - 1}, 0f3F800000;\n\tsetp.lt.s32 \t%p{part}, %r{part}, 100;\n\t@%p{part} bra \t$L__BB0_{part};\n\tst.global.f32 \t[%rd{part + 2000}], %f{part};\n$L__BB0_{part}:\n");
            lines += 10;
        }

        return text.Append("\tret;\n}\n").ToString();
    }
}
