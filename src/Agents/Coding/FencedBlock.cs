using System.Text.RegularExpressions;

namespace KernelForge.Agents.Coding;

/// <summary>A fenced block of Markdown.</summary>
/// <param name="Info">What stands behind the opening fence: <c>cuda</c>.</param>
/// <param name="Text">What is inside, without the fence's own indentation.</param>
/// <param name="Closed">Whether its end was found.</param>
internal sealed partial record FencedBlock(string Info, string Text, bool Closed)
{
    /// <summary>Blocks by CommonMark's rule: a fence ends at the same sign, at least as long, with nothing after it.</summary>
    public static IReadOnlyList<FencedBlock> Read(string text)
    {
        List<FencedBlock> blocks = [];
        List<string>? current = null;
        var (sign, length, indent, info) = (' ', 0, 0, "");
        foreach (var line in text.Split('\n'))
        {
            var fence = Fence().Match(line);
            if (current is null)
            {
                if (fence.Success)
                {
                    current = [];
                    (sign, length, indent, info) = (fence.Groups["fence"].Value[0], fence.Groups["fence"].Length, fence.Groups["indent"].Length, fence.Groups["info"].Value.Trim());
                }
            }
            else if (fence.Success && fence.Groups["fence"].Value[0] == sign && fence.Groups["fence"].Length >= length && string.IsNullOrWhiteSpace(fence.Groups["info"].Value))
            {
                blocks.Add(new FencedBlock(info, string.Join('\n', current), Closed: true));
                current = null;
            }
            else
            {
                var blanks = Math.Min(indent, line.Length - line.TrimStart(' ').Length);
                current.Add(line[blanks..]);
            }
        }

        if (current is not null)
        {
            blocks.Add(new FencedBlock(info, string.Join('\n', current), Closed: false));
        }

        return blocks;
    }

    [GeneratedRegex("^(?<indent> *)(?<fence>`{3,}|~{3,})(?<info>[^`]*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fence();
}
