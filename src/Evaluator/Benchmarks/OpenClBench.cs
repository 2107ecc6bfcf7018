using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using KernelForge.Simulator.Benchmarking;

namespace KernelForge.Evaluator.Benchmarks;

/// <summary>What one OpenCL implementation made of the kernels.</summary>
internal sealed record OpenClReport
{
    /// <summary>The device's own name.</summary>
    public required string Device { get; init; }

    /// <summary>Kernels by name.</summary>
    public required IReadOnlyDictionary<string, OpenClSpeed> Kernels { get; init; }

    /// <summary>Why there are none.</summary>
    public string? Fault { get; init; }
}

/// <summary>One kernel.</summary>
/// <param name="Seconds">One launch, best of the repetitions.</param>
/// <param name="Checksum">Of the first launch's output.</param>
internal sealed record OpenClSpeed(double Seconds, double Checksum);

/// <summary>
/// Runs the twins on the OpenCL implementation that this process finds: <c>KernelForge.Evaluator bench opencl pocl|oclgrind</c>, inside a
/// root that holds nothing but PoCL, Oclgrind and their libraries.
/// </summary>
internal static class OpenClBench
{
    private const double SecondsPerKernel = 1;

    /// <summary>Runs all of them; whatever goes wrong is in the report.</summary>
    public static OpenClReport Run(string implementation)
    {
        try
        {
            return implementation == "oclgrind" ? RunOclgrind() : RunPocl();
        }
        catch (Exception error) when (error is InvalidOperationException or DllNotFoundException or EntryPointNotFoundException)
        {
            return new OpenClReport { Device = implementation, Kernels = new Dictionary<string, OpenClSpeed>(StringComparer.Ordinal), Fault = error.Message };
        }
    }

    private static OpenClReport RunPocl()
    {
        // One core: its own setting, and whatever threads it starts stay on the core that this process is given.
        OpenCl.setenv("POCL_MAX_PTHREAD_COUNT", "1", 1);
        OpenCl.setenv("POCL_CACHE_DIR", "/tmp/pocl", 1);

        // It links what it compiled with the root's own linker.
        OpenCl.setenv("PATH", "/usr/bin", 1);
        using (var self = Process.GetCurrentProcess())
        {
            self.ProcessorAffinity = 1;
        }

        return RunAll(BenchmarkKernel.All, SecondsPerKernel);
    }

    private static OpenClReport RunOclgrind()
    {
        OpenCl.setenv("OCL_ICD_VENDORS", "/usr/lib/oclgrind/liboclgrind-rt-icd.so", 1);
        OpenCl.setenv("OCLGRIND_DATA_RACES", "1", 1);
        OpenCl.setenv("OCLGRIND_NUM_THREADS", "1", 1);
        return RunAll(BenchmarkKernel.Small, 0);
    }

    private static OpenClReport RunAll(IReadOnlyList<BenchmarkKernel> kernels, double seconds)
    {
        nint platform = 0, device = 0;
        OpenCl.Check(OpenCl.clGetPlatformIDs(1, ref platform, out _), nameof(OpenCl.clGetPlatformIDs));
        OpenCl.Check(OpenCl.clGetDeviceIDs(platform, OpenCl.DeviceTypeAll, 1, ref device, out _), nameof(OpenCl.clGetDeviceIDs));
        var context = OpenCl.clCreateContext(0, 1, ref device, 0, 0, out var code);
        OpenCl.Check(code, nameof(OpenCl.clCreateContext));
        var queue = OpenCl.clCreateCommandQueue(context, device, 0, out code);
        OpenCl.Check(code, nameof(OpenCl.clCreateCommandQueue));
        var program = OpenCl.clCreateProgramWithSource(context, 1, [BenchmarkKernel.OpenClSource], 0, out code);
        OpenCl.Check(code, nameof(OpenCl.clCreateProgramWithSource));
        if (OpenCl.clBuildProgram(program, 0, 0, "", 0, 0) != 0)
        {
            throw new InvalidOperationException($"the twins do not build: {BuildLog(program, device)}");
        }

        return new OpenClReport
        {
            Device = NameOf(device),
            Kernels = kernels.Where(kernel => kernel.HasTwin).ToDictionary(kernel => kernel.Name, kernel => Measure(kernel, context, queue, program, seconds), StringComparer.Ordinal),
        };
    }

