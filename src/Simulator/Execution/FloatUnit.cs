using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// Floating point outside the hot switch: special functions, conversions, directed rounding, ftz and saturation, doubles. The special
/// functions are polynomials in a fixed order of fused operations: the same bits on every machine, within the bounds of PTX ISA §9.7.3.
/// </summary>
internal static unsafe class FloatUnit
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Execute(Instruction* ins, byte* R, uint mask)
    {
        Vector512<uint> u0, u1;
        uint mod = ins->Mod;
        bool ftz = (mod & Mod.Ftz) != 0;

        // Operands are flushed in one place: with a flush in every case this method took 30 ms to compile. Rows that an operation does not
        // have are rows too (offset 0: the predicates), and not used.
        Vector512<float> a0 = F(R + ins->A, 0), a1 = F(R + ins->A, 1), b0 = F(R + ins->B, 0), b1 = F(R + ins->B, 1), c0 = F(R + ins->C, 0), c1 = F(R + ins->C, 1);
        if (ftz)
        {
            a0 = Flush(a0.AsUInt32()).AsSingle();
            a1 = Flush(a1.AsUInt32()).AsSingle();
            b0 = Flush(b0.AsUInt32()).AsSingle();
            b1 = Flush(b1.AsUInt32()).AsSingle();
            c0 = Flush(c0.AsUInt32()).AsSingle();
            c1 = Flush(c1.AsUInt32()).AsSingle();
        }

        switch (ins->Op)
        {
            case Op.Ex2F32:
                u0 = Ex2(a0).AsUInt32();
                u1 = Ex2(a1).AsUInt32();
                break;
            case Op.Lg2F32:
                u0 = Lg2(a0).AsUInt32();
                u1 = Lg2(a1).AsUInt32();
                break;
            case Op.RcpF32 or Op.SqrtF32 or Op.DivF32 when (mod & Mod.RoundMask) != 0:
                Directed(ins, R, mask, ftz);
                return;
            case Op.RcpF32:
                u0 = (Vector512.Create(1f) / a0).AsUInt32();
                u1 = (Vector512.Create(1f) / a1).AsUInt32();
                break;
            case Op.RsqrtF32:
                u0 = (Vector512.Create(1f) / Vector512.Sqrt(a0)).AsUInt32();
                u1 = (Vector512.Create(1f) / Vector512.Sqrt(a1)).AsUInt32();
                break;
            case Op.SqrtF32:
                u0 = Vector512.Sqrt(a0).AsUInt32();
                u1 = Vector512.Sqrt(a1).AsUInt32();
                break;
            case Op.DivF32:
                u0 = (a0 / b0).AsUInt32();
                u1 = (a1 / b1).AsUInt32();
                if ((mod & Mod.Max) != 0)
                {
                    u0 = DivideByHuge(u0, a0, b0);
                    u1 = DivideByHuge(u1, a1, b1);
                }

                break;
            case Op.MulF32X when (mod & Mod.RoundMask) == 0:
                u0 = (a0 * b0).AsUInt32();
                u1 = (a1 * b1).AsUInt32();
                break;
            case Op.AddF32X when (mod & Mod.RoundMask) == 0:
                Vector512<uint> flip = Vector512.Create((mod & Mod.BNegated) != 0 ? 0x80000000u : 0);
                u0 = (a0 + (b0.AsUInt32() ^ flip).AsSingle()).AsUInt32();
                u1 = (a1 + (b1.AsUInt32() ^ flip).AsSingle()).AsUInt32();
                break;
            case Op.FmaF32X when (mod & Mod.RoundMask) == 0:
                u0 = Vector512.FusedMultiplyAdd(a0, b0, c0).AsUInt32();
                u1 = Vector512.FusedMultiplyAdd(a1, b1, c1).AsUInt32();
                break;
            case Op.FmaF32X when Avx512F.IsSupported && (mod & Mod.RoundMask) == Mod.RoundDown:
                u0 = Avx512F.FusedMultiplyAdd(a0, b0, c0, FloatRoundingMode.ToNegativeInfinity).AsUInt32();
                u1 = Avx512F.FusedMultiplyAdd(a1, b1, c1, FloatRoundingMode.ToNegativeInfinity).AsUInt32();
                break;
            case Op.MulF32X or Op.AddF32X or Op.FmaF32X:
                Directed(ins, R, mask, ftz);
                return;
            case Op.MinMaxF32X:
                u0 = MinMax(a0, b0, mod);
                u1 = MinMax(a1, b1, mod);
                break;
            case Op.CvtF32F32:
                u0 = RoundF32(a0, mod).AsUInt32();
                u1 = RoundF32(a1, mod).AsUInt32();
                break;
            case Op.CvtF32S32:
                u0 = Vector512.ConvertToSingle(I(R + ins->A, 0)).AsUInt32();
                u1 = Vector512.ConvertToSingle(I(R + ins->A, 1)).AsUInt32();
                goto plain;
            case Op.CvtF32U32:
                u0 = Vector512.ConvertToSingle(U(R + ins->A, 0)).AsUInt32();
                u1 = Vector512.ConvertToSingle(U(R + ins->A, 1)).AsUInt32();
                goto plain;
            case Op.CvtS32F32:
                // .NET's conversions saturate and give 0 for NaN, as PTX's do.
                u0 = Vector512.ConvertToInt32(RoundF32(a0, (mod & Mod.RoundMask) | Mod.RoundInteger)).AsUInt32();
                u1 = Vector512.ConvertToInt32(RoundF32(a1, (mod & Mod.RoundMask) | Mod.RoundInteger)).AsUInt32();
                goto plain;
            case Op.CvtU32F32:
                u0 = Vector512.ConvertToUInt32(RoundF32(a0, (mod & Mod.RoundMask) | Mod.RoundInteger));
                u1 = Vector512.ConvertToUInt32(RoundF32(a1, (mod & Mod.RoundMask) | Mod.RoundInteger));
                goto plain;
            case Op.CvtF32F16:
                u0 = Canonical(HalfUnit.FromHalf(U(R + ins->A, 0)).AsUInt32());
                u1 = Canonical(HalfUnit.FromHalf(U(R + ins->A, 1)).AsUInt32());
                goto plain;
            case Op.CvtF16F32:
                u0 = HalfUnit.ToHalf(F(R + ins->A, 0));
                u1 = HalfUnit.ToHalf(F(R + ins->A, 1));
                goto plain;
            case Op.CvtF32BF16:
                u0 = Canonical(U(R + ins->A, 0) << 16);
                u1 = Canonical(U(R + ins->A, 1) << 16);
                goto plain;
            case Op.CvtBF16F32:
                u0 = HalfUnit.ToBrain(F(R + ins->A, 0));
                u1 = HalfUnit.ToBrain(F(R + ins->A, 1));
                goto plain;
            case Op.CvtF16x2F32 or Op.CvtBF16x2F32 when (mod & (Mod.RoundMask | Mod.Relu | Mod.Sat)) == 0:
                bool brain = ins->Op == Op.CvtBF16x2F32;
                u0 = brain ? (HalfUnit.ToBrain(F(R + ins->A, 0)) << 16) | HalfUnit.ToBrain(F(R + ins->B, 0)) : (HalfUnit.ToHalf(F(R + ins->A, 0)) << 16) | HalfUnit.ToHalf(F(R + ins->B, 0));
                u1 = brain ? (HalfUnit.ToBrain(F(R + ins->A, 1)) << 16) | HalfUnit.ToBrain(F(R + ins->B, 1)) : (HalfUnit.ToHalf(F(R + ins->A, 1)) << 16) | HalfUnit.ToHalf(F(R + ins->B, 1));
                goto plain;
            case Op.CvtF16x2F32 or Op.CvtBF16x2F32:
                for (uint m = mask; m != 0; m &= m - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(m);
                    Parsing.PtxType to = ins->Op == Op.CvtBF16x2F32 ? Parsing.PtxType.BF16 : Parsing.PtxType.F16;
                    uint high = (uint)Conversion.Convert(to, Parsing.PtxType.F32, mod, ((uint*)(R + ins->A))[lane]);
                    uint low = (uint)Conversion.Convert(to, Parsing.PtxType.F32, mod, ((uint*)(R + ins->B))[lane]);
                    ((uint*)(R + ins->D))[lane] = (high << 16) | (low & 0xffff);
                }

                return;
            case Op.ShlVar32:
                u0 = ShiftLeft(U(R + ins->A, 0), U(R + ins->B, 0));
                u1 = ShiftLeft(U(R + ins->A, 1), U(R + ins->B, 1));
                goto plain;
            case Op.ShrVarU32:
                u0 = ShiftRight(U(R + ins->A, 0), U(R + ins->B, 0));
                u1 = ShiftRight(U(R + ins->A, 1), U(R + ins->B, 1));
                goto plain;
            case Op.ShrVarS32:
                u0 = ShiftRightSigned(I(R + ins->A, 0), U(R + ins->B, 0));
                u1 = ShiftRightSigned(I(R + ins->A, 1), U(R + ins->B, 1));
                goto plain;
            case Op.SinF32 or Op.CosF32 or Op.TanhF32:
                for (uint m = mask; m != 0; m &= m - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(m);
                    float x = ((float*)(R + ins->A))[lane];
                    x = ftz && float.IsSubnormal(x) ? MathF.CopySign(0, x) : x;
                    double y = ins->Op switch { Op.SinF32 => Math.Sin(x), Op.CosF32 => Math.Cos(x), _ => Math.Tanh(x) };
                    float f = (float)y;
                    f = ftz && float.IsSubnormal(f) ? MathF.CopySign(0, f) : f;
                    ((uint*)(R + ins->D))[lane] = float.IsNaN(f) ? 0x7fffffffu : BitConverter.SingleToUInt32Bits(f);
                }

                return;
            case Op.CvtF32F64:
                u0 = Canonical(Vector512.Narrow(D(R + ins->A, 0), D(R + ins->A, 1)).AsUInt32());
                u1 = Canonical(Vector512.Narrow(D(R + ins->A, 2), D(R + ins->A, 3)).AsUInt32());
                goto plain;
            case Op.CvtF64F32 or Op.AddF64 or Op.SubF64 or Op.MulF64 or Op.DivF64 or Op.FmaF64:
                Wide(ins, R, mask);
                return;
            default:
                throw new InvalidOperationException($"operation {ins->Op} has no handler");
        }

        if ((mod & Mod.Abs) != 0)
        {
            u0 &= Vector512.Create(0x7fffffffu);
            u1 &= Vector512.Create(0x7fffffffu);
        }

        if (ftz)
        {
            u0 = Flush(u0);
            u1 = Flush(u1);
        }

        if ((mod & Mod.Sat) != 0)
        {
            u0 = Saturate(u0.AsSingle()).AsUInt32();
            u1 = Saturate(u1.AsSingle()).AsUInt32();
        }

        u0 = Canonical(u0);
        u1 = Canonical(u1);

    plain:
        Store32(R + ins->D, mask, u0, u1);
    }

    /// <summary>Every NaN that an instruction makes is this one (PTX ISA §9.7.3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Canonical(Vector512<uint> x) =>
        Vector512.ConditionalSelect(Vector512.Equals(x.AsSingle(), x.AsSingle()).AsUInt32(), x, Vector512.Create(0x7fffffffu));

    /// <summary>div.approx is a · (1/b): above 2^126 the reciprocal is flushed to zero (PTX ISA §9.7.3.8).</summary>
    private static Vector512<uint> DivideByHuge(Vector512<uint> quotient, Vector512<float> a, Vector512<float> b)
    {
        Vector512<uint> magnitude = b.AsUInt32() & Vector512.Create(0x7fffffffu);
        Vector512<uint> huge = Vector512.GreaterThan(magnitude, Vector512.Create(0x7e800000u)) & Vector512.LessThan(magnitude, Vector512.Create(0x7f800000u));
        Vector512<float> zero = (b.AsUInt32() & Vector512.Create(0x80000000u)).AsSingle();
        return Vector512.ConditionalSelect(huge, (a * zero).AsUInt32(), quotient);
    }

    /// <summary>Doubles.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(Instruction* ins, byte* R, uint mask)
    {
        Vector512<ulong> w0, w1, w2, w3;
        switch (ins->Op)
        {
            case Op.CvtF64F32:
                w0 = Widen(R + ins->A, 0);
                w1 = Widen(R + ins->A, 1);
                w2 = Widen(R + ins->A, 2);
                w3 = Widen(R + ins->A, 3);
                break;
            case Op.AddF64:
                w0 = (D(R + ins->A, 0) + D(R + ins->B, 0)).AsUInt64();
                w1 = (D(R + ins->A, 1) + D(R + ins->B, 1)).AsUInt64();
                w2 = (D(R + ins->A, 2) + D(R + ins->B, 2)).AsUInt64();
                w3 = (D(R + ins->A, 3) + D(R + ins->B, 3)).AsUInt64();
                break;
            case Op.SubF64:
                w0 = (D(R + ins->A, 0) - D(R + ins->B, 0)).AsUInt64();
                w1 = (D(R + ins->A, 1) - D(R + ins->B, 1)).AsUInt64();
                w2 = (D(R + ins->A, 2) - D(R + ins->B, 2)).AsUInt64();
                w3 = (D(R + ins->A, 3) - D(R + ins->B, 3)).AsUInt64();
                break;
            case Op.MulF64:
                w0 = (D(R + ins->A, 0) * D(R + ins->B, 0)).AsUInt64();
                w1 = (D(R + ins->A, 1) * D(R + ins->B, 1)).AsUInt64();
                w2 = (D(R + ins->A, 2) * D(R + ins->B, 2)).AsUInt64();
                w3 = (D(R + ins->A, 3) * D(R + ins->B, 3)).AsUInt64();
                break;
            case Op.DivF64:
                w0 = (D(R + ins->A, 0) / D(R + ins->B, 0)).AsUInt64();
                w1 = (D(R + ins->A, 1) / D(R + ins->B, 1)).AsUInt64();
                w2 = (D(R + ins->A, 2) / D(R + ins->B, 2)).AsUInt64();
                w3 = (D(R + ins->A, 3) / D(R + ins->B, 3)).AsUInt64();
                break;
            default:
                w0 = Vector512.FusedMultiplyAdd(D(R + ins->A, 0), D(R + ins->B, 0), D(R + ins->C, 0)).AsUInt64();
                w1 = Vector512.FusedMultiplyAdd(D(R + ins->A, 1), D(R + ins->B, 1), D(R + ins->C, 1)).AsUInt64();
                w2 = Vector512.FusedMultiplyAdd(D(R + ins->A, 2), D(R + ins->B, 2), D(R + ins->C, 2)).AsUInt64();
                w3 = Vector512.FusedMultiplyAdd(D(R + ins->A, 3), D(R + ins->B, 3), D(R + ins->C, 3)).AsUInt64();
                break;
        }

        if (ins->Op != Op.CvtF64F32)
        {
            w0 = OneNaN(w0, ins, R, 0);
            w1 = OneNaN(w1, ins, R, 1);
            w2 = OneNaN(w2, ins, R, 2);
            w3 = OneNaN(w3, ins, R, 3);
        }

        Store64(R + ins->D, mask, w0, w1, w2, w3);
    }

    /// <summary>Of several NaNs among the operands the first is the result's, made quiet: which one a processor takes depends on how it was asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> OneNaN(Vector512<ulong> result, Instruction* ins, byte* R, int quarter)
    {
        if (Vector512.EqualsAll(result.AsDouble(), result.AsDouble()))
        {
            return result;
        }

        if (ins->Op == Op.FmaF64)
        {
            result = IfNaN(D(R + ins->C, quarter), result);
        }

        return IfNaN(D(R + ins->A, quarter), IfNaN(D(R + ins->B, quarter), result));
    }

    private static Vector512<ulong> IfNaN(Vector512<double> operand, Vector512<ulong> otherwise) =>
        Vector512.ConditionalSelect(Vector512.Equals(operand, operand).AsUInt64(), otherwise, operand.AsUInt64() | Vector512.Create(1UL << 51));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Widen(byte* row, int quarter) =>
        Vector512.WidenLower(Vector512.Create(Vector256.Load((float*)(row + (quarter * 32))), Vector256<float>.Zero)).AsUInt64();

    /// <summary>Subnormals to zero of the same sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Flush(Vector512<uint> x)
    {
        Vector512<uint> small = Vector512.Equals(x & Vector512.Create(0x7f800000u), Vector512<uint>.Zero);
        return Vector512.ConditionalSelect(small, x & Vector512.Create(0x80000000u), x);
    }

    /// <summary>To [+0, 1], NaN to +0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Saturate(Vector512<float> x)
    {
        Vector512<float> positive = Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, Vector512<float>.Zero);
        return Vector512.ConditionalSelect(Vector512.LessThan(positive, Vector512.Create(1f)), positive, Vector512.Create(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> RoundF32(Vector512<float> x, uint mod)
    {
        if ((mod & Mod.RoundInteger) == 0)
        {
            return x;
        }

        return (mod & Mod.RoundMask) switch
        {
            Mod.RoundZero => Vector512.Truncate(x),
            Mod.RoundDown => Vector512.Floor(x),
            Mod.RoundUp => Vector512.Ceiling(x),
            _ => Vector512.Round(x),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> MinMax(Vector512<float> a, Vector512<float> b, uint mod)
    {
        Vector512<uint> sign = (a.AsUInt32() ^ b.AsUInt32()) & Vector512.Create(0x80000000u);
        if ((mod & Mod.XorSign) != 0)
        {
            a = Vector512.Abs(a);
            b = Vector512.Abs(b);
        }

        Vector512<float> r = (mod & Mod.Max) != 0
            ? (mod & Mod.NaN) != 0 ? Vector512.Max(a, b) : Vector512.MaxNumber(a, b)
            : (mod & Mod.NaN) != 0 ? Vector512.Min(a, b) : Vector512.MinNumber(a, b);
        return (mod & Mod.XorSign) != 0 ? r.AsUInt32() | sign : r.AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> ShiftLeft(Vector512<uint> a, Vector512<uint> b)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ShiftLeftLogicalVariable(a, b);
        }

        Span<uint> r = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            r[i] = b[i] > 31 ? 0 : a[i] << (int)b[i];
        }

        return Vector512.Create<uint>(r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> ShiftRight(Vector512<uint> a, Vector512<uint> b)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ShiftRightLogicalVariable(a, b);
        }

        Span<uint> r = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            r[i] = b[i] > 31 ? 0 : a[i] >> (int)b[i];
        }

        return Vector512.Create<uint>(r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> ShiftRightSigned(Vector512<int> a, Vector512<uint> b)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.ShiftRightArithmeticVariable(a, b).AsUInt32();
        }

        Span<uint> r = stackalloc uint[16];
        for (int i = 0; i < 16; i++)
        {
            r[i] = (uint)(a[i] >> (int)Math.Min(b[i], 31));
        }

        return Vector512.Create<uint>(r);
    }

    /// <summary>2^x: x split into integer and fraction in [-½, ½]; degree 7; scaled in two steps so that subnormal results round once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Ex2(Vector512<float> x)
    {
        // Outside this the result is infinite or zero anyway; NaN passes through the arithmetic.
        Vector512<float> c = Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512.Create(129f)), Vector512.Create(129f), x);
        c = Vector512.ConditionalSelect(Vector512.LessThan(c, Vector512.Create(-151f)), Vector512.Create(-151f), c);
        Vector512<float> n = Vector512.Round(c);
        Vector512<float> f = c - n;
        Vector512<float> p = Vector512.Create(1.5252734e-5f);
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(1.5403530e-4f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(1.3333558e-3f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(9.6181291e-3f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(5.5504109e-2f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(2.4022651e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(6.9314718e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(1f));
        Vector512<int> k = Vector512.ConvertToInt32(n);
        Vector512<int> k1 = k >> 1;
        Vector512<int> k2 = k - k1;
        Vector512<float> s1 = ((k1 + Vector512.Create(127)) << 23).AsSingle();
        Vector512<float> s2 = ((k2 + Vector512.Create(127)) << 23).AsSingle();
        return p * s1 * s2;
    }

    /// <summary>log2 x: x = 2^e · m with m in [√½, √2); log2 m through atanh((m-1)/(m+1)), error within 2^-22.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<float> Lg2(Vector512<float> x)
    {
        Vector512<uint> bits = x.AsUInt32();
        Vector512<uint> subnormal = Vector512.Equals(bits & Vector512.Create(0x7f800000u), Vector512<uint>.Zero);
        Vector512<float> scaled = Vector512.ConditionalSelect(subnormal.AsSingle(), x * Vector512.Create(8388608f), x);
        Vector512<float> bias = Vector512.ConditionalSelect(subnormal.AsSingle(), Vector512.Create(-23f), Vector512<float>.Zero);
        bits = scaled.AsUInt32();
        Vector512<uint> shifted = bits - Vector512.Create(0x3f3504f3u);
        Vector512<int> e = shifted.AsInt32() >> 23;
        Vector512<float> m = (bits - (e.AsUInt32() << 23)).AsSingle();
        Vector512<float> t = (m - Vector512.Create(1f)) / (m + Vector512.Create(1f));
        Vector512<float> t2 = t * t;
        Vector512<float> p = Vector512.Create(0.3205989f);
        p = Vector512.FusedMultiplyAdd(p, t2, Vector512.Create(0.41219858f));
        p = Vector512.FusedMultiplyAdd(p, t2, Vector512.Create(0.57707802f));
        p = Vector512.FusedMultiplyAdd(p, t2, Vector512.Create(0.96179669f));
        p = Vector512.FusedMultiplyAdd(p, t2, Vector512.Create(2.8853900f));
        Vector512<float> r = Vector512.FusedMultiplyAdd(p, t, Vector512.ConvertToSingle(e) + bias);

        // 0 → −∞, negative or NaN → NaN, ∞ → ∞.
        Vector512<float> zero = Vector512.Equals(x, Vector512<float>.Zero);
        Vector512<float> infinite = Vector512.Equals(x, Vector512.Create(float.PositiveInfinity));
        Vector512<float> valid = Vector512.GreaterThanOrEqual(x, Vector512<float>.Zero);
        r = Vector512.ConditionalSelect(valid, r, Vector512.Create(float.NaN));
        r = Vector512.ConditionalSelect(zero, Vector512.Create(float.NegativeInfinity), r);
        return Vector512.ConditionalSelect(infinite, x, r);
    }

    /// <summary>Directed rounding of add, mul and fma, where the hardware has no rounding mode in the instruction.</summary>
    private static void Directed(Instruction* ins, byte* R, uint mask, bool ftz)
    {
        uint mod = ins->Mod;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            double a = Operand(((float*)(R + ins->A))[lane], ftz);
            double b = Operand(((float*)(R + ins->B))[lane], ftz);
            float r;
            switch (ins->Op)
            {
                case Op.DivF32:
                    r = Rounding.Divide((float)a, (float)b, mod);
                    break;
                case Op.RcpF32:
                    r = Rounding.Divide(1f, (float)a, mod);
                    break;
                case Op.SqrtF32:
                    r = Rounding.SquareRoot((float)a, mod);
                    break;
                case Op.MulF32X:
                    r = Rounding.ToSingle(a * b, 0, mod);
                    break;
                default:
                    double p = ins->Op == Op.FmaF32X ? a * b : a;
                    double c = ins->Op == Op.FmaF32X ? Operand(((float*)(R + ins->C))[lane], ftz) : (mod & Mod.BNegated) != 0 ? -b : b;
                    double value = p + c;
                    double bb = value - p;
                    double rest = double.IsFinite(value) ? (p - (value - bb)) + (c - bb) : 0;
                    r = Rounding.ToSingle(value == 0 && rest == 0 ? Rounding.ZeroSum(p, c, value, mod) : value, rest, mod);
                    break;
            }

            if (ftz && float.IsSubnormal(r))
            {
                r = MathF.CopySign(0, r);
            }

            if ((mod & Mod.Sat) != 0)
            {
                r = r > 0 ? MathF.Min(r, 1f) : 0;
            }

            ((uint*)(R + ins->D))[lane] = float.IsNaN(r) ? 0x7fffffffu : BitConverter.SingleToUInt32Bits(r);
        }
    }

    private static double Operand(float x, bool ftz) => ftz && float.IsSubnormal(x) ? MathF.CopySign(0, x) : x;

    public static uint CompareF64(Instruction* ins, byte* R)
    {
        var cmp = (Cmp)((ins->Mod & Mod.CmpMask) >> Mod.CmpShift);
        double* a = (double*)(R + ins->A);
        double* b = (double*)(R + ins->B);
        uint bits = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            bits |= LaneUnit.CompareDoubles(cmp, a[lane], b[lane]) ? 1u << lane : 0;
        }

        return bits;
    }
}
