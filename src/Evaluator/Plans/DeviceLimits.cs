namespace KernelForge.Evaluator.Plans;

/// <summary>What plans are checked against on the device judged for. The rest is the same on every GPU (CUDA programming guide, technical specifications).</summary>
public sealed record DeviceLimits
{
    /// <summary>Blocks of a grid in x, y, z.</summary>
    public static readonly Dim3 MaxGrid = new(int.MaxValue, 65535, 65535);

    /// <summary>Threads of a block in x, y, z.</summary>
    public static readonly Dim3 MaxBlock = new(1024, 1024, 64);

    /// <summary>Threads of a block in all.</summary>
    public const int MaxThreads = 1024;

    /// <summary>The device's name, for messages.</summary>
    public required string Device { get; init; }

    /// <summary>Multiprocessors.</summary>
    public required int SmCount { get; init; }

    /// <summary>Shared memory a block can opt into, static and dynamic together, bytes: 232,448 on sm_90.</summary>
    public required long MaxSharedBytes { get; init; }

    /// <summary>Blocks of a cluster, at most (portable size 8); 0: the device has no clusters.</summary>
    public int MaxClusterBlocks { get; init; }

    /// <summary>The device has TMA.</summary>
    public bool HasTensorMaps { get; init; }

    /// <summary>H200: sm_90, 132 multiprocessors, 227 KiB.</summary>
    public static DeviceLimits H200 { get; } = new() { Device = "H200", SmCount = 132, MaxSharedBytes = 232_448, MaxClusterBlocks = 8, HasTensorMaps = true };

    /// <summary>The limits of an architecture (<c>sm_80</c>), with a device's own name and multiprocessors.</summary>
    public static DeviceLimits For(string device, string architecture, int smCount)
    {
        string digits = new([.. architecture.Where(char.IsAsciiDigit)]);
        int version = int.TryParse(digits, out int parsed) ? parsed : 0;
        long shared = version switch
        {
            70 or 72 => 96 << 10,
            75 => 64 << 10,
            80 or 87 => 163 << 10,
            86 or 89 or 120 or 121 => 99 << 10,
            >= 90 => 227 << 10,
            _ => 48 << 10,
        };
        bool modern = version >= 90;
        return new DeviceLimits { Device = device, SmCount = smCount, MaxSharedBytes = shared, MaxClusterBlocks = modern ? 8 : 0, HasTensorMaps = modern };
    }
}

/// <summary>How many blocks of a kernel fit on one multiprocessor at once.</summary>
/// <param name="kernel">The kernel as the plan names it.</param>
/// <param name="threads">Threads of a block.</param>
/// <param name="dynamicSharedBytes">Dynamic shared memory of a block, bytes.</param>
public delegate int OccupancyQuery(string kernel, int threads, long dynamicSharedBytes);
