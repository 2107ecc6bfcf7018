using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>The rules. Names are those of the Judge's rules where both know a bottleneck.</summary>
internal static class BottleneckTable
{
    private const double SectorBytes = 32;
    private const double WarpLanes = 32;

    // A 4-fold unrolled loop: what one usually gets without running out of registers.
    private const double Unrolled = 4;

    // tf32 runs at half the rate of float16 (gpus with tensor cores for it); one m16n8k8 product replaces 32 warp-wide multiply-adds.
    private const double Tf32Work = 2;
    private const double FmaInstructionsPerProduct = 32;

    public static IReadOnlyList<BottleneckRule> All { get; } =
    [
        new("uncoalesced",
            "Global accesses touch more sectors than their bytes need: neighbouring threads do not take neighbouring addresses.",
            "Map threadIdx.x to the contiguous dimension; where reading and writing want different orders, transpose through shared memory.",
            ["l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio", "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio", "memory_l2_theoretical_sectors_global", "memory_l2_theoretical_sectors_global_ideal"],
            Coalesced,
            (launch, instruction) => launch.IsGlobal(instruction) ? launch.Totals.Sites[instruction.Index].Sectors - launch.Totals.Sites[instruction.Index].IdealSectors : 0),

        new("rereading",
            "Data is fetched from DRAM again that had been there before: what the blocks of a wave use does not stay in L2.",
            "Order blocks so that those that run together share their tiles, make tiles larger, or read the data in one pass.",
            ["dram__bytes_read.sum", "lts__t_sector_hit_rate.pct", "dram__throughput.avg.pct_of_peak_sustained_elapsed"],
            launch => launch.Totals.Buffers.Sum(buffer => buffer.UniqueReadBytes) is > 0 and var unique && launch.Totals.DramReadBytes > 1.25 * unique
                ? launch.Without(launch.Totals with { DramReadBytes = unique }) : null,
            (launch, instruction) => launch.IsGlobal(instruction) && !ModelledLaunch.IsStore(instruction) ? launch.Totals.Sites[instruction.Index].Sectors : 0),

        new("bank_conflicts",
            "Lanes of a warp address different words of the same shared-memory bank.",
            "Pad the inner dimension of the tile by one element, or swizzle the column by the row.",
            ["l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum", "l1tex__data_pipe_lsu_wavefronts_mem_shared.sum"],
            launch => launch.Estimate.Pipes.SharedWavefronts > 1.1 * launch.Estimate.Pipes.IdealSharedWavefronts
                ? launch.Without(launch.WithSites((instruction, site) => launch.IsShared(instruction) ? site with { Wavefronts = site.IdealWavefronts } : site)) : null,
            (launch, instruction) => launch.IsShared(instruction) ? launch.Totals.Sites[instruction.Index].Wavefronts - launch.Totals.Sites[instruction.Index].IdealWavefronts : 0),

        new("shared_bandwidth",
            "Shared memory is as busy as it can be, without conflicts to speak of.",
            "Tile in registers, so that each value read from shared memory serves several operations; read 16 bytes a lane; reduce in warps by shuffles.",
            ["l1tex__data_pipe_lsu_wavefronts_mem_shared.sum", "smsp__warp_issue_stalled_short_scoreboard_per_warp_active.pct"],
            launch => launch.Part("shared") >= 0.75 && launch.Estimate.Pipes.SharedWavefronts <= 1.2 * launch.Estimate.Pipes.IdealSharedWavefronts ? HalfOfShared(launch) : null,
            (launch, instruction) => launch.IsShared(instruction) ? launch.Totals.Sites[instruction.Index].Wavefronts : 0),

        new("register_spills",
            "Registers are spilled to local memory.",
            "Make the tile of a thread smaller, split the kernel, or allow more registers: a looser -maxrregcount or __launch_bounds__ with fewer blocks.",
            ["launch__registers_per_thread", "sm__maximum_warps_per_active_cycle_pct"],
            launch => launch.Shape.SpillBytes > 0 ? launch.Without(launch.Shape with { SpillBytes = 0 }) : null),

        new("local_memory",
            "Arrays of a thread lie in local memory: an index that the compiler does not know keeps them out of registers.",
            "Unroll the loops over the array fully so that its indices are constants, or keep it in shared memory.",
            ["l1tex__t_sectors_pipe_lsu_mem_local.sum", "l1tex__t_sectors.sum"],
            WithoutLocal,
            (launch, instruction) => ModelledLaunch.IsLocal(instruction) ? launch.Totals.Sites[instruction.Index].Sectors : 0),

        new("register_pressure",
            "Registers limit how many warps are resident.",
            "Make the tile of a thread smaller, or bound the registers with __launch_bounds__(threads, blocks).",
            ["launch__registers_per_thread", "launch__occupancy_limit_registers", "sm__maximum_warps_per_active_cycle_pct"],
            launch => Limits(launch, OccupancyLimit.Registers) ? launch.Without(launch.Shape with { RegistersPerThread = RegistersForTwice(launch) }) : null),

        new("shared_limit",
            "Shared memory limits how many warps are resident.",
            "Make the tile smaller in the dimension that is looped over, use fewer stages, or let two arrays share one place.",
            ["launch__shared_mem_per_block_static", "launch__shared_mem_per_block_dynamic", "launch__occupancy_limit_shared_mem", "sm__maximum_warps_per_active_cycle_pct"],
            launch => Limits(launch, OccupancyLimit.SharedMemory)
                ? launch.Without(launch.Shape with { StaticSharedBytes = launch.Shape.StaticSharedBytes / 2, DynamicSharedBytes = launch.Shape.DynamicSharedBytes / 2 }) : null),

        new("small_blocks",
            "An SM has a place for each resident block, and the blocks are too small to fill it with warps.",
            "Use larger blocks: 128 threads and more.",
            ["launch__block_size", "launch__occupancy_limit_blocks", "sm__maximum_warps_per_active_cycle_pct"],
            launch => Limits(launch, OccupancyLimit.Blocks) && launch.Shape.ThreadsPerBlock <= 512
                ? launch.Without(launch.Shape with { BlockX = launch.Shape.BlockX * 2, GridX = (launch.Shape.GridX + 1) / 2 }) : null),

        new("idle_machine",
            "There are fewer blocks than SMs.",
            "Split the long dimension over more blocks and combine their results (split-K, reduction in two stages), or use smaller blocks.",
            ["launch__grid_size", "device__attribute_multiprocessor_count", "launch__waves_per_multiprocessor"],
            launch => launch.Shape.Blocks < launch.Profile.Sms ? launch.Without(new Relief { EvenBlocks = true }) : null),

        new("tail_wave",
            "The last wave of blocks leaves SMs without work.",
            "Launch as many blocks as are resident and loop with a grid stride, or make blocks smaller.",
            ["launch__grid_size", "launch__waves_per_multiprocessor", "device__attribute_multiprocessor_count"],
            launch => launch.Shape.Blocks >= launch.Profile.Sms ? launch.Without(new Relief { EvenBlocks = true }) : null),

        new("launch_bound",
            "The launch itself takes as long as much of the kernel.",
            "Fuse the kernel with its neighbours, or loop inside one cooperative kernel.",
            ["gpu__time_duration.sum"],
            launch => launch.Part("launch") >= 0.3 ? launch.Without(launch.Profile with { Launch = launch.Profile.Launch with { GraphUs = 0 } }, launch.Totals) : null),

        new("latency_bound",
            "Warps wait for global memory while neither DRAM nor the issue slots are busy: too few loads are in flight.",
            "Unroll the loop by four and load before using; more resident warps; cp.async into the next tile while computing on this one.",
            ["smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct", "dram__throughput.avg.pct_of_peak_sustained_elapsed", "smsp__issue_active.avg.pct_of_peak_sustained_active", "sm__warps_active.avg.pct_of_peak_sustained_active"],
            launch => launch.IsLargest("latency") && launch.Waits(StallReason.LongScoreboard) >= 0.25 && launch.Estimate.Pipes.Tensor <= 0 ? launch.Without(new Relief { LoadsInFlight = Unrolled }) : null,
            WaitsFor(StallReason.LongScoreboard)),

        new("narrow_accesses",
            "Loads and stores move 4 bytes a lane or less.",
            "Read and write 16 bytes a lane (float4, or eight halves in a uint4) with a scalar tail.",
            ["l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio", "l1tex__t_requests_pipe_lsu_mem_global_op_ld.sum", "l1tex__t_requests_pipe_lsu_mem_global_op_st.sum", "sm__inst_executed_pipe_lsu.avg.pct_of_peak_sustained_active"],
            Wide,
            (launch, instruction) => IsNarrow(launch, instruction) ? launch.Totals.Sites[instruction.Index].Requests : 0),

        new("barriers",
            "Warps wait for one another at barriers of the block.",
            "Reduce inside warps by shuffles and synchronise once; use two buffers, so that one barrier a tile is enough.",
            ["smsp__warp_issue_stalled_barrier_per_warp_active.pct"],
            launch => launch.Totals.Barriers > 0
                ? launch.Without(launch.Profile with { LatencyCycles = launch.Profile.LatencyCycles with { Barrier = 0 } }, launch.Totals with { Barriers = 0 }) : null,
            (launch, instruction) => launch.Costs[instruction.Index].Latency == LatencyClass.Barrier ? launch.Executions(instruction) : 0),

        new("divergence",
            "Lanes of a warp take different ways, or blocks end in half a warp: issued instructions serve few threads.",
            "Decide by warp or by block instead of by thread, replace short branches by selects, and use blocks of a multiple of 32 threads.",
            ["smsp__thread_inst_executed_per_inst_executed.ratio", "smsp__sass_average_branch_targets_threads_uniform.pct"],
            launch => launch.Estimate.Pipes is { Slots: > 0 } pipes && pipes.ThreadSlots / pipes.Slots <= 28
                ? launch.Without(launch.Totals with { BlockExecutions = [.. launch.Totals.BlockThreads.Select(threads => threads / WarpLanes)] }) : null,
            (launch, instruction) => launch.Costs[instruction.Index].Slots * (launch.Executions(instruction) - (launch.Totals.BlockThreads[instruction.BasicBlock] / WarpLanes))),

        new("atomics",
            "Atomics on one address wait for one another.",
            "Add up in the warp (shuffles, __reduce_add_sync) or in shared memory first, and let one lane do one atomic a block.",
            ["lts__t_sectors_op_atom.sum", "lts__t_sectors.sum"],
            FewerAtomics,
            (launch, instruction) => launch.Costs[instruction.Index].Latency == LatencyClass.Atomic || instruction.Opcode.StartsWith("red", StringComparison.Ordinal) ? launch.Totals.Sites[instruction.Index].Lanes : 0),

        new("integer_bound",
            "Integer and address arithmetic take most issue slots.",
            "Make sizes compile-time constants, step pointers instead of computing indices, keep indices in 32 bits, divide by powers of two.",
            ["sm__inst_executed_pipe_alu.avg.pct_of_peak_sustained_active", "sm__inst_executed_pipe_fmaheavy.avg.pct_of_peak_sustained_active", "smsp__issue_active.avg.pct_of_peak_sustained_active"],
            launch => launch.Estimate.Pipes is var pipes && pipes.Alu + pipes.IntegerMultiply > 0.5 * pipes.Slots
                ? launch.Without(new Relief { Pipes = p => p with { Alu = p.Alu / 2, IntegerMultiply = p.IntegerMultiply / 2, Slots = p.Slots - ((p.Alu + p.IntegerMultiply) / 2) } }) : null,
            (launch, instruction) => launch.Executions(instruction) * (launch.Costs[instruction.Index].Alu + launch.Costs[instruction.Index].IntegerMultiply)),

        new("special_functions",
            "Special functions (exponentials, roots, divisions, conversions) are the busiest pipe.",
            "Fold scales into exp2f, multiply by one reciprocal instead of dividing, keep results instead of computing them again.",
            ["sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active"],
            launch => launch.Part("xu") >= 0.5 ? launch.Without(new Relief { Pipes = p => p with { Xu = p.Xu / 2, Slots = p.Slots - (p.Xu / 2) } }) : null,
            (launch, instruction) => launch.Executions(instruction) * launch.Costs[instruction.Index].Xu),

        new("double_precision",
            "Arithmetic in float64 is the busiest pipe.",
            "Write literals with an f (1.0f) and use the float functions (sqrtf, expf) where the result is float32.",
            ["sm__inst_executed_pipe_fp64.avg.pct_of_peak_sustained_active"],
            launch => launch.Part("fp64") >= 0.3 ? launch.Without(new Relief { Pipes = p => p with { Fp64 = 0, Fma = p.Fma + p.Fp64 } }) : null,
            (launch, instruction) => launch.Executions(instruction) * launch.Costs[instruction.Index].Fp64),

        new("cuda_cores",
            "Multiply-adds of float32 are the busiest pipe while the tensor cores are idle.",
            "If this is a matrix product and the task's precision class allows it, use tensor cores (wmma, mma.sync; tf32 for float32 data); else a larger register tile.",
            ["sm__inst_executed_pipe_fma.avg.pct_of_peak_sustained_active", "sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active"],
            launch => launch.Part("fma") >= 0.5 && launch.Estimate.Pipes is { Tensor: <= 0, SharedWavefronts: > 0 } && launch.Profile.Lanes.TensorF16Fma > 0
                ? launch.Without(new Relief
                {
                    Pipes = p => p with
                    {
                        Fma = 0, TensorF16Fma = p.TensorF16Fma + (p.Fma * WarpLanes * Tf32Work), Slots = p.Slots - (p.Fma * (1 - (1 / FmaInstructionsPerProduct))),
                    },
                }) : null,
            (launch, instruction) => launch.Executions(instruction) * launch.Costs[instruction.Index].Fma),

        new("starved_tensor",
            "Tensor cores wait for their data.",
            "Copy the next tiles by cp.async or TMA while multiplying these (three stages), with larger tiles and a swizzled layout for ldmatrix.",
            ["sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active", "smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct", "smsp__warp_issue_stalled_barrier_per_warp_active.pct"],
            launch => launch.Estimate.Pipes.Tensor > 0 && launch.Part("tensor") < 0.6 && launch.IsLargest("latency") ? launch.Without(new Relief { LoadsInFlight = Unrolled }) : null,
            WaitsFor(StallReason.LongScoreboard)),
    ];

