using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>
/// The order in which ptxas issues a basic block's instructions, as far as it decides how loads overlap: NVRTC writes each load just before
/// its first use, ptxas moves it up to where its address is known. Loads, with what their addresses need, come first; everything else stays in order.
/// Nothing passes a barrier, a fence or an atomic; a load passes a store only where it reads what nobody writes (<c>.nc</c>).
/// </summary>
internal static class LoadOrder
{
    // Each load that is under way keeps registers: so many are moved up together.
    private const int MostLoads = 16;

    /// <summary>The instructions in that order.</summary>
    public static IEnumerable<InstructionInfo> Of(IReadOnlyList<InstructionInfo> block, IReadOnlyList<InstructionCost> costs)
    {
        for (var first = 0; first < block.Count;)
        {
            var last = first;
            var loads = 0;
            while (last < block.Count && !Fixed(block[last], costs) && loads < MostLoads)
            {
                loads += IsLoad(block[last], costs) ? 1 : 0;
                last++;
            }

            foreach (var instruction in loads > 1 ? Segment(block, first, last, costs) : Enumerable.Range(first, last - first).Select(at => block[at]))
            {
                yield return instruction;
            }

            if (last < block.Count && Fixed(block[last], costs))
            {
                yield return block[last++];
            }

            first = last;
        }
    }

    private static List<InstructionInfo> Segment(IReadOnlyList<InstructionInfo> block, int first, int last, IReadOnlyList<InstructionCost> costs)
    {
        var needs = Needs(block, first, last, costs);
        var order = new List<InstructionInfo>(last - first);
        var placed = new bool[last - first];
        var closure = new List<int>();
        for (var load = 0; load < placed.Length; load++)
        {
            if (!IsLoad(block[first + load], costs) || placed[load])
            {
                continue;
            }

            // The load and all that it needs and that is not placed yet, in their own order.
            closure.Clear();
            closure.Add(load);
            placed[load] = true;
            for (var at = 0; at < closure.Count; at++)
            {
                foreach (var need in needs[closure[at]])
                {
                    if (!placed[need])
                    {
                        placed[need] = true;
                        closure.Add(need);
                    }
                }
            }

            closure.Sort();
            order.AddRange(closure.Select(at => block[first + at]));
        }

        order.AddRange(Enumerable.Range(0, placed.Length).Where(at => !placed[at]).Select(at => block[first + at]));
        return order;
    }

    // For each instruction those before it that must stay before it: definitions it reads, readers and definitions of what it writes, stores.
    private static List<int>[] Needs(IReadOnlyList<InstructionInfo> block, int first, int last, IReadOnlyList<InstructionCost> costs)
    {
        var needs = new List<int>[last - first];
        var written = new Dictionary<int, int>();
        var read = new Dictionary<int, List<int>>();
        var store = -1;
        for (var at = 0; at < needs.Length; at++)
        {
            var instruction = block[first + at];
            var before = needs[at] = [];
            foreach (var source in instruction.Sources)
            {
                if (written.TryGetValue(source, out var definition))
                {
                    before.Add(definition);
                }
            }

            foreach (var destination in instruction.Destinations)
            {
                if (written.TryGetValue(destination, out var definition))
                {
                    before.Add(definition);
                }

                before.AddRange(read.GetValueOrDefault(destination, []));
            }

            if (store >= 0 && instruction.Opcode.StartsWith("ld", StringComparison.Ordinal) && !instruction.Opcode.Contains(".nc", StringComparison.Ordinal))
            {
                before.Add(store);
            }

            foreach (var source in instruction.Sources)
            {
                if (!read.TryGetValue(source, out var readers))
                {
                    read[source] = readers = [];
                }

                readers.Add(at);
            }

            foreach (var destination in instruction.Destinations)
            {
                written[destination] = at;
                read.Remove(destination);
            }

            store = instruction.Opcode.StartsWith("st", StringComparison.Ordinal) ? at : store;
        }

        return needs;
    }

    private static bool IsLoad(InstructionInfo instruction, IReadOnlyList<InstructionCost> costs) =>
        instruction.Opcode.StartsWith("ld.", StringComparison.Ordinal) && costs[instruction.Index].Latency is LatencyClass.Global or LatencyClass.Shared;

    private static bool Fixed(InstructionInfo instruction, IReadOnlyList<InstructionCost> costs) =>
        costs[instruction.Index] is { Latency: LatencyClass.Barrier or LatencyClass.AsyncCopy or LatencyClass.AsyncWait or LatencyClass.Atomic } or { Branch: > 0 }
        || instruction.Opcode.StartsWith("fence", StringComparison.Ordinal) || instruction.Opcode.StartsWith("membar", StringComparison.Ordinal)
        || instruction.Opcode.StartsWith("red", StringComparison.Ordinal) || instruction.Opcode.Contains(".volatile", StringComparison.Ordinal)
        || instruction.Opcode.Contains(".acquire", StringComparison.Ordinal);
}
