using System.Numerics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Clusters, mbarriers and asynchronous copies (PTX ISA §9.7.8.24, §9.7.12.4, §9.7.12.15).</summary>
internal static unsafe class AsyncUnit
{
    /// <summary>Executes one. True: the path waits and tries the instruction again later.</summary>
    public static bool Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        byte* r = warp.Registers;
        AsyncEngine engine = block.Async!;
        switch (ins->Op)
        {
            case Op.CpAsync:
                engine.Copy(warp, ins, r, mask);
                return false;
            case Op.CpAsyncCommit:
                engine.Commit(warp, mask);
                return false;
            case Op.CpAsyncWait:
                engine.Wait(warp, mask, (int)ins->Imm);
                return false;
            case Op.CpAsyncArrive:
                ArriveLater(block, warp, ins, code, mask);
                return false;
            case Op.Mbarrier:
                MbarrierUnit.Execute(block, warp, ins, code, mask);
                return false;
            case Op.MbarrierWait:
                return MbarrierUnit.Wait(block, warp, ins, code, mask);
            case Op.Bulk:
                for (uint m = mask; m != 0; m &= m - 1)
                {
                    BulkUnit.Execute(block, warp, ins, code, BitOperations.TrailingZeroCount(m));
                }

                return false;
            case Op.BulkCommit or Op.BulkWait:
                for (uint m = mask; m != 0; m &= m - 1)
                {
                    int thread = (warp.Index * 32) + BitOperations.TrailingZeroCount(m);
                    if (ins->Op == Op.BulkCommit)
                    {
                        engine.CommitStores(thread);
                    }
                    else
                    {
                        engine.WaitStores(thread, (int)ins->Imm);
                    }
                }

                return false;
            case Op.StAsync:
                StoreAsync(block, warp, ins, code, mask);
                return false;
            case Op.ClusterArrive:
                block.Group.Barrier.Arrive(block.Group, warp, mask);
                return false;
            case Op.ClusterWait:
                if (block.Group.Barrier.IsComplete(warp, mask))
                {
                    return false;
                }

                Park(block, warp, code);
                return true;
            default:
                Addresses(block, ins, r, mask);
                return false;
        }
    }

    /// <summary>Makes the current path wait until something happens in the cluster.</summary>
    public static void Park(BlockContext block, WarpState warp, int code)
    {
        ref PathState path = ref warp.Paths[warp.Current];
        path.Status = PathStatus.WaitAsync;
        path.Pc = code;
        path.EventsSeen = block.Group.Events;
    }

    /// <summary>What a path that waits at an instruction is doing, for people.</summary>
    public static string Describe(Instruction* ins) => ins->Op == Op.ClusterWait ? "waiting at the cluster's barrier" : "waiting for a phase of an mbarrier";

    public static void ReportDeadlock(BlockContext block, WarpState warp, in PathState path)
    {
        Instruction* ins = block.Launch.Code + path.Pc;
        int lane = BitOperations.TrailingZeroCount(path.Mask);
        if (ins->Op == Op.ClusterWait)
        {
            block.Report(FindingKind.Deadlock, warp, path.Pc, lane, "the cluster's barrier waits for threads that do not come: every thread of every block of the cluster arrives or ends");
            return;
        }

        MbarrierUnit.ReportDeadlock(block, warp, ins, path.Pc, lane);
    }

    /// <summary>The block that a shared address above the window of the own block names; the address becomes the offset in it. Null: there is none, and the finding is made.</summary>
    public static BlockContext? Owner(BlockContext block, WarpState warp, int code, int lane, ref ulong address)
    {
        ulong rank = (address >> AddressWindow.ClusterShift) - 1;
        ulong offset = AddressWindow.Within(address);
        if (rank >= AddressWindow.MostClusterBlocks)
        {
            // No block's address: far out of bounds in the own one.
            return block;
        }

        if (rank >= (ulong)block.Group.Blocks.Length)
        {
            block.Report(FindingKind.OutOfBoundsRead, warp, code, lane, $"access to shared memory of block {rank} of the cluster; it has {block.Group.Blocks.Length}", "shared memory", null, (long)offset, 0);
            return null;
        }

        if (block.Group.HasEnded((int)rank))
        {
            block.Report(
                FindingKind.OutOfBoundsRead, warp, code, lane,
                $"access to shared memory of block {rank} of the cluster, which has ended; a cluster barrier before the end keeps it alive", "shared memory", null, (long)offset, 0);
            return null;
        }

        address = offset;
        return block.Group.Blocks[rank];
    }

    /// <summary>Whose mbarrier stands at an address, and where in its shared memory. Null: an access there is a finding, which is made.</summary>
    public static (BlockContext Owner, uint Offset)? Mbarrier(BlockContext block, WarpState warp, Instruction* ins, int code, int lane, ulong address, AccessKind kind, PtxSpace space)
    {
        if (MemoryUnit.Resolve(block, warp, ins, lane, address, 8, kind, space) == null)
        {
            return null;
        }

        if (space == PtxSpace.Generic)
        {
            address -= AddressWindow.Shared;
            if (address >= AddressWindow.Size)
            {
                block.Report(FindingKind.IllegalAddressSpace, warp, code, lane, "an mbarrier stands in shared memory; this address is in another space");
                return null;
            }
        }

        BlockContext owner = address >> AddressWindow.ClusterShift == 0 ? block : block.Group.Blocks[(address >> AddressWindow.ClusterShift) - 1];
        return (owner, (uint)AddressWindow.Within(address));
    }

    private static void ArriveLater(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        ulong* addresses = (ulong*)(warp.Registers + ins->A);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            int clock = block.Clocks?.Clock(warp.Index) ?? 0;
            if (Mbarrier(block, warp, ins, code, lane, addresses[lane] + (ulong)ins->Imm, AccessKind.Atomic, (PtxSpace)ins->Type2) is not { } at)
            {
                continue;
            }

            if (ins->D2 != 0)
            {
                block.Async!.Change(at.Offset, static (ref Mbarrier b) => b.Pending++);
            }

            block.Async!.ArriveLater(at.Offset, warp, 1u << lane, clock);
        }
    }

    // st.async and red.async: to another block's shared memory, signalled by bytes.
    private static void StoreAsync(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        int* extra = block.Launch.Extra + ins->C;
        var type = (PtxType)ins->Type;
        int size = type.Size();
        Reduction? combine = ins->Imm < 0 ? null : new Reduction((int)ins->Imm, type);
        ulong* to = (ulong*)(warp.Registers + ins->A);
        ulong* barriers = (ulong*)(warp.Registers + ins->B);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte[] data = new byte[size * ins->D2];
            for (int i = 0; i < ins->D2; i++)
            {
                byte* row = warp.Registers + extra[2 + i];
                ulong value = size == 8 ? ((ulong*)row)[lane] : ((uint*)row)[lane];
                new ReadOnlySpan<byte>(&value, size).CopyTo(data.AsSpan(i * size));
            }

            BulkUnit.Signal(block, warp, ins, code, lane, to[lane] + (ulong)(long)extra[0], barriers[lane] + (ulong)(long)extra[1], data, combine);
        }
    }

    // mapa and getctarank.
    private static void Addresses(BlockContext block, Instruction* ins, byte* r, uint mask)
    {
        bool wide = (ins->Mod & Mod.A64) != 0;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong address = wide ? ((ulong*)(r + ins->A))[lane] : ((uint*)(r + ins->A))[lane];
            ulong window = (ins->Mod & Mod.Max) != 0 ? AddressWindow.Shared : 0;
            ulong inside = address - window;
            if (ins->Op == Op.SharedRank)
            {
                ulong top = inside >> AddressWindow.ClusterShift;
                ((uint*)(r + ins->D))[lane] = top == 0 ? (uint)block.Rank : (uint)top - 1;
                continue;
            }

            ulong rank = ((uint*)(r + ins->B))[lane];
            ulong mapped = window + ((rank + 1) << AddressWindow.ClusterShift) + AddressWindow.Within(inside);
            if (wide)
            {
                ((ulong*)(r + ins->D))[lane] = mapped;
            }
            else
            {
                ((uint*)(r + ins->D))[lane] = (uint)mapped;
            }
        }
    }
}
