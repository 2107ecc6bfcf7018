using System.Globalization;

namespace KernelForge.Processes;

/// <summary>What a process and all its descendants use, read from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Sums anonymous memory (resident less file-backed) and counts processes.</summary>
    public static (long AnonymousBytes, int Processes) Measure(int root)
    {
        long bytes = 0;
        var count = 0;
        var pending = new Stack<int>();
        pending.Push(root);
        while (pending.TryPop(out var id))
        {
            count++;
            bytes += AnonymousBytes(id);
            PushChildren(id, pending);
        }

        return (bytes, count);
    }

    private static long AnonymousBytes(int id)
    {
        var fields = Read($"/proc/{id}/statm").Split(' ');
        return fields.Length > 2
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var resident)
            && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var shared)
            ? Math.Max(0, resident - shared) * Environment.SystemPageSize
            : 0;
    }

    private static void PushChildren(int id, Stack<int> pending)
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (var thread in threads)
        {
            foreach (var child in Read(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out var childId))
                {
                    pending.Push(childId);
                }
            }
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile.
            return string.Empty;
        }
    }
}
