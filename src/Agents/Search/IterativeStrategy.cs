using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// <c>coder-judge</c> and <c>self-refine</c>: attempt, then repair or improve by <see cref="NextStep"/>'s rule, with the Judge's one
/// advice or, for <c>self-refine</c>, with the evidence itself.
/// </summary>
internal sealed class IterativeStrategy(string name, bool usesJudge) : Strategy(name, usesJudge)
{
    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken)
    {
        var limits = session.Limits;
        var step = NextStep.After(session.Attempts, session.Best, limits.CorrectionsPerChange);
        var stop = StopRule.AfterAttempt(limits, session.Attempts, session.Best)
            ?? (step.Mode == RoundModes.Optimisation ? StopRule.BeforeOptimisation(limits, session.Attempts, session.Best!) : null)
            ?? session.BeforeCall();
        if (stop is not null)
        {
            return stop;
        }

        JudgeAdvice? advice = null;
        if (UsesJudge && step.Basis is not null)
        {
            advice = await session.AdviseAsync(step, cancellationToken);
            if (advice is null)
            {
                return new Stop("no_advice", $"the Judge has nothing left to advise on round {step.Basis.Round}");
            }

            if (session.BeforeCall() is { } spent)
            {
                return spent;
            }
        }

        return await session.AttemptAsync(step, advice, cancellationToken);
    }
}
