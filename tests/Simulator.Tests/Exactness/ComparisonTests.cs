using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>Every comparison and selection of the table, in every variant (PTX ISA §9.7.6 and §9.7.7).</summary>
public sealed class ComparisonTests
{
    private static IEnumerable<IsaRow> ComparisonRows => IsaTable.Read().Where(r => r.Group == "comparison and selection");

    public static TheoryData<string, string> Rows => [.. ComparisonRows.Select(r => (r.Pattern, r.Operands))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_variant_compares_as_the_manual_says(string pattern, string operands)
    {
        foreach (IsaVariant variant in ComparisonRows.First(r => r.Pattern == pattern && r.Operands == operands).Variants)
        {
            string[] parts = variant.Opcode.Split('.');
            string sources = Operation.Sources(operands);
            string compared = parts[^1];
            ulong[] Edges(int s) => TypeOf(parts, sources, s) switch
            {
                "pred" => [0, 1],
                var t when t.Contains('f', StringComparison.Ordinal) => t.EndsWith("x2", StringComparison.Ordinal) ? [.. Cases.Floats(Format.Named(t)).Select((v, i) => v | (Cases.Floats(Format.Named(t))[i * 7 % 40] << 16))] : Cases.Floats(Format.Named(t)),
                var t => Cases.Integers(IntegerOracle.Bits(t)),
            };
            ulong Random(int s, Random random) => TypeOf(parts, sources, s) switch
            {
                "pred" => (ulong)random.Next(2),
                var t when t.Contains('f', StringComparison.Ordinal) => t.EndsWith("x2", StringComparison.Ordinal) ? Cases.RandomFloat(Format.Named(t), random) | (Cases.RandomFloat(Format.Named(t), random) << 16) : Cases.RandomFloat(Format.Named(t), random),
                var t => Cases.RandomInteger(IntegerOracle.Bits(t), random),
            };
            ulong[][] cases = Cases.Mix(sources.Length, 3000, variant.Opcode.Length, Edges, Random);
            Operation.Check(variant, cases, v => ComparisonOracle.Compute(parts, variant.Operands, v));
        }
    }

    // What source s of an instruction is.
    private static string TypeOf(string[] parts, string sources, int s) => sources[s] == 'P' ? "pred" : parts[0] switch
    {
        "slct" => s == 2 ? parts[^1] : parts[^2],
        _ => parts[^1],
    };
}
