namespace KernelForge.Simulator.Memory.Generators;

/// <summary>
/// Another source with one triangle of every matrix zeroed, as <c>torch.tril</c> and <c>torch.triu</c> do.
/// </summary>
public sealed class TriangularSource : IPageSource
{
    private readonly ElementSource _inner;
    private readonly long _columns;
    private readonly long _rows;
    private readonly bool _upper;
    private readonly long _diagonal;

    /// <summary>Makes the source.</summary>
    /// <param name="inner">What stands in the kept triangle.</param>
    /// <param name="rows">Rows of a matrix; matrices follow one another.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="upper">Keep the upper triangle rather than the lower.</param>
    /// <param name="diagonal">As in PyTorch: 0 keeps the main diagonal.</param>
    public TriangularSource(ElementSource inner, long rows, long columns, bool upper, long diagonal = 0)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        _inner = inner;
        _rows = rows;
        _columns = columns;
        _upper = upper;
        _diagonal = diagonal;
    }

    /// <inheritdoc/>
    public void Fill(long byteOffset, Span<byte> page)
    {
        _inner.Fill(byteOffset, page);
        var size = _inner.ElementSize;
        var end = byteOffset + page.Length;
        var rowBytes = _columns * size;
        for (var row = byteOffset / rowBytes; row * rowBytes < end; row++)
        {
            // Column where the kept part of this row ends (lower) or begins (upper).
            var inMatrix = row % _rows;
            var edge = Math.Clamp(_upper ? inMatrix + _diagonal : inMatrix + _diagonal + 1, 0, _columns);
            var from = (row * rowBytes) + (_upper ? 0 : edge * size);
            var to = (row * rowBytes) + (_upper ? edge * size : rowBytes);
            from = Math.Max(from, byteOffset);
            to = Math.Min(to, end);
            if (from < to)
            {
                page[(int)(from - byteOffset)..(int)(to - byteOffset)].Clear();
            }
        }
    }
}
