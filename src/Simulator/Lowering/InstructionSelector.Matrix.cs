using System.Numerics;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>
/// Tensor cores: <c>mma.sync</c>, <c>wmma</c>, <c>ldmatrix</c>, <c>stmatrix</c>, <c>movmatrix</c> (PTX ISA §9.7.14). What touches memory becomes loads and
/// stores of each lane's own elements, so that every check and counter sees it; what moves values across lanes and multiplies is <c>Execution/MatrixUnit</c>.
/// A fragment's register is one tile of 8 × 4·E elements, E in 32 bits, row after row over the lanes: mma.sync's layout for every shape, and ours for wmma's.
/// </summary>
internal sealed partial class InstructionSelector
{
    /// <summary>mma.sync and wmma.mma: the shape, the types and the four fragments.</summary>
    private void SelectMma()
    {
        if (Has("sp") || Has("sp::ordered_metadata"))
        {
            throw Unsupported("sparse");
        }

        (int m, int n, int k) = Shape();
        string[] named = [.. statement.Parts.Skip(1).Where(part => MatrixFormats.Parse(part) is not null)];
        MatrixFormat[] types = [.. named.Select(name => MatrixFormats.Parse(name)!.Value)];
        (MatrixFormat d, MatrixFormat a, MatrixFormat b, MatrixFormat c) = types switch
        {
            [var only, var last] => (only, MatrixFormat.F16, MatrixFormat.F16, last),
            [var first, var second, var third, var fourth] => (first, second, third, fourth),
            _ => throw Unsupported("its types"),
        };
        if (m == 8 && n == 8 && k == 4 && a == MatrixFormat.F16)
        {
            // Volta's own: four groups of eight lanes, each with a product of its own.
            throw Unsupported("of the shape m8n8k4 with f16, which sm_70 alone computes in tensor cores");
        }

        int elements = 32 / Math.Min(32, a.Bits());
        if (b.Bits() != a.Bits() || m % 8 != 0 || n % 8 != 0 || k % (4 * elements) != 0)
        {
            throw Unsupported("this shape with these types");
        }

        PtxType[] register = [RegisterOf(d), RegisterOf(a), RegisterOf(b), RegisterOf(c)];
        int[] counts = [m * n / 64 * Accumulators(d), m / 8 * (k / (4 * elements)), n / 8 * (k / (4 * elements)), m * n / 64 * Accumulators(c)];
        int[][] rows = new int[4][];
        for (int i = 0; i < 4; i++)
        {
            IReadOnlyList<PtxOperand> parts = Parts(Operand(i));
            if (parts.Count < counts[i] || parts.Count % counts[i] != 0)
            {
                throw Bad($"{counts[i]} registers were expected", Operand(i).Column);
            }

            // wmma repeats the halves of some fragments; the first copy counts, and a result goes into all.
            int type = i;
            rows[i] = [.. (i == 0 ? parts : parts.Take(counts[i])).Select(part => type == 0 ? Destination(part, register[0]) : Source(part, register[type]))];
        }

        int flags = (Has("satfinite") ? MatrixFormats.Saturate : 0) | (Has("and") ? MatrixFormats.And : 0);
        int start = builder.Extra.Count;
        builder.Extra.AddRange([m, n, k, (int)d, (int)a, (int)b, (int)c, flags, rows[0].Length, rows[1].Length, rows[2].Length, rows[3].Length]);
        builder.Extra.AddRange(rows.SelectMany(list => list));
        Emit(new Instruction { Op = Op.Mma, C = start, D = rows[0][0], D2 = rows[0].Length });
    }

