namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>A node of a parsed expression, with the offset that errors point at.</summary>
/// <param name="Offset">Offset in the expression's text.</param>
internal abstract record Node(int Offset)
{
    public sealed record Literal(Value Value, int Offset) : Node(Offset);

    public sealed record Name(string Path, int Offset) : Node(Offset);

    public sealed record Index(Node Of, Node At, int Offset) : Node(Offset);

    public sealed record Call(string Function, IReadOnlyList<Node> Arguments, int Offset) : Node(Offset);

    /// <summary><c>blocks_per_sm(kernel)</c>: a kernel's name is C++, not an expression.</summary>
    public sealed record Occupancy(string Kernel, int Offset) : Node(Offset);

    public sealed record Unary(string Operator, Node Operand, int Offset) : Node(Offset);

    public sealed record Binary(string Operator, Node Left, Node Right, int Offset) : Node(Offset);

    /// <summary>A chain of comparisons: <c>0 &lt; t &lt; 5</c>.</summary>
    public sealed record Comparison(IReadOnlyList<Node> Operands, IReadOnlyList<(string Operator, int Offset)> Operators, int Offset) : Node(Offset);

    public sealed record Logical(bool IsAnd, Node Left, Node Right, int Offset) : Node(Offset);

    public sealed record Conditional(Node Condition, Node Then, Node Else, int Offset) : Node(Offset);
}
