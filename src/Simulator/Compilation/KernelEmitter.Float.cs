using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>Floating point: the same operations in the same order as in <c>Interpreter</c> and <c>FloatUnit</c>.</summary>
internal sealed partial class KernelEmitter
{
    private Type FloatElement(in Instruction ins, int part)
    {
        switch (ins.Op)
        {
            case Op.AddF32:
                return Operate(ins, "op_Addition", typeof(float), part);
            case Op.SubF32:
                return Operate(ins, "op_Subtraction", typeof(float), part);
            case Op.MulF32:
                return Operate(ins, "op_Multiply", typeof(float), part);
            case Op.FmaF32:
                return Apply(ins, "FusedMultiplyAdd", typeof(float), part, 3);
            case Op.MinF32 or Op.MaxF32:
                return Apply(ins, ins.Op == Op.MinF32 ? "MinNumber" : "MaxNumber", typeof(float), part, 2);
            case Op.NegF32:
                PushVector(ins.A, typeof(uint), part);
                PushSplat(int.MinValue, typeof(uint));
                il.Emit(OpCodes.Call, Set.Operator("op_ExclusiveOr", typeof(uint)));
                return typeof(uint);
            case Op.AbsF32:
                PushVector(ins.A, typeof(uint), part);
                PushSplat(int.MaxValue, typeof(uint));
                il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
                return typeof(uint);
            case Op.AddF64:
                return Operate(ins, "op_Addition", typeof(double), part);
            case Op.SubF64:
                return Operate(ins, "op_Subtraction", typeof(double), part);
            case Op.MulF64:
                return Operate(ins, "op_Multiply", typeof(double), part);
            case Op.DivF64:
                return Operate(ins, "op_Division", typeof(double), part);
            case Op.FmaF64:
                return Apply(ins, "FusedMultiplyAdd", typeof(double), part, 3);
            case Op.SqrtF64:
                return Apply(ins, "Sqrt", typeof(double), part, 1);
            case Op.NegF64:
                PushVector(ins.A, typeof(ulong), part);
                PushSplat(long.MinValue, typeof(ulong));
                il.Emit(OpCodes.Call, Set.Operator("op_ExclusiveOr", typeof(ulong)));
                return typeof(ulong);
            case Op.AbsF64:
                PushVector(ins.A, typeof(ulong), part);
                PushSplat(long.MaxValue, typeof(ulong));
                il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(ulong)));
                return typeof(ulong);
            case Op.CvtF32S32 or Op.CvtF32U32:
            {
                Type from = ins.Op == Op.CvtF32S32 ? typeof(int) : typeof(uint);
                PushVector(ins.A, from, part);
                il.Emit(OpCodes.Call, Set.Method("ConvertToSingle", from, 1));
                return typeof(float);
            }

