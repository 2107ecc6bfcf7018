namespace KernelForge.Simulator.Model;

/// <summary>Which resource limits the number of resident blocks.</summary>
public enum OccupancyLimit
{
    /// <summary>Warps (threads) of an SM.</summary>
    Warps,

    /// <summary>Registers of an SM.</summary>
    Registers,

    /// <summary>Shared memory of an SM.</summary>
    SharedMemory,

    /// <summary>Block slots of an SM.</summary>
    Blocks,
}

/// <summary>
/// How many blocks of a kernel one SM holds (the CUDA occupancy calculator's rules: registers go to warps in units of 256,
/// and warps to the four schedulers' register files; shared memory counts with the system's kilobyte from sm_80 on).
/// </summary>
/// <param name="BlocksPerSm">Resident blocks, 0 where the kernel does not fit at all.</param>
/// <param name="LimitWarps">Blocks that the warps would allow: <c>launch__occupancy_limit_warps</c>.</param>
/// <param name="LimitRegisters">Blocks that the registers would allow: <c>launch__occupancy_limit_registers</c>.</param>
/// <param name="LimitSharedMemory">Blocks that shared memory would allow: <c>launch__occupancy_limit_shared_mem</c>.</param>
/// <param name="LimitBlocks">Block slots: <c>launch__occupancy_limit_blocks</c>.</param>
/// <param name="WarpsPerBlock">Warps of a block.</param>
/// <param name="Fraction">Resident warps over the most possible, 0–1: <c>sm__maximum_warps_per_active_cycle_pct</c> / 100.</param>
/// <param name="LimitedBy">The smallest limit; where several are equal the first in the order warps, registers, blocks, shared memory.</param>
public sealed record Occupancy(
    int BlocksPerSm,
    int LimitWarps,
    int LimitRegisters,
    int LimitSharedMemory,
    int LimitBlocks,
    int WarpsPerBlock,
    double Fraction,
    OccupancyLimit LimitedBy)
{
    private const int SharedUnit = 128;
    private const int WarpAllocationUnit = 4;

    /// <summary>Works it out.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="threadsPerBlock">Threads of a block, 1–1024.</param>
    /// <param name="registersPerThread">Registers a thread as the cubin says; 0 counts as 1.</param>
    /// <param name="sharedBytesPerBlock">Static and dynamic shared memory of a block, bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative size, or no threads.</exception>
    public static Occupancy Of(GpuProfile profile, int threadsPerBlock, int registersPerThread, int sharedBytesPerBlock)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentOutOfRangeException.ThrowIfLessThan(threadsPerBlock, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(registersPerThread);
        ArgumentOutOfRangeException.ThrowIfNegative(sharedBytesPerBlock);
        var warps = (threadsPerBlock + 31) / 32;
        var byWarps = threadsPerBlock > profile.MaxThreadsPerBlock ? 0 : profile.MaxWarpsPerSm / warps;
        var byRegisters = RegisterLimit(profile, warps, Math.Max(1, registersPerThread));
        var byShared = SharedLimit(profile, sharedBytesPerBlock);
        var blocks = Math.Min(Math.Min(byWarps, byRegisters), Math.Min(byShared, profile.MaxBlocksPerSm));
        var limit = blocks == byWarps ? OccupancyLimit.Warps
            : blocks == byRegisters ? OccupancyLimit.Registers
            : blocks == profile.MaxBlocksPerSm ? OccupancyLimit.Blocks
            : OccupancyLimit.SharedMemory;
        return new Occupancy(
            blocks, byWarps, byRegisters, byShared, profile.MaxBlocksPerSm, warps, (double)blocks * warps / profile.MaxWarpsPerSm, limit);
    }

    private static int RegisterLimit(GpuProfile profile, int warps, int registersPerThread)
    {
        if (registersPerThread > profile.MaxRegistersPerThread)
        {
            return 0;
        }

        var unit = profile.RegisterUnitPerWarp;
        var perWarp = ((registersPerThread * 32) + unit - 1) / unit * unit;
        if ((long)perWarp * RoundUp(warps, WarpAllocationUnit) > profile.MaxRegistersPerBlock)
        {
            return 0;
        }

        // Each scheduler has its own register file: whole warps per scheduler.
        var warpsPerScheduler = profile.RegistersPerSm / profile.SchedulersPerSm / perWarp;
        return warpsPerScheduler * profile.SchedulersPerSm / warps;
    }

    private static int SharedLimit(GpuProfile profile, int sharedBytesPerBlock)
    {
        if (sharedBytesPerBlock > profile.MaxSharedBytesPerBlock)
        {
            return 0;
        }

        var bytes = RoundUp(sharedBytesPerBlock + profile.ReservedSharedBytesPerBlock, SharedUnit);
        return bytes == 0 ? profile.MaxBlocksPerSm : profile.SharedBytesPerSm / bytes;
    }

    private static int RoundUp(int value, int unit) => (value + unit - 1) / unit * unit;
}
