using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets.Benchmark;

/// <summary>
/// A task file as what it does: hashes of its tokens without comments, blanks, line ends and docstrings, strings by their text whatever quotes they have.
/// </summary>
internal static class PythonTokens
{
    /// <summary>Reads a file.</summary>
    public static ulong[] Of(string source)
    {
        List<ulong> tokens = [];
        var (at, statement, depth) = (0, true, 0);
        while (at < source.Length)
        {
            var c = source[at];
            if (c == '\n')
            {
                statement |= depth == 0;
                at++;
            }
            else if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                at++;
            }
            else if (c == '\\' && at + 1 < source.Length && source[at + 1] is '\n' or '\r')
            {
                at += source[at + 1] == '\r' ? 3 : 2;
            }
            else if (c == '#')
            {
                at = EndOfLine(source, at);
            }
            else
            {
                var start = at;
                var text = StringAt(source, ref at);
                if (text is null)
                {
                    at = WordEnd(source, start);
                    depth = Math.Max(0, depth + (c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0));
                    tokens.Add(TokenHash.Of(source.AsSpan(start, at - start)));
                }
                else if (!(statement && EndsStatement(source, at)))
                {
                    // A string that is a statement of its own is documentation; any other counts.
                    tokens.Add(TokenHash.Of("\"" + text));
                }

                statement = false;
            }
        }

        return [.. tokens];
    }

    private static int EndOfLine(string source, int at) => source.IndexOf('\n', at) is >= 0 and var end ? end : source.Length;

    private static bool EndsStatement(string source, int at)
    {
        var rest = source.AsSpan(at, EndOfLine(source, at) - at).Trim();
        return rest.IsEmpty || rest[0] == '#';
    }

    private static int WordEnd(string source, int start)
    {
        bool Part(char c) => char.IsLetterOrDigit(c) || c == '_' || (c == '.' && char.IsAsciiDigit(source[start]));
        var at = start;
        while (at < source.Length && Part(source[at]))
        {
            at++;
        }

        return Math.Max(at, start + 1);
    }

    /// <summary>The text of a string that begins here, with <paramref name="at"/> behind it; null where none does.</summary>
    private static string? StringAt(string source, ref int at)
    {
        var open = at;
        while (open < source.Length && open - at < 3 && source[open] is 'r' or 'R' or 'b' or 'B' or 'f' or 'F' or 'u' or 'U')
        {
            open++;
        }

        if (open >= source.Length || open - at > 2 || source[open] is not ('"' or '\''))
        {
            return null;
        }

        var triple = source.AsSpan(open).StartsWith(new string(source[open], 3), StringComparison.Ordinal);
        var quotes = triple ? new string(source[open], 3) : source[open].ToString();
        var body = open + quotes.Length;
        var end = body;
        while (end < source.Length && !source.AsSpan(end).StartsWith(quotes, StringComparison.Ordinal) && (triple || source[end] != '\n'))
        {
            end += source[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, source.Length);
        at = Math.Min(source.Length, end + quotes.Length);
        return source[body..end];
    }
}
