using System.Numerics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Execution;

/// <summary>Barriers of the block (PTX ISA §9.7.12.1), and what to do when nothing can go on.</summary>
internal sealed unsafe partial class BlockContext
{
    /// <summary>The current path arrives at a barrier. True: it waits.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public bool ArriveAtBarrier(WarpState warp, Instruction* ins, int code, uint mask)
    {
        int first = BitOperations.TrailingZeroCount(mask);
        int id = (int)(((uint*)(warp.Registers + ins->A))[first] & 15);
        int threads = ins->D2 != 0 ? (int)((uint*)(warp.Registers + ins->B))[first] : 0;
        ref BlockBarrier barrier = ref Barriers[id];
        barrier.InUse = true;
        barrier.Threads = Math.Max(barrier.Threads, threads);
        barriersUsed |= 1u << id;
        barrier.AtMost += threads == 0 ? BitOperations.PopCount(mask) : 32;
        if (ins->Op == Op.BarRed)
        {
            uint p = *(uint*)(warp.Registers + ins->C) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0);
            barrier.Popcount += BitOperations.PopCount(p & mask);
            barrier.Any |= (p & mask) != 0;
            barrier.NotAll |= (p & mask) != mask;
        }

        Clocks?.Arrive(id, warp.Index);
        if (ins->Op == Op.BarArrive)
        {
            barrier.ArrivedOnly += Counted(warp, mask, threads);
            CompleteBarrier(id);
            return false;
        }

