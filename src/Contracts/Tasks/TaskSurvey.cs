namespace KernelForge.Contracts.Tasks;

/// <summary>What is known of a task without any solution: its tensors at <c>full</c>, its cost on a GPU, its audit.</summary>
public sealed record TaskSurvey
{
    /// <summary><c>category/name</c>, or the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the task file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Its tensors at <c>full</c>.</summary>
    public required IReadOnlyList<TensorDescription> Tensors { get; init; }

    /// <summary>Time that no implementation can be below, with its derivation.</summary>
    public required SpeedOfLight Cost { get; init; }

    /// <summary>The audit.</summary>
    public required TaskAudit Audit { get; init; }
}

/// <summary>A task's speed of light on a GPU profile (design §8), with what it is made from.</summary>
public sealed record SpeedOfLight
{
    /// <summary>GPU profile.</summary>
    public required string Device { get; init; }

    /// <summary>max(compulsory bytes ÷ bandwidth, operations ÷ peak), milliseconds.</summary>
    public required double SpeedOfLightMs { get; init; }

    /// <summary><c>bandwidth</c> or <c>operations</c>: the larger of the two.</summary>
    public required string Limiter { get; init; }

    /// <summary>PyTorch's eager mode, operator by operator, modelled, milliseconds.</summary>
    public required double TorchEagerModelledMs { get; init; }

    /// <summary>Some operator's efficiency is not calibrated: the eager time is a lower bound.</summary>
    public bool TorchEagerIsLowerBound { get; init; }

    /// <summary>Bytes that any implementation moves.</summary>
    public required long CompulsoryBytes { get; init; }

    /// <summary>The same by tensor.</summary>
    public required IReadOnlyDictionary<string, long> BytesByTensor { get; init; }

    /// <summary>Floating-point operations; multiply and add count as two.</summary>
    public required double Operations { get; init; }

    /// <summary>Precision that they are priced in.</summary>
    public required string Precision { get; init; }

    /// <summary>Operators that eager PyTorch launches.</summary>
    public required IReadOnlyList<OperatorCost> Operators { get; init; }

    /// <summary>What a person should know of the figures.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];
}

/// <summary>One operator of the eager baseline.</summary>
/// <param name="Name">PyTorch's name without the prefix.</param>
/// <param name="Count">How often it runs.</param>
/// <param name="Operations">Floating-point operations of one run that the result needs.</param>
/// <param name="Bytes">Bytes read and written by one run.</param>
public sealed record OperatorCost(string Name, int Count, double Operations, long Bytes);
