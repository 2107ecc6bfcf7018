using KernelForge.Agents.Judging;
using KernelForge.Contracts.Evaluation;

namespace KernelForge.Agents.Search;

/// <summary>What a search is asked.</summary>
public sealed record RunRequest
{
    /// <summary>Identifies the run: letters, digits, <c>-</c> and <c>_</c>.</summary>
    public required string RunId { get; init; }

    /// <summary>The task.</summary>
    public required TaskBrief Task { get; init; }

    /// <summary><c>sim</c> or <c>cuda</c>.</summary>
    public string Platform { get; init; } = "sim";

    /// <summary>GPU or GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>Trials a preset; null: the evaluator's own.</summary>
    public int? Trials { get; init; }

    /// <summary>Seed of the trials; null: secret seeds.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Data folder of the evaluator.</summary>
    public required string Home { get; init; }

    /// <summary>Root of the toolbox.</summary>
    public required string Toolbox { get; init; }

    /// <summary>The run's own folder, where every round's solution lies as <c>round-N.cu</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>When an earlier process began the run; null: it begins now.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Solutions of one round that are judged at the same time.</summary>
    public int ParallelEvaluations { get; init; } = 2;

    /// <summary>A solution that exists already, for a strategy that makes none; null elsewhere.</summary>
    public string? Solution { get; init; }

    /// <summary>How the tunables of <see cref="Solution"/> are tried.</summary>
    public TuningOrder Tuning { get; init; } = new();

    /// <summary>When to stop.</summary>
    public RunLimits Limits { get; init; } = new();
}

/// <summary>When a run stops.</summary>
public sealed record RunLimits
{
    /// <summary>Attempts in all, the first one included.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>Stop when the best is that many times faster than its baseline; null: never.</summary>
    public double? TargetSpeedup { get; init; }

    /// <summary>Stop when the best reaches that share of the speed of light; null: never.</summary>
    public double? SpeedOfLightFraction { get; init; } = 0.95;

    /// <summary>Stop after that many optimisation rounds in a row that gained less than <see cref="PlateauGain"/>; null: never.</summary>
    public int? PlateauRounds { get; init; } = 3;

    /// <summary>A gain below this factor does not count.</summary>
    public double PlateauGain { get; init; } = RuleJudge.WorthwhileGain;

    /// <summary>Corrections of one failed change before the run goes back to the best.</summary>
    public int CorrectionsPerChange { get; init; } = 2;

    /// <summary>Model calls; null: no limit.</summary>
    public int? Calls { get; init; }

    /// <summary>Tokens in and out; null: no limit. The call that reaches it is finished.</summary>
    public long? Tokens { get; init; }

    /// <summary>US dollars; null: no limit. The call that reaches it is finished.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Wall time; null: no limit. What runs when it ends is given up.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="ArgumentException">One is outside its range; the message names it.</exception>
    public void Validate()
    {
        Check(Rounds is >= 1 and <= 1000, nameof(Rounds), "1 to 1000", Rounds);
        Check(TargetSpeedup is null or > 0, nameof(TargetSpeedup), "more than 0", TargetSpeedup);
        Check(SpeedOfLightFraction is null or (> 0 and <= 1), nameof(SpeedOfLightFraction), "more than 0, at most 1", SpeedOfLightFraction);
        Check(PlateauRounds is null or >= 1, nameof(PlateauRounds), "1 or more", PlateauRounds);
        Check(PlateauGain >= 1, nameof(PlateauGain), "1 or more", PlateauGain);
        Check(CorrectionsPerChange >= 0, nameof(CorrectionsPerChange), "0 or more", CorrectionsPerChange);
        Check(Calls is null or >= 1, nameof(Calls), "1 or more", Calls);
        Check(Tokens is null or >= 1, nameof(Tokens), "1 or more", Tokens);
        Check(CostUsd is null or > 0, nameof(CostUsd), "more than 0", CostUsd);
        Check(Time is null || Time > TimeSpan.Zero, nameof(Time), "more than 0", Time);

        static void Check(bool holds, string name, string expected, object? found)
        {
            if (!holds)
            {
                throw new ArgumentException($"{name}: expected {expected}, found {found}", name);
            }
        }
    }
}
