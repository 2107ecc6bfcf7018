using System.Globalization;
using System.Text.Json;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Settings of models: environment variables, else the user-secrets file <c>~/.microsoft/usersecrets/kernelforge/secrets.json</c>
/// (<c>dotnet user-secrets set NAME VALUE --id kernelforge</c>; <c>KERNELFORGE_SECRETS</c> names another file). Values are never shown.
/// </summary>
public sealed class ModelSettings
{
    private readonly Func<string, string?> _setting;
    private readonly Lazy<Dictionary<string, string>> _secrets;

    /// <summary>Settings.</summary>
    /// <param name="setting">Reads an environment variable.</param>
    public ModelSettings(Func<string, string?> setting)
    {
        _setting = setting;
        _secrets = new(ReadSecrets);
    }

    /// <summary>A setting; null where it is not set or empty.</summary>
    /// <exception cref="ModelSetupException">The secrets file is not what it should be.</exception>
    public string? Read(string name) =>
        _setting(name) is { Length: > 0 } value ? value : _secrets.Value.TryGetValue(name, out var secret) && secret.Length > 0 ? secret : null;

    /// <summary>The first of several settings that is set, and its name.</summary>
    public (string Name, string Value)? First(params IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (Read(name) is { } value)
            {
                return (name, value);
            }
        }

        return null;
    }

    /// <summary>A number within a range; null where it is not set.</summary>
    /// <exception cref="ModelSetupException">It is none.</exception>
    public decimal? Number(string name, decimal least, decimal most) => Read(name) is not { } text ? null
        : decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new ModelSetupException(FormattableString.Invariant($"{name}: expected a number from {least} to {most}, found '{text}'"));

    /// <summary>A whole number within a range; null where it is not set.</summary>
    /// <exception cref="ModelSetupException">It is none.</exception>
    public long? Whole(string name, long least, long most) => Number(name, least, most) is not { } number ? null
        : decimal.IsInteger(number) ? (long)number
        : throw new ModelSetupException(FormattableString.Invariant($"{name}: expected a whole number from {least} to {most}, found '{Read(name)}'"));

    /// <summary>One of several words; null where it is not set.</summary>
    /// <exception cref="ModelSetupException">It is none of them.</exception>
    public string? OneOf(string name, params IReadOnlyCollection<string> words) => Read(name) is not { } text ? null
        : words.Contains(text) ? text
        : throw new ModelSetupException($"{name}: expected {string.Join(", ", words)}, found '{text}'");

    private Dictionary<string, string> ReadSecrets()
    {
        var path = _setting("KERNELFORGE_SECRETS") is { Length: > 0 } named ? named
            : _setting("HOME") is { Length: > 0 } home ? Path.Combine(home, ".microsoft", "usersecrets", "kernelforge", "secrets.json")
            : null;
        if (path is null || !File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            // The parser's message may quote what it read, which is secret.
            var where = exception is JsonException { LineNumber: { } line } ? $"{path}:{line + 1}" : path;
            throw new ModelSetupException($"{where}: expected one object of names and texts, as dotnet user-secrets writes it ({exception.GetType().Name})");
        }
    }
}
