using FsCheck;
using FsCheck.Fluent;

namespace KernelForge.Evaluator.Tests.Plans;

public sealed class ExpressionTests
{
    private static readonly TestTask Task = new TestTask()
        .Input("x", 3, 130).Parameter("net.0.weight", 19, 1031).Parameter("0.bias", 7).Output("out", 3, 130)
        .Constant("N", 192).Constant("M", 33)
        .Init("eps", "1e-5").Init("kernel_size", "[3, 5]").Init("bias", "true").Init("mode", "\"same\"").Init("none", "null")
        .Scalar("dim", "1").Scalar("scale", "0.5");

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 // 2", "3")]
    [InlineData("-7 // 2", "-4")]
    [InlineData("-7 % 3", "2")]
    [InlineData("7 % -3", "-2")]
    [InlineData("7.5 // 2", "3")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("8 / 2", "4.0")]
    [InlineData("2 - 3 - 4", "-5")]
    [InlineData("- - 3", "3")]
    [InlineData("1e-5", "1E-05")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("ceil_div(10, 3)", "4")]
    [InlineData("ceil_div(-10, 3)", "-3")]
    [InlineData("min(3, 1, 2) + max(1, 2.5)", "3.5")]
    [InlineData("abs(-4)", "4")]
    [InlineData("sqrt(16)", "4.0")]
    [InlineData("rsqrt(4)", "0.5")]
    [InlineData("next_pow2(130)", "256")]
    [InlineData("next_pow2(0)", "1")]
    [InlineData("next_pow2(64)", "64")]
    [InlineData("log2(256)", "8")]
    [InlineData("log2(0.5)", "-1.0")]
    [InlineData("1 < 2 < 3", "true")]
    [InlineData("1 < 2 > 3", "false")]
    [InlineData("not 1 == 2 and 3", "true")]
    [InlineData("0 and 1 // 0", "false")]
    [InlineData("1 or 1 // 0", "true")]
    [InlineData("1 if 2 > 1 else 1 // 0", "1")]
    [InlineData("1 if 0 else 2 if 0 else 3", "3")]
    [InlineData("x.shape[0] * 10 + x.shape[-1]", "160")]
    [InlineData("x.stride[0] + x.stride[-1]", "131")]
    [InlineData("x.numel", "390")]
    [InlineData("net.0.weight.shape[1]", "1031")]
    [InlineData("0.bias.numel + 1", "8")]
    [InlineData("N + M", "225")]
    [InlineData("init.eps * 2", "2E-05")]
    [InlineData("init.kernel_size[1]", "5")]
    [InlineData("init.kernel_size[-2]", "3")]
    [InlineData("init.bias + 1", "2")]
    [InlineData("init.mode == 'same'", "true")]
    [InlineData("init.mode != \"same\"", "false")]
    [InlineData("init.none == None", "true")]
    [InlineData("init.bias != None", "true")]
    [InlineData("dim * 3", "3")]
    [InlineData("scale + 1", "1.5")]
    [InlineData("sm_count", "132")]
    [InlineData("true + true", "2")]
    public void An_expression_has_its_value(string expression, string value) => Assert.Equal(value, Task.Evaluate(expression));

