using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>A column's type in the header of a card, as Hugging Face's tools read it.</summary>
internal static class CardFeature
{
    private const string Strings = "- name: {0}\n      dtype: string";

    /// <summary>The lines after the column's name.</summary>
    public static string Of(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(IReadOnlyList<PromptMessage>) ? Records("role", "content")
            : plain == typeof(IReadOnlyList<ShareGptTurn>) ? Records("from", "value")
            : plain == typeof(IReadOnlyList<IReadOnlyList<string>>) ? "sequence:\n      sequence: string"
            : plain == typeof(bool) ? "dtype: bool"
            : plain == typeof(double) ? "dtype: float64"
            : plain == typeof(int) || plain == typeof(long) ? "dtype: int64"
            : plain == typeof(string) || plain == typeof(DateTimeOffset) ? "dtype: string"
            : throw new ArgumentOutOfRangeException(nameof(type), type, "a flat row has no such column");
    }

    private static string Records(params string[] names) => "list:\n" + string.Join('\n', names.Select(name => "    " + Strings.Replace("{0}", name, StringComparison.Ordinal)));
}
