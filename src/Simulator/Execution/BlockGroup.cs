namespace KernelForge.Simulator.Execution;

/// <summary>
/// What is scheduled as one: a block, or the blocks of a thread-block cluster, which take turns on one core, see each other's shared memory
/// and meet at cluster barriers. Reused for one group after another.
/// </summary>
internal sealed class BlockGroup : IDisposable
{
    private readonly LaunchState launch;
    private readonly bool[] ended;

    public BlockGroup(LaunchState launch)
    {
        this.launch = launch;
        Blocks = new BlockContext[launch.Cluster.Count];
        ended = new bool[Blocks.Length];
        for (int rank = 0; rank < Blocks.Length; rank++)
        {
            Blocks[rank] = new BlockContext(launch, this, rank);
        }
    }

    /// <summary>By rank in the cluster.</summary>
    public BlockContext[] Blocks { get; }

    /// <summary>The cluster's barrier.</summary>
    public ClusterBarrier Barrier { get; } = new();

    /// <summary>Counts what a waiting thread may have waited for: completed phases of barriers, copies issued.</summary>
    public long Events { get; set; }

    /// <summary>Warp instructions executed so far, in all groups that this object has been.</summary>
    public long Executed => Blocks.Length == 1 ? Blocks[0].Executed : Blocks.Sum(b => b.Executed);

    /// <summary>How often a finding that is known came again.</summary>
    public long Repeated => Blocks.Length == 1 ? Blocks[0].Repeated : Blocks.Sum(b => b.Repeated);

    /// <summary>How the block ended that stopped the group.</summary>
    public LaunchCompletion Completion { get; private set; }

    public bool HasEnded(int rank) => ended[rank];

    /// <summary>Makes this the group with the given linear number.</summary>
    public void Start<TObserver>(long group, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        Completion = LaunchCompletion.Completed;
        Barrier.Reset();
        Array.Clear(ended);
        for (int rank = 0; rank < Blocks.Length; rank++)
        {
            BlockContext block = Blocks[rank];
            block.Start(launch.BlockOf(group, rank));
            if (TObserver.Enabled)
            {
                observer.BlockStarted(block.Block.X, block.Block.Y, block.Block.Z);
            }
        }
    }

    /// <summary>Runs the blocks until all have ended, the turn's limit is reached, or nothing can go on.</summary>
    public BlockOutcome Run<TObserver>(ref TObserver observer, long turnLimit)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        while (true)
        {
            long before = Executed;
            long events = Events;
            bool live = false;
            bool ran = false;
            for (int rank = 0; rank < Blocks.Length; rank++)
            {
                if (ended[rank])
                {
                    continue;
                }

                BlockContext block = Blocks[rank];
                switch (block.Run(ref observer, turnLimit))
                {
                    case BlockOutcome.Stopped:
                        Completion = block.Completion;
                        return BlockOutcome.Stopped;
                    case BlockOutcome.Finished:
                        ended[rank] = true;
                        ran = true;
                        Barrier.ThreadsEnded(this);
                        if (TObserver.Enabled)
                        {
                            observer.BlockFinished();
                        }

                        break;
                    case BlockOutcome.Quantum:
                        live = true;
                        ran = true;
                        break;
                    default:
                        live = true;
                        break;
                }
            }

            if (!live)
            {
                return BlockOutcome.Finished;
            }

            if (!ran && Executed == before && Events == events && !Unblock())
            {
                Completion = LaunchCompletion.Deadlock;
                return BlockOutcome.Stopped;
            }

            if (Blocks.Length == 1 || Executed - before >= turnLimit)
            {
                return BlockOutcome.Quantum;
            }
        }
    }

    // No block of the cluster can go on: as in one block, one after the other.
    private bool Unblock()
    {
        for (int rank = 0; rank < Blocks.Length; rank++)
        {
            if (!ended[rank] && Blocks[rank].Unblock())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where warps stand, at most so many.</summary>
    public List<WarpPosition> Positions() => [.. Blocks.Where((_, rank) => !ended[rank]).SelectMany(b => b.Positions()).Take(64)];

    public void Dispose()
    {
        foreach (BlockContext block in Blocks)
        {
            block.Dispose();
        }
    }
}
