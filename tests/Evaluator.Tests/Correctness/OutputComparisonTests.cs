using System.Runtime.InteropServices;
using KernelForge.Evaluator.Correctness;

namespace KernelForge.Evaluator.Tests.Correctness;

public sealed class OutputComparisonTests
{
    private static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static ComparisonResult Compare(double[] expected, params float[] actual) =>
        OutputComparison.Floating(expected, Bytes(actual), "float32", 1e-4, 0);

    [Fact]
    public void An_error_term_allows_an_element_no_more_than_it_comes_to_at_its_scale()
    {
        // rms is 50; the largest element's own error may be 2, that of the small ones 1 (2 % of the rms).
        double[] expected = [100, 0.5, 0.25, 0];

        Assert.Equal(0, OutputComparison.Floating(expected, Bytes(102f, 0.5f, 0.25f, 0f), "float32", 1e-4, 2, 0.02).Mismatched);
        Assert.Equal(1, OutputComparison.Floating(expected, Bytes(100f, 2.4f, 0.25f, 0f), "float32", 1e-4, 2, 0.02).Mismatched);
    }

    [Fact]
    public void An_error_within_tolerance_of_its_own_reference_is_allowed() =>
        Assert.Equal(0, Compare([1000, 1000], 1000.09f, 1000f).Mismatched);

    [Fact]
    public void A_small_element_is_judged_by_the_rms_of_the_output() =>
        Assert.Equal(0, Compare([0, 1, 1, 1], 8e-5f, 1, 1, 1).Mismatched);

    [Fact]
    public void Outputs_that_are_tiny_throughout_are_not_let_off() =>
        Assert.Equal(2, Compare([1e-9, 1e-9], 0, 0).Mismatched);

    [Fact]
    public void A_kernel_is_not_asked_to_beat_the_error_of_the_reference_itself() =>
        Assert.Equal(0, OutputComparison.Floating([1], Bytes(1.5f), "float32", 1e-4, 0.6).Mismatched);

    [Theory]
    [InlineData(double.NaN, float.NaN, 0)]
    [InlineData(double.NaN, 1f, 1)]
    [InlineData(1.0, float.NaN, 1)]
    [InlineData(double.PositiveInfinity, float.PositiveInfinity, 0)]
    [InlineData(double.PositiveInfinity, float.NegativeInfinity, 1)]
    [InlineData(1e300, float.PositiveInfinity, 0)]
    [InlineData(1e300, float.MaxValue, 1)]
    public void Nan_and_infinity_must_match_in_place(double expected, float actual, long mismatched) =>
        Assert.Equal(mismatched, Compare([expected, 1], actual, 1).Mismatched);

    [Fact]
    public void The_worst_element_is_the_one_furthest_beyond_what_is_allowed()
    {
        var result = Compare([1, 100, 1], 1.5f, 101, 1);

        Assert.Equal(0, Compare([100, 1, 1], 101, 1, 1).WorstIndex);
        Assert.Equal(1, result.WorstIndex);
        Assert.Equal((100.0, 101.0), (result.Expected, result.Actual));
    }

    [Fact]
    public void Half_precision_rounds_the_reference_before_its_finiteness_is_tested() =>
        Assert.Equal(0, OutputComparison.Floating([70000], [0x00, 0x7C], "float16", 1e-2, 0).Mismatched);

    [Fact]
    public void Integers_are_compared_exactly() =>
        Assert.Equal(1, OutputComparison.Integer([1, 0, 0, 0, 2, 0, 0, 0], [1, 0, 0, 0, 3, 0, 0, 0], "int32").Mismatched);

    [Fact]
    public void A_bool_byte_other_than_zero_and_one_fails() =>
        Assert.Equal(1, OutputComparison.Integer([1, 0], [255, 0], "bool").Mismatched);

    [Fact]
    public void An_index_is_right_where_it_selects_an_equal_value()
    {
        var source = Bytes(1, 5, 5, 2, 2, 0);
        var same = OutputRuleComparison.Compare(OutputRule.Parse("index_of(x, 1)"), Longs(1, 0), Longs(2, 1), "int64", [2], (source, "float32", [2, 3]));
        var wrong = OutputRuleComparison.Compare(OutputRule.Parse("index_of(x, -1)"), Longs(1, 0), Longs(0, 7), "int64", [2], (source, "float32", [2, 3]));

        Assert.Equal(0, same.Mismatched);
        Assert.Equal(2, wrong.Mismatched);
    }

    [Fact]
    public void A_set_may_come_in_any_order_within_a_row()
    {
        var same = OutputRuleComparison.Compare(OutputRule.Parse("set"), Longs(1, 2, 3, 4), Longs(2, 1, 4, 3), "int64", [2, 2], null);
        var wrong = OutputRuleComparison.Compare(OutputRule.Parse("set"), Longs(1, 2, 3, 4), Longs(3, 4, 1, 2), "int64", [2, 2], null);

        Assert.Equal((0, 4), (same.Mismatched, wrong.Mismatched));
    }

    private static byte[] Longs(params long[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
