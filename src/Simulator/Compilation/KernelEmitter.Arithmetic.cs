using System.Reflection.Emit;
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
}
