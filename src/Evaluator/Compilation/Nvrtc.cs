using System.Runtime.InteropServices;
using System.Text;

namespace KernelForge.Evaluator.Compilation;

/// <summary>NVRTC's C interface (nvrtc.h 12.4), with its own names.</summary>
internal static partial class Nvrtc
{
    public const int Success = 0;
    public const int CompilationError = 6;

    private const string Library = "nvrtc";
    private static string? _libraryPath;

    /// <summary>
    /// Loads NVRTC from a full path. Its builtins must be loaded first, by their own full path: NVRTC looks for them by
    /// name only, on the loader's path.
    /// </summary>
    public static void Load(string libraryPath, string builtinsPath)
    {
        if (_libraryPath is not null)
        {
            return;
        }

        NativeLibrary.Load(builtinsPath);
        NativeLibrary.Load(libraryPath);
        NativeLibrary.SetDllImportResolver(
            typeof(Nvrtc).Assembly,
            (name, _, _) => name == Library ? NativeLibrary.Load(libraryPath) : IntPtr.Zero);
        _libraryPath = libraryPath;
    }

    /// <summary><c>12.4</c>.</summary>
    public static string Version()
    {
        Check(nvrtcVersion(out int major, out int minor), nameof(nvrtcVersion));
        return $"{major}.{minor}";
    }

    /// <summary>Turns a result code into an exception with the library's own text.</summary>
    public static void Check(int result, string call)
    {
        if (result != Success)
        {
            throw new NvrtcException($"{call}: {Marshal.PtrToStringUTF8(nvrtcGetErrorString(result))} ({result})");
        }
    }

    [LibraryImport(Library)]
    internal static partial int nvrtcVersion(out int major, out int minor);

    [LibraryImport(Library)]
    internal static partial IntPtr nvrtcGetErrorString(int result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcCreateProgram(
        out NvrtcProgram program, string source, string name, int headerCount, string[] headers, string[] includeNames);

    [LibraryImport(Library)]
    internal static partial int nvrtcDestroyProgram(ref IntPtr program);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcAddNameExpression(NvrtcProgram program, string expression);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcCompileProgram(NvrtcProgram program, int optionCount, string[] options);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int nvrtcGetLoweredName(NvrtcProgram program, string expression, out IntPtr name);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLogSize(NvrtcProgram program, out nuint size);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetProgramLog(NvrtcProgram program, Span<byte> log);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetPTXSize(NvrtcProgram program, out nuint size);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetPTX(NvrtcProgram program, Span<byte> ptx);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBINSize(NvrtcProgram program, out nuint size);

    [LibraryImport(Library)]
    internal static partial int nvrtcGetCUBIN(NvrtcProgram program, Span<byte> cubin);
}

/// <summary>NVRTC failed for a reason other than the source.</summary>
internal sealed class NvrtcException(string message) : Exception(message);

/// <summary>An NVRTC program.</summary>
internal sealed class NvrtcProgram : SafeHandle
{
    public NvrtcProgram()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    private delegate int SizeCall(NvrtcProgram program, out nuint size);

    private delegate int BytesCall(NvrtcProgram program, Span<byte> bytes);

    public override bool IsInvalid => handle == IntPtr.Zero;

    public static NvrtcProgram Create(string source, string name, IReadOnlyDictionary<string, string> headers)
    {
        Nvrtc.Check(
            Nvrtc.nvrtcCreateProgram(out NvrtcProgram program, source, name, headers.Count, [.. headers.Values], [.. headers.Keys]),
            nameof(Nvrtc.nvrtcCreateProgram));
        return program;
    }

    public void AddNameExpression(string expression)
        => Nvrtc.Check(Nvrtc.nvrtcAddNameExpression(this, expression), nameof(Nvrtc.nvrtcAddNameExpression));

    /// <summary>NVRTC's result code: 0, or 6 for errors in the source.</summary>
    public int Compile(string[] options) => Nvrtc.nvrtcCompileProgram(this, options.Length, options);

    public string Log() => Text(Read(Nvrtc.nvrtcGetProgramLogSize, Nvrtc.nvrtcGetProgramLog, "nvrtcGetProgramLog"));

    public string Ptx() => Text(Read(Nvrtc.nvrtcGetPTXSize, Nvrtc.nvrtcGetPTX, "nvrtcGetPTX"));

    public byte[] Cubin() => Read(Nvrtc.nvrtcGetCUBINSize, Nvrtc.nvrtcGetCUBIN, "nvrtcGetCUBIN");

    /// <summary>The name in PTX; null where the expression names no kernel.</summary>
    public string? LoweredName(string expression)
        => Nvrtc.nvrtcGetLoweredName(this, expression, out IntPtr name) == Nvrtc.Success ? Marshal.PtrToStringUTF8(name) : null;

    protected override bool ReleaseHandle() => Nvrtc.nvrtcDestroyProgram(ref handle) == Nvrtc.Success;

    private byte[] Read(SizeCall size, BytesCall bytes, string call)
    {
        Nvrtc.Check(size(this, out nuint count), call + "Size");
        byte[] buffer = new byte[(int)count];
        if (count > 0)
        {
            Nvrtc.Check(bytes(this, buffer), call);
        }

        return buffer;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).TrimEnd('\0');
}
