using KernelForge.Agents.Coding;

namespace KernelForge.Api.Features.Datasets;

/// <summary>The assistant's message of a training row: the reasoning between its tags, then the solution in one fenced block.</summary>
internal static class SftAnswer
{
    /// <summary>Writes it.</summary>
    public static string Write(string reasoning, string code)
    {
        var fence = new string('`', Math.Max(3, LongestRun(code) + 1));
        return $"<think>\n{reasoning.Trim()}\n</think>\n\n{fence}cuda\n{code}{(code.EndsWith('\n') ? "" : "\n")}{fence}";
    }

    /// <summary>The solution in it, as the parser of models' answers reads it; null where that finds none.</summary>
    public static string? CodeOf(string message)
    {
        var (answer, reasoning) = AnswerParser.SplitThinking(message);
        return reasoning is not null && AnswerParser.Parse(answer, "stop") is SolutionAnswer solution ? solution.Code : null;
    }

    private static int LongestRun(string code)
    {
        var (longest, run) = (0, 0);
        foreach (var character in code)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
