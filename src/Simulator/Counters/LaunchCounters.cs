using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// Counts one launch: basic blocks (expanded to instructions and lines afterwards), branches, and memory by instruction.
/// Global and local requests of a block are kept until a barrier or the block's end and then given to the cache models
/// in turns between the warps, because an interpreter runs a warp as far as it can while hardware runs them together.
/// Not thread-safe.
/// </summary>
public sealed class LaunchCounters
{
    // A trace entry is a line address with these flags in its low seven bits.
    private const ulong SectorBits = 0xF;
    private const int KindShift = 4;
    private const ulong KindRead = 0;
    private const ulong KindReadBypass = 1;
    private const ulong KindWrite = 2;
    private const ulong KindAtomic = 3;
    private const ulong LocalBit = 1 << 6;
    private const ulong LocalBase = 1UL << 60;
    private const int TraceLimit = 1 << 21;
    private const int RetainedEntries = 1 << 21;
    private const int RetainedFootprints = 4096;
    private const int AtomicTableSize = 1 << 16;

    private readonly List<StratumCounters> _strata = [];
    private readonly bool[] _bypassesL1;
    private readonly SectorCache _l1;
    private readonly SectorCache _l2Share;
    private readonly SectorCache _l2;
    private readonly FootprintTable _footprint = new();
    private readonly List<int> _segments = [];
    private ulong[] _atomicAddresses = [];
    private long[] _atomicCounts = [];
    private readonly BufferRange[] _buffersByAddress;
    private readonly PatternTraffic?[] _patterns;
    private StratumCounters _now;
    private int _stratum;
    private ulong[] _trace = new ulong[1 << 14];
    private (int At, int End)[] _cursors = [];
    private int _traced;
    private int _arrivals;
    private int _warp;
    private (int X, int Y, int Z) _block;
    private int _lastBuffer;
    private long _retained;
    private long _shareMisses;

