using System.Text.Json.Serialization;

namespace KernelForge.Agents.Chat.Providers;

/// <summary>The little JSON that adapters write themselves.</summary>
[JsonSerializable(typeof(Dictionary<string, string?>))]
[JsonSerializable(typeof(decimal))]
internal sealed partial class ProviderJson : JsonSerializerContext;
