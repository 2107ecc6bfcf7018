namespace KernelForge.Cli.Tasks;

/// <summary>What an audit came to.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="CannotRun">The task's own fault: it has no result to audit.</param>
/// <param name="IsNew">It was audited now, and kept.</param>
internal sealed record AuditedTask(TaskVerdict Verdict, bool CannotRun, bool IsNew)
{
    /// <summary>The audit itself failed, which says nothing of the task.</summary>
    public bool IsFault { get; init; }

    /// <summary>In words.</summary>
    public string Says => IsFault ? "was not audited" : CannotRun ? "cannot run" : Verdict.Ranked ? "ranks" : "does not rank";
}
