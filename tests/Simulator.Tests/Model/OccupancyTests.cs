using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

public sealed class OccupancyTests
{
    // As the CUDA occupancy calculator and cudaOccupancyMaxActiveBlocksPerMultiprocessor have it.
    [Theory]
    [InlineData("A100", 256, 32, 0, 8, OccupancyLimit.Warps)]
    [InlineData("A100", 128, 64, 0, 8, OccupancyLimit.Registers)]
    [InlineData("A100", 256, 33, 0, 6, OccupancyLimit.Registers)] // 40 registers: 1,280 a warp, 12 warps a scheduler
    [InlineData("A100", 256, 255, 0, 1, OccupancyLimit.Registers)]
    [InlineData("A100", 32, 16, 0, 32, OccupancyLimit.Blocks)]
    [InlineData("A100", 128, 32, 49152, 3, OccupancyLimit.SharedMemory)] // 48 KB and the system's kilobyte
    [InlineData("A100", 1024, 32, 0, 2, OccupancyLimit.Warps)]
    [InlineData("A100", 1024, 65, 0, 0, OccupancyLimit.Registers)]
    [InlineData("A100", 256, 32, 166912, 1, OccupancyLimit.SharedMemory)]
    [InlineData("A100", 256, 32, 166913, 0, OccupancyLimit.SharedMemory)]
    [InlineData("H200", 256, 32, 232448, 1, OccupancyLimit.SharedMemory)]
    [InlineData("RTX4090", 1024, 32, 0, 1, OccupancyLimit.Warps)]
    [InlineData("RTX4090", 256, 40, 0, 6, OccupancyLimit.Warps)]
    [InlineData("RTX4090", 32, 32, 0, 24, OccupancyLimit.Blocks)]
    [InlineData("T4", 1024, 64, 0, 1, OccupancyLimit.Warps)]
    [InlineData("T4", 256, 32, 0, 4, OccupancyLimit.Warps)]
    [InlineData("T4", 64, 32, 32768, 2, OccupancyLimit.SharedMemory)]
    [InlineData("T4", 32, 32, 0, 16, OccupancyLimit.Blocks)]
    public void Resident_blocks_and_their_limit_are_the_calculators(
        string gpu, int threads, int registers, int sharedBytes, int blocks, OccupancyLimit limit)
    {
        var occupancy = Occupancy.Of(GpuProfiles.Get(gpu), threads, registers, sharedBytes);
        Assert.Equal((blocks, limit), (occupancy.BlocksPerSm, occupancy.LimitedBy));
    }

    [Fact]
    public void A_last_partial_warp_counts_whole()
    {
        Assert.Equal(2, Occupancy.Of(GpuProfiles.Get("A100"), 33, 16, 0).WarpsPerBlock);
    }
}
