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
/// <param name="Problem"><c>empty</c>, <c>refused</c>, <c>truncated</c>, <c>no_code</c>, <c>several_files</c>, <c>edit_rejected</c> or <c>too_long</c>.</param>
/// <param name="Message">What was expected and what was found, for the next round.</param>
public sealed record UnusableAnswer(string Problem, string Message) : CoderAnswer;

/// <summary>Finds the one solution in a model's answer.</summary>
public static partial class AnswerParser
{
    private const string PlanMark = "/*launch-plan";
    private const int MaxBytes = 1 << 20;

    /// <summary>Characters of an answer that is read at all.</summary>
    private const int LongestAnswer = 4 * MaxBytes;

    /// <summary>Reads an answer.</summary>
    /// <param name="text">The answer without its reasoning.</param>
    /// <param name="finishReason">Why the model stopped: <c>stop</c>, <c>length</c>, <c>content_filter</c>; null where unknown.</param>
    /// <param name="earlier">The solution that the model was shown to change; null: none.</param>
    public static CoderAnswer Parse(string text, string? finishReason, string? earlier = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestAnswer)
        {
            return TooLong($"the answer has {text.Length} characters");
        }

        try
        {
            return Read(text.ReplaceLineEndings("\n").Trim('\uFEFF', ' ', '\n', '\t'), finishReason, earlier?.ReplaceLineEndings("\n"));
        }
        catch (RegexMatchTimeoutException)
        {
            return TooLong("the answer takes longer than a second to read");
        }
    }

    /// <summary>Splits <c>&lt;think&gt;…&lt;/think&gt;</c>, which some servers leave in the text, from the answer; some leave only its end there.</summary>
    public static (string Answer, string? Reasoning) SplitThinking(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string begin = "<think>";
        const string close = "</think>";
        var trimmed = text.TrimStart();
        var begins = trimmed.StartsWith(begin, StringComparison.Ordinal);
        var end = trimmed.IndexOf(close, StringComparison.Ordinal);
        var firstFence = trimmed.IndexOf("```", StringComparison.Ordinal);
        if (!begins && (end < 0 || (firstFence >= 0 && firstFence < end)))
        {
            return (text, null);
        }

        var start = begins ? begin.Length : 0;
        return end < 0
            ? ("", trimmed[start..].Trim())
            : (trimmed[(end + close.Length)..], trimmed[start..end].Trim());
    }

    /// <summary>An answer and its continuation as one: what the continuation repeats, a new fence included, is left out.</summary>
    public static string Join(string text, string continuation)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(continuation);
        const int shortest = 16;
        const int longest = 4000;
        var more = continuation.ReplaceLineEndings("\n");
        var before = text.ReplaceLineEndings("\n");
        if (FencedBlock.Read(before) is [.., { Closed: false }] && OpeningFence().Match(more) is { Success: true } fence)
        {
            more = more[fence.Length..];
        }

        for (var length = Math.Min(longest, Math.Min(before.Length, more.Length)); length >= shortest; length--)
        {
            if (before.AsSpan(before.Length - length).SequenceEqual(more.AsSpan(0, length)))
            {
                return before + more[length..];
            }
        }

        return before + more;
    }

    private static CoderAnswer Read(string answer, string? finishReason, string? earlier)
    {
        if (finishReason == "content_filter")
        {
            return new UnusableAnswer("refused", $"the model or its provider refused to answer{Quote(answer)}");
        }

        var cut = finishReason == "length";
        if (answer.Length == 0)
        {
            return cut
                ? new UnusableAnswer("truncated", "the answer is empty: all tokens went into reasoning before any code was written; think less, or allow more tokens")
                : new UnusableAnswer("empty", "the answer is empty; expected one fenced block that holds the whole solution file");
        }

        if (answer.StartsWith(PlanMark, StringComparison.Ordinal))
        {
            return cut ? Truncated("the file") : Solution(WithoutStrayFence(answer));
        }

        var blocks = FencedBlock.Read(answer);
        if (blocks is [.., { Closed: false } open])
        {
            // A fence that was forgotten, and not the end of the tokens.
            if (!cut && (SolutionEdit.IsEdit(open.Text) || (open.Text.Contains(PlanMark, StringComparison.Ordinal) && IsComplete(open.Text))))
            {
                blocks = [.. blocks.SkipLast(1), open with { Closed = true }];
            }
            else if (open.Text.Contains(PlanMark, StringComparison.Ordinal) || blocks.Count == 1)
            {
                return Truncated("a fenced block");
            }
        }

        return Choose(answer, [.. blocks.Where(block => block.Closed)], cut, earlier);
    }

    private static CoderAnswer Choose(string answer, IReadOnlyList<FencedBlock> blocks, bool cut, string? earlier)
    {
        var files = blocks.Where(block => !SolutionEdit.IsEdit(block.Text)).Select(block => block.Text).Distinct(StringComparer.Ordinal).ToList();
        var solutions = files.Where(file => file.Contains(PlanMark, StringComparison.Ordinal)).ToList();
        var kernels = files.Where(file => file.Contains("__global__", StringComparison.Ordinal)).ToList();
        if (solutions.Count > 1 && earlier is not null)
        {
            // The old file is quoted, the new one meant.
            solutions.RemoveAll(solution => solution.Trim('\n') == earlier.Trim('\n'));
        }

        var edits = blocks.Select(block => block.Text).Where(SolutionEdit.IsEdit).ToList();
        if (edits.Count == 0 && blocks.Count == 0 && SolutionEdit.IsEdit(answer))
        {
            edits.Add(answer);
        }

        return (solutions.Count, kernels.Count) switch
        {
            ( > 1, _) => new UnusableAnswer("several_files", $"the answer holds {solutions.Count} different files with a launch plan; expected exactly one, whole"),
            (1, _) => OneWithPlan(solutions[0], kernels),
            _ when edits.Count > 0 => Edited(string.Join('\n', edits), cut, earlier),
            (0, > 1) => new UnusableAnswer("several_files", $"the answer holds {kernels.Count} blocks with kernels and none begins with {PlanMark}; expected one file that begins with its launch plan"),
            (0, 1) => Solution(kernels[0]),
            _ => WithoutFence(answer, blocks.Count, cut),
        };
    }

    private static CoderAnswer Edited(string edit, bool cut, string? earlier)
    {
        var result = cut ? new EditResult(null, "it was cut off") : SolutionEdit.Apply(edit, earlier);
        return result.Code is { } code
            ? Solution(code)
            : new UnusableAnswer("edit_rejected", $"the change cannot be applied to the earlier solution: {result.Problem}. Answer with the whole file instead");
    }

    private static CoderAnswer WithoutFence(string answer, int blocks, bool cut)
    {
        var mark = answer.IndexOf("\n" + PlanMark, StringComparison.Ordinal);
        if (blocks == 0 && mark >= 0)
        {
            var file = answer[(mark + 1)..];
            return cut || !IsComplete(file) ? Truncated("the file") : Solution(file[..(file.LastIndexOf('}') + 1)]);
        }

        return blocks == 0 && Refusal().IsMatch(answer)
            ? new UnusableAnswer("refused", $"the model refused{Quote(answer)}")
            : new UnusableAnswer("no_code", $"the answer holds no solution: expected one fenced block that begins with {PlanMark}, found {(blocks == 0 ? "no fenced block" : $"{blocks} without a kernel")}{Quote(answer)}");
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
        return Encoding.UTF8.GetByteCount(text) > MaxBytes ? TooLong("the solution is longer than 1 MiB") : new SolutionAnswer(text);
    }

    /// <summary>A file without an opening fence may still have a closing one.</summary>
    private static string WithoutStrayFence(string file)
    {
        var last = file[(file.LastIndexOf('\n') + 1)..].Trim();
        return last.Length >= 3 && (last.Trim('`').Length == 0 || last.Trim('~').Length == 0) ? file[..file.LastIndexOf('\n')] : file;
    }

    /// <summary>Whether every comment and brace of a file is closed.</summary>
    private static bool IsComplete(string code)
    {
        var depth = 0;
        var opened = false;
        for (var i = 0; i < code.Length; i++)
        {
            switch (code[i])
            {
                case '/' when i + 1 < code.Length && code[i + 1] == '*':
                    var end = code.IndexOf("*/", i + 2, StringComparison.Ordinal);
                    if (end < 0)
                    {
                        return false;
                    }

                    i = end + 1;
                    break;
                case '/' when i + 1 < code.Length && code[i + 1] == '/':
                    i = code.IndexOf('\n', i) is >= 0 and var line ? line : code.Length;
                    break;
                case '"':
                    i = EndOfString(code, i);
                    break;
                case '{':
                    (depth, opened) = (depth + 1, true);
                    break;
                case '}':
                    depth--;
                    break;
            }
        }

        return opened && depth == 0;
    }

    private static int EndOfString(string code, int at)
    {
        for (var i = at + 1; i < code.Length && code[i] != '\n'; i++)
        {
            if (code[i] == '\\')
            {
                i++;
            }
            else if (code[i] == '"')
            {
                return i;
            }
        }

        return code.Length;
    }

    private static UnusableAnswer TooLong(string what) => new("too_long", $"{what}; a solution has at most 1 MiB");

    private static UnusableAnswer Truncated(string what) =>
        new("truncated", $"the answer was cut off inside {what}; write less around the code, or a shorter file, and close the fence");

    private static string Quote(string answer) =>
        answer.Length == 0 ? "" : $": \"{Blanks().Replace(answer[..Math.Min(answer.Length, 160)], " ")}{(answer.Length > 160 ? "…" : "")}\"";

    [GeneratedRegex(@"__global__[^;{}()]*?(__launch_bounds__\s*\([^)]*\)\s*)?\b(?<name>(?!__launch_bounds__)[A-Za-z_]\w*)\s*\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KernelName();

    [GeneratedRegex(@"\b(I'm sorry|I am sorry|I cannot|I can't|I won't|unable to (help|assist|comply))\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refusal();

    [GeneratedRegex(@"^\s*(`{3,}|~{3,})[A-Za-z][^\n]*\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OpeningFence();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
