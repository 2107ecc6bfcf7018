using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>
/// A kernel's metrics under Nsight Compute's names and in its units, all modelled: instructions are SASS slots from
/// <see cref="Expansion"/>, cache rates come from the cache models, stalls from the warp's path.
/// Percentages are 0–100, times in ns, sizes in bytes, rates in bytes a second.
/// </summary>
public static class Metrics
{
    private const double SectorBytes = 32;

    /// <summary>Metrics of CudaForge's list that current GPUs do not have, and what stands in for each.</summary>
    public static IReadOnlyDictionary<string, string> Missing { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["sm__inst_executed_pipe_fp32.avg.pct_of_peak_sustained_active"] = "sm__inst_executed_pipe_fma.avg.pct_of_peak_sustained_active",
        ["smsp__warp_issue_stalled_memory_dependency_per_warp_active.pct"] = "smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct",
    };

    /// <summary>CudaForge's 24 metrics in its order, the two of <see cref="Missing"/> by their stand-ins: 23 names, because one stands in for two.</summary>
    public static IReadOnlyList<string> CudaForge { get; } =
    [
        "sm__cycles_active.avg",
        "sm__warps_active.avg.pct_of_peak_sustained_active",
        "launch__occupancy_limit_blocks",
        "launch__occupancy_limit_registers",
        "launch__occupancy_limit_shared_mem",
        "launch__registers_per_thread",
        "sm__inst_executed.sum",
        "sm__inst_executed_pipe_fma.avg.pct_of_peak_sustained_active",
        "sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active",
        "dram__bytes_read.sum",
        "dram__bytes_write.sum",
        "dram__throughput.avg.pct_of_peak_sustained_elapsed",
        "dram__bytes.sum.per_second",
        "gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed",
        "l1tex__t_sector_hit_rate.pct",
        "l1tex__throughput.avg.pct_of_peak_sustained_active",
        "lts__t_sector_hit_rate.pct",
        "lts__throughput.avg.pct_of_peak_sustained_active",
        "smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct",
        "smsp__warp_issue_stalled_short_scoreboard_per_warp_active.pct",
        "smsp__warp_issue_stalled_barrier_per_warp_active.pct",
        "smsp__warp_issue_stalled_branch_resolving_per_warp_active.pct",
        "smsp__sass_average_branch_targets_threads_uniform.pct",
    ];

