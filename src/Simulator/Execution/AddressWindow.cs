namespace KernelForge.Simulator.Execution;

/// <summary>Where shared, local and parameter memory stand among generic addresses.</summary>
internal static class AddressWindow
{
    public const ulong Shared = 0x0400_0000_0000UL;
    public const ulong Local = 0x0500_0000_0000UL;
    public const ulong Parameter = 0x0600_0000_0000UL;
    public const ulong Size = 1UL << 32;

    /// <summary>Above these bits a shared address names a block of the cluster: its rank plus 1; 0 is the thread's own block.</summary>
    public const int ClusterShift = 24;

    /// <summary>Blocks that a cluster may have: what hardware can do where a kernel asks for more than the portable eight.</summary>
    public const int MostClusterBlocks = 16;

    /// <summary>A shared address within its block.</summary>
    public static ulong Within(ulong address) => address & ((1UL << ClusterShift) - 1);
}