    /// <summary>Makes empty counters.</summary>
    /// <param name="instructions">The program's instructions, by number.</param>
    /// <param name="settings">Launch and machine.</param>
    public LaunchCounters(IReadOnlyList<InstructionInfo> instructions, CounterSettings settings)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        ArgumentNullException.ThrowIfNull(settings);
        Instructions = instructions;
        Settings = settings;
        BasicBlocks = instructions.Count == 0 ? 1 : instructions.Max(instruction => instruction.BasicBlock) + 1;
        _bypassesL1 = [.. instructions.Select(instruction => BypassesL1(instruction.Opcode))];
        _patterns = new PatternTraffic?[instructions.Count * PatternTraffic.Phases];
        _l1 = new SectorCache(settings.L1BytesPerBlock);
        _l2Share = new SectorCache(settings.L2Bytes / Math.Max(1, settings.ConcurrentBlocks));
        _l2 = new SectorCache(settings.L2Bytes);
        _buffersByAddress = [.. settings.Buffers.OrderBy(buffer => buffer.Address)];
        _now = Stratum(0);
        _segments.Add(0);
    }

    /// <summary>The program's instructions.</summary>
    public IReadOnlyList<InstructionInfo> Instructions { get; }

    /// <summary>Launch and machine.</summary>
    public CounterSettings Settings { get; }

    /// <summary>Basic blocks of the program.</summary>
    public int BasicBlocks { get; }

    /// <summary>Blocks counted so far.</summary>
    public long BlocksCounted => _strata.Sum(stratum => stratum.Blocks);

    /// <summary>
    /// Lane-instructions counted so far (PTX instructions × active threads), for a sampler's budget. A tensor-core product counts as many as it multiplies, which is what
    /// it takes to simulate.
    /// </summary>
    public double LaneInstructions
    {
        get
        {
            var perBlock = new double[BasicBlocks];
            foreach (var instruction in Instructions)
            {
                perBlock[instruction.BasicBlock] += 1 + (Expansion.Of(instruction.Opcode).TensorF16Fma / 32);
            }

            return _strata.Sum(stratum => Enumerable.Range(0, BasicBlocks).Sum(block => (double)stratum.BlockThreads[block] * perBlock[block]));
        }
    }

    internal IReadOnlyList<StratumCounters> Strata => _strata;

    internal List<Footprint> Footprints { get; } = [];

    internal long L2ReadMisses { get; private set; }

    /// <summary>Every block so far came in ascending order from the first: only then the launch's L2 is modelled.</summary>
    internal bool InOrder { get; private set; } = true;

    internal long HottestAtomicAddress => _atomicCounts.Length == 0 ? 0 : _atomicCounts.Max();

    /// <summary>The blocks that follow count into this stratum (0 to begin with). Between blocks only.</summary>
    public void UseStratum(int stratum)
    {
        _stratum = stratum;
        _now = Stratum(stratum);
    }

    /// <summary>Sums over the launch: every stratum times its weight (launched blocks ÷ counted blocks of it).</summary>
    /// <param name="weights">One a stratum; empty where every block was run.</param>
    public CounterTotals Totals(params ReadOnlySpan<double> weights) => CounterTotals.From(this, weights);

    internal void StartBlock(int x, int y, int z)
    {
        _block = (x, y, z);
        if (_traced > 0)
        {
            // Resident blocks take turns: what is pending belongs to one that goes on later.
            Replay();
        }

        InOrder &= BlockNumber() == BlocksCounted;
        _now.Blocks++;
        _traced = 0;
        _segments.Clear();
        _segments.Add(0);
        _arrivals = 0;
        _warp = 0;
        _shareMisses = 0;
        _l1.Clear();
        _l2Share.Clear();
        _footprint.Clear();
    }

    internal void CountBasicBlock(int basicBlock, uint activeMask)
    {
        _now.BlockExecutions[basicBlock]++;
        _now.BlockThreads[basicBlock] += BitOperations.PopCount(activeMask);
    }

    internal void ScheduleWarp(int warp)
    {
        if (warp != _warp)
        {
            CloseSegment();
            _warp = warp;
        }
    }

    internal void CountBranch(int instruction, uint activeMask, uint takenMask)
    {
        _now.Branches[instruction]++;
        var taken = takenMask & activeMask;
        if (taken != 0 && taken != activeMask)
        {
            _now.DivergentBranches[instruction]++;
        }
    }

    internal void CountBarrier(int instruction)
    {
        _now.Sites[instruction].Requests++;
        _now.Barriers++;
        CloseSegment();
        if (++_arrivals == Settings.WarpsPerBlock)
        {
            Replay();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void FinishBlock()
    {
        Replay();
        long unique = 0;
        for (var at = 0; at < _footprint.Count; at++)
        {
            var mask = _footprint.Mask(at);
            var buffer = BufferOf(_footprint.Line(at) << 7);
            var read = BitOperations.PopCount((uint)mask & 15);
            _now.ReadSectorsByBuffer[buffer] += read;
            _now.WrittenSectorsByBuffer[buffer] += BitOperations.PopCount((uint)mask >> 4);
            unique += read;
        }

        _now.RefetchedSectors += Math.Max(0, _shareMisses - unique);
        if (_retained + _footprint.Count <= RetainedEntries && Footprints.Count < RetainedFootprints)
        {
            _retained += _footprint.Count;
            Footprints.Add(_footprint.ToFootprint(BlockNumber(), _block.X, _block.Y, _block.Z));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CountMemory(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane)
    {
        if (mask == 0)
        {
            return;
        }

        ref var site = ref _now.Sites[instruction];
        var lanes = BitOperations.PopCount(mask);
        site.Requests++;
        site.Lanes += lanes;
        site.Bytes += (long)lanes * bytesPerLane;
        switch (space)
        {
            case MemorySpace.Global:
                CountGlobal(ref site, instruction, kind, addresses, mask, lanes, bytesPerLane);
                break;
            case MemorySpace.Shared:
                var (wavefronts, ideal) = mask == uint.MaxValue && kind != AccessKind.Atomic && IsContiguous(addresses, bytesPerLane)
                    ? (Math.Max(1, bytesPerLane / 4), Math.Max(1, bytesPerLane / 4))
                    : BankConflicts.Count(addresses, mask, bytesPerLane, kind == AccessKind.Atomic);
                site.Wavefronts += wavefronts;
                site.IdealWavefronts += ideal;
                break;
            case MemorySpace.Local:
                CountLocal(ref site, kind, addresses, mask, lanes, bytesPerLane);
                break;
            default:
                var distinct = Distinct(addresses, mask);
                site.Wavefronts += distinct;
                site.IdealWavefronts++;
                break;
        }
    }

    /// <summary>As <see cref="CountMemory"/>: what depends on the pattern, the mask and the place within a line only is worked out once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void CountPattern(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytesPerLane)
    {
        // Banks turn with the origin: of shared memory all places are alike.
        var phase = space == MemorySpace.Shared ? origin & 3 : origin & 127;
        var index = (instruction * PatternTraffic.Phases) + (int)(phase >> 2);
        if (mask == 0 || kind == AccessKind.Atomic || space is not (MemorySpace.Global or MemorySpace.Shared) || (phase & 3) != 0)
        {
            Span<ulong> addresses = stackalloc ulong[32];
            pattern.Addresses(origin, addresses);
            CountMemory(instruction, space, kind, addresses, mask, bytesPerLane);
            return;
        }

        var known = _patterns[index];
        if (known is null || known.Mask != mask || !ReferenceEquals(known.Pattern, pattern))
        {
            known = new PatternTraffic(pattern, mask, space == MemorySpace.Shared, phase, bytesPerLane);
            _patterns[index] = known;
        }

        ref var site = ref _now.Sites[instruction];
        site.Requests++;
        site.Lanes += known.Lanes;
        site.Bytes += known.Bytes;
        site.Wavefronts += known.Wavefronts;
        site.IdealWavefronts += known.IdealWavefronts;
        if (space == MemorySpace.Shared)
        {
            return;
        }

        site.Sectors += known.Sectors;
        site.IdealSectors += known.IdealSectors;
        var flags = (kind == AccessKind.Write ? KindWrite : _bypassesL1[instruction] ? KindReadBypass : KindRead) << KindShift;
        var start = (origin & ~127UL) | flags;
        foreach (var entry in known.Lines)
        {
            Trace(start + entry);
        }
    }

    /// <summary>Number of the buffer that holds an address; one past the last for none. Indexes <see cref="CounterSettings.Buffers"/> by ascending address.</summary>
    internal int BufferOf(ulong address)
    {
        // Lines of one buffer mostly follow one another.
        if (_lastBuffer < _buffersByAddress.Length
            && address >= _buffersByAddress[_lastBuffer].Address
            && address - _buffersByAddress[_lastBuffer].Address < (ulong)_buffersByAddress[_lastBuffer].Bytes)
        {
            return _lastBuffer;
        }

        var low = 0;
        var high = _buffersByAddress.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var buffer = _buffersByAddress[middle];

            // A line belongs to a buffer that begins inside it.
            if (address + 127 < buffer.Address)
            {
                high = middle - 1;
            }
            else if (address >= buffer.Address + (ulong)buffer.Bytes)
            {
                low = middle + 1;
            }
            else
            {
                _lastBuffer = middle;
                return middle;
            }
        }

        return _buffersByAddress.Length;
    }

    internal IReadOnlyList<BufferRange> BuffersByAddress => _buffersByAddress;

    internal int[] InstructionsPerBasicBlock()
    {
        var counts = new int[BasicBlocks];
        foreach (var instruction in Instructions)
        {
            counts[instruction.BasicBlock]++;
        }

        return counts;
    }

    private static bool BypassesL1(string opcode)
    {
        var parts = opcode.Split('.');
        return parts.Any(part => part is "cg" or "cv" or "volatile" or "relaxed" or "acquire" or "no_allocate");
    }

    // All 32 lanes read consecutive elements: four compares of eight addresses.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsContiguous(ReadOnlySpan<ulong> addresses, int bytesPerLane)
    {
        ref var first = ref MemoryMarshal.GetReference(addresses);
        var step = (ulong)bytesPerLane;
        var expected = Vector512.Create(first) + (Vector512<ulong>.Indices * step);
        var stride = Vector512.Create(step * 8);
        var equal = Vector512.Equals(Vector512.LoadUnsafe(ref first), expected);
        expected += stride;
        equal &= Vector512.Equals(Vector512.LoadUnsafe(ref first, 8), expected);
        expected += stride;
        equal &= Vector512.Equals(Vector512.LoadUnsafe(ref first, 16), expected);
        expected += stride;
        equal &= Vector512.Equals(Vector512.LoadUnsafe(ref first, 24), expected);
        return equal == Vector512<ulong>.AllBitsSet;
    }

    private static int Distinct(ReadOnlySpan<ulong> addresses, uint mask)
    {
        Span<ulong> seen = stackalloc ulong[32];
        var count = 0;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var address = addresses[BitOperations.TrailingZeroCount(rest)];
            if (!seen[..count].Contains(address))
            {
                seen[count++] = address;
            }
        }

        return count;
    }

    // Lines of a request: low seven bits hold the sectors. Returns how many; the span has room for all.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Lines(ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane, Span<ulong> lines, Span<uint> sectors)
    {
        var count = 0;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var address = addresses[BitOperations.TrailingZeroCount(rest)];
            var end = (address + (ulong)bytesPerLane - 1) >> 5;
            for (var sector = address >> 5; sector <= end; sector++)
            {
                var line = sector >> 2;
                var at = count > 0 && lines[count - 1] == line ? count - 1 : lines[..count].IndexOf(line);
                if (at < 0)
                {
                    at = count++;
                    lines[at] = line;
                    sectors[at] = 0;
                }

                sectors[at] |= 1u << (int)(sector & 3);
            }
        }

        return count;
    }

    private void CountGlobal(
        ref SiteCounters site, int instruction, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int lanes, int bytesPerLane)
    {
        var flags = kind switch
        {
            AccessKind.Write => KindWrite,
            AccessKind.Atomic => KindAtomic,
            _ => _bypassesL1[instruction] ? KindReadBypass : KindRead,
        } << KindShift;
        long total;
        int lineCount;
        if (mask == uint.MaxValue && IsContiguous(addresses, bytesPerLane))
        {
            (total, lineCount) = TraceRange(addresses[0], 32L * bytesPerLane, flags);
        }
        else if (bytesPerLane > 128)
        {
            (total, lineCount) = (0, 0);
            for (var rest = mask; rest != 0; rest &= rest - 1)
            {
                var (copied, touched) = TraceRange(addresses[BitOperations.TrailingZeroCount(rest)], bytesPerLane, flags);
                total += copied;
                lineCount += touched;
            }
        }
        else
        {
            Span<ulong> lines = stackalloc ulong[96];
            Span<uint> sectors = stackalloc uint[96];
            lineCount = Lines(addresses, mask, bytesPerLane, lines, sectors);
            total = 0;
            for (var at = 0; at < lineCount; at++)
            {
                total += BitOperations.PopCount(sectors[at]);
                Trace((lines[at] << 7) | flags | sectors[at]);
            }
        }

        site.Sectors += total;
        site.IdealSectors += Math.Min(total, (((long)lanes * bytesPerLane) + 31) / 32);
        site.Wavefronts += lineCount;
        site.IdealWavefronts += Math.Min(lineCount, (((long)lanes * bytesPerLane) + 127) / 128);
        if (kind == AccessKind.Atomic)
        {
            CountAtomic(addresses, mask, lanes);
        }
    }

    private (long Sectors, int Lines) TraceRange(ulong address, long bytes, ulong flags)
    {
        var first = address >> 5;
        var last = (address + (ulong)bytes - 1) >> 5;
        var lines = 0;
        for (var line = first >> 2; line <= last >> 2; line++)
        {
            var from = Math.Max(first, line << 2) & 3;
            var to = Math.Min(last, (line << 2) + 3) & 3;
            Trace((line << 7) | flags | (((2UL << (int)to) - 1) & ~((1UL << (int)from) - 1)));
            lines++;
        }

        return ((long)(last - first) + 1, lines);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountAtomic(ReadOnlySpan<ulong> addresses, uint mask, int lanes)
    {
        if (_atomicCounts.Length == 0)
        {
            _atomicAddresses = new ulong[AtomicTableSize];
            _atomicCounts = new long[AtomicTableSize];
        }

        _now.AtomicLanes += lanes;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var key = addresses[BitOperations.TrailingZeroCount(rest)] + 1;
            var slot = (int)((key * 0x9E3779B97F4A7C15UL) >> 48);

            // Only contended addresses matter: a slot belongs to who is seen again (Misra and Gries on one slot).
            if (_atomicAddresses[slot] == key)
            {
                _atomicCounts[slot]++;
            }
            else if (_atomicCounts[slot] <= 1)
            {
                _atomicAddresses[slot] = key;
                _atomicCounts[slot] = 1;
            }
            else
            {
                _atomicCounts[slot]--;
            }
        }
    }

    private void CountLocal(ref SiteCounters site, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int lanes, int bytesPerLane)
    {
        // Word w of lane l stands at (w · 32 + l) · 4 of its warp's window.
        Span<ulong> lines = stackalloc ulong[160];
        Span<uint> sectors = stackalloc uint[160];
        var window = LocalBase + ((ulong)_warp << 32);
        var count = 0;
        for (var rest = mask; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var words = Math.Max(1, Math.Min(16, bytesPerLane) / 4);
            for (var word = 0; word < words; word++)
            {
                var physical = window + (((addresses[lane] >> 2) + (ulong)word) << 7) + ((ulong)lane << 2);
                var line = physical >> 7;
                var at = lines[..count].IndexOf(line);
                if (at < 0)
                {
                    at = count++;
                    lines[at] = line;
                    sectors[at] = 0;
                }

                sectors[at] |= 1u << (int)((physical >> 5) & 3);
            }
        }

        var flags = LocalBit | ((kind == AccessKind.Read ? KindRead : KindWrite) << KindShift);
        for (var at = 0; at < count; at++)
        {
            site.Sectors += BitOperations.PopCount(sectors[at]);
            Trace((lines[at] << 7) | flags | sectors[at]);
        }

        site.IdealSectors += (((long)lanes * bytesPerLane) + 31) / 32;
        site.Wavefronts += count;
        site.IdealWavefronts += Math.Max(1, (lanes * bytesPerLane) / 128);
    }

    private StratumCounters Stratum(int number)
    {
        while (_strata.Count <= number)
        {
            _strata.Add(new StratumCounters(BasicBlocks, Instructions.Count, _buffersByAddress?.Length ?? Settings.Buffers.Count));
        }

        return _strata[number];
    }

    private long BlockNumber() => _block.X + ((long)Settings.Grid.X * (_block.Y + ((long)Settings.Grid.Y * _block.Z)));

    private void CloseSegment()
    {
        if (_segments[^1] != _traced)
        {
            _segments.Add(_traced);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Trace(ulong entry)
    {
        if (_traced == _trace.Length)
        {
            MakeRoom();
        }

        _trace[_traced++] = entry;
        if ((entry & LocalBit) == 0)
        {
            // A table of megabytes: there by the time that the block's warps are interleaved.
            _l2.Prefetch(entry >> 7);
        }
    }

    private void MakeRoom()
    {
        if (_trace.Length < TraceLimit)
        {
            Array.Resize(ref _trace, _trace.Length * 2);
        }
        else
        {
            Replay();
        }
    }

    // Warps take turns, one line each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Replay()
    {
        CloseSegment();
        var count = _segments.Count - 1;
        if (count > 0)
        {
            if (_cursors.Length < count)
            {
                _cursors = new (int At, int End)[Math.Max(64, count * 2)];
            }

            var cursors = _cursors.AsSpan(0, count);
            for (var segment = 0; segment < count; segment++)
            {
                cursors[segment] = (_segments[segment], _segments[segment + 1]);
            }

            while (cursors.Length > 0)
            {
                // Those that are through fall out, the others keep their order.
                var open = 0;
                foreach (ref var cursor in cursors)
                {
                    Serve(_trace[cursor.At]);
                    if (++cursor.At < cursor.End)
                    {
                        cursors[open++] = cursor;
                    }
                }

                cursors = cursors[..open];
            }
        }

        _traced = 0;
        _segments.Clear();
        _segments.Add(0);
        _arrivals = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Serve(ulong entry)
    {
        var line = entry >> 7;
        var mask = (uint)(entry & SectorBits);
        var sectors = BitOperations.PopCount(mask);
        var kind = (entry >> KindShift) & 3;
        if ((entry & LocalBit) != 0)
        {
            ServeLocal(line, mask, sectors, kind == KindWrite);
            return;
        }

        switch (kind)
        {
            case KindWrite:
                // Written through, not allocated in L1.
                _now.L1StoreSectors += sectors;
                _now.L2WriteSectors += sectors;
                WriteL2(line, mask);
                break;
            case KindAtomic:
                _now.L2AtomicSectors += sectors;
                ReadL2(line, mask);
                WriteL2(line, mask);
                break;
            default:
                var missing = kind == KindRead ? _l1.Read(line, mask) : mask;
                _now.L1LoadSectors += sectors;
                _now.L1LoadHits += sectors - BitOperations.PopCount(missing);
                if (missing != 0)
                {
                    _now.L2ReadSectors += BitOperations.PopCount(missing);
                    ReadL2(line, missing);
                }

                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ServeLocal(ulong line, uint mask, int sectors, bool write)
    {
        _now.L1LocalSectors += sectors;
        if (write)
        {
            var before = _l1.WrittenBackSectors;
            _l1.Write(line, mask);
            _now.L1LocalHits += sectors;
            _now.L2WriteSectors += _l1.WrittenBackSectors - before;
            return;
        }

        var missing = _l1.Read(line, mask);
        _now.L1LocalHits += sectors - BitOperations.PopCount(missing);
        _now.L2ReadSectors += BitOperations.PopCount(missing);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void ReadL2(ulong line, uint mask)
    {
        _footprint.Add(line, mask);
        _shareMisses += BitOperations.PopCount(_l2Share.Read(line, mask));
        if (InOrder)
        {
            L2ReadMisses += BitOperations.PopCount(_l2.Read(line, mask));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void WriteL2(ulong line, uint mask)
    {
        _footprint.Add(line, mask << 4);
        _l2Share.Write(line, mask);
        if (InOrder)
        {
            _l2.Write(line, mask);
        }
    }
}
