using System.Globalization;

namespace KernelForge.Api.Pages;

/// <summary>How pages write numbers: three significant digits, no exponent, units in the header.</summary>
internal static class Figures
{
    /// <summary>What stands where there is no figure.</summary>
    public const string None = "–";

    private static readonly string[] Suffixes = ["", " k", " M", " G", " T", " P"];

    /// <summary>Three significant digits: 90.8, 0.00412, 12,900.</summary>
    public static string Significant(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return value is null ? None : value.Value.ToString(CultureInfo.InvariantCulture);
        }

        if (number == 0)
        {
            return "0";
        }

        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(number)));
        if (magnitude is < -6 or > 14)
        {
            return number.ToString("0.00e+0", CultureInfo.InvariantCulture);
        }

        // Rounding may carry into the next power of ten: 9.996 is 10.0.
        var decimals = 2 - magnitude;
        var rounded = decimals >= 0 ? Math.Round(number, Math.Min(decimals, 15)) : Math.Round(number / Math.Pow(10, -decimals)) * Math.Pow(10, -decimals);
        decimals = Math.Max(0, 2 - (int)Math.Floor(Math.Log10(Math.Abs(rounded))));
        return rounded.ToString("N" + decimals, CultureInfo.InvariantCulture);
    }

    /// <summary>A factor: 12.4×.</summary>
    public static string Factor(double? value) => value is null ? None : Significant(value) + "×";

    /// <summary>A share of one in percent: 92.1 %.</summary>
    public static string Percent(double? share) => share is null ? None : Significant(share * 100) + " %";

    /// <summary>A count with an SI suffix: 12.9 G; whole below a thousand.</summary>
    public static string Count(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            return None;
        }

        if (Math.Abs(number) < 1000)
        {
            return number == Math.Floor(number) ? number.ToString("0", CultureInfo.InvariantCulture) : Significant(number);
        }

        var step = Math.Min(Suffixes.Length - 1, (int)(Math.Log10(Math.Abs(number)) / 3));
        return Significant(number / Math.Pow(1000, step)) + Suffixes[step];
    }

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Whole(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? None;

    /// <summary>US dollars: $0.0123.</summary>
    public static string Dollars(decimal? value) => value is null ? "unknown" : value == 0 ? "$0" : "$" + Significant((double)value);

    /// <summary>Dimensions: 4,096 × 1 × 1 as <c>4096 × 1 × 1</c>.</summary>
    public static string Dimensions(IReadOnlyList<long> sizes) => string.Join(" × ", sizes);

    /// <summary>A duration for people: 340 ms, 2.41 s, 3 min 5 s.</summary>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => None,
        { TotalSeconds: < 1 } short1 => $"{short1.TotalMilliseconds:0} ms",
        { TotalSeconds: < 60 } seconds => $"{Significant(seconds.TotalSeconds)} s",
        { TotalHours: < 1 } minutes => $"{(int)minutes.TotalMinutes} min {minutes.Seconds} s",
        { } hours => $"{(int)hours.TotalHours} h {hours.Minutes} min",
    };

    /// <summary>The beginning of a hash.</summary>
    public static string Hash(string sha256) => sha256.Length > 12 ? sha256[..12] : sha256;

    /// <summary>A word of the wire for people: <c>compile_error</c> is "compile error".</summary>
    public static string Words(string? word) => word?.Replace('_', ' ') ?? None;

    /// <summary>A baseline's name for people: <c>torch_eager_modelled</c> is "torch eager, modelled".</summary>
    public static string Baseline(string? name) => name switch
    {
        null => "no baseline",
        _ when name.EndsWith("_modelled", StringComparison.Ordinal) => $"{name[..^"_modelled".Length].Replace('_', ' ')}, modelled",
        _ => name.Replace('_', ' '),
    };
}
