using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Ptx;

/// <summary>What the evaluator answers to a <see cref="PtxRequest"/>.</summary>
public sealed record PtxReply
{
    /// <summary>Why there is no answer.</summary>
    public EvaluatorFault? Fault { get; init; }

    /// <summary>The compiler or the simulator refused the code.</summary>
    public PtxRefusal? Refusal { get; init; }

    /// <summary>The PTX; null where there is none.</summary>
    public PtxText? Module { get; init; }

    /// <summary>The launch; null where none was asked for.</summary>
    public PtxLaunchReport? Launch { get; init; }
}

/// <summary>Code that was refused.</summary>
/// <param name="Status"><c>compile_error</c> or <c>unsupported</c>.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Diagnostics">The compiler's text with the file's own name and lines; empty without any.</param>
public sealed record PtxRefusal(string Status, string Message, string Diagnostics);

/// <summary>PTX and what is known of its kernels.</summary>
public sealed record PtxText
{
    /// <summary>The whole text; no path of this machine is in what was compiled here.</summary>
    public required string Ptx { get; init; }

    /// <summary>Its <c>.target</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary><c>nvrtc 12.4</c>; null for a <c>.ptx</c> file.</summary>
    public string? Compiler { get; init; }

    /// <summary>Warnings.</summary>
    public string Log { get; init; } = "";

    /// <summary>The kernels that were asked for, or all of a file.</summary>
    public required IReadOnlyList<PtxKernel> Kernels { get; init; }

    /// <summary>The source that line numbers refer to; null where it is not at hand.</summary>
    public string? Source { get; init; }

    /// <summary>Its file's name.</summary>
    public string? SourceName { get; init; }
}

/// <summary>A kernel.</summary>
public sealed record PtxKernel
{
    /// <summary>As the user names it.</summary>
    public required string Name { get; init; }

    /// <summary>In the PTX.</summary>
    public required string LoweredName { get; init; }

    /// <summary>In C++ where the compiler said so (<c>const float* x</c>), else in PTX (<c>.u64</c>).</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    /// <summary>Registers a thread, of the cubin; null where none was made.</summary>
    public int? Registers { get; init; }

    /// <summary>Spill stores and loads, bytes, of the cubin.</summary>
    public int? SpillBytes { get; init; }

    /// <summary>Static shared memory, bytes; null where none was made.</summary>
    public long? StaticSharedBytes { get; init; }
}

/// <summary>What a launch did, what it would cost, and where.</summary>
public sealed record PtxLaunchReport
{
    /// <summary>GPU profile.</summary>
    public required string Device { get; init; }

    /// <summary>The kernel, its shape and resources, its time and metrics.</summary>
    public required KernelReport Kernel { get; init; }

    /// <summary><c>completed</c>, <c>budget_exhausted</c>, <c>trapped</c>, <c>assert_failed</c>, <c>deadlock</c>, <c>stopped</c>.</summary>
    public required string Completion { get; init; }

    /// <summary>What the checks found.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    /// <summary>Where warps stood when it was stopped.</summary>
    public IReadOnlyList<WarpStand> Warps { get; init => field = value ?? []; } = [];

    /// <summary>What the kernel printed.</summary>
    public string Printed { get; init; } = "";

    /// <summary>The buffers that the kernel was to write or did write.</summary>
    public IReadOnlyList<PtxOutput> Outputs { get; init => field = value ?? []; } = [];

    /// <summary>PTX instructions × 32 that warps executed.</summary>
    public long LaneInstructions { get; init; }

    /// <summary>The modelled time; null where the launch did not complete.</summary>
    public PtxEstimate? Estimate { get; init; }

    /// <summary>PTX lines with instructions, in order.</summary>
    public IReadOnlyList<PtxLine> PtxLines { get; init => field = value ?? []; } = [];

    /// <summary>Source lines with instructions, in order.</summary>
    public IReadOnlyList<PtxLine> SourceLines { get; init => field = value ?? []; } = [];
}

/// <summary>A buffer after the launch.</summary>
public sealed record PtxOutput
{
    /// <summary>The parameter's name, or <c>arg2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Dtype.</summary>
    public required string Type { get; init; }

    /// <summary>Elements by dimension.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Elements that nothing wrote.</summary>
    public long Unwritten { get; init; }

