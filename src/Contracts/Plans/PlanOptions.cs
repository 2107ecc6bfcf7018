using System.Globalization;
using System.Text.Json;

namespace KernelForge.Contracts.Plans;

/// <summary>Compiler options as plans write them, brought to one spelling.</summary>
internal static class PlanOptions
{
    /// <summary>The option's name without its value.</summary>
    public static string NameOf(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? option : option[..equals];
    }

    /// <summary>The option in its canonical spelling.</summary>
    /// <exception cref="PlanException">It is not on the list.</exception>
    public static string Check(PlanNode node)
    {
        string text = node.Text;
        string bare = NameOf(text).TrimStart('-');
        PlanOption? option = node.Kind == JsonTokenType.String && text.StartsWith('-')
            ? PlanReference.Options.FirstOrDefault(o => o.Name.TrimStart('-') == bare)
            : null;
        if (option is null)
        {
            IEnumerable<string> known = PlanReference.Options.Select(o => o.Values is null ? o.Name : o.Name + "=…");
            throw node.Error($"expected a compiler option of the list; found {node.Describe()}; known: {string.Join(", ", known)}");
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string? value = equals < 0 ? null : text[(equals + 1)..];
        if (option.Values is null)
        {
            return value is null ? option.Name : throw node.Error($"'{option.Name}' takes no value; found '={value}'");
        }

        bool fits = value is not null && (option.Name == "-maxrregcount"
            ? int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 16 and <= 255
            : option.Values.Split(", ").Contains(value));
        return fits ? $"{option.Name}={value}" : throw node.Error($"'{option.Name}=' takes {option.Values}; found {(value is null ? "nothing" : $"'{value}'")}");
    }
}
