namespace KernelForge.Simulator.Counters;

/// <summary>Raw sums over the blocks of one stratum of the sample.</summary>
internal sealed class StratumCounters(int basicBlocks, int instructions, int buffers)
{
    public long Blocks;
    public readonly long[] BlockExecutions = new long[basicBlocks];
    public readonly long[] BlockThreads = new long[basicBlocks];
    public readonly long[] Branches = new long[instructions];
    public readonly long[] DivergentBranches = new long[instructions];
    public readonly SiteCounters[] Sites = new SiteCounters[instructions];
    public readonly long[] ReadSectorsByBuffer = new long[buffers + 1];
    public readonly long[] WrittenSectorsByBuffer = new long[buffers + 1];
    public long Barriers;
    public long L1LoadSectors;
    public long L1LoadHits;
    public long L1StoreSectors;
    public long L1LocalSectors;
    public long L1LocalHits;
    public long L2ReadSectors;
    public long L2WriteSectors;
    public long L2AtomicSectors;
    public long AtomicLanes;

    /// <summary>Sectors that a block fetched again although its share of L2 should have held them.</summary>
    public long RefetchedSectors;
}

/// <summary>Sums of one memory instruction.</summary>
internal struct SiteCounters
{
    public long Requests;
    public long Lanes;
    public long Bytes;
    public long Sectors;
    public long IdealSectors;
    public long Wavefronts;
    public long IdealWavefronts;
}
