using System.Numerics;
using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>Evaluates a parsed expression: checked 64-bit integers, finite floats, Python's rules otherwise.</summary>
internal sealed class ExpressionEvaluator(PlanExpression expression, Scope scope)
{
    public Value Evaluate(Node node) => node switch
    {
        Node.Literal literal => literal.Value,
        Node.Name name => EvaluateName(name),
        Node.Index index => EvaluateIndex(index),
        Node.Call call => EvaluateCall(call),
        Node.Occupancy occupancy => EvaluateOccupancy(occupancy),
        Node.Unary unary => EvaluateUnary(unary),
        Node.Binary binary => EvaluateBinary(binary),
        Node.Comparison comparison => EvaluateComparison(comparison),
        Node.Logical logical => EvaluateLogical(logical),
        Node.Conditional conditional => Evaluate(Evaluate(conditional.Condition).IsTrue ? conditional.Then : conditional.Else),
        _ => throw new InvalidOperationException($"no rule for {node.GetType().Name}"),
    };

    /// <summary>The tensor that a name is, without a property; null where it is none.</summary>
    public ScopeTensor? TensorOf(Node node) => node is Node.Name name ? scope.Tensor(name.Path) : null;

    private Value EvaluateName(Node.Name node)
    {
        string path = node.Path;
        if (scope.Tensor(path) is not null)
        {
            throw Error(node, $"'{path}' is a tensor, which has no value here; use {path}.numel or {path}.shape[i]");
        }

        if (scope.Symbol(path) is { } symbol)
        {
            return symbol;
        }

        if (path == "sm_count")
        {
            return scope.SmCount is { } count ? new Value.Integer(count) : throw Error(node, "sm_count is not known here");
        }

        int dot = path.LastIndexOf('.');
        if (dot > 0 && scope.Tensor(path[..dot]) is { } tensor)
        {
            return path[(dot + 1)..] switch
            {
                "shape" => tensor.Sizes,
                "stride" => tensor.Strides,
                "numel" => new Value.Integer(tensor.Numel),
                string other => throw Error(node, $"a tensor has no '{other}'; known: shape, stride, numel"),
            };
        }

        if (path.StartsWith("init.", StringComparison.Ordinal))
        {
            string name = path[5..];
            return scope.Init(name)
                ?? throw Error(node, $"'{name}' is not an argument of the model's constructor; known: {Known(scope.InitNames)}{Suggestion.For(name, scope.InitNames)}");
        }

        string owner = dot > 0 && path[(dot + 1)..] is "shape" or "stride" or "numel" ? path[..dot] : path;
        if (scope.Symbol(owner) is { } value)
        {
            throw Error(node, $"'{owner}' is {value.Kind} ({value}), not a tensor");
        }

        throw scope.Unknown(expression, node.Offset, owner);
    }

    private Value EvaluateIndex(Node.Index node)
    {
        Value of = Evaluate(node.Of);
        if (of is not Value.Tuple tuple)
        {
            throw Error(node, $"{of.Kind} ({of}) cannot be indexed");
        }

        long index = ToInteger(Evaluate(node.At), node.At);
        long count = tuple.Items.Count;
        if (index < -count || index >= count)
        {
            string what = node.Of is Node.Name name && name.Path.EndsWith(".shape", StringComparison.Ordinal) ? "dimensions" : "elements";
            string shown = node.Of is Node.Name { Path: var path } ? $"'{path}'" : "it";
            throw Error(node, $"index {index} is out of range: {shown} has {count} {what}");
        }

        return tuple.Items[(int)(index < 0 ? index + count : index)];
    }

    private Value.Integer EvaluateOccupancy(Node.Occupancy node)
        => scope.BlocksPerSm is { } answer
            ? new Value.Integer(answer(node.Kernel, expression, node.Offset))
            : throw Error(node, "blocks_per_sm is known only after compilation; use it in grids, arguments, counts and shapes, not in defines");

