namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>What setp, set, selp and slct must give.</summary>
internal static class ComparisonOracle
{
    public static ulong Compute(string[] parts, string operands, ulong[] v)
    {
        bool ftz = parts.Contains("ftz");
        switch (parts[0])
        {
            case "selp":
                return v[2] != 0 ? v[0] : v[1];
            case "slct":
                return Compare("ge", parts[^1], v[2], 0, ftz) ? v[0] : v[1];
        }

        bool negated = operands.Contains('!', StringComparison.Ordinal);
        string? combine = parts.FirstOrDefault(p => p is "and" or "or" or "xor");
        bool Combined(bool value)
        {
            bool c = v.Length > 2 && (v[2] != 0) != negated;
            return combine switch { "and" => value && c, "or" => value || c, "xor" => value != c, _ => value };
        }

        string type = parts[^1];
        bool pair = type.EndsWith("x2", StringComparison.Ordinal);
        bool low = Compare(parts[1], type, pair ? v[0] & 0xffff : v[0], pair ? v[1] & 0xffff : v[1], ftz);
        bool high = pair && Compare(parts[1], type, v[0] >> 16, v[1] >> 16, ftz);
        if (parts[0] == "setp")
        {
            bool second = pair ? Combined(high) : Combined(!low);
            return (Combined(low) ? 1UL : 0) | (operands.Contains('|', StringComparison.Ordinal) && second ? 2UL : 0);
        }

        string result = parts[^2];
        ulong yes = result switch { "f32" => 0x3f800000, "f16" or "f16x2" => 0x3c00, "bf16" or "bf16x2" => 0x3f80, "u16" or "s16" => 0xffff, _ => uint.MaxValue };
        return (Combined(low) ? yes : 0) | (pair && Combined(high) ? yes << 16 : 0);
    }

    private static bool Compare(string how, string type, ulong a, ulong b, bool ftz)
    {
        int? order;
        if (type.Contains('f', StringComparison.Ordinal))
        {
            var f = Format.Named(type);
            order = SoftFloat.Compare(SoftFloat.Decode(f, ftz ? f.Flush(a) : a), SoftFloat.Decode(f, ftz ? f.Flush(b) : b));
        }
        else
        {
            order = IntegerOracle.Value(type, a).CompareTo(IntegerOracle.Value(type, b));
        }

        return how switch
        {
            "eq" => order == 0,
            "ne" => order is not null and not 0,
            "lt" or "lo" => order < 0,
            "le" or "ls" => order <= 0,
            "gt" or "hi" => order > 0,
            "ge" or "hs" => order >= 0,
            "num" => order is not null,
            "nan" => order is null,
            _ => order is null || Compare(how[..2], type, a, b, ftz),
        };
    }
}
