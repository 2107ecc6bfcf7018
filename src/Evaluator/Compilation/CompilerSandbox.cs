using KernelForge.Processes;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// The compiler's root: CUDA headers, NVRTC, the C and C++ libraries that it and .NET need, the .NET runtime and this
/// program; nothing else. Whatever an <c>#include</c> can name is one of these.
/// </summary>
internal static class CompilerSandbox
{
    private const string InsideRuntime = "/dotnet";
    private const string InsideProgram = "/app";
    private const long HeapBytes = 1L << 30;

    private static readonly string[] Libraries =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libutil.so.1"];

    private static readonly string[] LibraryFolders = ["usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib"];

    /// <summary>Header folders as the compiler process sees them.</summary>
    public static IReadOnlyList<string> Includes(CompilerSettings settings, CompilerLibraries libraries)
        => [.. libraries.Includes.Select(i => settings.UnsafeNoSandbox ? Path.Combine(settings.Toolbox, i) : "/" + i)];

    public static ChildSpec Spec(CompilerSettings settings, CompilerLibraries libraries)
    {
        string program = Path.Combine(AppContext.BaseDirectory, DotnetProgram.RuntimeRoot is null ? "KernelForge.Evaluator" : "KernelForge.Evaluator.dll");
        var limits = new ChildSpec { FileName = "", MemoryLimitBytes = settings.MemoryBytes, ProcessLimit = 8 };
        if (settings.UnsafeNoSandbox)
        {
            string[] mode = ["compile", Path.Combine(settings.Toolbox, libraries.Library), Path.Combine(settings.Toolbox, libraries.Builtins)];
            return limits with
            {
                FileName = DotnetProgram.RuntimeRoot is null ? program : DotnetProgram.Host,
                Arguments = DotnetProgram.RuntimeRoot is null ? mode : [program, .. mode],
                Environment = DotnetProgram.Environment(HeapBytes),
            };
        }

        (string fileName, IReadOnlyList<string> arguments) = Sandbox.Command(Inside(settings, libraries, program));
        return limits with { FileName = fileName, Arguments = arguments };
    }

    private static SandboxSpec Inside(CompilerSettings settings, CompilerLibraries libraries, string program)
    {
        string insideProgram = InsideProgram + "/" + Path.GetFileName(program);
        string[] mode = ["compile", "/" + libraries.Library, "/" + libraries.Builtins];
        List<SandboxBind> binds = [new(AppContext.BaseDirectory.TrimEnd('/'), InsideProgram)];
        if (DotnetProgram.RuntimeRoot is { } runtime)
        {
            binds.Add(new SandboxBind(runtime, InsideRuntime));
        }

        return new SandboxSpec
        {
            Root = settings.Toolbox,
            Visible =
            [
                .. LibraryFolders.SelectMany(folder => Libraries.Select(library => folder + "/" + library)),
                "usr/lib64/ld-linux-x86-64.so.2",
                libraries.Library,
                libraries.Builtins,
                .. libraries.Includes,
            ],
            Binds = binds,
            Environment = new Dictionary<string, string>(DotnetProgram.Environment(HeapBytes), StringComparer.Ordinal)
            {
                ["DOTNET_ROOT"] = InsideRuntime,
                ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            },
            FileName = DotnetProgram.RuntimeRoot is null ? insideProgram : InsideRuntime + "/dotnet",
            Arguments = DotnetProgram.RuntimeRoot is null ? mode : [insideProgram, .. mode],
        };
    }
}
