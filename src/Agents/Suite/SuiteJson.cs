using System.Text.Json.Serialization;

namespace KernelForge.Agents.Suite;

/// <summary>JSON of <c>index.json</c>: snake_case, unknown members are errors.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(IReadOnlyList<IndexEntry>))]
internal sealed partial class SuiteJson : JsonSerializerContext;
