namespace KernelForge.Agents.Judging;

/// <summary>Nsight Compute's names, the ones that rules and prompts use.</summary>
public static class Metrics
{
    public const string DramThroughput = "dram__throughput.avg.pct_of_peak_sustained_elapsed";
    public const string GpuDramThroughput = "gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed";
    public const string DramBytes = "dram__bytes.sum";
    public const string DramBytesRead = "dram__bytes_read.sum";
    public const string DramBytesWrite = "dram__bytes_write.sum";
    public const string DramBytesPerSecond = "dram__bytes.sum.per_second";
    public const string L1Throughput = "l1tex__throughput.avg.pct_of_peak_sustained_active";
    public const string L1HitRate = "l1tex__t_sector_hit_rate.pct";
    public const string L2Throughput = "lts__throughput.avg.pct_of_peak_sustained_active";
    public const string L2HitRate = "lts__t_sector_hit_rate.pct";
    public const string LoadSectorsPerRequest = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio";
    public const string StoreSectorsPerRequest = "l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio";
    public const string SharedBankConflicts = "l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum";
    public const string SharedWavefronts = "l1tex__data_pipe_lsu_wavefronts_mem_shared.sum";
    public const string AtomicSectors = "lts__t_sectors_op_atom.sum";
    public const string L2Sectors = "lts__t_sectors.sum";
    public const string Occupancy = "sm__warps_active.avg.pct_of_peak_sustained_active";
    public const string LimitBlocks = "launch__occupancy_limit_blocks";
    public const string LimitRegisters = "launch__occupancy_limit_registers";
    public const string LimitShared = "launch__occupancy_limit_shared_mem";
    public const string LimitWarps = "launch__occupancy_limit_warps";
    public const string RegistersPerThread = "launch__registers_per_thread";
    public const string WavesPerSm = "launch__waves_per_multiprocessor";
    public const string IssueActive = "smsp__issue_active.avg.pct_of_peak_sustained_active";
    public const string Instructions = "sm__inst_executed.sum";
    public const string CyclesActive = "sm__cycles_active.avg";
    public const string Fp32Pipe = "sm__inst_executed_pipe_fp32.avg.pct_of_peak_sustained_active";
    public const string FmaPipe = "sm__inst_executed_pipe_fma.avg.pct_of_peak_sustained_active";
    public const string AluPipe = "sm__inst_executed_pipe_alu.avg.pct_of_peak_sustained_active";
    public const string LsuPipe = "sm__inst_executed_pipe_lsu.avg.pct_of_peak_sustained_active";
    public const string XuPipe = "sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active";
    public const string TensorPipe = "sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active";
    public const string StallMemoryDependency = "smsp__warp_issue_stalled_memory_dependency_per_warp_active.pct";
    public const string StallShortScoreboard = "smsp__warp_issue_stalled_short_scoreboard_per_warp_active.pct";
    public const string StallLongScoreboard = "smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct";
    public const string StallBarrier = "smsp__warp_issue_stalled_barrier_per_warp_active.pct";
    public const string StallBranch = "smsp__warp_issue_stalled_branch_resolving_per_warp_active.pct";
    public const string BranchUniformity = "smsp__sass_average_branch_targets_threads_uniform.pct";
    public const string ThreadsPerInstruction = "smsp__thread_inst_executed_per_inst_executed.ratio";

    /// <summary>The 24 metrics that CudaForge shows its Judge (research/cudaforge.md), in its order.</summary>
    public static IReadOnlyList<string> CudaForge { get; } =
    [
        CyclesActive, Occupancy, LimitBlocks, LimitRegisters, LimitShared, RegistersPerThread, Instructions, Fp32Pipe, TensorPipe,
        DramBytesRead, DramBytesWrite, DramThroughput, DramBytesPerSecond, GpuDramThroughput, L1HitRate, L1Throughput, L2HitRate, L2Throughput,
        StallMemoryDependency, StallShortScoreboard, StallLongScoreboard, StallBarrier, StallBranch, BranchUniformity,
    ];

    /// <summary>The short list for each limiter: a few chosen metrics beat all of them (CudaForge's ablation).</summary>
    public static IReadOnlyList<string> SelectedFor(string? limitedBy) => limitedBy switch
    {
        "dram" => [DramThroughput, DramBytesRead, DramBytesWrite, L2HitRate, L1HitRate, LoadSectorsPerRequest, StoreSectorsPerRequest, Occupancy],
        "l2" => [L2Throughput, L2HitRate, L1HitRate, LoadSectorsPerRequest, StoreSectorsPerRequest, DramThroughput, Occupancy],
        "l1" or "lsu" or "shared" => [L1Throughput, LoadSectorsPerRequest, StoreSectorsPerRequest, SharedWavefronts, SharedBankConflicts, StallShortScoreboard, LsuPipe, Occupancy],
        "latency" => [Occupancy, StallLongScoreboard, StallShortScoreboard, StallBarrier, LimitRegisters, LimitShared, LimitBlocks, WavesPerSm, DramThroughput],
        "atomics" => [AtomicSectors, L2Sectors, L2Throughput, Instructions, DramThroughput, Occupancy],
        "launch" or "tail" => [WavesPerSm, Occupancy, CyclesActive, LimitBlocks, LimitRegisters, LimitShared],
        _ => [IssueActive, FmaPipe, Fp32Pipe, AluPipe, TensorPipe, XuPipe, ThreadsPerInstruction, BranchUniformity, RegistersPerThread, Occupancy],
    };
}
