using KernelForge.Contracts.Evaluation;

namespace KernelForge.Cli.Tasks;

/// <summary>What an audit came to.</summary>
/// <param name="Verdict">The verdict; of a fault, that there is none.</param>
/// <param name="CannotRun">The task's own fault: it has no result to audit.</param>
/// <param name="IsNew">It was audited now, and kept.</param>
internal sealed record AuditedTask(TaskVerdict Verdict, bool CannotRun, bool IsNew)
{
    /// <summary>The audit itself failed, which says nothing of the task; null: it did not.</summary>
    public EvaluatorFault? Fault { get; init; }

    /// <summary>In words.</summary>
    public string Says => Fault is not null ? "failed" : CannotRun ? "cannot run" : Verdict.Ranked ? "ranks" : "does not rank";
}
