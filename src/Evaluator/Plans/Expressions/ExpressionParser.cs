using System.Globalization;
using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>Recursive descent over the tokens of one expression; precedence is Python's.</summary>
internal sealed class ExpressionParser
{
    private const int MaxDepth = 64;

    private readonly PlanExpression _expression;
    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;

    private ExpressionParser(PlanExpression expression)
    {
        _expression = expression;
        _tokens = Tokenizer.Split(expression);
    }

    private Token Current => _tokens[_at];

    public static Node Parse(PlanExpression expression)
    {
        var parser = new ExpressionParser(expression);
        Node node = parser.ParseConditional();
        return parser.Current.Kind == TokenKind.End
            ? node
            : throw parser.Error(parser.Current.Offset, $"expected an operator or the end; found {parser.Current.Describe()}");
    }

    private Node ParseConditional()
    {
        if (++_depth > MaxDepth)
        {
            throw Error(Current.Offset, $"the expression nests deeper than {MaxDepth}; use \"defines\" for its parts");
        }

        Node value = ParseOr();
        if (Current is { Kind: TokenKind.Symbol, Text: "if" } head)
        {
            _at++;
            Node condition = ParseOr();
            Expect("else");
            value = new Node.Conditional(condition, value, ParseConditional(), head.Offset);
        }

        _depth--;
        return value;
    }

    private Node ParseOr()
    {
        Node left = ParseAnd();
        while (Take("or") is { } token)
        {
            left = new Node.Logical(IsAnd: false, left, ParseAnd(), token.Offset);
        }

        return left;
    }

    private Node ParseAnd()
    {
        Node left = ParseNot();
        while (Take("and") is { } token)
        {
            left = new Node.Logical(IsAnd: true, left, ParseNot(), token.Offset);
        }

        return left;
    }

    private Node ParseNot()
    {
        var offsets = new Stack<int>();
        while (Take("not") is { } token)
        {
            offsets.Push(token.Offset);
        }

        Node node = ParseComparison();
        while (offsets.TryPop(out int offset))
        {
            node = new Node.Unary("not", node, offset);
        }

        return node;
    }

    private Node ParseComparison()
    {
        Node first = ParseSum();
        List<Node>? operands = null;
        List<(string, int)>? operators = null;
        while (Take("==", "!=", "<", "<=", ">", ">=") is { } token)
        {
            operands ??= [first];
            operators ??= [];
            operators.Add((token.Text, token.Offset));
            operands.Add(ParseSum());
        }

        return operands is null ? first : new Node.Comparison(operands, operators!, first.Offset);
    }

    private Node ParseSum()
    {
        Node left = ParseProduct();
        while (Take("+", "-") is { } token)
        {
            left = new Node.Binary(token.Text, left, ParseProduct(), token.Offset);
        }

        return left;
    }

    private Node ParseProduct()
    {
        Node left = ParseSign();
        while (Take("*", "/", "//", "%") is { } token)
        {
            left = new Node.Binary(token.Text, left, ParseSign(), token.Offset);
        }

        return left;
    }

    private Node ParseSign()
    {
        var signs = new Stack<Token>();
        while (Take("-", "+") is { } token)
        {
            signs.Push(token);
        }

        // -9223372036854775808 is a literal of its own: its magnitude is not a 64-bit integer.
        if (signs.TryPeek(out Token sign) && sign.Text == "-" && Current is { Kind: TokenKind.Integer, Text: "9223372036854775808" } least)
        {
            signs.Pop();
            _at++;
            return Signed(signs, new Node.Literal(new Value.Integer(long.MinValue), least.Offset));
        }

        return Signed(signs, ParsePostfix());
    }

    private static Node Signed(Stack<Token> signs, Node node)
    {
        while (signs.TryPop(out Token sign))
        {
            node = new Node.Unary(sign.Text, node, sign.Offset);
        }

        return node;
    }

