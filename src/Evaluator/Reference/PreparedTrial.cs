namespace KernelForge.Evaluator.Reference;

/// <summary>A trial whose tensors lie on disk: raw, little-endian, contiguous files.</summary>
public sealed record PreparedTrial
{
    /// <summary>Folder of the files; read-only for everyone, kept by the cache.</summary>
    public required string Directory { get; init; }

    /// <summary>What the files hold.</summary>
    public required TrialManifest Manifest { get; init; }

    /// <summary>Path of one of the manifest's files.</summary>
    public string PathOf(string file) => Path.Combine(Directory, file);
}

/// <summary>Whether a trial counts.</summary>
public enum TrialStatus
{
    /// <summary>It counts.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>The distribution means nothing for this task; nothing was written.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("skipped")]
    Skipped,

    /// <summary>PyTorch's own rounding exceeds what a comparison could tell; written, recorded, not counted.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("meaningless")]
    Meaningless,
}

/// <summary>One trial as the reference worker wrote it.</summary>
public sealed record TrialManifest
{
    /// <summary>Preset.</summary>
    public required string Preset { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Distribution.</summary>
    public required string Distribution { get; init; }

    /// <summary>Whether it counts.</summary>
    public required TrialStatus Status { get; init; }

    /// <summary>Why it does not count.</summary>
    public string? Reason { get; init; }

    /// <summary><c>float64</c>, <c>float64_mode</c> (the dispatch mode alone) or <c>native</c>; null where skipped.</summary>
    public string? Oracle { get; init; }

    /// <summary>Why earlier steps of the oracle were turned down.</summary>
    public IReadOnlyList<string> OracleNotes { get; init => field = value ?? []; } = [];

    /// <summary>PyTorch's version.</summary>
    public required string Torch { get; init; }

    /// <summary>Inputs, parameters and buffers before forward.</summary>
    public required IReadOnlyList<TrialTensor> Tensors { get; init; }

    /// <summary>The reference: outputs, then state and inputs that forward wrote to, after it. The description says which are checked.</summary>
    public required IReadOnlyList<ExpectedTensor> Expected { get; init; }
}

/// <summary>A tensor that the solution is given.</summary>
public sealed record TrialTensor
{
    /// <summary>Name in plans.</summary>
    public required string Name { get; init; }

    /// <summary><c>input</c>, <c>parameter</c> or <c>buffer</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Dtype of the file; bool is one byte 0 or 1.</summary>
    public required string Dtype { get; init; }

    /// <summary>Shape.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>File name in the trial's folder.</summary>
    public required string File { get; init; }
}

/// <summary>A reference result with the terms of its tolerance (design §7).</summary>
public sealed record ExpectedTensor
{
    /// <summary>Output, state or input.</summary>
    public required string Name { get; init; }

    /// <summary>The input or state that this output is.</summary>
    public string? AliasOf { get; init; }

    /// <summary>Dtype that the solution writes.</summary>
    public required string Dtype { get; init; }

    /// <summary>Shape.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>File name in the trial's folder.</summary>
    public required string File { get; init; }

    /// <summary>Dtype of the file: <c>float64</c> for floating results, else <see cref="Dtype"/>.</summary>
    public required string FileDtype { get; init; }

    /// <summary>Root mean square of the reference over its finite elements.</summary>
    public required double Rms { get; init; }

    /// <summary>Elements that are not finite in the task's dtype.</summary>
    public required long NonFinite { get; init; }

    /// <summary>E: PyTorch's own largest error in the task's dtype.</summary>
    public required double TorchMaxError { get; init; }

    /// <summary>PyTorch's own root-mean-square error; above 16 times it a solution's precision counts as reduced.</summary>
    public required double TorchRmsError { get; init; }

    /// <summary>A: the largest error of a native run in another order of summation; 0 where nothing depends on the order.</summary>
    public required double OrderMaxError { get; init; }

    /// <summary>E with each element's error divided by its scale, max(|ref|, rms).</summary>
    public required double TorchScaledError { get; init; }

    /// <summary>A with each element's error divided by its scale, max(|ref|, rms).</summary>
    public required double OrderScaledError { get; init; }

    /// <summary>Integer and bool results: elements in which PyTorch's native run differs from the reference.</summary>
    public required long TorchMismatched { get; init; }
}
