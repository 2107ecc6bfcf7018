using System.Collections;
using System.Runtime.InteropServices;

namespace KernelForge.Evaluator.Correctness;

/// <summary>How one output of one trial compares with its reference.</summary>
internal sealed record ComparisonResult
{
    /// <summary>Elements over what is allowed.</summary>
    public required long Mismatched { get; init; }

    /// <summary>Elements compared.</summary>
    public required long Elements { get; init; }

    /// <summary>Largest absolute error; infinite where a value is not finite on one side only.</summary>
    public required double MaxAbsoluteError { get; init; }

    /// <summary>Largest |error| ÷ max(|reference|, rms).</summary>
    public required double MaxRelativeError { get; init; }

    /// <summary>Linear index of the element furthest beyond what is allowed; -1 where nothing was compared.</summary>
    public required long WorstIndex { get; init; }

    /// <summary>Error ÷ allowed at that element.</summary>
    public required double WorstExcess { get; init; }

    /// <summary>The reference there.</summary>
    public double Expected { get; init; }

    /// <summary>The solution there.</summary>
    public double Actual { get; init; }

    /// <summary>What was allowed there.</summary>
    public double Allowed { get; init; }

    /// <summary>What was allowed at the element with the largest absolute error.</summary>
    public double AllowedAtLargest { get; init; }

    /// <summary>Root mean square of the errors over finite elements.</summary>
    public double RmsError { get; init; }

    /// <summary>Root mean square of the reference over finite elements.</summary>
    public double RmsReference { get; init; }

    /// <summary>Elements where the solution alone is NaN.</summary>
    public long UnexpectedNan { get; init; }

    /// <summary>Which elements differ; null where none does.</summary>
    public BitArray? Mismatches { get; init; }
}

/// <summary>
/// The rule of design §7: <c>allowed = max(tol · max(|ref|, rms(ref)), 4 E, 4 A)</c>, element by element, with NaN and
/// infinity in place; integers exactly. Where errors grow with the element (low precision, long tails), the terms E and A
/// count for an element no more than they come to at its scale, or the largest element's ulp would be allowed everywhere.
/// </summary>
internal static class OutputComparison
{
    /// <summary>Compares a floating output with its float64 reference.</summary>
    /// <param name="expected">The reference, one double an element.</param>
    /// <param name="actual">The solution's bytes.</param>
    /// <param name="dtype">Dtype of the solution's bytes.</param>
    /// <param name="tolerance">tol.</param>
    /// <param name="errorTerm">max(4 E, 4 A) of this output in this trial.</param>
    /// <param name="scaledErrorTerm">The same with each error divided by its element's scale, max(|ref|, rms(ref)).</param>
    public static ComparisonResult Floating(
        ReadOnlySpan<double> expected, ReadOnlySpan<byte> actual, string dtype, double tolerance, double errorTerm, double scaledErrorTerm = double.PositiveInfinity)
    {
        var rms = Rms(expected, dtype);
        var floats = dtype == "float32" ? MemoryMarshal.Cast<byte, float>(actual) : default;
        var state = new Worst(expected.Length);
        double squares = 0;
        long finite = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            var reference = ElementReader.RoundTo(dtype, expected[i]);
            var value = floats.IsEmpty ? ElementReader.Floating(actual, dtype, i) : floats[i];
            if (!double.IsFinite(reference) || !double.IsFinite(value))
            {
                var same = double.IsNaN(reference) ? double.IsNaN(value) : value == reference;
                state.NotFinite(i, reference, value, same);
                continue;
            }

            // The unrounded reference: rounding it would add half an ulp to every error.
            var error = Math.Abs(value - expected[i]);
            var scale = Math.Max(Math.Abs(expected[i]), rms);
            var allowed = scale > 0 ? Math.Max(tolerance * scale, Math.Min(errorTerm, scaledErrorTerm * scale)) : errorTerm;
            squares += error * error;
            finite++;
            state.Finite(i, expected[i], value, error, scale, allowed);
        }

        return state.Result() with { RmsError = finite == 0 ? 0 : Math.Sqrt(squares / finite), RmsReference = rms };
    }

    /// <summary>Compares an integer or bool output exactly; a bool byte other than 0 and 1 differs from both.</summary>
    public static ComparisonResult Integer(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string dtype) =>
        Integer(expected, actual, dtype, static (_, reference, value) => reference == value);

    /// <summary>Compares an integer output by a rule of its own.</summary>
    public static ComparisonResult Integer(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string dtype, Func<long, long, long, bool> same)
    {
        var count = expected.Length / ElementReader.Size(dtype);
        var state = new Worst(count);
        for (var i = 0; i < count; i++)
        {
            var reference = ElementReader.Integer(expected, dtype, i);
            var value = ElementReader.Integer(actual, dtype, i);
            var error = same(i, reference, value) ? 0 : Math.Max(1, Math.Abs((double)value - reference));
            state.Finite(i, reference, value, error, Math.Max(1, Math.Abs((double)reference)), 0);
        }

        return state.Result();
    }

    private static double Rms(ReadOnlySpan<double> values, string dtype)
    {
        double squares = 0;
        long count = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(ElementReader.RoundTo(dtype, value)))
            {
                squares += value * value;
                count++;
            }
        }

        return count == 0 ? 0 : Math.Sqrt(squares / count);
    }

    private struct Worst(int elements)
    {
        private BitArray? _mismatches;
        private long _mismatched;
        private long _nan;
        private double _maxAbsolute;
        private double _maxRelative;
        private long _index = elements > 0 ? 0 : -1;
        private double _excess = -1;
        private double _expected;
        private double _actual;
        private double _allowed;
        private double _allowedAtLargest;

        public void Finite(int index, double reference, double value, double error, double scale, double allowed)
        {
            (_maxAbsolute, _allowedAtLargest) = error >= _maxAbsolute ? (error, allowed) : (_maxAbsolute, _allowedAtLargest);
            var relative = scale > 0 ? error / scale : error > 0 ? double.PositiveInfinity : 0;
            _maxRelative = Math.Max(_maxRelative, relative);
            var excess = error <= allowed ? (allowed > 0 ? error / allowed : 0) : allowed > 0 ? error / allowed : double.MaxValue;
            Note(index, reference, value, allowed, excess, error > allowed);
        }

        public void NotFinite(int index, double reference, double value, bool same)
        {
            if (same)
            {
                return;
            }

            _maxAbsolute = double.PositiveInfinity;
            _maxRelative = double.PositiveInfinity;
            _nan += double.IsNaN(value) ? 1 : 0;
            Note(index, reference, value, 0, double.PositiveInfinity, differs: true);
        }

        public readonly ComparisonResult Result() => new()
        {
            Elements = elements,
            Mismatched = _mismatched,
            Mismatches = _mismatches,
            MaxAbsoluteError = _maxAbsolute,
            MaxRelativeError = _maxRelative,
            WorstIndex = _index,
            WorstExcess = Math.Max(0, _excess),
            Expected = _expected,
            Actual = _actual,
            Allowed = _allowed,
            AllowedAtLargest = _allowedAtLargest,
            UnexpectedNan = _nan,
        };

        private void Note(int index, double reference, double value, double allowed, double excess, bool differs)
        {
            if (differs)
            {
                _mismatched++;
                (_mismatches ??= new BitArray(elements)).Set(index, true);
            }

            if (excess > _excess)
            {
                (_index, _excess, _expected, _actual, _allowed) = (index, excess, reference, value, allowed);
            }
        }
    }
}
