using KernelForge.Agents.Suite;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Cli.Tasks;

/// <summary>What <c>tasks audit --json</c> prints of a task.</summary>
internal sealed record TaskVerdict
{
    /// <summary><c>category/name</c>, or the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>No flaw was found.</summary>
    public required bool Ranked { get; init; }

    /// <summary>The flaws; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>Everything that was looked at.</summary>
    public required IReadOnlyList<AuditEvidence> Evidence { get; init; }

    /// <summary>From a record.</summary>
    public static TaskVerdict Of(AuditRecord record) => new() { Name = record.Name, Ranked = record.Ranked, Reason = record.Reason, Evidence = record.Evidence };
}
