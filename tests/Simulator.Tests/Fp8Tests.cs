using System.Globalization;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests;

/// <summary>8-bit floats, exhaustively: every byte to float16, and every float16 to a byte by searching the nearest of all bytes.</summary>
public sealed class Fp8Tests
{
    [Theory]
    [InlineData("e4m3x2")]
    [InlineData("e5m2x2")]
    public void Every_byte_becomes_its_value(string format)
    {
        ushort[] pairs = [.. Enumerable.Range(0, 256).Select(i => (ushort)(i | ((255 - i) << 8)))];

        uint[] halves = Run($"cvt.rn.f16x2.{format} %r9, %h1;", "u16", "%h1", "u32", "%r9", pairs, 256).Select(x => (uint)x).ToArray();

        for (int i = 0; i < 256; i++)
        {
            AssertSame(Value(format, i), (double)BitConverter.UInt16BitsToHalf((ushort)halves[i]), i);
            AssertSame(Value(format, 255 - i), (double)BitConverter.UInt16BitsToHalf((ushort)(halves[i] >> 16)), i);
        }
    }

    [Theory]
    [InlineData("e4m3x2", 448)]
    [InlineData("e5m2x2", 57344)]
    public void Every_half_becomes_the_nearest_byte_and_what_is_too_large_the_largest(string format, double largest)
    {
        uint[] pairs = [.. Enumerable.Range(0, 65536).Select(i => (uint)(i | ((i ^ 0x8000) << 16)))];
        List<(double Value, int Bits)> finite = [.. Enumerable.Range(0, 128).Select(i => (Value(format, i), i)).Where(pair => double.IsFinite(pair.Item1))];

        long[] bytes = Run($"cvt.rn.satfinite.{format}.f16x2 %h9, %r1;", "u32", "%r1", "u16", "%h9", pairs, 65536);

        for (int i = 0; i < 65536; i++)
        {
            double value = (double)BitConverter.UInt16BitsToHalf((ushort)i);
            int low = (int)(bytes[i] & 255), high = (int)(bytes[i] >> 8);
            if (double.IsNaN(value))
            {
                Assert.Equal((0x7f, 0x7f), (low, high));
                continue;
            }

            double magnitude = Math.Min(Math.Abs(value), largest);
            double distance = finite.Min(pair => Math.Abs(pair.Value - magnitude));
            int expected = finite.Where(pair => Math.Abs(pair.Value - magnitude) == distance).OrderBy(pair => pair.Bits & 1).First().Bits;
            Assert.Equal((expected | (double.IsNegative(value) ? 0x80 : 0), expected | (double.IsNegative(value) ? 0 : 0x80)), (low, high));
        }
    }

    [Fact]
    public void Two_floats_are_packed_with_the_first_above_and_relu_clears_what_is_negative()
    {
        float[] values = [1.0f, -2.0f, 0.3f, 1e9f, float.NaN, -0.0f, 2e-4f, -17.0f];

        long[] plain = Run("cvt.rn.satfinite.e4m3x2.f32 %h9, %f1, %f2;", "f32", "%f1", "u16", "%h9", values, values.Length, "neg.f32 %f2, %f1;");
        long[] relu = Run("cvt.rn.satfinite.relu.e4m3x2.f32 %h9, %f1, %f2;", "f32", "%f1", "u16", "%h9", values, values.Length, "neg.f32 %f2, %f1;");

        Assert.Equal([0x38b8, 0xc040, 0x2aaa, 0x7efe, 0x7f7f, 0x8000, 0x0080, 0xd858], plain);
        Assert.Equal([0x3800, 0x0040, 0x2a00, 0x7e00, 0x7f7f, 0x0000, 0x0000, 0x0058], relu);
    }

    private static double Value(string format, int bits)
    {
        int digits = format == "e4m3x2" ? 3 : 2, bias = format == "e4m3x2" ? 7 : 15;
        int exponent = (bits & 127) >> digits, mantissa = bits & ((1 << digits) - 1);
        double sign = bits > 127 ? -1 : 1;
        return format == "e4m3x2" && (bits & 127) == 127 ? double.NaN
            : format == "e5m2x2" && exponent == 31 ? (mantissa == 0 ? sign * double.PositiveInfinity : double.NaN)
            : exponent == 0 ? sign * mantissa * Math.Pow(2, 1 - bias - digits)
            : sign * (1 + (mantissa / Math.Pow(2, digits))) * Math.Pow(2, exponent - bias);
    }

    private static void AssertSame(double expected, double actual, int i) =>
        Assert.True(expected.Equals(actual), string.Create(CultureInfo.InvariantCulture, $"{i}: {actual}, expected {expected}"));

    private static long[] Run<T>(string instruction, string from, string source, string to, string result, T[] values, int count, string before = "")
        where T : unmanaged
    {
        int sizeFrom = from == "u16" ? 2 : 4, sizeTo = to == "u16" ? 2 : 4;
        using KernelRun run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry convert(.param .u64 x, .param .u64 out, .param .u32 n)
            {
                .reg .b16 %h<10>; .reg .b32 %r<20>; .reg .f32 %f<4>; .reg .b64 %rd<8>; .reg .pred %p<2>;
                mov.u32 %r11, %ctaid.x;
                mov.u32 %r12, %tid.x;
                mad.lo.s32 %r13, %r11, 256, %r12;
                ld.param.u32 %r14, [n];
                setp.ge.u32 %p1, %r13, %r14;
                @%p1 bra $end;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [out];
                mul.wide.u32 %rd3, %r13, {{sizeFrom}};
                add.s64 %rd1, %rd1, %rd3;
                ld.global.{{from}} {{source}}, [%rd1];
                {{before}}
                {{instruction}}
                mul.wide.u32 %rd4, %r13, {{sizeTo}};
                add.s64 %rd2, %rd2, %rd4;
                st.global.{{to}} [%rd2], {{result}};
            $end:
                ret;
            }
            """,
            "convert");
        run.In("x", values);
        if (to == "u16")
        {
            return [.. run.Out<ushort>("out", count).Value(count).Clean(new Dim3((count + 255) / 256), new Dim3(256)).Read<ushort>("out").Select(x => (long)x)];
        }

        return [.. run.Out<uint>("out", count).Value(count).Clean(new Dim3((count + 255) / 256), new Dim3(256)).Read<uint>("out").Select(x => (long)x)];
    }
}
