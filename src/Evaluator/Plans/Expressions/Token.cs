namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>An integer literal.</summary>
    Integer,

    /// <summary>A floating-point literal.</summary>
    Float,

    /// <summary>A string literal.</summary>
    Text,

    /// <summary>A name with its dots: <c>x</c>, <c>fc.weight.shape</c>, <c>net.0.bias.numel</c>.</summary>
    Name,

    /// <summary>An operator, bracket or keyword.</summary>
    Symbol,

    /// <summary>The end of the text.</summary>
    End,
}

/// <summary>A token of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; a string literal without its quotes.</param>
/// <param name="Offset">Offset of its first character in the expression.</param>
/// <param name="End">Offset behind its last character.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Offset, int End)
{
    public string Describe() => Kind == TokenKind.End ? "the end" : $"'{Text}'";
}