    /// <summary>The first elements as text: <c>1.5</c>, <c>nan</c>, <c>?</c> for one that nothing wrote.</summary>
    public required IReadOnlyList<string> First { get; init; }

    /// <summary>The smallest finite element written; null without any.</summary>
    public double? Least { get; init; }

    /// <summary>The largest finite element written.</summary>
    public double? Most { get; init; }

    /// <summary>Mean of the finite elements written.</summary>
    public double? Mean { get; init; }

    /// <summary>Elements that are NaN or infinite.</summary>
    public long NotFinite { get; init; }

    /// <summary>All elements, little-endian; null unless asked for.</summary>
    public byte[]? Contents { get; init; }
}

/// <summary>A modelled time and what limits it.</summary>
public sealed record PtxEstimate
{
    /// <summary>Milliseconds, one launch included.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Milliseconds of the kernel alone.</summary>
    public required double KernelMs { get; init; }

    /// <summary>What limits it.</summary>
    public required string LimitedBy { get; init; }

    /// <summary>What each limit would take by itself, ms.</summary>
    public required IReadOnlyDictionary<string, double> LimiterMs { get; init; }

    /// <summary>Blocks ÷ blocks that run at once.</summary>
    public required double Waves { get; init; }

    /// <summary>Share of the last wave's places that stay empty, over all waves, 0–1.</summary>
    public required double TailFraction { get; init; }

    /// <summary>Resident warps over the most possible, 0–1.</summary>
    public required double Occupancy { get; init; }

    /// <summary>The resource that limits occupancy.</summary>
    public required string OccupancyLimitedBy { get; init; }

    /// <summary>Registers a thread that occupancy was worked out with.</summary>
    public required int Registers { get; init; }

    /// <summary><c>cubin</c>, <c>estimated</c> from the PTX, or <c>given</c>.</summary>
    public required string RegistersFrom { get; init; }

    /// <summary>Shares of a resident warp's cycles spent waiting, by Nsight Compute's reasons, 0–1.</summary>
    public required IReadOnlyDictionary<string, double> Stalls { get; init; }

    /// <summary>Where it stands under the roofline.</summary>
    public required PtxRoofline Roofline { get; init; }

    /// <summary>Version of the model.</summary>
    public required string ModelVersion { get; init; }
}

/// <summary>A point under a roofline.</summary>
/// <param name="Precision">The ceiling: a key of the profile's peaks.</param>
/// <param name="Operations">Arithmetic operations; a multiply-add counts two.</param>
/// <param name="Bytes">DRAM bytes.</param>
/// <param name="OperationsPerSecond">Reached.</param>
/// <param name="PeakOperationsPerSecond">The ceiling.</param>
/// <param name="BytesPerSecond">Reached.</param>
/// <param name="PeakBytesPerSecond">The slope.</param>
public sealed record PtxRoofline(
    string Precision, double Operations, double Bytes, double OperationsPerSecond, double PeakOperationsPerSecond, double BytesPerSecond, double PeakBytesPerSecond);

/// <summary>Counters of one line, of the PTX or of the source.</summary>
public sealed record PtxLine
{
    /// <summary>The line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>For a PTX line: its source line, 0 where there is none.</summary>
    public int SourceLine { get; init; }

    /// <summary>PTX instructions that warps executed.</summary>
    public required double Executed { get; init; }

    /// <summary>Active threads an instruction, 0–32; 0 where none was executed.</summary>
    public required double ThreadsPerInstruction { get; init; }

    /// <summary>SASS issue slots.</summary>
    public required double IssueSlots { get; init; }

    /// <summary>32-byte sectors a global or local request; null where the line makes none.</summary>
    public double? SectorsPerRequest { get; init; }

    /// <summary>Shared-memory wavefronts beyond the fewest possible; null where the line makes no shared request.</summary>
    public double? BankConflicts { get; init; }

    /// <summary>Share of the modelled time, 0–1.</summary>
    public required double TimeShare { get; init; }

    /// <summary>Of that, waiting.</summary>
    public required double StallShare { get; init; }

    /// <summary>Nsight Compute's name of the largest wait; null without one.</summary>
    public string? Stall { get; init; }
}
