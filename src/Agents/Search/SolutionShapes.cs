using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// Solutions up to what makes no difference: comments, spacing, and the names of what they declare. The launch plan counts whole, and so do numbers: another
/// block size is another solution.
/// </summary>
internal sealed partial class SolutionShapes
{
    private readonly Dictionary<string, int> _rounds = new(StringComparer.Ordinal);

    /// <summary>Those of finished attempts.</summary>
    public SolutionShapes(IEnumerable<AttemptRecord> attempts)
    {
        foreach (var attempt in attempts)
        {
            Add(attempt.Round, attempt.Code);
        }
    }

    /// <summary>Adds a solution; the round that has it already, or null.</summary>
    public int? Add(int round, string? code) =>
        code is null || _rounds.TryAdd(Of(code), round) ? null : _rounds[Of(code)];

    /// <summary>A solution's shape.</summary>
    internal static string Of(string code)
    {
        var plan = Plan().Match(code).Value;
        var words = Word().Matches(Comment().Replace(code[plan.Length..], " ")).Select(match => match.Value).ToList();

        var known = Word().Matches(plan).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        // A name that the plan or a header knows keeps its spelling; one that the code declares (TYPE NAME) is numbered.
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        for (var i = 1; i < words.Count; i++)
        {
            if (IsName(words[i]) && (IsName(words[i - 1]) || words[i - 1] is "*" or "&") && !Keywords.Contains(words[i]) && !known.Contains(words[i]) && words[i - 1] != "return")
            {
                names.TryAdd(words[i], $"_{names.Count}");
            }
        }

        StringBuilder shape = new(Blanks().Replace(plan, ""));
        foreach (var word in words)
        {
            shape.Append(names.GetValueOrDefault(word, word)).Append(' ');
        }

        return shape.ToString();
    }

    private static readonly HashSet<string> Keywords = ["float", "int", "long", "const", "for", "if", "return", "unsigned", "double", "half", "void", "define", "unroll", "pragma"];

    private static bool IsName(string word) => char.IsAsciiLetter(word[0]) || word[0] == '_';

    [GeneratedRegex(@"\A\s*/\*launch-plan.*?\*/", RegexOptions.Singleline, 1000)]
    private static partial Regex Plan();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"[A-Za-z_]\w*|[\d.][\w.]*|\S", RegexOptions.None, 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Blanks();
}