    private static OpenClSpeed Measure(BenchmarkKernel kernel, nint context, nint queue, nint program, double seconds)
    {
        var handle = OpenCl.clCreateKernel(program, kernel.Name, out var code);
        OpenCl.Check(code, $"{nameof(OpenCl.clCreateKernel)} of {kernel.Name}");
        var buffers = new List<nint>();
        nint output = 0;
        var outputBytes = 0;
        for (var at = 0; at < kernel.Arguments.Count; at++)
        {
            var argument = kernel.Arguments[at];
            if (argument.Data is not { } data)
            {
                OpenCl.Check(OpenCl.clSetKernelArg(handle, (uint)at, 4, BitConverter.GetBytes(argument.Value)), nameof(OpenCl.clSetKernelArg));
                continue;
            }

            var contents = BenchmarkKernel.Contents(argument, at);
            var buffer = OpenCl.clCreateBuffer(context, OpenCl.MemReadWrite | OpenCl.MemCopyHostPtr, (nuint)contents.Length, contents, out code);
            OpenCl.Check(code, nameof(OpenCl.clCreateBuffer));
            OpenCl.Check(OpenCl.clSetKernelArg(handle, (uint)at, 8, BitConverter.GetBytes(buffer)), nameof(OpenCl.clSetKernelArg));
            buffers.Add(buffer);
            (output, outputBytes) = data == BenchmarkData.Output ? (buffer, contents.Length) : (output, outputBytes);
        }

        var first = Launch(kernel, handle, queue);
        var result = new byte[outputBytes];
        OpenCl.Check(OpenCl.clEnqueueReadBuffer(queue, output, OpenCl.True, 0, (nuint)outputBytes, result, 0, 0, 0), nameof(OpenCl.clEnqueueReadBuffer));

        // The first launch compiles; a simulator, asked for one launch, has no more than interpreting in it.
        var best = seconds > 0 ? double.MaxValue : first;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
        {
            best = Math.Min(best, Launch(kernel, handle, queue));
        }

        buffers.ForEach(buffer => OpenCl.Check(OpenCl.clReleaseMemObject(buffer), nameof(OpenCl.clReleaseMemObject)));
        return new OpenClSpeed(best, BenchmarkChecksum.Of(kernel, result));
    }

    private static double Launch(BenchmarkKernel kernel, nint handle, nint queue)
    {
        ReadOnlySpan<nuint> local = [(nuint)kernel.Block.X, (nuint)kernel.Block.Y, (nuint)kernel.Block.Z];
        ReadOnlySpan<nuint> global = [(nuint)(kernel.Grid.X * kernel.Block.X), (nuint)(kernel.Grid.Y * kernel.Block.Y), (nuint)(kernel.Grid.Z * kernel.Block.Z)];
        var from = Stopwatch.GetTimestamp();
        OpenCl.Check(OpenCl.clEnqueueNDRangeKernel(queue, handle, 3, 0, global, local, 0, 0, 0), $"{nameof(OpenCl.clEnqueueNDRangeKernel)} of {kernel.Name}");
        OpenCl.Check(OpenCl.clFinish(queue), nameof(OpenCl.clFinish));
        return Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static string NameOf(nint device)
    {
        Span<byte> name = stackalloc byte[256];
        OpenCl.Check(OpenCl.clGetDeviceInfo(device, OpenCl.DeviceName, (nuint)name.Length, name, out var written), nameof(OpenCl.clGetDeviceInfo));
        return Encoding.UTF8.GetString(name[..(int)written]).TrimEnd('\0');
    }

    private static string BuildLog(nint program, nint device)
    {
        var log = new byte[16 * 1024];
        return OpenCl.clGetProgramBuildInfo(program, device, OpenCl.ProgramBuildLog, (nuint)log.Length, log, out var written) == 0
            ? Encoding.UTF8.GetString(log, 0, (int)written).TrimEnd('\0')
            : "there is no log";
    }
}

/// <summary>JSON of the pipe between the benchmark and its OpenCL process.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenClReport))]
internal sealed partial class OpenClJson : JsonSerializerContext;
