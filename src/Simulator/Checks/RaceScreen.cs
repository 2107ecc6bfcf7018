using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Checks;

/// <summary>
/// Looks for races in a tenth of the time that finding them takes (docs/adr/0017): it knows no order but the barriers of all threads of a block,
/// so that it may suspect a launch that is right, and never passes one in which the precise checks find a race. Runs as an observer
/// (<see cref="ScreeningObserver"/>), one launch each.
/// </summary>
/// <remarks>
/// Each element of memory (as small as the program's smallest access) keeps three tags: its last plain write, its last atomic one, its last read. A tag is the
/// interval between barriers, counted over the launch, and the thread, or <see cref="Many"/>.
/// </remarks>
public sealed unsafe class RaceScreen : IDisposable
{
    private const int ThreadBits = 11;
    private const uint Many = 1024;
    private const uint MaxInterval = uint.MaxValue >> ThreadBits;

    // Three tags an element: memory of the host that is only there once it is touched.
    private const long MaxBufferBytes = 1L << 30;
    private readonly DeviceMemory memory;
    private readonly Region shared;
    private readonly Region?[] globalOf;
    private readonly Dictionary<ulong, Region> globals = [];
    private readonly int globalShift;
    private uint lastInterval;
    private uint firstInterval;
    private uint warpThread;
    private uint current;
    private uint first;

    /// <summary>For one launch.</summary>
    public RaceScreen(KernelProgram program, DeviceMemory memory, LaunchConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(configuration);
        this.memory = memory;
        globalOf = new Region?[program.Instructions.Count];
        globalShift = Granule(program, "global");
        int sharedShift = Granule(program, "shared");
        shared = new Region(0, LaunchState.SharedBytesOf(program, configuration), sharedShift);
        MayRace = !Serves(program, configuration);
    }

    /// <summary>Something was seen that may be a race, or could not be looked at.</summary>
    public bool MayRace { get; private set; }

    /// <summary>Whether barriers are all the order that there can be between threads of such a launch.</summary>
    public static bool Serves(KernelProgram program, LaunchConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(configuration);
        return !program.UsesGlobalSynchronisation && !program.UsesAsync && !configuration.Cooperative && LaunchState.ClusterOf(program, configuration).Count == 1
            && !program.Code.Any(i => i.Op == Op.DeviceMalloc);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        shared.Dispose();
        foreach (Region region in globals.Values)
        {
            region.Dispose();
        }
    }

    internal void StartBlock()
    {
        firstInterval = lastInterval + 1;
        Enter(0);
    }

