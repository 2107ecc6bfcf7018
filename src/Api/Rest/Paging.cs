using System.Buffers.Text;
using System.Text;

namespace KernelForge.Api.Rest;

/// <summary>Pages of a list: how many rows, and where the page before ended. A cursor holds the last row's sort key, so rows that come meanwhile shift nothing.</summary>
internal static class Paging
{
    /// <summary>Most rows of a page.</summary>
    public const int Most = 200;

    private const int Default = 50;
    private const char Separator = '\u001f';

    /// <summary>Rows of a page.</summary>
    /// <exception cref="RefusedException">Out of range.</exception>
    public static int Limit(int? limit) => limit switch
    {
        null => Default,
        >= 1 and <= Most => limit.Value,
        _ => throw RefusedException.Bad("limit", $"expected 1 to {Most}, found {limit}"),
    };

    /// <summary>A cursor of a row's sort key.</summary>
    public static string Cursor(params IEnumerable<string> key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, key)));

    /// <summary>The sort key of a cursor; null for the first page.</summary>
    /// <exception cref="RefusedException">No page ended so.</exception>
    public static string[]? Key(string? cursor, int parts)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        try
        {
            var key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
            return key.Length == parts && !key.Any(part => part.Contains('\0')) ? key : throw Wrong();
        }
        catch (FormatException)
        {
            throw Wrong();
        }
    }

    /// <summary>What a cursor that was made up is answered with.</summary>
    public static RefusedException Wrong() => RefusedException.Bad("cursor", "expected the next_cursor of the page before; leave it out for the first page");
}
