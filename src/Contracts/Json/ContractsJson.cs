using System.Text.Json.Serialization;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Contracts.Json;

/// <summary>Source-generated JSON of everything that crosses a process or network boundary: snake_case, enums by name.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(TaskDescription))]
[JsonSerializable(typeof(TaskTrace))]
[JsonSerializable(typeof(EvaluationOutcome))]
[JsonSerializable(typeof(EvaluationRequest))]
[JsonSerializable(typeof(EvaluatorReply))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(AttemptRecord))]
public sealed partial class ContractsJson : JsonSerializerContext;
