using KernelForge.Agents.Judging.Rules;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Judging;

/// <summary>What one rule says of one kernel.</summary>
/// <param name="Rule">Its name: <c>bank_conflicts</c>.</param>
/// <param name="Meaning">The bottleneck.</param>
/// <param name="Evidence">The figures that say so.</param>
/// <param name="Gain">How much faster the kernel could become: a factor.</param>
/// <param name="Method">What to do.</param>
/// <param name="Plan">How to change the code.</param>
public sealed record KernelVerdict(string Rule, string Meaning, string Evidence, double Gain, string Method, string Plan)
{
    /// <summary>The rules that apply to a kernel by itself, the largest estimated gain first.</summary>
    /// <param name="kernel">The kernel with its metrics.</param>
    /// <param name="code">Its source; may be empty.</param>
    public static IReadOnlyList<KernelVerdict> Of(KernelReport kernel, string code)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        KernelEvidence evidence = new(kernel, [kernel], null, code);
        var verdicts = new List<KernelVerdict>();
        foreach (var rule in OptimisationRules.All)
        {
            // A kernel by itself has no plan that could have tunables.
            if (rule.Id == "untuned" || rule.Match(evidence) is not { } limiter)
            {
                continue;
            }

            if (rule.Methods.FirstOrDefault(each => each.Applies?.Invoke(evidence) != false) is { } method && limiter.Gain(1) > 1.01)
            {
                verdicts.Add(new(rule.Id, rule.Meaning, limiter.Shown, limiter.Gain(1), method.Method, method.Plan));
            }
        }

        return [.. verdicts.OrderByDescending(verdict => verdict.Gain)];
    }
}
