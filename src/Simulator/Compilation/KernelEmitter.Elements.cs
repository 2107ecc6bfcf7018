using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>The operations themselves, one vector at a time.</summary>
internal sealed partial class KernelEmitter
{
    private Type Operate(in Instruction ins, string name, Type type, int part)
    {
        PushVector(ins.A, type, part);
        PushVector(ins.B, type, part);
        il.Emit(OpCodes.Call, Set.Operator(name, type));
        return type;
    }

    private Type Apply(in Instruction ins, string name, Type type, int part, int operands)
    {
        PushVector(ins.A, type, part);
        if (operands > 1)
        {
            PushVector(ins.B, type, part);
        }

        if (operands > 2)
        {
            PushVector(ins.C, type, part);
        }

        il.Emit(OpCodes.Call, Set.Method(name, type, operands));
        return type;
    }

    private Type Shift(in Instruction ins, string name, Type type, int part)
    {
        PushVector(ins.A, type, part);
        il.Emit(OpCodes.Ldc_I4, (int)ins.Imm);
        il.Emit(OpCodes.Call, Set.Operator(name, type));
        return type;
    }

    /// <summary>Pushes a quarter (or eighth) of a 32-bit row widened to 64 bits.</summary>
    private void PushWidened(int offset, Type type, int part)
    {
        PushVector(offset, type, part / 2);
        il.Emit(OpCodes.Call, Set.Method((part & 1) == 0 ? "WidenLower" : "WidenUpper", type, 1));
    }

    private void VariableShift(in Instruction ins, string name, Type type, int part)
    {
        PushVector(ins.A, type, part);
        PushVector(ins.B, typeof(uint), part);
        Type unit = Set.Bytes == 64 ? typeof(Avx512F) : typeof(Avx2);
        MethodInfo shift = unit.GetMethod(name, [Set.Of(type), Set.Of(typeof(uint))]) ?? throw new MissingMethodException(unit.Name, name);
        il.Emit(OpCodes.Call, shift);
    }

    /// <summary>Pushes one vector of the result; its element type.</summary>
    private Type Element(in Instruction ins, int part)
    {
        switch (ins.Op)
        {
            case Op.Mov32:
                PushVector(ins.A, typeof(uint), part);
                return typeof(uint);
            case Op.Mov64:
                PushVector(ins.A, typeof(ulong), part);
                return typeof(ulong);
            case Op.Add32:
                return Operate(ins, "op_Addition", typeof(uint), part);
            case Op.Sub32:
                return Operate(ins, "op_Subtraction", typeof(uint), part);
            case Op.Mul32:
                return Operate(ins, "op_Multiply", typeof(uint), part);
            case Op.Mad32:
                Operate(ins, "op_Multiply", typeof(uint), part);
                PushVector(ins.C, typeof(uint), part);
                il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(uint)));
                return typeof(uint);
            case Op.And32:
                return Operate(ins, "op_BitwiseAnd", typeof(uint), part);
            case Op.Or32:
                return Operate(ins, "op_BitwiseOr", typeof(uint), part);
            case Op.Xor32:
                return Operate(ins, "op_ExclusiveOr", typeof(uint), part);
            case Op.Not32 or Op.Not64:
            {
                Type type = ins.Op == Op.Not32 ? typeof(uint) : typeof(ulong);
                PushVector(ins.A, type, part);
                il.Emit(OpCodes.Call, Set.Operator("op_OnesComplement", type));
                return type;
            }

