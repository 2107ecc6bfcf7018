using KernelForge.Api.Pages;

namespace KernelForge.Api.Tests.Pages;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(90.82, "90.8")]
    [InlineData(9.996, "10.0")]
    [InlineData(0.0041234, "0.00412")]
    [InlineData(12934.0, "12,900")]
    [InlineData(1.0, "1.00")]
    [InlineData(0.0, "0")]
    [InlineData(-2.5, "-2.50")]
    [InlineData(null, "–")]
    public void A_figure_has_three_significant_digits(double? value, string text) => Assert.Equal(text, Figures.Significant(value));

    [Theory]
    [InlineData(12884901888.0, "12.9 G")]
    [InlineData(4.0, "4")]
    [InlineData(4.126, "4.13")]
    [InlineData(49200.0, "49.2 k")]
    [InlineData(1000.0, "1.00 k")]
    public void A_count_has_a_suffix_above_a_thousand(double value, string text) => Assert.Equal(text, Figures.Count(value));

    [Fact]
    public void A_modelled_baseline_says_so() => Assert.Equal("torch eager, modelled", Figures.Baseline("torch_eager_modelled"));

    [Theory]
    [InlineData(0.34, "340 ms")]
    [InlineData(2.41, "2.41 s")]
    [InlineData(185.0, "3 min 5 s")]
    [InlineData(7260.0, "2 h 1 min")]
    public void A_duration_is_for_people(double seconds, string text) => Assert.Equal(text, Figures.Duration(TimeSpan.FromSeconds(seconds)));
}
