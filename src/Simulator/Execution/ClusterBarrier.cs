using System.Numerics;
using KernelForge.Simulator.Checks;

namespace KernelForge.Simulator.Execution;

/// <summary>The barrier of a thread-block cluster (PTX ISA §9.7.12.4): every thread of it that has not ended arrives, then whoever waits goes on.</summary>
internal sealed class ClusterBarrier
{
    private int arrived;

    /// <summary>Phases completed.</summary>
    public int Phase { get; private set; }

    public void Reset()
    {
        arrived = 0;
        Phase = 0;
    }

    /// <summary>Lanes of a warp arrive, which remember the phase that they have to see the end of.</summary>
    public void Arrive(BlockGroup group, WarpState warp, uint mask)
    {
        for (uint m = mask; m != 0; m &= m - 1)
        {
            warp.ClusterPhases[BitOperations.TrailingZeroCount(m)] = Phase + 1;
        }

        arrived += BitOperations.PopCount(mask);
        ThreadsEnded(group);
    }

    /// <summary>Whether all these lanes may go on.</summary>
    public bool IsComplete(WarpState warp, uint mask)
    {
        for (uint m = mask; m != 0; m &= m - 1)
        {
            if (warp.ClusterPhases[BitOperations.TrailingZeroCount(m)] > Phase)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The phase may be complete without the threads that have ended.</summary>
    public void ThreadsEnded(BlockGroup group)
    {
        if (arrived > 0 && arrived >= group.Blocks.Sum(b => b.AliveThreads))
        {
            arrived = 0;
            Phase++;
            group.Events++;
            Knowledge? known = null;
            foreach (BlockContext block in group.Blocks)
            {
                known = Knowledge.Join(known, block.Clocks?.Meet(block.Warps));
            }

            foreach (BlockContext block in group.Blocks)
            {
                block.Clocks?.Learn(block.Warps, known);
            }
        }
    }
}
