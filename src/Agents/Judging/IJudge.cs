using KernelForge.Agents.Search;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Judging;

/// <summary>Turns evidence into one piece of advice: a model, or rules.</summary>
public interface IJudge
{
    /// <summary>A model's name, or <c>rules</c>.</summary>
    string Name { get; }

    /// <summary>Advises on the case's basis, in the case's mode (<c>correction</c> or <c>optimisation</c>).</summary>
    /// <exception cref="Chat.TranscriptException">The recording does not fit.</exception>
    Task<JudgeReply> AdviseAsync(CaseFile file, CancellationToken cancellationToken);
}

/// <summary>What a Judge answered.</summary>
public sealed record JudgeReply
{
    /// <summary>The advice; null where the rules know nothing that is left to do.</summary>
    public JudgeAdvice? Advice { get; init; }

    /// <summary>What models used; <see cref="ModelUsage.None"/> where none was asked.</summary>
    public ModelUsage Usage { get; init; } = ModelUsage.None;

    /// <summary>The prompt; null where no model was asked.</summary>
    public PromptReference? Prompt { get; init; }

    /// <summary>The last answer, whole; null where no model was asked or none answered.</summary>
    public string? Text { get; init; }

    /// <summary>Its reasoning; null where the provider gives none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Wall time of all asks.</summary>
    public TimeSpan Duration { get; init; }
}
