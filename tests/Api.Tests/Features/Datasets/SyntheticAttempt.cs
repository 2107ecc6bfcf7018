namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>An attempt as a generator drew it: what is known of it before any database or recipe has seen it.</summary>
internal sealed record SyntheticAttempt
{
    public required Guid Run { get; init; }

    public required int Round { get; init; }

    public required string Task { get; init; }

    /// <summary>The task is a single operator (and the benchmark's).</summary>
    public required bool SingleOperator { get; init; }

    public required string Device { get; init; }

    public required string Precision { get; init; }

    /// <summary><c>passed</c>, <c>incorrect</c> or <c>compile_error</c>.</summary>
    public required string Status { get; init; }

    public required bool Verified { get; init; }

    public required double LatencyMs { get; init; }

    public required double Speedup { get; init; }

    /// <summary>Null where the provider gave none.</summary>
    public required string? Reasoning { get; init; }

    public required long Tokens { get; init; }

    public required string FinishReason { get; init; }

    /// <summary>Solutions of one family are nearly the same, those of two are not.</summary>
    public required int Family { get; init; }

    /// <summary>Differs in blanks only.</summary>
    public required int Blanks { get; init; }

    /// <summary>Differs in names only.</summary>
    public required int Names { get; init; }

    /// <summary>Differs in one number of many.</summary>
    public required int Edit { get; init; }

    public required string Prompt { get; init; }

    public required string Mode { get; init; }

    public required int? Parent { get; init; }

    public required string? Advised { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    public string Id => $"{Run}/{Round}";

    /// <summary>One task on one device.</summary>
    public string Place => $"{Task} {Device}";

    /// <summary>Where times can be compared.</summary>
    public string Comparison => $"{Place} {Precision}";

    public bool Correct => Status == "passed";
}
