using System.Runtime.CompilerServices;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Compilation;

/// <summary>What a record of compiled code stands for.</summary>
/// <param name="Instruction">The instruction's number in the program.</param>
/// <param name="Space">Where an access goes.</param>
/// <param name="Kind">What it does; null: a branch.</param>
/// <param name="Bytes">Bytes of each lane.</param>
/// <param name="Pattern">How the lanes' addresses differ; null: each is in the record.</param>
internal sealed record TraceSite(int Instruction, MemorySpace Space, AccessKind? Kind, int Bytes, LanePattern? Pattern);

/// <summary>
/// Compiled code makes no calls: what an observer is to hear it writes down, in order, and the observer hears it when the code comes back.
/// A record is 16 bytes: the code index, or the complement of a basic block's number; the running lanes; and the address of a lane whose
/// offset is zero, or the lanes that take a branch. An access of any addresses has 32 of them behind that.
/// </summary>
internal static unsafe class AccessTrace
{
    /// <summary>Bytes of a record without addresses.</summary>
    public const int RecordBytes = 16;

    /// <summary>Bytes of 32 addresses.</summary>
    public const int AddressBytes = 256;

    /// <summary>Bytes after which compiled code comes back: they are still in the core's own cache when they are read.</summary>
    public const int Capacity = 16 * 1024;

    /// <summary>Tells the observer everything up to <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Deliver<TObserver>(TraceSite?[] sites, byte* at, byte* end, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        while (at < end)
        {
            int code = *(int*)at;
            uint mask = *(uint*)(at + 4);
            ulong value = *(ulong*)(at + 8);
            at += RecordBytes;
            if (code < 0)
            {
                observer.BasicBlockExecuted(~code, mask);
                continue;
            }

            TraceSite site = sites[code]!;
            if (site.Kind is not { } kind)
            {
                observer.BranchExecuted(site.Instruction, mask, (uint)value & mask);
            }
            else if (site.Pattern is { } pattern)
            {
                observer.PatternAccessed(site.Instruction, site.Space, kind, value, pattern, mask, site.Bytes);
            }
            else
            {
                observer.MemoryAccessed(site.Instruction, site.Space, kind, new ReadOnlySpan<ulong>(at, 32), mask, site.Bytes);
                at += AddressBytes;
            }
        }
    }
}
