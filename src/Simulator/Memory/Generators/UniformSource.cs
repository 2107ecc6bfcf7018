using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>Uniform floating values in [low, high) (24 random bits a value; 32 for float64).</summary>
public sealed class UniformSource : ElementSource
{
    private readonly ulong _seed;
    private readonly double _low;
    private readonly double _span;

    /// <summary>Makes the source.</summary>
    /// <param name="type">A floating element type.</param>
    /// <param name="seed">The same seed gives the same buffer.</param>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">Upper end, not reached before rounding to the element type.</param>
    /// <exception cref="ArgumentException">Not a floating type, or an empty or infinite range.</exception>
    public UniformSource(ElementType type, ulong seed, double low, double high)
        : base(type)
    {
        SourceArguments.RequireFloating(type);
        SourceArguments.RequireRange(low, high);
        _seed = seed;
        _low = low;
        _span = high - low;
    }

    /// <inheritdoc/>
    protected override void FillGroups(long firstElement, Span<byte> destination)
    {
        var step = 16 * ElementSize;
        for (var at = 0; at < destination.Length; at += step, firstElement += 16)
        {
            var key = CounterHash.Key(_seed, 0, (uint)(firstElement >> 32));
            var word = CounterHash.Mix(Lanes(firstElement), key);
            if (Type == ElementType.Float64)
            {
                StoreDoubles(word, destination[at..]);
                continue;
            }

            var unit = Vector512.ConvertToSingle((word >>> 8).AsInt32()) * Vector512.Create(1f / (1 << 24));
            Store(Type, (unit * Vector512.Create((float)_span)) + Vector512.Create((float)_low), destination[at..]);
        }
    }

    private void StoreDoubles(Vector512<uint> word, Span<byte> destination)
    {
        var (lower, upper) = Vector512.Widen(word);
        var scale = Vector512.Create(_span / 4294967296.0);
        var low = Vector512.Create(_low);
        MemoryMarshal.Write(destination, (Vector512.ConvertToDouble(lower) * scale) + low);
        MemoryMarshal.Write(destination[64..], (Vector512.ConvertToDouble(upper) * scale) + low);
    }
}
