using KernelForge.Agents.Judging.Rules;
using KernelForge.Agents.Search;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Judging;

/// <summary>
/// Advises by rules over the same evidence that a model would see (research/judging.md): one at a time, the largest estimated
/// gain that has not been tried without success. No model, no cost, the same advice every time.
/// </summary>
public sealed class RuleJudge : IJudge
{
    /// <summary>A round that gains less than this has not helped.</summary>
    public const double WorthwhileGain = 1.02;

    /// <inheritdoc/>
    public string Name => "rules";

    /// <inheritdoc/>
    public Task<JudgeReply> AdviseAsync(CaseFile file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        cancellationToken.ThrowIfCancellationRequested();
        var basis = file.Basis ?? throw new ArgumentException("a Judge needs a solution to judge", nameof(file));
        return Task.FromResult(new JudgeReply { Advice = Advise(basis.Outcome, basis.Code ?? "", file.Mode, file.History) });
    }

    /// <summary>The advice on an outcome; null where the rules know nothing that is left to do.</summary>
    /// <param name="outcome">The evidence.</param>
    /// <param name="code">The solution.</param>
    /// <param name="mode"><c>correction</c> or <c>optimisation</c>.</param>
    /// <param name="history">Every finished attempt, with the advice that each followed.</param>
    public static JudgeAdvice? Advise(EvaluationOutcome outcome, string code, string mode, IReadOnlyList<AttemptRecord> history)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(history);
        return mode == RoundModes.Optimisation ? Optimise(outcome, code, TriedInVain(history)) : Correct(outcome, code, history);
    }

    private static JudgeAdvice? Optimise(EvaluationOutcome outcome, string code, HashSet<string> triedInVain)
    {
        JudgeAdvice? best = null;
        foreach (var kernel in outcome.Kernels)
        {
            KernelEvidence evidence = new(kernel, outcome.Kernels, outcome.Performance, code);
            foreach (var rule in OptimisationRules.All)
            {
                if (rule.Match(evidence) is not { } limiter)
                {
                    continue;
                }

                var left = evidence.LightFraction is > 0 and { } fraction ? 1 / fraction : double.MaxValue;
                var gain = Math.Round(Math.Min(evidence.Modelled(rule.Id) ?? limiter.Gain(evidence.Share), left), 2);
                var method = rule.Methods.FirstOrDefault(each => each.Applies?.Invoke(evidence) != false && !triedInVain.Contains($"{rule.Id}/{each.Id}"));
                if (method is not null && gain > 1.01 && !(best?.ExpectedGain >= gain))
                {
                    best = ToAdvice(rule, method, limiter, kernel, gain);
                }
            }
        }

        return best;
    }

    private static JudgeAdvice ToAdvice(OptimisationRule rule, RuleMethod method, Limiter limiter, KernelReport kernel, double gain) => new()
    {
        Mode = RoundModes.Optimisation,
        Issue = AdviceLimits.Cut($"{rule.Meaning} in {kernel.Name}: {limiter.Shown}.", AdviceLimits.Bottleneck),
        Reason = method.Method,
        Fix = method.Plan,
        ExpectedGain = gain,
        Rule = $"{rule.Id}/{method.Id}",
        Disproof = rule.Disproof,
        Source = "rules",
    };

    private static JudgeAdvice? Correct(EvaluationOutcome outcome, string code, IReadOnlyList<AttemptRecord> history)
    {
        CorrectionEvidence evidence = new(outcome, code);

        // Corrections since the last solution that passed: an older one may help again on another design.
        var tried = history.Reverse().TakeWhile(attempt => attempt.Outcome is not Passed)
            .Select(attempt => attempt.Advice?.Rule).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var rules = CorrectionRules.All.Where(rule => rule.Applies(evidence)).ToList();
        var chosen = rules.Find(rule => !tried.Contains(rule.Id)) ?? rules.FirstOrDefault();
        return chosen is null ? null : new JudgeAdvice
        {
            Mode = RoundModes.Correction,
            Issue = AdviceLimits.Cut(chosen.Issue(evidence), AdviceLimits.CriticalIssue),
            Reason = chosen.Why,
            Fix = chosen.Fix,
            Rule = chosen.Id,
            Source = "rules",
        };
    }

    private static HashSet<string> TriedInVain(IReadOnlyList<AttemptRecord> history) =>
        history.Where(attempt => attempt.Advice?.Rule is not null && !(attempt.Outcome is Passed && attempt.Gain >= WorthwhileGain))
            .Select(attempt => attempt.Advice!.Rule!).ToHashSet(StringComparer.Ordinal);
}
