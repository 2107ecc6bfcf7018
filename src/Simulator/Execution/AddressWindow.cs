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
}
