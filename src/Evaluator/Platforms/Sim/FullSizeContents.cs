using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Memory.Generators;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>
/// What stands in a tensor at <c>full</c>, page by page on first touch (design §6): inputs and parameters follow their
/// described distribution; outputs and scratch hold plausible values, never poison, because unsampled blocks wrote them.
/// </summary>
internal static class FullSizeContents
{
    /// <summary>The pages of a tensor; null: zeros.</summary>
    public static IPageSource? Of(ResolvedTensor tensor, TensorDescription? described, ulong seed)
    {
        if (ElementTypeOf(tensor.Dtype) is not { } type)
        {
            return null;
        }

        var source = described?.Values is { } values ? Described(type, values, seed) : Plausible(type, seed);
        var structure = described?.Values?.Structure;
        return structure is "lower_triangular" or "upper_triangular" && tensor.Shape.Count >= 2 && source is ElementSource elements
            ? new TriangularSource(elements, tensor.Shape[^2], tensor.Shape[^1], upper: structure == "upper_triangular")
            : source;
    }

    private static IPageSource Described(ElementType type, ValueDistribution values, ulong seed) => values.Kind switch
    {
        "uniform" => Uniform(type, seed, values.Low ?? 0, values.High ?? 1),
        "normal" when values.Std is > 0 => new NormalSource(type, seed, values.Mean ?? 0, values.Std.Value),
        "normal" => new ConstantSource(type, values.Mean ?? 0),
        "integers" when IsFloating(type) => Uniform(type, seed, values.Low ?? 0, values.High ?? 1),
        "integers" => Integers(type, seed, values.Low ?? 0, values.High ?? 1),
        "bernoulli" when type == ElementType.UInt8 => IntegerSource.Boolean(seed, values.Probability ?? 0.5),
        "bernoulli" => IsFloating(type) ? Uniform(type, seed, 0, 1) : Integers(type, seed, 0, 2),
        "constant" => new ConstantSource(type, values.Value ?? 0),
        _ => Plausible(type, seed),
    };

    // Small and positive: safe under logarithms, square roots and divisions. Integers are zero: a valid index anywhere.
    private static IPageSource Plausible(ElementType type, ulong seed) =>
        IsFloating(type) ? Uniform(type, seed, 0.25, 1) : new ConstantSource(type, 0);

    private static IPageSource Uniform(ElementType type, ulong seed, double low, double high) =>
        high > low ? new UniformSource(type, seed, low, high) : new ConstantSource(type, low);

    private static IPageSource Integers(ElementType type, ulong seed, double low, double high) =>
        high > low + 1 ? new IntegerSource(type, seed, (long)low, (long)high) : new ConstantSource(type, low);

    private static bool IsFloating(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16;

    private static ElementType? ElementTypeOf(string dtype) => dtype switch
    {
        "float32" => ElementType.Float32,
        "float64" => ElementType.Float64,
        "float16" => ElementType.Float16,
        "bfloat16" => ElementType.BFloat16,
        "int64" => ElementType.Int64,
        "int32" => ElementType.Int32,
        "uint8" or "bool" => ElementType.UInt8,
        _ => null,
    };
}
