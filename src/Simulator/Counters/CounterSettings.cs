using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Counters;

/// <summary>A device buffer, so that traffic can be told apart and no estimate exceeds its size.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Address">First flat virtual address.</param>
/// <param name="Bytes">Size in bytes.</param>
public sealed record BufferRange(string Name, ulong Address, long Bytes);

/// <summary>What the counters need to know of a launch and of the machine it is counted for.</summary>
public sealed record CounterSettings
{
    /// <summary>Blocks in x, y and z.</summary>
    public required (int X, int Y, int Z) Grid { get; init; }

    /// <summary>Warps of a block.</summary>
    public required int WarpsPerBlock { get; init; }

    /// <summary>Bytes of L1 that one block has for itself: what shared memory leaves of an SM, divided by the resident blocks.</summary>
    public required long L1BytesPerBlock { get; init; }

    /// <summary>Bytes that stay resident in L2 (<see cref="GpuProfile.L2EffectiveBytes"/>).</summary>
    public required long L2Bytes { get; init; }

    /// <summary>Blocks that run at once on the whole GPU.</summary>
    public required long ConcurrentBlocks { get; init; }

    /// <summary>The launch's buffers.</summary>
    public required IReadOnlyList<BufferRange> Buffers { get; init; }

    /// <summary>Blocks of the launch.</summary>
    public long Blocks => (long)Grid.X * Grid.Y * Grid.Z;

    /// <summary>Settings for a launch on a GPU.</summary>
    public static CounterSettings For(GpuProfile profile, LaunchShape shape, IReadOnlyList<BufferRange> buffers)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(shape);
        var occupancy = shape.OccupancyOn(profile);
        var perSm = (int)Math.Clamp((shape.Blocks + profile.Sms - 1) / profile.Sms, 1, Math.Max(1, occupancy.BlocksPerSm));
        var shared = (long)perSm * (shape.SharedBytes + profile.ReservedSharedBytesPerBlock);
        var l1 = Math.Max(profile.L1AndSharedBytesPerSm - shared, 16 * 1024);
        return new CounterSettings
        {
            Grid = (shape.GridX, shape.GridY, shape.GridZ),
            WarpsPerBlock = occupancy.WarpsPerBlock,
            L1BytesPerBlock = l1 / perSm,
            L2Bytes = profile.L2EffectiveBytes,
            ConcurrentBlocks = Math.Min(shape.Blocks, (long)perSm * profile.Sms),
            Buffers = buffers,
        };
    }
}
