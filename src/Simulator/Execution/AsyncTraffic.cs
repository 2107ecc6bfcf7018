using System.Numerics;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Tells observers what asynchronous copies move. A bulk copy is reported as requests of 32 times 16 bytes, as wide as a warp's widest load.</summary>
internal static unsafe class AsyncTraffic
{
    private const int Piece = 16;

    public static void Observe<TObserver>(BlockContext block, byte* r, Instruction* ins, uint mask, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        if (ins->Op == Op.CpAsync)
        {
            MemoryUnit.Report(block, r, ins, ins->B, ins->Imm, PtxSpace.Global, AccessKind.Read, ins->D2, mask, ref observer);
            MemoryUnit.Report(block, r, ins, ins->A, block.Launch.Extra[ins->C], PtxSpace.Shared, AccessKind.Write, ins->D2, mask, ref observer);
        }
        else if (ins->Op == Op.Bulk)
        {
            BulkOperands operands = *(BulkOperands*)(block.Launch.Extra + ins->C);
            for (uint m = mask; m != 0; m &= m - 1)
            {
                Bulk(block, r, ins, operands, BitOperations.TrailingZeroCount(m), ref observer);
            }
        }
    }

    private static void Bulk<TObserver>(BlockContext block, byte* r, Instruction* ins, in BulkOperands operands, int lane, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        ulong to = ((ulong*)(r + operands.To))[lane] + (ulong)(long)operands.ToOffset;
        ulong from = ((ulong*)(r + operands.From))[lane] + (ulong)(long)operands.FromOffset;
        bool load = operands.Mbarrier != 0;
        int instruction = block.Program.InstructionOf[ins - block.Launch.Code];
        var pieces = new List<ulong>();
        if (operands.Rank > 0)
        {
            if (BulkUnit.MapAt(block, load ? from : to) is not { } map || map.Dimensions.Count != operands.Rank)
            {
                return;
            }

            Span<int> coordinates = stackalloc int[operands.Rank];
            for (int i = 0; i < coordinates.Length; i++)
            {
                coordinates[i] = ((int*)(r + operands.Coordinate(i)))[lane];
            }

            int size = map.Type.Size();
            foreach (TensorTile.Row row in TensorTile.Rows(map, coordinates))
            {
                Add(pieces, row.Address + (ulong)(row.Skip * size), row.Valid * size);
            }

            Report(instruction, pieces, MemorySpace.Global, load, ref observer);
            Shared(instruction, load ? to : from, map.BoxBytes, load, ref observer);
            return;
        }

        int bytes = (int)Math.Min(((uint*)(r + operands.Size))[lane], block.SharedEntry->Length);
        if (operands.FromShared == 0 || !load)
        {
            Add(pieces, load ? from : to, bytes);
            Report(instruction, pieces, MemorySpace.Global, load, ref observer);
        }

        Shared(instruction, load ? to : from, bytes, load, ref observer);
    }

    private static void Add(List<ulong> pieces, ulong start, int bytes)
    {
        for (int at = 0; at < bytes; at += Piece)
        {
            pieces.Add(start + (ulong)at);
        }
    }

    private static void Shared<TObserver>(int instruction, ulong start, int bytes, bool isWrite, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        var pieces = new List<ulong>();
        Add(pieces, AddressWindow.Within(start), bytes);
        Report(instruction, pieces, MemorySpace.Shared, !isWrite, ref observer);
    }

    private static void Report<TObserver>(int instruction, List<ulong> pieces, MemorySpace space, bool isRead, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        Span<ulong> lanes = stackalloc ulong[32];
        for (int at = 0; at < pieces.Count; at += 32)
        {
            int count = Math.Min(32, pieces.Count - at);
            for (int i = 0; i < count; i++)
            {
                lanes[i] = pieces[at + i];
            }

            observer.MemoryAccessed(instruction, space, isRead ? AccessKind.Read : AccessKind.Write, lanes, uint.MaxValue >> (32 - count), Piece);
        }
    }
}
