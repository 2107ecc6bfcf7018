using System.Text;
using System.Text.RegularExpressions;

namespace KernelForge.Agents.Coding;

/// <summary>What a Coder's answer holds: exactly one solution, or none and why.</summary>
public abstract record CoderAnswer
{
    private protected CoderAnswer()
    {
    }
}

/// <summary>One solution file.</summary>
/// <param name="Code">Its text: line feeds only, one at the end, otherwise as the model wrote it.</param>
public sealed record SolutionAnswer(string Code) : CoderAnswer;

/// <summary>No solution.</summary>
/// <param name="Problem"><c>empty</c>, <c>refused</c>, <c>truncated</c>, <c>no_code</c>, <c>several_files</c> or <c>too_long</c>.</param>
/// <param name="Message">What was expected and what was found, for the next round.</param>
public sealed record UnusableAnswer(string Problem, string Message) : CoderAnswer;

/// <summary>Finds the one solution in a model's answer.</summary>
public static partial class AnswerParser
{
    private const string PlanMark = "/*launch-plan";
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads an answer.</summary>
    /// <param name="text">The answer without its reasoning.</param>
    /// <param name="finishReason">Why the model stopped: <c>stop</c>, <c>length</c>, <c>content_filter</c>; null where unknown.</param>
    public static CoderAnswer Parse(string text, string? finishReason)
    {
        ArgumentNullException.ThrowIfNull(text);
        var answer = text.ReplaceLineEndings("\n").Trim('\uFEFF', ' ', '\n', '\t');
        if (finishReason == "content_filter")
        {
            return new UnusableAnswer("refused", $"the model or its provider refused to answer{Quote(answer)}");
        }

        if (answer.Length == 0)
        {
            return finishReason == "length"
                ? new UnusableAnswer("truncated", "the answer is empty: all tokens went into reasoning before any code was written; think less, or allow more tokens")
                : new UnusableAnswer("empty", "the answer is empty; expected one fenced block that holds the whole solution file");
        }

        if (answer.StartsWith(PlanMark, StringComparison.Ordinal))
        {
            return finishReason == "length" ? Truncated("the file") : Solution(answer);
        }

        var (blocks, open) = FencedBlocks(answer);
        if (open is not null && (open.Contains(PlanMark, StringComparison.Ordinal) || blocks.Count == 0))
        {
            return Truncated("a fenced block");
        }

        var solutions = blocks.Where(block => block.Contains(PlanMark, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        var kernels = blocks.Where(block => block.Contains("__global__", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        return (solutions.Count, kernels.Count) switch
        {
            ( > 1, _) => new UnusableAnswer("several_files", $"the answer holds {solutions.Count} different files with a launch plan; expected exactly one, whole"),
            (1, _) => OneWithPlan(solutions[0], kernels),
            (0, > 1) => new UnusableAnswer("several_files", $"the answer holds {kernels.Count} blocks with kernels and none begins with {PlanMark}; expected one file that begins with its launch plan"),
            (0, 1) => Solution(kernels[0]),
            _ => blocks.Count == 0 && Refusal().IsMatch(answer)
                ? new UnusableAnswer("refused", $"the model refused{Quote(answer)}")
                : new UnusableAnswer("no_code", $"the answer holds no solution: expected one fenced block that begins with {PlanMark}, found {(blocks.Count == 0 ? "no fenced block" : $"{blocks.Count} without a kernel")}{Quote(answer)}"),
        };
    }

    /// <summary>Splits <c>&lt;think&gt;…&lt;/think&gt;</c>, which some servers leave in the text, from the answer.</summary>
    public static (string Answer, string? Reasoning) SplitThinking(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.TrimStart();
        if (!trimmed.StartsWith("<think>", StringComparison.Ordinal))
        {
            return (text, null);
        }

        var end = trimmed.IndexOf("</think>", StringComparison.Ordinal);
        return end < 0
            ? ("", trimmed["<think>".Length..].Trim())
            : (trimmed[(end + "</think>".Length)..], trimmed["<think>".Length..end].Trim());
    }

    private static CoderAnswer OneWithPlan(string solution, IReadOnlyList<string> kernelBlocks)
    {
        foreach (var other in kernelBlocks.Where(block => block != solution))
        {
            foreach (Match kernel in KernelName().Matches(other))
            {
                var name = kernel.Groups["name"].Value;
                if (Regex.IsMatch(solution, $"\"kernel\"\\s*:\\s*\"{name}\\b", RegexOptions.None, TimeSpan.FromSeconds(1))
                    && !KernelName().Matches(solution).Any(own => own.Groups["name"].Value == name))
                {
                    return new UnusableAnswer("several_files", $"kernel {name} of the launch plan is in another block than the plan; expected one file that holds everything");
                }
            }
        }

        return Solution(solution);
    }

    private static CoderAnswer Solution(string code)
    {
        var text = code.Trim('\n') + "\n";
        return Encoding.UTF8.GetByteCount(text) > MaxBytes
            ? new UnusableAnswer("too_long", "the solution is longer than 1 MiB")
            : new SolutionAnswer(text);
    }

    private static UnusableAnswer Truncated(string what) =>
        new("truncated", $"the answer was cut off inside {what}; write less around the code, or a shorter file, and close the fence");

    private static string Quote(string answer) =>
        answer.Length == 0 ? "" : $": \"{Blanks().Replace(answer[..Math.Min(answer.Length, 160)], " ")}{(answer.Length > 160 ? "…" : "")}\"";

    /// <summary>Closed blocks by CommonMark's rule (same sign, at least as long, nothing after it), and the open one at the end.</summary>
    private static (List<string> Blocks, string? Open) FencedBlocks(string text)
    {
        List<string> blocks = [];
        List<string>? current = null;
        var (sign, length, indent) = (' ', 0, 0);
        foreach (var line in text.Split('\n'))
        {
            var fence = Fence().Match(line);
            if (current is null)
            {
                if (fence.Success)
                {
                    current = [];
                    (sign, length, indent) = (fence.Groups["fence"].Value[0], fence.Groups["fence"].Length, fence.Groups["indent"].Length);
                }
            }
            else if (fence.Success && fence.Groups["fence"].Value[0] == sign && fence.Groups["fence"].Length >= length && string.IsNullOrWhiteSpace(fence.Groups["info"].Value))
            {
                blocks.Add(string.Join('\n', current));
                current = null;
            }
            else
            {
                var blanks = Math.Min(indent, line.Length - line.TrimStart(' ').Length);
                current.Add(line[blanks..]);
            }
        }

        return (blocks, current is null ? null : string.Join('\n', current));
    }

    [GeneratedRegex("^(?<indent> *)(?<fence>`{3,}|~{3,})(?<info>[^`]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"__global__[^;{}()]*?(__launch_bounds__\s*\([^)]*\)\s*)?\b(?<name>(?!__launch_bounds__)[A-Za-z_]\w*)\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KernelName();

    [GeneratedRegex(@"\b(I'm sorry|I am sorry|I cannot|I can't|I won't|unable to (help|assist|comply))\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refusal();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
