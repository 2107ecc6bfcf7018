using System.Numerics;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// How much of what a block fetches its neighbours fetch too, by buffer and axis, from the footprints of sampled
/// neighbours. Along x also at distances 2, 4, 8, …: where neighbours share nearly all, the larger distance tells how
/// slowly the shared part moves on (a one-dimensional grid over tiles of a matrix).
/// </summary>
internal sealed class Overlaps
{
    private const int Distances = 32;
    private readonly CounterSettings _settings;

    // [buffer][axis]: new share per step, 0–1.
    private readonly double[][] _newPerStep;

    private Overlaps(CounterSettings settings, double[][] newPerStep)
    {
        _settings = settings;
        _newPerStep = newPerStep;
    }

    public static Overlaps Measure(LaunchCounters counters)
    {
        var buffers = counters.BuffersByAddress.Count + 1;
        var shared = new double[buffers, 2 + Distances];
        var whole = new double[buffers, 2 + Distances];
        var byPlace = new Dictionary<(int, int, int), Footprint>();
        foreach (var footprint in counters.Footprints)
        {
            byPlace.TryAdd((footprint.X, footprint.Y, footprint.Z), footprint);
        }

        foreach (var ((x, y, z), footprint) in byPlace)
        {
            Compare(counters, footprint, byPlace.GetValueOrDefault((x, y + 1, z)), 0, shared, whole);
            Compare(counters, footprint, byPlace.GetValueOrDefault((x, y, z + 1)), 1, shared, whole);
            for (var power = 0; power < 31 && x + (1L << power) < counters.Settings.Grid.X; power++)
            {
                Compare(counters, footprint, byPlace.GetValueOrDefault((x + (1 << power), y, z)), 2 + power, shared, whole);
            }
        }

        var steps = new double[buffers][];
        for (var buffer = 0; buffer < buffers; buffer++)
        {
            double Share(int slot) => whole[buffer, slot] > 0 ? shared[buffer, slot] / whole[buffer, slot] : 0;
            steps[buffer] = [AlongX(Share, power => whole[buffer, 2 + power] > 0), 1 - Share(0), 1 - Share(1)];
        }

        return new Overlaps(counters.Settings, steps);
    }

    /// <summary>Distinct bytes over the launch and over one wave.</summary>
    public (double Launch, double Wave) Extrapolate(int buffer, double perBlock, double limit)
    {
        var (x, y, z) = _settings.Grid;
        var concurrent = _settings.ConcurrentBlocks;
        var acrossX = Math.Min(concurrent, x);
        var acrossY = Math.Clamp(Ceiling(concurrent, x), 1, y);
        var acrossZ = Math.Clamp(Ceiling(concurrent, (long)x * y), 1, z);
        return (Math.Min(limit, Union(buffer, perBlock, x, y, z)), Math.Min(limit, Union(buffer, perBlock, acrossX, acrossY, acrossZ)));
    }

    private static long Ceiling(long a, long b) => (a + b - 1) / b;

    private static double AlongX(Func<int, double> share, Func<int, bool> measured)
    {
        var step = 1 - share(2);
        if (share(2) < 0.5)
        {
            return step;
        }

        for (var power = 1; power < 31; power++)
        {
            if (!measured(power))
            {
                continue;
            }

            // Still overlapping: a longer baseline for the same slope.
            if (share(2 + power) < 0.25)
            {
                // Gone: somewhere between the last two distances. Keep the slope unless none was seen at all.
                return step > 0 ? step : 1.0 / (1L << power);
            }

            step = (1 - share(2 + power)) / (1L << power);
        }

        return step;
    }

    private static void Compare(LaunchCounters counters, Footprint one, Footprint? other, int slot, double[,] shared, double[,] whole)
    {
        if (other is null)
        {
            return;
        }

        var at = 0;
        for (var mine = 0; mine < one.Lines.Length; mine++)
        {
            var read = (uint)one.Masks[mine] & 15;
            if (read == 0)
            {
                continue;
            }

            while (at < other.Lines.Length && other.Lines[at] < one.Lines[mine])
            {
                at++;
            }

            var both = at < other.Lines.Length && other.Lines[at] == one.Lines[mine] ? read & other.Masks[at] : 0u;
            var buffer = counters.BufferOf(one.Lines[mine] << 7);
            whole[buffer, slot] += BitOperations.PopCount(read);
            shared[buffer, slot] += BitOperations.PopCount(both);
        }
    }

    private double Union(int buffer, double perBlock, long x, long y, long z)
    {
        var step = _newPerStep[buffer];
        return perBlock * (1 + ((x - 1) * step[0])) * (1 + ((y - 1) * step[1])) * (1 + ((z - 1) * step[2]));
    }
}
