using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Checks;

/// <summary>Gives a <see cref="RaceScreen"/> what it looks at. Blocks one after another, in ascending order.</summary>
/// <param name="screen">Who looks.</param>
public readonly struct ScreeningObserver(RaceScreen screen) : IExecutionObserver<ScreeningObserver>
{
    /// <inheritdoc/>
    public static bool Enabled => true;

    /// <inheritdoc/>
    public static ObservedTraffic Traffic => ObservedTraffic.Writable;

    /// <inheritdoc/>
    public void BlockStarted(int x, int y, int z) => screen.StartBlock();

    /// <inheritdoc/>
    public void WarpScheduled(int warp, int interval) => screen.Schedule(warp, interval);

    /// <inheritdoc/>
    public void BasicBlockExecuted(int basicBlock, uint activeMask)
    {
    }

    /// <inheritdoc/>
    public void BranchExecuted(int instruction, uint activeMask, uint takenMask)
    {
    }

    /// <inheritdoc/>
    public void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane) =>
        screen.Access(instruction, space, kind, addresses, mask, bytesPerLane);

    /// <inheritdoc/>
    public void PatternAccessed(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane) =>
        screen.Access(instruction, space, kind, origin, pattern, mask, bytesPerLane);

    /// <inheritdoc/>
    public void BarrierArrived(int instruction, int warp)
    {
    }

    /// <inheritdoc/>
    public void BlockFinished()
    {
    }
}
