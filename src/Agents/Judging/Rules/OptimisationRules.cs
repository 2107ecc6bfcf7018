using static KernelForge.Agents.Judging.Metrics;
using static KernelForge.Agents.Prompts.EvidenceText;

namespace KernelForge.Agents.Judging.Rules;

/// <summary>The table of research/judging.md. Order matters only between equal estimates.</summary>
internal static class OptimisationRules
{
    public static IReadOnlyList<OptimisationRule> All { get; } =
    [
        new("uncoalesced", "Uncoalesced global accesses",
            e => e.SectorsPerRequest is > 6 and { } sectors && !VectorAccess(e)
                ? new(Percent(e.Memory ?? 60), sectors / 4, $"{Number(sectors)} sectors a request where 4 are ideal") : null,
            [
                new("neighbour_addresses", "Let neighbouring threads take neighbouring addresses, so that a warp's request touches 4 sectors.", "Map threadIdx.x to the innermost (contiguous) dimension and loop over the outer one."),
                new("shared_transpose", "Transpose through shared memory: read and write global memory contiguously, change the order on chip.", "Stage a 32 × 33 tile in shared memory, synchronise, and write it out with swapped indices."),
                new("structure_of_arrays", "Split interleaved records so that each field is read contiguously by a warp.", "Have each warp load whole 128-byte lines of consecutive records and pick its fields from registers by shuffles."),
            ],
            "Sectors per request fall to about 4 and the time stays the same."),

        new("rereading", "DRAM moves more bytes than the task requires",
            e => e.Dram is >= 50 and { } busy && e.TrafficRatio is >= 1.3 and { } ratio
                ? new(Percent(busy), ratio, $"DRAM {Number(busy)} % busy, at least {Number(ratio)} × the compulsory bytes") : null,
            [
                new("one_pass", "Read the input once: merge passes (online softmax, Welford or shifted sums), keep values in registers between uses.", "Replace the separate loops over the same data by one loop that carries running statistics, or keep the row in registers."),
                new("tile", "Tile through shared memory or registers so that each loaded byte is used several times.", "Load a tile once per block, synchronise, and compute all outputs that use it before loading the next."),
                new("block_order", "Order blocks so that neighbours in time share tiles in L2.", "Swizzle the block index in groups of 8 rows of tiles instead of walking whole rows."),
            ],
            "DRAM bytes fall to the compulsory ones and the time stays the same."),

        new("dram_limit", "Memory-bound near the limit of DRAM",
            e => e.Dram is >= 80 and { } busy && !(e.TrafficRatio >= 1.3) && !(e.LightFraction >= 0.9)
                ? new(Percent(busy), 1.1, $"DRAM {Number(busy)} % busy with few bytes beyond the compulsory ones") : null,
            [
                new("keep_on_chip", "Move fewer bytes: keep in registers or shared memory whatever is read or written twice.", "Drop scratch buffers between launches by fusing their producer and consumer."),
                new("streaming", "Use 16-byte loads and streaming stores, so that data used once does not push out data used again.", "Read with float4 and __ldcs, write with __stcs; guard the tail."),
            ],
            "DRAM throughput is already what a plain copy reaches."),

        new("idle_machine", "The grid does not fill the GPU",
            e => e.Metric(WavesPerSm) is > 0 and < 0.9 and { } waves ? new(1, Math.Min(8, 1 / waves), $"{Number(waves)} waves: most SMs are idle or thinly filled") : null,
            [
                new("split_work", "Split the long dimension over more blocks and combine the partial results (split-K, two-stage reduction).", "Add a grid dimension over chunks, write partials to a scratch buffer, and add a small launch that combines them."),
                new("smaller_blocks", "Use smaller blocks or less work a thread, so that there are more blocks than SMs.", "Halve the block size or the elements a thread until the grid exceeds the number of SMs."),
                new("persistent", "Use persistent blocks that take work items from a counter.", "Launch blocks_per_sm × sm_count blocks and loop over items with a grid stride."),
            ],
            "With several waves the time stays the same."),

        new("tail_wave", "The last wave leaves SMs idle",
            e => e.Metric(WavesPerSm) is >= 0.9 and <= 4 and { } waves && Math.Ceiling(waves) / waves >= 1.2
                ? new(1, Math.Ceiling(waves) / waves, $"{Number(waves)} waves: the last is partly empty") : null,
            [
                new("grid_stride", "Launch exactly the resident blocks and loop with a grid stride, so that no partial wave remains.", "Set grid to blocks_per_sm(kernel) × sm_count and loop over the items."),
                new("finer_blocks", "Make blocks smaller, so that the last wave is a smaller part.", "Halve the block size or the tile and double the grid."),
            ],
            "A grid that is a whole number of waves takes the same time."),

        new("latency_bound", "Latency-bound: neither DRAM nor the issue slots are busy",
            e => !(e.Dram >= 60) && !(e.Issue >= 60) && e.Metric(StallLongScoreboard) is >= 30 and { } stall
                ? new(Percent(stall), 2, $"{Number(stall)} % of warp time waits for global memory") : null,
            [
                new("unroll_loads", "Have more independent loads in flight: unroll the loop by four and load before using.", "Load four values into registers first, then compute on them; handle the tail apart."),
                new("more_warps", "Keep more warps resident to hide latency: fewer registers or smaller shared tiles a block.", "Add __launch_bounds__ with a minimum of blocks, or halve the tile.", e => e.Occupancy is < 50),
                new("async_copy", "Overlap copies with work: double-buffered cp.async from global to shared memory.", "Prefetch the next tile with __pipeline_memcpy_async while computing on this one; wait before swapping."),
            ],
            "More loads in flight leave DRAM throughput where it is."),

        new("narrow_accesses", "Many narrow load instructions while DRAM is idle",
            e => e.SectorsPerRequest is >= 3 and <= 4.5 && !(e.Dram >= 75) && !VectorAccess(e) && KernelEvidence.Highest(e.Metric(LsuPipe), e.Issue) is >= 30 and { } busy
                ? new(Percent(busy), 2, $"4-byte accesses; load/store or issue {Number(busy)} % busy, DRAM {Number(e.Dram ?? 0)} %") : null,
            [
                new("vector_loads", "Use 16-byte vector loads and stores (float4) with a scalar tail.", "Reinterpret aligned rows as float4, let each thread handle four neighbours, and finish the remainder one by one."),
                new("more_per_thread", "Give each thread more elements, so that index arithmetic and launch cost are shared.", "Loop four times per thread with a stride of blockDim.x and unroll."),
            ],
            "Load instructions fall by four and the time stays the same."),

        new("register_pressure", "Register pressure limits occupancy or spills",
            e => e.Kernel.SpillBytes > 0 || (LowestLimit(e, LimitRegisters) && e.Occupancy is < 40)
                ? new(e.Kernel.SpillBytes > 0 ? 0.4 : 0.3, 1.6, $"{e.Kernel.Registers?.ToString() ?? "many"} registers a thread, {e.Kernel.SpillBytes ?? 0} bytes spilled, occupancy {Number(e.Occupancy ?? 0)} %") : null,
            [
                new("smaller_tile", "Make the per-thread tile smaller, so that its accumulators fit in registers.", "Halve one dimension of the register tile and double the threads or blocks."),
                new("launch_bounds", "Tell the compiler the real block size with __launch_bounds__, so that it budgets registers rightly.", "Add __launch_bounds__(threads, blocks) with the plan's block size to the kernel."),
                new("recompute", "Recompute cheap values instead of keeping them live across the loop.", "Move index arithmetic and constants into the loop body; keep only accumulators."),
            ],
            "Spills go to zero or occupancy rises and the time stays the same."),

        new("shared_limit", "Shared memory limits occupancy",
            e => LowestLimit(e, LimitShared) && e.Occupancy is < 40 ? new(0.3, 1.6, $"{e.Kernel.SharedBytes ?? 0} bytes shared a block, occupancy {Number(e.Occupancy ?? 0)} %") : null,
            [
                new("smaller_shared_tile", "Use a smaller shared tile, so that more blocks fit on an SM.", "Halve the tile's depth (the dimension that is looped over)."),
                new("reuse_buffer", "Reuse one shared buffer for what is not live at the same time.", "Alias the arrays of the load phase and the reduction phase, with a barrier between them."),
            ],
            "Occupancy rises and the time stays the same."),

        new("bank_conflicts", "Shared-memory bank conflicts",
            e => e.Metric(SharedBankConflicts) is > 0 and { } conflicts && e.Metric(SharedWavefronts) is > 0 and { } wavefronts && conflicts / wavefronts is >= 0.2 and < 1
                ? new(Percent(KernelEvidence.Highest(e.Metric(L1Throughput), e.Metric(StallShortScoreboard)) ?? 40), wavefronts / (wavefronts - conflicts), $"{Number(conflicts / wavefronts * 100)} % of shared wavefronts are conflicts") : null,
            [
                new("pad", "Pad the inner dimension of the shared tile by one element.", "Declare the tile as [N][N + 1] and keep the indices."),
                new("swizzle", "Swizzle the column index by the row, so that a warp's column access touches 32 banks.", "Store and load at column ^ (row & 31)."),
                new("other_columns", "Change which thread takes which column, so that a warp reads one row.", "Let threadIdx.x run over the contiguous index of the tile."),
            ],
            "Conflicts go to zero and the time stays the same."),

        new("barriers", "Too many block-wide synchronisations",
            e => e.Metric(StallBarrier) is >= 20 and { } stall ? new(Percent(stall), 3, $"{Number(stall)} % of warp time waits at barriers") : null,
            [
                new("warp_shuffles", "Reduce within warps by shuffles and synchronise once to combine the warps.", "Replace the shared-memory tree by __shfl_down_sync steps, then one 32-entry shared array and one barrier."),
                new("one_barrier_a_tile", "Use double buffers, so that one barrier a tile is enough.", "Alternate between two shared tiles and drop the barrier after the compute phase."),
            ],
            "Barrier stalls vanish and the time stays the same."),

        new("short_scoreboard", "Shared memory or special functions are saturated",
            e => e.Metric(StallShortScoreboard) is >= 20 and { } stall ? new(Percent(stall), 2, $"{Number(stall)} % of warp time waits for shared memory or special functions") : null,
            [
                new("register_tile", "Tile in registers: each value read from shared memory serves several multiplications.", "Let each thread compute a 4 × 4 or 8 × 8 block of outputs from a column and a row of registers.", e => e.Code.Contains("__shared__", StringComparison.Ordinal)),
                new("fewer_special", "Call fewer special functions: fold scales into exp2f, hoist divisions, reuse results.", "Replace expf(x) by exp2f(x × log2e) with the scale folded in, and divide once per row by multiplying with the reciprocal."),
            ],
            "Short-scoreboard stalls fall and the time stays the same."),

        new("divergence", "Threads of a warp take different ways",
            e => e.Metric(ThreadsPerInstruction) is > 0 and < 24 and { } threads ? new(Percent(e.Issue ?? 50), 32 / threads, $"{Number(threads)} of 32 threads active per instruction") : null,
            [
                new("uniform_branches", "Make branches uniform by warp: decide on the warp's index or on the block's.", "Hoist the boundary test: full tiles take a path without tests, only the last block guards."),
                new("predicate", "Replace short branches by selects.", "Compute both sides and choose with ?: or fminf and fmaxf."),
            ],
            "Threads per instruction rise to 32 and the time stays the same."),

        new("integer_bound", "Integer and address arithmetic dominate",
            e => e.Metric(AluPipe) is >= 50 and { } alu && alu > (e.Fp32 ?? 0) ? new(Percent(alu), 1.7, $"integer pipe {Number(alu)} % busy, float pipe {Number(e.Fp32 ?? 0)} %") : null,
            [
                new("constants", "Make divisors and strides compile-time constants by the plan's defines, so that divisions become shifts and multiplications.", "Add the sizes under defines and use them instead of the kernel's size arguments."),
                new("hoist", "Hoist index arithmetic out of the inner loop and step pointers instead.", "Compute the base pointer once, then add the stride each iteration."),
                new("narrow_indices", "Use 32-bit indices where they fit; keep 64-bit bases only.", "Make the base pointer 64-bit once and index within the row by int."),
            ],
            "Integer instructions halve and the time stays the same."),

        new("cuda_cores", "Compute-bound on CUDA cores",
            e => e.Fp32 is >= 70 and { } pipe && !(e.Metric(TensorPipe) > 1) ? new(Percent(pipe), 1.5, $"float32 pipe {Number(pipe)} % busy, tensor cores idle") : null,
            [
                new("larger_register_tile", "Use a larger register tile (8 × 8 outputs a thread), so that fewer loads feed each multiplication.", "Enlarge the per-thread tile, load operands as float4 from shared memory, and unroll the inner product."),
                new("tensor_cores", "Use tensor cores through wmma: the task's data is half precision already.", "Load 16 × 16 fragments, accumulate with mma_sync in float32, store through shared memory.", e => e.Code.Contains("__half", StringComparison.Ordinal) || e.Code.Contains("bfloat16", StringComparison.Ordinal)),
            ],
            "Loads per multiplication fall and the time stays the same."),

        new("starved_tensor", "Tensor cores wait for data",
            e => e.Metric(TensorPipe) is > 1 and < 50 and { } tensor ? new(1 - tensor / 100, 2, $"tensor pipe {Number(tensor)} % busy") : null,
            [
                new("pipeline", "Feed tensor cores by a multistage cp.async pipeline.", "Keep three tiles in shared memory: copy the next two asynchronously while multiplying this one."),
                new("larger_tiles", "Use larger block tiles (128 × 128), so that each byte feeds more multiplications.", "Let each warp own a 64 × 32 part made of several fragments."),
                new("swizzled_layout", "Swizzle the shared layout for ldmatrix, so that fragment loads have no conflicts.", "XOR the 16-byte column with the row's low bits when storing and loading."),
            ],
            "The tensor pipe's activity rises and the time stays the same."),

        new("atomics", "Atomics on the same addresses serialise",
            e => e.LimitedBy is { } limiter && limiter.Contains("atomic", StringComparison.Ordinal) ? new(0.7, 4, "limited by atomics")
                : e.Metric(AtomicSectors) is > 0 and { } atomics && e.Metric(L2Sectors) is > 0 and { } all && atomics / all >= 0.1
                    ? new(0.4, 4, $"{Number(atomics / all * 100)} % of the L2 sectors are atomics") : null,
            [
                new("privatise", "Privatise in shared memory: accumulate per block and add one atomic a block and value.", "Add into a shared array with shared atomics, synchronise, then let the first threads add it to global memory."),
                new("warp_aggregate", "Aggregate within the warp first: one lane adds the warp's sum.", "Reduce by __shfl_down_sync or __reduce_add_sync, and let lane 0 do the atomic."),
            ],
            "Atomics fall by the warp's or block's size and the time stays the same."),

        new("launch_bound", "Launch-bound: many small launches",
            e => e.Launches > 1 && (e.OutsideKernels is >= 0.3 || e.LimitedBy == "launch" || e.Performance?.LimitedBy == "launch")
                ? new(1, Math.Min(e.Launches, 1 / (1 - Math.Min(0.8, e.OutsideKernels ?? 0.4))), $"{e.Launches} launches a run; {Number((e.OutsideKernels ?? 0) * 100)} % of the time is outside kernels") : null,
            [
                new("fuse", "Fuse consecutive launches into one kernel that keeps the intermediate values in registers or shared memory.", "Merge producer and consumer where the same block owns the data; remove the scratch buffer between them."),
                new("cooperative", "Loop inside one cooperative kernel and synchronise the grid between steps.", "Mark the launch cooperative, size the grid to the resident blocks, and call grid.sync() between steps."),
            ],
            "Fewer launches take the same time."),

        new("untuned", "The launch shape has never been tuned",
            e => !e.Code.Contains("\"tunables\"", StringComparison.Ordinal) && !(e.LightFraction >= 0.9) ? new(1, 1.05, "the plan has no tunables") : null,
            [
                new("tunables", "Declare the block size as a tunable and let the evaluator choose.", "Add \"tunables\": { \"BLOCK\": [128, 256, 512] }, use BLOCK in block, grid and code."),
            ],
            "All candidates take the same time."),
    ];

    private static double Percent(double value) => Math.Clamp(value / 100, 0, 1);

    /// <summary>16-byte accesses have 16 sectors a request by nature.</summary>
    private static bool VectorAccess(KernelEvidence e) =>
        e.SectorsPerRequest is <= 16 && (e.Code.Contains("float4", StringComparison.Ordinal) || e.Code.Contains("int4", StringComparison.Ordinal) || e.Code.Contains("float2", StringComparison.Ordinal) || e.Code.Contains("double", StringComparison.Ordinal));

    private static bool LowestLimit(KernelEvidence e, string limit) =>
        e.Metric(limit) is > 0 and { } own
        && own <= (e.Metric(LimitBlocks) ?? double.MaxValue) && own <= (e.Metric(LimitRegisters) ?? double.MaxValue)
        && own <= (e.Metric(LimitShared) ?? double.MaxValue) && own <= (e.Metric(LimitWarps) ?? double.MaxValue);
}
