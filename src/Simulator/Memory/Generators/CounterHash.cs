using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>
/// A random word for every element number: no state, so that any page can be made at any time and in any order.
/// The mixer is a 32-bit finaliser of three multiplications (Ettinger's <c>triple32</c>, a bijection) over the
/// element's low word, keyed by seed, stream and high word through splitmix64.
/// </summary>
internal static class CounterHash
{
    private const uint A = 0xED5AD4BB;
    private const uint B = 0xAC4C1B51;
    private const uint C = 0x31848BAB;

    /// <summary>The key of one stream in the 2³² elements that share a high word.</summary>
    public static uint Key(ulong seed, uint stream, uint highWord)
    {
        var z = seed + (0x9E3779B97F4A7C15UL * (((ulong)highWord << 8) + stream + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (uint)((z ^ (z >> 31)) >> 16);
    }

    /// <summary>Sixteen words at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Mix(Vector512<uint> low, uint key)
    {
        // The key goes in before and between the rounds: streams are not shifts of one another.
        var x = low + Vector512.Create(key);
        x ^= x >>> 17;
        x *= Vector512.Create(A);
        x ^= x >>> 11;
        x *= Vector512.Create(B);
        x ^= Vector512.Create(key * 0x9E3779B9u);
        x ^= x >>> 15;
        x *= Vector512.Create(C);
        x ^= x >>> 14;
        return x;
    }
}