    private static bool Limits(ModelledLaunch launch, OccupancyLimit limit) =>
        launch.Estimate.Occupancy is var occupancy && occupancy.LimitedBy == limit && occupancy.Fraction <= 0.75 && launch.Estimate.Waves > 1;

    private static Func<ModelledLaunch, InstructionInfo, double> WaitsFor(StallReason reason) =>
        (launch, instruction) => launch.Estimate.InstructionTimes[instruction.Index] is var time && time.Reason == reason ? time.StallShare : 0;

    // Each request touches the fewest sectors for its bytes; L1, L2 and DRAM then carry no more than those.
    private static TimeEstimate? Coalesced(ModelledLaunch launch)
    {
        double loads = 0, stores = 0, touched = 0;
        foreach (var instruction in launch.Instructions.Where(launch.IsGlobal))
        {
            var site = launch.Totals.Sites[instruction.Index];
            touched += site.Sectors;
            if (ModelledLaunch.IsStore(instruction))
            {
                stores += site.Sectors - site.IdealSectors;
            }
            else
            {
                loads += site.Sectors - site.IdealSectors;
            }
        }

        if (loads + stores < 0.2 * touched)
        {
            return null;
        }

        var totals = launch.Totals;
        var asked = Math.Max(0, totals.L1LoadSectors - loads);
        var read = Math.Min(totals.L2ReadSectors, asked + Math.Max(0, totals.L2ReadSectors - totals.L1LoadSectors));
        var written = Math.Max(0, totals.L2WriteSectors - stores);
        return launch.Without(launch.WithSites((instruction, site) => launch.IsGlobal(instruction) ? site with { Sectors = site.IdealSectors, Wavefronts = site.IdealWavefronts } : site) with
        {
            L1LoadSectors = asked,
            L1LoadHits = Math.Max(0, asked - read),
            L1StoreSectors = Math.Max(0, totals.L1StoreSectors - stores),
            L2ReadSectors = read,
            L2WriteSectors = written,
            DramReadBytes = Math.Min(totals.DramReadBytes, (read + totals.L2AtomicSectors) * SectorBytes),
            DramWrittenBytes = Math.Min(totals.DramWrittenBytes, (written + totals.L2AtomicSectors) * SectorBytes),
        });
    }

