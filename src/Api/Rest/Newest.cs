using System.Globalization;

namespace KernelForge.Api.Rest;

/// <summary>Cursors of lists that show the newest first.</summary>
/// <param name="At">When the last row of the page before was made.</param>
/// <param name="Id">Which it was.</param>
internal sealed record Newest(DateTimeOffset At, Guid Id)
{
    /// <summary>The cursor after a row.</summary>
    public static string Cursor(DateTimeOffset at, Guid id) => Paging.Cursor(at.UtcTicks.ToString(CultureInfo.InvariantCulture), id.ToString());

    /// <summary>Where the page before ended; null for the first page.</summary>
    /// <exception cref="RefusedException">No page ended so.</exception>
    public static Newest? Parse(string? cursor)
    {
        if (Paging.Key(cursor, parts: 2) is not { } key)
        {
            return null;
        }

        return long.TryParse(key[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks && Guid.TryParse(key[1], out var id)
            ? new Newest(new DateTimeOffset(ticks, TimeSpan.Zero), id)
            : throw Paging.Wrong();
    }
}
