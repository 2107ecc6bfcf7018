using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Evaluation;

/// <summary>What the evaluator answers on its dedicated pipe: an outcome, or why there is none.</summary>
public sealed record EvaluatorReply
{
    /// <summary>The verdict; null where the evaluation could not be made.</summary>
    public EvaluationOutcome? Outcome { get; init; }

    /// <summary>Why there is no verdict.</summary>
    public EvaluatorFault? Fault { get; init; }
}

/// <summary>An evaluation that could not be made: nobody's kernel is to blame.</summary>
public sealed record EvaluatorFault
{
    /// <summary>Exit code of <c>eval</c>: 64 wrong usage, 65 bad input file, 69 something needed is missing, 70 our own fault.</summary>
    public required int ExitCode { get; init; }

    /// <summary>What was expected, what was found, where, and what to do.</summary>
    public required string Message { get; init; }
}
