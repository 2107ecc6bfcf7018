namespace KernelForge.Simulator.Execution;

/// <summary>Where an access went.</summary>
public enum MemorySpace
{
    /// <summary>Global memory, constant banks in global addresses included; addresses are flat virtual addresses.</summary>
    Global,

    /// <summary>Shared memory; addresses are byte offsets in the block's window.</summary>
    Shared,

    /// <summary>Local memory; addresses are byte offsets in the thread's own frame (interleaved by lane in hardware).</summary>
    Local,

    /// <summary>The constant bank (<c>ld.const</c>, kernel parameters read with a register index).</summary>
    Constant,
}

/// <summary>What an access did.</summary>
public enum AccessKind
{
    /// <summary>A load.</summary>
    Read,

    /// <summary>A store.</summary>
    Write,

    /// <summary>A read-modify-write (<c>atom</c>, <c>red</c>).</summary>
    Atomic,
}

/// <summary>Which accesses an observer looks at.</summary>
public enum ObservedTraffic
{
    /// <summary>None.</summary>
    None,

    /// <summary>All but reads of global buffers that the launch may not write; of basic blocks and branches nothing.</summary>
    Writable,

    /// <summary>Everything.</summary>
    All,
}

/// <summary>
/// What an execution reports while it runs. Implementations are structs, so that the interpreter is compiled once per
/// observer and reports nothing, at no cost, where <typeparamref name="TSelf"/> is <see cref="NoObserver"/>.
/// One observer serves one thread block at a time; instruction numbers index <c>KernelProgram.Instructions</c>.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
public interface IExecutionObserver<TSelf>
    where TSelf : struct, IExecutionObserver<TSelf>
{
    /// <summary>False makes the interpreter leave every call out.</summary>
    static abstract bool Enabled { get; }

    /// <summary>What compiled code need not report.</summary>
    static abstract ObservedTraffic Traffic { get; }

    /// <summary>A thread block starts.</summary>
    void BlockStarted(int x, int y, int z);

    /// <summary>
    /// A warp goes on: what follows is its doing. <paramref name="interval"/> is the number of barriers of all its threads that the block has passed.
    /// </summary>
    void WarpScheduled(int warp, int interval);

    /// <summary>One warp runs one basic block to its end under one mask. Instructions are expanded from it afterwards.</summary>
    void BasicBlockExecuted(int basicBlock, uint activeMask);

    /// <summary>One warp executed a conditional branch: of the active lanes, those in <paramref name="takenMask"/> took it.</summary>
    void BranchExecuted(int instruction, uint activeMask, uint takenMask);

    /// <summary>One warp's memory request. <paramref name="addresses"/> has 32 entries, valid where <paramref name="mask"/> is set.</summary>
    void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane);

    /// <summary>The same where compiled code knows the lanes' addresses as one number and a pattern.</summary>
    void PatternAccessed(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane);

    /// <summary>One warp arrived at a block barrier.</summary>
    void BarrierArrived(int instruction, int warp);

    /// <summary>The thread block ended.</summary>
    void BlockFinished();
}

/// <summary>Observes nothing.</summary>
public readonly struct NoObserver : IExecutionObserver<NoObserver>
{
    /// <inheritdoc/>
    public static bool Enabled => false;

    /// <inheritdoc/>
    public static ObservedTraffic Traffic => ObservedTraffic.None;

    /// <inheritdoc/>
    public void BlockStarted(int x, int y, int z)
    {
    }

    /// <inheritdoc/>
    public void WarpScheduled(int warp, int interval)
    {
    }

    /// <inheritdoc/>
    public void BasicBlockExecuted(int basicBlock, uint activeMask)
    {
    }

    /// <inheritdoc/>
    public void BranchExecuted(int instruction, uint activeMask, uint takenMask)
    {
    }

    /// <inheritdoc/>
    public void MemoryAccessed(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane)
    {
    }

    /// <inheritdoc/>
    public void PatternAccessed(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane)
    {
    }

    /// <inheritdoc/>
    public void BarrierArrived(int instruction, int warp)
    {
    }

    /// <inheritdoc/>
    public void BlockFinished()
    {
    }
}