    private Value EvaluateCall(Node.Call node)
    {
        if (node.Function == "at")
        {
            throw Error(node, "at(tensor, offset) is an argument by itself, not a part of an expression");
        }

        Value[] arguments = [.. node.Arguments.Select(Evaluate)];
        switch (node.Function)
        {
            case "ceil_div":
                long divisor = ToInteger(arguments[1], node.Arguments[1]);
                if (divisor == 0)
                {
                    throw Error(node, "division by zero");
                }

                return Integer(-FloorDivide(-(Int128)ToInteger(arguments[0], node.Arguments[0]), divisor), node);
            case "min" or "max":
                return Extreme(arguments, node);
            case "abs":
                return Number(arguments[0], node) is Value.Integer whole
                    ? Integer(Int128.Abs(whole.Number), node)
                    : Float(Math.Abs(ToDouble(arguments[0], node)), node);
            case "sqrt":
                return Float(Math.Sqrt(ToDouble(arguments[0], node)), node);
            case "rsqrt":
                return Float(1.0 / Math.Sqrt(ToDouble(arguments[0], node)), node);
            case "next_pow2":
                return NextPowerOfTwo(ToInteger(arguments[0], node.Arguments[0]), node);
            case "log2":
                return Number(arguments[0], node) is Value.Integer { Number: > 0 } power && BitOperations.IsPow2(power.Number)
                    ? new Value.Integer(BitOperations.Log2((ulong)power.Number))
                    : Float(Math.Log2(ToDouble(arguments[0], node)), node);
            default:
                throw new InvalidOperationException($"function {node.Function} has no rule");
        }
    }

    private Value.Integer NextPowerOfTwo(long number, Node node)
        => number <= 1L << 62
            ? new Value.Integer(number <= 1 ? 1 : (long)BitOperations.RoundUpToPowerOf2((ulong)number))
            : throw Error(node, $"the next power of two of {number} does not fit 64 bits");

    private Value Extreme(Value[] arguments, Node.Call node)
    {
        Value best = Number(arguments[0], node);
        foreach (Value argument in arguments.AsSpan(1))
        {
            Value candidate = Number(argument, node);
            int order = CompareNumbers(candidate, best);
            best = (node.Function == "min" ? order < 0 : order > 0) ? candidate : best;
        }

        return best;
    }

    private Value EvaluateUnary(Node.Unary node)
    {
        Value value = Evaluate(node.Operand);
        if (node.Operator == "not")
        {
            return new Value.Bool(!value.IsTrue);
        }

        return Number(value, node) switch
        {
            Value.Integer integer => Integer(node.Operator == "-" ? -(Int128)integer.Number : integer.Number, node),
            Value.Float number => Float(node.Operator == "-" ? -number.Number : number.Number, node),
            _ => throw new InvalidOperationException("a number is an integer or a float"),
        };
    }

    private Value.Bool EvaluateLogical(Node.Logical node)
        => new(node.IsAnd
            ? Evaluate(node.Left).IsTrue && Evaluate(node.Right).IsTrue
            : Evaluate(node.Left).IsTrue || Evaluate(node.Right).IsTrue);

    private Value EvaluateBinary(Node.Binary node)
    {
        Value left = Number(Evaluate(node.Left), node);
        Value right = Number(Evaluate(node.Right), node);
        bool divides = node.Operator is "/" or "//" or "%";
        if (divides && ToDouble(right, node) == 0)
        {
            throw Error(node, "division by zero");
        }

        if (left is Value.Integer a && right is Value.Integer b && node.Operator != "/")
        {
            Int128 x = a.Number;
            Int128 y = b.Number;
            return Integer(
                node.Operator switch
                {
                    "+" => x + y,
                    "-" => x - y,
                    "*" => x * y,
                    "//" => FloorDivide(x, y),
                    _ => x - (FloorDivide(x, y) * y),
                },
                node);
        }

        double p = ToDouble(left, node);
        double q = ToDouble(right, node);
        return node.Operator switch
        {
            "+" => Float(p + q, node),
            "-" => Float(p - q, node),
            "*" => Float(p * q, node),
            "/" => Float(p / q, node),
            "//" => Floor(p / q, node),
            _ => Float(p - (Math.Floor(p / q) * q), node),
        };
    }

