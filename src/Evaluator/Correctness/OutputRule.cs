using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Evaluator.Correctness;

/// <summary>How integer outputs are compared where exactly is too strict (design §4, <c>OUTPUT_RULES</c>).</summary>
internal abstract partial record OutputRule
{
    /// <summary>Element by element.</summary>
    public sealed record Exact : OutputRule;

    /// <summary>An index along a dimension of a tensor: the value selected must be the one the reference selects, so ties may differ.</summary>
    public sealed record IndexOf(string Tensor, int Dimension) : OutputRule;

    /// <summary>The last dimension is a set: its order is free.</summary>
    public sealed record Set : OutputRule;

    /// <summary>Reads a rule as the task file writes it.</summary>
    /// <exception cref="FormatException">It is none of the forms.</exception>
    public static OutputRule Parse(string? text)
    {
        if (text is null)
        {
            return new Exact();
        }

        if (text == "set")
        {
            return new Set();
        }

        var match = IndexOfPattern().Match(text);
        return match.Success
            ? new IndexOf(match.Groups["tensor"].Value, int.Parse(match.Groups["dimension"].Value, CultureInfo.InvariantCulture))
            : throw new FormatException($"output rule '{text}' is neither \"set\" nor \"index_of(TENSOR, DIMENSION)\"");
    }

    [GeneratedRegex(@"^index_of\(\s*(?<tensor>[A-Za-z_][\w.]*)\s*,\s*(?<dimension>-?\d+)\s*\)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IndexOfPattern();
}

/// <summary>Compares integer outputs under their rule.</summary>
internal static class OutputRuleComparison
{
    /// <summary>Compares.</summary>
    /// <param name="rule">The output's rule.</param>
    /// <param name="expected">Reference bytes.</param>
    /// <param name="actual">Solution bytes.</param>
    /// <param name="dtype">Dtype of both.</param>
    /// <param name="shape">Shape of the output.</param>
    /// <param name="source">For <see cref="OutputRule.IndexOf"/>: bytes, dtype and shape of the tensor indexed.</param>
    public static ComparisonResult Compare(
        OutputRule rule,
        ReadOnlyMemory<byte> expected,
        ReadOnlyMemory<byte> actual,
        string dtype,
        IReadOnlyList<long> shape,
        (ReadOnlyMemory<byte> Bytes, string Dtype, IReadOnlyList<long> Shape)? source) => rule switch
        {
            OutputRule.Set => OutputComparison.Integer(SortRows(expected, dtype, shape), SortRows(actual, dtype, shape), dtype),
            OutputRule.IndexOf index when source is { } tensor => CompareIndices(index, expected, actual, dtype, tensor.Bytes, tensor.Dtype, tensor.Shape),
            OutputRule.IndexOf index => throw new FormatException($"output rule index_of({index.Tensor}, …): '{index.Tensor}' is not an input of this task"),
            _ => OutputComparison.Integer(expected.Span, actual.Span, dtype),
        };

    private static ComparisonResult CompareIndices(
        OutputRule.IndexOf rule,
        ReadOnlyMemory<byte> expected,
        ReadOnlyMemory<byte> actual,
        string dtype,
        ReadOnlyMemory<byte> source,
        string sourceDtype,
        IReadOnlyList<long> sourceShape)
    {
        var dimension = rule.Dimension < 0 ? rule.Dimension + sourceShape.Count : rule.Dimension;
        var length = sourceShape[dimension];
        var inner = sourceShape.Skip(dimension + 1).Aggregate(1L, (product, size) => product * size);
        return OutputComparison.Integer(expected.Span, actual.Span, dtype, (i, reference, value) =>
        {
            if (value == reference)
            {
                return true;
            }

            if (value < 0 || value >= length)
            {
                return false;
            }

            var origin = (i / inner * length * inner) + (i % inner);
            return Element(origin + (value * inner)).Equals(Element(origin + (reference * inner)));
        });

        double Element(long at) => ElementReader.IsFloating(sourceDtype)
            ? ElementReader.Floating(source.Span, sourceDtype, at)
            : ElementReader.Integer(source.Span, sourceDtype, at);
    }

    private static byte[] SortRows(ReadOnlyMemory<byte> bytes, string dtype, IReadOnlyList<long> shape)
    {
        var size = ElementReader.Size(dtype);
        var columns = shape.Count == 0 ? 1 : (int)shape[^1];
        var count = bytes.Length / size;
        var sorted = new byte[bytes.Length];
        for (var row = 0; columns > 0 && row < count / columns; row++)
        {
            var start = row * columns;
            var order = Enumerable.Range(start, columns).OrderBy(i => ElementReader.Integer(bytes.Span, dtype, i)).ToArray();
            for (var column = 0; column < columns; column++)
            {
                bytes.Span.Slice(order[column] * size, size).CopyTo(sorted.AsSpan((start + column) * size));
            }
        }

        return sorted;
    }
}
