namespace KernelForge.Cli.Doctor;

/// <summary>What <c>doctor --json</c> prints.</summary>
internal sealed record DoctorReport
{
    /// <summary>Whether everything that the verbs of this version need works.</summary>
    public required bool Ready { get; init; }

    /// <summary>Each check, in order.</summary>
    public required IReadOnlyList<DoctorCheck> Checks { get; init; }
}

/// <summary>One thing looked at.</summary>
internal sealed record DoctorCheck
{
    /// <summary>What: <c>compiler</c>, <c>python</c>, <c>sandbox</c>, …</summary>
    public required string Name { get; init; }

    /// <summary><c>ok</c>; <c>missing</c>: a verb of this version needs it; <c>absent</c>: only named features need it.</summary>
    public required string State { get; init; }

    /// <summary>What was found.</summary>
    public required string Found { get; init; }

    /// <summary>How to get it; null where it works.</summary>
    public string? How { get; init; }
}
