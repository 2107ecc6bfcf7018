using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>What the instructions of one line did, of a line of the source or of the PTX.</summary>
public sealed record LineProfile
{
    /// <summary>The line, from 1; 0 for instructions that the PTX gives no line of the main source file.</summary>
    public required int Line { get; init; }

    /// <summary>PTX instructions that warps executed.</summary>
    public required double Executed { get; init; }

    /// <summary>Of those, times the active threads.</summary>
    public required double ThreadsExecuted { get; init; }

    /// <summary>SASS issue slots.</summary>
    public required double IssueSlots { get; init; }

    /// <summary>32-byte sectors a global or local request; null where the line makes none.</summary>
    public double? SectorsPerRequest { get; init; }

    /// <summary>Shared-memory wavefronts beyond the fewest possible; null where the line makes no shared request.</summary>
    public double? BankConflicts { get; init; }

    /// <summary>Share of the modelled time, 0–1.</summary>
    public required double TimeShare { get; init; }

    /// <summary>Of that, waiting.</summary>
    public required double StallShare { get; init; }

    /// <summary>The reason of the largest wait; null without any.</summary>
    public StallReason? Stall { get; init; }

    /// <summary>Profiles by source line, in order.</summary>
    public static IReadOnlyList<LineProfile> BySourceLine(CounterTotals totals, TimeEstimate estimate, IReadOnlyList<InstructionInfo> instructions) =>
        By(instruction => instruction.SourceLine, totals, estimate, instructions);

    /// <summary>Profiles by PTX line, in order.</summary>
    public static IReadOnlyList<LineProfile> ByPtxLine(CounterTotals totals, TimeEstimate estimate, IReadOnlyList<InstructionInfo> instructions) =>
        By(instruction => instruction.PtxLine, totals, estimate, instructions);

    private static IReadOnlyList<LineProfile> By(
        Func<InstructionInfo, int> line, CounterTotals totals, TimeEstimate estimate, IReadOnlyList<InstructionInfo> instructions)
    {
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(instructions);
        return [.. instructions.GroupBy(line).OrderBy(group => group.Key).Select(group => Of(group.Key, [.. group], totals, estimate))];
    }

    private static LineProfile Of(int line, List<InstructionInfo> instructions, CounterTotals totals, TimeEstimate estimate)
    {
        var sites = instructions.Select(instruction => totals.Sites[instruction.Index]).ToList();
        var global = sites.Where(site => site.Sectors > 0).ToList();
        var shared = sites.Where(site => PipeWork.IsShared(site)).ToList();
        var times = instructions.Select(instruction => estimate.InstructionTimes[instruction.Index]).ToList();
        return new LineProfile
        {
            Line = line,
            Executed = instructions.Sum(instruction => totals.BlockExecutions[instruction.BasicBlock]),
            ThreadsExecuted = instructions.Sum(instruction => totals.BlockThreads[instruction.BasicBlock]),
            IssueSlots = instructions.Sum(instruction => totals.BlockExecutions[instruction.BasicBlock] * Expansion.Of(instruction.Opcode).Slots),
            SectorsPerRequest = global.Count == 0 ? null : global.Sum(site => site.Sectors) / global.Sum(site => site.Requests),
            BankConflicts = shared.Count == 0 ? null : shared.Sum(site => site.Wavefronts - site.IdealWavefronts),
            TimeShare = times.Sum(time => time.Share),
            StallShare = times.Sum(time => time.StallShare),
            Stall = times.Where(time => time.Reason is not null).OrderByDescending(time => time.StallShare).Select(time => time.Reason).FirstOrDefault(),
        };
    }
}
