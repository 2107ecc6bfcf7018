using System.Text.Json.Serialization;

namespace KernelForge.Contracts.Ptx;

/// <summary>What <c>ptx compile|run|explain</c> asks of the evaluator: one file, and perhaps one launch of one of its kernels.</summary>
public sealed record PtxRequest
{
    /// <summary>Absolute path of a <c>.cu</c> or <c>.ptx</c> file.</summary>
    public required string Path { get; init; }

    /// <summary>The kernel's name or name expression (<c>row_sums&lt;float, 4&gt;</c>); null: the file's only kernel.</summary>
    public string? Kernel { get; init; }

    /// <summary>GPU profile: its compilation target, its limits, its times.</summary>
    public string Device { get; init => field = string.IsNullOrEmpty(value) ? "H200" : value; } = "H200";

    /// <summary>Macros for the compiler, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defines { get; init => field = value ?? []; } = [];

    /// <summary>Options for the compiler.</summary>
    public IReadOnlyList<string> Options { get; init => field = value ?? []; } = [];

    /// <summary>The launch; null: only compile.</summary>
    public PtxLaunch? Launch { get; init; }

    /// <summary>Run without a sandbox, on the user's word.</summary>
    public bool UnsafeNoSandbox { get; init; }

    /// <summary>Data folder: caches and scratch.</summary>
    public required string Home { get; init; }

    /// <summary>Root of the toolbox, <c>/</c> where this machine is the toolbox.</summary>
    public required string Toolbox { get; init; }
}

/// <summary>One launch with its arguments.</summary>
public sealed record PtxLaunch
{
    /// <summary>Blocks in x, y, z.</summary>
    public required IReadOnlyList<int> Grid { get; init; }

    /// <summary>Threads in x, y, z.</summary>
    public required IReadOnlyList<int> Block { get; init; }

    /// <summary>Blocks of a cluster in x, y, z; null: as the kernel says, else no clusters.</summary>
    public IReadOnlyList<int>? Cluster { get; init; }

    /// <summary>Dynamic shared memory, bytes.</summary>
    public int SharedBytes { get; init; }

    /// <summary>One a parameter, in order; empty with <see cref="Elements"/>: made up.</summary>
    public IReadOnlyList<PtxArgument> Arguments { get; init => field = value ?? []; } = [];

    /// <summary>Without arguments: every pointer gets a buffer of this many elements, every integer this number.</summary>
    public long? Elements { get; init; }

    /// <summary>Registers a thread, for occupancy; null: the cubin's, or for a <c>.ptx</c> file an estimate.</summary>
    public int? Registers { get; init; }

    /// <summary>A cooperative launch.</summary>
    public bool Cooperative { get; init; }

    /// <summary>Lane instructions after which it is stopped.</summary>
    public long InstructionBudget { get; init; } = 4_000_000_000;

    /// <summary>Seed of random contents.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Hand back the whole contents of the buffers that were written.</summary>
    public bool KeepOutputs { get; init; }
}

/// <summary>What an argument holds.</summary>
public enum PtxFill
{
    /// <summary>A number: <see cref="PtxArgument.Value"/>.</summary>
    [JsonStringEnumMemberName("scalar")]
    Scalar,

    /// <summary>A null pointer.</summary>
    [JsonStringEnumMemberName("null")]
    Null,

    /// <summary>A buffer that the kernel is to write; nothing in it counts as written.</summary>
    [JsonStringEnumMemberName("output")]
    Output,

    /// <summary>One value everywhere: <see cref="PtxArgument.Low"/>.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary><see cref="PtxArgument.Low"/>, Low + 1, …</summary>
    [JsonStringEnumMemberName("iota")]
    Iota,

    /// <summary>Uniform: floats in [Low, High), integers in Low … High − 1.</summary>
    [JsonStringEnumMemberName("random")]
    Random,

    /// <summary>The contents of <see cref="PtxArgument.File"/>.</summary>
    [JsonStringEnumMemberName("file")]
    File,
}

/// <summary>One argument of a launch.</summary>
public sealed record PtxArgument
{
    /// <summary>As the user wrote it, for messages.</summary>
    public required string Text { get; init; }

    /// <summary>What it holds.</summary>
    public required PtxFill Fill { get; init; }

    /// <summary>A dtype of launch plans (<c>float32</c>); null: as the kernel's parameter, or as the file says.</summary>
    public string? Type { get; init; }

    /// <summary>Elements by dimension; empty for numbers, and for files whose size decides.</summary>
    public IReadOnlyList<long> Shape { get; init => field = value ?? []; } = [];

    /// <summary>A scalar's digits.</summary>
    public string? Value { get; init; }

    /// <summary>The constant, where iota begins, or the lower bound.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double Low { get; init; }

    /// <summary>The upper bound.</summary>
    public double High { get; init; }

    /// <summary>The buffer is reached by a tensor map with boxes of this shape, in the order of <see cref="Shape"/>; null: by a pointer.</summary>
    public IReadOnlyList<int>? Box { get; init; }

    /// <summary>Bytes of the map's swizzle: 0, 32, 64 or 128.</summary>
    public int SwizzleBytes { get; init; }

    /// <summary>Absolute path of a <c>.npy</c> file, or of raw little-endian elements.</summary>
    public string? File { get; init; }
}
