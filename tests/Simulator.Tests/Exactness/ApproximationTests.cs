using System.Globalization;
using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>
/// Approximations: within the error that the PTX ISA gives for each (§9.7.3, §9.7.4), special values as it lists them, and the same twice. The reference
/// is in double precision, which is 29 bits better than what is looked at.
/// </summary>
public sealed class ApproximationTests
{
    private static IEnumerable<IsaRow> ApproximateRows => IsaTable.Read().Where(r => r.Group == "float" && (r.Pattern.Contains("approx", StringComparison.Ordinal) || r.Pattern.Contains("full", StringComparison.Ordinal)));

    public static TheoryData<string> Rows => [.. ApproximateRows.Select(r => r.Pattern)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_variant_is_within_the_documented_error_and_deterministic(string pattern)
    {
        foreach (IsaVariant variant in ApproximateRows.First(r => r.Pattern == pattern).Variants)
        {
            string[] parts = variant.Opcode.Split('.');
            var f = Format.Named(parts[^1]);
            bool pair = parts[^1].EndsWith("x2", StringComparison.Ordinal);
            int sources = Operation.Sources(variant.Operands).Length;
            ulong[][] cases = f.FractionBits <= 10
                ? [[.. Enumerable.Range(0, 65536).Select(v => pair ? (uint)v | ((ulong)(65535 - v) << 16) : (uint)v)]]
                : Cases.Mix(sources, 20_000, 11, _ => Cases.Floats(f), (_, random) => parts[0] is "sin" or "cos" ? f.Of((random.NextDouble() - 0.5) * 12.5) : Cases.RandomFloat(f, random));
            ulong[] got = Operation.Run(variant.Opcode, variant.Operands, cases);
            Assert.Equal(got, Operation.Run(variant.Opcode, variant.Operands, cases));
            for (int i = 0; i < got.Length; i++)
            {
                ulong[] v = [.. cases.Select(c => c[i])];
                Looked(variant, parts, f, pair ? [.. v.Select(x => x & 0xffff)] : v, pair ? got[i] & 0xffff : got[i]);
                if (pair)
                {
                    Looked(variant, parts, f, [.. v.Select(x => x >> 16)], got[i] >> 16);
                }
            }
        }
    }

    private static void Looked(IsaVariant variant, string[] parts, Format f, ulong[] v, ulong got)
    {
        bool ftz = parts.Contains("ftz");
        double[] x = [.. v.Select(b => SoftFloat.ToDouble(f, ftz ? f.Flush(b) : b))];
        double exact = Exact(parts, x), result = SoftFloat.ToDouble(f, got);
        string Shown() => string.Create(CultureInfo.InvariantCulture, $"{variant.Opcode}({string.Join(", ", v.Select((b, i) => $"0x{b:x} = {x[i]:g9}"))}) = 0x{got:x} = {result:g9}, exactly {exact:g17}");
        if (double.IsNaN(exact))
        {
            Assert.True(f == Format.F64 ? double.IsNaN(result) : got == f.NaN, Shown());
            return;
        }

        double least = SoftFloat.ToDouble(f, 1UL << f.FractionBits), step = SoftFloat.ToDouble(f, 1);
        double largest = SoftFloat.ToDouble(f, f.Infinity - 1);
        if (double.IsInfinity(exact) || Math.Abs(exact) > largest)
        {
            Assert.True(result == Math.CopySign(double.PositiveInfinity, exact) || (Math.Abs(exact) < largest * 1.0001 && Math.Abs(result) >= largest * 0.999), Shown());
            return;
        }

        // Flushed, where it may come out below the least normal number.
        double allowed = Allowed(parts, f, x, exact);
        if (ftz && result == 0 && Math.Abs(exact) - allowed < least)
        {
            return;
        }

        Assert.True(Math.Abs(result - exact) <= allowed + (Math.Abs(exact) < least ? ftz ? least : step : 0), Shown());
    }

    // Absolute errors: PTX ISA's figures, where it gives relative ones or ulps times the result.
    private static double Allowed(string[] parts, Format f, double[] x, double exact)
    {
        double magnitude = Math.Abs(exact);
        double ulp = Math.ScaleB(1, (magnitude == 0 ? f.LeastExponent : Math.Max(Math.ILogB(magnitude), f.LeastExponent)) - f.FractionBits);
        return (parts[0], parts[^1]) switch
        {
            ("rcp", "f32") => ulp,
            ("rcp", _) => magnitude * Math.ScaleB(1, -20),
            ("rsqrt", "f64") => magnitude * Math.ScaleB(1, -20),
            ("rsqrt", _) => magnitude * Math.Pow(2, -22.9),
            ("sqrt", _) => magnitude * Math.ScaleB(1, -23),
            ("div", _) => 2 * ulp,
            ("sin" or "cos", _) => Math.Abs(x[0]) <= 2 * Math.PI ? Math.Pow(2, -20.5) : Math.Abs(x[0]) <= 200 * Math.PI / 2 ? Math.Pow(2, -14.7) : 2,
            ("lg2", _) => x[0] is > 0.5 and < 2 ? Math.ScaleB(1, -22) : magnitude * Math.ScaleB(1, -22),
            ("ex2", "f32") => magnitude * Math.ScaleB(1, -22),
            ("ex2", "f16" or "f16x2") => magnitude * Math.Pow(2, -9.9),
            ("ex2", _) => magnitude * Math.ScaleB(1, -7),
            ("tanh", "f32") => magnitude * Math.ScaleB(1, -11),
            ("tanh", "f16" or "f16x2") => Math.Pow(2, -10.987),
            _ => Math.ScaleB(1, -8),
        };
    }

    private static double Exact(string[] parts, double[] x) => parts[0] switch
    {
        "rcp" => 1 / x[0],
        "rsqrt" => 1 / Math.Sqrt(x[0]),
        "sqrt" => Math.Sqrt(x[0]),
        "sin" => Math.Sin(x[0]),
        "cos" => Math.Cos(x[0]),
        "lg2" => Math.Log2(x[0]),
        "ex2" => Math.Pow(2, x[0]),
        "tanh" => Math.Tanh(x[0]),

        // div.approx multiplies with a reciprocal that is zero above 2^126.
        _ when parts.Contains("approx") && Math.Abs(x[1]) > Math.ScaleB(1, 126) && double.IsFinite(x[1]) => x[0] * Math.CopySign(0, x[1]),
        _ => x[0] / x[1],
    };
}
