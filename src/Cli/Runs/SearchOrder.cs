using KernelForge.Agents.Suite;
using KernelForge.Contracts.Evaluation;

namespace KernelForge.Cli.Runs;

/// <summary>What <c>run</c> asks of the search engine.</summary>
internal sealed record SearchOrder
{
    /// <summary>Identifies the run.</summary>
    public required string RunId { get; init; }

    /// <summary>The task.</summary>
    public required TaskFile Task { get; init; }

    /// <summary>The strategy's name.</summary>
    public string Strategy { get; init; } = "coder-judge";

    /// <summary>The Coder's model.</summary>
    public required string Coder { get; init; }

    /// <summary>The Judge's model, or <c>rules</c>.</summary>
    public string Judge { get; init; } = "rules";

    /// <summary>A solution that is there already, for <c>tune</c>; null elsewhere.</summary>
    public string? Solution { get; init; }

    /// <summary>How its tunables are tried.</summary>
    public TuningOrder Tuning { get; init; } = new();

    /// <summary>Most rounds.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary><c>sim</c>.</summary>
    public string Platform { get; init; } = "sim";

    /// <summary>GPU or GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>Most money; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }

    /// <summary>The run's own folder: <c>attempts.jsonl</c>, a line for every finished attempt, and every round's solution as <c>round-N.cu</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Every finished attempt, a JSON line each.</summary>
    public string AttemptsPath => Path.Combine(Folder, "attempts.jsonl");
}
