using System.Numerics;
using System.Runtime.Intrinsics;
using FsCheck;
using FsCheck.Fluent;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests;

public sealed class ArithmeticTests
{
    [Fact]
    public void Every_half_converts_to_float_and_back()
    {
        for (uint h = 0; h < 65536; h += 16)
        {
            Vector512<uint> halves = Vector512.Create(h) + Vector512.Create(0u, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            Vector512<float> floats = HalfUnit.FromHalf(halves);
            Vector512<uint> back = HalfUnit.ToHalf(floats);
            for (int i = 0; i < 16; i++)
            {
                float expected = (float)BitConverter.UInt16BitsToHalf((ushort)(h + (uint)i));
                Assert.True(expected.Equals(floats[i]));
                Assert.Equal(float.IsNaN(expected) ? 0x7fffu : h + (uint)i, back[i]);
            }
        }
    }

    [Fact]
    public void Floats_round_to_half_and_bfloat16_as_the_scalar_reference_does()
    {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            float f = BitConverter.Int32BitsToSingle(i < 10_000 ? random.Next(int.MinValue, int.MaxValue) : 0x33000000 + random.Next(0x16000000));
            if (float.IsNaN(f))
            {
                continue;
            }

            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)f), HalfUnit.ToHalf(Vector512.Create(f))[0]);
            Assert.Equal(Conversion.RoundToHalf(PtxType.F16, f, 0), HalfUnit.ToHalf(Vector512.Create(f))[0]);
            Assert.Equal(Conversion.RoundToHalf(PtxType.BF16, f, 0), HalfUnit.ToBrain(Vector512.Create(f))[0]);
        }
    }

    [Fact]
    public void High_products_agree_with_big_integers() => Prop.ForAll<long, long>((a, b) =>
        LaneUnit.MultiplyHigh(PtxType.S64, (ulong)a, (ulong)b) == (ulong)(long)(((BigInteger)a * b) >> 64)
        && LaneUnit.MultiplyHigh(PtxType.U64, (ulong)a, (ulong)b) == (ulong)(((BigInteger)(ulong)a * (ulong)b) >> 64)
        && LaneUnit.MultiplyHigh(PtxType.S32, (uint)a, (uint)b) == (uint)(int)(((BigInteger)(int)a * (int)b) >> 32)).QuickCheckThrowOnFailure();

    [Fact]
    public void Bit_fields_agree_with_big_integers() => Prop.ForAll<ulong, byte, byte>((a, p, l) =>
    {
        int position = p % 64, length = 1 + (l % (64 - position));
        return LaneUnit.ExtractField(PtxType.U64, a, position, length) == (ulong)(((BigInteger)a >> position) & ((BigInteger.One << length) - 1));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Directed_rounding_brackets_the_exact_sum() => Prop.ForAll<double, double>((a, b) =>
        !double.IsFinite(a + b) || (Rounding.Add(a, b, Lowering.Mod.RoundDown) <= a + b && Rounding.Add(a, b, Lowering.Mod.RoundUp) >= a + b)).QuickCheckThrowOnFailure();
}
