namespace KernelForge.Evaluator.Reference;

/// <summary>Where the reference worker runs and what it may use.</summary>
public sealed record ReferenceOptions
{
    /// <summary>Data folder; the cache lies in <c>cache/reference</c>.</summary>
    public required string Home { get; init; }

    /// <summary>Root with Python and PyTorch; <c>/</c> where this machine is the toolbox.</summary>
    public required string Toolbox { get; init; }

    /// <summary>Run Python without bubblewrap: only on the user's word.</summary>
    public bool UnsafeNoSandbox { get; init; }

    /// <summary>Time for one describe or trace.</summary>
    public TimeSpan DescribeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time to prepare the trials of one evaluation.</summary>
    public TimeSpan PrepareTimeout { get; init; } = TimeSpan.FromSeconds(180);

    /// <summary>Wall time of an audit.</summary>
    public TimeSpan AuditTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Memory that the task may use on top of PyTorch itself, bytes.</summary>
    public long MemoryLimitBytes { get; init; } = 8L << 30;

    /// <summary>Processes inside the sandbox, bubblewrap's own two included.</summary>
    public int ProcessLimit { get; init; } = 16;

    /// <summary>Bytes that one call may write to the scratch folder.</summary>
    public long ScratchLimitBytes { get; init; } = 4L << 30;

    /// <summary>Size of the cache, bytes; the entries that were used longest ago go first.</summary>
    public long CacheLimitBytes { get; init; } = 8L << 30;
}
