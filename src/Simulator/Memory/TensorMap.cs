using System.Buffers.Binary;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Memory;

/// <summary>How a box's rows lie in shared memory: which bits of an address are mixed into its 16-byte chunks' numbers.</summary>
public enum TensorSwizzle
{
    /// <summary>Rows as they are.</summary>
    None,

    /// <summary>Two chunks change places.</summary>
    Bytes32,

    /// <summary>Four chunks.</summary>
    Bytes64,

    /// <summary>Eight chunks.</summary>
    Bytes128,
}

/// <summary>
/// A TMA descriptor in tiled mode, as <c>cuTensorMapEncodeTiled</c> takes it: what a kernel's <c>const __grid_constant__ CUtensorMap</c> parameter holds.
/// CUDA leaves its 128 bytes opaque; these are the simulator's own.
/// </summary>
public sealed record TensorMap
{
    /// <summary>Bytes of an encoded descriptor.</summary>
    public const int Bytes = 128;

    private const ulong Mark = 0x70616d_726f736e65UL;

    /// <summary>Address of the first element, a multiple of 16.</summary>
    public required ulong Address { get; init; }

    /// <summary>Element type.</summary>
    public required PtxType Type { get; init; }

    /// <summary>Elements in each dimension, innermost first; 1 to 5 dimensions.</summary>
    public required IReadOnlyList<long> Dimensions { get; init; }

    /// <summary>Bytes from one element to the next in the dimensions behind the innermost, multiples of 16.</summary>
    public required IReadOnlyList<long> StrideBytes { get; init; }

    /// <summary>Elements of a box in each dimension, 1 to 256.</summary>
    public required IReadOnlyList<int> Box { get; init; }

    /// <summary>Steps between elements within a box, 1 to 8; that of the innermost dimension does not count.</summary>
    public required IReadOnlyList<int> ElementStrides { get; init; }

    /// <summary>Layout in shared memory.</summary>
    public TensorSwizzle Swizzle { get; init; }

    /// <summary>Elements outside the tensor are NaN, not zero.</summary>
    public bool FillNaN { get; init; }

    /// <summary>Elements that a box takes in a dimension.</summary>
    public int Taken(int dimension) => dimension == 0 ? Box[0] : (Box[dimension] + ElementStrides[dimension] - 1) / ElementStrides[dimension];

    /// <summary>Bytes that a copy of one box signals, elements outside the tensor included.</summary>
    public int BoxBytes
    {
        get
        {
            int bytes = Type.Size();
            for (int i = 0; i < Dimensions.Count; i++)
            {
                bytes *= Taken(i);
            }

            return bytes;
        }
    }

    /// <summary>Writes the 128 bytes.</summary>
    public void Encode(Span<byte> to)
    {
        to[..Bytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to, Mark);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Address);
        to[16] = (byte)Dimensions.Count;
        to[17] = (byte)Type;
        to[18] = (byte)Swizzle;
        to[19] = (byte)(FillNaN ? 1 : 0);
        for (int i = 0; i < Dimensions.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(to[(24 + (8 * i))..], (ulong)Dimensions[i]);
            to[96 + i] = (byte)(Box[i] - 1);
            to[104 + i] = (byte)ElementStrides[i];
            if (i > 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(to[(56 + (8 * i))..], (ulong)StrideBytes[i - 1]);
            }
        }
    }

    /// <summary>Reads the 128 bytes; null: no descriptor stands there.</summary>
    public static TensorMap? Decode(ReadOnlySpan<byte> from)
    {
        if (from.Length < Bytes || BinaryPrimitives.ReadUInt64LittleEndian(from) != Mark)
        {
            return null;
        }

        int rank = from[16];
        var dimensions = new long[rank];
        var strides = new long[rank - 1];
        var box = new int[rank];
        var steps = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            dimensions[i] = (long)BinaryPrimitives.ReadUInt64LittleEndian(from[(24 + (8 * i))..]);
            box[i] = from[96 + i] + 1;
            steps[i] = from[104 + i];
            if (i > 0)
            {
                strides[i - 1] = (long)BinaryPrimitives.ReadUInt64LittleEndian(from[(56 + (8 * i))..]);
            }
        }

        return new TensorMap
        {
            Address = BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
            Type = (PtxType)from[17],
            Dimensions = dimensions,
            StrideBytes = strides,
            Box = box,
            ElementStrides = steps,
            Swizzle = (TensorSwizzle)from[18],
            FillNaN = from[19] != 0,
        };
    }
}
