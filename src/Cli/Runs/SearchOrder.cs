using KernelForge.Cli.Suite;

namespace KernelForge.Cli.Runs;

/// <summary>What <c>run</c> asks of the search engine.</summary>
internal sealed record SearchOrder
{
    /// <summary>The task.</summary>
    public required TaskFile Task { get; init; }

    /// <summary>The strategy's name.</summary>
    public string Strategy { get; init; } = "coder-judge";

    /// <summary>The Coder's model.</summary>
    public required string Coder { get; init; }

    /// <summary>The Judge's model, or <c>rules</c>.</summary>
    public string Judge { get; init; } = "rules";

    /// <summary>Most rounds.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary><c>sim</c>.</summary>
    public string Platform { get; init; } = "sim";

    /// <summary>GPU or GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>Most money; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }

    /// <summary>File that every finished attempt is appended to, a JSON line each.</summary>
    public required string AttemptsPath { get; init; }
}
