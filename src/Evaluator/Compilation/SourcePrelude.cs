using System.Text;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Declarations of the C names that nvcc's own first include brings into every file and NVRTC does not: <c>INFINITY</c>,
/// <c>FLT_MAX</c>, <c>int64_t</c> and their like. Kernels are written for nvcc and use them without an include. Only what
/// a source uses and does not declare itself is declared, so that nothing can collide.
/// </summary>
internal static class SourcePrelude
{
    /// <summary>Text to include before the first line; empty where nothing is missing.</summary>
    public static string For(string source)
    {
        IReadOnlyList<SourceToken> tokens = SourceTokens.Split(source);
        var used = new SortedSet<string>(StringComparer.Ordinal);
        var declared = new HashSet<string>();
        for (int i = 0; i < tokens.Count; i++)
        {
            string name = tokens[i].Text;
            if (tokens[i].Kind == SourceTokenKind.Word && (StandardHeaders.Macros.ContainsKey(name) || StandardHeaders.IntegerTypes.ContainsKey(name)))
            {
                used.Add(name);
                if (IsDeclared(tokens, i))
                {
                    declared.Add(name);
                }
            }
        }

        used.ExceptWith(declared);
        var text = new StringBuilder();
        foreach (string name in used)
        {
            text.Append(StandardHeaders.IntegerTypes.TryGetValue(name, out string? type)
                ? $"typedef {type} {name};\n"
                : StandardHeaders.Define(name, StandardHeaders.Macros[name]));
        }

        return text.ToString();
    }

    /// <summary>Whether the source makes the name: <c>#define N</c>, <c>typedef … N;</c>, <c>using N =</c>, <c>float N =</c>, <c>int N,</c>.</summary>
    private static bool IsDeclared(IReadOnlyList<SourceToken> tokens, int at)
    {
        SourceToken before = at > 0 ? tokens[at - 1] : default;
        SourceToken after = at + 1 < tokens.Count ? tokens[at + 1] : default;
        if (before.Kind != SourceTokenKind.Word || before.Text is "return" or "case" or "else")
        {
            return false;
        }

        return before.Text is "define" or "using"
            || StandardHeaders.Macros.ContainsKey(tokens[at].Text)
            || (after.Is(";") && Enumerable.Range(1, Math.Min(at, 6)).Any(back => tokens[at - back].Is("typedef")));
    }
}
