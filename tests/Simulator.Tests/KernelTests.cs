using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests;

public sealed class KernelTests
{
    [Theory]
    [InlineData(1, 3119)]
    [InlineData(2, 100_000)]
    public void Copy_copies_every_element(int cores, int n)
    {
        float[] x = KernelRun.Floats(n);
        using var run = new KernelRun("copy.ptx", "copy") { Cores = cores };
        run.In("x", x).Out<float>("out", n).Value(n).Clean(new Dim3((n + 255) / 256), new Dim3(256));
        Assert.Equal(x, run.Read<float>("out"));
        Assert.Equal(0, run.Buffer("out").UnwrittenBytes);
    }

    [Fact]
    public void Vector_copy_moves_sixteen_bytes_a_lane()
    {
        float[] x = KernelRun.Floats(4 * 1003);
        using var run = new KernelRun("copy.ptx", "copy4");
        run.In("x", x).Out<float>("out", x.Length).Value(1003).Clean(new Dim3(3), new Dim3(96));
        Assert.Equal(x, run.Read<float>("out"));
    }

    [Fact]
    public void Saxpy_fuses_its_multiplication_and_addition()
    {
        float[] x = KernelRun.Floats(5000), y = KernelRun.Floats(5000, 2);
        using var run = new KernelRun("saxpy.ptx", "saxpy");
        run.In("x", x).In("y", y).Out<float>("out", 5000).Value(1.7f).Value(5000).Clean(new Dim3(7), new Dim3(128));
        Assert.Equal(x.Zip(y, (a, b) => MathF.FusedMultiplyAdd(1.7f, a, b)), run.Read<float>("out"));
    }

    [Fact]
    public void Tiled_matrix_product_matches_the_host_bit_for_bit()
    {
        const int M = 33, K = 77, N = 45;
        float[] a = KernelRun.Floats(M * K), b = KernelRun.Floats(K * N, 2);
        using var run = new KernelRun("matmul.ptx", "matmul_tiled");
        run.In("a", a).In("b", b).Out<float>("out", M * N).Value(M).Value(K).Value(N).Clean(new Dim3(3, 3), new Dim3(16, 16));
        float[] got = run.Read<float>("out");
        for (int i = 0; i < M; i++)
        {
            for (int j = 0; j < N; j++)
            {
                float acc = 0;
                for (int k = 0; k < K; k++)
                {
                    acc = MathF.FusedMultiplyAdd(a[(i * K) + k], b[(k * N) + j], acc);
                }

                Assert.Equal(acc, got[(i * N) + j]);
            }
        }
    }

    [Theory]
    [InlineData("softmax", 37)]
    [InlineData("softmax", 1000)]
    [InlineData("softmax_online", 100)]
    public void Softmax_rows_are_probabilities(string kernel, int cols)
    {
        const int Rows = 6;
        float[] x = KernelRun.Floats(Rows * cols, 3, 20);
        using var run = new KernelRun("softmax.ptx", kernel);
        run.In("x", x).Out<float>("out", x.Length);
        if (kernel == "softmax_online")
        {
            run.Value(Rows).Value(cols).Clean(new Dim3(2), new Dim3(128));
        }
        else
        {
            run.Value(cols).Clean(new Dim3(Rows), new Dim3(128));
        }

        float[] got = run.Read<float>("out");
        for (int r = 0; r < Rows; r++)
        {
            double top = x.Skip(r * cols).Take(cols).Max();
            double sum = x.Skip(r * cols).Take(cols).Sum(v => Math.Exp(v - top));
            for (int c = 0; c < cols; c++)
            {
                KernelRun.Close(Math.Exp(x[(r * cols) + c] - top) / sum, got[(r * cols) + c], 2e-6);
            }
        }
    }

