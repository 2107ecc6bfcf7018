using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>Every conversion of the table, between all types, in all rounding modes (PTX ISA §9.7.9, cvt): sources of 8 and 16 bits exhaustively.</summary>
public sealed class ConversionTests
{
    private static IEnumerable<IsaRow> ConversionRows => IsaTable.Read().Where(r => r.Group == "conversion" && r.Pattern.StartsWith("cvt", StringComparison.Ordinal) && !r.Pattern.StartsWith("cvta", StringComparison.Ordinal));

    public static TheoryData<string, string> Rows => [.. ConversionRows.Select(r => (r.Pattern, r.Operands))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_variant_gives_the_exact_result_rounded_once(string pattern, string operands)
    {
        foreach (IsaVariant variant in ConversionRows.First(r => r.Pattern == pattern && r.Operands == operands).Variants)
        {
            string[] parts = variant.Opcode.Split('.');
            string sources = Operation.Sources(operands);
            string from = parts[1] == "pack" ? "s32" : parts[^1];
            ulong[][] cases = sources.Length == 1 && sources[0] == 'H'
                ? [[.. Enumerable.Range(0, 65536).Select(v => (ulong)v)]]
                : Cases.Mix(sources.Length, 4000, variant.Opcode.Length, s => Edges(s == 2 ? "b32" : from), (s, random) => Random(s == 2 ? "b32" : from, random));
            Operation.Check(variant, cases, v => ConversionOracle.Compute(parts, v), (_, e, g) => ConversionOracle.Same(parts, e, g));
        }
    }

    private static ulong[] Edges(string type) => type switch
    {
        "f16x2" => [.. Cases.Floats(Format.F16).Select(v => v | ((v ^ 0x8001) << 16))],
        _ when type.Contains('f', StringComparison.Ordinal) => [.. Cases.Floats(Format.Named(type)), .. Thresholds(Format.Named(type))],
        _ => Cases.Integers(IntegerOracle.Bits(type)),
    };

    // Where integer ranges end, and halves between integers.
    private static IEnumerable<ulong> Thresholds(Format f) =>
        new[] { 127.5, 128.5, 255.5, 256.5, 32767.5, 32768.5, 65535.5, 2147483520, 2147483647, 2147483648, 4294967040, 4294967295, 4294967296, 9.2e18, 9223372036854775808, 18446744073709551615, 0.5, 1.5, 2.5, 448, 464, 57344, 61440, 65504, 65520 }
            .SelectMany(v => new[] { f.Of(v), f.Of(-v), f.Of(v) + 1, f.Of(v) - 1 });

    private static ulong Random(string type, Random random) => type switch
    {
        "f16x2" => Cases.RandomFloat(Format.F16, random) | (Cases.RandomFloat(Format.F16, random) << 16),
        _ when type.Contains('f', StringComparison.Ordinal) => Cases.RandomFloat(Format.Named(type), random),
        _ => Cases.RandomInteger(IntegerOracle.Bits(type), random),
    };
}
