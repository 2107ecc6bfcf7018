using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>wgmma of 64 × 8, which CuTe's examples do not use: every type, whose 32 bytes of depth lie in shared memory as core matrices of 8 rows × 16 bytes.</summary>
public sealed class NarrowWarpgroupTests
{
    [Fact]
    public void Halves() => Floats("k16.f32.f16.f16", ", 1, 1, 0, 0", Bytes(2, v => BitConverter.HalfToUInt16Bits((Half)v)), 16);

    [Fact]
    public void Bfloats() => Floats("k16.f32.bf16.bf16", ", 1, 1, 0, 0", Bytes(2, v => BitConverter.SingleToUInt32Bits(v) >> 16), 16);

    [Fact]
    public void Tf32() => Floats("k8.f32.tf32.tf32", ", 1, 1", Bytes(4, v => BitConverter.SingleToUInt32Bits(v)), 8);

    [Theory]
    [InlineData("e4m3", "e4m3")]
    [InlineData("e4m3", "e5m2")]
    [InlineData("e5m2", "e4m3")]
    [InlineData("e5m2", "e5m2")]
    public void Fp8(string a, string b) => Floats($"k32.f32.{a}.{b}", ", 1, 1", v => [(byte)(v == 0 ? 0 : a == "e4m3" ? E4M3(v) : E5M2(v))], 32, v => [(byte)(v == 0 ? 0 : b == "e4m3" ? E4M3(v) : E5M2(v))]);

    [Theory]
    [InlineData("u8", "u8", "")]
    [InlineData("u8", "s8", "")]
    [InlineData("s8", "u8", "")]
    [InlineData("s8", "s8", "")]
    [InlineData("u8", "u8", ".satfinite")]
    [InlineData("u8", "s8", ".satfinite")]
    [InlineData("s8", "u8", ".satfinite")]
    [InlineData("s8", "s8", ".satfinite")]
    public void Integers(string a, string b, string saturate)
    {
        byte[] left = Random(64 * 32, 1), right = Random(8 * 32, 2);
        int Value(byte v, string type) => type == "u8" ? v : (sbyte)v;
        uint[] got = Run($"k32.s32.{a}.{b}{saturate}", "", 4, left, right);
        Check(got, (row, column) => Enumerable.Range(0, 32).Sum(k => Value(left[(row * 32) + k], a) * Value(right[(column * 32) + k], b)), bits => (int)bits);
    }

    [Fact]
    public void Bits()
    {
        byte[] left = Random(64 * 32, 1), right = Random(8 * 32, 2);
        uint[] got = Run("k256.s32.b1.b1.and.popc", "", 4, left, right);
        Check(got, (row, column) => Enumerable.Range(0, 32).Sum(k => int.PopCount(left[(row * 32) + k] & right[(column * 32) + k])), bits => (int)bits);
    }

    [Fact]
    public void Halves_with_half_sums()
    {
        float[] left = Small(64 * 16, 1), right = Small(8 * 16, 2);
        Func<float, byte[]> encode = Bytes(2, v => BitConverter.HalfToUInt16Bits((Half)v));
        uint[] got = Run("k16.f16.f16.f16", ", 1, 1, 0, 0", 2, [.. left.SelectMany(encode)], [.. right.SelectMany(encode)]);
        for (int thread = 0; thread < 128; thread++)
        {
            for (int half = 0; half < 4; half++)
            {
                (int row, int column) = Place(thread, half);
                float sum = Enumerable.Range(0, 16).Sum(k => left[(row * 16) + k] * right[(column * 16) + k]);
                Assert.Equal(sum, (float)BitConverter.UInt16BitsToHalf((ushort)(got[(thread * 2) + (half / 2)] >> (half % 2 * 16))));
            }
        }
    }

    [Theory]
    [InlineData("f16")]
    [InlineData("bf16")]
    public void First_factor_in_registers(string type)
    {
        float[] left = Small(64 * 16, 1), right = Small(8 * 16, 2);
        Func<float, byte[]> encode = Bytes(2, v => type == "f16" ? BitConverter.HalfToUInt16Bits((Half)v) : BitConverter.SingleToUInt32Bits(v) >> 16);
        uint[] got = Run($"k16.f32.{type}.{type}", ", 1, 1, 0", 4, [.. left.SelectMany(encode)], [.. right.SelectMany(encode)], fromRegisters: true);
        Check(got, (row, column) => Enumerable.Range(0, 16).Sum(k => left[(row * 16) + k] * right[(column * 16) + k]), BitConverter.UInt32BitsToSingle);
    }

    private static void Floats(string shape, string flags, Func<float, byte[]> encode, int depth, Func<float, byte[]>? encodeRight = null)
    {
        float[] left = Small(64 * depth, 1), right = Small(8 * depth, 2);
        uint[] got = Run(shape, flags, 4, [.. left.SelectMany(encode)], [.. right.SelectMany(encodeRight ?? encode)]);
        Check(got, (row, column) => Enumerable.Range(0, depth).Sum(k => left[(row * depth) + k] * right[(column * depth) + k]), BitConverter.UInt32BitsToSingle);
    }

    private static void Check<T>(uint[] got, Func<int, int, T> expected, Func<uint, T> decode)
    {
        for (int at = 0; at < 512; at++)
        {
            (int row, int column) = Place(at / 4, at % 4);
            Assert.Equal(expected(row, column), decode(got[at]));
        }
    }