    private Node ParsePostfix()
    {
        Node node = ParsePrimary();
        while (Take("[") is { } token)
        {
            Node index = ParseConditional();
            Expect("]");
            node = new Node.Index(node, index, token.Offset);
        }

        return node;
    }

    private Node ParsePrimary()
    {
        Token token = Current;
        _at++;
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long integer)
                    ? new Node.Literal(new Value.Integer(integer), token.Offset)
                    : throw Error(token.Offset, $"{token.Text} does not fit 64 bits");
            case TokenKind.Float:
                double number = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
                return double.IsFinite(number)
                    ? new Node.Literal(new Value.Float(number), token.Offset)
                    : throw Error(token.Offset, $"{token.Text} is not finite");
            case TokenKind.Text:
                return new Node.Literal(new Value.Text(token.Text), token.Offset);
            case TokenKind.Name:
                return ParseName(token);
            case TokenKind.Symbol when token.Text == "(":
                Node inner = ParseConditional();
                Expect(")");
                return inner;
            default:
                throw Error(token.Offset, $"expected a number, a name or '('; found {token.Describe()}");
        }
    }

    private Node ParseName(Token token)
    {
        Value? constant = token.Text switch
        {
            "None" => new Value.None(),
            "True" or "true" => new Value.Bool(Truth: true),
            "False" or "false" => new Value.Bool(Truth: false),
            _ => null,
        };
        if (constant is not null)
        {
            return new Node.Literal(constant, token.Offset);
        }

        if (!(Current is { Kind: TokenKind.Symbol, Text: "(" }))
        {
            return new Node.Name(token.Text, token.Offset);
        }

        PlanFunction function = PlanReference.Functions.FirstOrDefault(f => f.Name == token.Text)
            ?? throw Error(token.Offset, $"'{token.Text}' is not a function; known: {string.Join(", ", PlanReference.Functions.Select(f => f.Name))}{Suggestion.For(token.Text, PlanReference.Functions.Select(f => f.Name))}");
        return function.Name == "blocks_per_sm" ? ParseOccupancy(token) : ParseCall(token, function);
    }

    private Node.Call ParseCall(Token token, PlanFunction function)
    {
        _at++;
        var arguments = new List<Node>();
        if (Take(")") is null)
        {
            do
            {
                arguments.Add(ParseConditional());
            }
            while (Take(",") is not null);
            Expect(")");
        }

        return arguments.Count >= function.MinArguments && arguments.Count <= function.MaxArguments
            ? new Node.Call(function.Name, arguments, token.Offset)
            : throw Error(token.Offset, $"{function.Form} takes {(function.MinArguments == function.MaxArguments ? $"{function.MinArguments}" : $"{function.MinArguments} to {function.MaxArguments}")} arguments; found {arguments.Count}");
    }

    private Node.Occupancy ParseOccupancy(Token token)
    {
        int start = Current.End;
        int depth = 0;
        while (Current.Kind != TokenKind.End)
        {
            Token next = Current;
            _at++;
            depth += next.Kind == TokenKind.Symbol ? next.Text switch { "(" => 1, ")" => -1, _ => 0 } : 0;
            if (depth == 0)
            {
                return new Node.Occupancy(_expression.Text[start..next.Offset].Trim(), token.Offset);
            }
        }

        throw Error(token.Offset, "blocks_per_sm( is not closed");
    }

    private Token? Take(params ReadOnlySpan<string> symbols)
    {
        Token token = Current;
        if (token.Kind != TokenKind.Symbol || !symbols.Contains(token.Text))
        {
            return null;
        }

        _at++;
        return token;
    }

    private void Expect(string symbol)
    {
        if (Take(symbol) is null)
        {
            throw Error(Current.Offset, $"expected '{symbol}'; found {Current.Describe()}");
        }
    }

    private PlanException Error(int offset, string problem) => ExpressionError.At(_expression, offset, problem);
}
