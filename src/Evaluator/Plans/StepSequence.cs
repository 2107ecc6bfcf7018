using System.Collections;

namespace KernelForge.Evaluator.Plans;

/// <summary>
/// The steps of a plan in the order of execution. They were all evaluated and checked once; a long sequence is evaluated
/// again at every enumeration instead of being kept (100,000 launches would take tens of megabytes).
/// </summary>
public sealed class StepSequence : IEnumerable<ResolvedStep>
{
    private const int KeptSteps = 2048;

    private readonly Func<IEnumerable<ResolvedStep>> _make;
    private readonly IReadOnlyList<ResolvedStep>? _kept;

    internal StepSequence(Func<IEnumerable<ResolvedStep>> make)
    {
        _make = make;
        var kept = new List<ResolvedStep>();
        foreach (ResolvedStep step in make())
        {
            if (Count++ < KeptSteps)
            {
                kept.Add(step);
            }
        }

        _kept = Count <= KeptSteps ? kept : null;
    }

    /// <summary>Steps executed, fills included.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerator<ResolvedStep> GetEnumerator() => (_kept ?? _make()).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
