using System.Text.Json;

namespace KernelForge.Contracts.Plans;

/// <summary>The syntax of a kernel's name: an identifier with scopes, and template arguments after it.</summary>
internal static class KernelName
{
    private const string InArguments = "_:<>,()+-*/%&|^~!?=. ";

    public static PlanExpression Check(PlanNode node)
    {
        if (node.Kind != JsonTokenType.String)
        {
            throw node.Error($"expected a kernel's name or name expression in a string; found {node.Describe()}");
        }

        string? problem = Problem(node.Text);
        return problem is null
            ? node.ToExpression()
            : throw node.Error($"{problem}; expected a kernel's name or a C++ name expression, as in \"step\", \"ns::step\" or \"row_sums<float, BLOCK>\"");
    }

    private static string? Problem(string text)
    {
        if (text.Length is 0 or > PlanReference.MaxExpressionLength)
        {
            return text.Length == 0 ? "found an empty string" : $"the name has {text.Length} characters, at most {PlanReference.MaxExpressionLength} are allowed";
        }

        int open = text.IndexOf('<', StringComparison.Ordinal);
        string name = (open < 0 ? text : text[..open]).TrimEnd();
        if (!name.Split("::").Select((part, i) => (part, i)).All(p => IsIdentifier(p.part) || (p.i == 0 && p.part.Length == 0)) || name.Length == 0)
        {
            return $"'{name}' is not a name{(name.Contains('(', StringComparison.Ordinal) ? " (leave out parameters)" : "")}";
        }

        return open < 0 ? null : ArgumentsProblem(text[open..].TrimEnd());
    }

    private static string? ArgumentsProblem(string arguments)
    {
        foreach (char c in arguments)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !InArguments.Contains(c, StringComparison.Ordinal))
            {
                return $"'{c}' cannot stand in template arguments";
            }
        }

        if (arguments.Contains("//", StringComparison.Ordinal) || arguments.Contains("/*", StringComparison.Ordinal) || arguments[^1] != '>')
        {
            return arguments[^1] != '>' ? "the template arguments do not end with '>'" : "a comment cannot stand in template arguments";
        }

        int depth = 0;
        foreach (char c in arguments)
        {
            depth += c switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0)
            {
                break;
            }
        }

        return depth == 0 ? null : "parentheses in the template arguments do not match";
    }

    private static bool IsIdentifier(string text)
        => text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_') && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
