namespace KernelForge.Evaluator.Compilation;

/// <summary>NVRTC's options for a request.</summary>
internal static class CompilerOptions
{
    /// <summary>The options, those of the plan last.</summary>
    public static IReadOnlyList<string> For(CompileRequest request, IReadOnlyList<string> includes)
    {
        var options = new List<string>
        {
            $"--gpu-architecture={request.Architecture}",
            "-lineinfo",
            "-default-device",
            "--ptxas-options=--verbose",
        };
        options.AddRange(includes.Select(i => "-I" + i));
        if (!request.Options.Any(o => o.StartsWith("-std=", StringComparison.Ordinal)))
        {
            options.Add("-std=c++17");
        }

        options.AddRange(request.Options);
        options.AddRange(request.Defines.Select(d => $"-D{d.Key}={d.Value}"));
        return options;
    }
}
