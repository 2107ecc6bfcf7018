using System.Text.Json.Serialization;

namespace KernelForge.Agents.Suite;

/// <summary>JSON of <c>index.json</c>, <c>audit.json</c> and <c>speed-of-light.json</c>: snake_case, unknown members are errors.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<IndexEntry>))]
[JsonSerializable(typeof(IReadOnlyList<AuditRecord>))]
[JsonSerializable(typeof(IReadOnlyList<SpeedOfLightRecord>))]
internal sealed partial class SuiteJson : JsonSerializerContext;
