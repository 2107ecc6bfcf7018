using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>Operations that work lane by lane: on vectors, or once where a value is the same for all lanes.</summary>
internal sealed partial class KernelEmitter
{
    private bool EmitArithmetic(in Instruction ins)
    {
        if (ins.Guard != 0)
        {
            guardLocal = Take(typeof(uint));
            PushPredicate(Math.Abs(ins.Guard), ins.Guard < 0);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.And);
            il.Emit(OpCodes.Stloc, guardLocal);
        }

        bool open = EmitUnguarded(ins);
        if (guardLocal is not null)
        {
            Release(guardLocal);
            guardLocal = null;
        }

        return open;
    }

    private bool EmitUnguarded(in Instruction ins)
    {
        if (OpFacts.IsPredicateLogic(ins.Op))
        {
            EmitPredicateLogic(ins);
            return true;
        }

        if (OpFacts.IsSetp(ins.Op))
        {
            EmitSetp(ins);
            return true;
        }

        int row = Destination(ins.D);
        if (row < 0)
        {
            return true;
        }

        bool wide = graph.Rows[row].Wide;
        LaneValue result = Value(ins.D);
        if (ins.Op == Op.LdParam)
        {
            if (specialisation.Parameter(ins.Imm) is { } constant && !wide)
            {
                LoadConstant(constant, wide: false);
            }
            else
            {
                il.Emit(OpCodes.Ldloc, frameLocal);
                LoadField(40);
                il.Emit(OpCodes.Ldind_I);
                LoadField((int)ins.Imm);
                il.Emit(wide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
            }

            StoreScalar(row);
            return true;
        }

        if (!result.IsVector || AllUniform(ins))
        {
            EmitScalar(ins, row, wide, result);
            return true;
        }

        if (ins.Op is Op.DivInt or Op.RemInt)
        {
            Leave(ExitKind.Interpret, code, liveBefore, code);
            return false;
        }

        for (int part = 0; part < vectors.Parts(wide); part++)
        {
            Type type = Element(ins, part);
            StoreVector(row, type, part);
        }

        return true;
    }

    private bool AllUniform(in Instruction ins)
    {
        if (ins.Op is Op.Selp32 or Op.Selp64)
        {
            return Value(ins.A).IsUniform && Value(ins.B).IsUniform && analysis.IsUniformPredicate(ins.C);
        }

        int arity = OpFacts.Arity(ins.Op);
        return Value(ins.A).IsUniform && (arity < 2 || Value(ins.B).IsUniform) && (arity < 3 || Value(ins.C).IsUniform);
    }

    private void EmitPredicateLogic(in Instruction ins)
    {
        PushPredicate(ins.A, (ins.Mod & Mod.ANegated) != 0);
        switch (ins.Op)
        {
            case Op.NotPred:
                il.Emit(OpCodes.Not);
                break;
            case Op.AndPred or Op.OrPred or Op.XorPred:
                PushPredicate(ins.B, (ins.Mod & Mod.BNegated) != 0);
                il.Emit(ins.Op == Op.AndPred ? OpCodes.And : ins.Op == Op.OrPred ? OpCodes.Or : OpCodes.Xor);
                break;
        }

        StorePredicate(ins.D);
    }

    private void EmitSetp(in Instruction ins)
    {
        bool uniform = Value(ins.A).IsUniform && Value(ins.B).IsUniform;
        LocalBuilder bits = Take(typeof(uint));
        if (uniform && ins.Op is Op.SetpEq32 or Op.SetpLtS32 or Op.SetpLtU32 or Op.SetpEq64 or Op.SetpLtS64 or Op.SetpLtU64 && uniform)
        {
            bool wide = ins.Op is Op.SetpEq64 or Op.SetpLtS64 or Op.SetpLtU64;
            PushScalar(ins.A, wide);
            PushScalar(ins.B, wide);
            il.Emit(ins.Op is Op.SetpEq32 or Op.SetpEq64 ? OpCodes.Ceq : ins.Op is Op.SetpLtS32 or Op.SetpLtS64 ? OpCodes.Clt : OpCodes.Clt_Un);
            il.Emit(OpCodes.Neg);
        }
        else if (uniform)
        {
            single = true;
            PushCompare(ins, 0);
            single = false;
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.And);
            il.Emit(OpCodes.Neg);
        }
        else if (ins.Op == Op.SetpLtS32 && Value(ins.A) is { IsVector: false, Min: >= 0 } ramp && Value(ins.B).IsUniform)
        {
            EmitRampCompare(ins, ramp, bits);
            il.Emit(OpCodes.Ldloc, bits);
        }
        else
        {
            PushCompareAll(ins);
        }

        il.Emit((ins.Mod & Mod.Invert) != 0 ? OpCodes.Not : OpCodes.Nop);
        il.Emit(OpCodes.Stloc, bits);
        uint combine = (ins.Mod & Mod.BoolMask) >> Mod.BoolShift;
        LocalBuilder? third = null;
        if (combine != 0)
        {
            third = Take(typeof(uint));
            PushPredicate(ins.C, (ins.Mod & Mod.BoolNegated) != 0);
            il.Emit(OpCodes.Stloc, third);
        }

        if (ins.D != 0)
        {
            il.Emit(OpCodes.Ldloc, bits);
            CombineWith(combine, third);
            StorePredicate(ins.D);
        }

        if (ins.D2 != 0)
        {
            il.Emit(OpCodes.Ldloc, bits);
            il.Emit(OpCodes.Not);
            CombineWith(combine, third);
            StorePredicate(ins.D2);
        }

        Release(bits);
        if (third is not null)
        {
            Release(third);
        }
    }

    private void CombineWith(uint combine, LocalBuilder? third)
    {
        if (third is not null)
        {
            il.Emit(OpCodes.Ldloc, third);
            il.Emit(combine == 1 ? OpCodes.And : combine == 2 ? OpCodes.Or : OpCodes.Xor);
        }
    }

    /// <summary>base + pattern below a limit: all lanes if the greatest is (then nothing has wrapped either), else a comparison of vectors.</summary>
    private void EmitRampCompare(in Instruction ins, LaneValue ramp, LocalBuilder bits)
    {
        Label some = il.DefineLabel();
        Label done = il.DefineLabel();
        PushScalar(ins.B, wide: false);
        il.Emit(OpCodes.Conv_I8);
        PushScalar(ins.A, wide: false);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Ldc_I8, ramp.Max);
        il.Emit(OpCodes.Ble, some);
        il.Emit(OpCodes.Ldc_I4_M1);
        il.Emit(OpCodes.Stloc, bits);
        il.MarkLabel(done);
        Instruction copy = ins;
        LocalBuilder[] kept = [.. OperandLocals(ins.A), .. OperandLocals(ins.B)];
        deferred.Add(() =>
        {
            il.MarkLabel(some);
            WithLocals(copy, kept, () => PushCompareAll(copy));
            il.Emit(OpCodes.Stloc, bits);
            il.Emit(OpCodes.Br, done);
        });
    }

    private LocalBuilder[] OperandLocals(int offset) => graph.RowAt(offset) is >= 0 and var row && Value(offset).Base is null ? LocalsOf(row) : [];

    /// <summary>Makes code later in which A and B still stand in the locals that they have now.</summary>
    private void WithLocals(in Instruction ins, LocalBuilder[] kept, Action make)
    {
        var before = new Dictionary<int, LocalBuilder[]>(locals);
        int at = 0;
        foreach (int offset in new[] { ins.A, ins.B })
        {
            if (graph.RowAt(offset) is >= 0 and var row && Value(offset).Base is null)
            {
                int count = Value(offset).IsVector ? vectors.Parts(graph.Rows[row].Wide) : 1;
                locals[row] = kept[at..(at + count)];
                at += count;
            }
        }

        make();
        locals.Clear();
        foreach ((int row, LocalBuilder[] all) in before)
        {
            locals[row] = all;
        }
    }

    /// <summary>Pushes a comparison's bits of all lanes.</summary>
    private void PushCompareAll(in Instruction ins)
    {
        bool wide = ins.Op is Op.SetpEq64 or Op.SetpLtS64 or Op.SetpLtU64;
        int lanes = vectors.Lanes(wide);
        for (int part = 0; part < vectors.Parts(wide); part++)
        {
            PushCompare(ins, part);
            if (part > 0)
            {
                il.Emit(OpCodes.Ldc_I4, part * lanes);
                il.Emit(OpCodes.Shl);
                il.Emit(OpCodes.Or);
            }
        }
    }

    /// <summary>Pushes a comparison's bits of one vector.</summary>
    private void PushCompare(in Instruction ins, int part)
    {
        (Type type, string name) = ins.Op switch
        {
            Op.SetpEq32 => (typeof(uint), "Equals"),
            Op.SetpLtS32 => (typeof(int), "LessThan"),
            Op.SetpLtU32 => (typeof(uint), "LessThan"),
            Op.SetpEqF32 => (typeof(float), "Equals"),
            Op.SetpLtF32 => (typeof(float), "LessThan"),
            Op.SetpLeF32 => (typeof(float), "LessThanOrEqual"),
            Op.SetpNumF32 => (typeof(float), "Equals"),
            Op.SetpNeF32 => (typeof(float), "LessThan"),
            Op.SetpEq64 => (typeof(ulong), "Equals"),
            Op.SetpLtS64 => (typeof(long), "LessThan"),
            _ => (typeof(ulong), "LessThan"),
        };
        PushVector(ins.A, type, part);
        PushVector(ins.Op == Op.SetpNumF32 ? ins.A : ins.B, type, part);
        il.Emit(OpCodes.Call, Set.Method(name, type, 2));
        if (ins.Op is Op.SetpNumF32 or Op.SetpNeF32)
        {
            // Ordered: both are numbers; less or greater.
            PushVector(ins.B, type, part);
            PushVector(ins.Op == Op.SetpNumF32 ? ins.B : ins.A, type, part);
            il.Emit(OpCodes.Call, Set.Method(name, type, 2));
            il.Emit(OpCodes.Call, Set.Operator(ins.Op == Op.SetpNumF32 ? "op_BitwiseAnd" : "op_BitwiseOr", type));
        }

        il.Emit(OpCodes.Call, Set.Method("ExtractMostSignificantBits", type, 1));
        il.Emit(OpCodes.Conv_U4);
    }

    /// <summary>One value for all lanes, or base and pattern: only the base is computed.</summary>
    private void EmitScalar(in Instruction ins, int row, bool wide, LaneValue result)
    {
        if (TryEmitInteger(ins, wide, result))
        {
            StoreScalar(row);
            return;
        }

        single = true;
        Type type = Element(ins, 0);
        As(type, Plain(type));
        type = Plain(type);
        single = false;
        il.Emit(OpCodes.Call, VectorSet.Single.Method("ToScalar", type, 1));
        if (type == typeof(ulong))
        {
            il.Emit(OpCodes.Conv_I8);
        }

        StoreScalar(row);
    }

    private void PushExtended(int offset, bool signed)
    {
        PushScalar(offset, wide: false);
        il.Emit(signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        LaneValue value = Value(offset);
        if (value.IsUniform || value.IsConstant)
        {
            return;
        }

        // Base and pattern as 64 bits: only while no lane's sum leaves 32 bits.
        LocalBuilder copy = Take(typeof(long));
        il.Emit(OpCodes.Stloc, copy);
        Label exit = SideExit();
        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Ldc_I8, (signed ? int.MaxValue : uint.MaxValue) - Math.Max(0, value.Max));
        il.Emit(OpCodes.Bgt, exit);
        if (value.Min < 0)
        {
            il.Emit(OpCodes.Ldloc, copy);
            il.Emit(OpCodes.Ldc_I8, (signed ? int.MinValue : 0) - value.Min);
            il.Emit(OpCodes.Blt, exit);
        }

        il.Emit(OpCodes.Ldloc, copy);
        Release(copy);
    }

    /// <summary>Pushes the result of an integer operation on one value, or on bases. False: another way.</summary>
    private bool TryEmitInteger(in Instruction ins, bool wide, LaneValue result)
    {
        int shift = (int)ins.Imm;
        switch (ins.Op)
        {
            case Op.Mov32 or Op.Mov64:
                PushScalar(ins.A, wide);
                return true;
            case Op.Add32 or Op.Add64:
                return Binary(ins, OpCodes.Add, wide);
            case Op.Sub32 or Op.Sub64:
                return Binary(ins, OpCodes.Sub, wide);
            case Op.Mul32 or Op.Mul64:
                return PushProduct(ins, wide);
            case Op.Mad32 or Op.Mad64:
                PushProduct(ins, wide);
                PushScalar(ins.C, wide);
                il.Emit(OpCodes.Add);
                return true;
            case Op.Shl32I or Op.Shl64I:
                PushScalar(ins.A, wide);
                il.Emit(OpCodes.Ldc_I4, shift);
                il.Emit(OpCodes.Shl);
                return true;
            case Op.MulWideS32 or Op.MulWideU32 or Op.MadWideS32 or Op.MadWideU32:
            {
                // Kept aside: the test of the second may leave, and the stack must be empty then.
                bool signed = ins.Op is Op.MulWideS32 or Op.MadWideS32;
                LocalBuilder first = Take(typeof(long)), second = Take(typeof(long));
                PushExtended(ins.A, signed);
                il.Emit(OpCodes.Stloc, first);
                PushExtended(ins.B, signed);
                il.Emit(OpCodes.Stloc, second);
                il.Emit(OpCodes.Ldloc, first);
                il.Emit(OpCodes.Ldloc, second);
                il.Emit(OpCodes.Mul);
                Release(first);
                Release(second);
                if (ins.Op is Op.MadWideS32 or Op.MadWideU32)
                {
                    PushScalar(ins.C, wide: true);
                    il.Emit(OpCodes.Add);
                }

                return true;
            }

            case Op.CvtS64S32 or Op.CvtU64U32:
                PushExtended(ins.A, ins.Op == Op.CvtS64S32);
                return true;
            case Op.Cvt32From64:
                PushScalar(ins.A, wide: true);
                il.Emit(OpCodes.Conv_U4);
                return true;
            case Op.And32 or Op.And64:
                return Binary(ins, OpCodes.And, wide);
            case Op.Or32 or Op.Or64:
                return Binary(ins, OpCodes.Or, wide);
            case Op.Xor32 or Op.Xor64:
                return Binary(ins, OpCodes.Xor, wide);
            case Op.Not32 or Op.Not64:
                PushScalar(ins.A, wide);
                il.Emit(OpCodes.Not);
                return true;
            case Op.ShrU32I or Op.ShrU64I or Op.ShrS32I or Op.ShrS64I:
                PushScalar(ins.A, wide);
                il.Emit(OpCodes.Ldc_I4, shift);
                il.Emit(ins.Op is Op.ShrU32I or Op.ShrU64I ? OpCodes.Shr_Un : OpCodes.Shr);
                return true;
            case Op.MinS32 or Op.MaxS32 or Op.MinU32 or Op.MaxU32:
            {
                PushScalar(ins.A, wide: false);
                PushScalar(ins.B, wide: false);
                Type type = ins.Op is Op.MinS32 or Op.MaxS32 ? typeof(int) : typeof(uint);
                il.Emit(OpCodes.Call, typeof(Math).GetMethod(ins.Op is Op.MinS32 or Op.MinU32 ? "Min" : "Max", [type, type])!);
                return true;
            }

            case Op.DivInt or Op.RemInt:
                PushDivision(ins);
                return true;
            case Op.Selp32 or Op.Selp64:
            {
                Label second = il.DefineLabel(), done = il.DefineLabel();
                PushPredicate(ins.C);
                il.Emit(OpCodes.Brfalse, second);
                LocalBuilder chosen = Take(wide ? typeof(long) : typeof(uint));
                PushScalar(ins.A, wide);
                il.Emit(OpCodes.Stloc, chosen);
                il.Emit(OpCodes.Br, done);
                il.MarkLabel(second);
                PushScalar(ins.B, wide);
                il.Emit(OpCodes.Stloc, chosen);
                il.MarkLabel(done);
                il.Emit(OpCodes.Ldloc, chosen);
                Release(chosen);
                return true;
            }

            default:
                return false;
        }
    }

    private bool Binary(in Instruction ins, OpCode operation, bool wide)
    {
        PushScalar(ins.A, wide);
        PushScalar(ins.B, wide);
        il.Emit(operation);
        return true;
    }

    private bool PushProduct(in Instruction ins, bool wide) => Binary(ins, OpCodes.Mul, wide);

    /// <summary>Division of 32-bit values as <c>LaneUnit</c> does it: by zero gives all ones, or the dividend as the remainder.</summary>
    private void PushDivision(in Instruction ins)
    {
        bool signed = ((PtxType)ins.Type).IsSigned();
        LocalBuilder a = Take(typeof(long)), b = Take(typeof(long));
        Label zero = il.DefineLabel(), done = il.DefineLabel();
        foreach ((int offset, LocalBuilder local) in new[] { (ins.A, a), (ins.B, b) })
        {
            PushScalar(offset, wide: false);
            il.Emit(signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
            il.Emit(OpCodes.Stloc, local);
        }

        il.Emit(OpCodes.Ldloc, b);
        il.Emit(OpCodes.Brfalse, zero);
        il.Emit(OpCodes.Ldloc, a);
        il.Emit(OpCodes.Ldloc, b);
        il.Emit(ins.Op == Op.DivInt ? OpCodes.Div : OpCodes.Rem);
        il.Emit(OpCodes.Stloc, a);
        il.Emit(OpCodes.Br, done);
        il.MarkLabel(zero);
        if (ins.Op == Op.DivInt)
        {
            il.Emit(OpCodes.Ldc_I8, -1L);
            il.Emit(OpCodes.Stloc, a);
        }

        il.MarkLabel(done);
        il.Emit(OpCodes.Ldloc, a);
        il.Emit(OpCodes.Conv_U4);
        Release(a);
        Release(b);
    }

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
