using System.Text.Json;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Evaluator.Reference;

/// <summary>A request to the worker: one JSON line.</summary>
internal sealed record WorkerRequest
{
    /// <summary><c>hello</c>, <c>describe</c>, <c>prepare</c>, <c>trace</c> or <c>audit</c>.</summary>
    public required string Op { get; init; }

    /// <summary>Path of the task file inside the sandbox.</summary>
    public string? Task { get; init; }

    /// <summary>Name for the description.</summary>
    public string? Name { get; init; }

    /// <summary>Preset to trace.</summary>
    public string? Preset { get; init; }

    /// <summary>Overrides by preset that an earlier description derived, so that they are not derived again.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? Presets { get; init; }

    /// <summary>Trials to prepare.</summary>
    public IReadOnlyList<WorkerTrial>? Trials { get; init; }
}

/// <summary>A trial to prepare and the folder inside the sandbox for its files.</summary>
internal sealed record WorkerTrial(string Preset, ulong Seed, string Distribution, string Directory);

/// <summary>The worker's reply.</summary>
internal sealed record WorkerReply
{
    public required bool Ok { get; init; }

    public WorkerError? Error { get; init; }

    public string? Torch { get; init; }

    public TaskDescription? Description { get; init; }

    public IReadOnlyList<TrialManifest>? Trials { get; init; }

    public TaskTrace? Trace { get; init; }

    public TaskAudit? Audit { get; init; }
}

/// <summary>Why there is no answer: <c>task</c> (the file), <c>system</c> (disk), <c>internal</c> (ours).</summary>
internal sealed record WorkerError(string Kind, string Message, int? Line = null, int? Errno = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(WorkerReply))]
[JsonSerializable(typeof(TrialManifest))]
[JsonSerializable(typeof(CacheEntry))]
internal sealed partial class ReferenceJson : JsonSerializerContext;
