using System.Numerics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>What an mbarrier instruction does.</summary>
[Flags]
internal enum MbarrierAction
{
    None = 0,
    Init = 1,
    Invalidate = 2,

    /// <summary>Expects the bytes in operand C.</summary>
    Expect = 4,

    /// <summary>The bytes in operand C have come.</summary>
    CompleteBytes = 8,

    /// <summary>As many arrivals as operand B says.</summary>
    Arrive = 16,

    /// <summary>And none of them in later phases.</summary>
    Drop = 32,

    /// <summary>The state before it goes to D.</summary>
    ReturnState = 64,

    /// <summary>The arrivals missing in a state, from B to D.</summary>
    CountOfState = 128,
}

/// <summary>mbarrier objects (PTX ISA §9.7.12.15).</summary>
internal static unsafe class MbarrierUnit
{
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        byte* r = warp.Registers;
        var action = (MbarrierAction)ins->D2;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            if (action == MbarrierAction.CountOfState)
            {
                Mbarrier.TryRead(((ulong*)(r + ins->B))[lane], out Mbarrier state);
                ((uint*)(r + ins->D))[lane] = (uint)state.Pending;
                continue;
            }

            // Ending one is no plain write: whoever does it has counted the others out by atomics.
            AccessKind kind = action == MbarrierAction.Init ? AccessKind.Write : AccessKind.Atomic;
            ulong address = ((ulong*)(r + ins->A))[lane] + (ulong)ins->Imm;
            if (AsyncUnit.Mbarrier(block, warp, ins, code, lane, address, kind, (PtxSpace)ins->Type2) is not { } at)
            {
                continue;
            }

            ulong* word = (ulong*)(at.Owner.SharedEntry->Data + at.Offset);
            if (action is MbarrierAction.Init or MbarrierAction.Invalidate)
            {
                *word = action == MbarrierAction.Init ? Initial(block, warp, ins, code, lane).Bits : 0;
                continue;
            }

