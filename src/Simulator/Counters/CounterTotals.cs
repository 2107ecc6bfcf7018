namespace KernelForge.Simulator.Counters;

/// <summary>Traffic of one buffer over the launch, bytes.</summary>
/// <param name="Name">The buffer's name; empty for addresses outside every known buffer.</param>
/// <param name="UniqueReadBytes">Distinct bytes (in 32-byte sectors) that the launch reads.</param>
/// <param name="UniqueWrittenBytes">Distinct bytes that it writes.</param>
/// <param name="DramReadBytes">Bytes fetched from DRAM for it.</param>
public sealed record BufferTraffic(string Name, double UniqueReadBytes, double UniqueWrittenBytes, double DramReadBytes);

/// <summary>Sums of one memory instruction over the launch.</summary>
/// <param name="Requests">Warp requests.</param>
/// <param name="Lanes">Active lanes over all requests.</param>
/// <param name="Bytes">Bytes the lanes asked for.</param>
/// <param name="Sectors">32-byte sectors touched (global, local).</param>
/// <param name="IdealSectors">Sectors if the same bytes lay side by side.</param>
/// <param name="Wavefronts">Shared memory wavefronts, or 128-byte lines of a global or local request.</param>
/// <param name="IdealWavefronts">Wavefronts without conflicts.</param>
public readonly record struct SiteTotals(
    double Requests, double Lanes, double Bytes, double Sectors, double IdealSectors, double Wavefronts, double IdealWavefronts);

/// <summary>A launch's counters, scaled from the blocks that were run to all of them.</summary>
public sealed record CounterTotals
{
    private const double SectorBytes = 32;

    /// <summary>Blocks launched.</summary>
    public required long Blocks { get; init; }

    /// <summary>Share of the blocks that were run and counted, 0–1.</summary>
    public required double SampledShare { get; init; }

    /// <summary>Warp executions of each basic block.</summary>
    public required IReadOnlyList<double> BlockExecutions { get; init; }

    /// <summary>Active threads over those executions.</summary>
    public required IReadOnlyList<double> BlockThreads { get; init; }

    /// <summary>Conditional branches executed by warps, by instruction.</summary>
    public required IReadOnlyList<double> Branches { get; init; }

    /// <summary>Of those, taken by some lanes and not by others.</summary>
    public required IReadOnlyList<double> DivergentBranches { get; init; }

    /// <summary>Memory and barrier counters by instruction.</summary>
    public required IReadOnlyList<SiteTotals> Sites { get; init; }

    /// <summary>Barrier arrivals of warps.</summary>
    public required double Barriers { get; init; }

    /// <summary>L1 sectors asked for by global loads.</summary>
    public required double L1LoadSectors { get; init; }

    /// <summary>Of those, found in L1.</summary>
    public required double L1LoadHits { get; init; }

    /// <summary>Sectors of global stores that pass L1.</summary>
    public required double L1StoreSectors { get; init; }

    /// <summary>Sectors of local loads and stores.</summary>
    public required double L1LocalSectors { get; init; }

    /// <summary>Of those, served by L1.</summary>
    public required double L1LocalHits { get; init; }

    /// <summary>Sectors read from L2.</summary>
    public required double L2ReadSectors { get; init; }

    /// <summary>Sectors written to L2.</summary>
    public required double L2WriteSectors { get; init; }

    /// <summary>Sectors of atomics in L2.</summary>
    public required double L2AtomicSectors { get; init; }

    /// <summary>Bytes read from DRAM.</summary>
    public required double DramReadBytes { get; init; }

    /// <summary>Bytes written to DRAM: every distinct byte written leaves L2 in the end, and is counted to this launch.</summary>
    public required double DramWrittenBytes { get; init; }

    /// <summary>Lanes of global atomics.</summary>
    public required double AtomicLanes { get; init; }

    /// <summary>Most atomics on one global address.</summary>
    public required double HottestAtomicAddress { get; init; }

    /// <summary>Traffic by buffer.</summary>
    public required IReadOnlyList<BufferTraffic> Buffers { get; init; }

    /// <summary>DRAM bytes in both directions.</summary>
    public double DramBytes => DramReadBytes + DramWrittenBytes;

