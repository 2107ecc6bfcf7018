namespace KernelForge.Api;

/// <summary>What a service or worker process is told when it starts.</summary>
public sealed record ServiceSettings
{
    /// <summary>The repository: <c>bench-tasks</c>, <c>prompts</c>.</summary>
    public required string Root { get; init; }

    /// <summary>The data folder.</summary>
    public required string Home { get; init; }

    /// <summary>The toolbox's root.</summary>
    public required string Toolbox { get; init; }

    /// <summary>A PostgreSQL server of the user's (<c>ConnectionStrings__KernelForge</c>); null: the private cluster in the data folder.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Where to listen, <c>;</c> between addresses; null: no web server, a worker alone.</summary>
    public string? Urls { get; init; }

    /// <summary>Steps at once; 0: none, the web server alone.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Platforms that this process's workers serve.</summary>
    public IReadOnlyList<string> Platforms { get; init; } = ["sim"];

    /// <summary>Program of the evaluator; null: the one beside this program.</summary>
    public string? Evaluator { get; init; }

    /// <summary>Reads a setting.</summary>
    public Func<string, string?> Setting { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
