using System.Security.Cryptography;
using System.Text;
using HandlebarsDotNet;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Prompts;

/// <summary>The templates of a prompts folder, compiled once. Handlebars without escaping: kernels go in as they are.</summary>
public sealed class PromptLibrary
{
    private readonly Dictionary<string, PromptTemplate> _templates;
    private readonly Dictionary<string, HandlebarsTemplate<object, object>> _compiled = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _devices;

    private PromptLibrary(Dictionary<string, PromptTemplate> templates, Dictionary<string, string> devices, ExampleLibrary examples, string planReference)
    {
        _templates = templates;
        _devices = devices;
        Examples = examples;
        PlanReference = planReference;
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { NoEscape = true });
        foreach (var template in templates.Values.Where(template => IsPartial(template.Name)))
        {
            handlebars.RegisterTemplate(template.Name, template.Body);
        }

        foreach (var template in templates.Values.Where(template => !IsPartial(template.Name)))
        {
            try
            {
                _compiled.Add(template.Name, handlebars.Compile(template.Body));
            }
            catch (HandlebarsException exception)
            {
                throw new PromptException($"{template.Name}.hbs: {exception.Message}");
            }
        }
    }

    /// <summary>Worked examples.</summary>
    public ExampleLibrary Examples { get; }

    /// <summary>The reference of the launch plan that the Coder reads.</summary>
    public string PlanReference { get; }

    /// <summary>Every template by name.</summary>
    public IReadOnlyDictionary<string, PromptTemplate> Templates => _templates;

    /// <summary>Reads the prompts folder: <c>coder/</c>, <c>judge/</c>, <c>platforms/</c>, <c>devices/</c>, <c>examples/</c>.</summary>
    /// <param name="folder">The folder <c>prompts</c>.</param>
    /// <param name="planReference">Text of the launch plan's reference (KernelForge.Contracts.Plans.PlanReference.PromptText).</param>
    /// <exception cref="PromptException">A template is missing or malformed.</exception>
    public static PromptLibrary Load(string folder, string planReference)
    {
        if (!Directory.Exists(folder))
        {
            throw new PromptException($"the prompts folder is not there: expected {Path.GetFullPath(folder)}");
        }

        Dictionary<string, PromptTemplate> templates = new(StringComparer.Ordinal);
        foreach (var part in new[] { "coder", "judge", "platforms" })
        {
            var path = Path.Combine(folder, part);
            foreach (var file in Directory.Exists(path) ? Directory.GetFiles(path, "*.hbs") : [])
            {
                var name = $"{part}/{Path.GetFileNameWithoutExtension(file)}";
                templates.Add(name, PromptTemplate.Parse(name, File.ReadAllText(file)));
            }
        }

        Dictionary<string, string> devices = new(StringComparer.OrdinalIgnoreCase);
        var devicesFolder = Path.Combine(folder, "devices");
        foreach (var file in Directory.Exists(devicesFolder) ? Directory.EnumerateFiles(devicesFolder, "*.md") : [])
        {
            devices.Add(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file).Trim());
        }

        return new PromptLibrary(templates, devices, ExampleLibrary.Load(Path.Combine(folder, "examples")), planReference);
    }

    /// <summary>What to know of a platform; a line with its name where no template exists.</summary>
    public string PlatformNotes(string platform) =>
        _compiled.TryGetValue($"platforms/{platform}", out var template) ? template(new Dictionary<string, object?>()).Trim() : $"Platform `{platform}`.";

    /// <summary>What to know of a device; null where nothing is written.</summary>
    public string? DeviceNotes(string? device) => device is not null && _devices.TryGetValue(device, out var notes) ? notes : null;

    /// <summary>A prompt of a role: its system message and one user message.</summary>
    /// <param name="role"><c>coder</c> or <c>judge</c>.</param>
    /// <param name="template">Name within the role: <c>first</c>.</param>
    /// <param name="view">What the templates show, by name.</param>
    public Prompt Render(string role, string template, IReadOnlyDictionary<string, object?> view)
    {
        ArgumentNullException.ThrowIfNull(view);
        var system = RenderText($"{role}/system", view);
        var user = RenderText($"{role}/{template}", view);
        return Prompt.Create($"{role}/{template}", $"{role}/system@{_templates[$"{role}/system"].Version} {role}/{template}@{_templates[$"{role}/{template}"].Version}",
            [new ChatMessage(ChatRole.System, system), new ChatMessage(ChatRole.User, user)]);
    }

    /// <summary>One template's text, blank lines at its ends removed.</summary>
    public string RenderText(string name, IReadOnlyDictionary<string, object?> view) =>
        _compiled.TryGetValue(name, out var compiled)
            ? compiled(view).Trim() + "\n"
            : throw new PromptException($"template {name}.hbs is not there; known: {string.Join(", ", _compiled.Keys.Order(StringComparer.Ordinal))}");

    private static bool IsPartial(string name) => name.Contains("/_", StringComparison.Ordinal);
}

/// <summary>Messages to send, and where they come from.</summary>
public sealed record Prompt(PromptReference Reference, IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>A prompt with the hash of its messages.</summary>
    internal static Prompt Create(string template, string version, IReadOnlyList<ChatMessage> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in messages)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{message.Role.Value}\n{message.Text}\0"));
        }

        return new Prompt(new PromptReference { Template = template, Version = version, Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset()) }, messages);
    }
}
