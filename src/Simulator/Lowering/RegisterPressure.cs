using System.Collections;

namespace KernelForge.Simulator.Lowering;

/// <summary>The most register words alive at once: liveness over basic blocks, backwards to a fixed point.</summary>
internal static class RegisterPressure
{
    public static int Of(KernelProgram program)
    {
        IReadOnlyList<BasicBlock> blocks = program.BasicBlocks;
        var liveIn = new BitArray[blocks.Count];
        for (int i = 0; i < blocks.Count; i++)
        {
            liveIn[i] = new BitArray(program.RegisterWords.Length);
        }

        var now = new BitArray(program.RegisterWords.Length);
        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int i = blocks.Count - 1; i >= 0; i--)
            {
                Walk(program, blocks[i], liveIn, now, most: null);
                if (!Same(now, liveIn[i]))
                {
                    liveIn[i].SetAll(false);
                    liveIn[i].Or(now);
                    changed = true;
                }
            }
        }

        int[] most = [0];
        foreach (BasicBlock block in blocks)
        {
            Walk(program, block, liveIn, now, most);
        }

        return most[0];
    }

    /// <summary>From what is alive at a block's end to what is alive at its start; with <paramref name="most"/>, the most words on the way.</summary>
    private static void Walk(KernelProgram program, BasicBlock block, BitArray[] liveIn, BitArray now, int[]? most)
    {
        now.SetAll(false);
        foreach (int successor in block.Successors)
        {
            now.Or(liveIn[successor]);
        }

        byte[] words = program.RegisterWords;
        int alive = 0;
        if (most is not null)
        {
            for (int r = 0; r < words.Length; r++)
            {
                alive += now[r] ? words[r] : 0;
            }

            most[0] = Math.Max(most[0], alive);
        }

        for (int i = block.First + block.Count - 1; i >= block.First; i--)
        {
            InstructionInfo instruction = program.Instructions[i];
            foreach (int register in instruction.Destinations)
            {
                alive -= now[register] ? words[register] : 0;
                now[register] = false;
            }

            foreach (int register in instruction.Sources)
            {
                alive += now[register] ? 0 : words[register];
                now[register] = true;
            }

            if (most is not null)
            {
                most[0] = Math.Max(most[0], alive);
            }
        }
    }

    private static bool Same(BitArray one, BitArray other)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (one[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }
}
