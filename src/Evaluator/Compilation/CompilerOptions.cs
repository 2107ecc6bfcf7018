namespace KernelForge.Evaluator.Compilation;

/// <summary>NVRTC's options for a request.</summary>
internal static class CompilerOptions
{
    /// <summary>The header of <see cref="Constants"/>, included before the first line.</summary>
    public const string ConstantsHeader = "kf_constants.h";

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
        string constants = Constants(request);
        if (constants.Length > 0)
        {
            options.Add($"--pre-include={ConstantsHeader}");
        }

        HashSet<string> hidden = TemplateParameters.Names(request.Source);
        options.AddRange(request.Defines.Where(d => !hidden.Contains(d.Key)).Select(d => $"-D{d.Key}={d.Value}"));
        return options;
    }

    /// <summary>
    /// C names that the source lacks (<see cref="SourcePrelude"/>), and defines that cannot be macros because a template
    /// parameter has their name, as a header.
    /// </summary>
    public static string Constants(CompileRequest request)
    {
        HashSet<string> hidden = TemplateParameters.Names(request.Source);
        return SourcePrelude.For(request.Source) + string.Concat(request.Defines.Where(d => hidden.Contains(d.Key)).Select(d => $"static constexpr auto {d.Key} = {d.Value};\n"));
    }
}
