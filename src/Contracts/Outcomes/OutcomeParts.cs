using System.Text.Json.Serialization;

namespace KernelForge.Contracts.Outcomes;

/// <summary>A task or a solution by content.</summary>
public sealed record ContentReference
{
    /// <summary>A task's name; null for a solution.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }
}

/// <summary>Where and with what a solution was judged.</summary>
public sealed record EvaluationEnvironment
{
    /// <summary><c>sim</c> or <c>cuda</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>The GPU, or on <c>sim</c> the GPU profile: <c>H200</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Target of the compilation: <c>sm_90a</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Compiler and version, <c>nvrtc 12.4</c>; null where it was never asked.</summary>
    public string? Compiler { get; init; }

    /// <summary>PyTorch's version; null where it was never asked.</summary>
    public string? Torch { get; init; }

    /// <summary>Driver version; null on <c>sim</c>.</summary>
    public string? Driver { get; init; }

    /// <summary>This software's version.</summary>
    public required string Kernelforge { get; init; }

    /// <summary>Protocol, tolerance rule and model that figures depend on; boards never mix versions.</summary>
    public required string EvaluationVersion { get; init; }

    /// <summary>SHA-256 of the GPU profile; null where none was used.</summary>
    public string? ProfileSha256 { get; init; }
}

/// <summary>What keeps unlike solutions apart on boards.</summary>
public sealed record SolutionClass
{
    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The worst of the instructions used, scratch dtypes and measured error: <c>float64</c>, <c>float32</c>, <c>tf32</c>, <c>float16</c>, <c>bfloat16</c>, <c>float8</c>, <c>reduced</c>; <c>integer</c> where no float occurs.</summary>
    public required string Precision { get; init; }

    /// <summary>A plan step names a vendor routine.</summary>
    public bool UsesLibrary { get; init; }

    /// <summary>The plan has <c>prepare</c> steps.</summary>
    public bool Prepared { get; init; }

    /// <summary><c>--use_fast_math</c>: a mark, not a class.</summary>
    public bool FastMath { get; init; }
}

/// <summary>What the trials showed.</summary>
public sealed record CorrectnessReport
{
    /// <summary>Presets tried, in order.</summary>
    public required IReadOnlyList<string> Presets { get; init; }

    /// <summary>Trials executed and compared.</summary>
    public required int Trials { get; init; }

    /// <summary><c>float64</c>, <c>float64_mode</c> (the dispatch mode alone) or <c>native</c>.</summary>
    public required string Oracle { get; init; }

    /// <summary>Distributions left out, with why: <c>odd/scaled_up: …</c>.</summary>
    public IReadOnlyList<string> SkippedDistributions { get; init => field = value ?? []; } = [];

    /// <summary>Largest absolute error over all trials; null where it is not finite or nothing was compared.</summary>
    public double? MaxAbsoluteError { get; init; }

    /// <summary>Largest |error| ÷ max(|reference|, rms of the reference).</summary>
    public double? MaxRelativeError { get; init; }

    /// <summary>What the rule allowed at the worst element where one differs, else at the element with the largest error.</summary>
    public double? AllowedError { get; init; }

    /// <summary>Elements over what is allowed, in the worst trial.</summary>
    public long MismatchedElements { get; init; }

    /// <summary>The worst element; null where nothing was compared.</summary>
    public WorstElement? Worst { get; init; }
}

/// <summary>The element furthest beyond what is allowed.</summary>
public sealed record WorstElement
{
    /// <summary>Output or state tensor.</summary>
    public required string Output { get; init; }

    /// <summary>Index by dimension; null in a hidden trial.</summary>
    public IReadOnlyList<long>? Index { get; init; }

    /// <summary>The reference's value; null in a hidden trial. Not finite values are written as strings.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? Expected { get; init; }

    /// <summary>The solution's value; null in a hidden trial.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double? Actual { get; init; }

    /// <summary>Preset of the trial.</summary>
    public required string Preset { get; init; }

    /// <summary>Distribution of the trial.</summary>
    public required string Distribution { get; init; }

    /// <summary>Which elements differ: <c>tail of every row</c>, <c>whole rows</c>, <c>every 4th element</c>, <c>everything</c>, …; null where nothing does.</summary>
    public string? Pattern { get; init; }

    /// <summary>What the pattern suggests, in a sentence; null where nothing is known.</summary>
    public string? Hint { get; init; }
}

/// <summary>How fast, at <c>full</c>.</summary>
public sealed record PerformanceReport
{
    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Always <c>full</c> for a ranked time.</summary>
    public required string Preset { get; init; }

    /// <summary>One execution of the plan's <c>launches</c>, milliseconds.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Its 95 % interval; null where modelled.</summary>
    public IReadOnlyList<double>? ConfidenceIntervalMs { get; init; }

    /// <summary>Samples taken; null where modelled.</summary>
    public int? Samples { get; init; }

    /// <summary>Share of thread blocks executed on <c>sim</c>; null where measured.</summary>
    public double? SampledShare { get; init; }

    /// <summary>The baseline that <see cref="SpeedupFactor"/> refers to.</summary>
    public string? Baseline { get; init; }

