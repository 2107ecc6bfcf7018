using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// wgmma.mma_async (PTX ISA §9.7.15): each warp of the four computes its own sixteen rows, from shared memory as the descriptors lay it out, at once and in the order of k
/// as <see cref="MatrixUnit"/> does.
/// </summary>
internal static unsafe class WarpgroupUnit
{
    private const int Rows = 16;
    private const int Chunk = 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        if (mask != uint.MaxValue)
        {
            block.Report(
                FindingKind.BarrierDivergence, warp, code, BitOperations.TrailingZeroCount(mask),
                $"a warpgroup's matrix instruction needs all 32 lanes of its warps at once; here are {BitOperations.PopCount(mask)} (0x{mask:x8})");
            return;
        }

        int* extra = block.Launch.Extra + ins->C;
        WarpgroupOperands operands = *(WarpgroupOperands*)extra;
        int* rowsD = extra + WarpgroupOperands.Words;
        int* rowsA = rowsD + operands.RowsD;
        bool adds = operands.ScaleD == 0 || (*(uint*)(warp.Registers + operands.ScaleD) & 1) != 0;
        if (operands.D == MatrixFormat.S32)
        {
            MultiplyIntegers(block, warp, ins, operands, rowsD, rowsA, adds);
        }
        else
        {
            MultiplyFloats(block, warp, ins, operands, rowsD, rowsA, adds);
        }
    }

    private static void MultiplyFloats(BlockContext block, WarpState warp, Instruction* ins, in WarpgroupOperands operands, int* rowsD, int* rowsA, bool adds)
    {
        int n = operands.N, k = operands.K;
        float* a = stackalloc float[Rows * k];
        float* b = stackalloc float[n * k];
        byte* r = warp.Registers;
        if (operands.DescriptorA == 0)
        {
            MatrixUnit.LeftFactor(operands.A, Rows, k, r, rowsA, a);
        }
        else
        {
            var layout = new SharedMatrix(*(ulong*)(r + operands.DescriptorA), operands.TransposedA);
            int first = warp.Index % 4 * Rows;
            Read(block, warp, ins, layout, operands.A, first, Rows, k, a, grouped: false);
        }

        var layoutB = new SharedMatrix(*(ulong*)(r + operands.DescriptorB), operands.TransposedB);
        Read(block, warp, ins, layoutB, operands.B, 0, n, k, b, grouped: true);
        if (operands.SignA * operands.SignB < 0)
        {
            for (int i = 0; i < Rows * k; i++)
            {
                a[i] = -a[i];
            }
        }

        MatrixUnit.Accumulate((Rows, n, k), a, b, operands.D, r, adds ? rowsD : null, operands.D, rowsD, operands.RowsD);
    }

    // Sums of products of bytes over k = 32 are exact in float32.
    private static void MultiplyIntegers(BlockContext block, WarpState warp, Instruction* ins, in WarpgroupOperands operands, int* rowsD, int* rowsA, bool adds)
    {
        const int Bytes = 32;
        int n = operands.N;
        bool bits = operands.A == MatrixFormat.B1;
        MatrixFormat typeA = bits ? MatrixFormat.U8 : operands.A, typeB = bits ? MatrixFormat.U8 : operands.B;
        float* a = stackalloc float[Rows * Bytes];
        float* b = stackalloc float[n * Bytes];
        byte* r = warp.Registers;
        if (operands.DescriptorA == 0)
        {
            for (int at = 0; at < Rows * Bytes; at++)
            {
                int row = at / Bytes, i = at % Bytes;
                a[at] = MatrixUnit.Integer(typeA, r + rowsA[(i / 16 * 2) + (row / 8)], (row % 8 * 16) + (i % 16));
            }
        }
        else
        {
            var layout = new SharedMatrix(*(ulong*)(r + operands.DescriptorA), transposed: false);
            Read(block, warp, ins, layout, typeA, warp.Index % 4 * Rows, Rows, Bytes, a, grouped: false);
        }

        Read(block, warp, ins, new SharedMatrix(*(ulong*)(r + operands.DescriptorB), transposed: false), typeB, 0, n, Bytes, b, grouped: false);
        long* sums = stackalloc long[Rows * n];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < n; column++)
            {
                long sum = adds ? ((int*)(r + rowsD[MatrixUnit.Register(Rows, row, column)]))[MatrixUnit.Lane(row, column)] : 0;
                for (int i = 0; i < Bytes; i++)
                {
                    float left = a[(row * Bytes) + i], under = b[(column * Bytes) + i];
                    sum += bits ? BitOperations.PopCount((uint)left & (uint)under) : (long)(left * under);
                }

                sums[(row * n) + column] = sum;
            }
        }

        MatrixUnit.StoreIntegers(r, rowsD, Rows, n, sums, operands.Saturate != 0);
    }

    /// <summary>
    /// Reads rows of A, or columns of B, in shared memory, 16 bytes at a time. Grouped: eight of them side by side for each k, as <see cref="MatrixUnit.Accumulate"/> takes B.
    /// Where all of it lies in shared memory and was written, and nobody looks for races, one test does for all.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(BlockContext block, WarpState warp, Instruction* ins, SharedMatrix layout, MatrixFormat type, int first, int count, int k, float* to, bool grouped)
    {
        int elements = Chunk * 8 / type.Bits();
        int along = layout.Transposed ? count : k;
        int across = layout.Transposed ? k : count;
        (ulong low, ulong high) = layout.Range(first, across, along, elements);
        byte* direct = !block.Launch.CheckRaces && IsWritten(block, low, high) ? block.SharedEntry->Data : null;
        float* values = stackalloc float[16];
        for (int line = 0; line < across; line++)
        {
            for (int at = 0; at < along; at += elements)
            {
                (int outer, int inner) = layout.Transposed ? (at, line) : (line, at);
                ulong address = layout.AddressOf(first + outer, inner, elements);
                byte* from = direct != null ? direct + address : MemoryUnit.Resolve(block, warp, ins, 0, address, Chunk, AccessKind.Read, PtxSpace.Shared);
                Decode(type, from, elements, values);
                if (!grouped)
                {
                    int step = layout.Transposed ? k : 1;
                    for (int i = 0; i < elements; i++)
                    {
                        to[(outer * k) + inner + (i * step)] = values[i];
                    }
                }
                else if (layout.Transposed)
                {
                    Unsafe.CopyBlock(to + (outer * k) + (inner * 8), values, (uint)elements * sizeof(float));
                }
                else
                {
                    float* column = to + (outer / 8 * 8 * k) + (inner * 8) + (outer % 8);
                    for (int i = 0; i < elements; i++)
                    {
                        column[i * 8] = values[i];
                    }
                }
            }
        }
    }

    private static bool IsWritten(BlockContext block, ulong low, ulong high)
    {
        BufferEntry* shared = block.SharedEntry;
        return high <= shared->Length && (shared->Shadow == null || !block.Launch.CheckInitialised || !new Span<byte>(shared->Shadow + (low / 4), (int)((high - low) / 4)).ContainsAnyExcept((byte)0));
    }

    private static void Decode(MatrixFormat type, byte* from, int elements, float* values)
    {
        if (from == null)
        {
            Unsafe.InitBlock(values, 0, (uint)elements * sizeof(float));
        }
        else if (type == MatrixFormat.F16)
        {
            HalfUnit.FromHalf(Vector512.Create(Vector256.WidenLower(Vector256.Create(Vector128.Load((ushort*)from), default)), default)).Store(values);
        }
        else
        {
            for (int i = 0; i < elements; i++)
            {
                values[i] = Element(type, from, i);
            }
        }
    }

    private static float Element(MatrixFormat type, byte* from, int index) => type switch
    {
        MatrixFormat.BF16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)from)[index] << 16),
        MatrixFormat.TF32 => BitConverter.UInt32BitsToSingle(((uint*)from)[index] & 0xffffe000u),
        MatrixFormat.E4M3 => Fp8.FromE4M3(from[index]),
        MatrixFormat.E5M2 => Fp8.FromE5M2(from[index]),
        MatrixFormat.S8 => ((sbyte*)from)[index],
        _ => from[index],
    };

    /// <summary>A matrix in shared memory as a descriptor lays it out (PTX ISA §9.7.15.5.1): chunks of 16 bytes, eight rows to a group, swizzled by address.</summary>
    private readonly struct SharedMatrix
    {
        private readonly uint start;
        private readonly uint leading;
        private readonly uint stride;
        private readonly uint baseOffset;

        // Chunks that a row of a swizzled group has: 1, 2, 4 or 8.
        private readonly uint span;

        public SharedMatrix(ulong descriptor, bool transposed)
        {
            Transposed = transposed;
            start = (uint)(descriptor & 0x3fff) << 4;
            leading = (uint)((descriptor >> 16) & 0x3fff) << 4;
            stride = (uint)((descriptor >> 32) & 0x3fff) << 4;
            baseOffset = (uint)(descriptor >> 49) & 7;
            span = (descriptor >> 62) switch { 0 => 1, 1 => 8, 2 => 4, _ => 2 };
        }

        /// <summary>Rows run along the outer index (M or N), not along k.</summary>
        public bool Transposed { get; }

        /// <summary>The bytes that these lines and their chunks lie in: a swizzle moves chunks within 128 bytes only.</summary>
        public (ulong Low, ulong High) Range(int first, int across, int along, int elements)
        {
            ulong low = ulong.MaxValue, high = 0;
            int least = Transposed ? 0 : first;
            foreach (int line in (ReadOnlySpan<int>)[least, Math.Min(least + 7, least + across - 1), least + across - 1])
            {
                for (int at = 0; at < along; at += elements)
                {
                    ulong address = Transposed ? AddressOf(first + at, line, elements) : AddressOf(line, at, elements);
                    low = Math.Min(low, address & ~127UL);
                    high = Math.Max(high, (address | 127) + 1);
                }
            }

            return (low, high);
        }

        public ulong AddressOf(int outer, int inner, int elements)
        {
            uint chunk = (uint)((Transposed ? outer : inner) / elements);
            uint line = (uint)(Transposed ? inner : outer);
            uint offset;
            if (Transposed)
            {
                offset = span == 1
                    ? (chunk * stride) + (line % 8 * Chunk) + (line / 8 * leading)
                    : (chunk % span * Chunk) + (chunk / span * leading) + (line % 8 * span * Chunk) + (line / 8 * stride);
            }
            else
            {
                offset = (line % 8 * span * Chunk) + (line / 8 * stride) + (chunk * (span == 1 ? leading : Chunk));
            }

            uint address = start + offset;
            return address ^ ((((address >> 7) - baseOffset) & (span - 1)) << 4);
        }
    }
}
