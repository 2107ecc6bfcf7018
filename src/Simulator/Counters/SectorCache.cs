using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// A set-associative cache of 128-byte lines with four 32-byte sectors each, filled by sector, least recently used out first,
/// sets chosen by a hash of the line. Holds tags only.
/// </summary>
internal sealed class SectorCache
{
    // A way is (line + 1) << 8 | dirty sectors << 4 | valid sectors; a set is ordered from the newest to the oldest, so
    // that one access touches one or two cache lines of the host.
    private readonly ulong[] _entries;
    private readonly int _ways;
    private readonly int _setShift;

    /// <summary>Makes an empty cache of about <paramref name="bytes"/> (at least 8 lines).</summary>
    public SectorCache(long bytes)
    {
        var lines = (int)Math.Max(8, bytes / 128);
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, lines / 16));
        _ways = Math.Max(1, lines / sets);
        _setShift = 64 - BitOperations.Log2((uint)sets);
        _entries = new ulong[sets * _ways];
    }

    /// <summary>Dirty sectors that had to leave so far.</summary>
    public long WrittenBackSectors { get; private set; }

    /// <summary>Forgets everything; what is dirty is dropped, not written back.</summary>
    public void Clear() => Array.Clear(_entries);

    /// <summary>Reads sectors; returns those that were missing and are there now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public uint Read(ulong line, uint sectors)
    {
        ref var entry = ref Find(line);
        var missing = sectors & ~(uint)(entry & 15);
        entry |= sectors;
        return missing;
    }

    /// <summary>Writes whole or part sectors; they are valid and dirty afterwards, without a fetch.</summary>
    public void Write(ulong line, uint sectors) => Find(line) |= sectors | (sectors << 4);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ref ulong Find(ulong line)
    {
        var key = line + 1;
        var set = _setShift == 64 ? 0 : (int)((line * 0x9E3779B97F4A7C15UL) >> _setShift);
        var ways = _entries.AsSpan(set * _ways, _ways);
        if (ways[0] >> 8 == key)
        {
            return ref ways[0];
        }

        var at = 1;
        while (at < ways.Length && ways[at] >> 8 != key)
        {
            at++;
        }

        ulong found;
        if (at < ways.Length)
        {
            found = ways[at];
        }
        else
        {
            found = key << 8;
            at = ways.Length - 1;
            WrittenBackSectors += BitOperations.PopCount((uint)(ways[at] >> 4) & 15);
        }

        ways[..at].CopyTo(ways[1..]);
        ways[0] = found;
        return ref ways[0];
    }
}
