namespace KernelForge.Contracts.Tasks;

/// <summary>What an audit found: whether a solution that does less than a task asks for can be told from one that does it (design §4).</summary>
public sealed record TaskAudit
{
    /// <summary>Version of the rules that this program knows; the reference worker's <c>audit.py</c> has the same.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Of the audit's rules: a verdict of other rules is stale.</summary>
    public required int Version { get; init; }

    /// <summary>No flaw was found.</summary>
    public required bool Ranked { get; init; }

    /// <summary>The flaws, joined; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>Everything that was looked at.</summary>
    public required IReadOnlyList<AuditEvidence> Evidence { get; init; }

    /// <summary>At which size the published rule was tried.</summary>
    public required AuditSize Size { get; init; }

    /// <summary>Processor time by part.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();
}

/// <summary>One thing that an audit looked at.</summary>
public sealed record AuditEvidence
{
    /// <summary><c>fake</c>, <c>randomness</c>, <c>undefined_winner</c>, <c>repeatability</c>, <c>not_a_number</c>, <c>vanishing</c>, <c>no_op</c>, <c>dead_work</c>, <c>influence</c>, <c>cancels</c>, or <c>runs</c> of an imported task that does not.</summary>
    public required string Check { get; init; }

    /// <summary>It keeps the task from ranking.</summary>
    public required bool Flaw { get; init; }

    /// <summary><c>published</c> (allclose, 1e-4) or <c>own</c> (design §7); null where the rule does not matter.</summary>
    public string? Rule { get; init; }

    /// <summary>The size or presets.</summary>
    public string? Where { get; init; }

    /// <summary>Carried over to the published size from measured ones.</summary>
    public bool Derived { get; init; }

    /// <summary>What was found, with its figures.</summary>
    public required string Detail { get; init; }
}

/// <summary>The published size with batch-like dimensions cut.</summary>
/// <param name="Text">What was cut, for people.</param>
/// <param name="Cut">How many times fewer rows.</param>
/// <param name="Shrunk">Other dimensions had to be cut too.</param>
public sealed record AuditSize(string Text, double Cut, bool Shrunk);