    private Value.Bool EvaluateComparison(Node.Comparison node)
    {
        Value left = Evaluate(node.Operands[0]);
        for (int i = 0; i < node.Operators.Count; i++)
        {
            Value right = Evaluate(node.Operands[i + 1]);
            if (!Holds(node.Operators[i].Operator, left, right, node.Operators[i].Offset))
            {
                return new Value.Bool(Truth: false);
            }

            left = right;
        }

        return new Value.Bool(Truth: true);
    }

    private bool Holds(string comparison, Value left, Value right, int offset)
    {
        bool numbers = IsNumber(left) && IsNumber(right);
        if (comparison is "==" or "!=")
        {
            bool same = numbers ? CompareNumbers(left, right) == 0 : left.Equals(right);
            return same == (comparison == "==");
        }

        if (!numbers)
        {
            throw ExpressionError.At(expression, offset, $"'{comparison}' compares numbers; found {left.Kind} ({left}) and {right.Kind} ({right})");
        }

        int order = CompareNumbers(left, right);
        return comparison switch
        {
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static bool IsNumber(Value value) => value is Value.Integer or Value.Float or Value.Bool;

    private static int CompareNumbers(Value left, Value right)
    {
        if (left is Value.Float || right is Value.Float)
        {
            return AsDouble(left).CompareTo(AsDouble(right));
        }

        return AsLong(left).CompareTo(AsLong(right));
    }

    private static long AsLong(Value value) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Bool truth => truth.Truth ? 1 : 0,
        _ => throw new InvalidOperationException($"{value.Kind} is no integer"),
    };

    private static double AsDouble(Value value) => value is Value.Float number ? number.Number : AsLong(value);

    private static Int128 FloorDivide(Int128 a, Int128 b)
    {
        Int128 quotient = a / b;
        return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    /// <summary>An integer or a float; truth values count as 1 and 0.</summary>
    private Value Number(Value value, Node node) => value switch
    {
        Value.Integer or Value.Float => value,
        Value.Bool truth => new Value.Integer(truth.Truth ? 1 : 0),
        Value.Tuple => throw Error(node, $"expected a number; found {value.Kind} {value}: take an element by index, [0]"),
        _ => throw Error(node, $"expected a number; found {value.Kind} ({value}), which can only be compared with == and !="),
    };

    private double ToDouble(Value value, Node node) => AsDouble(Number(value, node));

    private long ToInteger(Value value, Node node)
        => Number(value, node) is Value.Integer integer
            ? integer.Number
            : throw Error(node, $"expected an integer; found {value} (a float: '/' is true division, '//' floors to an integer)");

    private Value.Integer Integer(Int128 value, Node node)
        => value >= long.MinValue && value <= long.MaxValue
            ? new Value.Integer((long)value)
            : throw Error(node, $"{value} overflows 64 bits");

    private Value.Float Float(double value, Node node)
        => double.IsFinite(value) ? new Value.Float(value) : throw Error(node, "the result is not finite");

    private Value.Integer Floor(double value, Node node)
    {
        double floor = Math.Floor(value);
        return double.IsFinite(floor) && Math.Abs(floor) < 9.2e18
            ? new Value.Integer((long)floor)
            : throw Error(node, "the result does not fit 64 bits");
    }

    private PlanException Error(Node node, string problem) => ExpressionError.At(expression, node.Offset, problem);

    private static string Known(IEnumerable<string> names)
    {
        string known = string.Join(", ", names);
        return known.Length == 0 ? "none" : known;
    }
}
