namespace KernelForge.Processes;

/// <summary>How to start a child process and what it may use.</summary>
public sealed record ChildSpec
{
    /// <summary>Program: a path, or a name looked up on the PATH.</summary>
    public required string FileName { get; init; }

    /// <summary>Arguments, one entry each; no shell is involved.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables added to the inherited ones.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Working folder; null: the parent's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Wall time after which the whole tree is killed; null: none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Anonymous memory of the whole tree, bytes, above which it is killed; null: none. Polled (design §6: RLIMIT_AS breaks .NET and CUDA).</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Processes in the tree above which it is killed; null: none.</summary>
    public int? ProcessLimit { get; init; }

    /// <summary>Bytes on standard output and error together after which it is killed; only the first and last 16 KiB of each are kept.</summary>
    public long OutputLimitBytes { get; init; } = 64L << 20;

    /// <summary>Opens a pipe for messages; the child finds its descriptor in <see cref="ChildProcess.PipeVariable"/>.</summary>
    public bool Pipe { get; init; }
}

/// <summary>Why a child ended.</summary>
public enum ChildEnd
{
    /// <summary>By itself, or by a signal that nobody here sent.</summary>
    Exited,

    /// <summary>Over <see cref="ChildSpec.Timeout"/>.</summary>
    TimedOut,

    /// <summary>Over <see cref="ChildSpec.MemoryLimitBytes"/>.</summary>
    MemoryExceeded,

    /// <summary>Over <see cref="ChildSpec.ProcessLimit"/>.</summary>
    ProcessesExceeded,

    /// <summary>Over <see cref="ChildSpec.OutputLimitBytes"/>.</summary>
    OutputFlood,

    /// <summary><see cref="ChildProcess.Kill"/> was called.</summary>
    Killed,
}

/// <summary>How a child ended. Output is evidence for people; nothing parses it.</summary>
/// <param name="End">Why.</param>
/// <param name="ExitCode">Exit status; 128 + signal where a signal ended it.</param>
/// <param name="StandardOutput">What is kept of it.</param>
/// <param name="StandardError">What is kept of it.</param>
/// <param name="PeakMemoryBytes">Largest anonymous memory seen of the tree; 0 where it was never polled.</param>
public sealed record ChildExit(ChildEnd End, int ExitCode, string StandardOutput, string StandardError, long PeakMemoryBytes);
