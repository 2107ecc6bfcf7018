using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>A piece of a copy's data in shared memory.</summary>
internal readonly record struct SharedPiece(uint Offset, int Start, int Length);

/// <summary>
/// Walks a box of a tensor (PTX ISA §5.5.3, tiled mode): rows along the innermost dimension, swizzled in shared memory by chunks of 16 bytes. Elements outside the
/// tensor are filled when loading and left out when storing.
/// </summary>
internal static unsafe class TensorTile
{
    private const int Chunk = 16;

    /// <summary>A row of a box: where it begins in the tensor (elements outside: <paramref name="Valid"/> = 0) and in the box's data.</summary>
    /// <param name="Address">Address of its first element, inside the tensor or not.</param>
    /// <param name="Skip">Elements before the tensor's edge.</param>
    /// <param name="Valid">Elements in the tensor after them.</param>
    /// <param name="Number">Number of the row in the box.</param>
    public readonly record struct Row(ulong Address, int Skip, int Valid, int Number);

    public static List<Row> Rows(TensorMap map, ReadOnlySpan<int> coordinates)
    {
        int rank = map.Dimensions.Count;
        var rows = new List<Row>();
        Span<int> index = stackalloc int[5];
        index.Clear();
        int size = map.Type.Size();
        long first = coordinates[0];
        int skip = (int)Math.Clamp(-first, 0, map.Box[0]);
        int valid = (int)Math.Clamp(Math.Min(first + map.Box[0], map.Dimensions[0]) - (first + skip), 0, map.Box[0] - skip);
        while (true)
        {
            ulong address = map.Address + (ulong)(first * size);
            bool inside = true;
            for (int i = 1; i < rank; i++)
            {
                long at = coordinates[i] + ((long)index[i] * map.ElementStrides[i]);
                inside &= at >= 0 && at < map.Dimensions[i];
                address += (ulong)(at * map.StrideBytes[i - 1]);
            }

            rows.Add(new Row(address, skip, inside ? valid : 0, rows.Count));
            int dimension = 1;
            while (dimension < rank && ++index[dimension] == map.Taken(dimension))
            {
                index[dimension++] = 0;
            }

            if (dimension >= rank)
            {
                return rows;
            }
        }
    }

    /// <summary>Bytes from one row of a box to the next in shared memory: a swizzled row takes its whole span.</summary>
    public static int Pitch(TensorMap map) => Math.Max(map.Box[0] * map.Type.Size(), map.Swizzle == TensorSwizzle.None ? 0 : 16 << (int)map.Swizzle);

    /// <summary>Where a row's bytes lie in shared memory, in pieces that stay together.</summary>
    public static void Place(TensorMap map, uint box, int row, List<SharedPiece> pieces)
    {
        int bytes = map.Box[0] * map.Type.Size();
        uint start = box + (uint)(row * Pitch(map));
        if (map.Swizzle == TensorSwizzle.None)
        {
            pieces.Add(new SharedPiece(start, row * bytes, bytes));
            return;
        }

        uint bits = (1u << (int)map.Swizzle) - 1;
        for (int at = 0; at < bytes; at += Chunk)
        {
            uint address = start + (uint)at;
            pieces.Add(new SharedPiece(address ^ (((address >> 7) & bits) << 4), (row * bytes) + at, Math.Min(Chunk, bytes - at)));
        }
    }

    /// <summary>Reads a box into <paramref name="data"/>, row after row.</summary>
    public static void Read(BlockContext block, WarpState warp, Instruction* ins, int lane, TensorMap map, List<Row> rows, Span<byte> data)
    {
        int size = map.Type.Size();
        int bytes = map.Box[0] * size;
        Span<byte> fill = stackalloc byte[8];
        Fill(map, fill);
        foreach (Row row in rows)
        {
            Span<byte> to = data.Slice(row.Number * bytes, bytes);
            for (int i = 0; i < bytes; i += size)
            {
                fill[..size].CopyTo(to[i..]);
            }

            CopyIn(block, warp, ins, lane, row.Address + (ulong)(row.Skip * size), to.Slice(row.Skip * size, row.Valid * size), size);
        }
    }

    private static void Fill(TensorMap map, Span<byte> element)
    {
        element.Clear();
        if (map.FillNaN && map.Type.IsFloat())
        {
            element.Fill(0xff);
            element[map.Type.Size() - 1] = 0x7f;
        }
    }

    /// <summary>Copies global memory through every check, in pieces of 16 bytes where it is aligned to them.</summary>
    public static void CopyIn(BlockContext block, WarpState warp, Instruction* ins, int lane, ulong address, Span<byte> to, int element)
    {
        for (int at = 0; at < to.Length;)
        {
            int piece = Piece(address + (ulong)at, to.Length - at, element);
            byte* from = MemoryUnit.Resolve(block, warp, ins, lane, address + (ulong)at, piece, AccessKind.Read, PtxSpace.Global);
            if (from != null)
            {
                new Span<byte>(from, piece).CopyTo(to[at..]);
            }

            at += piece;
        }
    }

    /// <summary>Copies to global memory through every check; <paramref name="combine"/> changes what is there, given the old element and ours.</summary>
    public static void CopyOut(BlockContext block, WarpState warp, Instruction* ins, int lane, ulong address, ReadOnlySpan<byte> from, PtxSpace space, int element, Reduction? combine)
    {
        for (int at = 0; at < from.Length;)
        {
            int piece = combine is null ? Piece(address + (ulong)at, from.Length - at, element) : element;
            byte* to = MemoryUnit.Resolve(block, warp, ins, lane, address + (ulong)at, piece, combine is null ? AccessKind.Write : AccessKind.Atomic, space);
            if (to != null && combine is { } operation)
            {
                operation.Apply(to, from.Slice(at, piece));
            }
            else if (to != null)
            {
                from.Slice(at, piece).CopyTo(new Span<byte>(to, piece));
            }

            at += piece;
        }
    }

    private static int Piece(ulong address, int left, int element)
    {
        int piece = Chunk;
        while (piece > element && (piece > left || (address & (ulong)(piece - 1)) != 0))
        {
            piece /= 2;
        }

        return piece;
    }
}
