using System.Numerics;
using System.Runtime.CompilerServices;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>Feeds accesses to the race rules and words their findings.</summary>
internal static unsafe class RaceUnit
{
    /// <summary>An access to the shared memory of a block of the cluster, its own as a rule.</summary>
    public static void Shared(BlockContext block, BlockContext owner, WarpState warp, int code, int lane, int address, int size, AccessKind kind, uint mod)
    {
        WordShadow[] words = owner.SharedRaceWords!;
        AccessStamp access = Stamp(block, warp, code, kind);
        bool strong = IsStrong(kind, mod);
        for (int at = address & ~3; at < address + size; at += 4)
        {
            access.Is((int)block.BlockNumber + 1, (warp.Index * 32) + lane, Bytes(address, size, at), strong, (mod & Mod.BlockScope) != 0);
            if (RaceRules.Check(ref words[at >> 2], access, kind != AccessKind.Read, block.Clocks!, out AccessStamp other)
                && ReportShared(block, warp, code, lane, at, size, kind, other))
            {
                break;
            }
        }

        if (strong)
        {
            Synchronise(block.Clocks!, owner.Clocks!.Words, warp, lane, (ulong)address, size, kind, mod);
        }
    }

    public static void Global(BlockContext block, WarpState warp, GlobalRaces races, int code, int lane, ulong address, int size, AccessKind kind, uint mod)
    {
        AccessStamp access = Stamp(block, warp, code, kind);
        bool strong = IsStrong(kind, mod);
        for (ulong at = address & ~3UL; at < address + (ulong)size; at += 4)
        {
            WordShadow[]? page = races.Page(at);
            if (page is null)
            {
                break;
            }

            access.Is((int)block.BlockNumber + 1, (warp.Index * 32) + lane, Bytes((int)(address & 0xfff), size, (int)(at & ~3UL) - (int)(address & ~0xfffUL)), strong, (mod & Mod.BlockScope) != 0);
            if (RaceRules.Check(ref page[(at >> 2) & 1023], access, kind != AccessKind.Read, block.Clocks!, out AccessStamp other)
                && ReportGlobal(block, warp, code, lane, at, size, kind, other))
            {
                break;
            }
        }

        if (strong)
        {
            Synchronise(block.Clocks!, races.Words, warp, lane, address, size, kind, mod);
        }
    }

    private static bool IsStrong(AccessKind kind, uint mod) => kind == AccessKind.Atomic || (mod & Mod.Volatile) != 0;

    /// <summary>What a strong access makes known, or learns.</summary>
    private static void Synchronise(BlockClocks clocks, SyncWords words, WarpState warp, int lane, ulong address, int size, AccessKind kind, uint mod)
    {
        bool inBlockOnly = (mod & Mod.BlockScope) != 0;
        if (kind != AccessKind.Write)
        {
            clocks.StrongRead(words, address, warp.Index, 1u << lane, (mod & Mod.Acquire) != 0, inBlockOnly);
        }

        if (kind != AccessKind.Read)
        {
            clocks.StrongWrite(words, address, warp.Index, (mod & Mod.Release) != 0, inBlockOnly, keeps: kind == AccessKind.Atomic || size < 4);
        }
    }

