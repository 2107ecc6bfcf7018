using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>
/// Splits an expression into tokens. A name carries its dots, because tensors are named like <c>net.0.weight</c>: a part
/// may be a number, and the first one too (<c>0.weight</c>).
/// </summary>
internal static class Tokenizer
{
    private static readonly string[] Symbols = ["//", "==", "!=", "<=", ">=", "**", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", ":"];
    private static readonly HashSet<string> Keywords = ["and", "or", "not", "if", "else"];

    public static List<Token> Split(PlanExpression expression)
    {
        string text = expression.Text;
        var tokens = new List<Token>();
        int position = 0;
        while (true)
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
            {
                position++;
            }

            if (position == text.Length)
            {
                tokens.Add(new Token(TokenKind.End, "", position, position));
                return tokens;
            }

            Token token = Next(expression, text, position);
            tokens.Add(token);
            position = token.End;
        }
    }

    private static Token Next(PlanExpression expression, string text, int start)
    {
        char first = text[start];
        if (first is '\'' or '"')
        {
            int close = text.IndexOf(first, start + 1);
            return close < 0
                ? throw ExpressionError.At(expression, start, "a string is not closed")
                : new Token(TokenKind.Text, text[(start + 1)..close], start, close + 1);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1])))
        {
            return Number(text, start);
        }

        if (IsWord(first))
        {
            return Name(text, start);
        }

        string? symbol = Array.Find(Symbols, s => string.CompareOrdinal(text, start, s, 0, s.Length) == 0);
        if (symbol is null or "**")
        {
            string remedy = first switch
            {
                '*' => "'**' is no operator: multiply, or use sqrt",
                '&' => "use 'and'",
                '|' => "use 'or'",
                '!' => "use 'not'",
                '?' => "use 'a if c else b'",
                '=' => "use '==' to compare",
                _ => $"'{first}' cannot stand in an expression",
            };
            throw ExpressionError.At(expression, start, remedy);
        }

        return new Token(TokenKind.Symbol, symbol, start, start + symbol.Length);
    }

    private static Token Number(string text, int start)
    {
        int end = Digits(text, start);
        bool isFloat = false;
        if (end < text.Length && text[end] == '.')
        {
            isFloat = true;
            end = Digits(text, end + 1);
        }

        int exponent = end;
        if (exponent < text.Length && text[exponent] is 'e' or 'E')
        {
            exponent++;
            if (exponent < text.Length && text[exponent] is '+' or '-')
            {
                exponent++;
            }

            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                isFloat = true;
                end = Digits(text, exponent);
            }
        }

        // `0.weight` and `0.1.bias` are names of tensors.
        bool isName = end < text.Length && (IsWord(text[end]) || text[end] == '.');
        return isName
            ? Name(text, start)
            : new Token(isFloat ? TokenKind.Float : TokenKind.Integer, text[start..end], start, end);
    }

    private static Token Name(string text, int start)
    {
        int end = start;
        while (end < text.Length && (IsWord(text[end]) || (text[end] == '.' && end + 1 < text.Length && IsWord(text[end + 1]))))
        {
            end++;
        }

        string name = text[start..end];
        return new Token(Keywords.Contains(name) ? TokenKind.Symbol : TokenKind.Name, name, start, Math.Max(end, start + 1));
    }

    private static int Digits(string text, int position)
    {
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return position;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
