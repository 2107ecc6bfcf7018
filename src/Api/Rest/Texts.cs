using System.Text;

namespace KernelForge.Api.Rest;

/// <summary>Checks texts that people send before they reach the database.</summary>
internal static class Texts
{
    private const int MostNameLength = 256;

    /// <summary>A name: short, without control characters.</summary>
    /// <exception cref="RefusedException">It is not.</exception>
    public static string Name(string field, string text)
    {
        if (text.Length is 0 or > MostNameLength)
        {
            throw RefusedException.Bad(field, $"expected 1 to {MostNameLength} characters, found {text.Length}");
        }

        return text.Any(char.IsControl) || !IsWhole(text) ? throw RefusedException.Bad(field, "expected a name, found one with control characters or half a surrogate pair") : text;
    }

    /// <summary>The same where it may be left out.</summary>
    public static string? OptionalName(string field, string? text) => text is null ? null : Name(field, text);

    /// <summary>A file's text: some, at most so many bytes as UTF-8, and what UTF-8 and the database can hold.</summary>
    /// <exception cref="RefusedException">It is not.</exception>
    public static byte[] File(string field, string text, int mostBytes)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw RefusedException.Bad(field, "expected the file's text, found nothing");
        }

        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            throw RefusedException.Bad(field, $"expected text, found a NUL character at position {nul}; send the source, not a binary");
        }

        if (!IsWhole(text))
        {
            throw RefusedException.Bad(field, "expected text, found half a surrogate pair, which UTF-8 cannot hold");
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        return bytes.Length <= mostBytes
            ? bytes
            : throw new RefusedException(StatusCodes.Status413PayloadTooLarge, $"{field}: expected at most {mostBytes} bytes, found {bytes.Length}", field);
    }

    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}
