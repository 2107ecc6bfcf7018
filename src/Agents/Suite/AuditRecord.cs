using System.Text.Json.Serialization;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Suite;

/// <summary>A line of <c>bench-tasks/audit.json</c>: what <c>tasks audit</c> found of one version of a task.</summary>
public sealed record AuditRecord
{
    /// <summary><c>category/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the file that was audited: of another one nothing is known.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Of the audit's rules.</summary>
    public required int Version { get; init; }

    /// <summary>No flaw was found.</summary>
    public required bool Ranked { get; init; }

    /// <summary>The flaws; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>At which size the published rule was tried.</summary>
    public required string Size { get; init; }

    /// <summary>The task does not even run, so nothing else was looked at.</summary>
    [JsonIgnore]
    public bool CannotRun => Evidence.Any(evidence => evidence.Check == "runs" && evidence.Flaw);

    /// <summary>Whether it is of that version of the file, by today's rules.</summary>
    public bool IsOf(string sha256) => Sha256 == sha256 && Version == TaskAudit.CurrentVersion;

    /// <summary>Everything that was looked at.</summary>
    public required IReadOnlyList<AuditEvidence> Evidence { get; init; }
}
