using System.Numerics;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// A set-associative cache of 128-byte lines with four 32-byte sectors each, filled by sector, least recently used out first,
/// sets chosen by a hash of the line. Holds tags only.
/// </summary>
internal sealed class SectorCache
{
    private readonly ulong[] _lines;
    private readonly byte[] _valid;
    private readonly byte[] _dirty;
    private readonly uint[] _stamps;
    private readonly int _ways;
    private readonly int _setShift;
    private uint _clock;

    /// <summary>Makes an empty cache of about <paramref name="bytes"/> (at least 8 lines).</summary>
    public SectorCache(long bytes)
    {
        var lines = (int)Math.Max(8, bytes / 128);
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, lines / 16));
        _ways = Math.Max(1, lines / sets);
        _setShift = 64 - BitOperations.Log2((uint)sets);
        _lines = new ulong[sets * _ways];
        _valid = new byte[sets * _ways];
        _dirty = new byte[sets * _ways];
        _stamps = new uint[sets * _ways];
    }

    /// <summary>Dirty sectors that had to leave so far.</summary>
    public long WrittenBackSectors { get; private set; }

    /// <summary>Forgets everything; dirty sectors count as written back.</summary>
    public void Clear()
    {
        FlushDirty();
        Array.Clear(_lines);
        Array.Clear(_valid);
        Array.Clear(_stamps);
        _clock = 0;
    }

    /// <summary>Counts what is still dirty as written back.</summary>
    public void FlushDirty()
    {
        foreach (var dirty in _dirty)
        {
            WrittenBackSectors += BitOperations.PopCount(dirty);
        }

        Array.Clear(_dirty);
    }

    /// <summary>Reads sectors; returns those that were missing and are there now.</summary>
    public uint Read(ulong line, uint sectors)
    {
        var slot = Find(line);
        var missing = sectors & ~(uint)_valid[slot];
        _valid[slot] |= (byte)sectors;
        return missing;
    }

    /// <summary>Writes whole or part sectors; they are valid and dirty afterwards, without a fetch.</summary>
    public void Write(ulong line, uint sectors)
    {
        var slot = Find(line);
        _valid[slot] |= (byte)sectors;
        _dirty[slot] |= (byte)sectors;
    }

    private int Find(ulong line)
    {
        var key = line + 1;
        var set = _setShift == 64 ? 0 : (int)((line * 0x9E3779B97F4A7C15UL) >> _setShift);
        var from = set * _ways;
        var lines = _lines.AsSpan(from, _ways);
        var found = lines.IndexOf(key);
        if (found < 0)
        {
            found = Replace(from);
            _lines[from + found] = key;
        }

        _stamps[from + found] = ++_clock;
        return from + found;
    }

    private int Replace(int from)
    {
        var oldest = 0;
        for (var way = 1; way < _ways; way++)
        {
            if (_stamps[from + way] < _stamps[from + oldest])
            {
                oldest = way;
            }
        }

        WrittenBackSectors += BitOperations.PopCount(_dirty[from + oldest]);
        _dirty[from + oldest] = 0;
        _valid[from + oldest] = 0;
        return oldest;
    }
}