    /// <summary>ldmatrix: each lane loads the row of 16 bytes that it points to, then the rows are dealt out.</summary>
    private void SelectLoadMatrix()
    {
        int count = MatrixCount();
        PtxSpace space = MatrixSpace();
        int[] results = [.. Parts(Operand(0)).Select(part => Destination(part, B32))];
        if (results.Length != count)
        {
            throw Bad($"{count} registers were expected", Operand(0).Column);
        }

        (int Row, long Offset) place = Address(Operand(1), space);
        int[] loaded = [builder.Row(wide: false), builder.Row(wide: false), builder.Row(wide: false), builder.Row(wide: false)];
        EmitGuarded(count * 8, () => EmitLoad(B32, space, loaded, place, 0));
        int start = builder.Extra.Count;
        builder.Extra.AddRange(loaded);
        builder.Extra.AddRange(results);
        EmitPseudo(new Instruction { Op = Op.LdMatrix, C = start, D2 = count, Mod = Has("trans") ? Mod.Max : 0 });
    }

    /// <summary>stmatrix: the rows are gathered, then each lane stores the one of 16 bytes that it points to.</summary>
    private void SelectStoreMatrix()
    {
        int count = MatrixCount();
        PtxSpace space = MatrixSpace();
        int[] values = [.. Parts(Operand(1)).Select(part => Source(part, B32))];
        if (values.Length != count)
        {
            throw Bad($"{count} registers were expected", Operand(1).Column);
        }

        (int Row, long Offset) place = Address(Operand(0), space);
        int[] stored = [builder.Row(wide: false), builder.Row(wide: false), builder.Row(wide: false), builder.Row(wide: false)];
        int start = builder.Extra.Count;
        builder.Extra.AddRange(stored);
        builder.Extra.AddRange(values);
        EmitPseudo(new Instruction { Op = Op.StMatrix, C = start, D2 = count, Mod = Has("trans") ? Mod.Max : 0 });
        EmitGuarded(count * 8, () => EmitStore(B32, space, stored, place, 0));
    }

    private void SelectMoveMatrix()
    {
        int start = builder.Extra.Count;
        builder.Extra.AddRange([Source(1, B32), Destination(Operand(0), B32)]);
        Emit(new Instruction { Op = Op.MoveMatrix, C = start });
    }

    private void SelectWmma()
    {
        if (Has("mma"))
        {
            SelectMma();
            return;
        }

        bool store = Has("store");
        (int m, int n, int k) = Shape();
        MatrixFormat type = MatrixFormats.Parse(statement.Parts[^1]) ?? throw Unsupported("its type");
        char which = Has("a") ? 'a' : Has("b") ? 'b' : 'c';
        PtxOperand fragment = Operand(store ? 1 : 0);
        PtxOperand memory = Operand(store ? 0 : 1);
        PtxSpace space = MatrixSpace();
        (int rows, int columns) = which switch { 'a' => (m, k), 'b' => (n, k), _ => (m, n) };
        bool contiguous = which == 'b' ? Has("col") : Has("row");
        int elements = which == 'c' ? 2 : 32 / Math.Min(32, type.Bits());
        int width = which == 'c' ? 8 : 4 * elements;
        bool wide = type == MatrixFormat.F64;
        bool separate = which == 'c' && type != MatrixFormat.F16;
        int count = rows / 8 * (columns / width) * (separate ? 2 : 1);
        IReadOnlyList<PtxOperand> parts = Parts(fragment);
        if (columns % width != 0 || parts.Count < count || parts.Count % count != 0)
        {
            throw Unsupported("this shape with this type");
        }

        FragmentPlace place = new(this, Address(memory, space), statement.Operands.Count > 2 ? Operand(2) : null, contiguous, contiguous ? columns : rows, type.Bits(), elements);
        int[] registers = [.. parts.Select(part => store ? Source(part, RegisterOf(type)) : Destination(part, RegisterOf(type)))];
        for (int tile = 0; tile < rows / 8 * (columns / width); tile++)
        {
            // Accumulators go through their columns first, factors through their depth: the order of mma.sync's registers.
            int rowBlocks = rows / 8;
            (int down, int right) = which == 'b' ? (tile / (columns / width), tile % (columns / width)) : (tile % rowBlocks, tile / rowBlocks);
            if (separate)
            {
                for (int j = 0; j < 2; j++)
                {
                    Move(store, wide ? B64 : B32, space, registers, (tile * 2) + j, count, place.Of(down, right * width, j), null);
                }
            }
            else if (contiguous || elements == 1)
            {
                Move(store, wide ? B64 : B32, space, registers, tile, count, place.Of(down, right * width, 0), null);
            }
            else
            {
                Move(store, type.Bits() == 16 ? U16 : U8, space, registers, tile, count, default, [.. Enumerable.Range(0, elements).Select(i => place.Of(down, right * width, i))]);
            }
        }
    }

