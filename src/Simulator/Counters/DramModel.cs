using System.Numerics;

namespace KernelForge.Simulator.Counters;

/// <summary>DRAM traffic of a launch, bytes.</summary>
internal sealed record DramTraffic(double ReadBytes, double WrittenBytes, IReadOnlyList<BufferTraffic> Buffers);

/// <summary>
/// DRAM bytes from what blocks asked of L2.
/// Every block run: misses of one L2 that saw the blocks in order, but at least the distinct bytes plus what each block
/// fetched again beyond its share of L2 (blocks of a wave run together, the simulator runs them one by one).
/// A sample: the distinct bytes of n blocks are extrapolated from one block's and from the overlap of neighbours in x, y and z,
///   U(n) = u · Π over axes (1 + (extent − 1) · (1 − overlap)),   never more than the buffer;
/// exact for streaming (overlap 0), data that all share (1), tiles of a matrix product (1 along one axis, 0 along the other)
/// and halos. Then, with U over the launch, u over one wave and C the L2's size,
///   DRAM = U + (waves · u − U) · max(0, 1 − C ÷ u) + refetched:
/// what one wave leaves in L2 serves the next as far as it fits.
/// </summary>
internal static class DramModel
{
    private const double SectorBytes = 32;

    public static DramTraffic Estimate(LaunchCounters counters, double[] scale)
    {
        var settings = counters.Settings;
        var refetched = CounterTotals.Sum(counters.Strata, scale, stratum => stratum.RefetchedSectors) * SectorBytes;
        var everything = counters.BlocksCounted >= settings.Blocks;
        var buffers = counters.BuffersByAddress;
        var counted = Math.Max(1, counters.BlocksCounted);
        var overlaps = everything ? null : Overlaps.Measure(counters);
        var traffic = new List<BufferTraffic>(buffers.Count + 1);
        double unique = 0;
        double wave = 0;
        double written = 0;
        for (var buffer = 0; buffer <= buffers.Count; buffer++)
        {
            var limit = buffer < buffers.Count ? buffers[buffer].Bytes : double.PositiveInfinity;
            var at = buffer;
            var read = CounterTotals.Sum(counters.Strata, scale, stratum => stratum.ReadSectorsByBuffer[at]) * SectorBytes;
            var stored = Math.Min(limit, CounterTotals.Sum(counters.Strata, scale, stratum => stratum.WrittenSectorsByBuffer[at]) * SectorBytes);
            var perBlock = read / Math.Max(1, settings.Blocks);
            var (all, once) = everything
                ? (Math.Min(limit, DistinctSeen(counters, buffer, read)), 0.0)
                : overlaps!.Extrapolate(buffer, perBlock, limit);
            unique += all;
            wave += once;
            written += stored;
            if (read > 0 || stored > 0)
            {
                traffic.Add(new BufferTraffic(buffer < buffers.Count ? buffers[buffer].Name : "", all, stored, all));
            }
        }

        double total;
        if (everything)
        {
            total = Math.Max(counters.L2ReadMisses * SectorBytes, unique + refetched);
        }
        else
        {
            var waves = (double)settings.Blocks / Math.Max(1, settings.ConcurrentBlocks);
            var lost = wave <= 0 ? 0 : Math.Max(0, 1 - (settings.L2Bytes / wave));
            total = unique + (Math.Max(0, (Math.Max(1, waves) * wave) - unique) * lost) + refetched;
        }

        // What L2 never asked for cannot come from DRAM.
        var asked = CounterTotals.Sum(counters.Strata, scale, stratum => stratum.L2ReadSectors + stratum.L2AtomicSectors) * SectorBytes;
        total = Math.Min(total, asked);
        var factor = unique > 0 ? total / unique : 1;
        return new DramTraffic(total, written, [.. traffic.Select(buffer => buffer with { DramReadBytes = buffer.UniqueReadBytes * factor })]);
    }

    // With every block run the union is known where the footprints were kept; else the sum over blocks bounds it.
    private static double DistinctSeen(LaunchCounters counters, int buffer, double sum)
    {
        if (counters.Footprints.Count < counters.BlocksCounted)
        {
            return Math.Min(sum, counters.L2ReadMisses * SectorBytes);
        }

        var union = new Dictionary<ulong, byte>();
        foreach (var footprint in counters.Footprints)
        {
            for (var at = 0; at < footprint.Lines.Length; at++)
            {
                if (counters.BufferOf(footprint.Lines[at] << 7) == buffer)
                {
                    ref var mask = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(union, footprint.Lines[at], out _);
                    mask |= (byte)(footprint.Masks[at] & 15);
                }
            }
        }

        return union.Values.Sum(mask => (double)BitOperations.PopCount(mask)) * SectorBytes;
    }
}
