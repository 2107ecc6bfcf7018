using KernelForge.Processes;

namespace KernelForge.Evaluator;

/// <summary>How this program starts itself again as the compiler or the runner, inside a sandbox or without one.</summary>
internal static class EvaluatorProgram
{
    private const string InsideRuntime = "/dotnet";
    private const string InsideProgram = "/app";

    /// <summary>This program in another mode, on the host itself: only on the user's word.</summary>
    /// <param name="limits">What it may use.</param>
    /// <param name="mode">Its arguments.</param>
    /// <param name="heapBytes">Limit of its managed heap.</param>
    public static ChildSpec Plain(ChildSpec limits, IReadOnlyList<string> mode, long heapBytes)
    {
        var program = ProgramFile(AppContext.BaseDirectory);
        return limits with
        {
            FileName = DotnetProgram.RuntimeRoot is null ? program : DotnetProgram.Host,
            Arguments = DotnetProgram.RuntimeRoot is null ? mode : [program, .. mode],
            Environment = DotnetProgram.Environment(heapBytes),
        };
    }

    /// <summary>The same in a sandbox that shows the .NET runtime, this program, and what is named; nothing else.</summary>
    /// <param name="limits">What it may use.</param>
    /// <param name="mode">Its arguments.</param>
    /// <param name="heapBytes">Limit of its managed heap.</param>
    /// <param name="toolbox">Root that libraries and headers come from.</param>
    /// <param name="visible">Parts of that root.</param>
    /// <param name="hostPaths">Files and folders of the host, shown read-only at their own paths.</param>
    public static ChildSpec Sandboxed(
        ChildSpec limits, IReadOnlyList<string> mode, long heapBytes, string toolbox, IReadOnlyList<string> visible, IReadOnlyList<string> hostPaths)
    {
        var program = ProgramFile(InsideProgram);
        List<SandboxBind> binds = [new(AppContext.BaseDirectory.TrimEnd('/'), InsideProgram)];
        if (DotnetProgram.RuntimeRoot is { } runtime)
        {
            binds.Add(new SandboxBind(runtime, InsideRuntime));
        }

        binds.AddRange(hostPaths.Where(Path.Exists).Select(path => new SandboxBind(path, path)));
        var (fileName, arguments) = Sandbox.Command(new SandboxSpec
        {
            Root = toolbox,
            Visible = visible,
            Binds = binds,
            Environment = new Dictionary<string, string>(DotnetProgram.Environment(heapBytes), StringComparer.Ordinal)
            {
                ["DOTNET_ROOT"] = InsideRuntime,
                ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
            },
            FileName = DotnetProgram.RuntimeRoot is null ? program : InsideRuntime + "/dotnet",
            Arguments = DotnetProgram.RuntimeRoot is null ? mode : [program, .. mode],
        });
        return limits with { FileName = fileName, Arguments = arguments };
    }

    private static string ProgramFile(string folder) =>
        Path.Combine(folder, DotnetProgram.RuntimeRoot is null ? "KernelForge.Evaluator" : "KernelForge.Evaluator.dll");
}
