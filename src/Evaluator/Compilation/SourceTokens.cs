using System.Text;

namespace KernelForge.Evaluator.Compilation;

/// <summary>What a token of CUDA C++ is.</summary>
internal enum SourceTokenKind
{
    /// <summary>An identifier or keyword.</summary>
    Word,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string literal, raw or not; the text is its content.</summary>
    Text,

    /// <summary>A character literal.</summary>
    Character,

    /// <summary>What an <c>#include</c> names; the text is the path.</summary>
    Header,

    /// <summary>One character of punctuation; the digraph <c>%:</c> is <c>#</c>.</summary>
    Sign,
}

/// <summary>A token of CUDA C++.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Position">Offset in the source after line splicing; neighbours touch where the next one's is this one's plus its length.</param>
/// <param name="StartsLine">Nothing but space and comments stands before it in its logical line.</param>
internal readonly record struct SourceToken(SourceTokenKind Kind, string Text, int Line, int Position, bool StartsLine)
{
    public bool Is(string text) => Kind is SourceTokenKind.Word or SourceTokenKind.Sign && Text == text;
}

/// <summary>
/// Splits CUDA C++ into tokens as the language's translation phases have it: line splices first (so <c>#inc\⏎lude</c> is an
/// include), then comments, strings, raw strings, header names. Nothing is expanded and no condition is evaluated.
/// </summary>
internal sealed class SourceTokens
{
    private readonly List<char> _characters = [];
    private readonly List<int> _lines = [];
    private readonly List<SourceToken> _tokens = [];
    private int _at;
    private bool _startsLine = true;

    private SourceTokens(string source)
    {
        int line = 1;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == '\\' && SpliceLength(source, i) is var length and > 0)
            {
                line++;
                i += length - 1;
                continue;
            }

            if (source[i] == '\r' && i + 1 < source.Length && source[i + 1] == '\n')
            {
                continue;
            }

            _characters.Add(source[i]);
            _lines.Add(line);
            line += source[i] == '\n' ? 1 : 0;
        }
    }

    public static IReadOnlyList<SourceToken> Split(string source)
    {
        var tokens = new SourceTokens(source);
        while (tokens.Next())
        {
        }

        return tokens._tokens;
    }

    // A backslash, spaces (compilers forgive them) and a line's end.
    private static int SpliceLength(string source, int at)
    {
        int i = at + 1;
        while (i < source.Length && source[i] is ' ' or '\t' or '\r')
        {
            i++;
        }

        return i < source.Length && source[i] == '\n' ? i + 1 - at : 0;
    }

    private char Peek(int ahead = 0) => _at + ahead < _characters.Count ? _characters[_at + ahead] : '\0';

    private bool Next()
    {
        SkipSpace();
        if (_at >= _characters.Count)
        {
            return false;
        }

        int start = _at;
        char c = Peek();
        if (ExpectsHeader() && c is '<' or '"')
        {
            ReadHeader(c == '<' ? '>' : '"');
        }
        else if (IsWordStart(c))
        {
            ReadWord();
        }
        else if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            ReadNumber();
        }
        else if (c is '"' or '\'')
        {
            ReadQuoted(c, start);
        }
        else
        {
            bool digraph = c == '%' && Peek(1) == ':';
            _at += digraph ? 2 : 1;
            Add(SourceTokenKind.Sign, digraph ? "#" : c.ToString(), start);
        }

        return true;
    }

    private void SkipSpace()
    {
        while (_at < _characters.Count)
        {
            char c = Peek();
            if (c == '\n')
            {
                _startsLine = true;
                _at++;
            }
            else if (char.IsWhiteSpace(c))
            {
                _at++;
            }
            else if (c == '/' && Peek(1) == '/')
            {
                while (_at < _characters.Count && Peek() != '\n')
                {
                    _at++;
                }
            }
            else if (c == '/' && Peek(1) == '*')
            {
                _at += 2;
                while (_at < _characters.Count && !(Peek() == '*' && Peek(1) == '/'))
                {
                    _at++;
                }

                _at += 2;
            }
            else
            {
                return;
            }
        }
    }

    private bool ExpectsHeader()
    {
        int count = _tokens.Count;
        if (count == 0 || _startsLine)
        {
            return false;
        }

        SourceToken last = _tokens[^1];
        bool directive = count >= 2 && _tokens[^2].Is("#") && _tokens[^2].StartsLine && last.Text is "include" or "include_next" or "import" or "embed";
        bool question = count >= 2 && last.Is("(") && _tokens[^2].Text is "__has_include" or "__has_include_next" or "__has_embed";
        return directive || question;
    }

    private void ReadHeader(char close)
    {
        int start = _at++;
        while (_at < _characters.Count && Peek() != close && Peek() != '\n')
        {
            _at++;
        }

        string path = Text(start + 1, _at);
        _at += Peek() == close ? 1 : 0;
        Add(SourceTokenKind.Header, path, start);
    }

    private void ReadWord()
    {
        int start = _at;
        while (IsWordStart(Peek()) || char.IsAsciiDigit(Peek()))
        {
            _at++;
        }

        string word = Text(start, _at);
        if (Peek() is '"' or '\'' && word is "R" or "u8R" or "uR" or "UR" or "LR" or "L" or "u8" or "u" or "U")
        {
            if (word.EndsWith('R') && Peek() == '"')
            {
                ReadRaw(start);
            }
            else
            {
                ReadQuoted(Peek(), start);
            }

            return;
        }

        Add(SourceTokenKind.Word, word, start);
    }

    private void ReadNumber()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '.' or '_' || (Peek() == '\'' && char.IsAsciiLetterOrDigit(Peek(1)))
            || (Peek() is '+' or '-' && _characters[_at - 1] is 'e' or 'E' or 'p' or 'P'))
        {
            _at++;
        }

        Add(SourceTokenKind.Number, Text(start, _at), start);
    }

    private void ReadQuoted(char quote, int start)
    {
        int content = ++_at;
        while (_at < _characters.Count && Peek() != quote && Peek() != '\n')
        {
            _at += Peek() == '\\' ? 2 : 1;
        }

        _at = Math.Min(_at, _characters.Count);
        string text = Text(content, _at);
        _at += Peek() == quote ? 1 : 0;
        Add(quote == '"' ? SourceTokenKind.Text : SourceTokenKind.Character, text, start);
    }

    private void ReadRaw(int start)
    {
        int delimiterStart = ++_at;
        while (_at < _characters.Count && Peek() is not ('(' or '\n' or '"'))
        {
            _at++;
        }

        string close = ")" + Text(delimiterStart, _at) + "\"";
        int content = Math.Min(_at + 1, _characters.Count);
        _at = content;
        while (_at < _characters.Count && !Matches(close))
        {
            _at++;
        }

        string text = Text(content, _at);
        _at = Math.Min(_at + close.Length, _characters.Count);
        Add(SourceTokenKind.Text, text, start);
    }

    private bool Matches(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (Peek(i) != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private void Add(SourceTokenKind kind, string text, int start)
    {
        _tokens.Add(new SourceToken(kind, text, _lines[start], start, _startsLine));
        _startsLine = false;
    }

    private string Text(int start, int end)
    {
        var text = new StringBuilder(end - start);
        for (int i = start; i < end; i++)
        {
            text.Append(_characters[i]);
        }

        return text.ToString();
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$' || c > 127;
}
