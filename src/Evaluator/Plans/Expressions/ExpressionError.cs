using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>How errors of expressions are written.</summary>
internal static class ExpressionError
{
    /// <summary>An error at a column of an expression.</summary>
    public static PlanException At(PlanExpression expression, int offset, string problem)
        => new(expression, expression.IsLiteral ? problem : $"{problem}, at column {offset + 1} of '{expression.Text}'", offset);
}
