namespace KernelForge.Simulator.Parsing;

internal enum TokenKind
{
    End,
    Word,
    Directive,
    Number,
    Text,
    Punctuation,
}

internal readonly record struct Token(TokenKind Kind, int Start, int Length, int Line, int Column);

/// <summary>Splits PTX text into tokens. Words keep their dots: <c>ld.global.f32</c>, <c>%tid.x</c>.</summary>
internal static class PtxLexer
{
    public static Token[] Read(string text)
    {
        var tokens = new List<Token>((text.Length / 5) + 16);
        int line = 1, lineStart = 0, i = 0;
        while (i < text.Length)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                i++;
                lineStart = i;
                continue;
            }

            if (char.IsWhiteSpace(c) || c == '\0')
            {
                i++;
                continue;
            }

            int column = i - lineStart + 1;
            if (c == '/' && i + 1 < text.Length && text[i + 1] == '/')
            {
                while (i < text.Length && text[i] != '\n')
                {
                    i++;
                }

                continue;
            }

            if (c == '/' && i + 1 < text.Length && text[i + 1] == '*')
            {
                int end = text.IndexOf("*/", i + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    throw new PtxSyntaxException(line, column, "a comment that never ends");
                }

                for (int k = i; k < end; k++)
                {
                    if (text[k] == '\n')
                    {
                        line++;
                        lineStart = k + 1;
                    }
                }

                i = end + 2;
                continue;
            }

            int start = i;
            TokenKind kind;
            if (c == '"')
            {
                i++;
                while (i < text.Length && text[i] != '"' && text[i] != '\n')
                {
                    i += text[i] == '\\' ? 2 : 1;
                }

                if (i >= text.Length || text[i] != '"')
                {
                    throw new PtxSyntaxException(line, column, "a string that never ends");
                }

                i++;
                kind = TokenKind.Text;
            }
            else if (char.IsAsciiDigit(c))
            {
                while (i < text.Length && (char.IsAsciiLetterOrDigit(text[i]) || text[i] == '.' || ((text[i] is '+' or '-') && text[i - 1] is 'e' or 'E' && !IsHex(text, start))))
                {
                    i++;
                }

                kind = TokenKind.Number;
            }
            else if (IsNameStart(c) || (c == '.' && i + 1 < text.Length && IsNamePart(text[i + 1])))
            {
                kind = c == '.' ? TokenKind.Directive : TokenKind.Word;
                i++;
                while (i < text.Length && (IsNamePart(text[i]) || (text[i] == '.' && kind == TokenKind.Word) || (text[i] == ':' && i + 2 < text.Length && text[i + 1] == ':' && IsNamePart(text[i + 2]))))
                {
                    i += text[i] == ':' ? 2 : 1;
                }

                // A directive such as .shared::cta keeps its qualifier; a second dot begins another directive.
            }
            else if ("{}()[],;:@!|+-=<>*".Contains(c))
            {
                i++;
                kind = TokenKind.Punctuation;
            }
            else
            {
                throw new PtxSyntaxException(line, column, $"unexpected character '{(char.IsControl(c) ? '?' : c)}'");
            }

            tokens.Add(new Token(kind, start, i - start, line, column));
        }

        tokens.Add(new Token(TokenKind.End, text.Length, 0, line, Math.Max(1, text.Length - lineStart + 1)));
        return [.. tokens];
    }

    private static bool IsHex(string text, int start) => start + 1 < text.Length && text[start] == '0' && text[start + 1] is 'x' or 'X' or 'f' or 'F' or 'd' or 'D';

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' or '%';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '%';
}