    /// <summary>All metrics of one launch.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="shape">The launch.</param>
    /// <param name="totals">Its counters.</param>
    /// <param name="estimate">Its estimate.</param>
    /// <param name="instructions">The program's instructions, by number.</param>
    public static IReadOnlyDictionary<string, double> Of(
        GpuProfile profile, LaunchShape shape, CounterTotals totals, TimeEstimate estimate, IReadOnlyList<InstructionInfo> instructions)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(instructions);
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        AddLaunch(metrics, profile, shape, estimate);
        AddPipes(metrics, profile, shape, estimate);
        AddMemory(metrics, profile, totals, estimate);
        AddSites(metrics, totals, instructions);
        AddStalls(metrics, totals, estimate);
        return metrics;
    }

    /// <summary>The source lines with the largest modelled cost, largest first; lines in headers (0) are left out.</summary>
    public static IReadOnlyList<HotLine> HotLines(GpuProfile profile, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions, int most = 10)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(instructions);
        double Cost(InstructionInfo instruction)
        {
            var site = totals.Sites[instruction.Index];
            return (totals.BlockExecutions[instruction.BasicBlock] * Expansion.Of(instruction.Opcode).Slots / profile.SchedulersPerSm)
                + site.Wavefronts
                + (site.Sectors * SectorBytes / profile.L2BytesPerCyclePerSm);
        }

        var all = Math.Max(double.Epsilon, instructions.Sum(Cost));
        return
        [
            .. instructions.Where(instruction => instruction.SourceLine > 0)
                .GroupBy(instruction => instruction.SourceLine)
                .Select(line =>
                {
                    var sites = line.Select(instruction => totals.Sites[instruction.Index]).ToList();
                    var requests = sites.Where(site => site.Sectors > 0).Sum(site => site.Requests);
                    return new HotLine(
                        line.Key,
                        line.Sum(instruction => totals.BlockExecutions[instruction.BasicBlock]),
                        requests > 0 ? sites.Sum(site => site.Sectors) / requests : null,
                        sites.Where(site => PipeWork.IsShared(site)).Sum(site => site.Wavefronts - site.IdealWavefronts),
                        line.Sum(Cost) / all);
                })
                .Where(line => line.Executed > 0)
                .OrderByDescending(line => line.CostShare)
                .ThenBy(line => line.Line)
                .Take(most),
        ];
    }

    private static void AddLaunch(SortedDictionary<string, double> metrics, GpuProfile profile, LaunchShape shape, TimeEstimate estimate)
    {
        var occupancy = estimate.Occupancy;
        var active = Math.Min(1, (double)shape.Blocks / profile.Sms);
        metrics["gpu__time_duration.sum"] = estimate.KernelMs * 1e6;
        metrics["sm__cycles_elapsed.max"] = estimate.Cycles;
        metrics["sm__cycles_active.avg"] = estimate.Cycles * active;
        metrics["sm__warps_active.avg.pct_of_peak_sustained_active"] = Math.Min(100, estimate.AchievedOccupancy * 100 / active);
        metrics["sm__maximum_warps_per_active_cycle_pct"] = occupancy.Fraction * 100;
        metrics["launch__occupancy_limit_blocks"] = occupancy.LimitBlocks;
        metrics["launch__occupancy_limit_registers"] = occupancy.LimitRegisters;
        metrics["launch__occupancy_limit_shared_mem"] = occupancy.LimitSharedMemory;
        metrics["launch__occupancy_limit_warps"] = occupancy.LimitWarps;
        metrics["launch__registers_per_thread"] = shape.RegistersPerThread;
        metrics["launch__grid_size"] = shape.Blocks;
        metrics["device__attribute_multiprocessor_count"] = profile.Sms;
        metrics["launch__block_size"] = shape.ThreadsPerBlock;
        metrics["launch__thread_count"] = (double)shape.Blocks * shape.ThreadsPerBlock;
        metrics["launch__shared_mem_per_block_static"] = shape.StaticSharedBytes;
        metrics["launch__shared_mem_per_block_dynamic"] = shape.DynamicSharedBytes;
        metrics["launch__waves_per_multiprocessor"] = estimate.Waves;
    }

    private static void AddPipes(SortedDictionary<string, double> metrics, GpuProfile profile, LaunchShape shape, TimeEstimate estimate)
    {
        var pipes = estimate.Pipes;
        var lanes = profile.Lanes;
        var activeSms = Math.Min(profile.Sms, (double)shape.Blocks);
        var smCycles = Math.Max(1, estimate.Cycles * activeSms);
        double Percent(double slots, double width) => Math.Min(100, slots * 32 / width / smCycles * 100);
        metrics["sm__inst_executed.sum"] = pipes.Slots;
        metrics["smsp__inst_executed.sum"] = pipes.Slots;
        metrics["smsp__thread_inst_executed.sum"] = pipes.ThreadSlots;
        metrics["smsp__thread_inst_executed_per_inst_executed.ratio"] = pipes.Slots <= 0 ? 0 : pipes.ThreadSlots / pipes.Slots;
        metrics["sm__inst_executed.avg.per_cycle_active"] = pipes.Slots / smCycles;
        metrics["smsp__issue_active.avg.pct_of_peak_sustained_active"] = Math.Min(100, pipes.Slots / profile.SchedulersPerSm / smCycles * 100);
        metrics["sm__inst_executed_pipe_fma.avg.pct_of_peak_sustained_active"] = Percent(pipes.Fma + pipes.IntegerMultiply, lanes.Fma);
        metrics["sm__inst_executed_pipe_fmaheavy.avg.pct_of_peak_sustained_active"] = Percent(pipes.IntegerMultiply, lanes.IntegerMultiply);
        metrics["sm__inst_executed_pipe_alu.avg.pct_of_peak_sustained_active"] = Percent(pipes.Alu, lanes.Alu);
        metrics["sm__inst_executed_pipe_fp64.avg.pct_of_peak_sustained_active"] = Percent(pipes.Fp64, lanes.Fp64);
        metrics["sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active"] = Percent(pipes.Xu, lanes.Xu);
        metrics["sm__inst_executed_pipe_lsu.avg.pct_of_peak_sustained_active"] = Percent(pipes.Lsu, lanes.Lsu);
        metrics["sm__inst_executed_pipe_uniform.avg.pct_of_peak_sustained_active"] = Percent(pipes.Uniform, lanes.Uniform);
        metrics["sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active"] =
            Math.Min(100, pipes.TensorF16Fma / lanes.TensorF16Fma / smCycles * 100);
        string[] units = ["issue", "fma", "alu", "xu", "fp64", "tensor", "lsu"];
        metrics["sm__throughput.avg.pct_of_peak_sustained_elapsed"] = PercentOf(estimate, units);
    }

    private static void AddMemory(SortedDictionary<string, double> metrics, GpuProfile profile, CounterTotals totals, TimeEstimate estimate)
    {
        var seconds = Math.Max(1e-12, estimate.KernelMs / 1e3);
        var dramPercent = Math.Min(100, totals.DramBytes / seconds / (profile.DramBandwidthGbs * 1e9) * 100);
        metrics["dram__bytes_read.sum"] = totals.DramReadBytes;
        metrics["dram__bytes_write.sum"] = totals.DramWrittenBytes;
        metrics["dram__bytes.sum"] = totals.DramBytes;
        metrics["dram__bytes.sum.per_second"] = totals.DramBytes / seconds;
        metrics["dram__bytes_read.sum.per_second"] = totals.DramReadBytes / seconds;
        metrics["dram__bytes_write.sum.per_second"] = totals.DramWrittenBytes / seconds;
        metrics["dram__throughput.avg.pct_of_peak_sustained_elapsed"] = dramPercent;
        metrics["gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed"] = dramPercent;

        // Stores count as hits in L1's and L2's rates, as Nsight Compute has it.
        var l1 = totals.L1LoadSectors + totals.L1LocalSectors + totals.L1StoreSectors;
        metrics["l1tex__t_sectors.sum"] = l1;
        metrics["l1tex__t_sector_hit_rate.pct"] = Rate(totals.L1LoadHits + totals.L1LocalHits, totals.L1LoadSectors + totals.L1LocalSectors);
        metrics["l1tex__throughput.avg.pct_of_peak_sustained_active"] = PercentOf(estimate, ["l1", "shared", "lsu"]);
        var l2 = totals.L2ReadSectors + totals.L2WriteSectors + totals.L2AtomicSectors;
        metrics["lts__t_sectors.sum"] = l2;
        metrics["lts__t_sectors_op_read.sum"] = totals.L2ReadSectors;
        metrics["lts__t_sectors_op_write.sum"] = totals.L2WriteSectors;
        metrics["lts__t_sectors_op_atom.sum"] = totals.L2AtomicSectors;
        metrics["lts__t_sector_hit_rate.pct"] = Rate(l2 - (totals.DramReadBytes / SectorBytes), l2);
        var l2Percent = PercentOf(estimate, ["l2"]);
        metrics["lts__throughput.avg.pct_of_peak_sustained_active"] = l2Percent;
        metrics["lts__throughput.avg.pct_of_peak_sustained_elapsed"] = l2Percent;
        metrics["gpu__compute_memory_throughput.avg.pct_of_peak_sustained_elapsed"] =
            Math.Max(dramPercent, PercentOf(estimate, ["l2", "l1", "shared"]));
    }

    private static void AddSites(SortedDictionary<string, double> metrics, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions)
    {
        double loads = 0, loadSectors = 0, stores = 0, storeSectors = 0, conflictsLoad = 0, conflictsStore = 0, wavefronts = 0, local = 0;
        double sharedLoads = 0, sharedStores = 0, ideal = 0;
        foreach (var instruction in instructions)
        {
            var site = totals.Sites[instruction.Index];
            if (site.Wavefronts <= 0)
            {
                continue;
            }

            var store = instruction.Opcode.StartsWith("st", StringComparison.Ordinal);
            if (PipeWork.IsShared(site))
            {
                if (Expansion.Of(instruction.Opcode).Latency == LatencyClass.Constant)
                {
                    continue;
                }

                wavefronts += site.Wavefronts;
                conflictsLoad += store ? 0 : site.Wavefronts - site.IdealWavefronts;
                conflictsStore += store ? site.Wavefronts - site.IdealWavefronts : 0;
                sharedLoads += store ? 0 : site.Requests;
                sharedStores += store ? site.Requests : 0;
            }
            else if (instruction.Opcode.Contains(".local", StringComparison.Ordinal))
            {
                local += site.Sectors;
            }
            else
            {
                ideal += site.IdealSectors;
                loads += store ? 0 : site.Requests;
                loadSectors += store ? 0 : site.Sectors;
                stores += store ? site.Requests : 0;
                storeSectors += store ? site.Sectors : 0;
            }
        }

        metrics["l1tex__t_requests_pipe_lsu_mem_global_op_ld.sum"] = loads;
        metrics["l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"] = loadSectors;
        metrics["l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio"] = loads > 0 ? loadSectors / loads : 0;
        metrics["l1tex__t_requests_pipe_lsu_mem_global_op_st.sum"] = stores;
        metrics["l1tex__t_sectors_pipe_lsu_mem_global_op_st.sum"] = storeSectors;
        metrics["l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio"] = stores > 0 ? storeSectors / stores : 0;
        metrics["memory_l2_theoretical_sectors_global"] = loadSectors + storeSectors;
        metrics["memory_l2_theoretical_sectors_global_ideal"] = ideal;
        metrics["l1tex__t_sectors_pipe_lsu_mem_local.sum"] = local;
        metrics["smsp__inst_executed_op_shared_ld.sum"] = sharedLoads;
        metrics["smsp__inst_executed_op_shared_st.sum"] = sharedStores;
        metrics["l1tex__data_pipe_lsu_wavefronts_mem_shared.sum"] = wavefronts;
        metrics["l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"] = conflictsLoad + conflictsStore;
        metrics["l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum"] = conflictsLoad;
        metrics["l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum"] = conflictsStore;
    }

    private static void AddStalls(SortedDictionary<string, double> metrics, CounterTotals totals, TimeEstimate estimate)
    {
        foreach (var (reason, share) in estimate.StallShares)
        {
            var name = reason switch
            {
                StallReason.LongScoreboard => "long_scoreboard",
                StallReason.ShortScoreboard => "short_scoreboard",
                StallReason.Wait => "wait",
                StallReason.Barrier => "barrier",
                StallReason.BranchResolving => "branch_resolving",
                StallReason.MathPipeThrottle => "math_pipe_throttle",
                StallReason.MemoryThrottle => "lg_throttle",
                _ => "not_selected",
            };
            metrics[$"smsp__warp_issue_stalled_{name}_per_warp_active.pct"] = Math.Clamp(share * 100, 0, 100);
        }

        var branches = totals.Branches.Sum();
        metrics["smsp__sass_branch_targets_threads_divergent.sum"] = totals.DivergentBranches.Sum();
        metrics["smsp__sass_average_branch_targets_threads_uniform.pct"] = branches <= 0 ? 100 : (1 - (totals.DivergentBranches.Sum() / branches)) * 100;
    }

    private static double Rate(double part, double whole) => whole <= 0 ? 0 : Math.Clamp(part / whole * 100, 0, 100);

    private static double PercentOf(TimeEstimate estimate, string[] limits) =>
        estimate.KernelMs <= 0 ? 0 : Math.Min(100, limits.Max(limit => estimate.LimiterMs[limit]) / estimate.KernelMs * 100);
}
