using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>Feeds accesses to the race rules and words their findings.</summary>
internal static class RaceUnit
{
    public static void Shared(BlockContext block, WarpState warp, WordShadow[] words, int code, int lane, int address, int size, AccessKind kind, bool relaxed)
    {
        for (int at = address & ~3; at < address + size; at += 4)
        {
            AccessStamp access = Stamp(block, warp, code, lane, address, size, at, kind, relaxed);
            if (RaceRules.Check(ref words[at >> 2], access, kind != AccessKind.Read, block.Clocks!, blocksMaySynchronise: false, out AccessStamp other))
            {
                if (kind == AccessKind.Write && SameValue.IsStored(block, warp, code, lane, (ulong)at, other))
                {
                    continue;
                }

                (string name, long element, long offset) = FindingMaker.SharedPlace(block, (ulong)at);
                Report(block, warp, code, lane, kind, other, $"{name}[{element}] in shared memory", name, element, offset, size);
                return;
            }
        }
    }

    public static void Global(BlockContext block, WarpState warp, GlobalRaces races, int code, int lane, ulong address, int size, AccessKind kind, bool relaxed)
    {
        for (ulong at = address & ~3UL; at < address + (ulong)size; at += 4)
        {
            WordShadow[]? page = races.Page(at);
            if (page is null)
            {
                return;
            }

            AccessStamp access = Stamp(block, warp, code, lane, (int)(address & 0xfff), size, (int)(at & 0xfff), kind, relaxed);
            if (RaceRules.Check(ref page[(at >> 2) & 1023], access, kind != AccessKind.Read, block.Clocks!, block.Launch.BlocksMaySynchronise, out AccessStamp other))
            {
                DeviceBuffer? buffer = block.Launch.Memory.Find(at);
                if (kind == AccessKind.Write && SameValue.IsStored(block, warp, code, lane, at, other))
                {
                    continue;
                }

                string name = buffer?.Spec.Name ?? "global memory";
                long offset = buffer is null ? (long)at : (long)(at - buffer.Address);
                long element = offset / Math.Max(1, buffer?.Spec.ElementSize ?? 4);
                Report(block, warp, code, lane, kind, other, $"{name}[{element}]", name, element, offset, size);
                return;
            }
        }
    }

    private static AccessStamp Stamp(BlockContext block, WarpState warp, int code, int lane, int address, int size, int word, AccessKind kind, bool relaxed)
    {
        int low = Math.Max(0, address - word);
        int high = Math.Min(4, address + size - word);
        return new AccessStamp
        {
            Block = (int)block.BlockNumber + 1,
            Thread = (short)((warp.Index * 32) + lane),
            Bytes = (byte)(((1 << high) - 1) & ~((1 << low) - 1)),
            Atomic = relaxed || kind == AccessKind.Atomic,
            WarpClock = block.Clocks!.WarpClock(warp.Index),
            SyncClock = block.Clocks.SyncClock(warp.Index),
            Line = (block.Launch.LineOf(code) << 1) | (kind == AccessKind.Read ? 0 : 1),
        };
    }

    private static void Report(BlockContext block, WarpState warp, int code, int lane, AccessKind kind, in AccessStamp other, string place, string name, long element, long offset, int size)
    {
        int otherLine = other.Line >> 1;
        string otherVerb = (other.Line & 1) != 0 ? "write" : "read";
        (int x, int y, int z) = block.Launch.Configuration.Block.At(other.Thread);
        string who = other.Block == (int)block.BlockNumber + 1 ? $"thread ({x},{y},{z})" : $"thread ({x},{y},{z}) of block {block.Launch.Configuration.Grid.At(other.Block - 1)}";
        block.Report(
            FindingKind.Race, warp, code, lane,
            $"{MemoryUnit.Verb(kind)} of {place} and the {otherVerb} at line {otherLine} by {who} are not ordered by any barrier", name, element, offset, size, otherLine);
    }
}