    /// <summary>
    /// A warp's aligned access to whole words of shared memory, all of them in bounds: as <see cref="Shared"/> for one lane after another,
    /// with what the lanes have in common made once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SharedWarp(BlockContext block, WarpState warp, WordShadow[] words, int code, ulong* addresses, ulong toOffset, uint mask, int size, AccessKind kind, uint mod)
    {
        AccessStamp access = Stamp(block, warp, code, kind);
        int blockNumber = (int)block.BlockNumber + 1;
        BlockClocks clocks = block.Clocks!;
        bool isWrite = kind != AccessKind.Read;
        bool strong = IsStrong(kind, mod);
        bool inBlockOnly = (mod & Mod.BlockScope) != 0;
        ReadOnlySpan<int> others = default;
        int joined = 0;
        bool plain = block.Group.Blocks.Length == 1 && clocks.TryView(warp.Index, out others, out joined) && !isWrite && !strong && size == 4;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            int address = (int)(addresses[lane] + toOffset);
            access.Is(blockNumber, (warp.Index * 32) + lane, 15, strong, inBlockOnly);
            if (plain && RaceRules.TryRead(ref words[address >> 2], access, warp.Index, others, joined))
            {
                continue;
            }

            for (int at = address; at < address + size; at += 4)
            {
                if (RaceRules.Check(ref words[at >> 2], access, isWrite, clocks, out AccessStamp other)
                    && ReportShared(block, warp, code, lane, at, size, kind, other))
                {
                    break;
                }
            }

            if (strong)
            {
                Synchronise(clocks, clocks.Words, warp, lane, (ulong)address, size, kind, mod);
            }
        }
    }

    /// <summary>As <see cref="SharedWarp"/> in global memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GlobalWarp(BlockContext block, WarpState warp, GlobalRaces races, int code, ulong* addresses, ulong displacement, uint mask, int size, AccessKind kind, uint mod)
    {
        AccessStamp access = Stamp(block, warp, code, kind);
        int blockNumber = (int)block.BlockNumber + 1;
        BlockClocks clocks = block.Clocks!;
        bool isWrite = kind != AccessKind.Read;
        bool strong = IsStrong(kind, mod);
        bool inBlockOnly = (mod & Mod.BlockScope) != 0;
        ulong key = ulong.MaxValue;
        WordShadow[]? page = null;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong address = addresses[lane] + displacement;
            if (address >> 12 != key)
            {
                key = address >> 12;
                page = races.Page(address);
            }

            if (page is null)
            {
                continue;
            }

            // Aligned: an access never goes from one page into the next.
            access.Is(blockNumber, (warp.Index * 32) + lane, 15, strong, inBlockOnly);
            for (ulong at = address; at < address + (ulong)size; at += 4)
            {
                if (RaceRules.Check(ref page[(int)(at >> 2) & 1023], access, isWrite, clocks, out AccessStamp other)
                    && ReportGlobal(block, warp, code, lane, at, size, kind, other))
                {
                    break;
                }
            }

            if (strong)
            {
                Synchronise(clocks, races.Words, warp, lane, address, size, kind, mod);
            }
        }
    }

    // False: both stored the same; another word of the access may race all the same.
    private static bool ReportShared(BlockContext block, WarpState warp, int code, int lane, int at, int size, AccessKind kind, in AccessStamp other)
    {
        if (kind == AccessKind.Write && SameValue.IsStored(block, warp, code, lane, (ulong)at, other))
        {
            return false;
        }

        (string name, long element, long offset) = FindingMaker.SharedPlace(block, (ulong)at);
        Report(block, warp, code, lane, kind, other, $"{name}[{element}] in shared memory", name, element, offset, size);
        return true;
    }

    private static bool ReportGlobal(BlockContext block, WarpState warp, int code, int lane, ulong at, int size, AccessKind kind, in AccessStamp other)
    {
        if (kind == AccessKind.Write && SameValue.IsStored(block, warp, code, lane, at, other))
        {
            return false;
        }

        DeviceBuffer? buffer = block.Launch.Memory.Find(at);
        string name = buffer?.Spec.Name ?? "global memory";
        long offset = buffer is null ? (long)at : (long)(at - buffer.Address);
        long element = offset / Math.Max(1, buffer?.Spec.ElementSize ?? 4);
        Report(block, warp, code, lane, kind, other, $"{name}[{element}]", name, element, offset, size);
        return true;
    }

    private static int Bytes(int address, int size, int word)
    {
        int low = Math.Max(0, address - word);
        int high = Math.Min(4, address + size - word);
        return ((1 << high) - 1) & ~((1 << low) - 1);
    }

    // What all lanes have in common.
    private static AccessStamp Stamp(BlockContext block, WarpState warp, int code, AccessKind kind) => new()
    {
        Clock = block.Clocks!.Clock(warp.Index),
        Line = (block.Launch.LineOf(code) << 1) | (kind == AccessKind.Read ? 0 : 1),
    };

    private static void Report(BlockContext block, WarpState warp, int code, int lane, AccessKind kind, in AccessStamp other, string place, string name, long element, long offset, int size)
    {
        int otherLine = other.Line >> 1;
        string otherVerb = (other.Line & 1) != 0 ? "write" : "read";
        (int x, int y, int z) = block.Launch.Configuration.Block.At(other.Thread);
        bool sameBlock = other.Block == (int)block.BlockNumber + 1;
        string who = $"thread ({x},{y},{z}) of {(sameBlock ? "the same block" : $"block {block.Launch.Configuration.Grid.At(other.Block - 1)}")}";
        string problem = other.Clock == AccessStamp.InFlight
            ? $"the asynchronous copy that {who} began at line {otherLine}: nothing waited for its end"
            : $"the {otherVerb} at line {otherLine} by {who} are not ordered by any {(sameBlock ? "barrier" : "fence and flag")}";
        block.Report(FindingKind.Race, warp, code, lane, $"{MemoryUnit.Verb(kind)} of {place} and {problem}", name, element, offset, size, otherLine);
    }
}
