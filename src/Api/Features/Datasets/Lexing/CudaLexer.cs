namespace KernelForge.Api.Features.Datasets.Lexing;

/// <summary>
/// Tokens of CUDA C++ (C++17 [lex] and the launch brackets): lines continued by a backslash are one line everywhere but in raw strings, comments are
/// blanks, a directive ends with its line. It refuses nothing: text that is no C++ gives tokens too, an open comment or string ends with the text or line.
/// </summary>
internal ref struct CudaLexer
{
    private const string PlanMark = "launch-plan";

    // The longest first: a token is as long as it can be ([lex.pptoken]).
    private static readonly string[] Operators =
    [
        "<<<", ">>>", "<<=", ">>=", "<=>", "->*", "...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "->", "::", ".*", "##",
    ];

    private readonly ReadOnlySpan<char> _text;
    private int _at;
    private bool _lineIsEmpty = true;
    private bool _inDirective;
    private bool _headerComes;

    public CudaLexer(ReadOnlySpan<char> text)
    {
        _text = text;
        _at = Spliced(text.StartsWith("\uFEFF", StringComparison.Ordinal) ? 1 : 0);
    }

    /// <summary>All tokens of a text.</summary>
    public static List<CudaToken> Tokens(string text)
    {
        List<CudaToken> tokens = new(text.Length / 4);
        CudaLexer lexer = new(text);
        while (lexer.Next(out var token))
        {
            tokens.Add(token);
        }

        return tokens;
    }

    /// <summary>The next token; false at the end.</summary>
    public bool Next(out CudaToken token)
    {
        while (_at < _text.Length)
        {
            var start = _at;
            var c = _text[_at];
            if (c == '\n')
            {
                Step();
                _lineIsEmpty = true;
                if (_inDirective)
                {
                    _inDirective = _headerComes = false;
                    token = Fixed(CudaTokenKind.DirectiveEnd, start);
                    return true;
                }
            }
            else if (char.IsWhiteSpace(c))
            {
                Step();
            }
            else if (c == '/' && Following() == '/')
            {
                while (_at < _text.Length && _text[_at] != '\n')
                {
                    Step();
                }
            }
            else if (c == '/' && Following() == '*')
            {
                if (Comment())
                {
                    token = Spelled(CudaTokenKind.LaunchPlan, start);
                    return true;
                }
            }
            else
            {
                token = Read(c, start);
                _lineIsEmpty = false;
                return true;
            }
        }

        token = Fixed(CudaTokenKind.DirectiveEnd, _at);
        return Ended();
    }

    private CudaToken Read(char c, int start)
    {
        if (c == '#' && _lineIsEmpty)
        {
            return Directive(start);
        }

        if (_headerComes && c == '<')
        {
            return Header(start);
        }

        _headerComes = false;
        return char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Following())) ? Number(start)
            : IsNameStart(c) ? NameOrText(start)
            : c is '"' or '\'' ? Quoted(c, start)
            : Operator(start);
    }

    private bool Ended()
    {
        var open = _inDirective;
        _inDirective = false;
        return open;
    }

    /// <summary>Skips a comment; true where it is the launch plan's.</summary>
    private bool Comment()
    {
        Step();
        Step();
        var at = _at;
        while (at < _text.Length && _text[at] is ' ' or '\t' or '\r' or '\n')
        {
            at++;
        }

        var plan = _text[at..].StartsWith(PlanMark, StringComparison.Ordinal);
        while (_at < _text.Length && !(_text[_at] == '*' && Following() == '/'))
        {
            Step();
        }

        Step();
        Step();
        return plan;
    }

    private CudaToken Directive(int start)
    {
        var hash = TokenHash.Add(TokenHash.Seed, '#');
        Step();
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
        {
            Step();
        }

        var name = _at;
        while (_at < _text.Length && IsNamePart(_text[_at]))
        {
            hash = TokenHash.Add(hash, _text[_at]);
            Step();
        }

        _inDirective = true;
        _headerComes = _text[name.._at] is "include";
        return new CudaToken(CudaTokenKind.Directive, start, _at - start, TokenHash.Mix(hash));
    }

    private CudaToken Header(int start)
    {
        while (_at < _text.Length && _text[_at] is not ('>' or '\n'))
        {
            Step();
        }

        if (_at < _text.Length && _text[_at] == '>')
        {
            Step();
        }

        _headerComes = false;
        return Spelled(CudaTokenKind.Header, start);
    }

    private CudaToken Number(int start)
    {
        var hash = TokenHash.Seed;
        var before = '\0';
        while (_at < _text.Length && (IsNamePart(_text[_at]) || _text[_at] is '.' or '\'' || (_text[_at] is '+' or '-' && before is 'e' or 'p')))
        {
            var c = _text[_at];
            if (c == '\'' && !IsNamePart(Following()))
            {
                break;
            }

            before = char.ToLowerInvariant(c);

            // 0xE+1 is a number of the preprocessor too; so it is here.
            hash = c == '\'' ? hash : TokenHash.Add(hash, before);
            Step();
        }

        return new CudaToken(CudaTokenKind.Number, start, _at - start, TokenHash.Mix(hash));
    }

    private CudaToken NameOrText(int start)
    {
        var hash = TokenHash.Seed;
        while (_at < _text.Length && IsNamePart(_text[_at]))
        {
            hash = TokenHash.Add(hash, _text[_at]);
            Step();
        }

        if (_at < _text.Length && _text[_at] is '"' or '\'')
        {
            var prefix = _text[start.._at];
            if (_text[_at] == '"' && prefix is "R" or "LR" or "uR" or "UR" or "u8R")
            {
                return Raw(start);
            }

            if (prefix is "L" or "u" or "U" or "u8")
            {
                return Quoted(_text[_at], start);
            }
        }

        return new CudaToken(CudaTokenKind.Name, start, _at - start, TokenHash.Mix(hash));
    }

    /// <summary>A raw string: nothing in it is continued, escaped or a comment until <c>)delimiter"</c>.</summary>
    private CudaToken Raw(int start)
    {
        var open = _text[_at..].IndexOf('(');
        if (open is < 1 or > 17)
        {
            return Quoted('"', start);
        }

        var delimiter = string.Concat(")", _text.Slice(_at + 1, open - 1), "\"");
        var body = _at + open + 1;
        var end = _text[body..].IndexOf(delimiter, StringComparison.Ordinal);
        var after = end < 0 ? _text.Length : body + end + delimiter.Length;
        _at = Spliced(after);
        return new CudaToken(CudaTokenKind.Text, start, after - start, TokenHash.Of(_text[start..after]));
    }

    private CudaToken Quoted(char quote, int start)
    {
        Step();
        while (_at < _text.Length && _text[_at] != quote && _text[_at] != '\n')
        {
            if (_text[_at] == '\\')
            {
                Step();
            }

            Step();
        }

        if (_at < _text.Length && _text[_at] == quote)
        {
            Step();
        }

        return Spelled(CudaTokenKind.Text, start);
    }

    private CudaToken Operator(int start)
    {
        foreach (var known in Operators)
        {
            if (known[0] == _text[start] && Spells(known))
            {
                return new CudaToken(CudaTokenKind.Punctuation, start, _at - start, TokenHash.Of(known));
            }
        }

        var hash = TokenHash.Of(_text.Slice(start, 1));
        Step();
        return new CudaToken(CudaTokenKind.Punctuation, start, _at - start, hash);
    }

    /// <summary>Steps over a spelling where it stands here.</summary>
    private bool Spells(string known)
    {
        var start = _at;
        foreach (var character in known)
        {
            if (_at >= _text.Length || _text[_at] != character)
            {
                _at = start;
                return false;
            }

            Step();
        }

        return true;
    }

    private readonly CudaToken Fixed(CudaTokenKind kind, int start) => new(kind, start, 0, (ulong)kind);

    /// <summary>A token that ends here, hashed by its spelling on one line.</summary>
    private readonly CudaToken Spelled(CudaTokenKind kind, int start)
    {
        var hash = TokenHash.Seed;
        for (var i = Spliced(start); i < _at; i = Spliced(i + 1))
        {
            hash = TokenHash.Add(hash, _text[i]);
        }

        return new CudaToken(kind, start, _at - start, TokenHash.Mix(hash));
    }

    private void Step() => _at = Math.Min(_text.Length, Spliced(_at + 1));

    private readonly char Following() => Spliced(_at + 1) is var next && next < _text.Length ? _text[next] : '\0';

    /// <summary>Where reading goes on: behind backslashes that end a line ([lex.phases] 2).</summary>
    private readonly int Spliced(int at)
    {
        while (at + 1 < _text.Length && _text[at] == '\\')
        {
            if (_text[at + 1] == '\n')
            {
                at += 2;
            }
            else if (at + 2 < _text.Length && _text[at + 1] == '\r' && _text[at + 2] == '\n')
            {
                at += 3;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c == '$' || (c > 127 && char.IsLetter(c));

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_' || c == '$' || (c > 127 && char.IsLetterOrDigit(c));
}
