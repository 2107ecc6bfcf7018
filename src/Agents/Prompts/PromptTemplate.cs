namespace KernelForge.Agents.Prompts;

/// <summary>A template file: its front matter and its body.</summary>
/// <param name="Name">Path below the prompts folder without the ending: <c>coder/first</c>.</param>
/// <param name="Role"><c>coder</c>, <c>judge</c> or <c>shared</c>.</param>
/// <param name="Version">Counts up with every change of meaning.</param>
/// <param name="Purpose">What it is for, in a sentence.</param>
/// <param name="Body">Handlebars.</param>
public sealed record PromptTemplate(string Name, string Role, int Version, string Purpose, string Body)
{
    /// <summary>Reads a template: <c>---</c>, lines of <c>key: value</c>, <c>---</c>, body.</summary>
    /// <exception cref="PromptException">The front matter is not what it should be.</exception>
    public static PromptTemplate Parse(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var end = lines[0] == "---" ? Array.IndexOf(lines, "---", 1) : -1;
        if (end < 0)
        {
            throw new PromptException($"{name}.hbs: expected front matter between two lines of '---'");
        }

        Dictionary<string, string> matter = new(StringComparer.Ordinal);
        for (var i = 1; i < end; i++)
        {
            var colon = lines[i].IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !matter.TryAdd(lines[i][..colon].Trim(), lines[i][(colon + 1)..].Trim()))
            {
                throw new PromptException($"{name}.hbs:{i + 1}: expected 'key: value', once a key, found '{lines[i]}'");
            }
        }

        var unknown = matter.Keys.Except(["role", "version", "purpose"]).ToList();
        if (unknown.Count > 0)
        {
            throw new PromptException($"{name}.hbs: unknown key '{unknown[0]}' in the front matter; known: role, version, purpose");
        }

        if (!matter.TryGetValue("role", out var role) || role is not ("coder" or "judge" or "shared"))
        {
            throw new PromptException($"{name}.hbs: expected role coder, judge or shared");
        }

        if (!int.TryParse(matter.GetValueOrDefault("version"), out var version) || version < 1)
        {
            throw new PromptException($"{name}.hbs: expected version 1 or more");
        }

        if (matter.GetValueOrDefault("purpose") is not { Length: > 0 } purpose)
        {
            throw new PromptException($"{name}.hbs: expected a purpose");
        }

        return new PromptTemplate(name, role, version, purpose, string.Join('\n', lines[(end + 1)..]));
    }
}

/// <summary>A template is not there or not well formed.</summary>
public sealed class PromptException(string message) : Exception(message);
