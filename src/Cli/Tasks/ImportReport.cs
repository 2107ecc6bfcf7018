using KernelForge.Agents.Suite;

namespace KernelForge.Cli.Tasks;

/// <summary>What <c>tasks import --json</c> prints.</summary>
internal sealed record ImportReport
{
    /// <summary>Absolute path of the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Nothing was taken: <c>--dry-run</c>.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Its tasks, by name.</summary>
    public required IReadOnlyList<ImportedTask> Tasks { get; init; }

    /// <summary>Python files where tasks belong that are none.</summary>
    public required IReadOnlyList<LeftFile> Left { get; init; }

    /// <summary>Imported before and no longer in the folder; they stay.</summary>
    public required IReadOnlyList<string> Gone { get; init; }
}
