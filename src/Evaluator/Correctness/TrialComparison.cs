using KernelForge.Contracts.Outcomes;

namespace KernelForge.Evaluator.Correctness;

/// <summary>One output of one trial, compared.</summary>
/// <param name="Preset">Preset of the trial.</param>
/// <param name="Distribution">Distribution of the trial.</param>
/// <param name="Hidden">A model sees no values of it (design §7).</param>
/// <param name="Output">Output or state tensor.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Result">The comparison.</param>
/// <param name="ReferenceRmsError">PyTorch's own root-mean-square error in the task's dtype; null for integers.</param>
internal sealed record TrialComparison(
    string Preset,
    string Distribution,
    bool Hidden,
    string Output,
    IReadOnlyList<long> Shape,
    ComparisonResult Result,
    double? ReferenceRmsError);

/// <summary>Gathers compared trials into the report of an outcome.</summary>
internal static class CorrectnessSummary
{
    private const double ReducedPrecisionFactor = 16;
    private static readonly double ReducedPrecisionFloor = Math.ScaleB(1, -18);

    /// <summary>The report over all trials.</summary>
    public static CorrectnessReport Report(
        IReadOnlyList<string> presets,
        int trials,
        string oracle,
        IReadOnlyList<string> skipped,
        IReadOnlyList<TrialComparison> comparisons)
    {
        var worst = Worst(comparisons);
        return new CorrectnessReport
        {
            Presets = presets,
            Trials = trials,
            Oracle = oracle,
            SkippedDistributions = skipped,
            MaxAbsoluteError = FiniteOrNull(comparisons.Select(c => c.Result.MaxAbsoluteError)),
            MaxRelativeError = FiniteOrNull(comparisons.Select(c => c.Result.MaxRelativeError)),
            AllowedError = worst?.Result.Mismatched > 0 ? worst.Result.Allowed : comparisons.MaxBy(c => c.Result.MaxAbsoluteError)?.Result.AllowedAtLargest,
            MismatchedElements = worst?.Result.Mismatched ?? 0,
            Worst = worst is null ? null : Element(worst, comparisons),
        };
    }

    /// <summary>Whether the measured error shows reduced precision: above 16 × PyTorch's own and above 2⁻¹⁸ of scale.</summary>
    public static bool IsReduced(IReadOnlyList<TrialComparison> comparisons) => comparisons.Any(c =>
        c.ReferenceRmsError is { } own
        && c.Result.RmsError > ReducedPrecisionFactor * own
        && c.Result.RmsError > ReducedPrecisionFloor * c.Result.RmsReference);

    /// <summary>The error that comes nearest to what is allowed, with the limit at that very element.</summary>
    public static string Nearest(IReadOnlyList<TrialComparison> comparisons) => Worst(comparisons) is not { } worst
        ? "there was no element to compare"
        : worst.Result.WorstExcess <= 0
        ? "every element is exact"
        : $"nearest to its limit is an error of {worst.Result.WorstExcess * worst.Result.Allowed:G3} where {worst.Result.Allowed:G3} is allowed";

    /// <summary>One sentence for an outcome whose numbers are wrong.</summary>
    public static string Describe(CorrectnessReport report, IReadOnlyList<TrialComparison> comparisons)
    {
        var worst = report.Worst ?? throw new ArgumentException("the report compares nothing", nameof(report));
        var values = worst.Index is null
            ? $"values of this hidden trial are not shown; the worst error is {Number(WorstError(comparisons))} where {Number(report.AllowedError)} is allowed"
            : $"{worst.Output}[{string.Join(", ", worst.Index)}] is {Number(worst.Actual)} where {Number(worst.Expected)} ± {Number(report.AllowedError)} was expected";
        return $"{worst.Output} differs at preset {worst.Preset}, distribution {worst.Distribution}: {values}; {worst.Pattern} ({report.MismatchedElements} mismatched)."
            + (worst.Hint is null ? string.Empty : $" Hint: {worst.Hint}.");
    }

    private static string Number(double? value) => value is { } number ? number.ToString("G7") : "not finite";

