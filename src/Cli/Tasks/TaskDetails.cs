using KernelForge.Agents.Suite;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Cli.Tasks;

/// <summary>What <c>tasks show --json</c> prints: the fields of <c>tasks list</c>, and the file.</summary>
internal sealed record TaskDetails
{
    /// <summary><c>category/name</c>, or the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>Null for a file outside the suite.</summary>
    public string? Category { get; init; }

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public string? Origin { get; init; }

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public string? Kernelbench { get; init; }

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public bool? Ranked { get; init; }

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public IReadOnlyList<string> Presets { get; init; } = [];

    /// <summary>As in <see cref="TaskEntry"/>.</summary>
    public string? Difficulty { get; init; }

    /// <summary>Absolute path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What the audit looked at; empty where there was none.</summary>
    public IReadOnlyList<AuditEvidence> Evidence { get; init; } = [];

    /// <summary>What it costs at least, with the derivation; null: nobody priced it.</summary>
    public SpeedOfLight? SpeedOfLight { get; init; }

    /// <summary>Its text.</summary>
    public required string Source { get; init; }
}