    // A register tile twice as large in both directions reads half as often.
    private static TimeEstimate HalfOfShared(ModelledLaunch launch)
    {
        var slots = launch.Sum(instruction => launch.IsShared(instruction) ? launch.Executions(instruction) * launch.Costs[instruction.Index].Lsu : 0);
        return launch.Without(new Relief { Pipes = p => p with { SharedWavefronts = p.SharedWavefronts / 2, Lsu = p.Lsu - (slots / 2), Slots = p.Slots - (slots / 2) } });
    }

    private static TimeEstimate? WithoutLocal(ModelledLaunch launch)
    {
        var totals = launch.Totals;
        if (totals.L1LocalSectors <= 0)
        {
            return null;
        }

        var slots = launch.Sum(instruction => ModelledLaunch.IsLocal(instruction) ? launch.Executions(instruction) * launch.Costs[instruction.Index].Slots : 0);
        var wavefronts = launch.Sum(instruction => ModelledLaunch.IsLocal(instruction) ? totals.Sites[instruction.Index].Wavefronts : 0);
        var missed = totals.L1LocalSectors - totals.L1LocalHits;
        var changed = totals with
        {
            L1LocalSectors = 0, L1LocalHits = 0, L2ReadSectors = Math.Max(0, totals.L2ReadSectors - (missed / 2)), L2WriteSectors = Math.Max(0, totals.L2WriteSectors - (missed / 2)),
        };
        return launch.Without(changed, new Relief { Pipes = p => p with { Slots = p.Slots - slots, Lsu = p.Lsu - slots, L1Wavefronts = p.L1Wavefronts - wavefronts } });
    }

