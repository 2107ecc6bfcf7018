using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// <c>portfolio</c>: a bandit. Its arms are the other strategies' next steps, with each of the Coders; each round it pulls the one with the best upper confidence bound
/// (UCB1) on gain per dollar. Where nothing costs money, tokens stand for it. The gain of a round is the logarithm of how much faster the best became; the first pass
/// counts as a doubling. What is pulled follows from finished attempts alone.
/// </summary>
internal sealed class PortfolioStrategy(string name) : Strategy(name, usesJudge: true)
{
    private const double Exploration = 0.7;
    private static readonly double FirstPass = Math.Log(2);
    private static readonly string[] Searches = ["coder-judge", "self-refine", "best-of-n", "evolve"];

    /// <inheritdoc/>
    public override IReadOnlyList<ModelName> ModelsOf(string coder) => [.. coder.Split(',').Select(ModelName.Parse)];

    /// <summary>A plateau is one where every search has had its turns.</summary>
    internal override RunLimits Limits(RunLimits asked) => asked with { PlateauRounds = asked.PlateauRounds * 2 };

    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken)
    {
        var stop = StopRule.AfterAttempt(session.Limits, session.Attempts, session.Best)
            ?? (session.Best is { } best ? StopRule.BeforeOptimisation(session.Limits, session.Attempts, best) : null)
            ?? session.BeforeCall();
        if (stop is not null)
        {
            return stop;
        }

        var arms = session.Coders.SelectMany(coder => Searches.Select(search => new Arm(search, coder))).ToList();
        var arm = Pull(arms, session.Attempts);
        var step = StepOf(arm.Search, session);
        JudgeAdvice? advice = null;
        if (arm.Search == "coder-judge" && step.Basis is not null)
        {
            // A Judge that has nothing left to say leaves the step as it is; the bandit learns what that is worth.
            advice = await session.AdviseAsync(step, cancellationToken);
            if (advice is not null && session.BeforeCall() is { } spent)
            {
                return spent;
            }
        }

        return await session.AttemptAllAsync([new Proposal(step, arm.Coder, advice) { Arm = arm.Name }], cancellationToken);
    }

    /// <summary>The arm to pull: each once in their order, then the best bound; the earlier of equals.</summary>
    internal static Arm Pull(IReadOnlyList<Arm> arms, IReadOnlyList<AttemptRecord> attempts)
    {
        var priced = attempts.Any(attempt => CostOf(attempt, priced: true) > 0) && attempts.All(attempt => attempt.Usage.CostUsd is not null);
        var pulls = attempts.Select((attempt, index) => (attempt.Arm, Rate: GainOf(attempt, [.. attempts.Take(index)]) / Math.Max(CostOf(attempt, priced), 1e-9))).ToList();
        var most = Math.Max(pulls.Select(pull => pull.Rate).DefaultIfEmpty(0).Max(), double.Epsilon);
        return arms.MaxBy(Bound)!;

        double Bound(Arm arm)
        {
            var own = pulls.Where(pull => pull.Arm == arm.Name).ToList();
            return own.Count == 0 ? double.PositiveInfinity : own.Average(pull => pull.Rate) / most + Exploration * Math.Sqrt(Math.Log(pulls.Count) / own.Count);
        }
    }

    private static NextStep StepOf(string search, RunSession session) => search switch
    {
        "best-of-n" => new NextStep(RoundModes.First, null, Sight.Nothing),
        "evolve" => EvolveStrategy.StepOf(session.Request.RunId, session.Attempts.Count, session.Attempts),
        _ => NextStep.After(session.Attempts, session.Best, session.Limits.CorrectionsPerChange),
    };

    private static double GainOf(AttemptRecord attempt, IReadOnlyList<AttemptRecord> before)
    {
        var best = BestAttempt.Of(before);
        return !BestAttempt.IsBetter(attempt, best) ? 0
            : best is null ? FirstPass
            : attempt.Gain is > 1 and { } gain ? Math.Log(gain)
            : 0;
    }

    private static double CostOf(AttemptRecord attempt, bool priced)
    {
        var usage = attempt.JudgeUsage is { } judge ? attempt.Usage + judge : attempt.Usage;
        return priced ? (double)(usage.CostUsd ?? 0) : (usage.InputTokens + usage.OutputTokens) / 1000.0;
    }

    /// <summary>A search with a Coder.</summary>
    internal sealed record Arm(string Search, Coder Coder)
    {
        /// <summary>As <see cref="AttemptRecord.Arm"/>.</summary>
        public string Name => $"{Search} {Coder.Model.Name}";
    }
}
