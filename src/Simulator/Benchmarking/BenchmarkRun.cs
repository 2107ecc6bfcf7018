using System.Diagnostics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Benchmarking;

/// <summary>How a benchmark's kernel is run.</summary>
/// <param name="Checks">The checks.</param>
/// <param name="Counters">Sectors, conflicts and caches are counted too.</param>
/// <param name="Cores">Cores.</param>
/// <param name="BackEnd">What runs it; precise race checks run in the interpreter in any case.</param>
/// <param name="Screens">Races are looked for by a <see cref="RaceScreen"/>.</param>
public sealed record BenchmarkMode(Lowering.Checks Checks, bool Counters = false, int Cores = 1, BackEnd BackEnd = BackEnd.Interpreter, bool Screens = false)
{
    /// <summary>Nothing is checked but what keeps the host whole.</summary>
    public static BenchmarkMode Off { get; } = new(Lowering.Checks.None);

    /// <summary>Bounds, alignment and initialisation.</summary>
    public static BenchmarkMode On { get; } = new(Lowering.Checks.Memory | Lowering.Checks.Initialised);

    /// <summary>As <see cref="Off"/>, compiled.</summary>
    public static BenchmarkMode CompiledOff { get; } = Off with { BackEnd = BackEnd.Compiler };

    /// <summary>As <see cref="On"/>, compiled.</summary>
    public static BenchmarkMode CompiledOn { get; } = On with { BackEnd = BackEnd.Compiler };

    /// <summary>Every check, races included.</summary>
    public static BenchmarkMode Races { get; } = new(Lowering.Checks.All);

    /// <summary>Every check and every counter, caches included; races are screened for.</summary>
    public static BenchmarkMode Everything { get; } =
        new(Lowering.Checks.Memory | Lowering.Checks.Initialised | Lowering.Checks.Synchronisation, Counters: true, BackEnd: BackEnd.Compiler, Screens: true);
}

/// <summary>One kernel's speed.</summary>
/// <param name="LaneInstructions">PTX instructions × 32 that warps executed in one launch.</param>
/// <param name="Seconds">One launch, best of the repetitions.</param>
/// <param name="Checksum">Sum of the output's elements, to see that others did the same work.</param>
/// <param name="AllocatedBytes">Managed bytes that this thread allocated in one launch.</param>
public sealed record KernelSpeed(long LaneInstructions, double Seconds, double Checksum, long AllocatedBytes)
{
    /// <summary>10⁹ lane instructions a second.</summary>
    public double GigaLaneInstructionsPerSecond => LaneInstructions / Seconds / 1e9;
}

/// <summary>A kernel of the benchmark with its memory: launched as often as asked.</summary>
public sealed class BenchmarkRun : IDisposable
{
    private readonly DeviceMemory _memory = new();
    private readonly KernelProgram _program;
    private readonly BenchmarkKernel _kernel;
    private readonly BenchmarkMode _mode;
    private readonly LaunchConfiguration _configuration;
    private readonly List<BufferRange> _ranges = [];
    private readonly DeviceBuffer _output;

    /// <summary>Parses, lowers, allocates and fills.</summary>
    public BenchmarkRun(BenchmarkKernel kernel, BenchmarkMode mode)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(mode);
        _kernel = kernel;
        _mode = mode;
        _program = KernelProgram.Lower(PtxModule.Parse(kernel.Ptx), kernel.Name, new LoweringOptions { Checks = mode.Checks });
        var parameters = new byte[_program.Kernel.ParameterBytes];
        DeviceBuffer? output = null;
        for (var at = 0; at < kernel.Arguments.Count; at++)
        {
            var argument = kernel.Arguments[at];
            var place = parameters.AsSpan(_program.Kernel.Parameters[at].Offset);
            if (argument.Data is not { } data)
            {
                BitConverter.TryWriteBytes(place, argument.Value);
                continue;
            }

            // Outputs are zeros that count as written, since some kernels add to them.
            var isOutput = data == BenchmarkData.Output;
            var buffer = _memory.Allocate(new BufferSpec { Name = $"b{at}", ByteLength = argument.Elements * 4L, Initialised = true, ReadOnly = !isOutput });
            _memory.Write(buffer, 0, BenchmarkKernel.Contents(argument, at));
            _ranges.Add(new BufferRange(buffer.Spec.Name, buffer.Address, buffer.ByteLength));
            BitConverter.TryWriteBytes(place, buffer.Address);
            output = isOutput ? buffer : output;
        }

