using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// Tensor-core products and the moves of 8 × 8 matrices across lanes (PTX ISA §9.7.14). How tensor cores add up is not published; here a float product is
/// accumulated in float32 (float64 for f64) by fused multiply-adds in the order of k, beginning with the accumulator, and rounded once to a float16 result.
/// tf32 factors lose their low 13 bits, as hardware ignores them. A NaN is 0x7fffffff (0x7fff).
/// </summary>
internal static unsafe class MatrixUnit
{
    private const uint CanonicalNaN = 0x7fffffff;
    private const int Tile = 64;

    // Extra: the shape, the types, the flags, the lengths of the four lists of rows, then these.
    private const int Header = 12;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        if (mask != uint.MaxValue && ins->Op is Op.Mma or Op.MoveMatrix or Op.LdMatrix && block.Launch.CheckSynchronisation)
        {
            block.Report(
                FindingKind.BarrierDivergence, warp, code, BitOperations.TrailingZeroCount(mask),
                $"a warp-wide matrix instruction needs all 32 lanes at once; here are {BitOperations.PopCount(mask)} (0x{mask:x8})");
        }

        int* extra = block.Launch.Extra + ins->C;
        byte* r = warp.Registers;
        switch (ins->Op)
        {
            case Op.LdMatrix:
                Deal(r, extra, ins->D2, transposed: ins->Mod != 0);
                break;
            case Op.StMatrix:
                Gather(r, extra, ins->D2, transposed: ins->Mod != 0);
                break;
            case Op.MoveMatrix:
                Transpose((ushort*)(r + extra[0]), (ushort*)(r + extra[1]));
                break;
            default:
                Multiply(r, extra);
                break;
        }
    }

    // Lane 8·m + i loaded row i of matrix m: eight halves in four registers. Lane 4·g + t gets elements 2t and 2t + 1 of row g, or of column g.
    private static void Deal(byte* r, int* extra, int count, bool transposed)
    {
        ushort* values = stackalloc ushort[4 * Tile];
        for (int lane = 0; lane < 8 * count; lane++)
        {
            for (int word = 0; word < 4; word++)
            {
                ((uint*)values)[(lane * 4) + word] = ((uint*)(r + extra[word]))[lane];
            }
        }

        for (int matrix = 0; matrix < count; matrix++)
        {
            ushort* from = values + (matrix * Tile);
            ushort* to = (ushort*)(r + extra[4 + matrix]);
            if (transposed)
            {
                Transpose(from, to);
            }
            else
            {
                Unsafe.CopyBlock(to, from, Tile * sizeof(ushort));
            }
        }
    }

    private static void Gather(byte* r, int* extra, int count, bool transposed)
    {
        ushort* values = stackalloc ushort[4 * Tile];
        for (int matrix = 0; matrix < count; matrix++)
        {
            ushort* from = (ushort*)(r + extra[4 + matrix]);
            ushort* to = values + (matrix * Tile);
            if (transposed)
            {
                Transpose(from, to);
            }
            else
            {
                Unsafe.CopyBlock(to, from, Tile * sizeof(ushort));
            }
        }

        for (int lane = 0; lane < 8 * count; lane++)
        {
            for (int word = 0; word < 4; word++)
            {
                ((uint*)(r + extra[word]))[lane] = ((uint*)values)[(lane * 4) + word];
            }
        }
    }

    // From and to may be the same register.
    private static void Transpose(ushort* from, ushort* to)
    {
        ushort* copy = stackalloc ushort[Tile];
        Unsafe.CopyBlock(copy, from, Tile * sizeof(ushort));
        for (int i = 0; i < 8; i++)
        {
            for (int j = 0; j < 8; j++)
            {
                to[(i * 8) + j] = copy[(j * 8) + i];
            }
        }
    }

    private static void Multiply(byte* r, int* extra)
    {
        switch ((MatrixFormat)extra[4])
        {
            case MatrixFormat.F64:
                MultiplyDouble(r, extra);
                break;
            case MatrixFormat.S8 or MatrixFormat.U8 or MatrixFormat.S4 or MatrixFormat.U4:
                MultiplyInteger(r, extra);
                break;
            case MatrixFormat.B1:
                MultiplyBits(r, extra);
                break;
            default:
                MultiplyFloat(r, extra);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyFloat(byte* r, int* extra)
    {
        int m = extra[0], n = extra[1], k = extra[2];
        var (type, typeB) = ((MatrixFormat)extra[4], (MatrixFormat)extra[5]);
        int* rowsD = extra + Header;
        int* rowsA = rowsD + extra[8];
        int* rowsB = rowsA + extra[9];
        int* rowsC = rowsB + extra[10];
        int width = 4 * (32 / type.Bits());
        int depth = k / width;

        float* a = stackalloc float[m * k];
        float* b = stackalloc float[n * k];
        float* tile = stackalloc float[8 * 16];
        LeftFactor(type, m, k, r, rowsA, a);
        for (int right = 0; right < depth; right++)
        {
            for (int down = 0; down < n / 8; down++)
            {
                Decode(typeB, r + rowsB[(down * depth) + right], tile);
                float* to = b + (down * 8 * k) + (right * width * 8);
                for (int column = 0; column < 8; column++)
                {
                    for (int i = 0; i < width; i++)
                    {
                        to[(i * 8) + column] = tile[(column * width) + i];
                    }
                }
            }
        }

        Accumulate((m, n, k), a, b, (MatrixFormat)extra[6], r, rowsC, (MatrixFormat)extra[3], rowsD, extra[8]);
    }

    /// <summary>
    /// D = A·B + C in float32: A row after row, B in groups of eight columns that lie side by side for each k. Registers of C and D are tiles of 8 × 8, those below each
    /// other first; without rows of C it is zero. More registers of D than there are tiles get copies.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate((int M, int N, int K) shape, float* a, float* b, MatrixFormat typeC, byte* r, int* rowsC, MatrixFormat typeD, int* rowsD, int givenD)
    {
        (int m, int n, int k) = shape;
        float* sums = stackalloc float[Tile];
        for (int right = 0; right < n / 8; right++)
        {
            for (int down = 0; down < m / 8; down++)
            {
                int index = (right * (m / 8)) + down;
                if (rowsC == null)
                {
                    Unsafe.InitBlock(sums, 0, Tile * sizeof(float));
                }
                else
                {
                    ReadAccumulator(typeC, r, rowsC, index, sums);
                }

                for (int row = 0; row < 8; row++)
                {
                    var sum = Vector256.Load(sums + (row * 8));
                    float* left = a + (((down * 8) + row) * k);
                    float* under = b + (right * 8 * k);
                    for (int i = 0; i < k; i++)
                    {
                        sum = Vector256.FusedMultiplyAdd(Vector256.Create(left[i]), Vector256.Load(under + (i * 8)), sum);
                    }

                    Vector256.ConditionalSelect(Vector256.Equals(sum, sum), sum, Vector256.Create(CanonicalNaN).AsSingle()).Store(sums + (row * 8));
                }

                WriteAccumulator(typeD, r, rowsD, givenD, m * n / Tile, index, sums);
            }
        }
    }

    /// <summary>The first factor of a float product from registers, row after row.</summary>
    public static void LeftFactor(MatrixFormat type, int m, int k, byte* r, int* rows, float* a)
    {
        int width = 4 * (32 / type.Bits());
        float* tile = stackalloc float[8 * 16];
        for (int right = 0; right < k / width; right++)
        {
            for (int down = 0; down < m / 8; down++)
            {
                Decode(type, r + rows[(right * (m / 8)) + down], tile);
                for (int row = 0; row < 8; row++)
                {
                    Unsafe.CopyBlockUnaligned(a + (((down * 8) + row) * k) + (right * width), tile + (row * width), (uint)width * sizeof(float));
                }
            }
        }
    }

    private static void Decode(MatrixFormat type, byte* register, float* tile)
    {
        switch (type)
        {
            case MatrixFormat.F16:
                Pairs(HalfUnit.FromHalf(Vectors.U(register, 0)), HalfUnit.FromHalf(Vectors.U(register, 0) >>> 16), tile);
                Pairs(HalfUnit.FromHalf(Vectors.U(register, 1)), HalfUnit.FromHalf(Vectors.U(register, 1) >>> 16), tile + 32);
                break;
            case MatrixFormat.BF16:
                Pairs((Vectors.U(register, 0) << 16).AsSingle(), (Vectors.U(register, 0) & Vector512.Create(0xffff0000u)).AsSingle(), tile);
                Pairs((Vectors.U(register, 1) << 16).AsSingle(), (Vectors.U(register, 1) & Vector512.Create(0xffff0000u)).AsSingle(), tile + 32);
                break;
            case MatrixFormat.TF32:
                (Vectors.U(register, 0) & Vector512.Create(0xffffe000u)).AsSingle().Store(tile);
                (Vectors.U(register, 1) & Vector512.Create(0xffffe000u)).AsSingle().Store(tile + 16);
                break;
            default:
                for (int i = 0; i < 128; i++)
                {
                    tile[i] = type == MatrixFormat.E4M3 ? Fp8.FromE4M3(register[i]) : Fp8.FromE5M2(register[i]);
                }

                break;
        }
    }

    private static void Pairs(Vector512<float> even, Vector512<float> odd, float* to)
    {
        for (int i = 0; i < 16; i++)
        {
            to[2 * i] = even[i];
            to[(2 * i) + 1] = odd[i];
        }
    }

    // An accumulator's tile: one register of pairs in float16, else two registers with the even and the odd columns.
    private static void ReadAccumulator(MatrixFormat type, byte* r, int* rows, int index, float* sums)
    {
        if (type == MatrixFormat.F16)
        {
            Decode(type, r + rows[index], sums);
            return;
        }

        float* even = (float*)(r + rows[2 * index]);
        float* odd = (float*)(r + rows[(2 * index) + 1]);
        for (int lane = 0; lane < 32; lane++)
        {
            sums[2 * lane] = even[lane];
            sums[(2 * lane) + 1] = odd[lane];
        }
    }

    private static void WriteAccumulator(MatrixFormat type, byte* r, int* rows, int given, int tiles, int index, float* sums)
    {
        if (type == MatrixFormat.F16)
        {
            for (int copy = index; copy < given; copy += tiles)
            {
                for (int half = 0; half < 2; half++)
                {
                    Vector512<uint> low = Vector512<uint>.Zero, high = Vector512<uint>.Zero;
                    for (int i = 0; i < 16; i++)
                    {
                        low = low.WithElement(i, BitConverter.SingleToUInt32Bits(sums[(half * 32) + (2 * i)]));
                        high = high.WithElement(i, BitConverter.SingleToUInt32Bits(sums[(half * 32) + (2 * i) + 1]));
                    }

                    (HalfUnit.ToHalf(low.AsSingle()) | (HalfUnit.ToHalf(high.AsSingle()) << 16)).Store((uint*)(r + rows[copy]) + (half * 16));
                }
            }

            return;
        }

        float* even = (float*)(r + rows[2 * index]);
        float* odd = (float*)(r + rows[(2 * index) + 1]);
        for (int lane = 0; lane < 32; lane++)
        {
            even[lane] = sums[2 * lane];
            odd[lane] = sums[(2 * lane) + 1];
        }
    }

    private static void MultiplyDouble(byte* r, int* extra)
    {
        int m = extra[0], n = extra[1], k = extra[2];
        int* rowsD = extra + Header;
        int* rowsA = rowsD + extra[8];
        int* rowsB = rowsA + extra[9];
        int* rowsC = rowsB + extra[10];
        double* sums = stackalloc double[m * n];
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                double sum = ((double*)(r + rowsC[Register(m, row, column)]))[Lane(row, column)];
                for (int i = 0; i < k; i++)
                {
                    double left = ((double*)(r + rowsA[((i / 4) * (m / 8)) + (row / 8)]))[((row % 8) * 4) + (i % 4)];
                    double under = ((double*)(r + rowsB[((column / 8) * (k / 4)) + (i / 4)]))[((column % 8) * 4) + (i % 4)];
                    sum = Math.FusedMultiplyAdd(left, under, sum);
                }

                sums[(row * n) + column] = sum;
            }
        }

        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                ((double*)(r + rowsD[Register(m, row, column)]))[Lane(row, column)] = sums[(row * n) + column];
            }
        }
    }

    private static void MultiplyInteger(byte* r, int* extra)
    {
        int m = extra[0], n = extra[1], k = extra[2];
        var (typeA, typeB) = ((MatrixFormat)extra[4], (MatrixFormat)extra[5]);
        int width = 4 * (32 / typeA.Bits());
        long* sums = stackalloc long[m * n];
        int* a = stackalloc int[m * k];
        int* b = stackalloc int[n * k];
        int* rowsD = extra + Header;
        int* rowsA = rowsD + extra[8];
        int* rowsB = rowsA + extra[9];
        int* rowsC = rowsB + extra[10];
        for (int i = 0; i < k; i++)
        {
            for (int row = 0; row < m; row++)
            {
                a[(row * k) + i] = Integer(typeA, r + rowsA[((i / width) * (m / 8)) + (row / 8)], ((row % 8) * width) + (i % width));
            }

            for (int column = 0; column < n; column++)
            {
                b[(column * k) + i] = Integer(typeB, r + rowsB[((column / 8) * (k / width)) + (i / width)], ((column % 8) * width) + (i % width));
            }
        }

        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                long sum = ((int*)(r + rowsC[Register(m, row, column)]))[Lane(row, column)];
                for (int i = 0; i < k; i++)
                {
                    sum += a[(row * k) + i] * b[(column * k) + i];
                }

                sums[(row * n) + column] = sum;
            }
        }

        StoreIntegers(r, rowsD, m, n, sums, (extra[7] & MatrixFormats.Saturate) != 0);
    }

    private static void MultiplyBits(byte* r, int* extra)
    {
        int m = extra[0], n = extra[1], words = extra[2] / 32;
        long* sums = stackalloc long[m * n];
        int* rowsD = extra + Header;
        int* rowsA = rowsD + extra[8];
        int* rowsB = rowsA + extra[9];
        int* rowsC = rowsB + extra[10];
        bool and = (extra[7] & MatrixFormats.And) != 0;
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                long sum = ((int*)(r + rowsC[Register(m, row, column)]))[Lane(row, column)];
                for (int i = 0; i < words; i++)
                {
                    uint left = ((uint*)(r + rowsA[((i / 4) * (m / 8)) + (row / 8)]))[((row % 8) * 4) + (i % 4)];
                    uint under = ((uint*)(r + rowsB[((column / 8) * (words / 4)) + (i / 4)]))[((column % 8) * 4) + (i % 4)];
                    sum += BitOperations.PopCount(and ? left & under : left ^ under);
                }

                sums[(row * n) + column] = sum;
            }
        }

        StoreIntegers(r, rowsD, m, n, sums, saturate: false);
    }

    public static int Integer(MatrixFormat type, byte* register, int element) => type switch
    {
        MatrixFormat.S8 => (sbyte)register[element],
        MatrixFormat.U8 => register[element],
        MatrixFormat.S4 => (sbyte)(((register[element / 2] >> (4 * (element % 2))) & 15) << 4) >> 4,
        _ => (register[element / 2] >> (4 * (element % 2))) & 15,
    };

    /// <summary>Which of an accumulator's registers of one element a lane holds it in.</summary>
    public static int Register(int m, int row, int column) => (2 * (((column / 8) * (m / 8)) + (row / 8))) + (column % 2);

    public static int Lane(int row, int column) => ((row % 8) * 4) + ((column % 8) / 2);

    public static void StoreIntegers(byte* r, int* rows, int m, int n, long* sums, bool saturate)
    {
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                long sum = sums[(row * n) + column];
                ((int*)(r + rows[Register(m, row, column)]))[Lane(row, column)] = saturate ? (int)Math.Clamp(sum, int.MinValue, int.MaxValue) : (int)sum;
            }
        }
    }
}
