using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Sampling;

/// <summary>
/// Whether a block's way through a program depends on other blocks of the launch, so that a sample of blocks would go another way: a branch on what an
/// atomic on global memory returned (tickets, last block, locks, work queues), or on a load that waits for others (volatile, relaxed, acquire).
/// An atomic's result that only says where to write (stream compaction) does no harm. Flows through registers, shared and local memory are followed.
/// </summary>
public static class BlockDependence
{
    /// <summary>Why a sample of the program's blocks would not stand for all; null where it does.</summary>
    public static string? Of(KernelProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var atomic = Branch(program, IsAtomic);
        return atomic is not null
            ? $"it branches{Line(atomic)} on what an atomic on global memory returned, so its blocks depend on one another"
            : Branch(program, IsStrongLoad) is { } wait ? $"it branches{Line(wait)} on a volatile, relaxed or acquire load of global memory, so its blocks may wait for one another" : null;
    }

    private static string Line(InstructionInfo instruction) => instruction.SourceLine > 0 ? $" (line {instruction.SourceLine})" : "";

    // The first branch that something from other blocks decides. Registers are followed along the control flow; shared and local memory as a whole.
    private static InstructionInfo? Branch(KernelProgram program, Func<InstructionInfo, bool> isOrigin)
    {
        var predicates = program.Instructions.Where(instruction => instruction.Opcode.StartsWith("setp", StringComparison.Ordinal)).SelectMany(instruction => instruction.Destinations).ToHashSet();

        // Around calls it is not known which block follows: then nothing is ever overwritten.
        var overwrites = !program.Instructions.Any(instruction => instruction.Opcode.StartsWith("call", StringComparison.Ordinal));
        var spaces = new HashSet<string>(StringComparer.Ordinal);
        var entering = program.BasicBlocks.Select(_ => new HashSet<int>()).ToList();
        var everywhere = new HashSet<int>();
        InstructionInfo? found = null;
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var block in program.BasicBlocks)
            {
                var foreign = overwrites ? new HashSet<int>(entering[block.Index]) : everywhere;
                var known = foreign.Count;
                for (var at = block.First; at < block.First + block.Count; at++)
                {
                    var instruction = program.Instructions[at];
                    var carried = instruction.Sources.Any(foreign.Contains);
                    if (carried && instruction.Opcode.StartsWith("br", StringComparison.Ordinal))
                    {
                        found = found is null || instruction.Index < found.Index ? instruction : found;
                    }

                    if (carried || isOrigin(instruction) || (IsRead(instruction) && SpaceOf(instruction) is { } from && spaces.Contains(from)))
                    {
                        foreign.UnionWith(instruction.Destinations);
                    }
                    else if (overwrites && !IsGuarded(instruction, predicates))
                    {
                        foreign.ExceptWith(instruction.Destinations);
                    }

                    changed |= carried && IsWrite(instruction) && SpaceOf(instruction) is { } to && spaces.Add(to);
                }

                changed |= !overwrites && foreign.Count > known;
                foreach (var successor in overwrites ? block.Successors : [])
                {
                    known = entering[successor].Count;
                    entering[successor].UnionWith(foreign);
                    changed |= entering[successor].Count > known;
                }
            }
        }

        return found;
    }

    // A write under a predicate leaves the old value in other lanes.
    private static bool IsGuarded(InstructionInfo instruction, HashSet<int> predicates) =>
        !instruction.Opcode.StartsWith("sel", StringComparison.Ordinal) && !instruction.Opcode.StartsWith("setp", StringComparison.Ordinal) && instruction.Sources.Any(predicates.Contains);

    private static bool IsAtomic(InstructionInfo instruction) => instruction.Opcode.StartsWith("atom", StringComparison.Ordinal) && SpaceOf(instruction) is null;

    private static bool IsStrongLoad(InstructionInfo instruction) =>
        instruction.Opcode.StartsWith("ld.", StringComparison.Ordinal) && SpaceOf(instruction) is null
        && (Has(instruction, ".volatile") || Has(instruction, ".acquire") || (Has(instruction, ".relaxed") && !Has(instruction, ".relaxed.cta")));

    private static bool IsRead(InstructionInfo instruction) => instruction.Opcode.StartsWith("ld", StringComparison.Ordinal) || instruction.Opcode.StartsWith("atom", StringComparison.Ordinal);

    private static bool IsWrite(InstructionInfo instruction) => instruction.Opcode.StartsWith("st", StringComparison.Ordinal) || instruction.Opcode.StartsWith("atom", StringComparison.Ordinal)
        || instruction.Opcode.StartsWith("red.", StringComparison.Ordinal);

    // A space that the block has for itself; null for global memory and generic addresses.
    private static string? SpaceOf(InstructionInfo instruction) => Has(instruction, ".shared") ? ".shared" : Has(instruction, ".local") ? ".local" : null;

    private static bool Has(InstructionInfo instruction, string modifier) => instruction.Opcode.Contains(modifier, StringComparison.Ordinal);
}
