using System.Text.Json.Serialization;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Ptx;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Platforms;

/// <summary>What the runner is asked, a JSON line each: exactly one member is set.</summary>
internal sealed record RunnerRequest
{
    /// <summary>Execute trials and compare.</summary>
    public CheckRequest? Check { get; init; }

    /// <summary>Find out how fast it is at <c>full</c>.</summary>
    public MeasureRequest? Measure { get; init; }

    /// <summary>Launch one kernel with arguments of the user's.</summary>
    public LaunchRequest? Launch { get; init; }
}

/// <summary>What the runner answers.</summary>
internal sealed record RunnerReply
{
    /// <summary>To <see cref="RunnerRequest.Check"/>.</summary>
    public CheckReply? Check { get; init; }

    /// <summary>To <see cref="RunnerRequest.Measure"/>.</summary>
    public MeasureReply? Measure { get; init; }

    /// <summary>To <see cref="RunnerRequest.Launch"/>.</summary>
    public LaunchReply? Launch { get; init; }

    /// <summary>The runner itself failed; nobody's kernel is to blame.</summary>
    public string? Fault { get; init; }
}

/// <summary>A solution as it is executed: source, compiled for one preset and one choice of tunables.</summary>
internal sealed record CompiledSolution
{
    /// <summary>The preset whose shapes it was compiled for.</summary>
    public required string Preset { get; init; }

    /// <summary>The tunables it was compiled with.</summary>
    public required IReadOnlyDictionary<string, long> Tunables { get; init; }

    /// <summary>PTX, kernels, resources.</summary>
    public required CompileResult Result { get; init; }
}

/// <summary>Trials of one solution over presets.</summary>
internal sealed record CheckRequest
{
    /// <summary>Path of the solution.</summary>
    public required string SolutionPath { get; init; }

    /// <summary>The task.</summary>
    public required TaskDescription Task { get; init; }

    /// <summary>GPU profile.</summary>
    public required string Device { get; init; }

    /// <summary>What to run, in order.</summary>
    public required IReadOnlyList<PresetTrials> Presets { get; init; }

    /// <summary>Wall time of all trials together, after which the runner answers with what it has found.</summary>
    public required TimeSpan TimeLimit { get; init; }
}

/// <summary>The trials of one preset.</summary>
internal sealed record PresetTrials
{
    /// <summary>The solution compiled for it.</summary>
    public required CompiledSolution Compiled { get; init; }

    /// <summary>Trials, in order.</summary>
    public required IReadOnlyList<TrialToCheck> Trials { get; init; }
}

/// <summary>One trial.</summary>
/// <param name="Trial">Its tensors on disk.</param>
/// <param name="Hidden">A model sees no values of it.</param>
internal sealed record TrialToCheck(PreparedTrial Trial, bool Hidden);

/// <summary>What the trials showed, in the order of design §7's statuses.</summary>
internal enum CheckVerdict
{
    [JsonStringEnumMemberName("plan_error")]
    PlanError,

    [JsonStringEnumMemberName("rejected")]
    Rejected,

    [JsonStringEnumMemberName("unsupported")]
    Unsupported,

    [JsonStringEnumMemberName("timed_out")]
    TimedOut,

    [JsonStringEnumMemberName("runtime_error")]
    RuntimeError,

    [JsonStringEnumMemberName("memory_error")]
    MemoryError,

    [JsonStringEnumMemberName("race_error")]
    RaceError,

    [JsonStringEnumMemberName("sync_error")]
    SyncError,

    [JsonStringEnumMemberName("incorrect_numerical")]
    IncorrectNumerical,

    [JsonStringEnumMemberName("passed")]
    Passed,
}

/// <summary>The trials' result.</summary>
internal sealed record CheckReply
{
    /// <summary>The first status that applies.</summary>
    public required CheckVerdict Verdict { get; init; }

    /// <summary>One sentence for a person.</summary>
    public required string Message { get; init; }

    /// <summary>What the checks found.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    /// <summary>Where warps stood when an execution was stopped.</summary>
    public IReadOnlyList<WarpStand> Warps { get; init => field = value ?? []; } = [];

    /// <summary>What kernels printed.</summary>
    public string? Printed { get; init; }

