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
