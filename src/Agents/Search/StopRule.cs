using KernelForge.Agents.Prompts;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>Why a run stops.</summary>
/// <param name="Reason">As in <see cref="RunReport.StopReason"/>.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="Status">As in <see cref="RunReport.Status"/>.</param>
/// <param name="Fault">What failed; null where nothing did.</param>
internal sealed record Stop(string Reason, string Message, string Status = "succeeded", EvaluatorFault? Fault = null);

/// <summary>When a run stops, from its limits and what has happened.</summary>
internal static class StopRule
{
    /// <summary>Goals reached, rounds used up, or no progress; null: go on.</summary>
    public static Stop? AfterAttempt(RunLimits limits, IReadOnlyList<AttemptRecord> attempts, AttemptRecord? best)
    {
        if (best?.Outcome.Performance is { } performance)
        {
            if (limits.TargetSpeedup is { } target && performance.SpeedupFactor >= target)
            {
                return new("target_speedup", $"round {best.Round} is {EvidenceText.Number(performance.SpeedupFactor.Value)} times as fast as {performance.Baseline}; asked for was {EvidenceText.Number(target)}");
            }

            if (limits.SpeedOfLightFraction is { } fraction && performance.SpeedOfLightFraction >= fraction)
            {
                return new("speed_of_light", $"round {best.Round} reaches {performance.SpeedOfLightFraction.Value * 100:0.#} % of the speed of light; enough is {fraction * 100:0.#} %");
            }
        }

        return attempts.Count >= limits.Rounds ? new("rounds", $"all {limits.Rounds} rounds are used") : null;
    }

    /// <summary>Before an optimisation: whether there is anything to go by, and whether the last ones helped; null: go on.</summary>
    public static Stop? BeforeOptimisation(RunLimits limits, IReadOnlyList<AttemptRecord> attempts, AttemptRecord best)
    {
        if (best.Outcome.Performance is null)
        {
            return new("no_time", $"round {best.Round} passed and no time was made{(best.Outcome.PerformanceNote is { } note ? $": {note}" : "")}");
        }

        if (limits.PlateauRounds is not { } rounds)
        {
            return null;
        }

        // A first time, after passes without one, is progress too.
        var idle = attempts.Reverse().TakeWhile(attempt => !(attempt.Outcome is Passed && (attempt.Gain is null || attempt.Gain >= limits.PlateauGain)))
            .Count(attempt => attempt.Mode == RoundModes.Optimisation);
        return idle >= rounds
            ? new("plateau", $"the last {idle} optimisation rounds gained less than {(limits.PlateauGain - 1) * 100:0.#} % each")
            : null;
    }

    /// <summary>Before a call: whether the budget is used up; null: go on.</summary>
    public static Stop? BeforeCall(RunLimits limits, ModelUsage usage)
    {
        if (limits.Calls is { } calls && usage.Calls >= calls)
        {
            return new("budget_calls", $"{usage.Calls} model calls are made; allowed are {calls}");
        }

        var tokens = usage.InputTokens + usage.OutputTokens;
        if (limits.Tokens is { } most && tokens >= most)
        {
            return new("budget_tokens", $"{tokens} tokens are used; allowed are {most}");
        }

        if (limits.CostUsd is not { } budget)
        {
            return null;
        }

        return usage.CostUsd is not { } cost ? new("budget_cost", "a cost budget is set and the price of a model is not known; set its PRICE setting")
            : cost >= budget ? new("budget_cost", $"{cost:0.####} US dollars are spent; allowed are {budget:0.####}")
            : null;
    }
}
