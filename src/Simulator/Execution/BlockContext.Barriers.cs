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

        // A whole warp counts as 32 threads even where the block ends inside it (PTX ISA: counts are multiples of the warp size).
        barrier.Arrived += mask == warp.Alive && threads != 0 ? 32 : BitOperations.PopCount(mask);
        if (ins->Op == Op.BarRed)
        {
            uint p = *(uint*)(warp.Registers + ins->C) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0);
            barrier.Popcount += BitOperations.PopCount(p & mask);
            barrier.Any |= (p & mask) != 0;
            barrier.NotAll |= (p & mask) != mask;
        }

        if (ins->Op == Op.BarArrive)
        {
            barrier.ArriveOnlyWarps |= 1 << warp.Index;
            CompleteBarrier(id, threads);
            return false;
        }

        ref PathState path = ref warp.Paths[warp.Current];
        path.Status = PathStatus.WaitBarrier;
        path.Pc = code;
        path.Barrier = id;
        path.BarrierThreads = threads;
        path.BarrierAligned = (ins->Mod & Mod.Unaligned) == 0;
        CompleteBarrier(id, threads);
        return warp.Paths[warp.Current].Status != PathStatus.Ready;
    }

    // Kept, since every arrival asks for it.
    private int aliveThreads;

    // Bit i: barrier i has been used by this block.
    private uint barriersUsed;

    /// <summary>Threads ended: barriers that waited for all the block's threads may be complete now.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void ThreadsExited(uint lanes)
    {
        aliveThreads -= BitOperations.PopCount(lanes);
        for (uint used = barriersUsed; used != 0; used &= used - 1)
        {
            int id = BitOperations.TrailingZeroCount(used);
            if (Barriers[id].InUse)
            {
                CompleteBarrier(id, 0);
            }
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private void CompleteBarrier(int id, int threads)
    {
        ref BlockBarrier barrier = ref Barriers[id];
        // All waiters must want all threads for that rule to hold.
        threads = threads == 0 ? barrier.Threads : threads;
        int needed = threads == 0 ? aliveThreads : threads;
        if (barrier.Arrived < needed || barrier.Arrived == 0)
        {
            return;
        }

        Span<int> participants = stackalloc int[Warps.Length];
        int count = 0;
        foreach (WarpState warp in Warps)
        {
            uint union = 0;
            int pc = -1;
            bool mixed = false;
            bool aligned = true;
            bool took = (barrier.ArriveOnlyWarps >> warp.Index & 1) != 0;
            for (int i = 0; i < warp.PathCount; i++)
            {
                ref PathState p = ref warp.Paths[i];
                if (p.Status != PathStatus.WaitBarrier || p.Barrier != id)
                {
                    continue;
                }

                took = true;
                mixed |= pc >= 0 && pc != p.Pc;
                pc = pc < 0 ? p.Pc : pc;
                union |= p.Mask;
                aligned &= p.BarrierAligned;
            }

            if (union != 0 && Launch.CheckSynchronisation && aligned && (mixed || union != warp.Alive))
            {
                int lane = BitOperations.TrailingZeroCount(union);
                Report(FindingKind.BarrierDivergence, warp, pc, lane, $"not all lanes of warp {warp.Index} reach this barrier together: lanes 0x{union:x8} of 0x{warp.Alive:x8} are here");
            }

            Clocks?.WarpSync(warp.Index, union, warp.Alive);
            if (took)
            {
                participants[count++] = warp.Index;
            }

            Resume(warp, id, barrier);
        }

        Clocks?.Barrier(participants[..count]);
        barrier = default;
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
    private bool Unblock()
    {
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

        if (released)
        {
            return true;
        }

        foreach (WarpState warp in Warps)
        {
            for (int i = 0; i < warp.PathCount; i++)
            {
                ref PathState p = ref warp.Paths[i];
                if (p.Status == PathStatus.WaitBarrier)
                {
                    int needed = p.BarrierThreads == 0 ? AliveThreads() : p.BarrierThreads;
                    Report(FindingKind.Deadlock, warp, p.Pc, BitOperations.TrailingZeroCount(p.Mask), $"barrier {p.Barrier} waits for {needed} threads and only {Barriers[p.Barrier].Arrived} can come: nothing in the block can go on");
                }
            }
        }

        return false;
    }
}
