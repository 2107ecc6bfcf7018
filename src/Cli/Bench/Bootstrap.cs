using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Cli.Bench;

/// <summary>Confidence by resampling whole groups, since what belongs to one group is alike.</summary>
internal static class Bootstrap
{
    private const int Resamples = 2000;

    /// <summary>A statistic of all items, and the middle 95 % of it over resampled groups. The seed makes it repeatable; resamples without a value are left out.</summary>
    public static (double Value, double Low, double High) Over<T>(IReadOnlyList<IReadOnlyList<T>> groups, Func<IReadOnlyList<T>, double> statistic, string seed)
    {
#pragma warning disable CA5394 // Statistics, not security.
        Random random = new(BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(seed))));
        var values = Enumerable.Range(0, Resamples)
            .Select(_ => statistic([.. Enumerable.Range(0, groups.Count).SelectMany(_ => groups[random.Next(groups.Count)])]))
            .Where(double.IsFinite).Order().ToList();
#pragma warning restore CA5394
        var value = statistic([.. groups.SelectMany(group => group)]);
        return values.Count == 0 ? (value, value, value) : (value, values[(int)(0.025 * values.Count)], values[Math.Min(values.Count - 1, (int)(0.975 * values.Count))]);
    }
}
