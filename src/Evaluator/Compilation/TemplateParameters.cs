namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Names that a source declares as template parameters. A macro of the same name would break the declaration
/// (<c>template &lt;int BLOCK&gt;</c> under <c>#define BLOCK 128</c>), so such a define becomes a constant instead, which the
/// parameter hides.
/// </summary>
internal static class TemplateParameters
{
    public static HashSet<string> Names(string source)
    {
        IReadOnlyList<SourceToken> tokens = SourceTokens.Split(source);
        var names = new HashSet<string>();
        for (int i = 0; i + 1 < tokens.Count; i++)
        {
            if (tokens[i].Is("template") && tokens[i + 1].Is("<"))
            {
                Collect(tokens, i + 2, names);
            }
        }

        return names;
    }

    private static void Collect(IReadOnlyList<SourceToken> tokens, int at, HashSet<string> names)
    {
        int depth = 1;
        int parentheses = 0;
        for (; at < tokens.Count && depth > 0 && !tokens[at].Is(";") && !tokens[at].Is("{"); at++)
        {
            SourceToken token = tokens[at];
            parentheses += token.Is("(") ? 1 : token.Is(")") ? -1 : 0;
            bool ends = parentheses == 0 && (token.Is(",") || token.Is(">") || token.Is("="));
            if (ends && depth == 1 && tokens[at - 1].Kind == SourceTokenKind.Word && IsDeclarator(tokens, at - 1))
            {
                names.Add(tokens[at - 1].Text);
            }

            depth += parentheses > 0 ? 0 : token.Is("<") ? 1 : token.Is(">") ? -1 : 0;
        }
    }

    // `int BLOCK`, `class T`: a name after a type; `bool = BLOCK` and `int` alone are none.
    private static bool IsDeclarator(IReadOnlyList<SourceToken> tokens, int at)
        => tokens[at - 1].Kind == SourceTokenKind.Word || tokens[at - 1].Is(">") || tokens[at - 1].Is(".");
}