    [Fact]
    public void Layer_norm_uses_dynamic_shared_memory()
    {
        const int Rows = 5, Cols = 300;
        float[] x = KernelRun.Floats(Rows * Cols, 4, 3), w = KernelRun.Floats(Cols, 5), b = KernelRun.Floats(Cols, 6);
        using var run = new KernelRun("layernorm.ptx", "layernorm") { Shared = 2 * 128 * 4 };
        run.In("x", x).In("weight", w).In("bias", b).Out<float>("out", x.Length).Value(Cols).Value(1e-5f).Clean(new Dim3(Rows), new Dim3(128));
        float[] got = run.Read<float>("out");
        for (int r = 0; r < Rows; r++)
        {
            double mean = x.Skip(r * Cols).Take(Cols).Average(v => (double)v);
            double variance = x.Skip(r * Cols).Take(Cols).Average(v => (v - mean) * (v - mean));
            for (int c = 0; c < Cols; c++)
            {
                KernelRun.Close(((x[(r * Cols) + c] - mean) / Math.Sqrt(variance + 1e-5) * w[c]) + b[c], got[(r * Cols) + c], 1e-5);
            }
        }
    }

    [Fact]
    public void Welford_merges_lanes_by_shuffles()
    {
        float[] x = KernelRun.Floats(3 * 101, 4, 3);
        using var run = new KernelRun("layernorm.ptx", "welford");
        run.In("x", x).Out<float>("mean", 3).Out<float>("variance", 3).Value(101).Clean(new Dim3(3), new Dim3(32));
        for (int r = 0; r < 3; r++)
        {
            double mean = x.Skip(r * 101).Take(101).Average(v => (double)v);
            KernelRun.Close(mean, run.Read<float>("mean")[r], 1e-5);
            KernelRun.Close(x.Skip(r * 101).Take(101).Average(v => (v - mean) * (v - mean)), run.Read<float>("variance")[r], 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Block_sums_add_up(int cores)
    {
        float[] x = KernelRun.Floats(20_000);
        using var run = new KernelRun("reduce.ptx", "block_sum") { Cores = cores };
        run.In("x", x).Out<float>("out", 8).Value(x.Length).Clean(new Dim3(8), new Dim3(256));
        KernelRun.Close(x.Sum(v => (double)v), run.Read<float>("out").Sum(v => (double)v), 1e-4);
    }

    [Fact]
    public void Float_atomics_are_the_same_with_one_core_and_two()
    {
        float[] x = KernelRun.Floats(20_000);
        float[][] results = [.. new[] { 1, 2 }.Select(cores =>
        {
            using var run = new KernelRun("reduce.ptx", "total") { Cores = cores };
            run.In("x", x).In("out", new float[1], readOnly: false).Value(x.Length).Clean(new Dim3(16), new Dim3(256));
            return run.Read<float>("out");
        })];
        Assert.Equal(results[0], results[1]);
        KernelRun.Close(x.Sum(v => (double)v), results[0][0], 1e-4);
    }

    [Fact]
    public void The_last_block_sees_the_sums_of_all()
    {
        float[] x = KernelRun.Floats(20_000);
        using var run = new KernelRun("reduce.ptx", "last_block") { Cores = 2 };
        run.In("x", x).Out<float>("part", 40).Out<float>("out", 1).Value(x.Length).Clean(new Dim3(40), new Dim3(128));
        KernelRun.Close(x.Sum(v => (double)v), run.Read<float>("out")[0], 1e-4);
    }

    [Fact]
    public void Histogram_counts_in_shared_and_global_memory()
    {
        int[] x = [.. Enumerable.Range(0, 10_000).Select(i => i * 7919 % 1000)];
        using var run = new KernelRun("atomics.ptx", "histogram") { Cores = 2 };
        run.In("x", x).In("bins", new uint[64], readOnly: false).Value(x.Length).Clean(new Dim3(10), new Dim3(128));
        uint[] expected = new uint[64];
        foreach (int v in x)
        {
            expected[v & 63]++;
        }

        Assert.Equal(expected, run.Read<uint>("bins"));
    }

    [Fact]
    public void Every_atomic_operation_gives_its_result()
    {
        float[] x = KernelRun.Floats(300, 9, 50);
        int[] v = [.. x.Select(f => (int)(f * 100f))];
        int[] start = new int[16];
        start[1] = int.MaxValue;
        start[2] = int.MinValue;
        start[3] = -1;
        start[10] = -1;
        using var run = new KernelRun("atomics.ptx", "all_atomics");
        run.In("x", x).In("fmax", new[] { -1000f }, readOnly: false).In("ints", start, readOnly: false).In("longs", new ulong[2], readOnly: false)
            .In("d", new double[1], readOnly: false).Value(x.Length).Clean(new Dim3(3), new Dim3(128));
        int[] got = run.Read<int>("ints");
        Assert.Equal(x.Max(), run.Read<float>("fmax")[0]);
        Assert.Equal(v.Sum(), got[0]);
        Assert.Equal(v.Min(), got[1]);
        Assert.Equal(v.Max(), got[2]);
        Assert.Equal(v.Aggregate(-1, (a, b) => a & b), got[3]);
        Assert.Equal(v.Aggregate(0, (a, b) => a | b), got[4]);
        Assert.Equal(v.Aggregate(0, (a, b) => a ^ b), got[5]);
        Assert.Equal(7, got[6]);
        Assert.Equal(300, got[7]);
        Assert.Equal(-900, got[9]);
        Assert.Equal((int)v.Min(i => (uint)i), got[10]);
        Assert.Equal(300, got[11]);
        Assert.Equal(299, got[12]);
        Assert.Equal((ulong)v.Sum(i => (long)i), run.Read<ulong>("longs")[0]);
        KernelRun.Close(x.Sum(f => (double)f), run.Read<double>("d")[0], 1e-12);
    }

    [Fact]
    public void Half_fma_rounds_once()
    {
        Half[] x = [.. KernelRun.Floats(1000, 1, 10).Select(f => (Half)f)], y = [.. KernelRun.Floats(1000, 2, 10).Select(f => (Half)f)];
        using var run = new KernelRun("half.ptx", "half_axpy");
        run.In("x", x).In("y", y).Out<Half>("out", 1000).Value(1.3f).Value(1000).Clean(new Dim3(4), new Dim3(256));
        Half a = (Half)1.3f;
        Assert.Equal(x.Zip(y, (p, q) => (Half)(((double)a * (double)p) + (double)q)), run.Read<Half>("out"));
    }

    [Theory]
    [InlineData("half2_ops")]
    [InlineData("half_vec")]
    [InlineData("half_math")]
    [InlineData("bf16_axpy")]
    [InlineData("bf162_ops")]
    public void Half_precision_kernels_run_clean(string kernel)
    {
        ushort[] x = [.. KernelRun.Floats(2048, 1).Select(f => BitConverter.HalfToUInt16Bits((Half)f))];
        using var run = new KernelRun("half.ptx", kernel);
        run.In("x", x);
        if (kernel is not ("half_vec" or "half_math"))
        {
            run.In("y", x);
        }

        run.Out<ushort>("out", 2048);
        if (kernel == "bf16_axpy")
        {
            run.Value(0.5f);
        }

        run.Value(kernel == "half_vec" ? 256 : 1024).Clean(new Dim3(4), new Dim3(256));
    }

    [Fact]
    public void Half_atomics_add_pairs_and_single_values()
    {
        using var run = new KernelRun("half.ptx", "half_atomic");
        run.In("out", new Half[2], readOnly: false).In("out1", new Half[2], readOnly: false).In("o2", new ushort[2], readOnly: false).Clean(new Dim3(1), new Dim3(32));
        Assert.Equal([(Half)32, (Half)64], run.Read<Half>("out"));
        Assert.Equal((Half)32, run.Read<Half>("out1")[0]);
        Assert.Equal(0x4200, run.Read<ushort>("o2")[0]);
    }

    [Fact]
    public void Local_arrays_with_dynamic_indexes_work()
    {
        int[] x = [.. Enumerable.Range(0, 40).Select(i => i * 37 % 29)];
        using var run = new KernelRun("device.ptx", "local_array");
        run.In("x", x).Out<int>("out", 32).Value(40).Clean(new Dim3(1), new Dim3(32));
        int[] expected = [.. Enumerable.Range(0, 32).Select(i =>
        {
            int[] buf = [.. Enumerable.Range(0, 16).Select(k => x[(i + k) % 40])];
            int best = 0;
            for (int k = 0; k < 16; k++)
            {
                int j = (x[i] + k) & 15;
                (buf[j], buf[k]) = (buf[k], buf[j]);
                best = unchecked((best * 31) + buf[(j * 7) & 15]);
            }

            return best;
        })];
        Assert.Equal(expected, run.Read<int>("out"));
    }

    [Fact]
    public void Device_functions_are_called_with_parameters()
    {
        float[] x = KernelRun.Floats(50);
        using var run = new KernelRun("device.ptx", "calls");
        run.In("x", x).Out<float>("out", 50).Value(50).Clean(new Dim3(2), new Dim3(32));
        float[] got = run.Read<float>("out");
        for (int i = 0; i < 50; i++)
        {
            float r = 0;
            for (int k = 0; k < 1 + (i & 3); k++)
            {
                r = MathF.FusedMultiplyAdd(r, x[i], 1 + (k & 7));
            }

            Assert.Equal(r + (10f * (1 + (i & 3))), got[i]);
        }
    }

    [Fact]
    public void Recursion_keeps_each_lanes_registers()
    {
        using var run = new KernelRun("device.ptx", "fibs");
        run.Out<int>("out", 16).Value(16).Clean(new Dim3(1), new Dim3(32));
        Assert.Equal([0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610], run.Read<int>("out"));
    }

    [Fact]
    public void Structures_pass_by_value()
    {
        using var run = new KernelRun("device.ptx", "by_value");
        run.Value(1.5f).Value(0).Value(2.25).Value(7).Value(8).Value(9).Value(0).Out<float>("out", 4).Clean(new Dim3(1), new Dim3(1));
        Assert.Equal([2.25f, 1.5f, 9f, 7f], run.Read<float>("out"));
    }

    [Fact]
    public void Writable_globals_persist_until_they_are_restored()
    {
        using var run = new KernelRun("device.ptx", "bump");
        run.Clean(new Dim3(1), new Dim3(4));
        run.Clean(new Dim3(1), new Dim3(1));
        var counters = run.Memory.FindGlobal(run.Module, "counters")!;
        byte[] bytes = new byte[16];
        run.Memory.Read(counters, 0, bytes);
        Assert.Equal(12f, BitConverter.ToSingle(bytes));
        run.Memory.RestoreGlobals(run.Module);
        run.Memory.Read(counters, 0, bytes);
        Assert.Equal(10f, BitConverter.ToSingle(bytes));
    }

    [Fact]
    public void Printf_is_formatted_in_lane_order()
    {
        using var run = new KernelRun("device.ptx", "prints");
        LaunchResult result = run.Value(3).Launch(new Dim3(1), new Dim3(2));
        Assert.Equal("thread 0 of 3: 0.000000 yes\nthread 1 of 3: 0.500000 yes\n", result.Printf);
    }

    [Fact]
    public void A_failed_assert_ends_the_launch_and_says_where()
    {
        using var run = new KernelRun("device.ptx", "asserts");
        LaunchResult result = run.In("x", new[] { 1, -1, 2 }).Launch(new Dim3(1), new Dim3(3));
        Assert.Equal(LaunchCompletion.AssertFailed, result.Completion);
        Assert.Contains("thread: [1,0,0] Assertion `x[threadIdx.x] >= 0` failed", result.Printf, StringComparison.Ordinal);
    }

    [Fact]
    public void A_switch_takes_each_lane_to_its_case()
    {
        int[] x = [.. Enumerable.Range(0, 32).Select(i => i % 9)];
        using var run = new KernelRun("device.ptx", "dispatch");
        run.In("x", x).In("out", Enumerable.Repeat(2f, 32).ToArray(), readOnly: false).Value(5).Clean(new Dim3(1), new Dim3(32));
        float[] got = run.Read<float>("out");
        Assert.Equal(1.5f, got[9]);
        Assert.Equal(2f * 11, got[11]);
        Assert.Equal((12 * 3) - 5, got[12]);
        Assert.Equal(MathF.Sqrt(13), got[13]);
        Assert.Equal(1f / 15, got[14]);
        KernelRun.Close(Math.Atan2(15, 2), got[15], 1e-6);
        Assert.Equal(-1, got[16]);
    }

    [Fact]
    public void Unary_math_agrees_with_the_host()
    {
        float[] x = [.. KernelRun.Floats(60, 5, 8), .. KernelRun.Floats(20, 6, 0.01f)];
        using var run = new KernelRun("math.ptx", "unary");
        run.In("x", x).Out<float>("out", x.Length * 32).Value(x.Length).Clean(new Dim3(2), new Dim3(64));
        float[] o = run.Read<float>("out");
        for (int i = 0; i < x.Length; i++)
        {
            double v = x[i], p = Math.Abs(v);
            double[] expected =
            [
                Math.Exp(v), Math.Log(p), Math.Sin(v), Math.Cos(v), Math.Tan(v), Math.Tanh(v), double.NaN, Math.Sqrt(p), 1 / Math.Sqrt(p), Math.Pow(p, 1.7f), Math.Pow(2, v),
                Math.Log2(p), Math.Log(1 + p), Math.Exp(v) - 1, 1 / v, v / 3.7f, Math.Floor(v), Math.Ceiling(v), Math.Round(v, MidpointRounding.AwayFromZero), Math.Truncate(v),
                Math.Round(v), Math.Exp(v), Math.Log(p), Math.Sin(v), Math.Cos(v), v / 3, double.NaN, Math.CopySign(1, v), Math.Cbrt(v), Math.Atan(v),
            ];
            for (int k = 0; k < expected.Length; k++)
            {
                if (!double.IsNaN(expected[k]))
                {
                    double error = Math.Abs(expected[k] - o[(i * 32) + k]) / Math.Max(Math.Abs(expected[k]), k is 22 or 23 or 24 ? 1 : 1e-3);
                    Assert.True(error < 5e-6, $"function {k} of {v}: expected {expected[k]}, got {o[(i * 32) + k]}");
                }
            }
        }
    }

    [Fact]
    public void Double_math_agrees_with_the_host()
    {
        double[] x = [.. KernelRun.Floats(64, 5, 5).Select(f => (double)f)];
        using var run = new KernelRun("math.ptx", "doubles");
        run.In("x", x).Out<double>("out", x.Length * 16).Value(x.Length).Clean(new Dim3(1), new Dim3(64));
        double[] o = run.Read<double>("out");
        for (int i = 0; i < x.Length; i++)
        {
            double v = x[i], p = Math.Abs(v);
            double[] expected = [Math.Exp(v), Math.Log(p), Math.Sin(v), Math.Cos(v), Math.Tanh(v), double.NaN, Math.Sqrt(p), 1 / Math.Sqrt(p), 1 / v, v / 3.7, Math.FusedMultiplyAdd(v, v, 1.5), Math.Floor(v), Math.Pow(p, 0.3), Math.Min(v, 0.5), (float)v, (long)v];
            for (int k = 0; k < 16; k++)
            {
                if (!double.IsNaN(expected[k]))
                {
                    KernelRun.Close(expected[k], o[(i * 16) + k], 1e-14);
                }
            }
        }
    }

    [Fact]
    public void Integer_intrinsics_agree_with_the_host()
    {
        var random = new Random(3);
        int[] a = [.. Enumerable.Range(0, 96).Select(_ => random.Next(int.MinValue, int.MaxValue))];
        int[] b = [.. Enumerable.Range(0, 96).Select(i => i % 7 == 0 ? i - 40 : random.Next(int.MinValue, int.MaxValue))];
        using var run = new KernelRun("math.ptx", "ints");
        run.In("x", a).In("y", b).Out<long>("out", 96 * 32).Value(96).Clean(new Dim3(1), new Dim3(96));
        long[] o = run.Read<long>("out");
        for (int i = 0; i < 96; i++)
        {
            int x = a[i], y = b[i];
            long la = unchecked(((long)x * 1000003) + y), lb = unchecked(((long)y * 7919) + 1);
            long[] expected =
            [
                y == 0 ? 0 : x / y, y == 0 ? 0 : x % y, y == 0 ? 0 : (long)((uint)x / (uint)y), ((long)x * y) >> 32, (long)(((ulong)(uint)x * (uint)y) >> 32), (long)x * y,
                System.Numerics.BitOperations.PopCount((uint)x), System.Numerics.BitOperations.LeadingZeroCount((uint)x), x == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(x) + 1,
            ];
            for (int k = 0; k < expected.Length; k++)
            {
                Assert.True(expected[k] == o[(i * 32) + k] || (uint)expected[k] == (uint)o[(i * 32) + k], $"operation {k} of {x}, {y}: {expected[k]} but {o[(i * 32) + k]}");
            }

            Assert.Equal((uint)((((ulong)(uint)y << 32) | (uint)x) << (x & 31) >> 32), (uint)o[(i * 32) + 11]);
            Assert.Equal((uint)((((ulong)(uint)y << 32) | (uint)x) >> (y & 31)), (uint)o[(i * 32) + 12]);
            Assert.Equal(lb == 0 ? 0 : la / lb, o[(i * 32) + 21]);
            Assert.Equal(lb == 0 ? 0 : la % lb, o[(i * 32) + 22]);
            Assert.Equal(Math.BigMul(la, lb, out _), o[(i * 32) + 23]);
            Assert.Equal((sbyte)x + (short)y, (int)o[(i * 32) + 31]);
            Assert.Equal(x >> (y & 31), (int)o[(i * 32) + 19]);
            Assert.Equal(la >> (y & 63), o[(i * 32) + 28]);
        }
    }

    [Fact]
    public void Conversions_saturate_and_round_as_named()
    {
        float[] x = [1.5f, -1.5f, 2.5f, 1e10f, -1e10f, float.NaN, 0.3f, 200.7f, -0.0f, 70000f];
        using var run = new KernelRun("math.ptx", "conversions");
        run.In("x", x).Out<int>("out", x.Length * 16).Value(x.Length).Clean(new Dim3(1), new Dim3(32));
        int[] o = run.Read<int>("out");
        Assert.Equal([1, -1, 2, int.MaxValue, int.MinValue, 0, 0, 200, 0, 70000], Enumerable.Range(0, 10).Select(i => o[i * 16]));
        Assert.Equal([1, 0, 2, -1, 0, 0, 0, 200, 0, 70000], Enumerable.Range(0, 10).Select(i => o[(i * 16) + 1]));
        Assert.Equal([2, -2, 2, int.MaxValue, int.MinValue, 0, 0, 201, 0, 70000], Enumerable.Range(0, 10).Select(i => o[(i * 16) + 2]));
        Assert.Equal([2, -1, 3], Enumerable.Range(0, 3).Select(i => o[(i * 16) + 3]));
        Assert.Equal([1, -2, 2], Enumerable.Range(0, 3).Select(i => o[(i * 16) + 4]));
    }

    [Fact]
    public void Shuffles_votes_and_matches_follow_the_manual()
    {
        int[] x = [.. Enumerable.Range(0, 64).Select(i => i * 5 % 23)];
        using var run = new KernelRun("warp.ptx", "shuffles");
        run.In("x", x).Out<int>("out", 64 * 16).Clean(new Dim3(1), new Dim3(64));
        int[] o = run.Read<int>("out");
        for (int t = 0; t < 64; t++)
        {
            int lane = t & 31, w = t & ~31;
            int Got(int k) => o[(t * 16) + k];
            Assert.Equal(x[w + 5], Got(0));
            Assert.Equal(x[w + (lane >= 3 ? lane - 3 : lane)], Got(1));
            Assert.Equal(x[w + (lane + 7 < 32 ? lane + 7 : lane)], Got(2));
            Assert.Equal(x[w + (lane ^ 9)], Got(3));
            Assert.Equal(x[w + (lane & ~7) + ((lane + 3) & 7)], Got(4));
            Assert.Equal(x[w + ((lane & 15) + 2 < 16 ? lane + 2 : lane)], Got(5));
            Assert.Equal(Enumerable.Range(0, 32).Sum(i => (x[w + i] & 1) << i), Got(6));
            Assert.Equal(0, Got(7));
            Assert.Equal(1, Got(8));
            Assert.Equal(Enumerable.Range(0, 32).Sum(i => (x[w + i] & 3) == (x[t] & 3) ? 1 << i : 0), Got(9));
            Assert.Equal(0, Got(11));
            Assert.Equal(lane < 12 ? x[w + 2] : x[w + 20], Got(12));
            Assert.Equal(32, Got(13));
            Assert.Equal(x[w + (lane ^ 1)], Got(14));
            Assert.Equal(x.Count(v => (v & 1) != 0) + 1000 + 10000, Got(15));
        }
    }

    [Fact]
    public void Warp_reductions_reduce_over_the_mask()
    {
        int[] x = [.. Enumerable.Range(0, 32).Select(i => (i * 5 % 23) - 7)];
        using var run = new KernelRun("warp.ptx", "reduxes");
        run.In("x", x).Out<int>("out", 32 * 8).Clean(new Dim3(1), new Dim3(32));
        int[] o = run.Read<int>("out");
        Assert.Equal([x.Sum(), x.Min(), x.Max(), x.Aggregate((a, b) => a & b), x.Aggregate((a, b) => a | b), x.Aggregate((a, b) => a ^ b), x.Min(v => (uint)v) is var m ? (int)m : 0, (int)x.Max(v => (uint)v)], o.Take(8));
    }

    [Fact]
    public void Cooperative_groups_tiles_shuffle_within_themselves()
    {
        float[] x = [.. Enumerable.Range(0, 64).Select(i => (float)i)];
        using var run = new KernelRun("warp.ptx", "groups");
        run.In("x", x).Out<float>("out", 64).Clean(new Dim3(1), new Dim3(64));
        float[] got = run.Read<float>("out");
        for (int i = 0; i < 64; i++)
        {
            Assert.Equal(x.Skip(i & ~15).Take(16).Sum() + (i & 15) + 32, got[i]);
        }
    }

    [Fact]
    public void Grid_synchronisation_works_under_a_cooperative_launch()
    {
        float[] x = KernelRun.Floats(256);
        using var run = new KernelRun("warp.ptx", "grid_sync") { Cooperative = true, Cores = 2 };
        run.In("x", x).Out<float>("part", 256).Out<float>("out", 256).Value(256).Clean(new Dim3(4), new Dim3(64));
        Assert.Equal(Enumerable.Range(0, 256).Select(i => x[(i + 64) % 256] * 2), run.Read<float>("out"));
    }

    [Fact]
    public void A_spin_lock_across_lanes_makes_progress()
    {
        using var run = new KernelRun("warp.ptx", "spin_lock");
        run.In("lock", new int[1], readOnly: false).In("count", new int[1], readOnly: false).Clean(new Dim3(3), new Dim3(64));
        Assert.Equal(192, run.Read<int>("count")[0]);
    }

    [Fact]
    public void Named_barriers_count_their_own_threads()
    {
        int[] x = [.. Enumerable.Range(0, 128)];
        using var run = new KernelRun("warp.ptx", "named_barriers");
        run.In("x", x).Out<int>("out", 128).Clean(new Dim3(1), new Dim3(128));
        Assert.Equal(Enumerable.Range(0, 128).Select(i => i < 64 ? 63 - i : 7), run.Read<int>("out"));
    }

    [Fact]
    public void Asynchronous_copies_are_there_after_their_wait()
    {
        float[] x = KernelRun.Floats(1024);
        using var run = new KernelRun("async.ptx", "async_copy");
        run.In("x", x).Out<float>("out", 512).Clean(new Dim3(1), new Dim3(128));
        float[] got = run.Read<float>("out");
        Assert.Equal(Enumerable.Range(0, 512).Select(i => x[((127 - (i / 4)) * 4) + (i % 4)] + x[512 + ((127 - (i / 4)) * 4) + (i % 4)]), got);
    }
}
