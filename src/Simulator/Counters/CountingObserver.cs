using System.Runtime.CompilerServices;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// Counts into a <see cref="LaunchCounters"/>. The counters are not thread-safe: give them the blocks of a launch one
/// after another, in ascending order where the whole launch is run.
/// </summary>
/// <param name="counters">Where to count.</param>
public readonly struct CountingObserver(LaunchCounters counters) : IExecutionObserver<CountingObserver>
{
    /// <inheritdoc/>
    public static bool Enabled => true;

    /// <inheritdoc/>
    public void BlockStarted(int x, int y, int z) => counters.StartBlock(x, y, z);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BasicBlockExecuted(int basicBlock, uint activeMask) => counters.CountBasicBlock(basicBlock, activeMask);

    /// <inheritdoc/>
    public void BranchExecuted(int instruction, uint activeMask, uint takenMask) => counters.CountBranch(instruction, activeMask, takenMask);

    /// <inheritdoc/>
    public void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane) =>
        counters.CountMemory(instruction, space, kind, addresses, mask, bytesPerLane);

    /// <inheritdoc/>
    public void BarrierArrived(int instruction, int warp) => counters.CountBarrier(instruction, warp);

    /// <inheritdoc/>
    public void BlockFinished() => counters.FinishBlock();
}
