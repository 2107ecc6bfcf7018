using System.Runtime.InteropServices;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>Products of a warpgroup of four warps (PTX ISA §9.7.15).</summary>
internal sealed partial class InstructionSelector
{
    private void SelectWarpgroup()
    {
        if (Has("fence") || Has("commit_group") || Has("wait_group"))
        {
            // A product is done where it stands, so that nothing is left to wait for.
            Emit(new Instruction { Op = Op.Nop });
            return;
        }

        if (!Has("mma_async") || Has("sp"))
        {
            throw Unsupported();
        }

        (int m, int n, int k) = Shape();
        MatrixFormat[] types = [.. statement.Parts.Skip(1).Select(MatrixFormats.Parse).OfType<MatrixFormat>()];
        if (m != 64 || types.Length != 3 || n is < 8 or > 256 || n % 8 != 0 || k * types[1].Bits() != 256 || types[2].Bits() != types[1].Bits())
        {
            throw Bad("m64, n a multiple of 8 up to 256, and k of 32 bytes were expected");
        }

        bool half = types[1] is MatrixFormat.F16 or MatrixFormat.BF16;
        bool isFloat = types[0] != MatrixFormat.S32;
        IReadOnlyList<PtxOperand> d = Parts(Operand(0));
        int countD = n / 8 * 2 * Accumulators(types[0]);
        if (d.Count != countD)
        {
            throw Bad($"{countD} registers were expected", Operand(0).Column);
        }

        bool registersA = Operand(1).Kind == PtxOperandKind.Vector;
        int[] rowsA = registersA ? [.. Operand(1).Parts.Select(p => Source(p, B32))] : [];
        if (registersA && rowsA.Length != 4)
        {
            throw Bad("4 registers were expected", Operand(1).Column);
        }

        PtxType registerD = RegisterOf(types[0]);
        int[] rowsD = [.. d.Select(p => Destination(p, registerD))];
        foreach (PtxOperand accumulator in d)
        {
            Source(accumulator, registerD);
        }

        var operands = new WarpgroupOperands
        {
            N = n, K = k, D = types[0], A = types[1], B = types[2], DescriptorA = registersA ? 0 : Source(1, B64), DescriptorB = Source(2, B64),
            Saturate = Has("satfinite") ? 1 : 0, RowsD = rowsD.Length, RowsA = rowsA.Length,
        };
        int next = 3;
        if (next < statement.Operands.Count)
        {
            operands.ScaleD = PredicateSource(Operand(next++));
        }

        if (isFloat)
        {
            operands.Flags |= Immediate(next++, 1) < 0 ? 1 : 0;
            operands.Flags |= Immediate(next++, 1) < 0 ? 2 : 0;
        }

        if (half)
        {
            operands.Flags |= !registersA && Immediate(next++, 0) != 0 ? 4 : 0;
            operands.Flags |= Immediate(next, 0) != 0 ? 8 : 0;
        }

        int start = builder.Extra.Count;
        builder.Extra.AddRange(MemoryMarshal.Cast<WarpgroupOperands, int>(new ReadOnlySpan<WarpgroupOperands>(in operands)));
        builder.Extra.AddRange([.. rowsD, .. rowsA]);
        Emit(new Instruction { Op = Op.Wgmma, Type2 = (byte)PtxSpace.Shared, C = start, D = rowsD[0], D2 = rowsD.Length });
    }

    private long Immediate(int index, long missing) => index >= statement.Operands.Count ? missing
        : Operand(index) is { Kind: PtxOperandKind.Immediate } n ? n.Bits : throw Bad("a constant was expected", Operand(index).Column);
}