    internal void Schedule(int warp, int interval)
    {
        warpThread = (uint)warp * 32;
        Enter((uint)interval);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Access(int instruction, MemorySpace space, AccessKind kind, ReadOnlySpan<ulong> addresses, uint mask, int bytes)
    {
        if (MayRace || mask == 0 || space is MemorySpace.Local or MemorySpace.Constant)
        {
            return;
        }

        ulong address = addresses[BitOperations.TrailingZeroCount(mask)];
        Region? region = RegionOf(instruction, space, address);
        for (uint m = mask; m != 0 && region is not null; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            if (addresses[lane] - region.Start >= region.Length)
            {
                region = RegionOf(instruction, space, addresses[lane]);
                if (region is null)
                {
                    return;
                }
            }

            if (!region.IsIgnored)
            {
                Lane(region, kind, addresses[lane] - region.Start, warpThread + (uint)lane, bytes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Access(int instruction, MemorySpace space, AccessKind kind, ulong origin, LanePattern pattern, uint mask, int bytes)
    {
        if (MayRace || mask == 0 || space is MemorySpace.Local or MemorySpace.Constant)
        {
            return;
        }

        ulong lowest = origin + (ulong)pattern.Lowest;
        Region? region = RegionOf(instruction, space, lowest);
        if (region is null || region.IsIgnored)
        {
            return;
        }

        ulong offset = origin - region.Start;
        if (lowest - region.Start + (ulong)(pattern.Highest - pattern.Lowest + bytes) > region.Length)
        {
            // Lanes that do not run may stand anywhere.
            Span<ulong> addresses = stackalloc ulong[32];
            pattern.Addresses(origin, addresses);
            Access(instruction, space, kind, addresses, mask, bytes);
            return;
        }

        foreach (ref readonly LaneRun run in pattern.Runs)
        {
            uint lanes = (uint)(((1UL << run.Count) - 1) << run.First);
            if ((mask & lanes) == lanes && kind != AccessKind.Atomic)
            {
                if (run.Step == bytes && (run.Count & 15) == 0)
                {
                    Ramp(region, kind, offset + (ulong)run.Offset, warpThread + (uint)run.First, run.Count, bytes);
                    continue;
                }

                if (run.Step == 0 && kind == AccessKind.Read && run.Count > 1)
                {
                    Lane(region, kind, offset + (ulong)run.Offset, Many, bytes);
                    continue;
                }
            }

            for (uint m = mask & lanes; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                Lane(region, kind, offset + pattern.Offsets[lane], warpThread + (uint)lane, bytes);
            }
        }
    }

    // Log2 of the smallest access to a space, at most 4 bytes. Generic accesses may go anywhere.
    private static int Granule(KernelProgram program, string space)
    {
        int least = 4;
        foreach (InstructionInfo instruction in program.Instructions)
        {
            string[] parts = instruction.Opcode.Split('.');
            if (parts[0] is "ld" or "st" or "atom" or "red" && (parts.Contains(space) || !parts.Any(p => p is "global" or "shared" or "local" or "param" or "const")))
            {
                string type = parts[^1];
                least = Math.Min(least, type.EndsWith("16", StringComparison.Ordinal) ? 2 : type is "b8" or "u8" or "s8" ? 1 : 4);
            }
        }

        return BitOperations.Log2((uint)least);
    }

    private void Enter(uint interval)
    {
        uint now = firstInterval + interval;
        lastInterval = Math.Max(lastInterval, now);
        if (now > MaxInterval)
        {
            MayRace = true;
            return;
        }

        current = now << ThreadBits;
        first = firstInterval << ThreadBits;
    }

    private Region? RegionOf(int instruction, MemorySpace space, ulong address)
    {
        if (space == MemorySpace.Shared)
        {
            // Out of bounds: a finding of its own.
            return address < shared.Length ? shared : null;
        }

        Region? known = globalOf[instruction];
        return known is not null && address - known.Start < known.Length ? known : Find(instruction, address);
    }

    private Region? Find(int instruction, ulong address)
    {
        if (memory.Find(address) is not { IsFreed: false } buffer || address - buffer.Address >= (ulong)buffer.ByteLength)
        {
            return null;
        }

        if (!globals.TryGetValue(buffer.Address, out Region? region))
        {
            bool ignored = buffer.Spec.ReadOnly;
            MayRace |= !ignored && buffer.ByteLength > MaxBufferBytes;
            region = new Region(buffer.Address, buffer.ByteLength, globalShift, ignored || MayRace);
            globals[buffer.Address] = region;
        }

        globalOf[instruction] = region;
        return region;
    }

    // A tag of another block, or of this interval, that is not the thread's own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Conflicts(uint tag, uint mine, uint from) => tag != mine && tag != 0 && tag - from >= current - from;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Lane(Region region, AccessKind kind, ulong offset, uint thread, int bytes)
    {
        if (offset + (ulong)bytes > region.Length)
        {
            return;
        }

        uint mine = current | thread;
        uint from = region.IsShared ? 0 : first;
        ulong end = (offset + (ulong)bytes - 1) >> region.Shift;
        for (ulong at = offset >> region.Shift; at <= end; at++)
        {
            ref uint read = ref region.Reads[at];
            bool bad = Conflicts(region.Writes[at], mine, from);
            switch (kind)
            {
                case AccessKind.Write:
                    bad |= Conflicts(region.Atomics[at], mine, from) | Conflicts(read, mine, from);
                    region.Writes[at] = mine;
                    break;
                case AccessKind.Atomic:
                    bad |= Conflicts(read, mine, from);
                    Remember(ref region.Atomics[at], mine, from);
                    break;
                default:
                    bad |= Conflicts(region.Atomics[at], mine, from);
                    Remember(ref read, mine, from);
                    break;
            }

            MayRace |= bad;
        }
    }

    // One of this interval becomes many; one of another block stays, since nothing can be ordered behind it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Remember(ref uint tag, uint mine, uint from)
    {
        if (!Conflicts(tag, mine, from))
        {
            tag = mine;
        }
        else if (tag >= current)
        {
            tag = current | Many;
        }
    }

    /// <summary>Consecutive lanes at consecutive elements: sixteen tags at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Ramp(Region region, AccessKind kind, ulong offset, uint thread, int lanes, int bytes)
    {
        int shift = region.Shift;
        if ((offset & ((1UL << shift) - 1)) != 0 || bytes >> shift == 0)
        {
            MayRace = true;
            return;
        }

        long at = (long)(offset >> shift);
        int perLane = bytes >> shift;
        int threadShift = BitOperations.Log2((uint)perLane);
        uint* writes = region.Writes + at;
        uint* reads = region.Reads + at;
        uint* atomics = region.Atomics + at;
        Vector512<uint> now = Vector512.Create(current);
        Vector512<uint> from = Vector512.Create(region.IsShared ? 0 : first);
        Vector512<uint> since = now - from;
        Vector512<uint> place = Vector512<uint>.Indices;
        Vector512<uint> bad = Vector512<uint>.Zero;
        Vector512<uint> start = Vector512.Create(current | thread);
        for (int k = 0; k < lanes * perLane; k += 16)
        {
            Vector512<uint> mine = start + (place >> threadShift);
            place += Vector512.Create(16u);
            Vector512<uint> written = Vector512.Load(writes + k);
            Vector512<uint> atomic = Vector512.Load(atomics + k);
            Vector512<uint> read = Vector512.Load(reads + k);
            Vector512<uint> readBad = Conflicts(read, mine, from, since);
            bad |= Conflicts(written, mine, from, since) | Conflicts(atomic, mine, from, since);
            if (kind == AccessKind.Write)
            {
                bad |= readBad;
                mine.Store(writes + k);
            }
            else
            {
                Vector512<uint> kept = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(read, now), Vector512.Create(current | Many), read);
                Vector512.ConditionalSelect(readBad, kept, mine).Store(reads + k);
            }
        }

        MayRace |= bad != Vector512<uint>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Conflicts(Vector512<uint> tag, Vector512<uint> mine, Vector512<uint> from, Vector512<uint> since) =>
        Vector512.GreaterThanOrEqual(tag - from, since) & ~Vector512.Equals(tag, mine) & ~Vector512.Equals(tag, Vector512<uint>.Zero);

    /// <summary>A piece of memory and its tags.</summary>
    private sealed class Region : IDisposable
    {
        // A vector of tags may reach beyond the last.
        private const int Slack = 64;

        public Region(ulong start, long length, int shift, bool ignored = false)
        {
            Start = start;
            Length = (ulong)length;
            Shift = shift;
            IsIgnored = ignored;
            IsShared = start == 0;
            if (!ignored)
            {
                nuint elements = (nuint)((length >> shift) + Slack);
                Writes = (uint*)NativeMemory.AllocZeroed(elements, 3 * sizeof(uint));
                Atomics = Writes + elements;
                Reads = Atomics + elements;
            }
        }

        public ulong Start { get; }

        public ulong Length { get; }

        public int Shift { get; }

        /// <summary>Nothing ever writes it.</summary>
        public bool IsIgnored { get; }

        public bool IsShared { get; }

        public uint* Writes { get; }

        public uint* Atomics { get; }

        public uint* Reads { get; }

        public void Dispose() => NativeMemory.Free(Writes);
    }
}