    /// <summary>L2 bytes in both directions, atomics counted both ways.</summary>
    public double L2Bytes => (L2ReadSectors + L2WriteSectors + (2 * L2AtomicSectors)) * SectorBytes;

    internal static CounterTotals From(LaunchCounters counters, ReadOnlySpan<double> weights)
    {
        var strata = counters.Strata;
        var scale = new double[strata.Count];
        for (var stratum = 0; stratum < strata.Count; stratum++)
        {
            scale[stratum] = weights.IsEmpty ? 1 : stratum < weights.Length ? weights[stratum] : 0;
        }

        var blocks = counters.Settings.Blocks;
        var counted = counters.BlocksCounted;
        var share = Math.Min(1.0, (double)counted / Math.Max(1, blocks));
        var overall = counted == 0 ? 1 : (double)blocks / counted;
        var dram = DramModel.Estimate(counters, scale);
        return new CounterTotals
        {
            Blocks = blocks,
            SampledShare = share,
            BlockExecutions = Sum(strata, scale, counters.BasicBlocks, stratum => stratum.BlockExecutions),
            BlockThreads = Sum(strata, scale, counters.BasicBlocks, stratum => stratum.BlockThreads),
            Branches = Sum(strata, scale, counters.Instructions.Count, stratum => stratum.Branches),
            DivergentBranches = Sum(strata, scale, counters.Instructions.Count, stratum => stratum.DivergentBranches),
            Sites = SumSites(strata, scale, counters.Instructions.Count),
            Barriers = Sum(strata, scale, stratum => stratum.Barriers),
            L1LoadSectors = Sum(strata, scale, stratum => stratum.L1LoadSectors),
            L1LoadHits = Sum(strata, scale, stratum => stratum.L1LoadHits),
            L1StoreSectors = Sum(strata, scale, stratum => stratum.L1StoreSectors),
            L1LocalSectors = Sum(strata, scale, stratum => stratum.L1LocalSectors),
            L1LocalHits = Sum(strata, scale, stratum => stratum.L1LocalHits),
            L2ReadSectors = Sum(strata, scale, stratum => stratum.L2ReadSectors),
            L2WriteSectors = Sum(strata, scale, stratum => stratum.L2WriteSectors),
            L2AtomicSectors = Sum(strata, scale, stratum => stratum.L2AtomicSectors),
            AtomicLanes = Sum(strata, scale, stratum => stratum.AtomicLanes),
            HottestAtomicAddress = counters.HottestAtomicAddress * overall,
            DramReadBytes = dram.ReadBytes,
            DramWrittenBytes = dram.WrittenBytes,
            Buffers = dram.Buffers,
        };
    }

    internal static double Sum(IReadOnlyList<StratumCounters> strata, double[] scale, Func<StratumCounters, long> value)
    {
        double sum = 0;
        for (var stratum = 0; stratum < strata.Count; stratum++)
        {
            sum += value(strata[stratum]) * scale[stratum];
        }

        return sum;
    }

    private static double[] Sum(IReadOnlyList<StratumCounters> strata, double[] scale, int length, Func<StratumCounters, long[]> values)
    {
        var sums = new double[length];
        for (var stratum = 0; stratum < strata.Count; stratum++)
        {
            var source = values(strata[stratum]);
            for (var at = 0; at < length; at++)
            {
                sums[at] += source[at] * scale[stratum];
            }
        }

        return sums;
    }

    private static SiteTotals[] SumSites(IReadOnlyList<StratumCounters> strata, double[] scale, int length)
    {
        var sums = new SiteTotals[length];
        for (var stratum = 0; stratum < strata.Count; stratum++)
        {
            var weight = scale[stratum];
            for (var at = 0; at < length; at++)
            {
                ref readonly var site = ref strata[stratum].Sites[at];
                var sum = sums[at];
                sums[at] = new SiteTotals(
                    sum.Requests + (site.Requests * weight),
                    sum.Lanes + (site.Lanes * weight),
                    sum.Bytes + (site.Bytes * weight),
                    sum.Sectors + (site.Sectors * weight),
                    sum.IdealSectors + (site.IdealSectors * weight),
                    sum.Wavefronts + (site.Wavefronts * weight),
                    sum.IdealWavefronts + (site.IdealWavefronts * weight));
            }
        }

        return sums;
    }
}
