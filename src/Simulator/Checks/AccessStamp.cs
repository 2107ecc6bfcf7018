using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Checks;

/// <summary>One access, as the shadow of a word remembers it. Three fields, which the JIT keeps in registers (measured: six of them cost 30 ns an access).</summary>
internal struct AccessStamp
{
    /// <summary>The clock of an asynchronous copy that nobody has waited for: no later access is ordered behind it, not even its own thread's.</summary>
    public const int InFlight = int.MaxValue;

    // Linear block number plus 1 (0: no access), thread in the block, bytes of the word, strong, strong in its block only.
    private ulong who;

    /// <summary>The clock of its warp.</summary>
    public int Clock;

    /// <summary>Source line, times two, plus one for writes.</summary>
    public int Line;

    public readonly int Block => (int)(who >> 32);

    public readonly int Thread => (int)(who >> 16) & 0xffff;

    public readonly int Bytes => (int)(who >> 8) & 0xff;

    /// <summary>Relaxed, acquire, release or volatile: two of these never race (PTX ISA §8.7.1), unless the scope of one leaves the other out.</summary>
    public readonly bool Strong => (who & 1) != 0;

    /// <summary>Strong for the threads of its own block only (<c>.cta</c>).</summary>
    public readonly bool InBlockOnly => (who & 2) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Is(int block, int thread, int bytes, bool strong, bool inBlockOnly) =>
        who = ((ulong)(uint)block << 32) | ((ulong)(uint)thread << 16) | ((ulong)(uint)bytes << 8) | (strong ? 1UL : 0) | (inBlockOnly ? 2UL : 0);
}

/// <summary>
/// The shadow of one 4-byte word: the last plain write and the last strong one (strong ones do not race with each other, so that one may hide a
/// plain write that others race with), and two reads, of different warps where there are such.
/// </summary>
internal struct WordShadow
{
    public AccessStamp Write;
    public AccessStamp StrongWrite;
    public AccessStamp Read0;
    public AccessStamp Read1;
}