        ref PathState path = ref warp.Paths[warp.Current];
        path.Status = PathStatus.WaitBarrier;
        path.Pc = code;
        path.Barrier = id;
        path.BarrierThreads = threads;
        path.BarrierAligned = (ins->Mod & Mod.Unaligned) == 0;
        CompleteBarrier(id);
        return warp.Paths[warp.Current].Status != PathStatus.Ready;
    }

    /// <summary>Threads that have not ended: kept, since every arrival asks for it.</summary>
    public int AliveThreads { get; private set; }

    /// <summary>Barriers of all its threads that the block has passed.</summary>
    public int Interval { get; private set; }

    // Bit i: barrier i has been used by this block.
    private uint barriersUsed;

    /// <summary>Threads ended: barriers that waited for all the block's threads may be complete now.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void ThreadsExited(uint lanes)
    {
        AliveThreads -= BitOperations.PopCount(lanes);
        for (uint used = barriersUsed; used != 0; used &= used - 1)
        {
            int id = BitOperations.TrailingZeroCount(used);
            if (Barriers[id].InUse)
            {
                CompleteBarrier(id);
            }
        }

        if (Async is not null)
        {
            Group.Barrier.ThreadsEnded(Group);
        }
    }

    /// <summary>For how many threads lanes of a warp count: a whole warp for 32 even where the block or some of its lanes ended (PTX ISA: counts are multiples of the warp size).</summary>
    private static int Counted(WarpState warp, uint lanes, int threads) => lanes == warp.Alive && lanes != 0 && threads != 0 ? 32 : BitOperations.PopCount(lanes);

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private static uint Waiting(WarpState warp, int id)
    {
        uint lanes = 0;
        for (int i = 0; i < warp.PathCount; i++)
        {
            ref PathState p = ref warp.Paths[i];
            lanes |= p.Status == PathStatus.WaitBarrier && p.Barrier == id ? p.Mask : 0;
        }

        return lanes;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private void CompleteBarrier(int id)
    {
        ref BlockBarrier barrier = ref Barriers[id];
        int needed = barrier.Threads == 0 ? AliveThreads : barrier.Threads;
        if (barrier.AtMost < needed)
        {
            return;
        }

        barrier.Arrived = barrier.ArrivedOnly;
        foreach (WarpState warp in Warps)
        {
            barrier.Arrived += Counted(warp, Waiting(warp, id), barrier.Threads);
        }
        if (barrier.Arrived < needed || barrier.Arrived == 0)
        {
            return;
        }

        Span<int> waiters = stackalloc int[Warps.Length];
        int count = 0;
        foreach (WarpState warp in Warps)
        {
            uint union = Waiting(warp, id);
            if (union != 0 && Launch.CheckSynchronisation)
            {
                CheckTogether(warp, id, union);
            }

            if (union != 0)
            {
                waiters[count++] = warp.Index;
                Clocks?.WarpSync(warp.Index, union, warp.Alive);
            }

            Resume(warp, id, barrier);
        }

        // Those that ended before it did not pass it: what they did is not ordered by it.
        if (barrier.ArrivedOnly == 0 && barrier.Arrived >= Launch.Configuration.Block.Count)
        {
            Interval++;
        }

        Clocks?.Complete(id, waiters[..count]);
        barrier = default;
    }

    /// <summary>All lanes of a warp must come to an aligned barrier together, at one place.</summary>
    private void CheckTogether(WarpState warp, int id, uint lanes)
    {
        int first = -1;
        int other = -1;
        bool aligned = true;
        for (int i = 0; i < warp.PathCount; i++)
        {
            ref PathState p = ref warp.Paths[i];
            if (p.Status == PathStatus.WaitBarrier && p.Barrier == id)
            {
                aligned &= p.BarrierAligned;
                other = first < 0 || p.Pc == warp.Paths[first].Pc ? other : p.Pc > warp.Paths[first].Pc ? i : first;
                first = first < 0 || p.Pc < warp.Paths[first].Pc ? i : first;
            }
        }

        if (!aligned || (other < 0 && lanes == warp.Alive))
        {
            return;
        }

        ref PathState at = ref warp.Paths[first];
        string where = other >= 0
            ? $"lanes 0x{at.Mask:x8} of warp {warp.Index} are at this barrier and lanes 0x{warp.Paths[other].Mask:x8} at the one at line {Launch.LineOf(warp.Paths[other].Pc)}"
            : $"not all lanes of warp {warp.Index} reach this barrier together: lanes 0x{lanes:x8} of 0x{warp.Alive:x8} are here";
        Report(FindingKind.BarrierDivergence, warp, at.Pc, BitOperations.TrailingZeroCount(at.Mask), where);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private void Resume(WarpState warp, int id, in BlockBarrier barrier)
    {
        int firstReady = -1;
        for (int i = 0; i < warp.PathCount; i++)
        {
            ref PathState p = ref warp.Paths[i];
            if (p.Status != PathStatus.WaitBarrier || p.Barrier != id)
            {
                continue;
            }

            p.Status = PathStatus.Ready;
            Instruction* ins = Launch.Code + p.Pc;
            if (ins->Op == Op.BarRed)
            {
                if (ins->Type2 == 0)
                {
                    WarpUnit.StoreUniform(warp.Registers + ins->D, p.Mask, (uint)barrier.Popcount);
                }
                else
                {
                    bool value = ins->Type2 == 1 ? !barrier.NotAll : barrier.Any;
                    WarpUnit.StorePredicate(warp.Registers + ins->D, p.Mask, value ? uint.MaxValue : 0);
                }
            }

            p.Pc++;

            // Paths that came here apart and now stand at the same place go on as one.
            if (firstReady >= 0 && warp.Paths[firstReady].Pc == p.Pc && warp.Paths[firstReady].Convergence == p.Convergence && warp.Paths[firstReady].Frame == p.Frame && i != warp.Current)
            {
                warp.Paths[firstReady].Mask |= p.Mask;
                bool shift = warp.Current > i;
                warp.RemovePath(i);
                warp.Current -= shift ? 1 : 0;
                i--;
            }
            else
            {
                firstReady = i;
            }
        }
    }

    /// <summary>No warp can go on: names what is wrong and lets lanes go on where hardware would. False: a deadlock.</summary>
    public bool Unblock()
    {
        if (Async is not null && Async.Wake())
        {
            return true;
        }

        // First: warp operations whose masks name lanes that do not come.
        foreach (WarpState warp in Warps)
        {
            for (int i = 0; i < warp.PathCount; i++)
            {
                ref PathState p = ref warp.Paths[i];
                if (p.Status == PathStatus.WaitWarp)
                {
                    if (Launch.CheckSynchronisation)
                    {
                        Report(FindingKind.InvalidMask, warp, p.Pc, BitOperations.TrailingZeroCount(p.Mask), $"the mask 0x{p.WaitMask:x8} names lanes that do not take part: only 0x{p.Mask:x8} are here");
                    }

                    p.Status = PathStatus.Ready;
                    p.WaitMask = 0;
                    p.BarrierThreads = -1;
                    return true;
                }
            }
        }

        bool released = false;
        foreach (WarpState warp in Warps)
        {
            int waiting = -1;
            bool aligned = false;
            for (int i = 0; i < warp.PathCount; i++)
            {
                if (warp.Paths[i].Status == PathStatus.WaitBarrier)
                {
                    waiting = i;
                    aligned |= warp.Paths[i].BarrierAligned;
                }
            }

            if (waiting < 0)
            {
                released |= warp.ReleaseWaiting();
                continue;
            }

            PathState at = warp.Paths[waiting];
            if (warp.ReleaseWaiting())
            {
                released = true;
                if (aligned && Launch.CheckSynchronisation)
                {
                    Report(FindingKind.BarrierDivergence, warp, at.Pc, BitOperations.TrailingZeroCount(at.Mask), $"only lanes 0x{at.Mask:x8} of warp {warp.Index} reach this barrier; the others (0x{warp.Alive & ~at.Mask:x8}) go round it");
                }
            }
        }

        if (released || Async?.ReleasePolls() == true)
        {
            return true;
        }

        foreach (WarpState warp in Warps)
        {
            for (int i = 0; i < warp.PathCount; i++)
            {
                ref PathState p = ref warp.Paths[i];
                if (p.Status == PathStatus.WaitAsync)
                {
                    AsyncUnit.ReportDeadlock(this, warp, p);
                }
                else if (p.Status == PathStatus.WaitBarrier)
                {
                    int needed = p.BarrierThreads == 0 ? AliveThreads : p.BarrierThreads;
                    Report(FindingKind.Deadlock, warp, p.Pc, BitOperations.TrailingZeroCount(p.Mask), $"barrier {p.Barrier} waits for {needed} threads and only {Barriers[p.Barrier].Arrived} can come: nothing in the block can go on");
                }
            }
        }

        return false;
    }
}
