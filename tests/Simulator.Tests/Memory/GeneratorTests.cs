using System.Runtime.InteropServices;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Memory.Generators;

namespace KernelForge.Simulator.Tests.Memory;

public sealed class GeneratorTests
{
    private const int Count = 1 << 18;

    public static TheoryData<string> Sources =>
    [
        "uniform float32", "uniform float64", "uniform float16", "uniform bfloat16", "normal float32", "normal float64",
        "normal float16", "normal bfloat16", "integers int64", "integers int32", "integers uint8", "boolean", "constant", "lower", "upper",
    ];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Pages_of_any_size_and_order_make_up_the_same_buffer(string name)
    {
        var source = Make(name);
        var whole = new byte[10_000];
        source.Fill(0, whole);
        var pieces = new byte[10_000];
        foreach (var (from, length) in (ReadOnlySpan<(int, int)>)[(4096, 4096), (8192, 1808), (0, 1), (1, 6), (7, 993), (1000, 3096)])
        {
            source.Fill(from, pieces.AsSpan(from, length));
        }

        Assert.Equal(whole, pieces);
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void The_same_page_is_made_again_the_same_far_beyond_four_gibibytes(string name)
    {
        var source = Make(name);
        var one = new byte[4096];
        var two = new byte[4096];
        source.Fill(6L << 32, one);
        source.Fill(0, two);
        source.Fill(6L << 32, two);
        Assert.Equal(one, two);
    }

    [Fact]
    public void Uniform_values_fill_their_range_evenly()
    {
        var values = Floats(new UniformSource(ElementType.Float32, 1, -2, 6));
        Assert.InRange(values.Min(), -2f, -1.999f);
        Assert.InRange(values.Max(), 5.999f, 6f);
        Assert.Equal(2, values.Average(), 1.5e-2);
        Assert.Equal(64.0 / 12, Variance(values), 0.03);
        var quarters = values.CountBy(value => (int)((value + 2) / 2)).Select(quarter => quarter.Value);
        Assert.All(quarters, quarter => Assert.InRange(quarter, Count / 4 * 0.98, Count / 4 * 1.02));
    }

    [Fact]
    public void Normal_values_have_their_mean_deviation_and_tails()
    {
        var values = Floats(new NormalSource(ElementType.Float32, 1, 3, 2));
        Assert.Equal(3, values.Average(), 0.02);
        Assert.Equal(4, Variance(values), 0.05);
        Assert.Equal(0.6827, values.Count(value => Math.Abs(value - 3) < 2) / (double)Count, 0.005);
        Assert.Equal(0.0455, values.Count(value => Math.Abs(value - 3) > 4) / (double)Count, 0.003);
        Assert.True(values.All(float.IsFinite));
    }

    [Fact]
    public void Neighbours_are_not_correlated()
    {
        var values = Floats(new NormalSource(ElementType.Float32, 5, 0, 1));
        foreach (var lag in (int[])[1, 2, 16, 1024])
        {
            var sum = 0.0;
            for (var at = lag; at < Count; at++)
            {
                sum += (double)values[at] * values[at - lag];
            }

            Assert.InRange(sum / Count, -0.01, 0.01);
        }
    }

    [Fact]
    public void Seeds_and_the_upper_half_of_the_index_make_other_values()
    {
        var one = new byte[4096];
        var two = new byte[4096];
        var three = new byte[4096];
        new UniformSource(ElementType.Float32, 1, 0, 1).Fill(0, one);
        new UniformSource(ElementType.Float32, 2, 0, 1).Fill(0, two);
        new UniformSource(ElementType.Float32, 1, 0, 1).Fill(4L << 32, three);
        Assert.NotEqual(one, two);
        Assert.NotEqual(one, three);
    }

    [Theory]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.UInt8)]
    public void Integers_take_every_value_of_their_range_about_equally_often(ElementType type)
    {
        var bytes = new byte[Count * ElementTypes.Size(type)];
        new IntegerSource(type, 3, 5, 15).Fill(0, bytes);
        var values = type switch
        {
            ElementType.Int64 => MemoryMarshal.Cast<byte, long>(bytes).ToArray(),
            ElementType.Int32 => [.. MemoryMarshal.Cast<byte, int>(bytes).ToArray().Select(value => (long)value)],
            _ => [.. bytes.Select(value => (long)value)],
        };
        var counts = values.CountBy(value => value).ToDictionary();
        Assert.Equal(Enumerable.Range(5, 10).Select(value => (long)value), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, Count / 10 * 0.97, Count / 10 * 1.03));
    }

    [Fact]
    public void Negative_integers_work()
    {
        var bytes = new byte[4096];
        new IntegerSource(ElementType.Int64, 3, -3, 0).Fill(0, bytes);
        Assert.Equal([-3L, -2, -1], MemoryMarshal.Cast<byte, long>(bytes).ToArray().Distinct().Order());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1)]
    public void Booleans_have_their_share_of_true(double share)
    {
        var bytes = new byte[Count];
        IntegerSource.Boolean(3, share).Fill(0, bytes);
        Assert.True(bytes.All(value => value <= 1));
        Assert.Equal(share, bytes.Average(value => (double)value), 0.005);
    }

    [Fact]
    public void Half_and_bfloat16_are_rounded_as_the_runtime_rounds()
    {
        var half = new byte[2 * Count];
        var brain = new byte[2 * Count];
        var single = Floats(new NormalSource(ElementType.Float32, 9, 0, 1e-4));
        new NormalSource(ElementType.Float16, 9, 0, 1e-4).Fill(0, half);
        new NormalSource(ElementType.BFloat16, 9, 0, 1e-4).Fill(0, brain);
        Assert.Equal(single.Select(value => BitConverter.HalfToUInt16Bits((Half)value)), MemoryMarshal.Cast<byte, ushort>(half).ToArray());
        Assert.Equal(single.Select(BrainBits), MemoryMarshal.Cast<byte, ushort>(brain).ToArray());
    }

    [Fact]
    public void A_lower_triangle_is_zero_above_the_diagonal_of_every_matrix()
    {
        var bytes = new byte[3 * 7 * 5 * 4];
        new TriangularSource(new UniformSource(ElementType.Float32, 1, 1, 2), 7, 5, upper: false).Fill(0, bytes);
        var values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        Assert.All(Enumerable.Range(0, values.Length), at => Assert.Equal(at % 5 > at / 5 % 7, values[at] == 0));
    }

    [Fact]
    public void An_upper_triangle_with_a_diagonal_follows_PyTorch()
    {
        var bytes = new byte[7 * 9 * 4];
        new TriangularSource(new UniformSource(ElementType.Float32, 1, 1, 2), 7, 9, upper: true, diagonal: 1).Fill(0, bytes);
        var values = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        Assert.All(Enumerable.Range(0, values.Length), at => Assert.Equal((at % 9) - (at / 9) < 1, values[at] == 0));
    }

    [Fact]
    public void A_constant_is_everywhere()
    {
        var bytes = new byte[4100];
        new ConstantSource(ElementType.Float32, 1.5).Fill(4, bytes);
        Assert.All(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), value => Assert.Equal(1.5f, value));
    }

    private static ushort BrainBits(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static float[] Floats(ElementSource source)
    {
        var bytes = new byte[Count * 4];
        source.Fill(0, bytes);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private static double Variance(float[] values)
    {
        var mean = values.Average(value => (double)value);
        return values.Average(value => (value - mean) * (value - mean));
    }

    private static IPageSource Make(string name) => name switch
    {
        "uniform float32" => new UniformSource(ElementType.Float32, 1, -1, 1),
        "uniform float64" => new UniformSource(ElementType.Float64, 1, -1, 1),
        "uniform float16" => new UniformSource(ElementType.Float16, 1, -1, 1),
        "uniform bfloat16" => new UniformSource(ElementType.BFloat16, 1, -1, 1),
        "normal float32" => new NormalSource(ElementType.Float32, 1, 0, 1),
        "normal float64" => new NormalSource(ElementType.Float64, 1, 0, 1),
        "normal float16" => new NormalSource(ElementType.Float16, 1, 0, 1),
        "normal bfloat16" => new NormalSource(ElementType.BFloat16, 1, 0, 1),
        "integers int64" => new IntegerSource(ElementType.Int64, 1, -5, 1000),
        "integers int32" => new IntegerSource(ElementType.Int32, 1, -5, 1000),
        "integers uint8" => new IntegerSource(ElementType.UInt8, 1, 0, 256),
        "boolean" => IntegerSource.Boolean(1, 0.5),
        "constant" => new ConstantSource(ElementType.Float64, 2.5),
        "lower" => new TriangularSource(new UniformSource(ElementType.Float32, 1, 1, 2), 37, 53, upper: false),
        _ => new TriangularSource(new NormalSource(ElementType.Float16, 1, 1, 2), 37, 53, upper: true, diagonal: -2),
    };
}
