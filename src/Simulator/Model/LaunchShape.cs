namespace KernelForge.Simulator.Model;

/// <summary>A launch's shape and the kernel's resources, as the cubin and the launch plan say.</summary>
public sealed record LaunchShape
{
    /// <summary>Blocks in x.</summary>
    public required int GridX { get; init; }

    /// <summary>Blocks in y.</summary>
    public int GridY { get; init; } = 1;

    /// <summary>Blocks in z.</summary>
    public int GridZ { get; init; } = 1;

    /// <summary>Threads of a block in x.</summary>
    public required int BlockX { get; init; }

    /// <summary>Threads of a block in y.</summary>
    public int BlockY { get; init; } = 1;

    /// <summary>Threads of a block in z.</summary>
    public int BlockZ { get; init; } = 1;

    /// <summary>Registers a thread.</summary>
    public required int RegistersPerThread { get; init; }

    /// <summary>Static shared memory of a block, bytes.</summary>
    public int StaticSharedBytes { get; init; }

    /// <summary>Dynamic shared memory of a block, bytes.</summary>
    public int DynamicSharedBytes { get; init; }

    /// <summary>Bytes that a thread spills, from the cubin.</summary>
    public int SpillBytes { get; init; }

    /// <summary>Blocks of the launch.</summary>
    public long Blocks => (long)GridX * GridY * GridZ;

    /// <summary>Threads of a block.</summary>
    public int ThreadsPerBlock => BlockX * BlockY * BlockZ;

    /// <summary>Warps of a block.</summary>
    public int WarpsPerBlock => (ThreadsPerBlock + 31) / 32;

    /// <summary>Shared memory of a block, bytes.</summary>
    public int SharedBytes => StaticSharedBytes + DynamicSharedBytes;

    /// <summary>Resident blocks and what limits them.</summary>
    public Occupancy OccupancyOn(GpuProfile profile) => Occupancy.Of(profile, ThreadsPerBlock, RegistersPerThread, SharedBytes);
}
