namespace KernelForge.Simulator.Tests.Coverage;

public sealed class CoverageTests
{
    [Fact]
    public void The_coverage_document_is_what_the_simulator_and_the_tests_give()
    {
        Assert.SkipWhen(TestedOpcodes.Writes, "the document is being written");
        Assert.Equal(CoverageReport.Render(TestedOpcodes.Committed()), File.ReadAllText(CoverageReport.Document()));
    }

    [Theory]
    [InlineData("cp.async.ca.shared.global", "cp.async.ca.shared.global", 3)]
    [InlineData("fence.{sc,acq_rel}{.cta,.cluster,.gpu,.sys}", "fence.acq_rel.gpu", 8)]
    public void Alternatives_of_a_line_become_variants(string pattern, string opcode, int count)
    {
        IReadOnlyList<IsaVariant> variants = IsaTable.Read().First(r => r.Pattern == pattern).Variants;
        Assert.Equal(count, variants.Count);
        Assert.Contains(opcode, variants.Select(v => v.Opcode));
    }
}
