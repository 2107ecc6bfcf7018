using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Api.Features.Datasets;

/// <summary>The part of the admission rule that stands in an attempt's record (ConCuR's, before any recipe). The rest is SQL in <see cref="AttemptMarks"/>.</summary>
internal static class Admission
{
    private static readonly string[] Presets = ["small", "odd"];

    /// <summary>Why an attempt whose solution stands on a board is not fit for training; null where it is.</summary>
    public static string? Refuse(AttemptRecord attempt)
    {
        if (attempt.Outcome is not Passed passed)
        {
            return "not_correct";
        }

        if (passed.Correctness is not { Trials: > 0 } tried || !Presets.All(preset => tried.Presets.Contains(preset, StringComparer.Ordinal)))
        {
            return "preset_missing";
        }

        if (passed.Performance is not { Preset: "full" })
        {
            return "no_time_at_full";
        }

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
            : SftAnswer.CodeOf(SftAnswer.Write(attempt.Reasoning, code)) != code ? "code_not_quotable"
            : null;
    }
}
