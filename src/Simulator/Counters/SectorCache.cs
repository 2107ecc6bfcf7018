using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// A set-associative cache of 128-byte lines with four 32-byte sectors each, filled by sector, least recently used out first,
/// sets chosen by a hash of the line. Holds tags only.
/// </summary>
internal sealed class SectorCache
{
    // A way is (line + 1) << 8 | dirty sectors << 4 | valid sectors; a set is ordered from the newest to the oldest, so
    // that one access touches one or two cache lines of the host. Rows are padded to whole vectors.
    private readonly ulong[] _entries;

    // Clearing is a new number: a set whose own is older is empty. Made at the first clearing: a large cache that is never cleared does without.
    private uint[]? _ages;
    private readonly int _ways;
    private readonly int _row;
    private readonly int _setShift;
    private uint _age;

    /// <summary>Makes an empty cache of about <paramref name="bytes"/> (at least 8 lines).</summary>
    public SectorCache(long bytes)
    {
        var lines = (int)Math.Max(8, bytes / 128);
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, lines / 16));
        _ways = Math.Max(1, lines / sets);
        _setShift = 64 - BitOperations.Log2((uint)sets);
        _row = (_ways + 7) & ~7;
        _entries = new ulong[sets * _row];
    }

    /// <summary>Dirty sectors that had to leave so far.</summary>
    public long WrittenBackSectors { get; private set; }

    /// <summary>Forgets everything; what is dirty is dropped, not written back.</summary>
    public void Clear()
    {
        _ages ??= new uint[_entries.Length / _row];
        if (++_age == 0)
        {
            Array.Clear(_ages);
            _age = 1;
        }
    }

    /// <summary>A line will be asked for soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong line)
    {
        if (Sse.IsSupported)
        {
            var row = (byte*)Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), SetOf(line) * _row));
            Sse.Prefetch1(row);
            Sse.Prefetch1(row + 64);
        }
    }

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(ulong line, uint sectors) => Find(line) |= sectors | (sectors << 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Find(ulong line)
    {
        var key = line + 1;
        var set = SetOf(line);
        ref var ways = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_entries), set * _row);
        if (_ages is { } ages && ages[set] != _age)
        {
            ages[set] = _age;
            for (var first = 0; first < _row; first += 8)
            {
                Vector512<ulong>.Zero.StoreUnsafe(ref ways, (nuint)first);
            }
        }

        if (ways >> 8 == key)
        {
            return ref ways;
        }

        // Eight tags at a time. What pads a row is never filled: no key is zero.
        var wanted = Vector512.Create(key);
        var at = -1;
        for (var first = 0; first < _row; first += 8)
        {
            var equal = Vector512.Equals(Vector512.LoadUnsafe(ref ways, (nuint)first) >> 8, wanted).ExtractMostSignificantBits();
            if (equal != 0)
            {
                at = first + BitOperations.TrailingZeroCount(equal);
                break;
            }
        }

        ulong found;
        if (at >= 0)
        {
            found = Unsafe.Add(ref ways, at);
        }
        else
        {
            found = key << 8;
            at = _ways - 1;
            WrittenBackSectors += BitOperations.PopCount((uint)(Unsafe.Add(ref ways, at) >> 4) & 15);
        }

        // To the front: what stood before it moves one place on.
        var before = found;
        for (var first = 0; first <= at; first += 8)
        {
            var row = Vector512.LoadUnsafe(ref ways, (nuint)first);
            var moved = Vector512.Shuffle(row, Vector512.Create(0UL, 0, 1, 2, 3, 4, 5, 6)).WithElement(0, before);
            before = row[7];
            Vector512.ConditionalSelect(Vector512.LessThanOrEqual(Vector512<ulong>.Indices, Vector512.Create((ulong)(at - first))), moved, row).StoreUnsafe(ref ways, (nuint)first);
        }

        return ref ways;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SetOf(ulong line) => _setShift == 64 ? 0 : (int)((line * 0x9E3779B97F4A7C15UL) >> _setShift);
}
