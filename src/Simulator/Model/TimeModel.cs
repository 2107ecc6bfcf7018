using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>
/// Cycles and milliseconds of one launch from its counters (docs/adr/0010-time-model.md).
/// Throughput limits are work ÷ rate, per SM for what an SM does by itself, on the busiest SM, and per GPU for L2 and DRAM.
/// The latency limit is waves × the time one warp needs alone. They add up as (Σ tᵏ)^(1/k).
/// </summary>
public static class TimeModel
{
    /// <summary>Changes whenever a formula changes; part of what boards are keyed by.</summary>
    public const string Version = "3";

    private const double ThroughputExponent = 8;
    private const double SectorBytes = 32;

    /// <summary>Estimates one launch.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="shape">The launch.</param>
    /// <param name="totals">Its counters, scaled to all blocks.</param>
    /// <param name="instructions">The program's instructions, by number.</param>
    /// <exception cref="ArgumentException">A block does not fit on an SM; the message says what limits it.</exception>
    public static TimeEstimate Estimate(GpuProfile profile, LaunchShape shape, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions) =>
        Estimate(profile, shape, totals, instructions, Relief.None);

    /// <summary>Estimates one launch as it would be without some of what holds it up.</summary>
    internal static TimeEstimate Estimate(GpuProfile profile, LaunchShape shape, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions, Relief relief)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(instructions);
        var occupancy = shape.OccupancyOn(profile);
        if (occupancy.BlocksPerSm == 0)
        {
            throw new ArgumentException(
                $"a block of {shape.ThreadsPerBlock} threads, {shape.RegistersPerThread} registers a thread and {shape.SharedBytes} bytes of shared memory does not fit on an SM of {profile.Name} (limited by {occupancy.LimitedBy})",
                nameof(shape));
        }

        var costs = instructions.Select(instruction => Expansion.Of(instruction.Opcode)).ToList();
        var pipes = relief.Pipes(PipeWork.Sum(instructions, costs, totals, shape));
        var machine = new Machine(profile, shape, occupancy, relief.EvenBlocks);
        var limits = ThroughputCycles(machine, totals, pipes);
        var executions = totals.BlockExecutions.Select(count => count / Math.Max(1, machine.Warps)).ToList();
        var path = WarpPath.Walk(profile, instructions, costs, executions, Latencies(profile, totals, relief.LoadsInFlight));

        // Where a block's warps wait for one another, its busy time does not hide its own waits; other blocks' work does.
        var phased = totals.Barriers > 0 ? Math.Min(1, totals.Barriers / Math.Max(1, machine.Warps)) : 0;
        var blockBusy = SmLimits(machine, totals, pipes).Values.Max() / Math.Max(1, machine.BlocksOnBusiestSm);
        var blockCycles = (path.Cycles * machine.PathShare) + (phased * blockBusy) + profile.Launch.BlockCycles;
        limits["latency"] = machine.EffectiveWaves * blockCycles;

        var throughput = PowerSum(limits.Where(limit => limit.Key != "latency").Select(limit => limit.Value), ThroughputExponent);
        var cycles = PowerSum([throughput, limits["latency"]], profile.OverlapExponent);
        var kernelMs = cycles / profile.CyclesPerSecond * 1e3;
        var launchMs = profile.Launch.GraphUs / 1e3;
        var limiterMs = limits.ToDictionary(limit => limit.Key, limit => limit.Value / profile.CyclesPerSecond * 1e3, StringComparer.Ordinal);
        limiterMs["launch"] = launchMs;