    // PTX ISA: a warp's sixteen rows, two columns a register pair, the second pair eight rows below.
    private static (int Row, int Column) Place(int thread, int register) => ((thread / 32 * 16) + (thread % 32 / 4) + (register / 2 * 8), (thread % 4 * 2) + (register % 2));

    private static uint[] Run(string shape, string flags, int results, byte[] left, byte[] right, bool fromRegisters = false)
    {
        string registers = string.Join(", ", Enumerable.Range(20, results).Select(i => $"%r{i}"));
        string first = fromRegisters ? "{%r10, %r11, %r12, %r13}" : "%rd6";
        using KernelRun run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 left, .param .u64 right, .param .u64 to) {
                .reg .b32 %r<30>; .reg .b64 %rd<12>; .reg .pred %p<2>;
                .shared .align 128 .b8 a[2048];
                .shared .align 128 .b8 b[256];
                ld.param.u64 %rd0, [left];
                ld.param.u64 %rd1, [right];
                ld.param.u64 %rd2, [to];
                mov.u32 %r0, %tid.x;
                // Chunk t of 16 bytes: row t / 2, half t % 2; core matrices of a row of eight lie side by side.
                shr.u32 %r1, %r0, 4;
                and.b32 %r2, %r0, 1;
                shr.u32 %r3, %r0, 1;
                and.b32 %r3, %r3, 7;
                shl.b32 %r1, %r1, 8;
                shl.b32 %r2, %r2, 7;
                shl.b32 %r3, %r3, 4;
                add.u32 %r1, %r1, %r2;
                add.u32 %r1, %r1, %r3;
                mov.u32 %r4, a;
                add.u32 %r5, %r4, %r1;
                mul.wide.u32 %rd3, %r0, 16;
                add.u64 %rd4, %rd0, %rd3;
                ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd4];
                st.shared.v4.u32 [%r5], {%r6, %r7, %r8, %r9};
                mov.u32 %r4, b;
                setp.gt.u32 %p0, %r0, 15;
                @%p0 bra LOADED;
                add.u32 %r5, %r4, %r1;
                add.u64 %rd4, %rd1, %rd3;
                ld.global.v4.u32 {%r6, %r7, %r8, %r9}, [%rd4];
                st.shared.v4.u32 [%r5], {%r6, %r7, %r8, %r9};
            LOADED:
                bar.sync 0;
                fence.proxy.async.shared::cta;
                // The fragment in registers: rows as the result's, four bytes a register, the second pair 16 bytes on.
                shr.u32 %r1, %r0, 5;
                and.b32 %r2, %r0, 31;
                shr.u32 %r3, %r2, 2;
                mad.lo.u32 %r3, %r1, 16, %r3;
                and.b32 %r2, %r2, 3;
                shl.b32 %r3, %r3, 5;
                mad.lo.u32 %r3, %r2, 4, %r3;
                cvt.u64.u32 %rd5, %r3;
                add.u64 %rd5, %rd0, %rd5;
                ld.global.u32 %r10, [%rd5];
                ld.global.u32 %r11, [%rd5+256];
                ld.global.u32 %r12, [%rd5+16];
                ld.global.u32 %r13, [%rd5+272];
                mov.u32 %r14, a;
                shr.u32 %r14, %r14, 4;
                cvt.u64.u32 %rd6, %r14;
                or.b64 %rd6, %rd6, {{(8L << 16) | (16L << 32)}};
                mov.u32 %r15, b;
                shr.u32 %r15, %r15, 4;
                cvt.u64.u32 %rd7, %r15;
                or.b64 %rd7, %rd7, {{(8L << 16) | (16L << 32)}};
                {{string.Join(" ", Enumerable.Range(20, results).Select(i => $"mov.u32 %r{i}, 0;"))}}
                setp.ne.u32 %p1, %r0, %r0;
                wgmma.fence.sync.aligned;
                wgmma.mma_async.sync.aligned.m64n8{{shape}} { {{registers}} }, {{first}}, %rd7, %p1{{flags}};
                wgmma.commit_group.sync.aligned;
                wgmma.wait_group.sync.aligned 0;
                mul.wide.u32 %rd8, %r0, {{results * 4}};
                add.u64 %rd9, %rd2, %rd8;
                {{string.Join(" ", Enumerable.Range(0, results).Select(i => $"st.global.u32 [%rd9+{i * 4}], %r{20 + i};"))}}
                ret;
            }
            """,
            "k");
        run.Checks = CheckSet.All;
        return run.In("left", left).In("right", right).Out<uint>("to", 128 * results).Clean(new Dim3(1), new Dim3(128)).Read<uint>("to");
    }

    // Whole numbers from -2 to 2: exact in every type, and so are their sums.
    private static float[] Small(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-2, 3))];
    }

    private static byte[] Random(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static Func<float, byte[]> Bytes(int size, Func<float, uint> encode) => v => BitConverter.GetBytes(encode(v))[..size];

    // 1 and 2 with their signs.
    private static int E4M3(float v) => (v < 0 ? 0x80 : 0) | (Math.Abs(v) == 1 ? 0x38 : 0x40);

    private static int E5M2(float v) => (v < 0 ? 0x80 : 0) | (Math.Abs(v) == 1 ? 0x3c : 0x40);
}
