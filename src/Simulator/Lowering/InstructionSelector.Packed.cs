using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>Pairs of 16-bit integers, 128-bit registers, vector atomics, and other forms that PTX packs several values into.</summary>
internal sealed partial class InstructionSelector
{
    /// <summary>The rows of a 128-bit register: its lower and its upper half.</summary>
    private int[] Halves(PtxOperand operand, bool written)
    {
        RegisterPlace place = operand.Kind == PtxOperandKind.Register ? Register(operand.Name, operand.Column) : throw Bad("a register of 128 bits was expected", operand.Column);
        if (place.Type != B128)
        {
            throw Bad($"'{operand.Name}' of type {place.Type} does not fit {B128}", operand.Column);
        }

        (written ? destinations : sources).Add(place.Number);
        return [place.Offset, place.Offset + 256];
    }

    private void SelectMoveOf128(PtxOperand to, PtxOperand from)
    {
        if (to.Kind == PtxOperandKind.Vector ? to.Parts.Count != 2 : from.Kind == PtxOperandKind.Vector && from.Parts.Count != 2)
        {
            throw Bad("two registers of 64 bits make one of 128");
        }

        int[] target = to.Kind == PtxOperandKind.Vector ? [.. to.Parts.Select(p => Destination(p, B64))] : Halves(to, written: true);
        int[] source = from.Kind == PtxOperandKind.Vector ? [.. from.Parts.Select(p => Source(p, B64))] : Halves(from, written: false);
        for (int half = 0; half < 2; half++)
        {
            Emit(new Instruction { Op = Op.Mov64, Type = (byte)B64, D = target[half], A = source[half] });
        }
    }

    /// <summary>add, min and max of two 16-bit integers (PTX ISA §9.7.1). Kind: 0 add, 1 min, 2 max.</summary>
    private void SelectPair16(int kind)
    {
        if (statement.Parts[0] == "sub")
        {
            throw Unsupported();
        }

        int d = Destination(Operand(0), B32);
        Emit(new Instruction
        {
            Op = Op.Pair16, Type = (byte)(statement.Parts[^1] == "s16x2" ? S16 : U16), D = d, A = Source(1, B32), B = Source(2, B32), Imm = kind, Mod = Modifiers() & Mod.Relu,
        });
    }

    private void SelectLop3WithPredicate()
    {
        PtxOperand target = Operand(0);
        PtxOperand table = Operand(4);
        if (table.Kind != PtxOperandKind.Immediate)
        {
            throw Bad("the table must be a number", table.Column);
        }

        int d = Destination(target.Parts[0], B32);
        int p = PredicateDestination(target.Parts[1]);
        int q = PredicateSource(Operand(5));
        Emit(new Instruction { Op = Op.Lop3, Type = (byte)B32, D = d, A = Source(1, B32), B = Source(2, B32), C = Source(3, B32), Imm = table.Bits & 255 });
        Emit(new Instruction
        {
            Op = Op.SetpEq32, Type = (byte)B32, D = p, A = d, B = builder.Constant(wide: false, 0), C = q,
            Mod = Mod.Invert | ((Has("and") ? 1u : 2u) << Mod.BoolShift) | (Operand(5).Negated ? Mod.BoolNegated : 0),
        });
    }

    /// <summary>cvt.pack: two integers clamped to fewer bits, and the lower bits of a third above them.</summary>
    private void SelectPackConversion()
    {
        int at = Array.IndexOf(statement.Parts, "pack") + 2;
        string type = at < statement.Parts.Length ? statement.Parts[at] : "";
        int bits = type switch { "u16" or "s16" => 16, "u8" or "s8" => 8, "u4" or "s4" => 4, "u2" or "s2" => 2, _ => throw Unsupported() };
        int d = Destination(Operand(0), B32);
        int a = Source(1, S32);
        int b = Source(2, S32);
        int c = bits == 16 ? builder.Constant(wide: false, 0) : Source(3, B32);
        Emit(new Instruction { Op = Op.CvtPackInteger, Type = (byte)(type[0] == 's' ? S32 : U32), D = d, A = a, B = b, C = c, Imm = bits });
    }

    /// <summary>One atomic an element, as the manual says of vector atomics: each element by itself.</summary>
    private void EmitVectorAtomic(int kind, PtxType type, PtxSpace space, PtxOperand? target, PtxOperand values, (int Row, long Offset) place, uint order)
    {
        int count = VectorCount();
        if (values.Kind != PtxOperandKind.Vector || values.Parts.Count != count || (target is { Kind: PtxOperandKind.Vector } && target.Parts.Count != count))
        {
            throw Bad($"a vector of {count} registers was expected", values.Column);
        }

        int[] sourceRows = [.. values.Parts.Select(p => Source(p, type))];
        int[] targetRows = target is { Kind: PtxOperandKind.Vector } ? [.. target.Parts.Select(p => p.Kind == PtxOperandKind.Sink ? 0 : Destination(p, type))] : new int[count];
        for (int i = 0; i < count; i++)
        {
            Emit(new Instruction
            {
                Op = Op.Atom, Type = (byte)type, Type2 = (byte)space, D = targetRows[i], A = place.Row, B = sourceRows[i], C = sourceRows[i], D2 = kind,
                Imm = place.Offset + (i * type.Size()), Mod = order | (targetRows[i] != 0 ? Mod.Acquire : 0),
            });
        }
    }
}
