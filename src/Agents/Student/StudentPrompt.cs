using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Student;

/// <summary>What the student takes from the messages that it is sent; it is shown nothing else.</summary>
internal sealed partial record StudentPrompt
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The whole question.</summary>
    public required string Text { get; init; }

    /// <summary>A solution to repair; null where none is shown.</summary>
    public string? Broken { get; init; }

    /// <summary>A solution to make faster; null where none is shown.</summary>
    public string? Best { get; init; }

    /// <summary>A second solution to take from; null where none is shown.</summary>
    public string? Other { get; init; }

    /// <summary>The Judge's advice; null for none.</summary>
    public string? Advice { get; init; }

    /// <summary>What the evaluator found; empty where nothing is shown.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>A Judge's answer is asked for, in this mode; null: a solution.</summary>
    public string? JudgeMode { get; init; }

    /// <summary>Reads the messages.</summary>
    public static StudentPrompt Read(IReadOnlyList<ChatMessage> messages)
    {
        var text = messages.LastOrDefault(message => message.Role == ChatRole.User && message.Text.Contains("# Task ", StringComparison.Ordinal))?.Text ?? "";
        var sections = Sections(text);
        return new StudentPrompt
        {
            Task = TaskName().Match(text).Groups["name"].Value,
            Text = text,
            Broken = CodeOf("The solution to repair"),
            Best = CodeOf("The best solution so far"),
            Other = CodeOf("A second solution"),
            Advice = TextOf("The one thing to"),
            Evidence = TextOf("What the evaluator found") ?? "",
            JudgeMode = text.Contains("\"critical_issue\"", StringComparison.Ordinal) ? RoundModes.Correction : text.Contains("\"expected_gain\"", StringComparison.Ordinal) ? RoundModes.Optimisation : null,
        };

        string? TextOf(string title) => sections.Find(section => section.Title.StartsWith(title, StringComparison.Ordinal)).Text;
        string? CodeOf(string title) => TextOf(title) is { } section && Code().Match(section) is { Success: true } code ? code.Groups["code"].Value : null;
    }

    /// <summary>Parts of a text by their headings; what looks like a heading inside a fence is none.</summary>
    private static List<(string Title, string Text)> Sections(string text)
    {
        List<(string Title, string Text)> sections = [];
        var fence = "";
        foreach (var line in text.Split('\n'))
        {
            var ticks = line[..(line.Length - line.TrimStart('`').Length)];
            if (fence.Length == 0 && ticks.Length >= 3)
            {
                fence = ticks;
            }
            else if (fence.Length > 0 && line == fence)
            {
                fence = "";
            }

            if (fence.Length == 0 && line.StartsWith("# ", StringComparison.Ordinal))
            {
                sections.Add((line[2..], ""));
            }
            else if (sections.Count > 0)
            {
                sections[^1] = (sections[^1].Title, sections[^1].Text + line + "\n");
            }
        }

        return sections;
    }

    [GeneratedRegex(@"^# Task (?<name>\S+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex TaskName();

    [GeneratedRegex(@"^(?<fence>`{3,})[a-z]*\n(?<code>.*?\n)\k<fence>$", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Code();
}