    private static int RegistersForTwice(ModelledLaunch launch)
    {
        var now = launch.Estimate.Occupancy.Fraction;
        var registers = launch.Shape.RegistersPerThread;
        while (registers > 16 && (launch.Shape with { RegistersPerThread = registers }).OccupancyOn(launch.Profile) is { LimitedBy: OccupancyLimit.Registers } occupancy && occupancy.Fraction < 2 * now)
        {
            registers--;
        }

        return registers;
    }

    private static bool IsNarrow(ModelledLaunch launch, InstructionInfo instruction) =>
        launch.IsGlobal(instruction) && launch.Totals.Sites[instruction.Index] is { Lanes: > 0 } site
        && site.Bytes / site.Lanes <= 4 && site.Sectors <= 1.2 * site.IdealSectors && site.Lanes >= 28 * site.Requests && site.IdealSectors * SectorBytes >= 0.9 * site.Bytes;

    // A quarter of the requests, each with four times the bytes in flight.
    private static TimeEstimate? Wide(ModelledLaunch launch)
    {
        var all = launch.Sum(instruction => launch.IsGlobal(instruction) ? launch.Totals.Sites[instruction.Index].Requests : 0);
        var narrow = launch.Instructions.Where(instruction => IsNarrow(launch, instruction)).ToList();
        if (narrow.Sum(instruction => launch.Totals.Sites[instruction.Index].Requests) < 0.8 * all || launch.Estimate.Pipes.Tensor > 0)
        {
            return null;
        }

        var saved = narrow.Sum(instruction => launch.Executions(instruction) * launch.Costs[instruction.Index].Lsu) * 0.75;
        return launch.Without(new Relief { LoadsInFlight = Unrolled, Pipes = p => p with { Lsu = p.Lsu - saved, Slots = p.Slots - saved } });
    }

    private static TimeEstimate? FewerAtomics(ModelledLaunch launch)
    {
        if (launch.Part("atomics") < 0.2)
        {
            return null;
        }

        // First a warp's lanes together; where one lane a warp does it already, the warps of a block.
        var requests = launch.Sum(instruction => launch.Costs[instruction.Index].Latency == LatencyClass.Atomic || instruction.Opcode.StartsWith("red", StringComparison.Ordinal) ? launch.Totals.Sites[instruction.Index].Requests : 0);
        var together = launch.Totals.AtomicLanes / Math.Max(1, requests);
        together = together > 1.5 ? together : launch.Shape.WarpsPerBlock;
        return launch.Without(launch.Totals with { HottestAtomicAddress = launch.Totals.HottestAtomicAddress / Math.Max(1, together) });
    }
}
