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
    public static ObservedTraffic Traffic => ObservedTraffic.All;

    /// <inheritdoc/>
    public void BlockStarted(int x, int y, int z) => counters.StartBlock(x, y, z);

    /// <inheritdoc/>
    public void WarpScheduled(int warp, int interval) => counters.ScheduleWarp(warp);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BasicBlockExecuted(int basicBlock, uint activeMask) => counters.CountBasicBlock(basicBlock, activeMask);

    /// <inheritdoc/>
    public void BranchExecuted(int instruction, uint activeMask, uint takenMask) => counters.CountBranch(instruction, activeMask, takenMask);

    /// <inheritdoc/>
    public void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane) =>
        counters.CountMemory(instruction, space, kind, addresses, mask, bytesPerLane);

    /// <inheritdoc/>
    public void PatternAccessed(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane) =>
        counters.CountPattern(instruction, space, kind, origin, pattern, mask, bytesPerLane);

    /// <inheritdoc/>
    public void BarrierArrived(int instruction, int warp) => counters.CountBarrier(instruction);

    /// <inheritdoc/>
    public void BlockFinished() => counters.FinishBlock();
}