            case Op.CvtS32F32 or Op.CvtU32F32:
                // .NET's conversions saturate and give 0 for NaN, as PTX's do.
                PushFlushed(ins, ins.A, part);
                Round((ins.Mod & Mod.RoundMask) | Mod.RoundInteger);
                il.Emit(OpCodes.Call, Set.Method(ins.Op == Op.CvtS32F32 ? "ConvertToInt32" : "ConvertToUInt32", typeof(float), 1));
                return ins.Op == Op.CvtS32F32 ? typeof(int) : typeof(uint);
            case Op.CvtF32BF16:
                PushVector(ins.A, typeof(uint), part);
                il.Emit(OpCodes.Ldc_I4, 16);
                il.Emit(OpCodes.Call, Set.Operator("op_LeftShift", typeof(uint)));
                return typeof(uint);
            default:
                PushSpecial(ins, part);
                Finish(ins.Mod);
                return typeof(float);
        }
    }

    /// <summary>Of float32 every NaN becomes the canonical one; of float64 it is that of the first operand that is one, made quiet.</summary>
    private Type OneNaN(in Instruction ins, Type element, int part)
    {
        if (ins.Op is Op.NegF32 or Op.AbsF32 or Op.NegF64 or Op.AbsF64 or Op.CvtF32S32 or Op.CvtF32U32 or Op.CvtS32F32 or Op.CvtU32F32)
        {
            return element;
        }

        bool wide = element == typeof(double);
        As(element, wide ? typeof(double) : typeof(float));
        LocalBuilder x = Take(Set.Of(wide ? typeof(double) : typeof(float)));
        il.Emit(OpCodes.Stloc, x);
        if (!wide)
        {
            il.Emit(OpCodes.Ldloc, x);
            il.Emit(OpCodes.Ldloc, x);
            il.Emit(OpCodes.Call, Set.Method("Equals", typeof(float), 2));
            il.Emit(OpCodes.Ldloc, x);
            PushSplat(int.MaxValue, typeof(float));
            il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
            Release(x);
            return typeof(float);
        }

        int[] rows = ins.Op == Op.FmaF64 ? [ins.C, ins.B, ins.A] : ins.Op == Op.SqrtF64 ? [ins.A] : [ins.B, ins.A];
        foreach (int row in rows)
        {
            PushVector(row, typeof(double), part);
            PushVector(row, typeof(double), part);
            il.Emit(OpCodes.Call, Set.Method("Equals", typeof(double), 2));
            il.Emit(OpCodes.Ldloc, x);
            PushVector(row, typeof(ulong), part);
            PushSplat(1L << 51, typeof(ulong));
            il.Emit(OpCodes.Call, Set.Operator("op_BitwiseOr", typeof(ulong)));
            As(typeof(ulong), typeof(double));
            il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(double), 3));
            il.Emit(OpCodes.Stloc, x);
        }

        il.Emit(OpCodes.Ldloc, x);
        Release(x);
        return typeof(double);
    }

    private void PushFlushed(in Instruction ins, int row, int part)
    {
        PushVector(row, typeof(float), part);
        if ((ins.Mod & Mod.Ftz) != 0)
        {
            Flush();
        }
    }

    /// <summary>Subnormals to zero of the same sign.</summary>
    private void Flush()
    {
        LocalBuilder x = Take(Set.Of(typeof(uint)));
        As(typeof(float), typeof(uint));
        il.Emit(OpCodes.Stloc, x);
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(0x7f800000, typeof(uint));
        il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
        PushSplat(0, typeof(uint));
        il.Emit(OpCodes.Call, Set.Method("Equals", typeof(uint), 2));
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(int.MinValue, typeof(uint));
        il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(uint), 3));
        As(typeof(uint), typeof(float));
        Release(x);
    }

    /// <summary>Absolute value, flush and saturation of the result on the stack.</summary>
    private void Finish(uint mod)
    {
        if ((mod & Mod.Abs) != 0)
        {
            As(typeof(float), typeof(uint));
            PushSplat(int.MaxValue, typeof(uint));
            il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
            As(typeof(uint), typeof(float));
        }

        if ((mod & Mod.Ftz) != 0)
        {
            Flush();
        }

        if ((mod & Mod.Sat) != 0)
        {
            // To [+0, 1], NaN to +0.
            LocalBuilder x = Take(Set.Of(typeof(float)));
            il.Emit(OpCodes.Stloc, x);
            il.Emit(OpCodes.Ldloc, x);
            PushSplat(0f);
            Choose("GreaterThan", x, 0f);
            il.Emit(OpCodes.Stloc, x);
            il.Emit(OpCodes.Ldloc, x);
            PushSplat(1f);
            Choose("LessThan", x, 1f);
            Release(x);
        }
    }

    /// <summary>x where the comparison of what is on the stack holds, else a constant.</summary>
    private void Choose(string comparison, LocalBuilder x, float otherwise)
    {
        il.Emit(OpCodes.Call, Set.Method(comparison, typeof(float), 2));
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(otherwise);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
    }

    private void Round(uint mod)
    {
        if ((mod & Mod.RoundInteger) == 0)
        {
            return;
        }

        string name = (mod & Mod.RoundMask) switch { Mod.RoundZero => "Truncate", Mod.RoundDown => "Floor", Mod.RoundUp => "Ceiling", _ => "Round" };
        il.Emit(OpCodes.Call, Set.Method(name, typeof(float), 1));
    }

    private void PushSpecial(in Instruction ins, int part)
    {
        switch (ins.Op)
        {
            case Op.RcpF32 or Op.RsqrtF32:
                PushSplat(1f);
                PushFlushed(ins, ins.A, part);
                if (ins.Op == Op.RsqrtF32)
                {
                    il.Emit(OpCodes.Call, Set.Method("Sqrt", typeof(float), 1));
                }

                il.Emit(OpCodes.Call, Set.Operator("op_Division", typeof(float)));
                break;
            case Op.SqrtF32:
                PushFlushed(ins, ins.A, part);
                il.Emit(OpCodes.Call, Set.Method("Sqrt", typeof(float), 1));
                break;
            case Op.DivF32 or Op.MulF32X or Op.AddF32X:
                PushFlushed(ins, ins.A, part);
                PushFlushed(ins, ins.B, part);
                if (ins.Op == Op.AddF32X && (ins.Mod & Mod.BNegated) != 0)
                {
                    As(typeof(float), typeof(uint));
                    PushSplat(int.MinValue, typeof(uint));
                    il.Emit(OpCodes.Call, Set.Operator("op_ExclusiveOr", typeof(uint)));
                    As(typeof(uint), typeof(float));
                }

                il.Emit(OpCodes.Call, Set.Operator(ins.Op == Op.DivF32 ? "op_Division" : ins.Op == Op.MulF32X ? "op_Multiply" : "op_Addition", typeof(float)));
                break;
            case Op.FmaF32X:
                PushFlushed(ins, ins.A, part);
                PushFlushed(ins, ins.B, part);
                PushFlushed(ins, ins.C, part);
                FusedMultiplyAdd((ins.Mod & Mod.RoundMask) != 0);
                break;
            case Op.MinMaxF32X:
                MinMax(ins, part);
                break;
            case Op.CvtF32F32:
                PushFlushed(ins, ins.A, part);
                Round(ins.Mod);
                break;
            case Op.Ex2F32:
                PushFlushed(ins, ins.A, part);
                Ex2();
                break;
            case Op.Lg2F32:
                PushFlushed(ins, ins.A, part);
                Lg2();
                break;
            default:
                throw new InvalidOperationException($"operation {ins.Op} has no code");
        }
    }

    private void FusedMultiplyAdd(bool down)
    {
        if (!down)
        {
            il.Emit(OpCodes.Call, Set.Method("FusedMultiplyAdd", typeof(float), 3));
            return;
        }

        Type v = Set.Of(typeof(float));
        il.Emit(OpCodes.Ldc_I4, (int)FloatRoundingMode.ToNegativeInfinity);
        il.Emit(OpCodes.Call, typeof(Avx512F).GetMethod(single ? "FusedMultiplyAddScalar" : "FusedMultiplyAdd", [v, v, v, typeof(FloatRoundingMode)])!);
    }

    private void MinMax(in Instruction ins, int part)
    {
        bool xor = (ins.Mod & Mod.XorSign) != 0;
        LocalBuilder a = Take(Set.Of(typeof(float))), b = Take(Set.Of(typeof(float)));
        PushFlushed(ins, ins.A, part);
        il.Emit(OpCodes.Stloc, a);
        PushFlushed(ins, ins.B, part);
        il.Emit(OpCodes.Stloc, b);
        foreach (LocalBuilder x in new[] { a, b })
        {
            il.Emit(OpCodes.Ldloc, x);
            if (xor)
            {
                il.Emit(OpCodes.Call, Set.Method("Abs", typeof(float), 1));
            }
        }

        string name = (ins.Mod & Mod.Max) != 0 ? "Max" : "Min";
        il.Emit(OpCodes.Call, Set.Method((ins.Mod & Mod.NaN) != 0 ? name : name + "Number", typeof(float), 2));
        if (xor)
        {
            As(typeof(float), typeof(uint));
            il.Emit(OpCodes.Ldloc, a);
            As(typeof(float), typeof(uint));
            il.Emit(OpCodes.Ldloc, b);
            As(typeof(float), typeof(uint));
            il.Emit(OpCodes.Call, Set.Operator("op_ExclusiveOr", typeof(uint)));
            PushSplat(int.MinValue, typeof(uint));
            il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
            il.Emit(OpCodes.Call, Set.Operator("op_BitwiseOr", typeof(uint)));
            As(typeof(uint), typeof(float));
        }

        Release(a);
        Release(b);
    }

    /// <summary><c>FloatUnit.Ex2</c> of what is on the stack.</summary>
    private void Ex2()
    {
        Type v = Set.Of(typeof(float));
        LocalBuilder c = Take(v), n = Take(v), k = Take(Set.Of(typeof(int))), k1 = Take(Set.Of(typeof(int)));
        il.Emit(OpCodes.Stloc, c);
        Clamp("GreaterThan", c, 129f);
        Clamp("LessThan", c, -151f);
        il.Emit(OpCodes.Ldloc, c);
        il.Emit(OpCodes.Call, Set.Method("Round", typeof(float), 1));
        il.Emit(OpCodes.Stloc, n);
        il.Emit(OpCodes.Ldloc, c);
        il.Emit(OpCodes.Ldloc, n);
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(float)));
        il.Emit(OpCodes.Stloc, c);
        Polynomial(c, 1.5252734e-5f, 1.5403530e-4f, 1.3333558e-3f, 9.6181291e-3f, 5.5504109e-2f, 2.4022651e-1f, 6.9314718e-1f, 1f);
        il.Emit(OpCodes.Ldloc, n);
        il.Emit(OpCodes.Call, Set.Method("ConvertToInt32", typeof(float), 1));
        il.Emit(OpCodes.Stloc, k);
        il.Emit(OpCodes.Ldloc, k);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Call, Set.Operator("op_RightShift", typeof(int)));
        il.Emit(OpCodes.Stloc, k1);
        il.Emit(OpCodes.Ldloc, k1);
        PowerOfTwo();
        il.Emit(OpCodes.Call, Set.Operator("op_Multiply", typeof(float)));
        il.Emit(OpCodes.Ldloc, k);
        il.Emit(OpCodes.Ldloc, k1);
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(int)));
        PowerOfTwo();
        il.Emit(OpCodes.Call, Set.Operator("op_Multiply", typeof(float)));
        Release(c);
        Release(n);
        Release(k);
        Release(k1);
    }

    private void PowerOfTwo()
    {
        PushSplat(127, typeof(uint));
        As(typeof(uint), typeof(int));
        il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(int)));
        il.Emit(OpCodes.Ldc_I4, 23);
        il.Emit(OpCodes.Call, Set.Operator("op_LeftShift", typeof(int)));
        As(typeof(int), typeof(float));
    }

    /// <summary>x = the limit where x compares so with it.</summary>
    private void Clamp(string comparison, LocalBuilder x, float limit)
    {
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(limit);
        il.Emit(OpCodes.Call, Set.Method(comparison, typeof(float), 2));
        PushSplat(limit);
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        il.Emit(OpCodes.Stloc, x);
    }

    private void Polynomial(LocalBuilder x, params float[] coefficients)
    {
        PushSplat(coefficients[0]);
        foreach (float coefficient in coefficients.AsSpan(1))
        {
            il.Emit(OpCodes.Ldloc, x);
            PushSplat(coefficient);
            il.Emit(OpCodes.Call, Set.Method("FusedMultiplyAdd", typeof(float), 3));
        }
    }

    /// <summary><c>FloatUnit.Lg2</c> of what is on the stack.</summary>
    private void Lg2()
    {
        Type v = Set.Of(typeof(float));
        Type u = Set.Of(typeof(uint));
        LocalBuilder x = Take(v), bias = Take(v), m = Take(v), t = Take(v), t2 = Take(v), r = Take(v), bits = Take(u), e = Take(Set.Of(typeof(int))), subnormal = Take(v);
        il.Emit(OpCodes.Stloc, x);
        il.Emit(OpCodes.Ldloc, x);
        As(typeof(float), typeof(uint));
        PushSplat(0x7f800000, typeof(uint));
        il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", typeof(uint)));
        PushSplat(0, typeof(uint));
        il.Emit(OpCodes.Call, Set.Method("Equals", typeof(uint), 2));
        As(typeof(uint), typeof(float));
        il.Emit(OpCodes.Stloc, subnormal);
        il.Emit(OpCodes.Ldloc, subnormal);
        PushSplat(-23f);
        PushSplat(0f);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        il.Emit(OpCodes.Stloc, bias);
        il.Emit(OpCodes.Ldloc, subnormal);
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(8388608f);
        il.Emit(OpCodes.Call, Set.Operator("op_Multiply", typeof(float)));
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        As(typeof(float), typeof(uint));
        il.Emit(OpCodes.Stloc, bits);
        il.Emit(OpCodes.Ldloc, bits);
        PushSplat(0x3f3504f3, typeof(uint));
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(uint)));
        As(typeof(uint), typeof(int));
        il.Emit(OpCodes.Ldc_I4, 23);
        il.Emit(OpCodes.Call, Set.Operator("op_RightShift", typeof(int)));
        il.Emit(OpCodes.Stloc, e);
        il.Emit(OpCodes.Ldloc, bits);
        il.Emit(OpCodes.Ldloc, e);
        As(typeof(int), typeof(uint));
        il.Emit(OpCodes.Ldc_I4, 23);
        il.Emit(OpCodes.Call, Set.Operator("op_LeftShift", typeof(uint)));
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(uint)));
        As(typeof(uint), typeof(float));
        il.Emit(OpCodes.Stloc, m);
        il.Emit(OpCodes.Ldloc, m);
        PushSplat(1f);
        il.Emit(OpCodes.Call, Set.Operator("op_Subtraction", typeof(float)));
        il.Emit(OpCodes.Ldloc, m);
        PushSplat(1f);
        il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(float)));
        il.Emit(OpCodes.Call, Set.Operator("op_Division", typeof(float)));
        il.Emit(OpCodes.Stloc, t);
        il.Emit(OpCodes.Ldloc, t);
        il.Emit(OpCodes.Ldloc, t);
        il.Emit(OpCodes.Call, Set.Operator("op_Multiply", typeof(float)));
        il.Emit(OpCodes.Stloc, t2);
        Polynomial(t2, 0.3205989f, 0.41219858f, 0.57707802f, 0.96179669f, 2.8853900f);
        il.Emit(OpCodes.Ldloc, t);
        il.Emit(OpCodes.Ldloc, e);
        il.Emit(OpCodes.Call, Set.Method("ConvertToSingle", typeof(int), 1));
        il.Emit(OpCodes.Ldloc, bias);
        il.Emit(OpCodes.Call, Set.Operator("op_Addition", typeof(float)));
        il.Emit(OpCodes.Call, Set.Method("FusedMultiplyAdd", typeof(float), 3));
        il.Emit(OpCodes.Stloc, r);

        // 0 → −∞, negative or NaN → NaN, ∞ → ∞.
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(float.PositiveInfinity);
        il.Emit(OpCodes.Call, Set.Method("Equals", typeof(float), 2));
        il.Emit(OpCodes.Ldloc, x);
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(0f);
        il.Emit(OpCodes.Call, Set.Method("Equals", typeof(float), 2));
        PushSplat(float.NegativeInfinity);
        il.Emit(OpCodes.Ldloc, x);
        PushSplat(0f);
        il.Emit(OpCodes.Call, Set.Method("GreaterThanOrEqual", typeof(float), 2));
        il.Emit(OpCodes.Ldloc, r);
        PushSplat(float.NaN);
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        il.Emit(OpCodes.Call, Set.Method("ConditionalSelect", typeof(float), 3));
        foreach (LocalBuilder local in new[] { x, bias, m, t, t2, r, bits, e, subnormal })
        {
            Release(local);
        }
    }
}