    /// <summary>Trials compared so far; null where none was.</summary>
    public CorrectnessReport? Correctness { get; init; }

    /// <summary>The measured error shows reduced precision.</summary>
    public bool ReducedPrecision { get; init; }

    /// <summary>Kernels with their first launch at the first preset.</summary>
    public IReadOnlyList<KernelReport> Kernels { get; init => field = value ?? []; } = [];

    /// <summary>Reads that make a solution unranked: <c>%clock64</c>, …</summary>
    public IReadOnlyList<string> UnrankedReasons { get; init => field = value ?? []; } = [];
}

/// <summary>How fast one compiled solution is at <c>full</c>.</summary>
internal sealed record MeasureRequest
{
    /// <summary>Path of the solution.</summary>
    public required string SolutionPath { get; init; }

    /// <summary>The task.</summary>
    public required TaskDescription Task { get; init; }

    /// <summary>GPU profile.</summary>
    public required string Device { get; init; }

    /// <summary>The solution compiled for <c>full</c>.</summary>
    public required CompiledSolution Compiled { get; init; }

    /// <summary>Fill in all metrics and hot lines.</summary>
    public bool Profile { get; init; }

    /// <summary>Lane instructions that all samples together may take.</summary>
    public long InstructionBudget { get; init; }

    /// <summary>Wall time of all samples together, after which there is no time, with that reason.</summary>
    public required TimeSpan TimeLimit { get; init; }
}

/// <summary>A latency, or why there is none.</summary>
internal sealed record MeasureReply
{
    /// <summary>One execution of <c>launches</c>, milliseconds; null: see <see cref="Note"/>.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>One execution of <c>prepare</c>, milliseconds; null without any.</summary>
    public double? PrepareMs { get; init; }

    /// <summary>Share of blocks executed.</summary>
    public double? SampledShare { get; init; }

    /// <summary>What limits the plan.</summary>
    public string? LimitedBy { get; init; }

    /// <summary>Why there is no latency.</summary>
    public string? Note { get; init; }

    /// <summary>The plan does not fit at <c>full</c>, or memory checks found something there: the verdict that replaces <c>passed</c>; null: none.</summary>
    public CheckVerdict? Verdict { get; init; }

    /// <summary>One sentence to that verdict.</summary>
    public string? Message { get; init; }

    /// <summary>What memory checks found at <c>full</c>.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    /// <summary>Kernels with metrics.</summary>
    public IReadOnlyList<KernelReport> Kernels { get; init => field = value ?? []; } = [];
}

/// <summary>One launch of one kernel: <c>ptx run</c> and <c>ptx explain</c>.</summary>
internal sealed record LaunchRequest
{
    /// <summary>The PTX.</summary>
    public required string Ptx { get; init; }

    /// <summary>The kernel's name as the user gave it; null: the only one.</summary>
    public string? Kernel { get; init; }

    /// <summary>What the compiler knows of it; null for a PTX file.</summary>
    public CompiledKernel? Compiled { get; init; }

    /// <summary>Names of its parameters in the source; empty where nobody knows them.</summary>
    public IReadOnlyList<string> ParameterNames { get; init => field = value ?? []; } = [];

    /// <summary>The launch.</summary>
    public required PtxLaunch Launch { get; init; }

    /// <summary>GPU profile.</summary>
    public required string Device { get; init; }

    /// <summary>Wall time after which it is stopped as if its budget had run out.</summary>
    public required TimeSpan TimeLimit { get; init; }
}

/// <summary>What became of it; of the parts below the first that is there counts.</summary>
internal sealed record LaunchReply
{
    /// <summary>The file, the kernel's name or the arguments are wrong.</summary>
    public EvaluatorFault? Wrong { get; init; }

    /// <summary>The simulator does not know a construct.</summary>
    public string? Unsupported { get; init; }

    /// <summary>The kernel.</summary>
    public PtxKernel? Kernel { get; init; }

    /// <summary>The PTX's <c>.target</c>.</summary>
    public string? Target { get; init; }

    /// <summary>The launch.</summary>
    public PtxLaunchReport? Report { get; init; }
}

/// <summary>JSON of the runner's pipe.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunnerRequest))]
[JsonSerializable(typeof(RunnerReply))]
internal sealed partial class PlatformJson : JsonSerializerContext;
