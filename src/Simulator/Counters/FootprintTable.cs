using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Counters;

/// <summary>Distinct sectors that one block fetched from L2 and wrote to it: line → read mask, write mask.</summary>
internal sealed class FootprintTable
{
    private int[] _slots = new int[1024];
    private ulong[] _lines = new ulong[512];
    private byte[] _masks = new byte[512];
    private int _count;

    /// <summary>Distinct lines.</summary>
    public int Count => _count;

    /// <summary>The line at a number below <see cref="Count"/>; in the order of their first access.</summary>
    public ulong Line(int at) => _lines[at];

    /// <summary>Sectors read in the low four bits, written in the high four.</summary>
    public byte Mask(int at) => _masks[at];

    /// <summary>Empties the table; a table that one huge block made large shrinks again.</summary>
    public void Clear()
    {
        if (_slots.Length > 1 << 20 && _count < 1 << 16)
        {
            _slots = new int[1024];
            _lines = new ulong[512];
            _masks = new byte[512];
        }
        else if (_count > _slots.Length / 8)
        {
            Array.Clear(_slots);
        }
        else
        {
            // The last one first: what stood in its way when it was entered is still there.
            for (var at = _count - 1; at >= 0; at--)
            {
                _slots[SlotOf(_lines[at])] = 0;
            }
        }

        _count = 0;
    }

    /// <summary>Adds sectors: reads in the low four bits, writes in the high four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ulong line, uint mask)
    {
        var slot = (int)((line * 0x9E3779B97F4A7C15UL) >> 32) & (_slots.Length - 1);
        while (true)
        {
            var at = _slots[slot] - 1;
            if (at < 0)
            {
                break;
            }

            if (_lines[at] == line)
            {
                _masks[at] |= (byte)mask;
                return;
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        if (_count == _lines.Length)
        {
            Grow();
            Add(line, mask);
            return;
        }

        _lines[_count] = line;
        _masks[_count++] = (byte)mask;
        _slots[slot] = _count;
    }

    /// <summary>All entries, in ascending order of lines.</summary>
    public Footprint ToFootprint(long block, int x, int y, int z)
    {
        var lines = _lines[.._count];
        var masks = _masks[.._count];
        Array.Sort(lines, masks);
        return new Footprint(block, x, y, z, lines, masks);
    }

    // Where a line stands, or would.
    private int SlotOf(ulong line)
    {
        var slot = (int)((line * 0x9E3779B97F4A7C15UL) >> 32) & (_slots.Length - 1);
        while (_slots[slot] != 0 && _lines[_slots[slot] - 1] != line)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        Array.Resize(ref _lines, _lines.Length * 2);
        Array.Resize(ref _masks, _masks.Length * 2);
        for (var at = 0; at < _count; at++)
        {
            _slots[SlotOf(_lines[at])] = at + 1;
        }
    }
}

/// <summary>The distinct sectors of one block: lines ascending, masks with reads low and writes high.</summary>
internal sealed record Footprint(long Block, int X, int Y, int Z, ulong[] Lines, byte[] Masks)
{
    /// <summary>Sectors read.</summary>
    public long ReadSectors => Masks.Sum(mask => (long)BitOperations.PopCount((uint)mask & 15));
}
