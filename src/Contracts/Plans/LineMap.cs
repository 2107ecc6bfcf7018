namespace KernelForge.Contracts.Plans;

/// <summary>Offsets of a text as lines and columns, both from 1; a column counts characters.</summary>
internal static class LineMap
{
    /// <summary>The position of <paramref name="offset"/>.</summary>
    public static (int Line, int Column) At(string text, int offset)
    {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < offset && i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return (line, offset - lineStart + 1);
    }
}
