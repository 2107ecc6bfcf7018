using System.Text.Json.Serialization;
using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Keys;
using KernelForge.Cli.Doctor;
using KernelForge.Cli.Service;
using KernelForge.Cli.Tasks;

namespace KernelForge.Cli.Json;

/// <summary>What the verbs print or read besides the contracts: snake_case, unknown members are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<TaskEntry>))]
[JsonSerializable(typeof(TaskDetails))]
[JsonSerializable(typeof(IReadOnlyList<TaskVerdict>))]
[JsonSerializable(typeof(ImportReport))]
[JsonSerializable(typeof(KernelForge.Contracts.Benchmarks.BenchReport))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ServiceFile))]
[JsonSerializable(typeof(IReadOnlyList<ApiKey>))]
internal sealed partial class CliJson : JsonSerializerContext;
