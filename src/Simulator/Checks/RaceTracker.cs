using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Checks;

/// <summary>One access, as the shadow of a word remembers it. Four fields, which the JIT keeps in registers (measured: six of them cost 30 ns an access).</summary>
internal struct AccessStamp
{
    // Linear block number plus 1 (0: no access), thread in the block, bytes of the word, atomic or volatile.
    private ulong who;
    public int WarpClock;
    public int SyncClock;
    public int Line;

    public readonly int Block => (int)(who >> 32);

    public readonly int Thread => (int)(who >> 16) & 0xffff;

    public readonly int Bytes => (int)(who >> 8) & 0xff;

    public readonly bool Atomic => (who & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Is(int block, int thread, int bytes, bool atomic) =>
        who = ((ulong)(uint)block << 32) | ((ulong)(uint)thread << 16) | ((ulong)(uint)bytes << 8) | (atomic ? 1UL : 0);
}

/// <summary>The shadow of one 4-byte word: the last write and two reads, of different warps where there are such.</summary>
internal struct WordShadow
{
    public AccessStamp Write;
    public AccessStamp Read0;
    public AccessStamp Read1;
}

/// <summary>
/// Happens-before inside a block: a vector clock for each warp, moved by block barriers, and for lanes of one warp the last
/// <c>bar.warp.sync</c> (or block barrier) that both took part in. Volatile accesses count as relaxed atomics, as do atomics.
/// </summary>
internal sealed class BlockClocks
{
    private readonly int warps;
    private readonly int[] clocks;
    private readonly int[] sync;
    private readonly int[] joint;
    private readonly int[] full;
    private readonly bool[] partial;

    public BlockClocks(int warps)
    {
        this.warps = warps;
        clocks = new int[warps * warps];
        sync = new int[warps];
        full = new int[warps];
        partial = new bool[warps];
        joint = new int[warps * 1024];
        Reset();
    }

    public void Reset()
    {
        Array.Clear(clocks);
        Array.Clear(full);
        for (int w = 0; w < warps; w++)
        {
            clocks[(w * warps) + w] = 1;
            sync[w] = 1;
            if (partial[w])
            {
                Array.Clear(joint, w * 1024, 1024);
                partial[w] = false;
            }
        }
    }

    public int WarpClock(int warp) => clocks[(warp * warps) + warp];

    public int SyncClock(int warp) => sync[warp];

    /// <summary>What <see cref="RaceRules.TryRead"/> needs of the clocks of one warp, for one access. False: lanes of the warp have clocks of their own.</summary>
    public bool TryView(int warp, out ReadOnlySpan<int> others, out int joined)
    {
        others = clocks.AsSpan(warp * warps, warps);
        joined = full[warp];
        return !partial[warp];
    }

    /// <summary>Lanes of a warp synchronise.</summary>
    public void WarpSync(int warp, uint mask, uint alive)
    {
        int now = ++sync[warp];
        if ((mask & alive) == alive)
        {
            full[warp] = now;
            return;
        }

        partial[warp] = true;
        for (uint a = mask; a != 0; a &= a - 1)
        {
            int i = System.Numerics.BitOperations.TrailingZeroCount(a);
            for (uint b = mask; b != 0; b &= b - 1)
            {
                joint[(warp * 1024) + (i * 32) + System.Numerics.BitOperations.TrailingZeroCount(b)] = now;
            }
        }
    }

    /// <summary>A block barrier completes for these warps.</summary>
    public void Barrier(ReadOnlySpan<int> participants)
    {
        Span<int> merged = stackalloc int[warps];
        merged.Clear();
        foreach (int w in participants)
        {
            for (int k = 0; k < warps; k++)
            {
                merged[k] = Math.Max(merged[k], clocks[(w * warps) + k]);
            }
        }

        foreach (int w in participants)
        {
            merged.CopyTo(clocks.AsSpan(w * warps, warps));
            clocks[(w * warps) + w]++;
        }
    }

    /// <summary>Every thread of the block has met every other.</summary>
    public void AllMeet(IReadOnlyList<Execution.WarpState> all)
    {
        Span<int> everybody = stackalloc int[warps];
        for (int w = 0; w < warps; w++)
        {
            everybody[w] = w;
            WarpSync(w, all[w].Alive, all[w].Alive);
        }

        Barrier(everybody);
    }

    /// <summary>A warp releases: whoever acquires these clocks later is ordered after what it did so far.</summary>
    public void Release(int warp, int[] into)
    {
        Join(into, clocks.AsSpan(warp * warps, warps));
        clocks[(warp * warps) + warp]++;
    }

    /// <summary>A warp acquires what others released.</summary>
    public void Acquire(int warp, ReadOnlySpan<int> from)
    {
        int own = clocks[(warp * warps) + warp];
        Join(clocks.AsSpan(warp * warps, warps), from);
        clocks[(warp * warps) + warp] = own;
    }

    /// <summary>What a warp is ordered after now, itself included; what it does from now on is not.</summary>
    public int[] Snapshot(int warp)
    {
        var now = new int[warps];
        Release(warp, now);
        return now;
    }

