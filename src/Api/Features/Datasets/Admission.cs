using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Api.Features.Datasets;

/// <summary>The part of the admission rule that stands in an attempt's record (ConCuR's, before any recipe). The rest is SQL in <see cref="AttemptMarks"/>.</summary>
internal static class Admission
{
    private static readonly string[] Presets = ["small", "odd"];

    /// <summary>Why an attempt whose solution stands on a board is not fit for training; null where it is.</summary>
    public static string? Refuse(AttemptRecord attempt) =>
        attempt.Outcome is not Passed passed ? "not_correct"
        : passed.Correctness is not { Trials: > 0 } tried || !Presets.All(preset => tried.Presets.Contains(preset, StringComparer.Ordinal)) ? "preset_missing"
        : passed.Performance is not { Preset: "full" } ? "no_time_at_full"
        : RefuseAnswer(attempt);

    /// <summary>Why an answer, right or wrong, cannot be shown to a model; null where it can.</summary>
    public static string? RefuseAnswer(AttemptRecord attempt)
    {
        if (attempt.FinishReason == "length")
        {
            return "truncated";
        }

        if (string.IsNullOrWhiteSpace(attempt.Reasoning))
        {
            return "no_reasoning";
        }

        // A tag in the reasoning would end the assistant's thinking in the middle.
        return attempt.Code is not { } code ? "no_code"
            : attempt.Reasoning.Contains("</think>", StringComparison.OrdinalIgnoreCase) ? "reasoning_holds_tag"
            : LeakCheck.Find(attempt.Reasoning) is not null ? "reasoning_leaks"
            : SftAnswer.CodeOf(SftAnswer.Write(attempt.Reasoning, code)) != code ? "code_not_quotable"
            : null;
    }
}
