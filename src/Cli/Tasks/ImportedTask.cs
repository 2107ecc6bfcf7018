namespace KernelForge.Cli.Tasks;

/// <summary>One task of an import.</summary>
internal sealed record ImportedTask
{
    /// <summary>What it is called here, <c>imported/level1/19_ReLU</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its file, from the folder that was named.</summary>
    public required string File { get; init; }

    /// <summary>Its number in KernelBench; null: it has none.</summary>
    public string? Kernelbench { get; init; }

    /// <summary>The suite's task of that number, which <c>kernelbench:</c> means; null: it means this one.</summary>
    public string? Ours { get; init; }

    /// <summary><c>new</c>, <c>changed</c> or <c>same</c>, against what was imported before.</summary>
    public required string Change { get; init; }

    /// <summary><c>ranked</c>, <c>unranked</c>, <c>cannot_run</c>, or <c>not_audited</c> where the audit itself failed; null in a dry run.</summary>
    public string? Verdict { get; init; }

    /// <summary>Why it does not rank, or cannot run, with the line; null: it ranks.</summary>
    public string? Reason { get; init; }
}
