namespace KernelForge.Evaluator.Compilation;

/// <summary>Finds the kernels that a source defines, for messages.</summary>
internal static class GlobalFunctions
{
    private static readonly HashSet<string> Attributes =
        ["__launch_bounds__", "__cluster_dims__", "__maxnreg__", "__block_size__", "__attribute__", "alignas", "decltype", "noexcept"];

    /// <summary>Names of <c>__global__</c> functions in order, without scopes.</summary>
    public static IEnumerable<string> Names(string source)
    {
        IReadOnlyList<SourceToken> tokens = SourceTokens.Split(source);
        var seen = new HashSet<string>();
        for (int i = 0; i < tokens.Count; i++)
        {
            if (tokens[i].Is("__global__") && NameAfter(tokens, i + 1) is { } name && seen.Add(name))
            {
                yield return name;
            }
        }
    }

    /// <summary>Names of a kernel's parameters in order, of its first declaration; empty where it is not found or a parameter has no name.</summary>
    /// <param name="source">The source.</param>
    /// <param name="kernel">A name or a name expression: <c>row_sums&lt;float, 4&gt;</c>.</param>
    public static IReadOnlyList<string> ParameterNames(string source, string kernel)
    {
        string name = kernel.Split('<')[0].Split("::")[^1].Trim();
        IReadOnlyList<SourceToken> tokens = SourceTokens.Split(source);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (!tokens[i].Is("__global__"))
            {
                continue;
            }

            for (int at = i; at + 1 < tokens.Count && !tokens[at].Is(";") && !tokens[at].Is("{"); at++)
            {
                if (tokens[at].Is(name) && tokens[at + 1].Is("("))
                {
                    return NamesWithin(tokens, at + 1);
                }
            }
        }

        return [];
    }

    /// <summary>The last word of each part of a parenthesised list, before an array's brackets or a default value.</summary>
    private static List<string> NamesWithin(IReadOnlyList<SourceToken> tokens, int open)
    {
        var names = new List<string>();
        int depth = 0;
        string? last = null;
        bool named = false;
        for (int at = open; at < tokens.Count; at++)
        {
            SourceToken token = tokens[at];
            bool closes = token.Is(")") || token.Is("]") || token.Is(">");
            depth += token.Is("(") || token.Is("[") || token.Is("<") ? 1 : closes ? -1 : 0;
            if ((token.Is(",") && depth == 1) || depth == 0)
            {
                if (last is null)
                {
                    return [];
                }

                names.Add(last);
                last = null;
                named = false;
                if (depth == 0)
                {
                    return names;
                }
            }
            else if (depth == 1 && (token.Is("=") || token.Is("[")))
            {
                named = true;
            }
            else if (depth == 1 && !named && token.Kind == SourceTokenKind.Word)
            {
                last = token.Text;
            }
        }

        return [];
    }

    private static string? NameAfter(IReadOnlyList<SourceToken> tokens, int at)
    {
        while (at + 1 < tokens.Count && !tokens[at].Is(";") && !tokens[at].Is("{"))
        {
            if (tokens[at].Kind == SourceTokenKind.Word && tokens[at + 1].Is("("))
            {
                if (!Attributes.Contains(tokens[at].Text))
                {
                    return tokens[at].Text;
                }

                at = SkipParentheses(tokens, at + 1);
                continue;
            }

            at++;
        }

        return null;
    }

    private static int SkipParentheses(IReadOnlyList<SourceToken> tokens, int at)
    {
        int depth = 0;
        for (; at < tokens.Count; at++)
        {
            depth += tokens[at].Is("(") ? 1 : tokens[at].Is(")") ? -1 : 0;
            if (depth == 0)
            {
                return at + 1;
            }
        }

        return at;
    }
}
