using System.Text.Json.Serialization;

namespace KernelForge.Agents.Suite;

/// <summary>One task of the suite: what <c>tasks list --json</c> prints of it.</summary>
public sealed record TaskEntry
{
    /// <summary><c>category/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The folder it lies in.</summary>
    public required string Category { get; init; }

    /// <summary>SHA-256 of its file, lower-case hex; null where nobody looked.</summary>
    [JsonIgnore]
    public string? Sha256 { get; init; }

    /// <summary>Where it comes from: <c>kernelbench</c>, <c>multikernelbench</c>, <c>kernelforge</c>, <c>imported</c>; null where nobody said.</summary>
    public string? Origin { get; init; }

    /// <summary>Its number in KernelBench, <c>L1/26</c>; null where it has none.</summary>
    public string? Kernelbench { get; init; }

    /// <summary>Whether its results may stand on a board; null before it was audited.</summary>
    public bool? Ranked { get; init; }

    /// <summary>Why <see cref="Ranked"/> is what it is.</summary>
    public string? Reason { get; init; }

    /// <summary>What the audit found against it; null: nothing, or there was none.</summary>
    [JsonIgnore]
    public string? Flaw => Ranked == false ? Reason : null;

    /// <summary>Presets that the file declares; empty where they are derived when the task is first judged.</summary>
    public IReadOnlyList<string> Presets { get; init; } = [];

    /// <summary><c>easy</c>, <c>medium</c> or <c>hard</c> to make fast; null where nobody said.</summary>
    public string? Difficulty { get; init; }
}
