namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>What a float instruction must give, from its opcode's parts.</summary>
internal static class FloatOracle
{
    public static ulong Compute(string[] parts, Format f, ulong[] v)
    {
        bool Has(string part) => Array.IndexOf(parts, part) > 0;
        if (Has("ftz"))
        {
            v = [.. v.Select(f.Flush)];
        }

        string mode = parts.FirstOrDefault(p => p is "rz" or "rm" or "rp") ?? "rn";
        Number[] n = [.. v.Select(b => SoftFloat.Decode(f, b))];
        switch (parts[0])
        {
            case "neg":
                return v[0] ^ f.SignBit;
            case "abs":
                return v[0] & ~f.SignBit;
            case "copysign":
                return (v[1] & ~f.SignBit) | (v[0] & f.SignBit);
            case "testp":
                bool zero = n[0].IsZero;
                return parts[1] switch
                {
                    "finite" => !n[0].NaN && !n[0].Infinite,
                    "infinite" => n[0].Infinite,
                    "number" => !n[0].NaN,
                    "notanumber" => n[0].NaN,
                    "normal" => !n[0].NaN && !n[0].Infinite && !zero && !f.IsSubnormal(v[0]),
                    _ => f.IsSubnormal(v[0]),
                } ? 1UL : 0;
            case "min" or "max":
                return Extreme(f, v, n, parts[0] == "min", Has("NaN"), Has("xorsign"));
        }

        Number exact = parts[0] switch
        {
            "add" => SoftFloat.Add(n[0], n[1], mode),
            "sub" => SoftFloat.Add(n[0], n[1] with { Negative = !n[1].Negative }, mode),
            "mul" => SoftFloat.Multiply(n[0], n[1]),
            "fma" or "mad" => SoftFloat.Add(SoftFloat.Multiply(n[0], n[1]), n[2], mode),
            "div" => SoftFloat.Divide(n[0], n[1]),
            "rcp" => SoftFloat.Divide(SoftFloat.Integer(1), n[0]),
            "sqrt" => SoftFloat.SquareRoot(n[0]),
            _ => throw new ArgumentException($"no oracle for {parts[0]}", nameof(parts)),
        };
        return Finish(f, SoftFloat.Round(f, exact, mode), Has("ftz"), Has("sat"), Has("relu"));
    }

    /// <summary>Whether a result is what was expected: f64's NaN and a negated or absolute NaN may have any payload, relu any zero.</summary>
    public static bool Same(string[] parts, Format f, ulong expected, ulong got) =>
        expected == got
        || (parts[0] != "testp" && f.IsNaN(expected) && f.IsNaN(got) && (f == Format.F64 || parts[0] is "neg" or "abs"))
        || (parts.Contains("relu") && (expected & ~f.SignBit) == 0 && (got & ~f.SignBit) == 0);

    public static ulong Finish(Format f, ulong bits, bool ftz, bool sat, bool relu)
    {
        bits = ftz ? f.Flush(bits) : bits;
        if (sat)
        {
            bits = f.IsNaN(bits) || (bits & f.SignBit) != 0 ? 0 : Math.Min(bits, f.One);
        }

        return relu && !f.IsNaN(bits) && (bits & f.SignBit) != 0 ? 0 : bits;
    }

    private static ulong Extreme(Format f, ulong[] v, Number[] n, bool least, bool nanWins, bool xorSign)
    {
        ulong sign = (v[0] ^ v[1]) & f.SignBit;
        if (xorSign)
        {
            v = [v[0] & ~f.SignBit, v[1] & ~f.SignBit];
        }

        ulong r;
        if (n[0].NaN || n[1].NaN)
        {
            if (nanWins || (n[0].NaN && n[1].NaN))
            {
                return f.NaN;
            }

            r = n[0].NaN ? v[1] : v[0];
        }
        else
        {
            // Signed magnitudes as integers: −0 is below +0.
            long Key(ulong bits) => (bits & f.SignBit) != 0 ? -(long)(bits & ~f.SignBit) - 1 : (long)bits;
            r = Key(v[0]) < Key(v[1]) == least ? v[0] : v[1];
        }

        return xorSign ? r | sign : r;
    }
}