        _output = output ?? throw new ArgumentException($"{kernel.Name} has no output", nameof(kernel));
        _configuration = new LaunchConfiguration
        {
            Grid = kernel.Grid,
            Block = kernel.Block,
            DynamicSharedBytes = kernel.SharedBytes,
            Parameters = parameters,
            MaxDegreeOfParallelism = mode.Cores,
            BackEnd = mode.BackEnd,
        };
    }

    /// <summary>Measures one kernel in one mode: a first launch that counts, then repetitions for at least so long.</summary>
    public static KernelSpeed Measure(BenchmarkKernel kernel, BenchmarkMode mode, double seconds, CancellationToken cancellationToken)
    {
        using var run = new BenchmarkRun(kernel, mode);
        return run.Measure(seconds, cancellationToken);
    }

    /// <summary>The same for a run that is there already.</summary>
    public KernelSpeed Measure(double seconds, CancellationToken cancellationToken)
    {
        var first = Launch(cancellationToken);
        var checksum = Checksum();
        var best = double.MaxValue;
        long allocated = 0;
        var start = Stopwatch.GetTimestamp();
        do
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var from = Stopwatch.GetTimestamp();
            Launch(cancellationToken);
            best = Math.Min(best, Stopwatch.GetElapsedTime(from).TotalSeconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds);
        return new KernelSpeed(first.LaneInstructions, best, checksum, allocated);
    }

    /// <summary>One launch.</summary>
    /// <exception cref="InvalidOperationException">It did not run clean.</exception>
    public LaunchResult Launch(CancellationToken cancellationToken)
    {
        using var screen = _mode.Screens ? new RaceScreen(_program, _memory, _configuration) : null;
        var result = Launch(screen, cancellationToken);
        if (screen is { MayRace: true })
        {
            throw new InvalidOperationException($"{_kernel.Name} is suspected of a race");
        }

        return result.Completion == LaunchCompletion.Completed && result.Findings.Count == 0
            ? result
            : throw new InvalidOperationException($"{_kernel.Name} did not run clean: {result.Completion}{(result.Findings.Count > 0 ? $", {result.Findings[0].Message}" : "")}");
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private LaunchResult Launch(RaceScreen? screen, CancellationToken cancellationToken)
    {
        if (!_mode.Counters && screen is null)
        {
            return Launcher.Run(_program, _memory, _configuration, cancellationToken);
        }

        if (!_mode.Counters)
        {
            var screening = new ScreeningObserver(screen!);
            return Launcher.Run(_program, _memory, _configuration, ref screening, cancellationToken);
        }

        var shape = new LaunchShape
        {
            GridX = _kernel.Grid.X, GridY = _kernel.Grid.Y, BlockX = _kernel.Block.X, BlockY = _kernel.Block.Y,
            RegistersPerThread = 32, StaticSharedBytes = _program.StaticSharedBytes, DynamicSharedBytes = _kernel.SharedBytes,
        };
        var counting = new CountingObserver(new LaunchCounters(_program.Instructions, CounterSettings.For(GpuProfiles.Get("H200"), shape, _ranges)));
        if (screen is null)
        {
            return Launcher.Run(_program, _memory, _configuration, ref counting, cancellationToken);
        }

        var both = new ObserverPair<ScreeningObserver, CountingObserver>(new ScreeningObserver(screen), counting);
        return Launcher.Run(_program, _memory, _configuration, ref both, cancellationToken);
    }

    /// <summary>Of the first launch: kernels that add to their output add again in later ones.</summary>
    private double Checksum()
    {
        var bytes = new byte[_output.ByteLength];
        _memory.Read(_output, 0, bytes);
        return BenchmarkChecksum.Of(_kernel, bytes);
    }
}

/// <summary>The sum of an output, integers or floats as the kernel writes them.</summary>
public static class BenchmarkChecksum
{
    /// <summary>Sums it.</summary>
    public static double Of(BenchmarkKernel kernel, ReadOnlySpan<byte> output)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        double sum = 0;
        for (var at = 0; at + 4 <= output.Length; at += 4)
        {
            // Weighted by place, so that a transposed or shifted result does not pass.
            var weight = 1 + (at / 4 % 7);
            sum += weight * (kernel.Name == "histogram" ? BitConverter.ToInt32(output[at..]) : BitConverter.ToSingle(output[at..]));
        }

        return sum;
    }
}