    /// <summary>Latency of each baseline in milliseconds.</summary>
    public IReadOnlyDictionary<string, double> Baselines { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>Baseline ÷ kernel.</summary>
    public double? SpeedupFactor { get; init; }

    /// <summary>max(compulsory bytes ÷ bandwidth, operations ÷ peak), milliseconds.</summary>
    public double? SpeedOfLightMs { get; init; }

    /// <summary>Speed of light ÷ latency.</summary>
    public double? SpeedOfLightFraction { get; init; }

    /// <summary>Latency of the plan's <c>prepare</c> steps, milliseconds; null without any.</summary>
    public double? PrepareMs { get; init; }

    /// <summary>What limits the plan: <c>dram</c>, <c>issue</c>, <c>latency</c>, <c>launch</c>, …</summary>
    public string? LimitedBy { get; init; }
}

/// <summary>One kernel of a plan, all its launches together.</summary>
public sealed record KernelReport
{
    /// <summary>The name or name expression of the plan.</summary>
    public required string Name { get; init; }

    /// <summary>Launches in one execution of the plan at the preset reported.</summary>
    public required long Launches { get; init; }

    /// <summary>Blocks by dimension, of its first launch.</summary>
    public required IReadOnlyList<long> Grid { get; init; }

    /// <summary>Threads by dimension, of its first launch.</summary>
    public required IReadOnlyList<long> Block { get; init; }

    /// <summary>Registers a thread, of the cubin; null where no cubin was made.</summary>
    public int? Registers { get; init; }

    /// <summary>Static and dynamic shared memory a block, bytes.</summary>
    public long? SharedBytes { get; init; }

    /// <summary>Spill stores and loads, bytes, of the cubin.</summary>
    public int? SpillBytes { get; init; }

    /// <summary>All its launches, milliseconds.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>What limits it.</summary>
    public string? LimitedBy { get; init; }

    /// <summary>Nsight Compute's names and units.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    /// <summary>Source lines by modelled cost, worst first.</summary>
    public IReadOnlyList<HotLine>? HotLines { get; init; }

    /// <summary>What holds it up, the largest gain first; empty where nothing does, null where the platform does not say.</summary>
    public IReadOnlyList<KernelBottleneck>? Bottlenecks { get; init; }
}

/// <summary>What holds a kernel up, and what its removal would gain.</summary>
public sealed record KernelBottleneck
{
    /// <summary>The rule's name: <c>bank_conflicts</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What is wrong, a sentence.</summary>
    public required string What { get; init; }

    /// <summary>The metrics that say so: Nsight Compute's names and units.</summary>
    public required IReadOnlyDictionary<string, double> Evidence { get; init; }

    /// <summary>The kernel's time now ÷ its modelled time without the bottleneck.</summary>
    public required double Gain { get; init; }

    /// <summary>What would limit it then.</summary>
    public string? NextLimiter { get; init; }

    /// <summary>What to try, a sentence.</summary>
    public required string Try { get; init; }

    /// <summary>Lines of the solution that it comes from, the largest part first; empty where it belongs to the launch as a whole.</summary>
    public required IReadOnlyList<int> Lines { get; init; }
}

/// <summary>A source line's counters.</summary>
public sealed record HotLine
{
    /// <summary>Line in the solution, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Warp instructions executed, scaled to the whole launch.</summary>
    public required long Executed { get; init; }

    /// <summary>Mean 32-byte sectors a global request; null where the line makes none.</summary>
    public double? SectorsPerRequest { get; init; }

    /// <summary>Shared-memory wavefronts beyond the ideal, scaled; null where the line makes no shared request.</summary>
    public long? BankConflicts { get; init; }
}

/// <summary>What a check found, once per kind and line.</summary>
public sealed record Finding
{
    /// <summary><c>memcheck</c>, <c>initcheck</c>, <c>racecheck</c>, <c>synccheck</c>, <c>rules</c>.</summary>
    public required string Tool { get; init; }

    /// <summary>A kind of <c>interfaces.md</c>: <c>out_of_bounds_read</c>, <c>race</c>, …; for <c>rules</c> the rule's name.</summary>
    public required string Kind { get; init; }

    /// <summary>The kernel; null where it concerns the plan.</summary>
    public string? Kernel { get; init; }

    /// <summary>Line in the solution, from 1; null where there is none.</summary>
    public int? Line { get; init; }

    /// <summary>For a race, the line of the other access.</summary>
    public int? OtherLine { get; init; }

    /// <summary>Thread block (x, y, z).</summary>
    public IReadOnlyList<int>? Block { get; init; }

    /// <summary>Thread (x, y, z).</summary>
    public IReadOnlyList<int>? Thread { get; init; }

    /// <summary>Preset at which it happened.</summary>
    public string? Preset { get; init; }

    /// <summary>How often, in the execution that found it.</summary>
    public long Count { get; init; } = 1;

    /// <summary>What happened, in the user's terms.</summary>
    public required string Message { get; init; }
}

/// <summary>Where one warp stood when an execution was stopped.</summary>
public sealed record WarpStand
{
    /// <summary>The kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>Thread block (x, y, z).</summary>
    public required IReadOnlyList<int> Block { get; init; }

    /// <summary>Warp in the block.</summary>
    public required int Warp { get; init; }

    /// <summary>Line in the solution; null where unknown.</summary>
    public int? Line { get; init; }

    /// <summary>What it was doing: <c>running</c>, <c>waiting at a barrier</c>, …</summary>
    public required string State { get; init; }
}
