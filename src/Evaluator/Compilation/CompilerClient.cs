using System.Diagnostics;
using KernelForge.Contracts.Plans;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Compilation;

/// <summary>Where and how the compiler runs.</summary>
public sealed record CompilerSettings
{
    /// <summary>Root of the toolbox, <c>/</c> where this machine is the toolbox.</summary>
    public required string Toolbox { get; init; }

    /// <summary>Data folder, for the cache.</summary>
    public required string Home { get; init; }

    /// <summary>Run without bubblewrap: only on the user's word (<c>--unsafe-no-sandbox</c>).</summary>
    public bool UnsafeNoSandbox { get; init; }

    /// <summary>Wall time of one compilation.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Memory of the compiler process, bytes.</summary>
    public long MemoryBytes { get; init; } = 4L << 30;
}

/// <summary>NVRTC is not where it should be: exit code 69.</summary>
public sealed class CompilerMissingException(string message) : Exception(message);

/// <summary>The compiler broke for a reason that is nobody's source: exit code 70.</summary>
public sealed class CompilerBrokenException(string message) : Exception(message);

/// <summary>
/// Compiles solutions in a sandboxed child that is kept for the compilations of one evaluation, and keeps results on disk
/// by content. One compilation at a time.
/// </summary>
public sealed class CompilerClient : IAsyncDisposable
{
    private const int MaxStaticSharedBytes = 48 << 10;

    private readonly CompilerSettings _settings;
    private readonly CompilerLibraries _libraries;
    private readonly string _identity;
    private readonly CompileCache _cache;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChildConversation? _child;

    /// <summary>Finds the compiler; starts nothing.</summary>
    /// <exception cref="CompilerMissingException">NVRTC is not in the toolbox.</exception>
    public CompilerClient(CompilerSettings settings)
    {
        _settings = settings;
        _libraries = CompilerLibraries.Find(settings.Toolbox)
            ?? throw new CompilerMissingException($"libnvrtc and libnvrtc-builtins were not found below {settings.Toolbox}; ./kernelforge setup installs them, KERNELFORGE_TOOLBOX names another root");
        _identity = _libraries.Identity(settings.Toolbox);
        _cache = new CompileCache(settings.Home);
    }

    /// <summary>Starts the compiler process now, so that it is ready when the first compilation comes.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _child ??= new ChildConversation(CompilerSandbox.Spec(_settings, _libraries));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Compiles, or answers from the cache.</summary>
    /// <returns>A <see cref="CompileResult"/> or a <see cref="CompileFailure"/>.</returns>
    /// <exception cref="PlanException">The source compiles, but a kernel that the plan names does not exist or is overloaded.</exception>
    /// <exception cref="CompilerBrokenException">The compiler process fails on every source.</exception>
    public async Task<CompileOutcome> CompileAsync(CompileRequest request, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var inner = new CompilerRequest
        {
            Source = request.Source,
            Kernels = [.. request.Kernels.Select(k => k.Text)],
            Options = CompilerOptions.For(request, CompilerSandbox.Includes(_settings, _libraries)),
            Constants = CompilerOptions.Constants(request),
        };
        string key = CompileCache.Key(inner, _identity);
        CompilerReply? reply = await _cache.FindAsync(key, cancellationToken);
        if (reply is null)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                reply = await AskAsync(inner, cancellationToken);
            }
            catch (ChildFailedException failure) when (failure.Exit is { } exit)
            {
                return Died(exit, failure, clock.Elapsed.TotalMilliseconds);
            }
            finally
            {
                _turn.Release();
            }

