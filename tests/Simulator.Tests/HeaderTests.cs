using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>Kernels of headers that nobody here wrote: CUB's block and warp primitives, and matrix products laid out by CuTe. All of them under every check.</summary>
public sealed class HeaderTests
{
    [Theory]
    [InlineData("reduce_warp")]
    [InlineData("reduce_raking")]
    [InlineData("reduce_commutative")]
    public void Block_reduce_sums(string kernel)
    {
        float[] x = Whole(512);
        using KernelRun run = Run("cub.ptx", kernel).In("x", x).Out<float>("y", 4).Clean(new Dim3(4), new Dim3(128));
        Assert.Equal(x.Chunk(128).Select(c => c.Sum()), run.Read<float>("y"));
    }

    [Theory]
    [InlineData("scan_raking")]
    [InlineData("scan_memoize")]
    [InlineData("scan_warp")]
    public void Block_scan_adds_up(string kernel)
    {
        int[] x = Integers(1024, 1000);
        using KernelRun run = Run("cub.ptx", kernel).In("x", x).Out<int>("y", 1024).Clean(new Dim3(2), new Dim3(128));
        Assert.Equal(x.Chunk(512).SelectMany(Sums), run.Read<int>("y"));
    }

    [Fact]
    public void Block_radix_sort_sorts_keys_with_their_values()
    {
        float[] x = KernelRun.Floats(512);
        using KernelRun run = Run("cub.ptx", "radix_sort").In("x", x).Out<float>("y", 1024).Clean(new Dim3(1), new Dim3(128));
        float[] got = run.Read<float>("y");
        int[] order = [.. Enumerable.Range(0, 512).OrderBy(i => x[i])];
        Assert.Equal(order.Select(i => x[i]), got[..512]);
        Assert.Equal(order.Select(i => (float)i), got[512..]);
    }

    [Fact]
    public void Block_merge_sort_sorts()
    {
        // CUB reads one item behind those that it wrote and never uses it.
        int[] x = Integers(192, 100_000);
        using KernelRun run = new KernelRun("cub.ptx", "merge_sort") { Checks = CheckSet.All & ~CheckSet.Initialised }.In("x", x).Out<int>("y", 192).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(x.Order(), run.Read<int>("y"));
    }

    [Fact]
    public void Warp_reduce_takes_the_valid_items()
    {
        float[] x = KernelRun.Floats(128);
        using KernelRun run = Run("cub.ptx", "warp_reduce").In("x", x).Out<float>("y", 4).Value(20).Clean(new Dim3(1), new Dim3(128));
        Assert.Equal(x.Chunk(32).Select(w => w.Take(20).Max()), run.Read<float>("y"));
    }

    [Fact]
    public void Warp_scan_of_half_a_warp()
    {
        float[] x = Whole(128);
        using KernelRun run = Run("cub.ptx", "warp_scan").In("x", x).Out<float>("y", 128).Clean(new Dim3(1), new Dim3(128));
        Assert.Equal(x.Chunk(16).SelectMany(c => Enumerable.Range(0, 16).Select(i => c.Take(i).Sum())), run.Read<float>("y"));
    }

    [Theory]
    [InlineData("histogram_sort")]
    [InlineData("histogram_atomic")]
    public void Block_histogram_counts(string kernel)
    {
        byte[] x = [.. Integers(512, 256).Select(v => (byte)v)];
        using KernelRun run = Run("cub.ptx", kernel).In("x", x).Out<int>("y", 256).Clean(new Dim3(1), new Dim3(128));
        Assert.Equal(Enumerable.Range(0, 256).Select(b => x.Count(v => v == b)), run.Read<int>("y"));
    }

    [Fact]
    public void Block_load_and_store_transpose_and_leave_out_what_lies_behind_the_end()
    {
        int[] x = [.. Integers(500, 3)];
        using KernelRun run = Run("cub.ptx", "transpose_load").In("x", x).Out<int>("y", 500).Value(500).Clean(new Dim3(2), new Dim3(64));
        Assert.Equal(x.Select((v, i) => (v * 2) + (i % 256 == 0 || x[i - 1] != v ? 1 : 0)), run.Read<int>("y"));
    }

