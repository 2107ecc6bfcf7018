using System.Text;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Reference;

/// <summary>
/// One sandboxed Python process with one task file: describe, prepare and trace in turn, so that PyTorch is loaded once
/// an evaluation. Whatever the task's code does, a call ends: with an answer, or with one of the two exceptions.
/// </summary>
internal sealed class WorkerSession : IAsyncDisposable
{
    private const string TaskInside = "/tmp/task.py";
    private const string ScratchInside = "/tmp/trials";
    private const string WorkerInside = "/tmp/worker";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly ReferenceOptions _options;
    private readonly ChildConversation _conversation;
    private readonly string _taskName;

    private WorkerSession(ReferenceOptions options, ChildConversation conversation, string taskName, string taskPath, string scratch, bool sandboxed)
    {
        _options = options;
        _conversation = conversation;
        _taskName = taskName;
        Scratch = scratch;
        TaskSeen = sandboxed ? TaskInside : taskPath;
        ScratchSeen = sandboxed ? ScratchInside : scratch;
    }

    /// <summary>Folder on the host that the worker may write to.</summary>
    public string Scratch { get; }

    /// <summary>The same folder as the worker sees it.</summary>
    public string ScratchSeen { get; }

    private string TaskSeen { get; }

    /// <summary>Starts Python and loads PyTorch.</summary>
    /// <exception cref="ReferenceUnavailableException">Python, PyTorch or the sandbox cannot be had.</exception>
    public static async Task<WorkerSession> StartAsync(ReferenceOptions options, string taskName, string taskPath, string scratch, string workerFolder, CancellationToken cancellationToken)
    {
        var (fileName, arguments, environment) = Command(options, taskPath, scratch, workerFolder);
        ChildConversation conversation;
        try
        {
            conversation = new ChildConversation(new ChildSpec
            {
                FileName = fileName,
                Arguments = arguments,
                Environment = environment,
                MemoryLimitBytes = options.MemoryLimitBytes + (1L << 30),
                ProcessLimit = options.ProcessLimit,
            });
        }
        catch (ChildStartException error)
        {
            throw new ReferenceUnavailableException($"the reference worker could not be started: {error.Message}: apt-get install bubblewrap, or ./kernelforge setup", error);
        }

        try
        {
            await conversation.AskAsync(new WorkerRequest { Op = "hello" }, ReferenceJson.Default.WorkerRequest, ReferenceJson.Default.WorkerReply, StartTimeout, cancellationToken);
            return new WorkerSession(options, conversation, taskName, taskPath, scratch, !options.UnsafeNoSandbox);
        }
        catch (ChildFailedException error)
        {
            await conversation.DisposeAsync();
            var problem = options.UnsafeNoSandbox ? null : await Sandbox.ProblemAsync(options.Toolbox, cancellationToken);
            throw new ReferenceUnavailableException(problem ?? $"Python with PyTorch did not start from the toolbox {options.Toolbox}: the worker {error.Message}", error);
        }
        catch (OperationCanceledException)
        {
            await conversation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks the worker; the session is of no use after an exception.</summary>
    /// <exception cref="TaskFileException">The task file is to blame.</exception>
    /// <exception cref="ReferenceUnavailableException">The machine is.</exception>
    public async Task<WorkerReply> AskAsync(WorkerRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = new CancellationTokenSource();
        var watching = WatchScratchAsync(watch, done.Token);
        try
        {
            var reply = await _conversation.AskAsync(request with { Task = TaskSeen }, ReferenceJson.Default.WorkerRequest, ReferenceJson.Default.WorkerReply, timeout, watch.Token);
            return reply.Ok ? reply : throw Explain(reply.Error);
        }
        catch (ChildFailedException error)
        {
            throw Explain(error, request.Op, timeout);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TaskFileException($"{_taskName}: the task filled the scratch folder with more than {_options.ScratchLimitBytes >> 20} MiB and was stopped");
        }
        finally
        {
            await done.CancelAsync();
            await watching;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _conversation.DisposeAsync();

    private static (string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment) Command(ReferenceOptions options, string taskPath, string scratch, string workerFolder)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = "/tmp",
            ["LANG"] = "C.UTF-8",
            ["OMP_NUM_THREADS"] = "1",
            ["OPENBLAS_NUM_THREADS"] = "1",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["PYTHONHASHSEED"] = "0",
            ["TORCHDYNAMO_DISABLE"] = "1",
            ["KERNELFORGE_WORKER_MEMORY"] = options.MemoryLimitBytes.ToString(),
        };
        if (options.UnsafeNoSandbox)
        {
            var main = Path.Combine(workerFolder, "main.py");
            return options.Toolbox == "/" ? ("python3", [main], environment) : OfToolbox(options.Toolbox, main, environment);
        }

        var (fileName, arguments) = Sandbox.Command(new SandboxSpec
        {
            Root = options.Toolbox,
            Binds = [new(taskPath, TaskInside), new(workerFolder, WorkerInside), new(scratch, ScratchInside, Writable: true)],
            Environment = environment,
            FileName = "/usr/bin/env",
            Arguments = ["python3", WorkerInside + "/main.py"],
        });
        return (fileName, arguments, new Dictionary<string, string>(StringComparer.Ordinal));
    }

    // Without a sandbox the toolbox is no root: its own loader finds its own libraries, whatever distribution this is.
    private static (string FileName, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment) OfToolbox(
        string toolbox, string main, Dictionary<string, string> environment)
    {
        var loader = Path.Combine(toolbox, "usr/lib64/ld-linux-x86-64.so.2");
        var python = Path.Combine(toolbox, "usr/bin/python3");
        if (!File.Exists(loader) || !File.Exists(python))
        {
            throw new ReferenceUnavailableException($"there is no {(File.Exists(loader) ? python : loader)}: run ./kernelforge setup, or set KERNELFORGE_TOOLBOX=/ where this machine's python3 has torch");
        }

        // The system's choice between BLAS libraries is a link into /etc, which is another system's here.
        var libraries = Path.Combine(toolbox, "usr/lib/x86_64-linux-gnu");
        string[] choices = Directory.Exists(libraries)
            ? [.. Directory.EnumerateDirectories(libraries).Where(f => Path.GetFileName(f) is "blas" or "lapack" || Path.GetFileName(f).StartsWith("openblas", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal)]
            : [];
        environment["PYTHONHOME"] = Path.Combine(toolbox, "usr");
        environment["PYTHONNOUSERSITE"] = "1";
        return (loader, ["--library-path", string.Join(':', [libraries, Path.Combine(toolbox, "usr/lib"), .. choices]), python, main], environment);
    }

    private async Task WatchScratchAsync(CancellationTokenSource exceeded, CancellationToken done)
    {
        try
        {
            while (ReferenceCache.SizeOf(Scratch) <= _options.ScratchLimitBytes)
            {
                await Task.Delay(WatchInterval, done);
            }

            await exceeded.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The answer is there.
        }
    }

    private Exception Explain(WorkerError? error) => error switch
    {
        { Kind: "task" } => new TaskFileException($"{_taskName}: {error.Message}", error.Line),
        { Kind: "system", Errno: 28 } => ReferenceCache.DiskFull(Scratch, null),
        { Kind: "system" } => new ReferenceUnavailableException($"the reference worker failed on {_taskName}: {error.Message}"),
        _ => new InvalidOperationException($"the reference worker failed on {_taskName}: {error?.Message ?? "it gave no reason"}"),
    };

    private TaskFileException Explain(ChildFailedException error, string op, TimeSpan timeout)
    {
        var text = new StringBuilder($"{_taskName}: ");
        switch (error.Exit?.End)
        {
            case ChildEnd.TimedOut:
                text.Append($"the task did not finish to {op} within {timeout.TotalSeconds:0.#} s and was stopped (the limit holds for loading the file, making the model and its inputs, and running forward)");
                break;
            case ChildEnd.MemoryExceeded:
                text.Append($"the task used more than {_options.MemoryLimitBytes >> 20} MiB and was stopped");
                break;
            case ChildEnd.ProcessesExceeded:
                text.Append($"the task started more than {_options.ProcessLimit} processes and was stopped");
                break;
            case ChildEnd.OutputFlood:
                text.Append("the task printed more than the 64 MiB that are let through and was stopped");
                break;
            default:
                text.Append($"the task's code ended the Python process: the worker {error.Message}");
                break;
        }

        return new TaskFileException(text.ToString());
    }
}
