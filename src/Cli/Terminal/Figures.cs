using System.Globalization;

namespace KernelForge.Cli.Terminal;

/// <summary>Numbers as people read them, the same under every culture.</summary>
internal static class Figures
{
    /// <summary>Milliseconds with three significant digits; below a hundredth, in microseconds.</summary>
    public static string Ms(double ms) => ms is > 0 and < 0.01 ? $"{Significant(ms * 1000)} µs" : $"{Significant(ms)} ms";

    /// <summary>A whole percentage; below ten, with one digit.</summary>
    public static string Percent(double fraction) =>
        (fraction * 100).ToString(fraction is > 0 and < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A factor: <c>1.08×</c>.</summary>
    public static string Factor(double factor) => Significant(factor) + "×";

    /// <summary>A value of a tensor, as precisely as float32 needs.</summary>
    public static string Value(double value) => value.ToString("G9", CultureInfo.InvariantCulture);

    /// <summary>An error or a tolerance.</summary>
    public static string Error(double value) => value.ToString("0.##e+0", CultureInfo.InvariantCulture);

    /// <summary>Three significant digits, never in scientific notation between a thousandth and a billion.</summary>
    public static string Significant(double value)
    {
        var size = Math.Abs(value);
        return size switch
        {
            0 => "0",
            >= 100 and < 1e9 => value.ToString("0", CultureInfo.InvariantCulture),
            >= 10 and < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
            >= 1 and < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
            >= 0.001 and < 1 => value.ToString("G3", CultureInfo.InvariantCulture),
            _ => value.ToString("0.00e+0", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A count with thin groups: <c>6 291 456</c>.</summary>
    public static string Count(double value) =>
        Math.Abs(value) < 1e15 && value == Math.Floor(value)
            ? value.ToString("#,0", GroupedBySpace)
            : Significant(value);

    private static readonly NumberFormatInfo GroupedBySpace = new() { NumberGroupSeparator = " " };
}
