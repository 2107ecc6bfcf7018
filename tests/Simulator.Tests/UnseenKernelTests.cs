using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests;

/// <summary>
/// Kernels of the kind that models write, written when the simulator was done and without looking at it (<c>ptx/unseen</c>):
/// each compiled by NVRTC, run under every check in both back ends, and compared with a plain computation on the host.
/// </summary>
public sealed class UnseenKernelTests
{
    [Fact]
    public void Flash_attention_with_online_softmax()
    {
        const int length = 70, heads = 2, d = 64;
        float[] q = KernelRun.Floats(heads * length * d, 1), k = KernelRun.Floats(heads * length * d, 2), v = KernelRun.Floats(heads * length * d, 3);
        using KernelRun run = Run("flash_attention").In("q", q).In("k", k).In("v", v).Out<float>("out", q.Length).Value(length).Value(0.125f).CleanUnderEveryCheck(new Dim3((length + 15) / 16, heads), new Dim3(128));
        float[] got = run.Read<float>("out");
        for (int row = 0; row < heads * length; row++)
        {
            int head = row / length * length;
            double[] weights = [.. Enumerable.Range(head, row - head + 1).Select(j => Math.Exp(Dot(q, row, k, j, d) * 0.125))];
            for (int c = 0; c < d; c++)
            {
                double sum = weights.Select((w, j) => w * v[((head + j) * d) + c]).Sum();
                KernelRun.Close(sum / weights.Sum(), got[(row * d) + c], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(520)]
    [InlineData(77)]
    [InlineData(8)]
    public void Layer_norm_by_Welford(int columns)
    {
        const int rows = 3;
        Half[] x = [.. KernelRun.Floats(rows * columns, 1, 3).Select(v => (Half)(v + 2))];
        float[] gamma = KernelRun.Floats(columns, 2), beta = KernelRun.Floats(columns, 3);
        using KernelRun run = Run("welford_norm").In("x", x).In("gamma", gamma).In("beta", beta).Out<Half>("y", x.Length).Value(columns).Value(1e-5f).CleanUnderEveryCheck(new Dim3(rows), new Dim3(160));
        Half[] got = run.Read<Half>("y");
        for (int row = 0; row < rows; row++)
        {
            double[] values = [.. x.Skip(row * columns).Take(columns).Select(v => (double)v)];
            double mean = values.Average(), scale = 1 / Math.Sqrt(values.Select(v => (v - mean) * (v - mean)).Average() + 1e-5);
            for (int c = 0; c < columns; c++)
            {
                KernelRun.Close(((values[c] - mean) * scale * gamma[c]) + beta[c], (double)got[(row * columns) + c], 2e-3);
            }
        }
    }

    [Fact]
    public void Split_k_product_whose_last_block_adds_up()
    {
        const int m = 45, n = 37, k = 130, splits = 3;
        float[] a = KernelRun.Floats(m * k, 1), b = KernelRun.Floats(k * n, 2);
        using KernelRun run = Run("split_k").In("a", a).In("b", b).Out<float>("c", m * n).Out<float>("work", 4 * splits * 1024).Value(m).Value(n).Value(k).In("worst", new float[1], readOnly: false)
            .CleanUnderEveryCheck(new Dim3(2, 2, splits), new Dim3(256));
        float[] got = run.Read<float>("c");
        for (int i = 0; i < m * n; i++)
        {
            KernelRun.Close(Enumerable.Range(0, k).Sum(q => (double)a[(i / n * k) + q] * b[(q * n) + (i % n)]), got[i], 1e-5);
        }

        Assert.Equal(got.Max(Math.Abs), run.Read<float>("worst")[0]);
    }

    [Fact]
    public void Implicit_convolution_with_double_buffered_copies()
    {
        const int n = 2, c = 3, h = 9, w = 7, filters = 35;
        float[] x = KernelRun.Floats(n * c * h * w, 1), filter = KernelRun.Floats(filters * c * 9, 2), bias = KernelRun.Floats(filters, 3);
        using KernelRun run = Run("implicit_conv").In("x", x).In("filter", filter).In("bias", bias).Out<float>("y", n * filters * h * w).Value(n).Value(c).Value(h).Value(w).Value(filters)
            .CleanUnderEveryCheck(new Dim3(2, 2), new Dim3(128));
        float[] got = run.Read<float>("y");
        for (int i = 0; i < got.Length; i++)
        {
            int image = i / (filters * h * w), f = i / (h * w) % filters, row = i / w % h, column = i % w;
            double sum = bias[f];
            for (int tap = 0; tap < c * 9; tap++)
            {
                int y = row + (tap % 9 / 3) - 1, z = column + (tap % 3) - 1;
                sum += y is >= 0 and < h && z is >= 0 and < w ? (double)x[(((((image * c) + (tap / 9)) * h) + y) * w) + z] * filter[(f * c * 9) + tap] : 0;
            }

            KernelRun.Close(sum > 0 ? sum : Math.Exp(sum) - 1, got[i], 1e-5);
        }
    }

    [Fact]
    public void Bfloat16_product_on_tensor_cores_with_padded_rows()
    {
        const int m = 70, n = 66, k = 40;
        ushort[] a = [.. KernelRun.Floats(m * k, 1).Select(Brain)], b = [.. KernelRun.Floats(k * n, 2).Select(Brain)];
        using KernelRun run = new KernelRun("unseen/wmma_bf16.ptx", "wmma_bf16") { Shared = 64 * 72 * 4 }.In("a", a).In("b", b).Out<ushort>("c", m * n).Value(m).Value(n).Value(k)
            .CleanUnderEveryCheck(new Dim3(2, 2), new Dim3(128));
        ushort[] got = run.Read<ushort>("c");
        for (int i = 0; i < m * n; i++)
        {
            double v = Enumerable.Range(0, k).Sum(q => (double)Float(a[(i / n * k) + q]) * Float(b[(q * n) + (i % n)]));
            KernelRun.Close(0.5 * v * (1 + Math.Tanh(0.7978845608 * (v + (0.044715 * v * v * v)))), Float(got[i]), 5e-3);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void One_pass_scan_with_look_back(int cores)
    {
        const int n = 9000, tiles = 9;
        int[] x = [.. Enumerable.Range(0, n).Select(i => (i * 7919 % 201) - 100)];
        using KernelRun run = new KernelRun("unseen/look_back_scan.ptx", "look_back_scan") { Cores = cores, Spins = true }
            .In("x", x).Out<int>("y", n).In("states", new ulong[tiles], readOnly: false).In("next", new uint[1], readOnly: false).Value(n)
            .CleanUnderEveryCheck(new Dim3(tiles), new Dim3(256));
        int[] got = run.Read<int>("y");
        for (int i = 0, sum = 0; i < n; i++)
        {
            Assert.Equal(sum += x[i], got[i]);
        }
    }

    [Fact]
    public void Quantised_product_by_dp4a()
    {
        const int m = 70, n = 65, k = 36, zero = 3;
        var random = new Random(1);
        sbyte[] a = [.. Enumerable.Range(0, m * k).Select(_ => (sbyte)random.Next(-128, 128))], b = [.. Enumerable.Range(0, n * k).Select(_ => (sbyte)random.Next(-128, 128))];
        float[] rows = [.. Enumerable.Range(0, m).Select(i => 0.01f + (i * 1e-4f))], columns = [.. Enumerable.Range(0, n).Select(i => 0.05f + (i * 1e-3f))];
        using KernelRun run = Run("dp4a_gemm").In("a", a).In("b", b).In("rows", rows).In("columns", columns).Out<sbyte>("c", m * n).In("sums", new int[m], readOnly: false).Value(m).Value(n).Value(k / 4).Value(zero)
            .CleanUnderEveryCheck(new Dim3(2, 2), new Dim3(256));
        int Value(int i, int j) => Enumerable.Range(0, k).Sum(q => (a[(i * k) + q] - zero) * b[(j * k) + q]);
        Assert.Equal(Enumerable.Range(0, m * n).Select(i => (sbyte)Math.Clamp(MathF.Round(Value(i / n, i % n) * rows[i / n] * columns[i % n]), -128, 127)), run.Read<sbyte>("c"));
        Assert.Equal(Enumerable.Range(0, m).Select(i => Enumerable.Range(0, n).Sum(j => Value(i, j))), run.Read<int>("sums"));
    }

    [Fact]
    public void Power_iteration_with_barriers_of_the_grid()
    {
        const int n = 50;
        float[] a = new float[n * n], v = new float[n];
        for (int i = 0; i < n; i++)
        {
            v[i] = 1;
            for (int j = 0; j < n; j++)
            {
                a[(i * n) + j] = i == j ? 2 + (i % 5) : 1f / (1 + Math.Abs(i - j));
            }
        }

        using KernelRun run = new KernelRun("unseen/power_iteration.ptx", "power_iteration") { Cooperative = true, Shared = 64 * 8, Spins = true }
            .In("a", a).In("v", v, readOnly: false).Out<float>("w", n).Out<float>("eigen", 1).Out<int>("steps", 1).Value(n).Value(200).CleanUnderEveryCheck(new Dim3(4), new Dim3(64));
        double norm = 0;
        double[] x = [.. v.Select(e => (double)e)];
        for (int step = 0; step < 200; step++)
        {
            double[] y = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => a[(i * n) + j] * x[j]))];
            norm = Math.Sqrt(y.Sum(e => e * e));
            x = [.. y.Select(e => e / norm)];
        }

        KernelRun.Close(norm, run.Read<float>("eigen")[0], 1e-4);
        Assert.InRange(run.Read<int>("steps")[0], 2, 150);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Pipelined_transposition_by_tma(int blocks)
    {
        const int rows = 128, columns = 96;
        float[] x = KernelRun.Floats(rows * columns);
        using KernelRun run = Run("tma_transpose");
        run.In("x", x).Out<float>("y", x.Length).ByMaps();
        run.Map(Tiles(run.Buffer("x").Address, columns, rows)).Map(Tiles(run.Buffer("y").Address, rows, columns)).Value(columns / 32).Value(columns / 32 * (rows / 32)).CleanUnderEveryCheck(new Dim3(blocks), new Dim3(160));
        Assert.Equal(Enumerable.Range(0, x.Length).Select(i => x[(i % rows * columns) + (i / rows)]), run.Read<float>("y"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Grid_sample_through_a_table_of_functions(int mode)
    {
        const int batch = 2, channels = 3, h = 6, w = 5, count = 50;
        float[] x = KernelRun.Floats(batch * channels * h * w, 1), grid = KernelRun.Floats(batch * count * 2, 2, 1.3f);
        using KernelRun run = Run("grid_sample").In("x", x).In("grid", grid).Out<float>("y", batch * channels * count).Value(channels).Value(h).Value(w).Value(count).Value(mode)
            .CleanUnderEveryCheck(new Dim3(1, 2, batch), new Dim3(32));
        bool aligned = (mode & 1) != 0, border = (mode & 2) != 0;
        float[] got = run.Read<float>("y");
        for (int i = 0; i < got.Length; i++)
        {
            int b = i / (channels * count), plane = i / count * h * w, g = ((b * count) + (i % count)) * 2;
            double Place(double at, int extent) => aligned ? (at + 1) / 2 * (extent - 1) : (((at + 1) * extent) - 1) / 2;
            double px = Place(grid[g], w), py = Place(grid[g + 1], h);
            (px, py) = border ? (Math.Clamp(px, 0, w - 1), Math.Clamp(py, 0, h - 1)) : (px, py);
            int x0 = (int)Math.Floor(px), y0 = (int)Math.Floor(py);
            double At(int r, int c) => r is >= 0 and < h && c is >= 0 and < w ? x[plane + (r * w) + c] : 0;
            double ax = px - x0, ay = py - y0;
            KernelRun.Close(((1 - ay) * (((1 - ax) * At(y0, x0)) + (ax * At(y0, x0 + 1)))) + (ay * (((1 - ax) * At(y0 + 1, x0)) + (ax * At(y0 + 1, x0 + 1)))), got[i], 1e-5);
        }
    }

    [Fact]
    public void Depthwise_convolution_of_volumes()
    {
        const int channels = 2, d = 7, h = 19, w = 35, od = 4, oh = 10, ow = 18;
        float[] x = KernelRun.Floats(channels * d * h * w, 1), filter = KernelRun.Floats(channels * 27, 2);
        using KernelRun run = Run("depthwise_conv3d").In("x", x).In("filter", filter).Out<float>("y", channels * od * oh * ow).Value(d).Value(h).Value(w).Value(od).Value(oh).Value(ow)
            .CleanUnderEveryCheck(new Dim3(2, 2, channels), new Dim3(16, 8));
        float[] got = run.Read<float>("y");
        for (int i = 0; i < got.Length; i++)
        {
            int channel = i / (od * oh * ow), z = i / (oh * ow) % od, y = i / ow % oh, column = i % ow;
            double sum = 0;
            for (int tap = 0; tap < 27; tap++)
            {
                int a = (z * 2) - 1 + (tap / 9), b = (y * 2) - 1 + (tap / 3 % 3), c = (column * 2) - 1 + (tap % 3);
                sum += a is >= 0 and < d && b is >= 0 and < h && c is >= 0 and < w ? (double)x[(((((channel * d) + a) * h) + b) * w) + c] * filter[(channel * 27) + tap] : 0;
            }

            KernelRun.Close(Math.Clamp((sum / 6) + 0.5, 0, 1), got[i], 1e-5);
        }
    }

    [Fact]
    public void Top_k_by_a_bitonic_sort()
    {
        const int rows = 3, n = 500, k = 10;
        float[] x = KernelRun.Floats(rows * n);
        x[7] = x[300] = 2;
        using KernelRun run = new KernelRun("unseen/top_k.ptx", "top_k") { Shared = 512 * 8 }.In("x", x).Out<float>("values", rows * k).Out<long>("places", rows * k).Value(n).Value(k)
            .CleanUnderEveryCheck(new Dim3(rows), new Dim3(512));
        long[] expected = [.. Enumerable.Range(0, rows).SelectMany(r => Enumerable.Range(0, n).OrderByDescending(i => x[(r * n) + i]).ThenBy(i => i).Take(k)).Select(i => (long)i)];
        Assert.Equal(expected, run.Read<long>("places"));
        Assert.Equal(expected.Select((at, i) => x[(i / k * n) + at]), run.Read<float>("values"));
    }

    [Fact]
    public void Cross_entropy_in_one_pass_with_its_gradient()
    {
        const int rows = 9, classes = 200, ignored = -100;
        float[] x = KernelRun.Floats(rows * classes, 1, 4);
        long[] target = [.. Enumerable.Range(0, rows).Select(i => i == 4 ? ignored : i * 23L)];
        using KernelRun run = Run("cross_entropy").In("x", x).In("target", target).In("loss", new float[1], readOnly: false).Out<float>("gradient", x.Length).Value(rows).Value(classes).Value(ignored).Value(0.1f)
            .CleanUnderEveryCheck(new Dim3(4), new Dim3(128));
        float[] gradient = run.Read<float>("gradient");
        double loss = 0;
        for (int row = 0; row < rows; row++)
        {
            double[] v = [.. x.Skip(row * classes).Take(classes).Select(e => (double)e)];
            double log = Math.Log(v.Sum(Math.Exp));
            loss += row == 4 ? 0 : (0.9 * (log - v[target[row]])) + (0.1 * (log - v.Average()));
            for (int i = 0; i < classes; i++)
            {
                KernelRun.Close(row == 4 ? 0 : (Math.Exp(v[i] - log) - (i == target[row] ? 0.9 : 0) - (0.1 / classes)) / rows, gradient[(row * classes) + i], 1e-6);
            }
        }

        KernelRun.Close(loss / rows, run.Read<float>("loss")[0], 1e-5);
    }

    [Fact]
    public void Radix_sort_with_ranks_by_match_any()
    {
        const int blocks = 2;
        var random = new Random(5);
        uint[] keys = [.. Enumerable.Range(0, blocks * 256).Select(i => i % 9 == 0 ? 77u : (uint)random.NextInt64(1L << 32))];
        ushort[] values = [.. Enumerable.Range(0, keys.Length).Select(i => (ushort)i)];
        using KernelRun run = Run("radix_sort").In("keys", keys).In("values", values).Out<uint>("keysOut", keys.Length).Out<ushort>("valuesOut", keys.Length).CleanUnderEveryCheck(new Dim3(blocks), new Dim3(256));
        ushort[] order = [.. Enumerable.Range(0, blocks).SelectMany(b => values.Skip(b * 256).Take(256).OrderBy(i => keys[i]))];
        Assert.Equal(order, run.Read<ushort>("valuesOut"));
        Assert.Equal(order.Select(i => keys[i]), run.Read<uint>("keysOut"));
    }

    [Fact]
    public void Selective_scan_through_a_pipeline()
    {
        const int batch = 2, length = 21, channels = 70, states = 16;
        float[] u = KernelRun.Floats(batch * length * channels, 1), delta = KernelRun.Floats(u.Length, 2, 2), a = KernelRun.Floats(channels * states, 3);
        float[] b = KernelRun.Floats(batch * length * states, 4), c = KernelRun.Floats(b.Length, 5), d = KernelRun.Floats(channels, 6);
        delta[5] = 25;
        using KernelRun run = Run("selective_scan").In("u", u).In("delta", delta).In("a", a).In("b", b).In("c", c).In("d", d).Out<float>("y", u.Length).Value(length).Value(channels)
            .CleanUnderEveryCheck(new Dim3(2, batch), new Dim3(64));
        float[] got = run.Read<float>("y");
        for (int lane = 0; lane < batch * channels; lane++)
        {
            int sample = lane / channels, channel = lane % channels;
            double[] h = new double[states];
            for (int t = 0; t < length; t++)
            {
                int at = (((sample * length) + t) * channels) + channel, row = ((sample * length) + t) * states;
                double step = delta[at] > 20 ? delta[at] : Math.Log(1 + Math.Exp(delta[at])), y = d[channel] * u[at];
                for (int i = 0; i < states; i++)
                {
                    h[i] = (h[i] * Math.Exp(-step * Math.Exp(a[(channel * states) + i]))) + (step * u[at] * b[row + i]);
                    y += h[i] * c[row + i];
                }

                KernelRun.Close(y / (1 + Math.Exp(-y)), got[at], 1e-4);
            }
        }
    }

    private static TensorMap Tiles(ulong address, int width, int height) => new()
    {
        Address = address, Type = PtxType.F32, Dimensions = [width, height], StrideBytes = [width * 4L], Box = [32, 32], ElementStrides = [1, 1],
    };

    private static KernelRun Run(string kernel) => new($"unseen/{kernel}.ptx", kernel);

    private static double Dot(float[] a, int row, float[] b, int other, int length) => Enumerable.Range(0, length).Sum(i => (double)a[(row * length) + i] * b[(other * length) + i]);

    private static ushort Brain(float v) => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16);

    private static float Float(ushort v) => BitConverter.UInt32BitsToSingle((uint)v << 16);
}
