namespace KernelForge.Contracts.Runs;

/// <summary>The prompt that a model was sent, by template and by content.</summary>
public sealed record PromptReference
{
    /// <summary>The user template: <c>coder/first</c>.</summary>
    public required string Template { get; init; }

    /// <summary>Versions of the templates that made it: <c>coder/system@1 coder/first@1</c>.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of the messages sent, lower-case hex.</summary>
    public required string Sha256 { get; init; }
}
