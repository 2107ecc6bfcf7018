using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Bulk copies and TMA (PTX ISA §9.7.8.24.5 and after), a thread's at a time.</summary>
internal static unsafe class BulkUnit
{
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, int code, int lane)
    {
        BulkOperands operands = *(BulkOperands*)(block.Launch.Extra + ins->C);
        byte* r = warp.Registers;
        ulong to = ((ulong*)(r + operands.To))[lane] + (ulong)(long)operands.ToOffset;
        ulong from = ((ulong*)(r + operands.From))[lane] + (ulong)(long)operands.FromOffset;
        Reduction? combine = operands.Reduction < 0 ? null : new Reduction(operands.Reduction, (PtxType)ins->Type);
        if (operands.Rank > 0)
        {
            Tensor(block, warp, ins, code, lane, operands, to, from, combine);
            return;
        }

        uint bytes = ((uint*)(r + operands.Size))[lane];
        if (bytes == 0 || bytes % 16 != 0 || (to | from) % 16 != 0)
        {
            block.Report(FindingKind.Misaligned, warp, code, lane, $"a bulk copy of {bytes} bytes: the size and both addresses are multiples of 16", null, null, null, (int)bytes);
            return;
        }

        if (operands.Mbarrier == 0)
        {
            int element = combine?.Type.Size() ?? 1;
            Store(block, warp, lane, () =>
            {
                byte[] data = new byte[bytes];
                ReadShared(block, warp, ins, lane, from, data);
                TensorTile.CopyOut(block, warp, ins, lane, to, data, PtxSpace.Global, element, combine);
            });
            return;
        }

        byte[] read = new byte[bytes];
        if (operands.FromShared != 0)
        {
            ReadShared(block, warp, ins, lane, from, read);
        }
        else
        {
            TensorTile.CopyIn(block, warp, ins, lane, from, read, 1);
        }

        ulong mbarrier = ((ulong*)(r + operands.Mbarrier))[lane] + (ulong)(long)operands.MbarrierOffset;
        foreach (ulong rank in Ranks(operands, r, lane))
        {
            Signal(block, warp, ins, code, lane, to + rank, mbarrier + rank, read, combine);
        }
    }

    // Multicast names blocks by a mask and writes at the same place in each; else the addresses name the block.
    private static List<ulong> Ranks(in BulkOperands operands, byte* r, int lane)
    {
        if (operands.Multicast == 0)
        {
            return [0];
        }

        var ranks = new List<ulong>();
        uint mask = ((uint*)(r + operands.Multicast))[lane] & 0xffff;
        for (int rank = 0; rank < AddressWindow.MostClusterBlocks; rank++)
        {
            if ((mask >> rank & 1) != 0)
            {
                ranks.Add(((ulong)rank + 1) << AddressWindow.ClusterShift);
            }
        }

        return ranks;
    }

    /// <summary>Sends bytes to one place in shared memory, to be there when the mbarrier is asked.</summary>
    public static void Signal(BlockContext block, WarpState warp, Instruction* ins, int code, int lane, ulong to, ulong mbarrier, byte[] data, Reduction? combine) =>
        Send(block, warp, ins, code, lane, to, mbarrier, data, data.Length, static (offset, length) => [new SharedPiece(offset, 0, length)], combine);

    private static void Send(
        BlockContext block, WarpState warp, Instruction* ins, int code, int lane, ulong to, ulong mbarrier, byte[] data, int span, Func<uint, int, List<SharedPiece>> place, Reduction? combine)
    {
        if (AsyncUnit.Mbarrier(block, warp, ins, code, lane, mbarrier, AccessKind.Atomic, PtxSpace.Shared) is not { } barrier)
        {
            return;
        }

        // The destination is checked now and written later: it does not count as written before.
        BlockContext? owner = block;
        ulong offset = to;
        if (to >> AddressWindow.ClusterShift != 0 && (owner = AsyncUnit.Owner(block, warp, code, lane, ref offset)) is null)
        {
            return;
        }

        if (offset + (ulong)span > owner.SharedEntry->Length)
        {
            FindingMaker.SharedBounds(block, warp, code, lane, offset, span, AccessKind.Write);
            return;
        }

        if (owner != barrier.Owner)
        {
            block.Report(FindingKind.IllegalAddressSpace, warp, code, lane, "an asynchronous copy and the mbarrier that it signals stand in the shared memory of one block; these are in two");
            return;
        }

        List<SharedPiece> pieces = place((uint)offset, data.Length);
        Knowledge? known = null;
        if (block.Launch.CheckRaces)
        {
            foreach (SharedPiece piece in pieces)
            {
                RaceUnit.Shared(block, owner, warp, code, lane, (int)piece.Offset, piece.Length, combine is null ? AccessKind.Write : AccessKind.Atomic, 0);
            }

            known = block.Clocks!.Snapshot(warp.Index);
        }

        owner.Async!.Load(barrier.Offset, data.Length, data, pieces, combine, known);
    }

    private static void Store(BlockContext block, WarpState warp, int lane, Action copy) => block.Async!.Store((warp.Index * 32) + lane, copy);

    private static void ReadShared(BlockContext block, WarpState warp, Instruction* ins, int lane, ulong from, Span<byte> to)
    {
        for (int at = 0; at < to.Length; at += 16)
        {
            int piece = Math.Min(16, to.Length - at);
            byte* source = MemoryUnit.Resolve(block, warp, ins, lane, from + (ulong)at, piece, AccessKind.Read, PtxSpace.Shared);
            if (source != null)
            {
                new Span<byte>(source, piece).CopyTo(to[at..]);
            }
        }
    }

    private static void Tensor(BlockContext block, WarpState warp, Instruction* ins, int code, int lane, BulkOperands operands, ulong to, ulong from, Reduction? combine)
    {
        bool load = operands.Mbarrier != 0;
        if (ReadMap(block, warp, ins, code, lane, load ? from : to) is not { } map)
        {
            return;
        }

        if (map.Dimensions.Count != operands.Rank)
        {
            block.Report(FindingKind.IllegalAddressSpace, warp, code, lane, $"{operands.Rank} coordinates for a tensor map of {map.Dimensions.Count} dimensions");
            return;
        }

        ulong box = load ? to : from;
        if (box % 128 != 0)
        {
            block.Report(FindingKind.Misaligned, warp, code, lane, $"a box at byte {AddressWindow.Within(box)} of shared memory, which is not a multiple of 128", "shared memory", null, (long)AddressWindow.Within(box), map.BoxBytes);
            return;
        }

        byte* r = warp.Registers;
        Span<int> coordinates = stackalloc int[operands.Rank];
        for (int i = 0; i < coordinates.Length; i++)
        {
            coordinates[i] = ((int*)(r + operands.Coordinate(i)))[lane];
        }

        List<TensorTile.Row> rows = TensorTile.Rows(map, coordinates);
        int pitch = TensorTile.Pitch(map);
        if (load)
        {
            byte[] data = new byte[map.BoxBytes];
            TensorTile.Read(block, warp, ins, lane, map, rows, data);
            ulong mbarrier = ((ulong*)(r + operands.Mbarrier))[lane] + (ulong)(long)operands.MbarrierOffset;
            foreach (ulong rank in Ranks(operands, r, lane))
            {
                Send(block, warp, ins, code, lane, to + rank, mbarrier + rank, data, rows.Count * pitch, (offset, _) => Pieces(map, offset, rows.Count), null);
            }

            return;
        }

        Store(block, warp, lane, () => WriteBox(block, warp, ins, lane, map, rows, from, combine));
    }

    private static List<SharedPiece> Pieces(TensorMap map, uint box, int rows)
    {
        var pieces = new List<SharedPiece>();
        for (int row = 0; row < rows; row++)
        {
            TensorTile.Place(map, box, row, pieces);
        }

        return pieces;
    }

    private static void WriteBox(BlockContext block, WarpState warp, Instruction* ins, int lane, TensorMap map, List<TensorTile.Row> rows, ulong box, Reduction? combine)
    {
        int size = map.Type.Size();
        byte[] line = new byte[map.Box[0] * size];
        var pieces = new List<SharedPiece>();
        foreach (TensorTile.Row row in rows)
        {
            if (row.Valid == 0)
            {
                continue;
            }

            pieces.Clear();
            TensorTile.Place(map, (uint)box, row.Number, pieces);
            foreach (SharedPiece piece in pieces)
            {
                ReadShared(block, warp, ins, lane, piece.Offset, line.AsSpan(piece.Start - (row.Number * line.Length), piece.Length));
            }

            Reduction? typed = combine is { } operation ? operation with { Type = map.Type } : null;
            TensorTile.CopyOut(block, warp, ins, lane, row.Address + (ulong)(row.Skip * size), line.AsSpan(row.Skip * size, row.Valid * size), PtxSpace.Global, size, typed);
        }
    }

    private static TensorMap? ReadMap(BlockContext block, WarpState warp, Instruction* ins, int code, int lane, ulong address)
    {
        for (int at = 0; at < TensorMap.Bytes; at += 16)
        {
            if (MemoryUnit.Resolve(block, warp, ins, lane, address + (ulong)at, 16, AccessKind.Read, PtxSpace.Generic) == null)
            {
                return null;
            }
        }

        if (MapAt(block, address) is { } map)
        {
            return map;
        }

        block.Report(FindingKind.IllegalAddressSpace, warp, code, lane, "no tensor map stands at this address: pass one as a const __grid_constant__ CUtensorMap parameter");
        return null;
    }

    /// <summary>The tensor map at a generic address of parameters or global memory; null: none.</summary>
    public static TensorMap? MapAt(BlockContext block, ulong address)
    {
        ulong parameter = address - AddressWindow.Parameter;
        if (parameter + TensorMap.Bytes <= (ulong)block.Program.Kernel.ParameterBytes)
        {
            return TensorMap.Decode(new ReadOnlySpan<byte>(block.Launch.Parameters + parameter, TensorMap.Bytes));
        }

        if (block.Launch.Memory.Find(address) is not { IsFreed: false } buffer || address - buffer.Address + TensorMap.Bytes > (ulong)buffer.ByteLength)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[TensorMap.Bytes];
        block.Launch.Memory.Read(buffer, (long)(address - buffer.Address), bytes);
        return TensorMap.Decode(bytes);
    }
}
