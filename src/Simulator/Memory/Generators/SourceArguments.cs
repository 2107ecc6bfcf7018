namespace KernelForge.Simulator.Memory.Generators;

/// <summary>What the generators' constructors check alike.</summary>
internal static class SourceArguments
{
    public static void RequireFloating(ElementType type)
    {
        if (type is not (ElementType.Float32 or ElementType.Float64 or ElementType.Float16 or ElementType.BFloat16))
        {
            throw new ArgumentException($"expected a floating element type, found {type}", nameof(type));
        }
    }

    public static void RequireRange(double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low > high)
        {
            throw new ArgumentException($"expected finite low <= high, found [{low}, {high})", nameof(low));
        }
    }
}
