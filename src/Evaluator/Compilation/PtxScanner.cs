namespace KernelForge.Evaluator.Compilation;

/// <summary>Reads PTX token by token at module level, skipping comments, line directives and the bodies of blocks.</summary>
internal sealed class PtxScanner(string text)
{
    public int Position { get; private set; }

    /// <summary>Moves to the next statement; false at the end.</summary>
    public bool SkipToStatement()
    {
        while (SkipSpace())
        {
            // Directives without a semicolon end with their line.
            if (At(".version") || At(".target") || At(".address_size") || At(".file") || At(".loc") || At(".section") || At("@@"))
            {
                SkipDirective();
                continue;
            }

            if (text[Position] is '}' or ';')
            {
                Position++;
                continue;
            }

            return true;
        }

        return false;
    }

    /// <summary>Reads tokens up to <c>;</c> or <c>{</c>, which is consumed.</summary>
    public List<string> ReadHead(out char end)
    {
        var tokens = new List<string>();
        while (SkipSpace())
        {
            char c = text[Position];
            if (c is ';' or '{')
            {
                Position++;
                end = c;
                return tokens;
            }

            int start = Position;
            if (c == '"')
            {
                SkipString();
            }
            else if (IsWord(c) || c == '.')
            {
                Position++;
                while (Position < text.Length && IsWord(text[Position]))
                {
                    Position++;
                }
            }
            else
            {
                Position++;
            }

            tokens.Add(text[start..Position]);
        }

        end = '\0';
        return tokens;
    }

    /// <summary>Moves behind the brace that closes the block already opened.</summary>
    public void SkipBlock()
    {
        int depth = 1;
        while (depth > 0 && SkipSpace())
        {
            char c = text[Position];
            if (c == '"')
            {
                SkipString();
                continue;
            }

            depth += c switch { '{' => 1, '}' => -1, _ => 0 };
            Position++;
        }
    }

    public void SkipSemicolon()
    {
        if (SkipSpace() && text[Position] == ';')
        {
            Position++;
        }
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' or '%';

    private bool At(string keyword)
        => string.CompareOrdinal(text, Position, keyword, 0, keyword.Length) == 0;

    private bool SkipSpace()
    {
        while (Position < text.Length)
        {
            if (char.IsWhiteSpace(text[Position]))
            {
                Position++;
            }
            else if (At("//"))
            {
                SkipLine();
            }
            else if (At("/*"))
            {
                int close = text.IndexOf("*/", Position + 2, StringComparison.Ordinal);
                Position = close < 0 ? text.Length : close + 2;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    private void SkipDirective()
    {
        // `.section .debug_str { … }` (names of inlined functions)
        int open = At(".section") ? text.IndexOf('{', Position) : -1;
        if (open < 0)
        {
            SkipLine();
            return;
        }

        Position = open + 1;
        SkipBlock();
    }

    private void SkipLine()
    {
        int newline = text.IndexOf('\n', Position);
        Position = newline < 0 ? text.Length : newline + 1;
    }

    private void SkipString()
    {
        Position++;
        while (Position < text.Length && text[Position] != '"')
        {
            Position += text[Position] == '\\' ? 2 : 1;
        }

        Position = Math.Min(Position + 1, text.Length);
    }
}