        // A warp is resident for as long as its block's wave lasts; what its own path does not explain is queueing.
        var resident = Math.Max(Math.Max(1, path.Cycles), cycles / machine.EffectiveWaves);
        var residentWarps = Math.Min((double)occupancy.BlocksPerSm * shape.WarpsPerBlock, machine.Warps / profile.Sms);
        return new TimeEstimate
        {
            LatencyMs = kernelMs + launchMs,
            KernelMs = kernelMs,
            Limiter = Limiter(machine, limits, kernelMs, launchMs),
            LimiterMs = limiterMs,
            Waves = machine.Waves,
            TailFraction = (Math.Ceiling(machine.Waves) - machine.Waves) / Math.Ceiling(machine.Waves),
            Occupancy = occupancy,
            AchievedOccupancy = Math.Min(1, residentWarps / profile.MaxWarpsPerSm),
            Cycles = cycles,
            WarpCycles = path.Cycles,
            StallShares = StallShares(limits, path, resident),
            InstructionTimes = InstructionShares.Of(WorstThroughput(limits), Queued(limits), path, resident, totals, costs, instructions),
            Pipes = pipes,
            ModelVersion = Version,
            ProfileSha256 = profile.Sha256,
        };
    }

    private static Dictionary<string, double> ThroughputCycles(Machine machine, CounterTotals totals, PipeTotals pipes)
    {
        var profile = machine.Profile;
        var limits = SmLimits(machine, totals, pipes);
        var l2 = totals.L2Bytes;
        limits["l2"] = Math.Max(
            l2 / (profile.L2BandwidthGbs * 1e9) * profile.CyclesPerSecond,
            machine.OnBusiestSm(l2) / profile.L2BytesPerCyclePerSm);
        limits["dram"] = totals.DramBytes / profile.AchievableDramBytesPerSecond * profile.CyclesPerSecond;
        limits["atomics"] = totals.HottestAtomicAddress * profile.Launch.AtomicSameAddressCycles;
        return limits;
    }

    private static Dictionary<string, double> SmLimits(Machine machine, CounterTotals totals, PipeTotals pipes)
    {
        var lanes = machine.Profile.Lanes;
        double Pipe(double slots, double width) => machine.OnBusiestSm(slots) * 32 / width;
        var heavy = Pipe(pipes.IntegerMultiply, lanes.IntegerMultiply);
        var data = machine.OnBusiestSm(pipes.SharedWavefronts + pipes.L1Wavefronts);
        var shared = pipes.SharedWavefronts >= pipes.L1Wavefronts;
        return new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["issue"] = machine.OnBusiestSm(pipes.Slots) / machine.Profile.SchedulersPerSm,
            ["fma"] = Math.Max(heavy, Pipe(pipes.Fma + pipes.IntegerMultiply, lanes.Fma)),
            ["alu"] = Pipe(pipes.Alu, lanes.Alu),
            ["xu"] = Pipe(pipes.Xu, lanes.Xu),
            ["fp64"] = Pipe(pipes.Fp64, lanes.Fp64),
            ["tensor"] = machine.OnBusiestSm(pipes.TensorF16Fma) / lanes.TensorF16Fma,
            ["lsu"] = Math.Max(Pipe(pipes.Lsu, lanes.Lsu), Pipe(pipes.Branch, lanes.Branch)),

            // One data path of 128 bytes a cycle serves shared memory and L1; the larger user gives it its name.
            ["shared"] = shared ? data : machine.OnBusiestSm(pipes.SharedWavefronts),
            ["l1"] = shared ? machine.OnBusiestSm(pipes.L1Wavefronts) : data,
        };
    }

    private static Func<LatencyClass, double> Latencies(GpuProfile profile, CounterTotals totals, double loadsInFlight)
    {
        var latency = profile.LatencyCycles;
        var loads = Math.Max(1, totals.L1LoadSectors);
        var missed = (totals.L1LoadSectors - totals.L1LoadHits) / loads;
        var fromDram = totals.L2ReadSectors + totals.L2AtomicSectors <= 0
            ? 0
            : Math.Min(1, totals.DramReadBytes / SectorBytes / (totals.L2ReadSectors + totals.L2AtomicSectors));
        var global = ((1 - missed) * latency.L1) + (missed * (((1 - fromDram) * latency.L2) + (fromDram * latency.Dram)));
        var shared = totals.Sites.Where(site => PipeWork.IsShared(site)).ToList();
        var conflicts = shared.Sum(site => site.Wavefronts - site.IdealWavefronts) / Math.Max(1, shared.Sum(site => site.Requests));
        return what => what switch
        {
            LatencyClass.Arithmetic => latency.Arithmetic,
            LatencyClass.Special => latency.Special,
            LatencyClass.Fp64 => latency.Fp64,
            LatencyClass.Tensor => latency.Tensor,
            LatencyClass.Shared => latency.Shared + Math.Max(0, conflicts),
            LatencyClass.Global => global / loadsInFlight,
            LatencyClass.Local => latency.L1,
            LatencyClass.Constant => latency.Constant,
            LatencyClass.Atomic => latency.Atomic,
            LatencyClass.Shuffle => latency.Shuffle,
            _ => 0,
        };
    }

    private static string Limiter(Machine machine, Dictionary<string, double> limits, double kernelMs, double launchMs)
    {
        if (launchMs > kernelMs)
        {
            return "launch";
        }

        var worst = limits.MaxBy(limit => limit.Value).Key;
        var idle = worst switch
        {
            "dram" or "atomics" => 1,
            "latency" => machine.EffectiveWaves / machine.Waves,
            _ => machine.Imbalance,
        };
        return idle > 2 ? "tail" : worst;
    }

    private static Dictionary<StallReason, double> StallShares(Dictionary<string, double> limits, WarpPath path, double resident)
    {
        var shares = new Dictionary<StallReason, double>();
        for (var reason = 0; reason < path.Stalls.Count; reason++)
        {
            shares[(StallReason)reason] = path.Stalls[reason] / resident;
        }

        shares[Queued(limits)] += Math.Max(0, resident - path.Cycles) / resident;
        return shares;
    }

    private static string WorstThroughput(Dictionary<string, double> limits) => limits.Where(limit => limit.Key != "latency").MaxBy(limit => limit.Value).Key;

    private static StallReason Queued(Dictionary<string, double> limits) => WorstThroughput(limits) switch
    {
        "dram" or "l2" or "atomics" => StallReason.LongScoreboard,
        "l1" or "lsu" => StallReason.MemoryThrottle,
        "shared" => StallReason.ShortScoreboard,
        "issue" => StallReason.NotSelected,
        _ => StallReason.MathPipeThrottle,
    };

    private static double PowerSum(IEnumerable<double> values, double exponent)
    {
        var largest = 0.0;
        var list = values.ToList();
        foreach (var value in list)
        {
            largest = Math.Max(largest, value);
        }

        return largest <= 0 ? 0 : largest * Math.Pow(list.Sum(value => Math.Pow(value / largest, exponent)), 1 / exponent);
    }

    /// <summary>How the blocks of a launch fall on the SMs.</summary>
    private sealed class Machine
    {
        public Machine(GpuProfile profile, LaunchShape shape, Occupancy occupancy, bool evenBlocks)
        {
            Profile = profile;
            Blocks = shape.Blocks;
            Warps = (double)shape.Blocks * shape.WarpsPerBlock;
            var places = (double)profile.Sms * occupancy.BlocksPerSm;
            Waves = Blocks / places;
            BlocksOnBusiestSm = (Blocks + profile.Sms - 1) / profile.Sms;
            var full = Math.Floor(Waves);
            var rest = Waves - full;

            // A last wave costs a whole one after few waves; after many, blocks no longer end together.
            EffectiveWaves = full < 1 ? 1 : rest <= 0 ? full : full + rest + ((1 - rest) / (1 + (0.25 * full)));
            if (evenBlocks)
            {
                BlocksOnBusiestSm = (double)Blocks / profile.Sms;
                EffectiveWaves = Math.Max(1, Waves);
                PathShare = Math.Min(1, BlocksOnBusiestSm);
            }
        }

        public GpuProfile Profile { get; }

        public long Blocks { get; }

        public double Warps { get; }

        public double Waves { get; }

        public double EffectiveWaves { get; }

        public double BlocksOnBusiestSm { get; }

        /// <summary>Share of a warp's path that is left where a small grid's work is spread over all SMs.</summary>
        public double PathShare { get; } = 1;

        /// <summary>Busiest SM over the average one.</summary>
        public double Imbalance => BlocksOnBusiestSm * Profile.Sms / Blocks;

        public double OnBusiestSm(double total) => total / Blocks * BlocksOnBusiestSm;
    }
}
