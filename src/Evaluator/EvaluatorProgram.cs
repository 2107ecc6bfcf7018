using KernelForge.Processes;

namespace KernelForge.Evaluator;

/// <summary>How this program starts itself again as the compiler or the runner, inside a sandbox or without one.</summary>
internal static class EvaluatorProgram
{
    private const string InsideRuntime = "/dotnet";
    private const string InsideProgram = "/app";

    /// <summary>The command line that runs this program in another mode.</summary>
    public static (string FileName, IReadOnlyList<string> Arguments) Command(IReadOnlyList<string> arguments)
    {
        var program = ProgramFile();
        return DotnetProgram.RuntimeRoot is null ? (program, arguments) : (DotnetProgram.Host, [program, .. arguments]);
    }

    /// <summary>The same inside a sandbox that shows libraries, the runtime, this program and <paramref name="visible"/>, nothing else.</summary>
    public static ChildSpec Sandboxed(ChildSpec spec, string toolbox, IReadOnlyList<string> arguments, IReadOnlyList<string> visible, long heapLimit)
    {
        var program = InsideProgram + "/" + Path.GetFileName(ProgramFile());
        List<SandboxBind> binds = [new(AppContext.BaseDirectory.TrimEnd('/'), InsideProgram)];
        if (DotnetProgram.RuntimeRoot is { } runtime)
        {
            binds.Add(new SandboxBind(runtime, InsideRuntime));
        }

        binds.AddRange(visible.Where(Path.Exists).Select(path => new SandboxBind(path, path)));
        var (fileName, all) = Sandbox.Command(new SandboxSpec
        {
            Root = toolbox,
            Visible = ["usr/lib", "usr/lib64", "etc/ld.so.cache"],
            Binds = binds,
            Environment = new Dictionary<string, string>(DotnetProgram.Environment(heapLimit), StringComparer.Ordinal)
            {
                ["DOTNET_ROOT"] = InsideRuntime,
                ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            },
            FileName = DotnetProgram.RuntimeRoot is null ? program : InsideRuntime + "/dotnet",
            Arguments = DotnetProgram.RuntimeRoot is null ? arguments : [program, .. arguments],
        });
        return spec with { FileName = fileName, Arguments = all };
    }

    private static string ProgramFile() =>
        Path.Combine(AppContext.BaseDirectory, DotnetProgram.RuntimeRoot is null ? "KernelForge.Evaluator" : "KernelForge.Evaluator.dll");
}