            await _cache.KeepAsync(key, reply, cancellationToken);
        }

        return Outcome(request, reply, clock.Elapsed.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_child is not null)
        {
            await _child.DisposeAsync();
        }

        _turn.Dispose();
    }

    private async Task<CompilerReply> AskAsync(CompilerRequest request, CancellationToken cancellationToken)
    {
        ChildConversation child = _child ??= new ChildConversation(CompilerSandbox.Spec(_settings, _libraries));
        bool answered = false;
        try
        {
            CompilerReply reply = await child.AskAsync(
                request, CompileJson.Default.CompilerRequest, CompileJson.Default.CompilerReply, _settings.Timeout, cancellationToken);
            if (reply.Fault is not null)
            {
                throw new CompilerBrokenException($"NVRTC failed: {reply.Fault}");
            }

            answered = true;
            return reply;
        }
        finally
        {
            if (!answered)
            {
                // Its state is unknown or it is dead; the next compilation starts a fresh one.
                _child = null;
                await child.DisposeAsync();
            }
        }
    }

    private CompileFailure Died(ChildExit exit, ChildFailedException failure, double elapsedMs)
    {
        // NVRTC crashes on some sources (stack overflow, internal assertion): 139 is SIGSEGV, 134 SIGABRT.
        bool crashed = exit.End == ChildEnd.Exited && exit.ExitCode is 134 or 136 or 139;
        string? message = exit.End switch
        {
            ChildEnd.TimedOut or ChildEnd.Killed => $"compilation took longer than {_settings.Timeout.TotalSeconds:0} s and was stopped; less template recursion, unrolling or generated code",
            ChildEnd.MemoryExceeded => $"compilation used more than {_settings.MemoryBytes >> 20} MiB and was stopped; less template recursion, unrolling or generated code",
            _ when crashed => "the compiler crashed on this source; deep template recursion or nesting does that",
            _ => null,
        };
        return message is null
            ? throw new CompilerBrokenException($"the compiler process {failure.Message}")
            : new CompileFailure { Message = message, Diagnostics = message, ElapsedMs = elapsedMs };
    }

    private static CompileOutcome Outcome(CompileRequest request, CompilerReply reply, double elapsedMs)
    {
        if (reply.WrongKernel is not null)
        {
            PlanExpression at = request.Kernels.First(k => k.Text == reply.WrongKernel);
            string[] found = [.. GlobalFunctions.Names(request.Source)];
            string known = found.Length == 0 ? "none" : string.Join(", ", found);
            throw new PlanException(at, $"'{at.Text}' is not a kernel of this file ({reply.Diagnostics}); __global__ functions found: {known}{Suggestion.For(at.Text, found)}");
        }

        if (reply.Ptx is null)
        {
            string diagnostics = reply.Diagnostics ?? "";
            return new CompileFailure { Message = FirstError(diagnostics), Diagnostics = diagnostics, Compiler = reply.Compiler, ElapsedMs = elapsedMs };
        }

        // ptxas inside NVRTC lets it pass; loading the module on a GPU does not.
        CompiledKernel? large = reply.Kernels!.FirstOrDefault(k => k.StaticSharedBytes > MaxStaticSharedBytes);
        if (large is not null)
        {
            string message = $"'{large.Name}' declares {large.StaticSharedBytes} bytes of static shared memory; at most {MaxStaticSharedBytes} can be declared: use extern __shared__ and \"shared_bytes\" of the launch for more";
            return new CompileFailure { Message = message, Diagnostics = message, Compiler = reply.Compiler, ElapsedMs = elapsedMs };
        }

        string[] foreign = [.. PtxModule.Parse(reply.Ptx).Externs.Where(e => !PtxRules.AllowedExterns.Contains(e))];
        if (foreign.Length > 0)
        {
            string message = $"the code needs {string.Join(", ", foreign)}, which nobody defines; only {string.Join(", ", PtxRules.AllowedExterns)} are there: remove 'extern' declarations and device-runtime calls";
            return new CompileFailure { Message = message, Diagnostics = message, Compiler = reply.Compiler, ElapsedMs = elapsedMs };
        }

        return new CompileResult
        {
            Compiler = reply.Compiler,
            ElapsedMs = elapsedMs,
            Ptx = reply.Ptx,
            Cubin = reply.Cubin,
            Kernels = reply.Kernels!.ToDictionary(k => k.Name),
            Log = reply.Log,
        };
    }

    private static string FirstError(string diagnostics)
    {
        string? line = diagnostics.Split('\n').FirstOrDefault(l => l.Contains("error", StringComparison.OrdinalIgnoreCase));
        string remedy = line is not null && (line.Contains("cannot open source file", StringComparison.Ordinal) || line.Contains("includes itself", StringComparison.Ordinal))
            ? "; a solution is one file: of others only the CUDA headers are there"
            : "";
        return $"the compiler refused it: {(line ?? diagnostics).Trim()}{remedy}";
    }
}