    [Theory]
    [InlineData("y", "'y' is not a tensor of this task; known: x, net.0.weight, 0.bias, out; symbols: N, M, dim, scale")]
    [InlineData("y.shape[0]", "'y' is not a tensor of this task; known: x, net.0.weight, 0.bias, out; symbols: N, M, dim, scale")]
    [InlineData("x.size", "a tensor has no 'size'; known: shape, stride, numel, at column 1 of 'x.size'")]
    [InlineData("x.shape[2]", "index 2 is out of range: 'x.shape' has 2 dimensions, at column 8 of 'x.shape[2]'")]
    [InlineData("x + 1", "'x' is a tensor, which has no value here; use x.numel or x.shape[i], at column 1 of 'x + 1'")]
    [InlineData("x.shape", "a tuple of 2 ((3, 130)) cannot be an argument; compare it, as in \"x.shape != None\", or take an element by index")]
    [InlineData("init.epz", "'epz' is not an argument of the model's constructor; known: eps, kernel_size, bias, mode, none; did you mean 'eps'?, at column 1 of 'init.epz'")]
    [InlineData("init.mode + 1", "expected a number; found a string ('same'), which can only be compared with == and !=, at column 11 of 'init.mode + 1'")]
    [InlineData("init.kernel_size + 1", "expected a number; found a tuple of 2 (3, 5): take an element by index, [0], at column 18 of 'init.kernel_size + 1'")]
    [InlineData("init.mode < 3", "'<' compares numbers; found a string ('same') and an integer (3), at column 11 of 'init.mode < 3'")]
    [InlineData("1 // 0", "division by zero, at column 3 of '1 // 0'")]
    [InlineData("1 / (2 - 2)", "division by zero, at column 3 of '1 / (2 - 2)'")]
    [InlineData("9223372036854775807 + 1", "9223372036854775808 overflows 64 bits, at column 21 of '9223372036854775807 + 1'")]
    [InlineData("9223372036854775808", "9223372036854775808 does not fit 64 bits, at column 1 of '9223372036854775808'")]
    [InlineData("1e308 * 10", "the result is not finite, at column 7 of '1e308 * 10'")]
    [InlineData("sqrt(-1)", "the result is not finite, at column 1 of 'sqrt(-1)'")]
    [InlineData("1e999", "1e999 is not finite, at column 1 of '1e999'")]
    [InlineData("1 +", "expected a number, a name or '('; found the end, at column 4 of '1 +'")]
    [InlineData("(1", "expected ')'; found the end, at column 3 of '(1'")]
    [InlineData("1 2", "expected an operator or the end; found '2', at column 3 of '1 2'")]
    [InlineData("1 && 2", "use 'and', at column 3 of '1 && 2'")]
    [InlineData("2 ** 3", "'**' is no operator: multiply, or use sqrt, at column 3 of '2 ** 3'")]
    [InlineData("ceil(3)", "'ceil' is not a function; known: ceil_div, min, max, abs, sqrt, rsqrt, next_pow2, log2, blocks_per_sm, at, at column 1 of 'ceil(3)'")]
    [InlineData("ceil_div(3)", "ceil_div(a, b) takes 2 arguments; found 1, at column 1 of 'ceil_div(3)'")]
    [InlineData("ceil_div(3.5, 2)", "expected an integer; found 3.5 (a float: '/' is true division, '//' floors to an integer), at column 10 of 'ceil_div(3.5, 2)'")]
    [InlineData("at(x, 1) + 1", "at(tensor, offset) is an argument by itself, not a part of an expression, at column 1 of 'at(x, 1) + 1'")]
    [InlineData("at(y, 1)", "'y' is not a tensor of this task; known: x, net.0.weight, 0.bias, out; symbols: N, M, dim, scale")]
    [InlineData("at(x, 391)", "offset 391 lies outside 'x', which has 390 elements ([3, 130])")]
    [InlineData("at(x, -1)", "offset -1 lies outside 'x', which has 390 elements ([3, 130])")]
    [InlineData("'open", "a string is not closed, at column 1 of ''open'")]
    [InlineData("init.none", "None (None) cannot be an argument; compare it, as in \"init.none != None\", or take an element by index")]
    public void A_wrong_expression_is_explained_with_its_column(string expression, string message)
        => Assert.Equal($"launches[0].args[0]: {message}", Task.EvaluationError(expression));

    [Fact]
    public void Very_deep_nesting_is_refused()
        => Assert.Contains("nests deeper than 64", Task.EvaluationError(new string('(', 500) + "1" + new string(')', 500)), StringComparison.Ordinal);

    [Fact]
    public void Long_chains_are_fine() => Assert.Equal("500", Task.Evaluate(string.Join('+', Enumerable.Repeat("1", 500))));

    [Fact]
    public void Floor_division_and_remainder_agree()
        => Prop.ForAll<int, int>((a, b) => b == 0 || (Number($"({a}) // ({b})") * b) + Number($"({a}) % ({b})") == a).QuickCheckThrowOnFailure();

    [Fact]
    public void Remainder_has_the_divisors_sign()
        => Prop.ForAll<int, int>((a, b) => b == 0 || Number($"({a}) % ({b})") * Math.Sign(b) >= 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Ceil_div_is_the_smallest_integer_not_below()
        => Prop.ForAll<int, PositiveInt>((a, b) => Number($"ceil_div({a}, {b.Get})") == (long)Math.Ceiling((decimal)a / b.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_pow2_is_a_power_of_two_not_below_its_argument_and_less_than_twice_it()
        => Prop.ForAll<PositiveInt>(n =>
        {
            long power = Number($"next_pow2({n.Get})");
            return power >= n.Get && power < 2L * Math.Max(1, n.Get) && (power & (power - 1)) == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Addition_is_exact_or_an_error()
        => Prop.ForAll<long, long>((a, b) =>
        {
            Int128 exact = (Int128)a + b;
            bool fits = exact >= long.MinValue && exact <= long.MaxValue;
            string text = $"({a}) + ({b})";
            return fits ? Number(text) == exact : Task.EvaluationError(text).Contains("overflows 64 bits", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Comparison_chains_agree_with_their_parts()
        => Prop.ForAll<int, int, int>((a, b, c) => Task.Evaluate($"({a}) < ({b}) <= ({c})") == (a < b && b <= c ? "true" : "false")).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_value_or_a_plan_error()
        => Prop.ForAll<NonEmptyString>(text =>
        {
            try
            {
                Task.Evaluate(text.Get);
                return true;
            }
            catch (KernelForge.Contracts.Plans.PlanException)
            {
                return true;
            }
            catch (InvalidCastException)
            {
                // It named a tensor: a value, though not a scalar.
                return true;
            }
        }).QuickCheckThrowOnFailure();

    private static long Number(string expression) => long.Parse(Task.Evaluate(expression));
}
