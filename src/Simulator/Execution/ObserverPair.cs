using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Execution;

/// <summary>Two observers of one execution.</summary>
/// <param name="first">Hears everything first.</param>
/// <param name="second">Hears everything then.</param>
/// <typeparam name="TFirst">The first one's type.</typeparam>
/// <typeparam name="TSecond">The second one's.</typeparam>
public struct ObserverPair<TFirst, TSecond>(TFirst first, TSecond second) : IExecutionObserver<ObserverPair<TFirst, TSecond>>
    where TFirst : struct, IExecutionObserver<TFirst>
    where TSecond : struct, IExecutionObserver<TSecond>
{
    private TFirst _first = first;
    private TSecond _second = second;

    /// <inheritdoc/>
    static bool IExecutionObserver<ObserverPair<TFirst, TSecond>>.Enabled => TFirst.Enabled || TSecond.Enabled;

    /// <inheritdoc/>
    static ObservedTraffic IExecutionObserver<ObserverPair<TFirst, TSecond>>.Traffic => TFirst.Traffic > TSecond.Traffic ? TFirst.Traffic : TSecond.Traffic;

    /// <inheritdoc/>
    public void BlockStarted(int x, int y, int z)
    {
        _first.BlockStarted(x, y, z);
        _second.BlockStarted(x, y, z);
    }

    /// <inheritdoc/>
    public void WarpScheduled(int warp, int interval)
    {
        _first.WarpScheduled(warp, interval);
        _second.WarpScheduled(warp, interval);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BasicBlockExecuted(int basicBlock, uint activeMask)
    {
        _first.BasicBlockExecuted(basicBlock, activeMask);
        _second.BasicBlockExecuted(basicBlock, activeMask);
    }

    /// <inheritdoc/>
    public void BranchExecuted(int instruction, uint activeMask, uint takenMask)
    {
        _first.BranchExecuted(instruction, activeMask, takenMask);
        _second.BranchExecuted(instruction, activeMask, takenMask);
    }

    /// <inheritdoc/>
    public void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane)
    {
        _first.MemoryAccessed(instruction, space, kind, addresses, mask, bytesPerLane);
        _second.MemoryAccessed(instruction, space, kind, addresses, mask, bytesPerLane);
    }

    /// <inheritdoc/>
    public void PatternAccessed(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane)
    {
        _first.PatternAccessed(instruction, space, kind, origin, pattern, mask, bytesPerLane);
        _second.PatternAccessed(instruction, space, kind, origin, pattern, mask, bytesPerLane);
    }

    /// <inheritdoc/>
    public void BarrierArrived(int instruction, int warp)
    {
        _first.BarrierArrived(instruction, warp);
        _second.BarrierArrived(instruction, warp);
    }

    /// <inheritdoc/>
    public void BlockFinished()
    {
        _first.BlockFinished();
        _second.BlockFinished();
    }
}
