using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>Expressions that name a tensor: <c>x</c>, <c>at(x, offset)</c>.</summary>
internal static class TensorArguments
{
    /// <summary>The tensor that an expression names; null where it is a number.</summary>
    public static TensorArgument? Resolve(PlanScope scope, PlanExpression expression, Func<string, ResolvedTensor?> tensorOf)
    {
        Node node = scope.Parse(expression);
        if (node is Node.Name name && tensorOf(name.Path) is { } whole)
        {
            return new TensorArgument(whole.Name, 0, expression);
        }

        return node switch
        {
            Node.Call { Function: "at" } call => At(scope, expression, call, tensorOf),
            // Both branches may be tensors: `x if t == 0 else at(y, t)`.
            Node.Conditional conditional => Choose(scope, expression, conditional, tensorOf),
            _ => null,
        };
    }

    private static TensorArgument? Choose(PlanScope scope, PlanExpression expression, Node.Conditional conditional, Func<string, ResolvedTensor?> tensorOf)
    {
        Node taken = scope.Evaluate(expression, conditional.Condition).IsTrue ? conditional.Then : conditional.Else;
        return taken switch
        {
            Node.Name name when tensorOf(name.Path) is { } whole => new TensorArgument(whole.Name, 0, expression),
            Node.Call { Function: "at" } call => At(scope, expression, call, tensorOf),
            Node.Conditional inner => Choose(scope, expression, inner, tensorOf),
            _ => null,
        };
    }

    private static TensorArgument At(PlanScope scope, PlanExpression expression, Node.Call call, Func<string, ResolvedTensor?> tensorOf)
    {
        if (call.Arguments[0] is not Node.Name name)
        {
            throw new PlanException(expression, "at(tensor, offset) takes a tensor's name first", call.Offset);
        }

        ResolvedTensor tensor = tensorOf(name.Path) ?? throw scope.Scope.Unknown(expression, name.Offset, name.Path);
        Value value = scope.Evaluate(expression, call.Arguments[1]);
        long offset = value switch
        {
            Value.Integer integer => integer.Number,
            Value.Bool truth => truth.Truth ? 1 : 0,
            _ => throw new PlanException(expression, $"expected an integer offset in elements; found {value.Kind} ({value})", call.Arguments[1].Offset),
        };
        return offset >= 0 && offset <= tensor.Numel
            ? new TensorArgument(tensor.Name, offset, expression)
            : throw new PlanException(expression, $"offset {offset} lies outside '{name.Path}', which has {tensor.Numel} elements ([{string.Join(", ", tensor.Shape)}])", call.Arguments[1].Offset);
    }
}
