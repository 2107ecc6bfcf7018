using System.Globalization;
using System.Numerics;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>What an integer instruction must give, from its opcode's parts, in big integers.</summary>
internal static class IntegerOracle
{
    public static int Bits(string type) => type == "pred" ? 1 : int.Parse(type[1..].Replace("x2", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    public static BigInteger Value(string type, ulong bits)
    {
        int n = Bits(type);
        BigInteger v = bits & (n == 64 ? ulong.MaxValue : (1UL << n) - 1);
        return type[0] == 's' && !(v >> (n - 1)).IsZero ? v - (BigInteger.One << n) : v;
    }

    public static ulong Wrap(BigInteger v, int bits) => (ulong)(v & ((BigInteger.One << bits) - 1));

    public static (BigInteger Low, BigInteger High) Range(string type)
    {
        int n = Bits(type);
        return type[0] == 's' ? (-(BigInteger.One << (n - 1)), (BigInteger.One << (n - 1)) - 1) : (0, (BigInteger.One << n) - 1);
    }

    private static BigInteger Clamp(BigInteger v, string type) => BigInteger.Max(Range(type).Low, BigInteger.Min(Range(type).High, v));

    public static ulong Compute(string[] parts, ulong[] v)
    {
        bool Has(string part) => Array.IndexOf(parts, part) > 0;
        string type = parts.Last(p => p != "cc" && (p[0] is 'u' or 's' or 'b' || p == "pred") && char.IsAsciiDigit(p[^1]) | p == "pred");
        int bits = Bits(type);
        if (type.EndsWith("x2", StringComparison.Ordinal))
        {
            string[] half = [.. parts.Select(p => p.Replace("x2", "", StringComparison.Ordinal))];
            return Compute(half, [.. v.Select(x => x & 0xffff)]) | (Compute(half, [.. v.Select(x => x >> 16)]) << 16);
        }

        BigInteger a = Value(type, v[0]);
        BigInteger b = v.Length > 1 ? Value(type, v[1]) : 0;
        BigInteger c = v.Length > 2 ? Value(type, v[2]) : 0;
        uint second = v.Length > 1 ? (uint)v[1] : 0, third = v.Length > 2 ? (uint)v[2] : 0;
        switch (parts[0])
        {
            case "add" or "addc":
                return Wrap(Has("sat") ? Clamp(a + b, type) : a + b, bits);
            case "sub" or "subc":
                return Wrap(Has("sat") ? Clamp(a - b, type) : a - b, bits);
            case "mul":
                return Has("wide") ? Wrap(a * b, 2 * bits) : Wrap(Has("hi") ? (a * b) >> bits : a * b, bits);
            case "mad" or "madc":
                BigInteger product = Has("hi") ? (a * b) >> bits : a * b;
                BigInteger addend = Has("wide") ? v[2] : c;
                return Wrap(Has("sat") ? Clamp(product + addend, type) : product + addend, Has("wide") ? 2 * bits : bits);
            case "mul24" or "mad24":
                string narrow = type[0] + "24";
                BigInteger p24 = Value(narrow, v[0]) * Value(narrow, v[1]);
                p24 = Has("hi") ? p24 >> 16 : Value(type, Wrap(p24, 32));
                p24 = Value(type, Wrap(p24, 32)) + (parts[0] == "mad24" ? c : 0);
                return Wrap(Has("sat") ? Clamp(p24, type) : p24, 32);
            case "sad":
                return Wrap(c + BigInteger.Abs(a - b), bits);
            case "div":
                // By zero PTX leaves it open; the hardware's sequence gives ones.
                return b.IsZero ? Wrap(-1, bits) : Wrap(BigInteger.Divide(a, b), bits);
            case "rem":
                return b.IsZero ? Wrap(a, bits) : Wrap(BigInteger.Remainder(a, b), bits);
            case "abs":
                return Wrap(BigInteger.Abs(a), bits);
            case "neg":
                return Wrap(-a, bits);
            case "min" or "max":
                BigInteger m = parts[0] == "min" ? BigInteger.Min(a, b) : BigInteger.Max(a, b);
                return Wrap(Has("relu") ? BigInteger.Max(m, 0) : m, bits);
            case "popc":
                return (ulong)Enumerable.Range(0, bits).Count(i => (v[0] >> i & 1) != 0);
            case "clz":
                return (ulong)(bits - (int)a.GetBitLength());
            case "bfind":
                int top = (int)(a.Sign < 0 ? ~a : a).GetBitLength() - 1;
                return top < 0 ? uint.MaxValue : (ulong)(Has("shiftamt") ? bits - 1 - top : top);
            case "fns":
                return NthSet((uint)v[0], second, (int)third);
            case "brev":
                return Enumerable.Range(0, bits).Aggregate(0UL, (r, i) => r | ((v[0] >> i & 1) << (bits - 1 - i)));
            case "bfe":
                return Extract(type, v[0], (int)(second & 255), (int)(third & 255));
            case "bfi":
                int at = (int)(third & 255), length = Math.Min((int)(v[3] & 255), Math.Max(0, bits - at));
                BigInteger field = at >= bits ? 0 : ((BigInteger.One << length) - 1) << at;
                return (ulong)((v[1] & ~field & ((BigInteger.One << bits) - 1)) | (((BigInteger)v[0] << at) & field));
            case "szext":
                int kept = (int)(Has("wrap") ? second & 31 : Math.Min(second, 32));
                return kept == 0 ? 0 : Wrap(Value($"{type[0]}{kept}", v[0]), 32);
            case "bmsk":
                int from = (int)(Has("wrap") ? (uint)v[0] & 31 : Math.Min((uint)v[0], 32)), count = (int)(Has("wrap") ? second & 31 : Math.Min(second, 32));
                return Wrap(((BigInteger.One << count) - 1) << from, 32);
            case "dp4a" or "dp2a":
                return Dot(parts, v);
            case "and":
                return v[0] & v[1];
            case "or":
                return v[0] | v[1];
            case "xor":
                return v[0] ^ v[1];
            case "not":
                return Wrap(~a, bits);
            case "cnot":
                return a.IsZero ? 1UL : 0;
            case "lop3":
                return Lop3(parts, v);
            case "shl":
                return second >= bits ? 0 : Wrap(a << (int)second, bits);
            case "shr":
                return Wrap(a >> (int)Math.Min(second, 64), bits);
            case "shf":
                int by = (int)(Has("wrap") ? third & 31 : Math.Min(third, 32));
                BigInteger both = v[0] | ((BigInteger)v[1] << 32);
                return Has("l") ? Wrap((both << by) >> 32, 32) : Wrap(both >> by, 32);
            case "prmt":
                return Permute(parts[^1], v[0] | (v[1] << 32), third);
            default:
                throw new ArgumentException($"no oracle for {parts[0]}", nameof(parts));
        }
    }

    // PTX ISA, fns: the |n|-th set bit from a place, upwards or downwards; with n = 0 that place itself.
    private static ulong NthSet(uint mask, uint place, int n)
    {
        int[] set = [.. Enumerable.Range(0, 32).Where(i => (mask >> i & 1) != 0)];
        IEnumerable<int> way = n == 0 ? set.Where(i => i == place) : n > 0 ? set.Where(i => i >= place) : set.Reverse().Where(i => i <= place);
        int[] met = place > 31 ? [] : [.. way];
        long wanted = n == 0 ? 0 : Math.Abs((long)n) - 1;
        return wanted < met.Length ? (ulong)met[wanted] : uint.MaxValue;
    }

    private static ulong Extract(string type, ulong v, int position, int length)
    {
        int bits = Bits(type);
        BigInteger source = Value("u" + bits, v);
        BigInteger field = (source >> position) & ((BigInteger.One << length) - 1);
        if (type[0] == 's' && length > 0)
        {
            int sign = Math.Min(position + length - 1, bits - 1);
            int taken = Math.Max(0, Math.Min(length, bits - position));
            if (!((source >> sign) & 1).IsZero)
            {
                field |= (BigInteger.MinusOne << taken) & ((BigInteger.One << bits) - 1);
            }
        }

        return Wrap(field, bits);
    }

    private static ulong Dot(string[] parts, ulong[] v)
    {
        string ta = parts[^2], tb = parts[^1];
        bool four = parts[0] == "dp4a";
        int width = four ? 8 : 16, count = four ? 4 : 2, skip = Array.IndexOf(parts, "hi") > 0 ? 16 : 0;
        BigInteger sum = Value(ta[0] == 'u' && tb[0] == 'u' ? "u32" : "s32", v[2]);
        for (int i = 0; i < count; i++)
        {
            sum += Value($"{ta[0]}{width}", v[0] >> (width * i)) * Value($"{tb[0]}8", v[1] >> (skip + (8 * i)));
        }

        return Wrap(sum, 32);
    }

    // Bit 4·a + 2·b + c of the table, for every bit of the operands.
    private static ulong Lop3(string[] parts, ulong[] v)
    {
        ulong r = Enumerable.Range(0, 32).Aggregate(0UL, (sum, i) => sum | ((0x3fUL >> (int)((4 * (v[0] >> i & 1)) + (2 * (v[1] >> i & 1)) + (v[2] >> i & 1)) & 1) << i));
        return parts.Length == 2 ? r : r | (((parts[1] == "and" ? r != 0 && v[3] != 0 : r != 0 || v[3] != 0) ? 1UL : 0) << 32);
    }

    private static ulong Permute(string mode, ulong bytes, uint selector)
    {
        byte[] all = BitConverter.GetBytes(bytes);
        int s = (int)(selector & 3);
        int[] pick = mode switch
        {
            "f4e" => [s, s + 1, s + 2, s + 3],
            "b4e" => [s, (s + 7) % 8, (s + 6) % 8, (s + 5) % 8],
            "rc8" => [s, s, s, s],
            "ecl" => [Math.Max(0, s), Math.Max(1, s), Math.Max(2, s), Math.Max(3, s)],
            "ecr" => [Math.Min(0, s), Math.Min(1, s), Math.Min(2, s), Math.Min(3, s)],
            "rc16" => s % 2 == 0 ? [0, 1, 0, 1] : [2, 3, 2, 3],
            _ => [.. Enumerable.Range(0, 4).Select(i => (int)(selector >> (4 * i)) & 15)],
        };
        return pick.Select((p, i) => (ulong)(p < 8 ? all[p] : (all[p - 8] & 128) != 0 ? 255 : 0) << (8 * i)).Aggregate((x, y) => x | y);
    }
}
