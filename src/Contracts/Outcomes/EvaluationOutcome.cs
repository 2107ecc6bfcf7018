using System.Text.Json.Serialization;

namespace KernelForge.Contracts.Outcomes;

/// <summary>
/// The verdict on one solution (design §7): a closed hierarchy tagged <c>status</c>. Parts that do not apply are null.
/// The order of the statuses is the order in which they apply: the first wins, findings beside a later one are kept.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "status")]
[JsonDerivedType(typeof(AnswerError), "answer_error")]
[JsonDerivedType(typeof(PlanError), "plan_error")]
[JsonDerivedType(typeof(Rejected), "rejected")]
[JsonDerivedType(typeof(CompileError), "compile_error")]
[JsonDerivedType(typeof(Unsupported), "unsupported")]
[JsonDerivedType(typeof(TimedOut), "timed_out")]
[JsonDerivedType(typeof(RuntimeError), "runtime_error")]
[JsonDerivedType(typeof(MemoryError), "memory_error")]
[JsonDerivedType(typeof(RaceError), "race_error")]
[JsonDerivedType(typeof(SyncError), "sync_error")]
[JsonDerivedType(typeof(IncorrectShape), "incorrect_shape")]
[JsonDerivedType(typeof(IncorrectDtype), "incorrect_dtype")]
[JsonDerivedType(typeof(IncorrectNumerical), "incorrect_numerical")]
[JsonDerivedType(typeof(Implausible), "implausible")]
[JsonDerivedType(typeof(Passed), "passed")]
public abstract record EvaluationOutcome
{
    private protected EvaluationOutcome()
    {
    }

    /// <summary>One sentence for a person, always there.</summary>
    public required string Message { get; init; }

    /// <summary>Whether this outcome may stand on a board (after re-verification).</summary>
    public bool Ranked { get; init; }

    /// <summary>Why it does not rank; empty where it does.</summary>
    public IReadOnlyList<string> UnrankedReasons { get; init => field = value ?? []; } = [];

    /// <summary>The task judged against.</summary>
    public required ContentReference Task { get; init; }

    /// <summary>The solution judged.</summary>
    public required ContentReference Solution { get; init; }

    /// <summary>Where and with what it was judged.</summary>
    public required EvaluationEnvironment Environment { get; init; }

    /// <summary>What it may be compared with.</summary>
    public SolutionClass? Class { get; init; }

    /// <summary>Trials and errors.</summary>
    public CorrectnessReport? Correctness { get; init; }

    /// <summary>Latency at <c>full</c>, beside baseline and speed of light.</summary>
    public PerformanceReport? Performance { get; init; }

    /// <summary>Why <see cref="Performance"/> is null although the solution passed, or what a reader of it must know.</summary>
    public string? PerformanceNote { get; init; }

    /// <summary>Each kernel of the plan.</summary>
    public IReadOnlyList<KernelReport> Kernels { get; init => field = value ?? []; } = [];

    /// <summary>What the checks found.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = value ?? []; } = [];

    /// <summary>The compiler's diagnostics with the solution's own line numbers, at most 64 KiB; null where there are none.</summary>
    public string? Diagnostics { get; init; }

    /// <summary>The tunables chosen, by name.</summary>
    public IReadOnlyDictionary<string, long>? Tunables { get; init; }

    /// <summary>Where each warp stood, for time-outs and deadlocks.</summary>
    public IReadOnlyList<WarpStand>? Warps { get; init; }

    /// <summary>What the kernels printed, at most 16 KiB.</summary>
    public string? Printed { get; init; }

    /// <summary>Wall time by stage in milliseconds: <c>reference</c>, <c>compile</c>, <c>execute</c>, <c>measure</c>, <c>total</c>.</summary>
    public IReadOnlyDictionary<string, double> TimingsMs { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>The status as it is written in JSON.</summary>
    [JsonIgnore]
    public string Status => this switch
    {
        AnswerError => "answer_error",
        PlanError => "plan_error",
        Rejected => "rejected",
        CompileError => "compile_error",
        Unsupported => "unsupported",
        TimedOut => "timed_out",
        RuntimeError => "runtime_error",
        MemoryError => "memory_error",
        RaceError => "race_error",
        SyncError => "sync_error",
        IncorrectShape => "incorrect_shape",
        IncorrectDtype => "incorrect_dtype",
        IncorrectNumerical => "incorrect_numerical",
        Implausible => "implausible",
        Passed => "passed",
        _ => throw new InvalidOperationException($"outcome {GetType().Name} has no status"),
    };
}

/// <summary>A model's answer held no solution. Attempts only.</summary>
public sealed record AnswerError : EvaluationOutcome;

/// <summary>The launch plan is missing, malformed, or does not fit the task or the kernels.</summary>
public sealed record PlanError : EvaluationOutcome;

/// <summary>A rule was broken: host code, a forbidden include, <c>#line</c>, changed inputs.</summary>
public sealed record Rejected : EvaluationOutcome;

/// <summary>NVRTC refused it, or it needs a symbol that nobody defines.</summary>
public sealed record CompileError : EvaluationOutcome;

/// <summary>The platform cannot execute it; the message names what.</summary>
public sealed record Unsupported : EvaluationOutcome;

/// <summary>It did not end within its budget.</summary>
public sealed record TimedOut : EvaluationOutcome;

/// <summary>It trapped, failed an assertion, or the device reported an error.</summary>
public sealed record RuntimeError : EvaluationOutcome;

/// <summary>memcheck or initcheck found something.</summary>
public sealed record MemoryError : EvaluationOutcome;

/// <summary>racecheck found something.</summary>
public sealed record RaceError : EvaluationOutcome;

/// <summary>synccheck found something, or a deadlock.</summary>
public sealed record SyncError : EvaluationOutcome;

/// <summary>An output has another shape (only where the solution allocates).</summary>
public sealed record IncorrectShape : EvaluationOutcome;

/// <summary>An output has another dtype (only where the solution allocates).</summary>
public sealed record IncorrectDtype : EvaluationOutcome;

/// <summary>An output differs from the reference by more than is allowed.</summary>
public sealed record IncorrectNumerical : EvaluationOutcome;

/// <summary>Faster than the unavoidable work allows.</summary>
public sealed record Implausible : EvaluationOutcome;

/// <summary>Right on every preset and trial.</summary>
public sealed record Passed : EvaluationOutcome;