    /// <summary>One register of a fragment to or from memory: whole, or element by element; a loaded one goes into every copy.</summary>
    private void Move(bool store, PtxType type, PtxSpace space, int[] registers, int index, int count, (int Row, long Offset) place, (int Row, long Offset)[]? elements)
    {
        uint mod = type == B64 ? Mod.D64 : 0;
        int row = registers[index];
        if (elements is null)
        {
            if (store)
            {
                EmitStore(type, space, [row], place, mod);
            }
            else
            {
                EmitLoad(type, space, [row], place, mod);
            }
        }
        else
        {
            int bits = type.Size() * 8;
            int part = builder.Row(wide: false);
            for (int i = 0; i < elements.Length; i++)
            {
                if (store)
                {
                    EmitPseudo(new Instruction { Op = Op.ShrU32I, D = part, A = row, Imm = i * bits });
                    EmitStore(type, space, [part], elements[i], 0);
                    continue;
                }

                EmitLoad(type, space, [i == 0 ? row : part], elements[i], 0);
                if (i > 0)
                {
                    EmitPseudo(new Instruction { Op = Op.Shl32I, D = part, A = part, Imm = i * bits });
                    EmitPseudo(new Instruction { Op = Op.Or32, D = row, A = row, B = part });
                }
            }
        }

        for (int copy = index + count; !store && copy < registers.Length; copy += count)
        {
            EmitPseudo(new Instruction { Op = type == B64 ? Op.Mov64 : Op.Mov32, D = registers[copy], A = row });
        }
    }

    /// <summary>Emits under the instruction's own guard, and for the first lanes alone where fewer than 32 take part.</summary>
    private void EmitGuarded(int lanes, Action emit)
    {
        if (lanes >= 32)
        {
            emit();
            return;
        }

        if (statement.Guard is not null)
        {
            throw Unsupported("with a guard and fewer than four matrices");
        }

        int before = builder.Raw.Count;
        emit();
        int first = builder.LaneMask((1u << lanes) - 1);
        for (int i = before; i < builder.Raw.Count; i++)
        {
            builder.Raw[i] = builder.Raw[i] with { Guard = first };
        }
    }

    private static IReadOnlyList<PtxOperand> Parts(PtxOperand operand) => operand.Kind == PtxOperandKind.Vector ? operand.Parts : [operand];

    private static PtxType RegisterOf(MatrixFormat type) => type switch { MatrixFormat.F64 => F64, MatrixFormat.F32 => F32, MatrixFormat.S32 => S32, _ => B32 };

    /// <summary>Registers of an accumulator's tile of 8 × 8.</summary>
    private static int Accumulators(MatrixFormat type) => type == MatrixFormat.F16 ? 1 : 2;

    private int MatrixCount()
    {
        if (!Has("m8n8") || !Has("b16"))
        {
            throw Unsupported("matrices other than m8n8 of b16");
        }

        return Has("x4") ? 4 : Has("x2") ? 2 : 1;
    }

    private PtxSpace MatrixSpace() => statement.Parts.Any(part => part.StartsWith("shared", StringComparison.Ordinal)) ? PtxSpace.Shared : Has("global") ? PtxSpace.Global : PtxSpace.Generic;

    private (int M, int N, int K) Shape() => MatrixFormats.Shape(statement.Parts) is { M: > 0 } shape ? shape : throw Unsupported("without a shape");

