using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>Normal floating values by Box and Muller in float32, one pair of random words a value (largest |z| about 5.8).</summary>
public sealed class NormalSource : ElementSource
{
    private readonly ulong _seed;
    private readonly float _mean;
    private readonly float _deviation;

    /// <summary>Makes the source.</summary>
    /// <param name="type">A floating element type; float64 holds float32 values.</param>
    /// <param name="seed">The same seed gives the same buffer.</param>
    /// <param name="mean">Mean.</param>
    /// <param name="standardDeviation">Standard deviation, at least 0.</param>
    /// <exception cref="ArgumentException">Not a floating type, or not finite, or negative.</exception>
    public NormalSource(ElementType type, ulong seed, double mean, double standardDeviation)
        : base(type)
    {
        SourceArguments.RequireFloating(type);
        if (!double.IsFinite(mean) || !double.IsFinite(standardDeviation) || standardDeviation < 0)
        {
            throw new ArgumentException($"expected a finite mean and a finite deviation of at least 0, found {mean} and {standardDeviation}", nameof(mean));
        }

        _seed = seed;
        _mean = (float)mean;
        _deviation = (float)standardDeviation;
    }

    /// <inheritdoc/>
    protected override void FillGroups(long firstElement, Span<byte> destination)
    {
        var step = 16 * ElementSize;
        for (var at = 0; at < destination.Length; at += step, firstElement += 16)
        {
            var high = (uint)(firstElement >> 32);
            var lanes = Lanes(firstElement);
            var first = CounterHash.Mix(lanes, CounterHash.Key(_seed, 0, high));
            var second = CounterHash.Mix(lanes, CounterHash.Key(_seed, 1, high));
            var unit = (Vector512.ConvertToSingle((first >>> 8).AsInt32()) + Vector512.Create(0.5f)) * Vector512.Create(1f / (1 << 24));
            var angle = Vector512.ConvertToSingle((second >>> 8).AsInt32()) * Vector512.Create(MathF.Tau / (1 << 24));
            var radius = Vector512.Sqrt(Vector512.Log(unit) * Vector512.Create(-2f));
            var value = (radius * Vector512.Cos(angle) * Vector512.Create(_deviation)) + Vector512.Create(_mean);
            if (Type == ElementType.Float64)
            {
                var (lower, upper) = Vector512.Widen(value);
                MemoryMarshal.Write(destination[at..], lower);
                MemoryMarshal.Write(destination[(at + 64)..], upper);
                continue;
            }

            Store(Type, value, destination[at..]);
        }
    }
}
