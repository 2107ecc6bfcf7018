namespace KernelForge.Contracts.Plans;

/// <summary>Names that a plan cannot give to something of its own.</summary>
internal static class PlanNames
{
    private static readonly HashSet<string> Reserved =
    [
        .. PlanReference.Functions.Select(f => f.Name),
        "and", "or", "not", "if", "else", "None", "True", "False", "true", "false", "init", "sm_count",
        "alignas", "alignof", "asm", "auto", "bool", "break", "case", "catch", "char", "class", "const", "constexpr", "continue", "decltype",
        "default", "delete", "do", "double", "dynamic_cast", "enum", "explicit", "extern", "float", "for", "friend", "goto", "inline", "int",
        "long", "mutable", "namespace", "new", "noexcept", "nullptr", "operator", "private", "protected", "public", "register", "return",
        "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "try", "typedef", "typeid", "typename",
        "union", "unsigned", "using", "virtual", "void", "volatile", "while", "defined",
    ];

    /// <summary>Whether <paramref name="name"/> is a function, a keyword, or belongs to the compiler (<c>__x</c>).</summary>
    public static bool IsReserved(string name)
        => Reserved.Contains(name) || name.StartsWith("__", StringComparison.Ordinal) || name.StartsWith("kf_", StringComparison.Ordinal);
}

/// <summary>A known name close to a mistyped one.</summary>
public static class Suggestion
{
    /// <summary><c>; did you mean 'x'?</c>, or nothing where no known name is close.</summary>
    public static string For(string name, IEnumerable<string> known)
    {
        string? best = null;
        int bestDistance = Math.Max(1, name.Length / 3) + 1;
        foreach (string candidate in known)
        {
            int distance = Math.Abs(candidate.Length - name.Length) >= bestDistance || name.Length > 64 ? bestDistance : Distance(name, candidate);
            if (distance > 0 && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best is null ? "" : $"; did you mean '{best}'?";
    }

    private static int Distance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + same);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
