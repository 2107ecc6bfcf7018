using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>How errors of expressions are written.</summary>
internal static class Expressions
{
    /// <summary>An error at a column of an expression.</summary>
    public static PlanException Error(PlanExpression expression, int offset, string problem)
        => new(expression, expression.IsLiteral ? problem : $"{problem}, at column {offset + 1} of '{expression.Text}'", offset);
}
