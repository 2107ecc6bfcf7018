using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>Integers in [low, high), or bytes 0 and 1 with a given share of ones.</summary>
public sealed class IntegerSource : ElementSource
{
    private readonly ulong _seed;
    private readonly long _low;
    private readonly ulong _range;
    private readonly ulong _threshold;
    private readonly bool _isBoolean;

    /// <summary>Integers in [low, high).</summary>
    /// <param name="type">Int64, Int32 or UInt8.</param>
    /// <param name="seed">The same seed gives the same buffer.</param>
    /// <param name="low">Smallest value.</param>
    /// <param name="high">One past the largest; the range is at most 2³² values.</param>
    /// <exception cref="ArgumentException">Another type, or a range that is empty, too wide or not in the type.</exception>
    public IntegerSource(ElementType type, ulong seed, long low, long high)
        : base(type)
    {
        var (least, most) = type switch
        {
            ElementType.Int64 => (long.MinValue, long.MaxValue),
            ElementType.Int32 => (int.MinValue, int.MaxValue),
            ElementType.UInt8 => (byte.MinValue, byte.MaxValue),
            _ => throw new ArgumentException($"expected an integer element type, found {type}", nameof(type)),
        };
        if (low >= high || low < least || high - 1 > most || (ulong)(high - low) > 1UL << 32)
        {
            throw new ArgumentException($"expected low < high with at most 2^32 values inside {type}, found [{low}, {high})", nameof(low));
        }

        _seed = seed;
        _low = low;
        _range = (ulong)(high - low);
    }

    private IntegerSource(ulong seed, double shareOfTrue)
        : base(ElementType.UInt8)
    {
        if (shareOfTrue is not (>= 0 and <= 1))
        {
            throw new ArgumentException($"expected a share of 0 to 1, found {shareOfTrue}", nameof(shareOfTrue));
        }

        _seed = seed;
        _isBoolean = true;
        _threshold = (ulong)Math.Round(shareOfTrue * 4294967296.0);
    }

    /// <summary>Bytes 0 and 1.</summary>
    /// <param name="seed">The same seed gives the same buffer.</param>
    /// <param name="shareOfTrue">Share of ones, 0–1.</param>
    public static IntegerSource Boolean(ulong seed, double shareOfTrue) => new(seed, shareOfTrue);

    /// <inheritdoc/>
    protected override void FillGroups(long firstElement, Span<byte> destination)
    {
        var step = 16 * ElementSize;
        var range = Vector512.Create(_range);
        var low = Vector512.Create(_low).AsUInt64();
        for (var at = 0; at < destination.Length; at += step, firstElement += 16)
        {
            var word = CounterHash.Mix(Lanes(firstElement), CounterHash.Key(_seed, 0, (uint)(firstElement >> 32)));
            var (first, second) = Vector512.Widen(word);
            if (_isBoolean)
            {
                var limit = Vector512.Create(_threshold);
                first = Vector512.LessThan(first, limit) & Vector512.Create(1UL);
                second = Vector512.LessThan(second, limit) & Vector512.Create(1UL);
            }
            else
            {
                // Lemire's reduction: the high word of a 32 × 32 product, without division.
                first = ((first * range) >>> 32) + low;
                second = ((second * range) >>> 32) + low;
            }

            Store(first, second, destination[at..]);
        }
    }

    private void Store(Vector512<ulong> first, Vector512<ulong> second, Span<byte> destination)
    {
        if (Type == ElementType.Int64)
        {
            MemoryMarshal.Write(destination, first);
            MemoryMarshal.Write(destination[64..], second);
            return;
        }

        var words = Vector512.Narrow(first, second);
        if (Type == ElementType.Int32)
        {
            MemoryMarshal.Write(destination, words);
            return;
        }

        var halves = Vector256.Narrow(words.GetLower(), words.GetUpper());
        MemoryMarshal.Write(destination, Vector128.Narrow(halves.GetLower(), halves.GetUpper()));
    }
}
