using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// Whether two writes of one word that race store the same value, as <c>parts[warp] = sum</c> by all lanes does, or
/// <c>found = true</c> by several threads. Whichever comes last, the word holds the same, so that it is no finding;
/// compute-sanitizer's racecheck ranks it as information too. Asked only after a race is found.
/// </summary>
internal static unsafe class SameValue
{
    /// <summary>Whether the store of a lane leaves in a word what the earlier write put there.</summary>
    /// <param name="block">The block.</param>
    /// <param name="warp">The warp that stores.</param>
    /// <param name="code">Its instruction.</param>
    /// <param name="lane">The lane that stores.</param>
    /// <param name="word">Address of the word: an offset for shared memory.</param>
    /// <param name="other">The earlier access.</param>
    public static bool IsStored(BlockContext block, WarpState warp, int code, int lane, ulong word, in AccessStamp other)
    {
        if (other.Strong || (other.Line & 1) == 0 || other.Block != (int)block.BlockNumber + 1)
        {
            return false;
        }

        Instruction* ins = block.Launch.Code + code;
        ulong* addresses = (ulong*)(warp.Registers + ins->A);
        uint mine = Word(block, warp, ins, lane, word, out uint bits);
        bool sameInstruction = other.Thread >> 5 == warp.Index && other.Line >> 1 == block.Launch.LineOf(code)
            && other.Clock == block.Clocks!.Clock(warp.Index);
        if (sameInstruction && addresses[other.Thread & 31] == addresses[lane])
        {
            return ((Word(block, warp, ins, other.Thread & 31, word, out _) ^ mine) & bits) == 0;
        }

        byte* there = Content(block, (PtxSpace)ins->Type2, word);
        return there != null && ((*(uint*)there ^ mine) & bits) == 0;
    }

    /// <summary>What a lane stores in a word, and which bits of it.</summary>
    private static uint Word(BlockContext block, WarpState warp, Instruction* ins, int lane, ulong word, out uint bits)
    {
        int size = ((PtxType)ins->Type).Size();
        int total = size * Math.Max(1, ins->D2);
        int* rows = block.Launch.Extra + ins->C;
        ulong address = ((ulong*)(warp.Registers + ins->A))[lane] + (ulong)ins->Imm;

        // Accesses are aligned to their size.
        int first = total >= 4 ? (int)(word & (ulong)(total - 1)) : -(int)(address & 3);
        uint value = 0;
        bits = 0;
        for (int b = 0; b < 4; b++)
        {
            int at = first + b;
            if (at < 0 || at >= total)
            {
                continue;
            }

            byte* row = warp.Registers + rows[at / size];
            ulong element = (ins->Mod & Mod.D64) != 0 ? ((ulong*)row)[lane] : ((uint*)row)[lane];
            value |= (uint)(byte)(element >> (8 * (at % size))) << (8 * b);
            bits |= 0xffu << (8 * b);
        }

        return value;
    }

    private static byte* Content(BlockContext block, PtxSpace space, ulong word)
    {
        bool shared = space == PtxSpace.Shared || word < block.SharedEntry->Length;
        BufferEntry* entry = shared ? block.SharedEntry : block.Launch.Memory.Find(word) is { } buffer ? buffer.Entry : null;
        ulong offset = shared || entry == null ? word : word - entry->Start;
        return entry == null || entry->Data == null || offset + 4 > entry->Length ? null : entry->Data + offset;
    }
}
