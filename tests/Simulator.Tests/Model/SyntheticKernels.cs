using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>Textbook kernels for the time model's known truths.</summary>
internal static class SyntheticKernels
{
    private const ulong A = 0x10_0000_0000;
    private const ulong B = 0x20_0000_0000;
    private const ulong C = 0x30_0000_0000;

    /// <summary>out[i] = x[i · stride], one element of 4 or 16 bytes a thread, blocks of 256.</summary>
    public static SyntheticKernel Copy(long threads, int bytesPerThread, int stride = 1)
    {
        SyntheticKernel? kernel = null;
        int load = 0, store = 0;
        kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = (int)(threads / 256), BlockX = 256, RegistersPerThread = 16 },
            Buffers = [new("x", A, threads * bytesPerThread * stride), new("out", B, threads * bytesPerThread)],
            Body = warp =>
            {
                warp.Enter(0);
                ulong Index(int lane) => (((ulong)warp.X * 256) + ((ulong)warp.Number * 32) + (ulong)lane) * (ulong)bytesPerThread;
                warp.Global(load, AccessKind.Read, lane => A + (Index(lane) * (ulong)stride), bytesPerThread);
                warp.Global(store, AccessKind.Write, lane => B + Index(lane), bytesPerThread);
            },
        };
        kernel.Add("mov.u32", [1]);
        kernel.Add("mad.lo.s32", [2], [1]);
        kernel.Add("mul.wide.s32", [3], [2]);
        kernel.Add("add.s64", [4], [3]);
        load = kernel.Add(bytesPerThread == 16 ? "ld.global.v4.f32" : "ld.global.f32", [5], [4], line: 3);
        kernel.Add("add.s64", [6], [3]);
        store = kernel.Add(bytesPerThread == 16 ? "st.global.v4.f32" : "st.global.f32", [], [6, 5], line: 3);
        kernel.Add("ret");
        return kernel;
    }

    /// <summary>Transpose of an n × n float32 matrix by 32 × 32 tiles and 32 × 8 threads; rows of the tile are <paramref name="pitch"/> words.</summary>
    public static SyntheticKernel Transpose(int n, int pitch)
    {
        SyntheticKernel? kernel = null;
        int load = 0, put = 0, barrier = 0, take = 0, store = 0;
        kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = n / 32, GridY = n / 32, BlockX = 32, BlockY = 8, RegistersPerThread = 20, StaticSharedBytes = 32 * pitch * 4 },
            Buffers = [new("x", A, 4L * n * n), new("out", B, 4L * n * n)],
            Body = warp =>
            {
                warp.Enter(0);
                for (var part = 0; part < 4; part++)
                {
                    var row = warp.Number + (part * 8);
                    warp.Global(load + (2 * part), AccessKind.Read, lane => A + (4 * ((((ulong)warp.Y * 32) + (ulong)row) * (ulong)n)) + (((ulong)warp.X * 32) + (ulong)lane) * 4, 4);
                    warp.Shared(put + (2 * part), AccessKind.Write, lane => (ulong)((row * pitch) + lane) * 4);
                }

                warp.Barrier(barrier);
                warp.Enter(1);
                for (var part = 0; part < 4; part++)
                {
                    var row = warp.Number + (part * 8);
                    warp.Shared(take + (2 * part), AccessKind.Read, lane => (ulong)((lane * pitch) + row) * 4);
                    warp.Global(store + (2 * part), AccessKind.Write, lane => B + (4 * ((((ulong)warp.X * 32) + (ulong)row) * (ulong)n)) + (((ulong)warp.Y * 32) + (ulong)lane) * 4, 4);
                }
            },
        };
        kernel.Add("mad.lo.s32", [2]);
        kernel.Add("mul.wide.s32", [3], [2]);
        load = kernel.Instructions.Count;
        put = load + 1;
        for (var part = 0; part < 4; part++)
        {
            kernel.Add("ld.global.f32", [10 + part], [3]);
            kernel.Add("st.shared.f32", [], [10 + part]);
        }

        barrier = kernel.Add("bar.sync");
        kernel.NewBlock();
        take = kernel.Instructions.Count;
        store = take + 1;
        for (var part = 0; part < 4; part++)
        {
            kernel.Add("ld.shared.f32", [20 + part]);
            kernel.Add("st.global.f32", [], [20 + part]);
        }

        kernel.Add("ret");
        return kernel;
    }

    /// <summary>C = A · B, n × n float32, 16 × 16 threads, an element of C a thread, operands from global memory.</summary>
    public static SyntheticKernel MatmulNaive(int n)
    {
        SyntheticKernel? kernel = null;
        int a = 0, b = 0, store = 0;
        kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = n / 16, GridY = n / 16, BlockX = 16, BlockY = 16, RegistersPerThread = 32 },
            Buffers = [new("a", A, 4L * n * n), new("b", B, 4L * n * n), new("c", C, 4L * n * n)],
            Body = warp =>
            {
                warp.Enter(0);
                ulong Row(int lane) => ((ulong)warp.Y * 16) + ((ulong)warp.Number * 2) + (ulong)(lane / 16);
                ulong Column(int lane) => ((ulong)warp.X * 16) + (ulong)(lane % 16);
                for (var k = 0; k < n; k++)
                {
                    warp.Enter(1);
                    warp.Global(a, AccessKind.Read, lane => A + (((Row(lane) * (ulong)n) + (ulong)k) * 4), 4);
                    warp.Global(b, AccessKind.Read, lane => B + ((((ulong)k * (ulong)n) + Column(lane)) * 4), 4);
                }

                warp.Enter(2);
                warp.Global(store, AccessKind.Write, lane => C + (((Row(lane) * (ulong)n) + Column(lane)) * 4), 4);
            },
        };
        kernel.Add("mov.u32", [1]);
        kernel.NewBlock();
        a = kernel.Add("ld.global.f32", [5], [2]);
        b = kernel.Add("ld.global.f32", [6], [3]);
        kernel.Add("fma.rn.f32", [7], [5, 6, 7]);
        kernel.Add("add.s64", [2], [2]);
        kernel.Add("add.s64", [3], [3]);
        kernel.Add("add.s32", [4], [4]);
        kernel.Add("setp.lt.s32", [8], [4]);
        kernel.Add("bra", [], [8]);
        kernel.NewBlock();
        store = kernel.Add("st.global.f32", [], [7]);
        kernel.Add("ret");
        return kernel;
    }

    /// <summary>The same through 16 × 16 tiles in shared memory.</summary>
    public static SyntheticKernel MatmulTiled(int n)
    {
        SyntheticKernel? kernel = null;
        int a = 0, b = 0, putA = 0, putB = 0, first = 0, take = 0, second = 0, store = 0;
        kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = n / 16, GridY = n / 16, BlockX = 16, BlockY = 16, RegistersPerThread = 32, StaticSharedBytes = 2048 },
            Buffers = [new("a", A, 4L * n * n), new("b", B, 4L * n * n), new("c", C, 4L * n * n)],
            Body = warp => throw new InvalidOperationException("tiles are run by the whole block"),
        };
        kernel.Add("mov.u32", [1]);
        kernel.NewBlock();
        a = kernel.Add("ld.global.f32", [5], [2]);
        b = kernel.Add("ld.global.f32", [6], [3]);
        putA = kernel.Add("st.shared.f32", [], [5]);
        putB = kernel.Add("st.shared.f32", [], [6]);
        first = kernel.Add("bar.sync");
        kernel.NewBlock();
        take = kernel.Instructions.Count;
        for (var k = 0; k < 16; k++)
        {
            kernel.Add("ld.shared.f32", [20 + k]);
            kernel.Add("ld.shared.f32", [40 + k]);
        }

        for (var k = 0; k < 16; k++)
        {
            kernel.Add("fma.rn.f32", [7], [20 + k, 40 + k, 7]);
        }

        kernel.Add("add.s64", [2], [2]);
        kernel.Add("add.s64", [3], [3]);
        second = kernel.Add("bar.sync");
        kernel.NewBlock();
        store = kernel.Add("st.global.f32", [], [7]);
        kernel.Add("ret");
        var tiled = new SyntheticKernel
        {
            Shape = kernel.Shape,
            Buffers = kernel.Buffers,
            Body = warp =>
            {
                // One warp at a time stands in for the block: phases are as long as one tile.
                warp.Enter(0);
                ulong Row(int lane) => ((ulong)warp.Number * 2) + (ulong)(lane / 16);
                ulong Column(int lane) => (ulong)(lane % 16);
                for (var tile = 0; tile < n / 16; tile++)
                {
                    var at = (ulong)tile * 16;
                    warp.Enter(1);
                    warp.Global(a, AccessKind.Read, lane => A + (((((ulong)warp.Y * 16) + Row(lane)) * (ulong)n) + at + Column(lane)) * 4, 4);
                    warp.Global(b, AccessKind.Read, lane => B + (((at + Row(lane)) * (ulong)n) + ((ulong)warp.X * 16) + Column(lane)) * 4, 4);
                    warp.Shared(putA, AccessKind.Write, lane => ((Row(lane) * 16) + Column(lane)) * 4);
                    warp.Shared(putB, AccessKind.Write, lane => 1024 + (((Row(lane) * 16) + Column(lane)) * 4));
                    warp.Barrier(first);
                    warp.Enter(2);
                    for (var k = 0; k < 16; k++)
                    {
                        warp.Shared(take + (2 * k), AccessKind.Read, lane => ((Row(lane) * 16) + (ulong)k) * 4);
                        warp.Shared(take + (2 * k) + 1, AccessKind.Read, lane => 1024 + ((((ulong)k * 16) + Column(lane)) * 4));
                    }

                    warp.Barrier(second);
                }

                warp.Enter(3);
                warp.Global(store, AccessKind.Write, lane => C + (((((ulong)warp.Y * 16) + Row(lane)) * (ulong)n) + ((ulong)warp.X * 16) + Column(lane)) * 4, 4);
            },
        };
        tiled.CopyInstructions(kernel);
        return tiled;
    }

    /// <summary>Sum of n floats: every block strides over its share of the input; one atomic or store a block.</summary>
    public static SyntheticKernel Reduction(long n, int blocks)
    {
        SyntheticKernel? kernel = null;
        int load = 0, store = 0;
        var iterations = n / (blocks * 256L);
        kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = blocks, BlockX = 256, RegistersPerThread = 24 },
            Buffers = [new("x", A, n * 4), new("partial", B, blocks * 4L)],
            Body = warp =>
            {
                warp.Enter(0);
                for (long i = 0; i < iterations; i++)
                {
                    warp.Enter(1);
                    var at = (((ulong)i * (ulong)blocks) + (ulong)warp.X) * 256;
                    warp.Global(load, AccessKind.Read, lane => A + ((at + ((ulong)warp.Number * 32) + (ulong)lane) * 4), 4);
                }

                warp.Enter(2);
                warp.Global(store, AccessKind.Write, _ => B + ((ulong)warp.X * 4), 4);
            },
        };
        kernel.Add("mov.u32", [1]);
        kernel.NewBlock();
        load = kernel.Add("ld.global.f32", [5], [2]);
        kernel.Add("add.f32", [7], [5, 7]);
        kernel.Add("add.s64", [2], [2]);
        kernel.Add("setp.lt.s64", [8], [2]);
        kernel.Add("bra", [], [8]);
        kernel.NewBlock();
        for (var step = 0; step < 5; step++)
        {
            kernel.Add("shfl.sync.bfly.b32", [9], [7]);
            kernel.Add("add.f32", [7], [7, 9]);
        }

        store = kernel.Add("st.global.f32", [], [7]);
        kernel.Add("ret");
        return kernel;
    }
}
