using System.Text.Encodings.Web;
using System.Text.Json;

namespace KernelForge.Contracts.Json;

/// <summary>
/// The contracts' JSON for people: indented, with relaxed escaping. A class of its own, because a static member beside
/// the generated ones would be initialised before them.
/// </summary>
public static class ReadableJson
{
    /// <summary>The same contracts as <see cref="ContractsJson.Default"/>.</summary>
    public static ContractsJson Context { get; } = new(new JsonSerializerOptions(ContractsJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
