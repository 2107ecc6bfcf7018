using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Chat;

/// <summary>Where answers come from.</summary>
public enum ModelSource
{
    /// <summary><c>openai:MODEL</c>.</summary>
    OpenAI,

    /// <summary><c>compatible:NAME/MODEL</c>: an OpenAI-compatible server whose base address is configured.</summary>
    Compatible,

    /// <summary><c>anthropic:MODEL</c>.</summary>
    Anthropic,

    /// <summary><c>azure:DEPLOYMENT</c>: a deployment of the Azure OpenAI resource whose address is configured.</summary>
    Azure,

    /// <summary><c>replay:TRANSCRIPT</c>.</summary>
    Replay,

    /// <summary><c>simulated:student</c>.</summary>
    Simulated,

    /// <summary><c>rules</c>: the rule Judge.</summary>
    Rules,

    /// <summary><c>solution:SHA256</c>: no model, but a solution that is there already; for <c>tune</c>.</summary>
    Solution,
}

/// <summary>A model by name (interfaces.md, "Names").</summary>
public sealed record ModelName
{
    /// <summary>What can be used now, for messages.</summary>
    public const string Forms = "openai:MODEL, anthropic:MODEL, azure:DEPLOYMENT, compatible:NAME/MODEL, replay:TRANSCRIPT, and rules (for the Judge)";

    private static readonly string[] Providers = ["openai", "anthropic", "azure", "compatible", "replay", "simulated"];

    private ModelName(ModelSource source, string? server, string model)
    {
        Source = source;
        Server = server;
        Model = model;
    }

    /// <summary>Where answers come from.</summary>
    public ModelSource Source { get; }

    /// <summary>The NAME of <c>compatible:NAME/MODEL</c>; null elsewhere.</summary>
    public string? Server { get; }

    /// <summary>The model's own name at its provider, the transcript's name, or <c>rules</c>.</summary>
    public string Model { get; }

    /// <summary>The <c>kind</c> of attempts made with it: <c>live</c>, <c>replay</c> or <c>simulated</c>.</summary>
    public string AttemptKind => Source switch
    {
        ModelSource.Replay or ModelSource.Solution => "replay",
        ModelSource.Simulated => "simulated",
        _ => "live",
    };

    /// <summary>Reads a name.</summary>
    /// <exception cref="ModelNameException">It has no known form.</exception>
    public static ModelName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "rules")
        {
            return new ModelName(ModelSource.Rules, null, "rules");
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            throw new ModelNameException($"model '{text}': expected a provider and a model; known: {Forms}");
        }

        var provider = text[..colon];
        var rest = text[(colon + 1)..];
        if (rest.Length == 0 || rest.Any(char.IsWhiteSpace))
        {
            throw new ModelNameException($"model '{text}': expected a name without blanks after '{provider}:'; known: {Forms}");
        }

        return provider switch
        {
            "openai" => new ModelName(ModelSource.OpenAI, null, rest),
            "anthropic" => new ModelName(ModelSource.Anthropic, null, rest),
            "azure" => new ModelName(ModelSource.Azure, null, rest),
            "compatible" => Compatible(text, rest),
            "replay" => Replay(text, rest),
            "simulated" => new ModelName(ModelSource.Simulated, null, rest),
            "solution" => new ModelName(ModelSource.Solution, null, rest),
            _ => throw new ModelNameException($"model '{text}': unknown provider '{provider}'{(NearNames.Of(provider, Providers) is { Count: > 0 } near ? $", did you mean {string.Join(" or ", near)}?" : "")}; known: {Forms}"),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Source switch
    {
        ModelSource.OpenAI => $"openai:{Model}",
        ModelSource.Anthropic => $"anthropic:{Model}",
        ModelSource.Azure => $"azure:{Model}",
        ModelSource.Compatible => $"compatible:{Server}/{Model}",
        ModelSource.Replay => $"replay:{Model}",
        ModelSource.Simulated => $"simulated:{Model}",
        ModelSource.Solution => $"solution:{Model}",
        _ => Model,
    };

    private static ModelName Compatible(string text, string rest)
    {
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == rest.Length - 1)
        {
            throw new ModelNameException($"model '{text}': expected compatible:NAME/MODEL, where NAME is the name that the server has in the configuration");
        }

        var server = rest[..slash];
        if (!server.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ModelNameException($"model '{text}': '{server}' names settings, so it holds only letters, digits, '-' and '_'");
        }

        return new ModelName(ModelSource.Compatible, server, rest[(slash + 1)..]);
    }

    private static ModelName Replay(string text, string rest)
    {
        if (!rest.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || rest.StartsWith('.'))
        {
            throw new ModelNameException($"model '{text}': a transcript's name holds only letters, digits, '-', '_' and '.'; it is the file prompts/transcripts/NAME.jsonl without its ending");
        }

        return new ModelName(ModelSource.Replay, null, rest);
    }
}
