using System.Numerics;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Operations evaluated one lane at a time: the long tail of PTX, exact and plain. What shows up in profiles moves to vectors.</summary>
internal static unsafe class LaneUnit
{
    public static void Execute(Instruction* ins, byte* R, uint mask)
    {
        bool a64 = (ins->Mod & Mod.A64) != 0, b64 = (ins->Mod & Mod.B64) != 0, c64 = (ins->Mod & Mod.C64) != 0, d64 = (ins->Mod & Mod.D64) != 0;
        byte* rowA = R + ins->A;
        byte* rowB = R + ins->B;
        byte* rowC = R + ins->C;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong a = a64 ? ((ulong*)rowA)[lane] : ((uint*)rowA)[lane];
            ulong b = b64 ? ((ulong*)rowB)[lane] : ((uint*)rowB)[lane];
            ulong c = c64 ? ((ulong*)rowC)[lane] : ((uint*)rowC)[lane];
            ulong e = ins->Op == Op.Bfi ? ((uint*)(R + ins->D2))[lane] : ins->Op == Op.Set ? *(uint*)(R + ins->D2) >> lane & 1 : 0;
            ulong d = Evaluate(ins, a, b, c, e);
            if (d64)
            {
                ((ulong*)(R + ins->D))[lane] = d;
            }
            else
            {
                ((uint*)(R + ins->D))[lane] = (uint)d;
            }
        }
    }

    private static double F64(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static ulong B64(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static ulong Evaluate(Instruction* ins, ulong a, ulong b, ulong c, ulong e)
    {
        PtxType t = (PtxType)ins->Type;
        bool signed = t.IsSigned();
        int bits = t.Size() * 8;
        bool flag = (ins->Mod & Mod.Max) != 0;
        bool second = (ins->Mod & Mod.Sat) != 0;
        switch (ins->Op)
        {
            case Op.Add16:
                return (ushort)(a + b);
            case Op.Sub16:
                return (ushort)(a - b);
            case Op.Mul16:
                return (ushort)(a * b);
            case Op.Mad16:
                return (ushort)((a * b) + c);
            case Op.MulWide16:
                return signed ? (uint)((short)a * (short)b) : (uint)((ushort)a * (ushort)b);
            case Op.MadWide16:
                return (signed ? (uint)((short)a * (short)b) : (uint)((ushort)a * (ushort)b)) + (uint)c;
            case Op.NotB16:
                return (ushort)~a;
            case Op.MulHi:
                return MultiplyHigh(t, a, b);
            case Op.MadHi:
                return Narrow(t, MultiplyHigh(t, a, b) + c);
            case Op.MadSat:
                return (uint)(int)Math.Clamp((long)(int)(uint)MultiplyHigh(t, a, b) + (int)c, int.MinValue, int.MaxValue);
            case Op.Mad64:
                return (a * b) + c;
            case Op.Mad24 when second:
            {
                long high = (((long)(int)((uint)a << 8) >> 8) * ((long)(int)((uint)b << 8) >> 8)) >> 16;
                return (uint)(int)Math.Clamp((int)high + (long)(int)c, int.MinValue, int.MaxValue);
            }

            case Op.Mul24 or Op.Mad24:
                long p = signed ? ((long)(int)((uint)a << 8) >> 8) * ((long)(int)((uint)b << 8) >> 8) : (long)((a & 0xffffff) * (b & 0xffffff));
                return (uint)(flag ? p >> 16 : p) + (ins->Op == Op.Mad24 ? (uint)c : 0);
            case Op.DivInt:
                return Divide(t, a, b);
            case Op.RemInt:
                return Remainder(t, a, b);
            case Op.AbsInt:
                return Narrow(t, Extend(t, a) < 0 ? 0UL - a : a);
            case Op.NegInt:
                return Narrow(t, 0UL - a);
            case Op.MinInt or Op.MaxInt:
                return Relu(ins, t, Less(t, a, b) == (ins->Op == Op.MinInt) ? a : b);
            case Op.Pair16:
                return PairPart(ins, t, a, b) | (PairPart(ins, t, a >> 16, b >> 16) << 16);
            case Op.CvtPackInteger:
            {
                int width = (int)ins->Imm;
                ulong part = (1UL << width) - 1;
                long low = signed ? -(1L << (width - 1)) : 0, high = signed ? (1L << (width - 1)) - 1 : (1L << width) - 1;
                ulong packed = ((ulong)Math.Clamp((int)b, low, high) & part) | (((ulong)Math.Clamp((int)a, low, high) & part) << width);
                return (uint)(packed | (width == 16 ? 0 : c << (2 * width)));
            }

            case Op.Sad:
                return Narrow(t, c + (Less(t, a, b) ? Narrow(t, b - a) : Narrow(t, a - b)));
            case Op.AddSat:
                return (uint)(int)Math.Clamp((long)(int)a + (int)b, int.MinValue, int.MaxValue);
            case Op.SubSat:
                return (uint)(int)Math.Clamp((long)(int)a - (int)b, int.MinValue, int.MaxValue);
            case Op.Dp4a:
            {
                int sum = (int)c;
                for (int k = 0; k < 4; k++)
                {
                    int x = signed ? (sbyte)(a >> (8 * k)) : (byte)(a >> (8 * k));
                    int y = ((PtxType)ins->Type2).IsSigned() ? (sbyte)(b >> (8 * k)) : (byte)(b >> (8 * k));
                    sum += x * y;
                }

                return (uint)sum;
            }

            case Op.Dp2a:
            {
                int sum = (int)c;
                for (int k = 0; k < 2; k++)
                {
                    int x = signed ? (short)(a >> (16 * k)) : (ushort)(a >> (16 * k));
                    int shift = (8 * k) + (flag ? 16 : 0);
                    int y = ((PtxType)ins->Type2).IsSigned() ? (sbyte)(b >> shift) : (byte)(b >> shift);
                    sum += x * y;
                }

                return (uint)sum;
            }

            case Op.Popc:
                return (ulong)BitOperations.PopCount(a);
            case Op.Clz:
                return (ulong)(bits == 64 ? BitOperations.LeadingZeroCount(a) : BitOperations.LeadingZeroCount((uint)a));
            case Op.Bfind:
            {
                ulong v = signed && Extend(t, a) < 0 ? Narrow(t, ~a) : a;
                if (v == 0)
                {
                    return uint.MaxValue;
                }

                int top = 63 - BitOperations.LeadingZeroCount(v);
                return (uint)(second ? bits - 1 - top : top);
            }

            case Op.Fns:
                return FindNthSet((uint)a, (uint)b, (int)c);
            case Op.Brev:
                return Reverse(a, bits);
            case Op.Bfe:
                return ExtractField(t, a, (int)(b & 255), (int)(c & 255));
            case Op.Bfi:
            {
                int position = (int)(c & 255);
                int length = (int)(e & 255);
                if (position >= bits || length == 0)
                {
                    return b;
                }

                length = Math.Min(length, bits - position);
                ulong field = length >= 64 ? ulong.MaxValue : (1UL << length) - 1;
                return (b & ~(field << position)) | ((a & field) << position);
            }

            case Op.Szext:
            {
                uint n = (uint)b;
                n = second ? n & 31 : Math.Min(n, 32);
                return n == 0 ? 0 : n >= 32 ? a : signed ? (uint)((int)((uint)a << (int)(32 - n)) >> (int)(32 - n)) : (uint)a & ((1u << (int)n) - 1);
            }

            case Op.Bmsk:
            {
                uint from = second ? (uint)a & 31 : Math.Min((uint)a, 32);
                uint count = second ? (uint)b & 31 : Math.Min((uint)b, 32);
                ulong field = ((1UL << (int)count) - 1) << (int)from;
                return (uint)field;
            }

            case Op.Prmt:
                return Permute((uint)a, (uint)b, (uint)c, (int)ins->Imm);
            case Op.Shf:
            {
                int n = (int)(second ? c & 31 : Math.Min((uint)c, 32));
                ulong both = a | (b << 32);
                return flag ? (uint)((both << n) >> 32) : (uint)(both >> n);
            }

            case Op.Lop3:
            {
                uint result = 0;
                for (int k = 0; k < 8; k++)
                {
                    if ((ins->Imm >> k & 1) != 0)
                    {
                        result |= ((k & 4) != 0 ? (uint)a : ~(uint)a) & ((k & 2) != 0 ? (uint)b : ~(uint)b) & ((k & 1) != 0 ? (uint)c : ~(uint)c);
                    }
                }

                return result;
            }

            case Op.ShlVar:
                return (uint)b >= (uint)bits ? 0 : Narrow(t, a << (int)b);
            case Op.ShrVar:
            {
                int n = (int)Math.Min((uint)b, (uint)bits);
                return signed ? Narrow(t, (ulong)(Extend(t, a) >> Math.Min(n, 63))) : n >= bits ? 0 : Narrow(t, a) >> n;
            }

            case Op.CNot:
                return Narrow(t, a) == 0 ? 1UL : 0;
            case Op.Slct:
                return (PtxType)ins->Type2 == PtxType.S32
                    ? ((int)c >= 0 ? a : b)
                    : CompareValues(PtxType.F32, Cmp.Ge, c, 0, (ins->Mod & Mod.Ftz) != 0) ? a : b;
            case Op.Set:
            {
                bool v = SetValue(ins, t, a, b, e);
                return (PtxType)ins->Type2 switch
                {
                    PtxType.F32 => v ? 0x3F800000u : 0,
                    PtxType.F16 => v ? 0x3C00u : 0,
                    PtxType.BF16 => v ? 0x3F80u : 0,
                    PtxType.U16 or PtxType.S16 => v ? 0xffffu : 0,
                    PtxType.F16x2 or PtxType.BF16x2 => SetPair(ins, a, b, e),
                    _ when t is PtxType.F16x2 or PtxType.BF16x2 => SetPairMask(ins, a, b, e),
                    _ => v ? uint.MaxValue : 0,
                };
            }

            case Op.Copysign:
                return t == PtxType.F64 ? (b & ~(1UL << 63)) | (a & (1UL << 63)) : ((uint)b & 0x7fffffff) | ((uint)a & 0x80000000);
            case Op.Cvt:
                return Conversion.Convert(t, (PtxType)ins->Type2, ins->Mod, a);
            case Op.CvtPack2:
                return Fp8.Convert(t, (PtxType)ins->Type2, ins->Mod, a, b);
            case Op.AddF64R:
            {
                double y = (ins->Mod & Mod.BNegated) != 0 ? -F64(b) : F64(b);
                return B64(Rounding.Add(F64(a), y, ins->Mod));
            }

            case Op.MulF64R:
                return B64(Rounding.Multiply(F64(a), F64(b), ins->Mod));
            case Op.FmaF64R:
                return B64(Rounding.MultiplyAdd(F64(a), F64(b), F64(c), ins->Mod));
            case Op.MinF64:
                return B64(double.MinNumber(F64(a), F64(b)));
            case Op.MaxF64:
                return B64(double.MaxNumber(F64(a), F64(b)));
            case Op.NegF64:
                return a ^ (1UL << 63);
            case Op.AbsF64:
                return a & ~(1UL << 63);
            case Op.SqrtF64:
                return B64(Rounding.SquareRoot(F64(a), ins->Mod));
            case Op.RcpF64:
                return B64(Rounding.Divide(1, F64(a), ins->Mod));
            case Op.DivF64R:
                return B64(Rounding.Divide(F64(a), F64(b), ins->Mod));
            case Op.RcpF64Approx:
            {
                // Only the upper 32 bits are computed; subnormals count as zero (PTX ISA §9.7.3.14).
                double x = F64(a);
                x = double.IsSubnormal(x) ? Math.CopySign(0.0, x) : x;
                ulong r = B64(1.0 / x) & 0xffffffff00000000UL;
                return double.IsSubnormal(F64(r)) ? r & (1UL << 63) : r;
            }

            case Op.RsqrtF64:
            {
                bool flush = (ins->Mod & Mod.Ftz) != 0;
                double x = F64(a);
                x = flush && double.IsSubnormal(x) ? Math.CopySign(0.0, x) : x;
                return B64(1.0 / Math.Sqrt(x)) & (flush ? 0xffffffff00000000UL : ulong.MaxValue);
            }

            case Op.HalfUnary:
                return HalfUnit.Unary(t, (uint)a, ins->Mod);
            default:
                throw new InvalidOperationException($"operation {ins->Op} has no handler");
        }
    }

    private static ulong Relu(Instruction* ins, PtxType t, ulong v) => (ins->Mod & Mod.Relu) != 0 && Extend(t, v) < 0 ? 0 : v;

    private static ulong PairPart(Instruction* ins, PtxType t, ulong a, ulong b) => ins->Imm == 0
        ? (ushort)(a + b)
        : (ushort)Relu(ins, t, Less(t, a, b) == (ins->Imm == 1) ? a : b);

    /// <summary>One comparison of set, with the predicate that it may be combined with.</summary>
    private static bool SetValue(Instruction* ins, PtxType t, ulong a, ulong b, ulong predicate)
    {
        bool v = CompareValues(t, (Cmp)((ins->Mod & Mod.CmpMask) >> Mod.CmpShift), a, b, (ins->Mod & Mod.Ftz) != 0);
        bool p = (predicate != 0) != ((ins->Mod & Mod.BoolNegated) != 0);
        return ((ins->Mod & Mod.BoolMask) >> Mod.BoolShift) switch { 0 => v, 1 => v && p, 2 => v || p, _ => v != p };
    }

    private static uint SetPair(Instruction* ins, ulong a, ulong b, ulong predicate)
    {
        PtxType t = (PtxType)ins->Type == PtxType.F16x2 ? PtxType.F16 : PtxType.BF16;
        uint one = t == PtxType.F16 ? 0x3C00u : 0x3F80u;
        return (SetValue(ins, t, a & 0xffff, b & 0xffff, predicate) ? one : 0) | (SetValue(ins, t, a >> 16, b >> 16, predicate) ? one << 16 : 0);
    }

    private static uint SetPairMask(Instruction* ins, ulong a, ulong b, ulong predicate)
    {
        PtxType t = (PtxType)ins->Type == PtxType.F16x2 ? PtxType.F16 : PtxType.BF16;
        return (SetValue(ins, t, a & 0xffff, b & 0xffff, predicate) ? 0xffffu : 0) | (SetValue(ins, t, a >> 16, b >> 16, predicate) ? 0xffff0000u : 0);
    }

    /// <summary>A value sign-extended to 64 bits, as its type says.</summary>
    public static long Extend(PtxType t, ulong v) => t.Size() switch { 1 => (sbyte)v, 2 => (short)v, 4 => (int)v, _ => (long)v };

    public static ulong Narrow(PtxType t, ulong v) => t.Size() switch { 1 => (byte)v, 2 => (ushort)v, 4 => (uint)v, _ => v };

    // A 16-bit register may hold anything above its 16 bits.
    private static bool Less(PtxType t, ulong a, ulong b) => t.IsSigned() ? Extend(t, a) < Extend(t, b) : Narrow(t, a) < Narrow(t, b);

    public static ulong MultiplyHigh(PtxType t, ulong a, ulong b)
    {
        bool signed = t.IsSigned();
        return t.Size() switch
        {
            2 => signed ? (ushort)(((short)a * (short)b) >> 16) : (ushort)((uint)((ushort)a * (ushort)b) >> 16),
            4 => signed ? (uint)(((long)(int)a * (int)b) >> 32) : ((a & uint.MaxValue) * (b & uint.MaxValue)) >> 32,
            _ => signed ? (ulong)Math.BigMul((long)a, (long)b, out _) : Math.BigMul(a, b, out _),
        };
    }

    /// <summary>Division; by zero gives all ones, as the hardware does for 32 bits (PTX leaves it open).</summary>
    public static ulong Divide(PtxType t, ulong a, ulong b)
    {
        a = Narrow(t, a);
        b = Narrow(t, b);
        if (b == 0)
        {
            return Narrow(t, ulong.MaxValue);
        }

        if (!t.IsSigned())
        {
            return a / b;
        }

        long x = Extend(t, a);
        long y = Extend(t, b);
        return Narrow(t, y == -1 ? 0UL - (ulong)x : (ulong)(x / y));
    }

    public static ulong Remainder(PtxType t, ulong a, ulong b)
    {
        a = Narrow(t, a);
        b = Narrow(t, b);
        if (b == 0)
        {
            return a;
        }

        if (!t.IsSigned())
        {
            return a % b;
        }

        long y = Extend(t, b);
        return Narrow(t, y == -1 ? 0 : (ulong)(Extend(t, a) % y));
    }

    public static ulong ExtractField(PtxType t, ulong a, int position, int length)
    {
        int bits = t.Size() * 8;
        int msb = bits - 1;
        bool signed = t.IsSigned();
        ulong sign = signed && length > 0 ? (a >> Math.Min(position + length - 1, msb)) & 1 : 0;
        ulong d = 0;
        for (int i = 0; i <= msb; i++)
        {
            ulong bit = i < length && position + i <= msb ? (a >> (position + i)) & 1 : sign;
            d |= bit << i;
        }

        return d;
    }

    public static ulong Reverse(ulong a, int bits)
    {
        ulong r = 0;
        for (int i = 0; i < bits; i++)
        {
            r |= ((a >> i) & 1) << (bits - 1 - i);
        }

        return r;
    }

    private static uint FindNthSet(uint mask, uint start, int offset)
    {
        if (offset == 0)
        {
            return start < 32 && (mask >> (int)start & 1) != 0 ? start : uint.MaxValue;
        }

        int step = offset > 0 ? 1 : -1;
        long left = Math.Abs((long)offset);
        for (int at = (int)start; at is >= 0 and < 32; at += step)
        {
            if ((mask >> at & 1) != 0 && --left == 0)
            {
                return (uint)at;
            }
        }

        return uint.MaxValue;
    }

    public static uint Permute(uint a, uint b, uint selector, int mode)
    {
        ulong bytes = a | ((ulong)b << 32);
        int s = (int)(selector & 3);
        Span<int> pick = stackalloc int[4];
        for (int k = 0; k < 4; k++)
        {
            pick[k] = mode switch
            {
                0 => (int)((selector >> (4 * k)) & 15),
                1 => s + k,
                2 => (8 + s - k) & 7,
                3 => s,
                4 => Math.Max(s, k),
                5 => Math.Min(s, k),
                _ => (s & 1) == 0 ? k & 1 : 2 + (k & 1),
            };
        }

        uint r = 0;
        for (int k = 0; k < 4; k++)
        {
            uint value = (uint)(bytes >> (8 * (pick[k] & 7))) & 255;
            if ((pick[k] & 8) != 0)
            {
                value = (value & 128) != 0 ? 255u : 0;
            }

            r |= value << (8 * k);
        }

        return r;
    }

    /// <summary>Predicates from 16-bit integers, flushed floats, and testp (Imm − 1 is its kind).</summary>
    public static uint Compare(Instruction* ins, byte* R, uint mask)
    {
        PtxType t = (PtxType)ins->Type;
        bool wide = t.Size() == 8;
        var cmp = (Cmp)((ins->Mod & Mod.CmpMask) >> Mod.CmpShift);
        uint bits = 0;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong a = wide ? ((ulong*)(R + ins->A))[lane] : ((uint*)(R + ins->A))[lane];
            ulong b = wide ? ((ulong*)(R + ins->B))[lane] : ((uint*)(R + ins->B))[lane];
            bool v = ins->Imm > 0 ? TestProperty(t, (int)ins->Imm - 1, a) : CompareValues(t, cmp, a, b, (ins->Mod & Mod.Ftz) != 0);
            bits |= v ? 1u << lane : 0;
        }

        return bits;
    }

    private static bool TestProperty(PtxType t, int kind, ulong a)
    {
        double d = t == PtxType.F64 ? F64(a) : BitConverter.UInt32BitsToSingle((uint)a);
        bool subnormal = t == PtxType.F64 ? double.IsSubnormal(d) : float.IsSubnormal((float)d);
        return kind switch
        {
            0 => double.IsFinite(d),
            1 => double.IsInfinity(d),
            2 => !double.IsNaN(d),
            3 => double.IsNaN(d),
            4 => double.IsFinite(d) && !subnormal && d != 0,
            _ => subnormal,
        };
    }

    public static bool CompareValues(PtxType t, Cmp cmp, ulong a, ulong b, bool flush)
    {
        if (t.IsFloat())
        {
            double x = Conversion.ToDouble(t, a);
            double y = Conversion.ToDouble(t, b);
            if (flush)
            {
                double least = t is PtxType.F16 or PtxType.F16x2 ? 6.103515625e-5 : 1.1754943508222875e-38;
                x = Math.Abs(x) < least ? 0 : x;
                y = Math.Abs(y) < least ? 0 : y;
            }

            return CompareDoubles(cmp, x, y);
        }

        if (!t.IsSigned() || cmp is Cmp.Lo or Cmp.Ls or Cmp.Hi or Cmp.Hs)
        {
            a = Narrow(t, a);
            b = Narrow(t, b);
            return cmp switch
            {
                Cmp.Eq => a == b,
                Cmp.Ne => a != b,
                Cmp.Lt or Cmp.Lo => a < b,
                Cmp.Le or Cmp.Ls => a <= b,
                Cmp.Gt or Cmp.Hi => a > b,
                _ => a >= b,
            };
        }

        long p = Extend(t, a), q = Extend(t, b);
        return cmp switch { Cmp.Eq => p == q, Cmp.Ne => p != q, Cmp.Lt => p < q, Cmp.Le => p <= q, Cmp.Gt => p > q, _ => p >= q };
    }

    public static bool CompareDoubles(Cmp cmp, double x, double y)
    {
        bool nan = double.IsNaN(x) || double.IsNaN(y);
        return cmp switch
        {
            Cmp.Eq => x == y,
            Cmp.Ne => !nan && x != y,
            Cmp.Lt or Cmp.Lo => x < y,
            Cmp.Le or Cmp.Ls => x <= y,
            Cmp.Gt or Cmp.Hi => x > y,
            Cmp.Ge or Cmp.Hs => x >= y,
            Cmp.Equ => nan || x == y,
            Cmp.Neu => nan || x != y,
            Cmp.Ltu => nan || x < y,
            Cmp.Leu => nan || x <= y,
            Cmp.Gtu => nan || x > y,
            Cmp.Geu => nan || x >= y,
            Cmp.Num => !nan,
            _ => nan,
        };
    }

    /// <summary>Extended-precision arithmetic: the carry of each lane is a bit of a hidden predicate.</summary>
    public static void Carry(BlockContext block, Instruction* ins, byte* R, uint mask)
    {
        PtxType t = (PtxType)ins->Type;
        bool wide = t.Size() == 8;
        uint* carry = (uint*)(R + block.Program.CarryOffset);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong a = wide ? ((ulong*)(R + ins->A))[lane] : ((uint*)(R + ins->A))[lane];
            ulong b = wide ? ((ulong*)(R + ins->B))[lane] : ((uint*)(R + ins->B))[lane];
            ulong c = wide ? ((ulong*)(R + ins->C))[lane] : ((uint*)(R + ins->C))[lane];
            ulong inCarry = (ins->Mod & Mod.Sat) != 0 ? *carry >> lane & 1 : 0;
            UInt128 sum;
            bool borrow = false;
            switch (ins->Imm)
            {
                case 0:
                    sum = (UInt128)a + b + inCarry;
                    break;
                case 1:
                    borrow = true;
                    sum = (UInt128)a - b - inCarry;
                    break;
                default:
                    ulong product = ins->Imm == 3 ? MultiplyHigh(t, a, b) : Narrow(t, a * b);
                    sum = (UInt128)product + c + inCarry;
                    break;
            }

            ulong d = Narrow(t, (ulong)sum);
            bool outCarry = borrow ? (UInt128)a < (UInt128)b + inCarry : (sum >> (t.Size() * 8)) != 0;
            if (wide)
            {
                ((ulong*)(R + ins->D))[lane] = d;
            }
            else
            {
                ((uint*)(R + ins->D))[lane] = (uint)d;
            }

            if ((ins->Mod & Mod.Max) != 0)
            {
                *carry = (*carry & ~(1u << lane)) | (outCarry ? 1u << lane : 0);
            }
        }
    }
}