    [Theory]
    [InlineData("k_sw128")]
    [InlineData("k_sw64")]
    [InlineData("k_inter")]
    [InlineData("mn_sw128")]
    [InlineData("mn_sw64")]
    [InlineData("mn_inter")]
    public void Warpgroup_products_read_shared_memory_as_CuTe_lays_it_out(string kernel)
    {
        Half[] a = [.. KernelRun.Floats(64 * 64).Select(v => (Half)v)], b = [.. KernelRun.Floats(64 * 64, 2).Select(v => (Half)v)];
        using KernelRun run = Run("cute.ptx", kernel).In("a", a).In("b", b).Out<float>("c", 64 * 64).Clean(new Dim3(1), new Dim3(128));
        float[] got = run.Read<float>("c");
        for (int i = 0; i < 64; i++)
        {
            for (int j = 0; j < 64; j++)
            {
                float sum = 0;
                for (int k = 0; k < 64; k++)
                {
                    sum = MathF.FusedMultiplyAdd((float)a[(i * 64) + k], (float)b[(j * 64) + k], sum);
                }

                Assert.Equal(sum, got[(i * 64) + j]);
            }
        }
    }

    [Fact]
    public void Warpgroup_product_with_half_sums() =>
        Product<Half, Half>("half_sums", v => (Half)v, v => (float)v, (sum, got) => KernelRun.Close(sum, (float)got, 4e-3));

    [Fact]
    public void Warpgroup_product_of_bfloat16() => Product<ushort, float>(
        "bfloat", v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16), v => BitConverter.UInt32BitsToSingle((uint)v << 16), (sum, got) => Assert.Equal(sum, got));

    [Fact]
    public void Warpgroup_product_of_tf32() =>
        Product<float, float>("tf32", v => v, v => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(v) & 0xffffe000), (sum, got) => Assert.Equal(sum, got));

    [Fact]
    public void Warpgroup_product_of_fp8() => Product<byte, float>("fp8", v => (byte)(((int)(v * 100) & 0x87) | 0x30), FromE4M3, (sum, got) => Assert.Equal(sum, got));

    [Theory]
    [InlineData("bytes")]
    [InlineData("bytes_registers")]
    public void Warpgroup_product_of_bytes(string kernel) => Product<sbyte, int>(kernel, v => (sbyte)(v * 127), v => v, (sum, got) => Assert.Equal((int)sum, got));

    [Fact]
    public void Warpgroup_product_with_its_first_factor_in_registers() =>
        Product<Half, float>("from_registers", v => (Half)v, v => (float)v, (sum, got) => Assert.Equal(sum, got));

    private static void Product<T, TResult>(string kernel, Func<float, T> encode, Func<T, float> decode, Action<float, TResult> check)
        where T : unmanaged
        where TResult : unmanaged
    {
        T[] a = [.. KernelRun.Floats(64 * 64).Select(encode)], b = [.. KernelRun.Floats(64 * 64, 2).Select(encode)];
        using KernelRun run = Run("cute.ptx", kernel).In("a", a).In("b", b).Out<TResult>("c", 64 * 64).Clean(new Dim3(1), new Dim3(128));
        TResult[] got = run.Read<TResult>("c");
        for (int i = 0; i < 64 * 64; i++)
        {
            float sum = 0;
            for (int k = 0; k < 64; k++)
            {
                sum = MathF.FusedMultiplyAdd(decode(a[(i / 64 * 64) + k]), decode(b[(i % 64 * 64) + k]), sum);
            }

            check(sum, got[i]);
        }
    }

    // Sign, four bits of exponent with bias 7, three of mantissa; no denormals here.
    private static float FromE4M3(byte v) => (v >= 128 ? -1 : 1) * MathF.ScaleB(1 + ((v & 7) / 8f), ((v >> 3) & 15) - 7);

    private static KernelRun Run(string file, string kernel) => new(file, kernel) { Checks = CheckSet.All };

    private static IEnumerable<int> Sums(int[] values)
    {
        int sum = 0;
        foreach (int value in values)
        {
            yield return sum += value;
        }
    }

    private static float[] Whole(int count) => [.. Integers(count, 100).Select(v => (float)v)];

    private static int[] Integers(int count, int below)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
    }
}
