using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>Every exactly defined float instruction of the table, in every variant, against arithmetic in big integers (PTX ISA §9.7.3 to §9.7.5).</summary>
public sealed class FloatTests
{
    private static IEnumerable<IsaRow> ExactRows => IsaTable.Read().Where(r => r.Group == "float" && !r.Pattern.Contains("approx", StringComparison.Ordinal) && !r.Pattern.Contains(".oob", StringComparison.Ordinal));

    public static TheoryData<string> Rows => [.. ExactRows.Select(r => r.Pattern)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_variant_gives_the_exact_result_rounded_once(string pattern)
    {
        foreach (IsaVariant variant in ExactRows.First(r => r.Pattern == pattern).Variants)
        {
            string[] parts = variant.Opcode.Split('.');
            if (parts[0] == "div" && parts.Contains("full"))
            {
                continue;
            }

            var format = Format.Named(parts[^1]);
            bool pair = parts[^1].EndsWith("x2", StringComparison.Ordinal);
            int sources = Operation.Sources(variant.Operands).Length;
            ulong[][] cases = sources == 1 && format.FractionBits <= 10
                ? [[.. Enumerable.Range(0, 65536).Select(v => (ulong)v)]]
                : Cases.Mix(sources, 6000, variant.Opcode.Length, _ => Cases.Floats(format), (_, random) => Cases.RandomFloat(format, random));
            if (pair)
            {
                // The upper half is the case half a list further on.
                cases = [.. cases.Select(c => c.Select((v, i) => v | (c[(i + (c.Length / 2)) % c.Length] << 16)).ToArray())];
            }

            ulong Expected(ulong[] v) => pair
                ? FloatOracle.Compute(parts, format, [.. v.Select(x => x & 0xffff)]) | (FloatOracle.Compute(parts, format, [.. v.Select(x => x >> 16)]) << 16)
                : FloatOracle.Compute(parts, format, v);
            Operation.Check(variant, cases, Expected, (_, e, g) => pair ? FloatOracle.Same(parts, format, e & 0xffff, g & 0xffff) && FloatOracle.Same(parts, format, e >> 16, g >> 16) : FloatOracle.Same(parts, format, e, g));
        }
    }
}
