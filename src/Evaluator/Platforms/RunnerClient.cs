using KernelForge.Processes;

namespace KernelForge.Evaluator.Platforms;

/// <summary>The runner could not do its work; nobody's kernel is to blame.</summary>
internal sealed class RunnerFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The runner was stopped at its wall-time limit: the kernels did not end.</summary>
internal sealed class RunnerTimeoutException(TimeSpan limit) : Exception($"the execution did not end within {limit.TotalSeconds:0} s of wall time")
{
    /// <summary>The limit.</summary>
    public TimeSpan Limit { get; } = limit;
}

/// <summary>
/// Starts the runner in its sandbox and asks it: no network, a read-only root with libraries only, the solution and the
/// reference cache read-only (design §6).
/// </summary>
internal sealed class RunnerClient : IAsyncDisposable
{
    private const long HeapLimit = 4L << 30;
    private const long MemoryLimit = 8L << 30;

    // The runner keeps its own time and answers with findings; only one that does not even do that is killed.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);
    private readonly ChildConversation _conversation;

    /// <summary>Starts a runner for <paramref name="platform"/>; it starts up while the caller goes on.</summary>
    /// <param name="platform"><c>sim</c>.</param>
    /// <param name="toolbox">Root with libraries.</param>
    /// <param name="visible">Host paths that the runner reads.</param>
    /// <param name="sandboxed">False only on the user's word.</param>
    public RunnerClient(string platform, string toolbox, IReadOnlyList<string> visible, bool sandboxed)
    {
        var limits = new ChildSpec { FileName = string.Empty, MemoryLimitBytes = MemoryLimit };

        // The warm-up writes files: outside a sandbox they would be left behind by a runner that is killed.
        string[] mode = sandboxed ? ["run", platform, "warm"] : ["run", platform];
        _conversation = new ChildConversation(sandboxed
            ? EvaluatorProgram.Sandboxed(limits, mode, HeapLimit, toolbox, ["usr/lib", "usr/lib64", "etc/ld.so.cache"], visible)
            : EvaluatorProgram.Plain(limits, mode, HeapLimit));
    }

    /// <summary>Asks.</summary>
    /// <exception cref="RunnerTimeoutException">It did not answer in time.</exception>
    /// <exception cref="RunnerFaultException">It failed.</exception>
    public async Task<RunnerReply> AskAsync(RunnerRequest request, CancellationToken cancellationToken)
    {
        var limit = (request.Check?.TimeLimit ?? request.Measure?.TimeLimit ?? request.Launch?.TimeLimit ?? TimeSpan.Zero) + Grace;
        RunnerReply reply;
        try
        {
            reply = await _conversation.AskAsync(request, PlatformJson.Default.RunnerRequest, PlatformJson.Default.RunnerReply, limit, cancellationToken);
        }
        catch (ChildFailedException error) when (error.Exit?.End == ChildEnd.TimedOut)
        {
            throw new RunnerTimeoutException(limit);
        }
        catch (ChildFailedException error)
        {
            throw new RunnerFaultException($"the runner {error.Message}", error);
        }

        return reply.Fault is { } fault ? throw new RunnerFaultException($"the runner failed: {fault}") : reply;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _conversation.DisposeAsync();
}