    private static double? WorstError(IReadOnlyList<TrialComparison> comparisons)
        => Worst(comparisons) is { } worst && double.IsFinite(worst.Result.Actual) ? Math.Abs(worst.Result.Actual - worst.Result.Expected) : null;

    private static TrialComparison? Worst(IReadOnlyList<TrialComparison> comparisons) =>
        comparisons.Where(c => c.Result.WorstIndex >= 0)
            .OrderByDescending(c => c.Result.Mismatched > 0)
            .ThenBy(c => c.Result.Mismatched > 0 && c.Hidden)
            .ThenByDescending(c => c.Result.WorstExcess)
            .FirstOrDefault();

    private static double? FiniteOrNull(IEnumerable<double> values)
    {
        var largest = values.DefaultIfEmpty(double.NaN).Max();
        return double.IsFinite(largest) ? largest : null;
    }

    private static WorstElement Element(TrialComparison worst, IReadOnlyList<TrialComparison> comparisons)
    {
        var pattern = worst.Result.Mismatches is { } mismatches ? MismatchPattern.Describe(mismatches, worst.Shape) : null;
        return new WorstElement
        {
            Output = worst.Output,
            Index = worst.Hidden ? null : Unflatten(worst.Result.WorstIndex, worst.Shape),
            Expected = worst.Hidden ? null : worst.Result.Expected,
            Actual = worst.Hidden ? null : worst.Result.Actual,
            Preset = worst.Preset,
            Distribution = worst.Distribution,
            Pattern = pattern?.Text,
            Hint = pattern is null ? null : HintFromTrials(worst, comparisons) ?? pattern.Hint,
        };
    }

    // What fails only under one distribution says more than where it fails.
    private static string? HintFromTrials(TrialComparison worst, IReadOnlyList<TrialComparison> comparisons)
    {
        var failing = comparisons.Where(c => c.Result.Mismatched > 0).Select(c => c.Distribution).ToHashSet(StringComparer.Ordinal);
        var tried = comparisons.Select(c => c.Distribution).ToHashSet(StringComparer.Ordinal);
        if (failing.SetEquals(["negated"]) && tried.Count > 1)
        {
            return "it is wrong only for negated inputs: an operation that matters for negative values is missing, or a running maximum does not start at minus infinity";
        }

        if (failing.SetEquals(["scaled_up"]) && tried.Count > 1)
        {
            return "it is wrong only for larger inputs: something overflows, or the maximum is not subtracted before an exponential";
        }

        if (failing.SetEquals(["scaled_down"]) && tried.Count > 1 && worst.Result.UnexpectedNan == 0)
        {
            return "it is wrong only for inputs a hundred times smaller: an epsilon is missing or in the wrong place, a variance is computed in one pass, or a threshold is absolute";
        }

        if (worst.Result.UnexpectedNan > 0)
        {
            return $"{worst.Result.UnexpectedNan} elements are NaN where the reference is not: a division by zero, an overflow, a read of memory that nothing wrote, or a shuffle from a lane that takes no part (a block that is no multiple of 32)";
        }

        if (worst.ReferenceRmsError is null && worst.Result.Mismatched < Math.Max(3, worst.Result.Elements / 100))
        {
            return "few integers differ; where they are indices, values may tie, and then the task should say OUTPUT_RULES = {\"" + worst.Output + "\": \"index_of(INPUT, DIM)\"}";
        }

        var small = worst.Result.MaxRelativeError is > 0 and < 0.02;
        var most = worst.Result.Elements > 1 && worst.Result.Mismatched > worst.Result.Elements / 20;
        return small && most && worst.ReferenceRmsError is { } own && worst.Result.RmsError > 64 * own
            ? "small errors all over the output: arithmetic or accumulation in low precision, an approximate formula, or a variance computed in one pass as E[x²] − E[x]²"
            : null;
    }

    private static long[] Unflatten(long index, IReadOnlyList<long> shape)
    {
        var result = new long[shape.Count];
        for (var dimension = shape.Count - 1; dimension >= 0; dimension--)
        {
            (index, result[dimension]) = Math.DivRem(index, shape[dimension]);
        }

        return result;
    }
}
