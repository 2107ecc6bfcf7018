using System.Globalization;
using System.Text;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>
/// Tensor cores. Which lane holds which element is written down here as the PTX ISA's figures say it, element by element, and not as the simulator computes
/// it; factors are packed on the host, results unpacked there and compared with float64.
/// </summary>
public sealed class MatrixTests
{
    /// <summary>Shape, types as in the mnemonic, and how far from float64 a result may be, relative to the sum of magnitudes.</summary>
    public static TheoryData<int, int, int, string, string, string, double> Products => new()
    {
        { 16, 8, 8, "f32", "f16", "f16", 1e-6 },
        { 16, 8, 16, "f32", "f16", "f16", 1e-6 },
        { 16, 8, 8, "f16", "f16", "f16", 1e-3 },
        { 16, 8, 16, "f16", "f16", "f16", 1e-3 },
        { 16, 8, 8, "f32", "bf16", "bf16", 1e-6 },
        { 16, 8, 16, "f32", "bf16", "bf16", 1e-6 },
        { 16, 8, 4, "f32", "tf32", "tf32", 1e-6 },
        { 16, 8, 8, "f32", "tf32", "tf32", 1e-6 },
        { 16, 8, 32, "f32", "e4m3", "e4m3", 1e-6 },
        { 16, 8, 32, "f32", "e5m2", "e4m3", 1e-6 },
        { 8, 8, 4, "f64", "f64", "f64", 1e-15 },
        { 16, 8, 4, "f64", "f64", "f64", 1e-15 },
        { 16, 8, 8, "f64", "f64", "f64", 1e-15 },
        { 16, 8, 16, "f64", "f64", "f64", 1e-15 },
        { 8, 8, 16, "s32", "s8", "s8", 0 },
        { 16, 8, 16, "s32", "u8", "s8", 0 },
        { 16, 8, 32, "s32", "s8", "u8", 0 },
        { 8, 8, 32, "s32", "s4", "s4", 0 },
        { 16, 8, 32, "s32", "u4", "s4", 0 },
        { 16, 8, 64, "s32", "s4", "u4", 0 },
        { 8, 8, 128, "s32", "b1", "b1", 0 },
        { 16, 8, 128, "s32", "b1", "b1", 0 },
        { 16, 8, 256, "s32", "b1", "b1", 0 },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void A_product_is_that_of_float64(int m, int n, int k, string result, string left, string right, double allowed)
    {
        Random random = new((m * 1000) + k);
        double[,] a = Values(random, m, k, left), b = Values(random, k, n, right), c = Values(random, m, n, result);
        byte[] packedA = Pack(a, left, (lane, i) => PlaceInA(m, Bits(left), lane, i)), packedB = Pack(b, right, (lane, i) => PlaceInB(Bits(right), lane, i));
        byte[] packedC = Pack(c, result, (lane, i) => PlaceInC(lane, i));
        string bits = left == "b1" ? ".xor.popc" : "";
        using KernelRun run = KernelRun.Of(
            Kernel(
                $"mma.sync.aligned.m{m}n{n}k{k}.row.col.{result}.{left}.{right}.{result}{bits}", packedC.Length / 32, packedA.Length / 32, packedB.Length / 32, Bits(result) == 64),
            "product");

        run.In("a", packedA).In("b", packedB).In("c", packedC).Out<byte>("d", packedC.Length).Clean(new Dim3(1), new Dim3(32));

        double[,] d = Unpack(run.Read<byte>("d"), result, m, n);
        for (int row = 0; row < m; row++)
        {
            for (int column = 0; column < n; column++)
            {
                double expected = c[row, column], magnitude = Math.Abs(expected);
                for (int i = 0; i < k; i++)
                {
                    double term = left == "b1" ? (a[row, i] != b[i, column] ? 1 : 0) : a[row, i] * b[i, column];
                    expected += term;
                    magnitude += Math.Abs(term);
                }

                Assert.True(Math.Abs(d[row, column] - expected) <= allowed * magnitude, string.Create(CultureInfo.InvariantCulture, $"[{row},{column}] is {d[row, column]}, expected {expected}"));
            }
        }
    }

    [Fact]
    public void A_product_by_wmma_as_NVRTC_compiles_it_is_that_of_float64()
    {
        const int K = 64;
        Random random = new(5);
        Half[] a = [.. Enumerable.Range(0, 16 * K).Select(_ => (Half)((random.NextDouble() * 2) - 1))], b = [.. Enumerable.Range(0, 16 * K).Select(_ => (Half)((random.NextDouble() * 2) - 1))];
        using KernelRun run = new("async.ptx", "wmma_gemm");

        float[] c = run.In("a", a).In("b", b).Out<float>("c", 256).Value(K).Clean(new Dim3(1), new Dim3(32)).Read<float>("c");

        for (int row = 0; row < 16; row++)
        {
            for (int column = 0; column < 16; column++)
            {
                Assert.Equal(Enumerable.Range(0, K).Sum(i => (double)a[(row * K) + i] * (double)b[(column * K) + i]), c[(row * 16) + column], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(16, 16, 16, "f16", "f32", "row", "col", "row", 8, 8, 8)]
    [InlineData(16, 16, 16, "f16", "f32", "col", "row", "col", 8, 8, 8)]
    [InlineData(32, 8, 16, "f16", "f32", "row", "row", "row", 8, 8, 8)]
    [InlineData(8, 32, 16, "f16", "f32", "col", "col", "row", 8, 8, 8)]
    [InlineData(16, 16, 16, "f16", "f16", "row", "col", "row", 8, 8, 4)]
    [InlineData(16, 16, 16, "f16", "f16", "row", "row", "col", 8, 8, 4)]
    [InlineData(16, 16, 16, "bf16", "f32", "row", "row", "row", 4, 4, 8)]
    [InlineData(32, 8, 16, "bf16", "f32", "col", "col", "col", 8, 2, 8)]
    [InlineData(16, 16, 8, "tf32", "f32", "row", "row", "row", 4, 4, 8)]
    [InlineData(16, 16, 8, "tf32", "f32", "col", "col", "col", 4, 4, 8)]
    [InlineData(16, 16, 16, "s8", "s32", "row", "col", "row", 2, 2, 8)]
    [InlineData(32, 8, 16, "u8", "s32", "col", "row", "col", 4, 1, 8)]
    [InlineData(8, 32, 16, "s8", "s32", "row", "row", "row", 1, 4, 8)]
    [InlineData(8, 8, 4, "f64", "f64", "row", "col", "row", 1, 1, 2)]
    [InlineData(8, 8, 4, "f64", "f64", "col", "row", "col", 1, 1, 2)]
    [InlineData(8, 8, 32, "s4", "s32", "row", "col", "row", 1, 1, 2)]
    public void Wmma_loads_multiplies_and_stores_in_every_layout(
        int m, int n, int k, string type, string sum, string layoutA, string layoutB, string layoutC, int registersA, int registersB, int registersC)
    {
        // Small integers: exact in every type.
        Random random = new(m + k);
        double[,] a = Small(random, m, k, type), b = Small(random, k, n, type), c = Small(random, m, n, sum);
        string word = type == "f64" ? "f64" : "b32", result = sum == "f64" ? "f64" : sum == "f32" ? "f32" : "b32";
        string List(string prefix, int first, int count) => "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => $"%{prefix}{i}")) + "}";
        string fragment = word == "f64" ? "fd" : "r", accumulator = result switch { "f64" => "fd", "f32" => "f", _ => "r" };
        string shape = $"m{m}n{n}k{k}", types = type == "f16" ? $"{sum}.{sum}" : $"{sum}.{type}.{type}.{sum}";
        int Stride(string layout, int rows, int columns) => layout == "row" ? columns : rows;
        using KernelRun run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry product(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d, .param .u32 strideC)
            {
                .reg .b32 %r<60>; .reg .f32 %f<60>; .reg .f64 %fd<60>; .reg .b64 %rd<8>;
                ld.param.u64 %rd1, [a];
                ld.param.u64 %rd2, [b];
                ld.param.u64 %rd3, [c];
                ld.param.u64 %rd4, [d];
                ld.param.u32 %r50, [strideC];
                wmma.load.a.sync.aligned.{{layoutA}}.{{shape}}.global.{{type}} {{List(fragment, 1, registersA)}}, [%rd1], {{Stride(layoutA, m, k)}};
                wmma.load.b.sync.aligned.{{layoutB}}.{{shape}}.global.{{type}} {{List(fragment, 10, registersB)}}, [%rd2];
                wmma.load.c.sync.aligned.{{layoutC}}.{{shape}}.global.{{sum}} {{List(accumulator, 20, registersC)}}, [%rd3], %r50;
                wmma.mma.sync.aligned.{{layoutA}}.{{layoutB}}.{{shape}}.{{types}} {{List(accumulator, 30, registersC)}}, {{List(fragment, 1, registersA)}}, {{List(fragment, 10, registersB)}}, {{List(accumulator, 20, registersC)}};
                wmma.store.d.sync.aligned.{{layoutC}}.{{shape}}.global.{{sum}} [%rd4], {{List(accumulator, 30, registersC)}}, %r50;
                ret;
            }
            """,
            "product");

        run.In("a", InMemory(a, type, layoutA)).In("b", InMemory(b, type, layoutB)).In("c", InMemory(c, sum, layoutC)).Out<byte>("d", m * n * Bits(sum) / 8)
            .Value(Stride(layoutC, m, n)).Clean(new Dim3(1), new Dim3(32));

        byte[] expected = InMemory(Product(a, b, c), sum, layoutC);
        Assert.Equal(expected, run.Read<byte>("d"));
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Stmatrix_stores_what_ldmatrix_would_load(int count, bool transposed)
    {
        uint[] values = [.. Enumerable.Range(0, 32 * count).Select(i => (uint)(i * 2_654_435))];
        string registers = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{i + 10}"));
        using KernelRun run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry gather(.param .u64 x, .param .u64 out)
            {
                .reg .b32 %r<20>; .reg .b64 %rd<8>; .reg .pred %p<3>;
                .shared .align 16 .b8 tile[{{count * 128}}];
                mov.u32 %r1, %tid.x;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [out];
                mov.u32 %r2, tile;
                mul.wide.u32 %rd3, %r1, {{count * 4}};
                add.s64 %rd3, %rd1, %rd3;
                {{string.Join("\n", Enumerable.Range(0, count).Select(i => $"ld.global.u32 %r{i + 10}, [%rd3+{i * 4}];"))}}
                and.b32 %r8, %r1, {{(count * 8) - 1}};
                shl.b32 %r8, %r8, 4;
                add.s32 %r8, %r8, %r2;
                stmatrix.sync.aligned.m8n8.x{{count}}{{(transposed ? ".trans" : "")}}.shared.b16 [%r8], { {{registers}} };
                bar.sync 0;
                setp.ge.u32 %p1, %r1, {{count * 8}};
                @%p1 bra $end;
                shl.b32 %r7, %r1, 4;
                add.s32 %r7, %r7, %r2;
                ld.shared.v4.u32 {%r3, %r4, %r5, %r6}, [%r7];
                mul.wide.u32 %rd5, %r1, 16;
                add.s64 %rd6, %rd2, %rd5;
                st.global.v4.u32 [%rd6], {%r3, %r4, %r5, %r6};
            $end:
                ret;
            }
            """,
            "gather");

        ushort[] got = run.In("x", values).Out<ushort>("out", count * 64).Clean(new Dim3(1), new Dim3(32)).Read<ushort>("out");

        for (int lane = 0; lane < 32; lane++)
        {
            for (int matrix = 0; matrix < count; matrix++)
            {
                for (int half = 0; half < 2; half++)
                {
                    (int row, int column) = transposed ? ((2 * (lane % 4)) + half, lane / 4) : (lane / 4, (2 * (lane % 4)) + half);
                    Assert.Equal((ushort)(values[(lane * count) + matrix] >> (16 * half)), got[(matrix * 64) + (row * 8) + column]);
                }
            }
        }
    }

    [Fact]
    public void Movmatrix_transposes()
    {
        uint[] values = [.. Enumerable.Range(0, 32).Select(i => (uint)((2 * i) | (((2 * i) + 1) << 16)))];
        using KernelRun run = KernelRun.Of(
            """
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry turn(.param .u64 x, .param .u64 out)
            {
                .reg .b32 %r<6>; .reg .b64 %rd<6>;
                mov.u32 %r1, %tid.x;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [out];
                mul.wide.u32 %rd3, %r1, 4;
                add.s64 %rd1, %rd1, %rd3;
                add.s64 %rd2, %rd2, %rd3;
                ld.global.u32 %r2, [%rd1];
                movmatrix.sync.aligned.m8n8.trans.b16 %r3, %r2;
                st.global.u32 [%rd2], %r3;
                ret;
            }
            """,
            "turn");

        ushort[] got = run.In("x", values).Out<ushort>("out", 64).Clean(new Dim3(1), new Dim3(32)).Read<ushort>("out");

        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ushort)((i % 8 * 8) + (i / 8))), got);
    }

    [Fact]
    public void A_sum_of_integers_wraps_or_saturates()
    {
        double[,] a = new double[16, 16], b = new double[16, 8], c = new double[16, 8];
        for (int i = 0; i < 16; i++)
        {
            (a[0, i], b[i, 0]) = (127, 127);
        }

        c[0, 0] = int.MaxValue;
        foreach ((string mode, int expected) in new[] { ("", unchecked(int.MaxValue + (16 * 127 * 127))), (".satfinite", int.MaxValue) })
        {
            using KernelRun run = KernelRun.Of(Kernel($"mma.sync.aligned.m16n8k16.row.col{mode}.s32.s8.s8.s32", 16, 8, 4, wide: false), "product");
            run.In("a", Pack(a, "s8", (lane, i) => PlaceInA(16, 8, lane, i))).In("b", Pack(b, "s8", (lane, i) => PlaceInB(8, lane, i)))
                .In("c", Pack(c, "s32", PlaceInC)).Out<byte>("d", 512).Clean(new Dim3(1), new Dim3(32));
            Assert.Equal(expected, Unpack(run.Read<byte>("d"), "s32", 16, 8)[0, 0]);
        }
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public void Ldmatrix_deals_out_rows_or_columns(int count, bool transposed)
    {
        ushort[] values = [.. Enumerable.Range(0, count * 64).Select(i => (ushort)(i * 37))];
        string registers = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{i + 10}"));
        using KernelRun run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry deal(.param .u64 x, .param .u64 out)
            {
                .reg .b32 %r<20>; .reg .b64 %rd<8>; .reg .pred %p<3>;
                .shared .align 16 .b8 tile[{{count * 128}}];
                mov.u32 %r1, %tid.x;
                ld.param.u64 %rd1, [x];
                ld.param.u64 %rd2, [out];
                mov.u32 %r2, tile;
                setp.ge.u32 %p1, %r1, {{count * 8}};
                @%p1 bra $ready;
                mul.wide.u32 %rd3, %r1, 16;
                add.s64 %rd4, %rd1, %rd3;
                ld.global.v4.u32 {%r3, %r4, %r5, %r6}, [%rd4];
                shl.b32 %r7, %r1, 4;
                add.s32 %r7, %r7, %r2;
                st.shared.v4.u32 [%r7], {%r3, %r4, %r5, %r6};
            $ready:
                bar.sync 0;
                and.b32 %r8, %r1, {{(count * 8) - 1}};
                shl.b32 %r8, %r8, 4;
                add.s32 %r8, %r8, %r2;
                ldmatrix.sync.aligned.m8n8.x{{count}}{{(transposed ? ".trans" : "")}}.shared.b16 { {{registers}} }, [%r8];
                mul.wide.u32 %rd5, %r1, {{count * 4}};
                add.s64 %rd6, %rd2, %rd5;
                {{string.Join("\n", Enumerable.Range(0, count).Select(i => $"st.global.u32 [%rd6+{i * 4}], %r{i + 10};"))}}
                ret;
            }
            """,
            "deal");
        run.Checks = CheckSet.All;

        run.In("x", values).Out<ushort>("out", count * 64).Clean(new Dim3(1), new Dim3(32));

        ushort[] got = run.Read<ushort>("out");
        for (int lane = 0; lane < 32; lane++)
        {
            for (int matrix = 0; matrix < count; matrix++)
            {
                for (int half = 0; half < 2; half++)
                {
                    (int row, int column) = transposed ? ((2 * (lane % 4)) + half, lane / 4) : (lane / 4, (2 * (lane % 4)) + half);
                    Assert.Equal(values[(matrix * 64) + (row * 8) + column], got[(((lane * count) + matrix) * 2) + half]);
                }
            }
        }
    }

    [Fact]
    public void A_matrix_row_behind_the_end_of_shared_memory_is_found()
    {
        using KernelRun run = KernelRun.Of(
            """
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry over(.param .u64 out)
            {
                .reg .b32 %r<10>; .reg .b64 %rd<4>;
                .shared .align 16 .b8 tile[256];
                mov.u32 %r1, %tid.x;
                mov.u32 %r2, tile;
                shl.b32 %r3, %r1, 4;
                add.s32 %r3, %r3, %r2;
                ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r4, %r5, %r6, %r7}, [%r3];
                ld.param.u64 %rd1, [out];
                st.global.u32 [%rd1], %r4;
                ret;
            }
            """,
            "over");

        LaunchResult result = run.Out<uint>("out", 1).Launch(new Dim3(1), new Dim3(32));

        Assert.Contains(result.Findings, finding => finding.Kind == FindingKind.OutOfBoundsRead);
    }

    [Fact]
    public void A_product_under_divergence_is_found()
    {
        using KernelRun run = KernelRun.Of(
            """
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry half(.param .u64 out)
            {
                .reg .b32 %r<10>; .reg .b64 %rd<4>; .reg .f32 %f<6>; .reg .pred %p<2>;
                mov.u32 %r1, %tid.x;
                mov.u32 %r2, 0;
                mov.f32 %f1, 0f00000000;
                setp.ge.u32 %p1, %r1, 16;
                @%p1 bra $end;
                mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r2, %r2}, {%r2}, {%f1, %f1, %f1, %f1};
            $end:
                ld.param.u64 %rd1, [out];
                st.global.f32 [%rd1], %f1;
                ret;
            }
            """,
            "half");

        LaunchResult result = run.Out<uint>("out", 1).Launch(new Dim3(1), new Dim3(32));

        Finding finding = Assert.Single(result.Findings);
        Assert.Equal(FindingKind.BarrierDivergence, finding.Kind);
        Assert.Contains("all 32 lanes", finding.Message, StringComparison.Ordinal);
    }

    /// <summary>Each lane loads its registers of A, B and C, multiplies, and stores those of D.</summary>
    private static string Kernel(string instruction, int bytesC, int bytesA, int bytesB, bool wide)
    {
        StringBuilder text = new();
        string word = wide ? "f64" : "b32", prefix = wide ? "%fd" : "%r";
        int size = wide ? 8 : 4;
        text.Append(CultureInfo.InvariantCulture, $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry product(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d)
            {
                .reg .b32 %r<100>; .reg .f64 %fd<100>; .reg .b64 %rd<20>;
                mov.u32 %r99, %tid.x;

            """);
        int next = 1;
        Dictionary<string, string> lists = [];
        foreach ((string name, int bytes, int at) in new[] { ("a", bytesA, 1), ("b", bytesB, 3), ("c", bytesC, 5), ("d", bytesC, 7) })
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"ld.param.u64 %rd{at}, [{name}]; mul.wide.u32 %rd{at + 1}, %r99, {bytes}; add.s64 %rd{at}, %rd{at}, %rd{at + 1};");
            List<string> registers = [];
            for (int i = 0; i < bytes / size; i++)
            {
                registers.Add(prefix + next.ToString(CultureInfo.InvariantCulture));
                next++;
                if (name != "d")
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"ld.global.{word} {registers[^1]}, [%rd{at}+{i * size}];");
                }
            }

            lists[name] = "{" + string.Join(", ", registers) + "}";
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{instruction} {lists["d"]}, {lists["a"]}, {lists["b"]}, {lists["c"]};");
        foreach ((string register, int i) in lists["d"].Trim('{', '}').Split(", ").Select((register, i) => (register, i)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"st.global.{word} [%rd7+{i * size}], {register};");
        }

        return text.AppendLine("ret;\n}").ToString();
    }

    private static int Bits(string type) => type switch { "f64" => 64, "f32" or "tf32" or "s32" => 32, "f16" or "bf16" => 16, "s4" or "u4" => 4, "b1" => 1, _ => 8 };

    // The figures of PTX ISA 8.4 §9.7.14: groupID = lane >> 2, threadID_in_group = lane % 4.
    private static (int Row, int Column) PlaceInA(int m, int bits, int lane, int i)
    {
        int group = lane >> 2, thread = lane % 4;
        return bits switch
        {
            64 or 32 => m == 8 ? (group, thread) : (i % 2 == 0 ? group : group + 8, thread + (i / 2 * 4)),
            16 => (i is 0 or 1 or 4 or 5 ? group : group + 8, (thread * 2) + (i & 1) + (i >= 4 ? 8 : 0)),
            8 => (m == 8 || i < 4 || (i >= 8 && i < 12) ? group : group + 8, (thread * 4) + (i & 3) + (i >= 8 ? 16 : 0)),
            4 => (m == 8 || i < 8 || (i >= 16 && i < 24) ? group : group + 8, (thread * 8) + (i & 7) + (i >= 16 ? 32 : 0)),
            _ => (m == 8 || i < 32 || (i >= 64 && i < 96) ? group : group + 8, (thread * 32) + (i & 31) + (i >= 64 ? 128 : 0)),
        };
    }

    private static (int Row, int Column) PlaceInB(int bits, int lane, int i)
    {
        int group = lane >> 2, thread = lane % 4;
        return bits switch
        {
            64 or 32 => (thread + (i * 4), group),
            16 => ((thread * 2) + (i & 1) + (i >= 2 ? 8 : 0), group),
            8 => ((thread * 4) + (i & 3) + (i >= 4 ? 16 : 0), group),
            4 => ((thread * 8) + (i & 7) + (i >= 8 ? 32 : 0), group),
            _ => ((thread * 32) + (i & 31) + (i >= 32 ? 128 : 0), group),
        };
    }

    private static (int Row, int Column) PlaceInC(int lane, int i) => (i < 2 ? lane >> 2 : (lane >> 2) + 8, ((lane % 4) * 2) + (i & 1));

    private static double[,] Values(Random random, int rows, int columns, string type)
    {
        double[,] values = new double[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                values[i, j] = type switch
                {
                    "b1" => random.Next(2),
                    "s4" => random.Next(-8, 8),
                    "u4" => random.Next(16),
                    "s8" => random.Next(-128, 128),
                    "u8" => random.Next(256),
                    "s32" => random.Next(-100_000, 100_000),
                    "f16" => (double)(Half)((random.NextDouble() * 4) - 2),
                    "f32" => (float)((random.NextDouble() * 4) - 2),
                    "f64" => (random.NextDouble() * 4) - 2,
                    "bf16" => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)((random.NextDouble() * 4) - 2)) & -65536),
                    "tf32" => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits((float)((random.NextDouble() * 4) - 2)) & -8192),
                    "e4m3" => (1 + (random.Next(8) / 8.0)) * Math.Pow(2, random.Next(-6, 8)) * (random.Next(2) == 0 ? 1 : -1),
                    _ => (1 + (random.Next(4) / 4.0)) * Math.Pow(2, random.Next(-14, 15)) * (random.Next(2) == 0 ? 1 : -1),
                };
            }
        }

        return values;
    }

    private static byte[] Pack(double[,] values, string type, Func<int, int, (int Row, int Column)> place)
    {
        int bits = Bits(type), each = values.Length / 32;
        byte[] bytes = new byte[32 * Math.Max(bits * each / 8, 4)];
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < each; i++)
            {
                (int row, int column) = place(lane, i);
                double value = values[row, column];
                Span<byte> own = bytes.AsSpan(lane * bytes.Length / 32);
                if (bits < 8)
                {
                    own[i * bits / 8] |= (byte)(((int)value & ((1 << bits) - 1)) << (i * bits % 8));
                    continue;
                }

                byte[] element = type switch
                {
                    "f64" => BitConverter.GetBytes(value),
                    "f32" or "tf32" => BitConverter.GetBytes((float)value),
                    "f16" => BitConverter.GetBytes((Half)value),
                    "bf16" => BitConverter.GetBytes((float)value)[2..],
                    "s32" => BitConverter.GetBytes((int)value),
                    "e5m2" => BitConverter.GetBytes((Half)value)[1..],
                    "e4m3" => [E4M3(value)],
                    _ => [(byte)(int)value],
                };
                element.CopyTo(own[(i * bits / 8)..]);
            }
        }

        return bytes;
    }

    private static double[,] Small(Random random, int rows, int columns, string type)
    {
        double[,] values = new double[rows, columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i / columns, i % columns] = type[0] == 'u' ? random.Next(8) : random.Next(-4, 5);
        }

        return values;
    }

    private static double[,] Product(double[,] a, double[,] b, double[,] c)
    {
        double[,] d = (double[,])c.Clone();
        for (int row = 0; row < d.GetLength(0); row++)
        {
            for (int column = 0; column < d.GetLength(1); column++)
            {
                for (int i = 0; i < a.GetLength(1); i++)
                {
                    d[row, column] += a[row, i] * b[i, column];
                }
            }
        }

        return d;
    }

    /// <summary>A matrix by rows or by columns; 32 lanes of <see cref="Pack"/> are only its way of writing elements one after the other.</summary>
    private static byte[] InMemory(double[,] values, string type, string layout)
    {
        int rows = values.GetLength(0), columns = values.GetLength(1), each = values.Length / 32;
        return Pack(values, type, (lane, i) => layout == "row" ? Math.DivRem((lane * each) + i, columns) : (((lane * each) + i) % rows, ((lane * each) + i) / rows));
    }

    private static byte E4M3(double value)
    {
        double magnitude = Math.Abs(value);
        int exponent = (int)Math.Floor(Math.Log2(magnitude));
        return (byte)((value < 0 ? 128 : 0) | ((exponent + 7) << 3) | (int)(((magnitude / Math.Pow(2, exponent)) - 1) * 8));
    }

    private static double[,] Unpack(byte[] bytes, string type, int m, int n)
    {
        double[,] values = new double[m, n];
        int size = Bits(type) / 8, each = bytes.Length / 32 / size;
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < each; i++)
            {
                (int row, int column) = PlaceInC(lane, i);
                ReadOnlySpan<byte> element = bytes.AsSpan(((lane * each) + i) * size);
                values[row, column] = type switch
                {
                    "f64" => BitConverter.ToDouble(element),
                    "f32" => BitConverter.ToSingle(element),
                    "f16" => (double)BitConverter.ToHalf(element),
                    _ => BitConverter.ToInt32(element),
                };
            }
        }

        return values;
    }
}
