using System.Runtime.InteropServices;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Benchmarking;

/// <summary>What a buffer of a benchmark's kernel holds.</summary>
public enum BenchmarkData
{
    /// <summary>float32, uniform in [0, 1).</summary>
    Floats,

    /// <summary>float16 pairs, each half in [0, 1).</summary>
    Halves,

    /// <summary>int32, uniform in [0, elements).</summary>
    Integers,

    /// <summary>Zeros that the kernel writes over or adds to.</summary>
    Output,
}

/// <summary>One argument: a buffer of 32-bit elements, or 32 bits passed by value.</summary>
/// <param name="Data">What the buffer holds; null for a value.</param>
/// <param name="Elements">Its elements.</param>
/// <param name="Value">The value's bits.</param>
public readonly record struct BenchmarkArgument(BenchmarkData? Data, int Elements, int Value)
{
    /// <summary>A buffer.</summary>
    public static BenchmarkArgument Buffer(BenchmarkData data, int elements) => new(data, elements, 0);

    /// <summary>An integer.</summary>
    public static BenchmarkArgument Integer(int value) => new(null, 0, value);

    /// <summary>A float.</summary>
    public static BenchmarkArgument Float(float value) => new(null, 0, BitConverter.SingleToInt32Bits(value));
}

/// <summary>
/// A kernel of <c>bench simulator</c> at one size: as NVRTC 12.4 compiled it for sm_90a (<c>Kernels/*.ptx</c>), and, but for the tensor
/// cores', the same work in OpenCL C under the same name (<c>Kernels/twins.cl</c>) for the simulators and compilers it is compared with.
/// </summary>
/// <param name="Name">Its name in PTX and OpenCL.</param>
/// <param name="File">The PTX resource without its ending.</param>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads of a block.</param>
/// <param name="Arguments">In order; the output is the last buffer.</param>
public sealed record BenchmarkKernel(string Name, string File, Dim3 Grid, Dim3 Block, IReadOnlyList<BenchmarkArgument> Arguments)
{
    private static readonly BenchmarkArgument Epsilon = BenchmarkArgument.Float(1e-5f);

    /// <summary>Dynamic shared memory, bytes.</summary>
    public int SharedBytes { get; init; }

    /// <summary>There is a kernel of this name in <see cref="OpenClSource"/>.</summary>
    public bool HasTwin { get; init; } = true;

    /// <summary>OpenCL C of all kernels that have a twin.</summary>
    public static string OpenClSource => Text("twins.cl");

    /// <summary>The PTX.</summary>
    public string Ptx => Text($"{File}.ptx");

    /// <summary>All kernels at the size at which speeds are measured.</summary>
    public static IReadOnlyList<BenchmarkKernel> All { get; } = AtScale(1);

    /// <summary>The same, small enough for a simulator that is thousands of times slower.</summary>
    public static IReadOnlyList<BenchmarkKernel> Small { get; } = AtScale(16);

    /// <summary>The contents of an argument's buffer: the same ones each time.</summary>
    public static byte[] Contents(BenchmarkArgument argument, int position)
    {
        var random = new Random(position + 1);
        var bytes = new byte[argument.Elements * 4];
        switch (argument.Data)
        {
            case BenchmarkData.Floats:
                foreach (ref var value in MemoryMarshal.Cast<byte, float>(bytes.AsSpan()))
                {
                    value = random.NextSingle();
                }

                break;
            case BenchmarkData.Halves:
                foreach (ref var value in MemoryMarshal.Cast<byte, Half>(bytes.AsSpan()))
                {
                    value = (Half)random.NextSingle();
                }

                break;
            case BenchmarkData.Integers:
                foreach (ref var value in MemoryMarshal.Cast<byte, int>(bytes.AsSpan()))
                {
                    value = random.Next(argument.Elements);
                }

                break;
        }

        return bytes;
    }

    private static IReadOnlyList<BenchmarkKernel> AtScale(int divisor)
    {
        var elements = (1 << 20) / divisor;
        var side = divisor == 1 ? 1024 : 256;
        var product = divisor == 1 ? 512 : 64;
        var rows = 256 / divisor;
        var columns = 4096;
        var n = BenchmarkArgument.Integer(elements);
        var output = BenchmarkArgument.Buffer(BenchmarkData.Output, elements);
        var floats = BenchmarkArgument.Buffer(BenchmarkData.Floats, elements);
        var integers = BenchmarkArgument.Buffer(BenchmarkData.Integers, elements);
        var square = BenchmarkArgument.Buffer(BenchmarkData.Floats, product * product);
        var productOutput = BenchmarkArgument.Buffer(BenchmarkData.Output, product * product);
        var size = BenchmarkArgument.Integer(product);
        var image = BenchmarkArgument.Buffer(BenchmarkData.Floats, side * side);
        var imageOutput = BenchmarkArgument.Buffer(BenchmarkData.Output, side * side);
        var width = BenchmarkArgument.Integer(side);
        var table = BenchmarkArgument.Buffer(BenchmarkData.Floats, rows * columns);
        var tableOutput = BenchmarkArgument.Buffer(BenchmarkData.Output, rows * columns);
        var row = BenchmarkArgument.Buffer(BenchmarkData.Floats, columns);
        var halves = BenchmarkArgument.Buffer(BenchmarkData.Halves, product * product / 2);
        var blocks = new Dim3(elements / 256);
        var strided = new Dim3(Math.Max(1, 512 / divisor));
        return
        [
            new("copy", "copy", blocks, new(256), [floats, output, n]),
            new("saxpy", "saxpy", strided, new(256), [floats, floats, output, BenchmarkArgument.Float(1.5f), n]),
            new("matmul_naive", "matmul_naive", new(product / 16, product / 16), new(16, 16), [square, square, productOutput, size, size, size]),
            new("matmul_tiled", "matmul", new(product / 16, product / 16), new(16, 16), [square, square, productOutput, size, size, size]),
            new("softmax", "softmax", new(rows), new(256), [table, tableOutput, BenchmarkArgument.Integer(columns)]),
            new("layernorm", "layernorm", new(rows), new(256), [table, row, row, tableOutput, BenchmarkArgument.Integer(columns), Epsilon]) { SharedBytes = 2048 },
            new("block_sum", "reduce", new(128 / divisor), new(256), [floats, BenchmarkArgument.Buffer(BenchmarkData.Output, 128 / divisor), n]),
            new("histogram", "histogram", strided, new(256), [integers, BenchmarkArgument.Buffer(BenchmarkData.Output, 256), n]),
            new("convolution", "convolution", new(side / 32, side / 8), new(32, 8), [image, BenchmarkArgument.Buffer(BenchmarkData.Floats, 9), imageOutput, width, width]),
            new("transpose", "transpose", new(side / 32, side / 32), new(32, 8), [image, imageOutput, width]),
            new("transpose_padded", "transpose", new(side / 32, side / 32), new(32, 8), [image, imageOutput, width]),
            new("mma", "mma", new(product / 32, product / 16), new(128), [halves, halves, productOutput, size, size, size]) { HasTwin = false },
            new("gather", "gather", blocks, new(256), [floats, integers, output, n]),
            new("divergent", "divergent", blocks, new(256), [floats, integers, output, n]),
        ];
    }

    private static string Text(string name)
    {
        using Stream stream = typeof(BenchmarkKernel).Assembly.GetManifestResourceStream($"KernelForge.Simulator.Benchmarking.{name}")
            ?? throw new InvalidOperationException($"the resource {name} is missing");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