            case Op.Shl32I:
                return Shift(ins, "op_LeftShift", typeof(uint), part);
            case Op.ShrU32I:
                return Shift(ins, "op_UnsignedRightShift", typeof(uint), part);
            case Op.ShrS32I:
                return Shift(ins, "op_RightShift", typeof(int), part);
            case Op.Shl64I:
                return Shift(ins, "op_LeftShift", typeof(ulong), part);
            case Op.ShrU64I:
                return Shift(ins, "op_UnsignedRightShift", typeof(ulong), part);
            case Op.ShrS64I:
                return Shift(ins, "op_RightShift", typeof(long), part);
            case Op.MinS32 or Op.MaxS32:
                return Apply(ins, ins.Op == Op.MinS32 ? "Min" : "Max", typeof(int), part, 2);
            case Op.MinU32 or Op.MaxU32:
                return Apply(ins, ins.Op == Op.MinU32 ? "Min" : "Max", typeof(uint), part, 2);
            case Op.Neg32:
                PushVector(ins.A, typeof(int), part);
                il.Emit(OpCodes.Call, Set.Operator("op_UnaryNegation", typeof(int)));
                return typeof(int);
            case Op.Abs32:
                return Apply(ins, "Abs", typeof(int), part, 1);
            case Op.Add64:
                return Operate(ins, "op_Addition", typeof(ulong), part);
            case Op.Sub64:
                return Operate(ins, "op_Subtraction", typeof(ulong), part);
            case Op.Mul64:
                return Operate(ins, "op_Multiply", typeof(ulong), part);
            case Op.Mad64:
                Operate(ins, "op_Multiply", typeof(ulong), part);
                PushVector(ins.C, typeof(ulong), part);
                il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(ulong)));
                return typeof(ulong);
            case Op.And64:
                return Operate(ins, "op_BitwiseAnd", typeof(ulong), part);
            case Op.Or64:
                return Operate(ins, "op_BitwiseOr", typeof(ulong), part);
            case Op.Xor64:
                return Operate(ins, "op_ExclusiveOr", typeof(ulong), part);
            case Op.Selp32 or Op.Selp64:
            {
                Type type = ins.Op == Op.Selp32 ? typeof(uint) : typeof(ulong);
                PushPredicate(ins.C);
                BitsToMask(type == typeof(ulong), part);
                PushVector(ins.A, type, part);
                PushVector(ins.B, type, part);
                il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", type, 3));
                return type;
            }

            case Op.MulWideS32 or Op.MadWideS32 or Op.MulWideU32 or Op.MadWideU32:
            {
                bool signed = ins.Op is Op.MulWideS32 or Op.MadWideS32;
                Type type = signed ? typeof(int) : typeof(uint);
                Type wide = signed ? typeof(long) : typeof(ulong);
                PushWidened(ins.A, type, part);
                PushWidened(ins.B, type, part);
                il.Emit(OpCodes.Call, Set.Operator("op_Multiply", wide));
                if (ins.Op is Op.MadWideS32 or Op.MadWideU32)
                {
                    PushVector(ins.C, wide, part);
                    il.Emit(OpCodes.Call, Set.Operator("op_Addition", wide));
                }

                return wide;
            }

            case Op.CvtS64S32:
                PushWidened(ins.A, typeof(int), part);
                return typeof(long);
            case Op.CvtU64U32:
                PushWidened(ins.A, typeof(uint), part);
                return typeof(ulong);
            case Op.CvtF64F32:
                PushWidened(ins.A, typeof(float), part);
                return typeof(double);
            case Op.Cvt32From64 or Op.CvtF32F64:
            {
                Type type = ins.Op == Op.Cvt32From64 ? typeof(ulong) : typeof(double);
                PushVector(ins.A, type, single ? 0 : part * 2);
                PushVector(ins.A, type, single ? 0 : (part * 2) + 1);
                il.Emit(OpCodes.Call, Set.Method("Narrow", type, 2));
                return ins.Op == Op.Cvt32From64 ? typeof(uint) : OneNaN(ins, typeof(float), part);
            }

            case Op.MulHi:
                return MultiplyHigh(ins, part);
            case Op.ShlVar32:
                VariableShift(ins, "ShiftLeftLogicalVariable", typeof(uint), part);
                return typeof(uint);
            case Op.ShrVarU32:
                VariableShift(ins, "ShiftRightLogicalVariable", typeof(uint), part);
                return typeof(uint);
            case Op.ShrVarS32:
                VariableShift(ins, "ShiftRightArithmeticVariable", typeof(int), part);
                return typeof(int);
            case Op.Lop3:
                return Logic(ins, part);
            case Op.Shf:
                return Funnel(ins, part);
            case Op.Bfe:
                return ExtractField(ins, part);
            default:
                return OneNaN(ins, FloatElement(ins, part), part);
        }
    }

    private Type MultiplyHigh(in Instruction ins, int part)
    {
        bool signed = ((PtxType)ins.Type).IsSigned();
        Type type = signed ? typeof(int) : typeof(uint);
        Type wide = signed ? typeof(long) : typeof(ulong);
        foreach (string half in new[] { "WidenLower", "WidenUpper" })
        {
            PushVector(ins.A, type, part);
            il.Emit(OpCodes.Call, Set.Method(half, type, 1));
            PushVector(ins.B, type, part);
            il.Emit(OpCodes.Call, Set.Method(half, type, 1));
            il.Emit(OpCodes.Call, Set.Operator("op_Multiply", wide));
            As(wide, typeof(ulong));
            il.Emit(OpCodes.Ldc_I4, 32);
            il.Emit(OpCodes.Call, Set.Operator("op_UnsignedRightShift", typeof(ulong)));
        }

        il.Emit(OpCodes.Call, Set.Method("Narrow", typeof(ulong), 2));
        return typeof(uint);
    }

    /// <summary>Any function of three bits, as the least number of products of its table or of its complement.</summary>
    private Type Logic(in Instruction ins, int part)
    {
        int table = (int)ins.Imm;
        bool complement = System.Numerics.BitOperations.PopCount((uint)table) > 4;
        table = complement ? ~table & 255 : table;
        int terms = 0;
        for (int k = 0; k < 8; k++)
        {
            if ((table >> k & 1) == 0)
            {
                continue;
            }

            (int Row, bool Plain)[] factors = [(ins.A, (k & 4) != 0), (ins.B, (k & 2) != 0), (ins.C, (k & 1) != 0)];
            for (int f = 0; f < 3; f++)
            {
                PushVector(factors[f].Row, typeof(uint), part);
                if (!factors[f].Plain)
                {
                    il.Emit(OpCodes.Call, Set.Operator("op_OnesComplement", typeof(uint)));
                }

                if (f > 0)
                {
                    il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
                }
            }

            if (terms++ > 0)
            {
                il.Emit(OpCodes.Call, Set.Operator("op_BitwiseOr", typeof(uint)));
            }
        }

        if (terms == 0)
        {
            PushSplat(0, typeof(uint));
        }

        if (complement)
        {
            il.Emit(OpCodes.Call, Set.Operator("op_OnesComplement", typeof(uint)));
        }

        return typeof(uint);
    }

    /// <summary>shf: 32 bits out of b:a. Counts of 32 and more clamp or wrap; a variable shift by 32 gives zero, as is needed here.</summary>
    private Type Funnel(in Instruction ins, int part)
    {
        bool left = (ins.Mod & Mod.Max) != 0;
        Type unit = Set.Bytes == 64 ? typeof(Avx512F) : typeof(Avx2);
        Type type = Set.Of(typeof(uint));
        LocalBuilder count = Take(type);
        PushVector(ins.C, typeof(uint), part);
        PushSplat((ins.Mod & Mod.Sat) != 0 ? 31 : 32, typeof(uint));
        il.Emit(OpCodes.Call, (ins.Mod & Mod.Sat) != 0 ? Set.Operator("op_BitwiseAnd", typeof(uint)) : Set.Method("Min", typeof(uint), 2));
        il.Emit(OpCodes.Stloc, count);
        foreach ((int row, string shift, bool rest) in new[] { (ins.A, "ShiftRightLogicalVariable", left), (ins.B, "ShiftLeftLogicalVariable", !left) })
        {
            PushVector(row, typeof(uint), part);
            if (rest)
            {
                PushSplat(32, typeof(uint));
            }

            il.Emit(OpCodes.Ldloc, count);
            if (rest)
            {
                il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(uint)));
            }

            il.Emit(OpCodes.Call, unit.GetMethod(shift, [type, type])!);
        }

        il.Emit(OpCodes.Call, Set.Operator("op_BitwiseOr", typeof(uint)));
        Release(count);
        return typeof(uint);
    }

    /// <summary>bfe: bits from b on, c of them; the sign bit fills from the field's highest, or from bit 31.</summary>
    private Type ExtractField(in Instruction ins, int part)
    {
        bool signed = ((PtxType)ins.Type).IsSigned();
        Type unit = Set.Bytes == 64 ? typeof(Avx512F) : typeof(Avx2);
        Type vector = Set.Of(typeof(uint));
        Type moved = signed ? Set.Of(typeof(int)) : vector;
        LocalBuilder up = Take(vector), length = Take(vector), position = Take(vector), field = Take(vector);
        foreach ((int row, LocalBuilder local) in new[] { (ins.B, position), (ins.C, length) })
        {
            PushVector(row, typeof(uint), part);
            PushSplat(255, typeof(uint));
            il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
            il.Emit(OpCodes.Stloc, local);
        }

        // The field's highest bit to bit 31: up = 32 - min(32, position + length), and down again by up + position.
        PushSplat(32, typeof(uint));
        PushSplat(32, typeof(uint));
        il.Emit(OpCodes.Ldloc, position);
        il.Emit(OpCodes.Ldloc, length);
        il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(uint)));
        il.Emit(OpCodes.Call, Set.Method("Min", typeof(uint), 2));
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(uint)));
        il.Emit(OpCodes.Stloc, up);
        PushVector(ins.A, typeof(uint), part);
        il.Emit(OpCodes.Ldloc, up);
        il.Emit(OpCodes.Call, unit.GetMethod("ShiftLeftLogicalVariable", [vector, vector])!);
        As(typeof(uint), signed ? typeof(int) : typeof(uint));
        il.Emit(OpCodes.Ldloc, up);
        il.Emit(OpCodes.Ldloc, position);
        il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(uint)));
        il.Emit(OpCodes.Call, unit.GetMethod(signed ? "ShiftRightArithmeticVariable" : "ShiftRightLogicalVariable", [moved, vector])!);
        As(signed ? typeof(int) : typeof(uint), typeof(uint));
        il.Emit(OpCodes.Stloc, field);

        // No bits at all: zero.
        il.Emit(OpCodes.Ldloc, length);
        PushSplat(0, typeof(uint));
        il.Emit(OpCodes.Call, Set.Method("Equals", typeof(uint), 2));
        PushSplat(0, typeof(uint));
        il.Emit(OpCodes.Ldloc, field);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(uint), 3));
        Release(up);
        Release(length);
        Release(position);
        Release(field);
        return typeof(uint);
    }
}
