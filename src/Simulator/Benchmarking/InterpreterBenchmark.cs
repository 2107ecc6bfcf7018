using System.Diagnostics;
using System.Runtime.InteropServices;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Benchmarking;

/// <summary>One kernel's speed in the interpreter on one core, memory and initialisation checks on.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="GigaLaneInstructionsPerSecond">10⁹ lane instructions a second (warp instructions × 32), best of the repetitions.</param>
/// <param name="LaneInstructions">Lane instructions of one launch.</param>
public sealed record InterpreterSpeed(string Kernel, double GigaLaneInstructionsPerSecond, long LaneInstructions);

/// <summary>What <c>kernelforge bench simulator</c> runs: six kernels as NVRTC 12.4 compiled them for sm_90a.</summary>
public static class InterpreterBenchmark
{
    /// <summary>The checks of "checks on".</summary>
    public const Lowering.Checks Checked = Lowering.Checks.Memory | Lowering.Checks.Initialised | Lowering.Checks.Synchronisation;

    /// <summary>Runs each kernel for at least <paramref name="secondsPerKernel"/> after a warm-up.</summary>
    public static IReadOnlyList<InterpreterSpeed> Run(double secondsPerKernel, BackEnd backEnd, Lowering.Checks checks, CancellationToken cancellationToken) =>
    [
        Measure("copy", "copy", [1 << 20, -(1 << 20)], [1 << 20], new Dim3(4096), new Dim3(256), 0, secondsPerKernel, backEnd, checks, cancellationToken),
        Measure("saxpy", "saxpy", [1 << 20, 1 << 20, -(1 << 20)], [BitConverter.SingleToInt32Bits(1.5f), 1 << 20], new Dim3(512), new Dim3(256), 0, secondsPerKernel, backEnd, checks, cancellationToken),
        Measure("matmul", "matmul_tiled", [256 * 256, 256 * 256, -(256 * 256)], [256, 256, 256], new Dim3(16, 16), new Dim3(16, 16), 0, secondsPerKernel, backEnd, checks, cancellationToken),
        Measure("softmax", "softmax", [256 * 4096, -(256 * 4096)], [4096], new Dim3(256), new Dim3(256), 0, secondsPerKernel, backEnd, checks, cancellationToken),
        Measure("layernorm", "layernorm", [256 * 4096, 4096, 4096, -(256 * 4096)], [4096, BitConverter.SingleToInt32Bits(1e-5f)], new Dim3(256), new Dim3(256), 2048, secondsPerKernel, backEnd, checks, cancellationToken),
        Measure("reduce", "block_sum", [1 << 20, -128], [1 << 20], new Dim3(128), new Dim3(256), 0, secondsPerKernel, backEnd, checks, cancellationToken),
    ];

    /// <summary>The geometric mean of the speeds.</summary>
    public static double GeometricMean(IReadOnlyList<InterpreterSpeed> speeds)
    {
        ArgumentNullException.ThrowIfNull(speeds);
        return Math.Exp(speeds.Average(s => Math.Log(s.GigaLaneInstructionsPerSecond)));
    }

    // Buffers in elements; negative: an output.
    private static InterpreterSpeed Measure(
        string file, string kernel, int[] buffers, int[] values, Dim3 grid, Dim3 block, int shared, double seconds, BackEnd backEnd, Lowering.Checks checks, CancellationToken cancellationToken)
    {
        using Stream stream = typeof(InterpreterBenchmark).Assembly.GetManifestResourceStream($"KernelForge.Simulator.Benchmarking.{file}.ptx")
            ?? throw new InvalidOperationException($"the resource {file}.ptx is missing");
        using var reader = new StreamReader(stream);
        var program = KernelProgram.Lower(PtxModule.Parse(reader.ReadToEnd()), kernel, new LoweringOptions { Checks = checks });
        using var memory = new DeviceMemory();
        byte[] parameters = new byte[program.Kernel.ParameterBytes];
        int at = 0;
        var random = new Random(1);
        foreach (int elements in buffers)
        {
            DeviceBuffer buffer = memory.Allocate(new BufferSpec { Name = $"b{at}", ByteLength = Math.Abs((long)elements) * 4, Initialised = elements > 0, ReadOnly = elements > 0 });
            if (elements > 0)
            {
                float[] data = new float[elements];
                for (int i = 0; i < elements; i++)
                {
                    data[i] = random.NextSingle();
                }

                memory.Write(buffer, 0, MemoryMarshal.AsBytes<float>(data));
            }

            BitConverter.TryWriteBytes(parameters.AsSpan(program.Kernel.Parameters[at++].Offset), buffer.Address);
        }

        foreach (int value in values)
        {
            BitConverter.TryWriteBytes(parameters.AsSpan(program.Kernel.Parameters[at++].Offset), value);
        }

        var configuration = new LaunchConfiguration { Grid = grid, Block = block, DynamicSharedBytes = shared, Parameters = parameters, MaxDegreeOfParallelism = 1, BackEnd = backEnd };
        LaunchResult result = Launcher.Run(program, memory, configuration, cancellationToken);
        if (result.Completion != LaunchCompletion.Completed || result.Findings.Count > 0)
        {
            throw new InvalidOperationException($"{kernel} did not run clean: {result.Completion}, {result.Findings.Count} findings");
        }

        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        do
        {
            long from = Stopwatch.GetTimestamp();
            Launcher.Run(program, memory, configuration, cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return new InterpreterSpeed(kernel, result.LaneInstructions / best / 1e9, result.LaneInstructions);
    }
}
