namespace KernelForge.Agents.Judging.Rules;

/// <summary>What a rule found in a kernel.</summary>
/// <param name="Share">Share of the kernel's time that the limiter accounts for, 0–1.</param>
/// <param name="Speedup">How much faster that share could become.</param>
/// <param name="Shown">The figures that say so.</param>
internal sealed record Limiter(double Share, double Speedup, string Shown)
{
    /// <summary>Amdahl's estimate over the whole plan.</summary>
    public double Gain(double kernelShare)
    {
        var part = Math.Clamp(Share, 0, 1) * kernelShare;
        return 1 / (1 - part + part / Math.Max(1, Speedup));
    }
}

/// <summary>A way to remove a limiter.</summary>
/// <param name="Id">Its name in <c>JudgeAdvice.Rule</c>.</param>
/// <param name="Method">What to do, at most 35 words.</param>
/// <param name="Plan">How to change the code, at most 35 words.</param>
/// <param name="Applies">When it can be done; null: always.</param>
internal sealed record RuleMethod(string Id, string Method, string Plan, Func<KernelEvidence, bool>? Applies = null);

/// <summary>A row of research/judging.md: condition, meaning, methods in order, and what would disprove it.</summary>
internal sealed record OptimisationRule(string Id, string Meaning, Func<KernelEvidence, Limiter?> Match, IReadOnlyList<RuleMethod> Methods, string Disproof);
