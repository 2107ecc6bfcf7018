using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Ptx;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Judging;
using KernelForge.Evaluator.Platforms;
using KernelForge.Processes;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Ptx;

/// <summary>
/// Answers <c>ptx compile|run|explain</c>: compiles the file as solutions are compiled, and has the runner launch one kernel.
/// The two children do the work in their sandboxes, as for <c>eval</c>.
/// </summary>
internal sealed partial class PtxSession(PtxRequest request) : IAsyncDisposable
{
    private const int MostSourceBytes = 1 << 20;
    private const int MostPtxBytes = 64 << 20;
    private static readonly TimeSpan LaunchTimeLimit = TimeSpan.FromSeconds(120);
    private CompilerClient? _compiler;
    private RunnerClient? _runner;

    /// <summary>Answers.</summary>
    /// <exception cref="EvaluationFaultException">There can be no answer.</exception>
    /// <exception cref="CompilerMissingException">NVRTC cannot be had.</exception>
    public async Task<PtxReply> AnswerAsync(CancellationToken cancellationToken)
    {
        var profile = ProfileOf(request.Device);
        await SandboxRule.RequireAsync(request.Toolbox, request.UnsafeNoSandbox, "ptx", cancellationToken);
        if (request.Launch is { } launch)
        {
            // It starts up while the compiler works.
            _runner = new RunnerClient("sim", request.Toolbox, [.. launch.Arguments.Select(argument => argument.File).OfType<string>().Distinct()], sandboxed: !request.UnsafeNoSandbox);
        }

        try
        {
            return IsPtx(request.Path) ? await OfPtxAsync(cancellationToken) : await OfSourceAsync(profile, cancellationToken);
        }
        catch (PlanException error)
        {
            throw new EvaluationFaultException(64, error.Message, error);
        }
        catch (RunnerTimeoutException error)
        {
            throw new EvaluationFaultException(70, error.Message, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_compiler is not null)
        {
            await _compiler.DisposeAsync();
        }

        if (_runner is not null)
        {
            await _runner.DisposeAsync();
        }
    }

    private static bool IsPtx(string path) => path.EndsWith(".ptx", StringComparison.OrdinalIgnoreCase);

    private static GpuProfile ProfileOf(string device)
    {
        try
        {
            return GpuProfiles.Get(device);
        }
        catch (ArgumentException error)
        {
            throw new EvaluationFaultException(64, $"--gpu: {error.Message.Split(" (Parameter '")[0]}", error);
        }
    }

    private async Task<PtxReply> OfPtxAsync(CancellationToken cancellationToken)
    {
        var ptx = await ReadAsync(request.Path, MostPtxBytes, cancellationToken);
        if (request.Launch is not { } launch)
        {
            throw new EvaluationFaultException(64, $"{request.Path} is PTX already; ptx compile takes a .cu file, ptx run launches either");
        }

        var reply = await AskAsync(new LaunchRequest { Ptx = ptx, Kernel = request.Kernel, Launch = launch, Device = request.Device, TimeLimit = LaunchTimeLimit }, cancellationToken);
        var (name, source) = await SourceBesideAsync(ptx, cancellationToken);
        return Reply(reply, new PtxText
        {
            Ptx = ptx,
            Architecture = reply.Target ?? "",
            Kernels = reply.Kernel is { } kernel ? [kernel] : [],
            Source = source,
            SourceName = name,
        });
    }

    private async Task<PtxReply> OfSourceAsync(GpuProfile profile, CancellationToken cancellationToken)
    {
        var source = await ReadAsync(request.Path, MostSourceBytes, cancellationToken);
        var name = Path.GetFileName(request.Path);
        var kernel = request.Launch is null ? request.Kernel : request.Kernel ?? OnlyKernel(source, name);
        _compiler = new CompilerClient(new CompilerSettings { Home = request.Home, Toolbox = request.Toolbox, UnsafeNoSandbox = request.UnsafeNoSandbox });
        var outcome = await _compiler.CompileAsync(
            new CompileRequest
            {
                Source = source,
                Kernels = kernel is null ? [] : [new PlanExpression(kernel, "--kernel")],
                Defines = request.Defines,
                Options = request.Options,
                Architecture = profile.Architecture,
            },
            cancellationToken);
        if (outcome is CompileFailure failure)
        {
            return new PtxReply { Refusal = new PtxRefusal("compile_error", Named(failure.Message, name), Named(failure.Diagnostics, name)) };
        }

        var compiled = (CompileResult)outcome;
        var text = new PtxText
        {
            Ptx = WithoutPaths(compiled.Ptx, name),
            Architecture = profile.Architecture,
            Compiler = compiled.Compiler,
            Log = Named(compiled.Log, name),
            Kernels = [.. compiled.Kernels.Values.Select(found => Describe(found, source))],
            Source = source,
            SourceName = name,
        };
        if (request.Launch is not { } launch)
        {
            return new PtxReply { Module = text };
        }

        var reply = await AskAsync(
            new LaunchRequest
            {
                Ptx = text.Ptx,
                Kernel = kernel,
                Compiled = compiled.Kernels[kernel!],
                ParameterNames = GlobalFunctions.ParameterNames(source, kernel!),
                Launch = launch,
                Device = request.Device,
                TimeLimit = LaunchTimeLimit,
            },
            cancellationToken);
        return Reply(reply, text);
    }

    private async Task<LaunchReply> AskAsync(LaunchRequest launch, CancellationToken cancellationToken)
    {
        var reply = await _runner!.AskAsync(new RunnerRequest { Launch = launch }, cancellationToken);
        return reply.Launch ?? throw new RunnerFaultException("the runner answered something else than a launch");
    }

    private static PtxReply Reply(LaunchReply reply, PtxText text) =>
        reply.Wrong is { } wrong ? throw new EvaluationFaultException(wrong.ExitCode, wrong.Message)
        : reply.Unsupported is { } unsupported ? new PtxReply { Module = text, Refusal = new PtxRefusal("unsupported", unsupported, "") }
        : new PtxReply { Module = text, Launch = reply.Report };

    private static string OnlyKernel(string source, string name) => GlobalFunctions.Names(source).ToList() switch
    {
        [var only] => only,
        [] => throw new EvaluationFaultException(65, $"{name} holds no kernel (__global__ function)"),
        var several => throw new EvaluationFaultException(64, $"{name} holds {several.Count} kernels; choose one with --kernel: {string.Join(", ", several)}"),
    };

    private static PtxKernel Describe(CompiledKernel kernel, string source)
    {
        var names = GlobalFunctions.ParameterNames(source, kernel.Name);
        var parameters = kernel.Signature.Parameters;
        return new PtxKernel
        {
            Name = kernel.Name,
            LoweredName = kernel.LoweredName,
            Parameters = [.. parameters.Select((parameter, at) => names.Count == parameters.Count ? $"{parameter.Describe()} {names[at]}" : parameter.Describe())],
            Registers = kernel.Registers,
            SpillBytes = kernel.SpillBytes,
            StaticSharedBytes = kernel.StaticSharedBytes,
        };
    }

    /// <summary>The compiler calls every source the same; diagnostics name the user's file.</summary>
    private static string Named(string text, string name) => CompilerFile().Replace(text, name);

    /// <summary>The PTX with file names only: of the source the user's, of headers their last part.</summary>
    private static string WithoutPaths(string ptx, string name) => FileDirective().Replace(ptx, match =>
    {
        var file = Path.GetFileName(match.Groups["path"].Value);
        return $"{match.Groups["head"].Value}\"{(match.Groups["index"].Value == "1" ? name : file)}\"";
    });

    /// <summary>The source that a PTX file was made from, where it lies beside it under the name that the PTX gives.</summary>
    private async Task<(string? Name, string? Source)> SourceBesideAsync(string ptx, CancellationToken cancellationToken)
    {
        if (FileDirective().Matches(ptx).FirstOrDefault(match => match.Groups["index"].Value == "1") is not { } match)
        {
            return (null, null);
        }

        var name = Path.GetFileName(match.Groups["path"].Value);
        var path = Path.Combine(Path.GetDirectoryName(request.Path)!, name);
        return File.Exists(path) && new FileInfo(path).Length <= MostSourceBytes ? (name, await ReadAsync(path, MostSourceBytes, cancellationToken)) : (name, null);
    }

    private static async Task<string> ReadAsync(string path, int most, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = InputFile.OpenRead(path);
            if (file.Length > most)
            {
                throw new EvaluationFaultException(65, $"{path} has {file.Length} bytes; at most {most} are read");
            }

            using var reader = new StreamReader(file, Encoding.UTF8);
            return await reader.ReadToEndAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationFaultException(65, $"{path} cannot be read: {error.Message}", error);
        }
    }

    [GeneratedRegex(@"\bsolution\.cu\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex CompilerFile();

    [GeneratedRegex("^(?<head>\\s*\\.file\\s+(?<index>[0-9]+)\\s+)\"(?<path>[^\"\\n]*)\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FileDirective();
}
