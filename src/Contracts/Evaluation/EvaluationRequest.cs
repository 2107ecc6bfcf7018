namespace KernelForge.Contracts.Evaluation;

/// <summary>What the evaluator is asked, as one JSON document on its standard input.</summary>
public sealed record EvaluationRequest
{
    /// <summary>Absolute path of the task file.</summary>
    public required string TaskPath { get; init; }

    /// <summary>The name that the outcome carries: <c>activation/relu</c>.</summary>
    public required string TaskName { get; init; }

    /// <summary>Absolute path of the solution file.</summary>
    public required string SolutionPath { get; init; }

    /// <summary>Why nothing that is made for this task ranks: what its audit found. Null: it may.</summary>
    public string? TaskFlaw { get; init; }

    /// <summary><c>sim</c> (later <c>cuda</c>).</summary>
    public string Platform { get; init => field = string.IsNullOrEmpty(value) ? "sim" : value; } = "sim";

    /// <summary>GPU or GPU profile; null: the platform's default (<c>H200</c> on <c>sim</c>).</summary>
    public string? Device { get; init; }

    /// <summary>Only this preset; null: <c>small</c> and <c>odd</c> for correctness and <c>full</c> for time.</summary>
    public string? Preset { get; init; }

    /// <summary>Trials a preset, at least 5; null: 5.</summary>
    public int? Trials { get; init; }

    /// <summary>Seed of the trials; null: secret seeds of this installation.</summary>
    public ulong? Seed { get; init; }

    /// <summary>How tunables are tried; null: every combination.</summary>
    public TuningOrder? Tuning { get; init; }

    /// <summary>Report all metrics and hot lines of every kernel.</summary>
    public bool Profile { get; init; }

    /// <summary>Run without a sandbox: <c>eval</c> only, on the user's word.</summary>
    public bool UnsafeNoSandbox { get; init; }

    /// <summary>Data folder: caches and scratch.</summary>
    public required string Home { get; init; }

    /// <summary>Root of the toolbox, <c>/</c> where this machine is the toolbox.</summary>
    public required string Toolbox { get; init; }
}