    /// <summary>Where a lane's elements of a fragment lie in memory. Lane 4·g + t has row g of each tile of 8 rows, and columns t·E to t·E + E − 1.</summary>
    private sealed class FragmentPlace
    {
        private readonly InstructionSelector selector;
        private readonly bool contiguous;
        private readonly int bits;
        private readonly long offset;
        private readonly int start;
        private readonly int? fixedStride;
        private readonly int strideRow;
        private readonly Dictionary<int, int> moved = [];

        /// <summary>Computes where each lane begins.</summary>
        /// <param name="selector">Emits.</param>
        /// <param name="memory">The matrix' first element.</param>
        /// <param name="stride">Elements from one row (column) to the next; null: the fragment's own.</param>
        /// <param name="contiguous">A row's elements lie side by side.</param>
        /// <param name="own">Elements of a row (column) of the fragment.</param>
        /// <param name="bits">Of an element.</param>
        /// <param name="elements">E.</param>
        public FragmentPlace(InstructionSelector selector, (int Row, long Offset) memory, PtxOperand? stride, bool contiguous, int own, int bits, int elements)
        {
            this.selector = selector;
            this.contiguous = contiguous;
            this.bits = bits;
            offset = memory.Offset;
            ProgramBuilder builder = selector.builder;
            fixedStride = stride is null ? own * bits / 8 : stride.Kind == PtxOperandKind.Immediate ? (int)(stride.Bits * bits / 8) : null;
            if (fixedStride is { } known)
            {
                strideRow = builder.Constant(wide: false, (ulong)known);
            }
            else
            {
                // In bytes: every element is a power of two of bits.
                strideRow = builder.Row(wide: false);
                int shift = BitOperations.Log2((uint)bits) - 3;
                selector.EmitPseudo(new Instruction { Op = shift < 0 ? Op.ShrU32I : Op.Shl32I, D = strideRow, A = selector.Source(stride!, U32), Imm = Math.Abs(shift) });
            }

            int lane = builder.Special("%laneid");
            int g = builder.Row(wide: false);
            int t = builder.Row(wide: false);
            int far = builder.Row(wide: true);
            int near = builder.Row(wide: true);
            start = builder.Row(wide: true);
            selector.EmitPseudo(new Instruction { Op = Op.ShrU32I, D = g, A = lane, Imm = 2 });
            Compute(Op.And32, t, lane, builder.Constant(wide: false, 3));
            Compute(Op.MulWideU32, far, contiguous ? g : t, strideRow);
            if (!contiguous && elements > 1)
            {
                selector.EmitPseudo(new Instruction { Op = Op.Shl64I, D = far, A = far, Imm = BitOperations.Log2((uint)elements) });
            }

            Compute(Op.MulWideU32, near, contiguous ? t : g, builder.Constant(wide: false, (ulong)(contiguous ? elements * bits / 8 : bits / 8)));
            Compute(Op.Add64, start, memory.Row, far);
            Compute(Op.Add64, start, start, near);
        }

        /// <summary>Element <paramref name="i"/> of the lane in the tile that begins at row 8·<paramref name="down"/> and a column.</summary>
        public (int Row, long Offset) Of(int down, int column, int i)
        {
            // Steps along memory are part of the address; those across it are multiples of the stride.
            int along = contiguous ? column + i : 8 * down;
            int across = contiguous ? 8 * down : column + i;
            long near = offset + ((long)along * bits / 8);
            if (fixedStride is { } known)
            {
                return (start, near + ((long)across * known));
            }

            if (across == 0)
            {
                return (start, near);
            }

            if (!moved.TryGetValue(across, out int row))
            {
                row = selector.builder.Row(wide: true);
                Compute(Op.MulWideU32, row, strideRow, selector.builder.Constant(wide: false, (ulong)across));
                Compute(Op.Add64, row, row, start);
                moved[across] = row;
            }

            return (row, near);
        }

        private void Compute(Op op, int d, int a, int b) => selector.EmitPseudo(new Instruction { Op = op, D = d, A = a, B = b });
    }
}