    /// <summary>The later of two.</summary>
    public static void Join(Span<int> into, ReadOnlySpan<int> from)
    {
        for (int k = 0; k < into.Length; k++)
        {
            into[k] = Math.Max(into[k], from[k]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Ordered(in AccessStamp earlier, int thread)
    {
        int warp = thread >> 5;
        int other = earlier.Thread >> 5;
        if (warp != other)
        {
            return earlier.WarpClock <= clocks[(warp * warps) + other];
        }

        if (full[warp] > earlier.SyncClock)
        {
            return true;
        }

        return partial[warp] && joint[(warp * 1024) + ((thread & 31) * 32) + (earlier.Thread & 31)] > earlier.SyncClock;
    }
}

/// <summary>The rules by which two accesses race; shared by shared and global memory.</summary>
internal static class RaceRules
{
    /// <summary>
    /// <see cref="Check"/> for the plain read of a word of shared memory that no write races with, in a third of the time (measured: 14 to 5 ns).
    /// False: it must be looked at in full.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ref WordShadow word, AccessStamp access, int warp, ReadOnlySpan<int> others, int joined)
    {
        int writer = word.Write.Thread >> 5;
        if (word.Write.Block != 0 && (writer == warp ? joined <= word.Write.SyncClock : others[writer] < word.Write.WarpClock))
        {
            return false;
        }

        // Two reads are kept, of different warps where there are such; one that is ordered before this read is not needed any more.
        int reader = word.Read0.Thread >> 5;
        bool own = reader == warp;
        if (word.Read0.Block == 0 || (own ? joined > word.Read0.SyncClock || word.Read0.Thread == access.Thread : others[reader] >= word.Read0.WarpClock)
            || (own && word.Read1.Block != 0 && word.Read1.Thread >> 5 != warp))
        {
            word.Read0 = access;
        }
        else
        {
            word.Read1 = access;
        }

        return true;
    }

    /// <summary>Checks an access against a word's shadow and remembers it. Returns the line of the other access, or -1; -2 for a write that it raced with having line 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Check(ref WordShadow word, AccessStamp access, bool isWrite, BlockClocks clocks, bool blocksMaySynchronise, out AccessStamp other)
    {
        Unsafe.SkipInit(out other);
        bool race = false;
        if (Conflicts(word.Write, access, clocks, blocksMaySynchronise))
        {
            other = word.Write;
            race = true;
        }

        if (isWrite)
        {
            if (!race && Conflicts(word.Read0, access, clocks, blocksMaySynchronise))
            {
                other = word.Read0;
                race = true;
            }

            if (!race && Conflicts(word.Read1, access, clocks, blocksMaySynchronise))
            {
                other = word.Read1;
                race = true;
            }

            // A thread's atomic right behind its own plain write must not hide that write from the others.
            if (!(access.Atomic && !word.Write.Atomic && Same(word.Write, access) && word.Write.Bytes == access.Bytes
                && word.Write.WarpClock == access.WarpClock && word.Write.SyncClock == access.SyncClock))
            {
                word.Write = access;
            }
        }
        else if (word.Read0.Block == 0 || Same(word.Read0, access) || (word.Read0.Block == access.Block && clocks.Ordered(word.Read0, access.Thread)))
        {
            word.Read0 = access;
        }
        else if (word.Read1.Block == 0 || (word.Read0.Thread >> 5) == (access.Thread >> 5) == ((word.Read1.Thread >> 5) == (access.Thread >> 5)) || Same(word.Read1, access))
        {
            word.Read1 = access;
        }
        else if ((word.Read0.Thread >> 5) == (access.Thread >> 5))
        {
            word.Read0 = access;
        }
        else
        {
            word.Read1 = access;
        }

        return race;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Same(in AccessStamp a, AccessStamp b) => a.Block == b.Block && a.Thread == b.Thread;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Conflicts(in AccessStamp earlier, AccessStamp access, BlockClocks clocks, bool blocksMaySynchronise)
    {
        if (earlier.Block == 0 || (earlier.Bytes & access.Bytes) == 0 || (earlier.Atomic && access.Atomic))
        {
            return false;
        }

        if (earlier.Block != access.Block)
        {
            return !blocksMaySynchronise;
        }

        return earlier.Thread != access.Thread && !clocks.Ordered(earlier, access.Thread);
    }
}

/// <summary>Shadows of the global words that one launch touched, by 4 KiB pages. Launches with race checks run on one core.</summary>
internal sealed class GlobalRaces
{
    private const int MaxPages = 16384;
    private readonly Dictionary<ulong, WordShadow[]> pages = [];
    private ulong lastKey = ulong.MaxValue;
    private WordShadow[]? last;

    /// <summary>The shadow of a word, or null once 64 MiB of distinct memory are tracked.</summary>
    public WordShadow[]? Page(ulong address)
    {
        ulong key = address >> 12;
        if (key == lastKey)
        {
            return last;
        }

        if (!pages.TryGetValue(key, out WordShadow[]? page))
        {
            if (pages.Count >= MaxPages)
            {
                return null;
            }

            page = new WordShadow[1024];
            pages[key] = page;
        }

        lastKey = key;
        last = page;
        return page;
    }
}
