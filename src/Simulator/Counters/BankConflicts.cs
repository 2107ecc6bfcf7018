using System.Numerics;

namespace KernelForge.Simulator.Counters;

/// <summary>
/// Shared memory: 32 banks of 4 bytes, one word a bank and wavefront; lanes that want the same word share it.
/// Accesses of 8 bytes go by half warps and of 16 bytes by quarter warps (CUDA C++ Programming Guide, "Shared Memory").
/// </summary>
internal static class BankConflicts
{
    /// <summary>Wavefronts one request takes, and how few its width would allow.</summary>
    /// <param name="addresses">32 byte offsets, valid where <paramref name="mask"/> is set.</param>
    /// <param name="mask">Active lanes.</param>
    /// <param name="bytesPerLane">1, 2, 4, 8 or 16; more is one long copy.</param>
    /// <param name="serialise">Atomics: lanes on one word take turns.</param>
    public static (int Wavefronts, int Ideal) Count(ReadOnlySpan<ulong> addresses, uint mask, int bytesPerLane, bool serialise)
    {
        if (mask == 0)
        {
            return (0, 0);
        }

        if (bytesPerLane > 16)
        {
            var copies = ((BitOperations.PopCount(mask) * bytesPerLane) + 127) / 128;
            return (copies, copies);
        }

        var unit = Math.Max(4, bytesPerLane);
        var lanesPerGroup = 128 / unit;
        if (!serialise && IsOneAddress(addresses, mask))
        {
            return (1, 1);
        }

        var wavefronts = 0;
        var ideal = 0;
        for (var first = 0; first < 32; first += lanesPerGroup)
        {
            var group = lanesPerGroup == 32 ? mask : mask & (((1u << lanesPerGroup) - 1) << first);
            if (group != 0)
            {
                ideal++;
                wavefronts += Degree(addresses, group, BitOperations.Log2((uint)unit), lanesPerGroup, serialise);
            }
        }

        return (wavefronts, ideal);
    }

    private static bool IsOneAddress(ReadOnlySpan<ulong> addresses, uint mask)
    {
        var first = addresses[BitOperations.TrailingZeroCount(mask)];
        for (var rest = mask & (mask - 1); rest != 0; rest &= rest - 1)
        {
            if (addresses[BitOperations.TrailingZeroCount(rest)] != first)
            {
                return false;
            }
        }

        return true;
    }

    private static unsafe int Degree(ReadOnlySpan<ulong> addresses, uint group, int unitShift, int banks, bool serialise)
    {
        // A chain of the distinct words of each bank (a bank here is as wide as the access).
        byte* head = stackalloc byte[32];
        byte* next = stackalloc byte[32];
        byte* length = stackalloc byte[32];
        ulong* words = stackalloc ulong[32];
        new Span<byte>(head, 32).Fill(0xFF);
        new Span<byte>(length, 32).Clear();
        var worst = 1;
        for (var rest = group; rest != 0; rest &= rest - 1)
        {
            var lane = BitOperations.TrailingZeroCount(rest);
            var word = addresses[lane] >> unitShift;
            var bank = (int)word & (banks - 1);
            if (!serialise && InChain(words, head[bank], next, word))
            {
                continue;
            }

            words[lane] = word;
            next[lane] = head[bank];
            head[bank] = (byte)lane;
            worst = Math.Max(worst, ++length[bank]);
        }

        return worst;
    }

    private static unsafe bool InChain(ulong* words, byte at, byte* next, ulong word)
    {
        for (; at != 0xFF; at = next[at])
        {
            if (words[at] == word)
            {
                return true;
            }
        }

        return false;
    }
}
