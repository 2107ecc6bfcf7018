using System.Numerics;

namespace KernelForge.Simulator.Counters;

/// <summary>Distinct sectors that one block fetched from L2 and wrote to it: line → read mask, write mask.</summary>
internal sealed class FootprintTable
{
    private ulong[] _lines = new ulong[1024];
    private byte[] _masks = new byte[1024];
    private int _count;

    /// <summary>Distinct lines.</summary>
    public int Count => _count;

    /// <summary>Empties the table; a table that one huge block made large shrinks again.</summary>
    public void Clear()
    {
        if (_lines.Length > 1 << 20 && _count < 1 << 16)
        {
            _lines = new ulong[1024];
            _masks = new byte[1024];
        }
        else
        {
            Array.Clear(_lines);
            Array.Clear(_masks);
        }

        _count = 0;
    }

    /// <summary>Adds sectors: reads in the low four bits, writes in the high four.</summary>
    public void Add(ulong line, uint mask)
    {
        var slot = Slot(_lines, line + 1);
        if (_lines[slot] == 0)
        {
            _lines[slot] = line + 1;
            if (++_count * 2 > _lines.Length)
            {
                Grow();
                slot = Slot(_lines, line + 1);
            }
        }

        _masks[slot] |= (byte)mask;
    }

    /// <summary>All entries, in ascending order of lines.</summary>
    public Footprint ToFootprint(long block, int x, int y, int z)
    {
        var lines = new ulong[_count];
        var masks = new byte[_count];
        var at = 0;
        for (var slot = 0; slot < _lines.Length; slot++)
        {
            if (_lines[slot] != 0)
            {
                lines[at] = _lines[slot] - 1;
                masks[at++] = _masks[slot];
            }
        }

        Array.Sort(lines, masks);
        return new Footprint(block, x, y, z, lines, masks);
    }

    private static int Slot(ulong[] lines, ulong key)
    {
        var mask = lines.Length - 1;
        var slot = (int)((key * 0x9E3779B97F4A7C15UL) >> 32) & mask;
        while (lines[slot] != 0 && lines[slot] != key)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void Grow()
    {
        var lines = new ulong[_lines.Length * 2];
        var masks = new byte[lines.Length];
        for (var old = 0; old < _lines.Length; old++)
        {
            if (_lines[old] != 0)
            {
                var slot = Slot(lines, _lines[old]);
                lines[slot] = _lines[old];
                masks[slot] = _masks[old];
            }
        }

        _lines = lines;
        _masks = masks;
    }
}

/// <summary>The distinct sectors of one block: lines ascending, masks with reads low and writes high.</summary>
internal sealed record Footprint(long Block, int X, int Y, int Z, ulong[] Lines, byte[] Masks)
{
    /// <summary>Sectors read.</summary>
    public long ReadSectors => Masks.Sum(mask => (long)BitOperations.PopCount((uint)mask & 15));
}
