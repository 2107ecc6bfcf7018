using KernelForge.Processes;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// The compiler's root: CUDA headers, NVRTC, the C and C++ libraries that it and .NET need, the .NET runtime and this
/// program; nothing else. Whatever an <c>#include</c> can name is one of these.
/// </summary>
internal static class CompilerSandbox
{
    private const long HeapBytes = 1L << 30;

    private static readonly string[] Libraries =
        ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libutil.so.1"];

    private static readonly string[] LibraryFolders = ["usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib"];

    /// <summary>Header folders as the compiler process sees them.</summary>
    public static IReadOnlyList<string> Includes(CompilerSettings settings, CompilerLibraries libraries)
        => [.. libraries.Includes.Select(i => settings.UnsafeNoSandbox ? Path.Combine(settings.Toolbox, i) : "/" + i)];

    public static ChildSpec Spec(CompilerSettings settings, CompilerLibraries libraries)
    {
        var limits = new ChildSpec { FileName = string.Empty, MemoryLimitBytes = settings.MemoryBytes, ProcessLimit = 8 };
        if (settings.UnsafeNoSandbox)
        {
            return EvaluatorProgram.Plain(limits, ["compile", Path.Combine(settings.Toolbox, libraries.Library), Path.Combine(settings.Toolbox, libraries.Builtins)], HeapBytes);
        }

        IReadOnlyList<string> visible =
        [
            .. LibraryFolders.SelectMany(folder => Libraries.Select(library => folder + "/" + library)),
            "usr/lib64/ld-linux-x86-64.so.2",
            libraries.Library,
            libraries.Builtins,
            .. libraries.Includes,
        ];
        return EvaluatorProgram.Sandboxed(limits, ["compile", "/" + libraries.Library, "/" + libraries.Builtins], HeapBytes, settings.Toolbox, visible, hostPaths: []);
    }
}
