using System.Runtime.InteropServices;

namespace KernelForge.Evaluator.Benchmarks;

/// <summary>OpenCL's C interface (cl.h 1.2), with its own names: what the benchmark's twins need.</summary>
internal static partial class OpenCl
{
    public const ulong DeviceTypeAll = 0xFFFFFFFF;
    public const ulong MemReadWrite = 1;
    public const ulong MemCopyHostPtr = 32;
    public const uint ProgramBuildLog = 0x1183;
    public const uint DeviceName = 0x102B;
    public const uint True = 1;
    private const string Library = "libOpenCL.so.1";

    /// <summary>Turns a code into an exception with the call's name.</summary>
    public static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"{call} failed with {code}");
        }
    }

    /// <summary>Sets a variable where C libraries see it: .NET keeps its own copy of the environment.</summary>
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)]
    public static partial int clGetPlatformIDs(uint entries, ref nint platform, out uint count);

    [LibraryImport(Library)]
    public static partial int clGetDeviceIDs(nint platform, ulong type, uint entries, ref nint device, out uint count);

    [LibraryImport(Library)]
    public static partial int clGetDeviceInfo(nint device, uint what, nuint size, Span<byte> value, out nuint written);

    [LibraryImport(Library)]
    public static partial nint clCreateContext(nint properties, uint devices, ref nint device, nint notify, nint data, out int code);

    [LibraryImport(Library)]
    public static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, out int code);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint clCreateProgramWithSource(nint context, uint count, string[] sources, nint lengths, out int code);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int clBuildProgram(nint program, uint devices, nint device, string options, nint notify, nint data);

    [LibraryImport(Library)]
    public static partial int clGetProgramBuildInfo(nint program, nint device, uint what, nuint size, Span<byte> value, out nuint written);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint clCreateKernel(nint program, string name, out int code);

    [LibraryImport(Library)]
    public static partial nint clCreateBuffer(nint context, ulong flags, nuint size, ReadOnlySpan<byte> contents, out int code);

    [LibraryImport(Library)]
    public static partial int clSetKernelArg(nint kernel, uint index, nuint size, ReadOnlySpan<byte> value);

    [LibraryImport(Library)]
    public static partial int clEnqueueNDRangeKernel(nint queue, nint kernel, uint dimensions, nint offset, ReadOnlySpan<nuint> global, ReadOnlySpan<nuint> local, uint waits, nint waitList, nint done);

    [LibraryImport(Library)]
    public static partial int clFinish(nint queue);

    [LibraryImport(Library)]
    public static partial int clEnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint offset, nuint size, Span<byte> destination, uint waits, nint waitList, nint done);

    [LibraryImport(Library)]
    public static partial int clReleaseMemObject(nint buffer);
}
