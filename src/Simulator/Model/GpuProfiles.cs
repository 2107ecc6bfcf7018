using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KernelForge.Simulator.Model;

/// <summary>The GPU profiles that come with the simulator.</summary>
public static class GpuProfiles
{
    private static readonly IReadOnlyList<GpuProfile> All = LoadAll();

    private static readonly FrozenDictionary<string, GpuProfile> ByName = All
        .SelectMany(profile => profile.Aliases.Append(profile.Name).Select(name => (Key: Normalise(name), Value: profile)))
        .Distinct()
        .ToFrozenDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Names that <see cref="Get"/> takes, in alphabetical order, aliases left out.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(profile => profile.Name)];

    /// <summary>A profile by name or alias; case, spaces and hyphens do not matter.</summary>
    /// <exception cref="ArgumentException">No such profile; the message lists the names.</exception>
    public static GpuProfile Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return ByName.TryGetValue(Normalise(name), out var profile)
            ? profile
            : throw new ArgumentException($"'{name}' is not a known GPU profile; known: {string.Join(", ", Names)}", nameof(name));
    }

    /// <summary>Reads a profile that is not embedded, from its JSON bytes; unknown members are an error.</summary>
    /// <exception cref="JsonException">Not a profile; the message names the member.</exception>
    public static GpuProfile Parse(ReadOnlySpan<byte> json)
    {
        var profile = JsonSerializer.Deserialize(json, GpuProfileJson.Default.GpuProfile)
            ?? throw new JsonException("A GPU profile is a JSON object, found null.");
        return profile with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(json)) };
    }

    internal static string Serialize(GpuProfile profile) => JsonSerializer.Serialize(profile, GpuProfileJson.Default.GpuProfile);

    private static string Normalise(string name) =>
        name.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    private static List<GpuProfile> LoadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var profiles = new List<GpuProfile>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.Contains(".Model.Profiles.", StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            profiles.Add(Parse(bytes));
        }

        profiles.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return profiles;
    }
}

/// <summary>Source-generated JSON: the assembly is trimmed, reflection is not there.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true)]
[JsonSerializable(typeof(GpuProfile))]
internal sealed partial class GpuProfileJson : JsonSerializerContext;
