using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Checks;

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
        if (word.StrongWrite.Block != 0 || (word.Write.Block != 0 && (writer == warp ? joined <= word.Write.Clock : others[writer] < word.Write.Clock)))
        {
            return false;
        }

        // Two reads are kept, of different warps where there are such; one that is ordered before this read is not needed any more.
        int reader = word.Read0.Thread >> 5;
        bool own = reader == warp;
        if (word.Read0.Block == 0 || (own ? joined > word.Read0.Clock || word.Read0.Thread == access.Thread : others[reader] >= word.Read0.Clock)
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

    /// <summary>Checks an access against a word's shadow and remembers it. True: it races, with <paramref name="other"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Check(ref WordShadow word, AccessStamp access, bool isWrite, BlockClocks clocks, out AccessStamp other)
    {
        Unsafe.SkipInit(out other);
        bool race = false;
        if (Conflicts(word.Write, access, clocks))
        {
            other = word.Write;
            race = true;
        }
        else if (Conflicts(word.StrongWrite, access, clocks))
        {
            other = word.StrongWrite;
            race = true;
        }

        if (isWrite)
        {
            if (!race && Conflicts(word.Read0, access, clocks))
            {
                other = word.Read0;
                race = true;
            }

            if (!race && Conflicts(word.Read1, access, clocks))
            {
                other = word.Read1;
                race = true;
            }

            if (access.Strong)
            {
                word.StrongWrite = access;
            }
            else
            {
                word.Write = access;
            }
        }
        else if (word.Read0.Block == 0 || Same(word.Read0, access) || (word.Read0.Block == access.Block ? clocks.Ordered(word.Read0, access.Thread) : clocks.Knows(word.Read0, access.Thread)))
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
    private static bool Conflicts(in AccessStamp earlier, AccessStamp access, BlockClocks clocks)
    {
        if (earlier.Block == 0 || (earlier.Bytes & access.Bytes) == 0)
        {
            return false;
        }

        bool sameBlock = earlier.Block == access.Block;
        if (earlier.Strong && access.Strong && (sameBlock || !(earlier.InBlockOnly || access.InBlockOnly)))
        {
            return false;
        }

        if (!sameBlock)
        {
            return !clocks.Knows(earlier, access.Thread);
        }

        return earlier.Thread != access.Thread ? !clocks.Ordered(earlier, access.Thread) : earlier.Clock == AccessStamp.InFlight;
    }
}