            Change(block, warp, ins, code, lane, action, at.Owner, at.Offset, word);
        }
    }

    private static Mbarrier Initial(BlockContext block, WarpState warp, Instruction* ins, int code, int lane)
    {
        int count = ((int*)(warp.Registers + ins->B))[lane];
        if (count is < 1 or > Mbarrier.MaxCount)
        {
            block.Report(FindingKind.InvalidMask, warp, code, lane, $"an mbarrier for {count} arrivals; 1 to {Mbarrier.MaxCount} are possible");
        }

        return Mbarrier.Of(Math.Clamp(count, 1, Mbarrier.MaxCount));
    }

    private static void Change(BlockContext block, WarpState warp, Instruction* ins, int code, int lane, MbarrierAction action, BlockContext owner, uint offset, ulong* word)
    {
        byte* r = warp.Registers;
        if (!Mbarrier.TryRead(*word, out Mbarrier barrier))
        {
            NotInitialised(block, warp, code, lane, offset);
            return;
        }

        if (action.HasFlag(MbarrierAction.ReturnState))
        {
            ((ulong*)(r + ins->D))[lane] = *word;
        }

        if (action.HasFlag(MbarrierAction.Expect))
        {
            barrier.Transactions += ((int*)(r + ins->C))[lane];
        }

        if (action.HasFlag(MbarrierAction.CompleteBytes))
        {
            barrier.Transactions -= ((int*)(r + ins->C))[lane];
        }

        if (action.HasFlag(MbarrierAction.Arrive))
        {
            int count = ((int*)(r + ins->B))[lane];
            if (count < 1 || count > barrier.Pending)
            {
                string name = FindingMaker.SharedPlace(owner, offset).Name;
                block.Report(
                    FindingKind.BarrierDivergence, warp, code, lane,
                    $"an arrival that counts {count} at the mbarrier in {name}, whose phase waits for {barrier.Pending} of {barrier.Expected}: more threads arrive than it was initialised for, or a phase begins before the last one ended", name, null, offset, 8);
                count = barrier.Pending;
            }

            barrier.Expected -= action.HasFlag(MbarrierAction.Drop) ? count : 0;
            barrier.Pending -= count;
        }

        if (barrier.Complete())
        {
            block.Group.Events++;
        }

        *word = barrier.Bits;
    }

    /// <summary>test_wait and try_wait. True: no lane's phase is complete, and the path waits; hardware suspends it too, up to a time limit.</summary>
    public static bool Wait(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        byte* r = warp.Registers;
        ref PathState path = ref warp.Paths[warp.Current];
        bool inVain = path.EventsSeen < 0;
        path.EventsSeen = 0;
        uint done = 0;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong address = ((ulong*)(r + ins->A))[lane] + (ulong)ins->Imm;
            if (AsyncUnit.Mbarrier(block, warp, ins, code, lane, address, AccessKind.Atomic, (PtxSpace)ins->Type2) is not { } at)
            {
                done |= 1u << lane;
                continue;
            }

            at.Owner.Async!.DeliverTo(at.Offset);
            if (!Mbarrier.TryRead(*(ulong*)(at.Owner.SharedEntry->Data + at.Offset), out Mbarrier barrier))
            {
                NotInitialised(block, warp, code, lane, at.Offset);
                done |= 1u << lane;
                continue;
            }

            if (barrier.Parity == Awaited(ins, r, lane))
            {
                continue;
            }

            // Once more: what has just been delivered is known now too.
            done |= 1u << lane;
            if (at.Owner.Clocks is { } clocks)
            {
                block.Clocks!.StrongRead(clocks.Words, at.Offset, warp.Index, 1u << lane, acquire: true, inBlockOnly: false);
            }
        }

        if (done == 0 && !inVain)
        {
            AsyncUnit.Park(block, warp, code);
            return true;
        }

        if (done != 0)
        {
            path.Polls = 0;
            block.Clocks?.WarpSync(warp.Index, done, warp.Alive);
        }

        WarpUnit.StorePredicate(r + ins->D, mask, done);
        return false;
    }

    // The parity that a lane waits for the end of: given, or that of a state.
    private static uint Awaited(Instruction* ins, byte* r, int lane)
    {
        if ((ins->Mod & Mod.B64) == 0)
        {
            return ((uint*)(r + ins->B))[lane] & 1;
        }

        Mbarrier.TryRead(((ulong*)(r + ins->B))[lane], out Mbarrier state);
        return state.Parity;
    }

    public static void ReportDeadlock(BlockContext block, WarpState warp, Instruction* ins, int code, int lane)
    {
        ulong address = ((ulong*)(warp.Registers + ins->A))[lane] + (ulong)ins->Imm;
        if (AsyncUnit.Mbarrier(block, warp, ins, code, lane, address, AccessKind.Atomic, (PtxSpace)ins->Type2) is { } at
            && Mbarrier.TryRead(*(ulong*)(at.Owner.SharedEntry->Data + at.Offset), out Mbarrier barrier))
        {
            string name = FindingMaker.SharedPlace(at.Owner, at.Offset).Name;
            block.Report(
                FindingKind.Deadlock, warp, code, lane,
                $"the mbarrier in {name} waits for {Missing(barrier)}, and nothing that can still run would end its phase", name, null, at.Offset, 8);
        }
    }

    private static string Missing(in Mbarrier barrier)
    {
        string bytes = barrier.Transactions switch
        {
            > 0 => $"{barrier.Transactions} bytes of copies",
            < 0 => $"somebody to expect the {-barrier.Transactions} bytes that came unexpected",
            _ => string.Empty,
        };
        string arrivals = barrier.Pending == 0 ? string.Empty : $"{barrier.Pending} of {barrier.Expected} arrivals";
        return arrivals.Length == 0 ? bytes : bytes.Length == 0 ? arrivals : $"{arrivals} and {bytes}";
    }

    private static void NotInitialised(BlockContext block, WarpState warp, int code, int lane, uint offset)
    {
        string name = FindingMaker.SharedPlace(block, offset).Name;
        block.Report(
            FindingKind.UninitialisedRead, warp, code, lane, $"no mbarrier was initialised in {name} at byte {offset} of shared memory: one thread calls init, then a barrier, before anybody uses it", name, null, offset, 8);
    }
}
