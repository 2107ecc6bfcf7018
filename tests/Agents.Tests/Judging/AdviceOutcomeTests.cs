using KernelForge.Agents.Judging;
using KernelForge.Agents.Tests.Recorded;

namespace KernelForge.Agents.Tests.Judging;

public sealed class AdviceOutcomeTests
{
    [Theory]
    [InlineData(4.0, 2.0, "gain")]
    [InlineData(4.0, 3.99, "no_change")]
    [InlineData(4.0, 4.5, "loss")]
    public void What_passes_again_is_measured_against_what_the_advice_was_about(double before, double after, string expected) =>
        Assert.Equal(expected, AdviceOutcomes.Of(Cases.Attempt(0, RecordedOutcomes.Passed(before)), RecordedOutcomes.Passed(after)));

    [Fact]
    public void What_passed_and_passes_no_more_was_broken() =>
        Assert.Equal("broke_it", AdviceOutcomes.Of(Cases.Attempt(0, RecordedOutcomes.Passed(4)), RecordedOutcomes.Read("incorrect")));

    [Theory]
    [InlineData("compile_error", "incorrect", "gain")]
    [InlineData("incorrect", "compile_error", "loss")]
    [InlineData("incorrect", "incorrect", "no_change")]
    public void A_correction_counts_by_how_far_it_came(string before, string after, string expected) =>
        Assert.Equal(expected, AdviceOutcomes.Of(Cases.Attempt(0, RecordedOutcomes.Read(before)), RecordedOutcomes.Read(after)));

    [Fact]
    public void A_correction_that_passes_is_a_gain() =>
        Assert.Equal("gain", AdviceOutcomes.Of(Cases.Attempt(0, RecordedOutcomes.Read("incorrect")), RecordedOutcomes.Passed(4)));
}
