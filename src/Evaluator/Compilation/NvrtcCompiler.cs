using System.Text;
using System.Text.RegularExpressions;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// One compilation, inside the compiler process. A single <c>nvrtcCompileProgram</c> for <c>sm_XX</c> gives PTX, cubin,
/// ptxas's figures, lowered names and the probe's answers.
/// </summary>
internal static partial class NvrtcCompiler
{
    private const string FileName = "solution.cu";
    private const int MaxLog = 64 * 1024;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    public static CompilerReply Compile(CompilerRequest request)
    {
        string compiler = "nvrtc " + Nvrtc.Version();
        string[] options = [.. request.Options];
        using NvrtcProgram program = NvrtcProgram.Create(SignatureProbe.Append(request.Source, request.Kernels), FileName, StandardHeaders.All);
        foreach (string kernel in request.Kernels)
        {
            program.AddNameExpression(kernel);
        }

        int result = program.Compile(options);
        string log = program.Log();
        if (result == Nvrtc.Success)
        {
            return Succeeded(request, compiler, program, log);
        }

        if (log.Trim().Length == 0)
        {
            Nvrtc.Check(result, nameof(Nvrtc.nvrtcCompileProgram));
        }

        return Failed(request, compiler, options, log);
    }

    private static CompilerReply Succeeded(CompilerRequest request, string compiler, NvrtcProgram program, string log)
    {
        PtxModule module = PtxModule.Parse(program.Ptx());
        Dictionary<string, PtxasInfo> figures = PtxasLog.Parse(log);
        var kernels = new List<CompiledKernel>();
        for (int i = 0; i < request.Kernels.Count; i++)
        {
            string name = request.Kernels[i];
            string? lowered = program.LoweredName(name);
            PtxEntry? entry = module.Entries.FirstOrDefault(e => e.Name == lowered);
            if (lowered is null || entry is null)
            {
                return new CompilerReply { Compiler = compiler, WrongKernel = name, Diagnostics = "it is not a __global__ function" };
            }

            PtxasInfo info = figures.GetValueOrDefault(lowered) ?? new PtxasInfo(0, 0, 0, 0, 0);
            kernels.Add(new CompiledKernel
            {
                Name = name,
                LoweredName = lowered,
                Signature = SignatureProbe.Read(entry, module.Bytes(SignatureProbe.ConstantOf(i)) ?? throw new InvalidDataException($"no probe of {name} in the PTX")),
                Registers = info.Registers,
                StaticSharedBytes = info.SharedBytes,
                SpillBytes = info.SpillBytes,
                StackBytes = info.StackBytes,
                ConstantBytes = info.ConstantBytes,
                MaxThreads = entry.MaxThreads,
            });
        }

        return new CompilerReply
        {
            Compiler = compiler,
            Ptx = module.Without([.. request.Kernels.Select((_, i) => SignatureProbe.ConstantOf(i))]),
            Cubin = program.Cubin(),
            Kernels = kernels,
            Log = Shorten(WithoutProbe(request.Source, PtxasLog.Diagnostics(log))),
        };
    }

    /// <summary>
    /// The error may be the solution's or the plan's (a kernel that does not exist). The source alone decides: where it
    /// fails too, its diagnostics are the answer; else a probe's line names the wrong kernel; else it is an instantiation.
    /// </summary>
    private static CompilerReply Failed(CompilerRequest request, string compiler, string[] options, string log)
    {
        using NvrtcProgram alone = NvrtcProgram.Create(request.Source, FileName, StandardHeaders.All);
        if (alone.Compile(options) != Nvrtc.Success)
        {
            return new CompilerReply { Compiler = compiler, Diagnostics = Shorten(PtxasLog.Diagnostics(alone.Log())) };
        }

        if (NameError().Match(log) is { Success: true } name && request.Kernels.FirstOrDefault(k => k == name.Groups["kernel"].Value.Trim()) is { } wrong)
        {
            return new CompilerReply { Compiler = compiler, WrongKernel = wrong, Diagnostics = "it is not a __global__ function" };
        }

        foreach (Match match in ErrorLine().Matches(log))
        {
            int line = int.Parse(match.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            if (line <= SignatureProbe.SourceLines(request.Source))
            {
                break;
            }

            if (SignatureProbe.KernelOfLine(request.Source, line, request.Kernels.Count) is { } kernel)
            {
                return new CompilerReply { Compiler = compiler, WrongKernel = request.Kernels[kernel], Diagnostics = match.Groups["text"].Value.Trim() };
            }
        }

        return new CompilerReply { Compiler = compiler, Diagnostics = Shorten(WithoutProbe(request.Source, PtxasLog.Diagnostics(log))) };
    }

    /// <summary>Leaves out messages about lines behind the source.</summary>
    private static string WithoutProbe(string source, string log)
    {
        int lines = SignatureProbe.SourceLines(source);
        var kept = new StringBuilder();
        bool keep = true;
        foreach (string line in log.Split('\n'))
        {
            if (AnyLine().Match(line) is { Success: true } match)
            {
                keep = int.Parse(match.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) <= lines;
            }
            else if (ErrorCount().IsMatch(line))
            {
                keep = false;
            }

            if (keep)
            {
                kept.Append(line).Append('\n');
            }
        }

        return kept.ToString().Trim();
    }

    private static string Shorten(string text)
        => text.Length <= MaxLog ? text : string.Concat(text.AsSpan(0, MaxLog - 64), $"\n[… {text.Length - MaxLog + 64} more characters left out]");

    [GeneratedRegex(@"^solution\.cu\((?<line>\d+)\): (catastrophic )?error[^:]*: (?<text>.*)$", Options | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ErrorLine();

    [GeneratedRegex("^__nv_name_map\\(\\d+\\): error: .*non-__global__.*was: \"(?<kernel>[^\"]*)\"", Options | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NameError();

    [GeneratedRegex(@"^solution\.cu\((?<line>\d+)\): ", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AnyLine();

    [GeneratedRegex(@"^\d+ (error|catastrophic)", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ErrorCount();
}
