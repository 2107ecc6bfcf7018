using KernelForge.Contracts.Tasks;

namespace KernelForge.Contracts.Evaluation;

/// <summary>What <c>tasks audit</c> asks of the evaluator: one task file.</summary>
public sealed record SurveyRequest
{
    /// <summary>Absolute path of the task file.</summary>
    public required string TaskPath { get; init; }

    /// <summary>The name that the survey carries.</summary>
    public required string TaskName { get; init; }

    /// <summary>GPU profile of the speed of light.</summary>
    public string Device { get; init => field = string.IsNullOrEmpty(value) ? "H200" : value; } = "H200";

    /// <summary>Run without a sandbox, on the user's word.</summary>
    public bool UnsafeNoSandbox { get; init; }

    /// <summary>Data folder: caches and scratch.</summary>
    public required string Home { get; init; }

    /// <summary>Root of the toolbox, <c>/</c> where this machine is the toolbox.</summary>
    public required string Toolbox { get; init; }
}

/// <summary>What the evaluator answers to a <see cref="SurveyRequest"/>.</summary>
public sealed record SurveyReply
{
    /// <summary>The survey; null where there is a fault.</summary>
    public TaskSurvey? Survey { get; init; }

    /// <summary>Why there is no survey.</summary>
    public EvaluatorFault? Fault { get; init; }
}
