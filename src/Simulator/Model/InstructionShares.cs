using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>Where a resident warp's cycles go.</summary>
/// <param name="Share">Share of its cycles at this instruction, 0–1: issuing, waiting before it, and queueing for what limits the launch.</param>
/// <param name="StallShare">Of that, waiting and queueing.</param>
/// <param name="Reason">The largest wait; null without any.</param>
public readonly record struct InstructionTime(double Share, double StallShare, StallReason? Reason);

/// <summary>
/// Spreads a launch's time over its instructions: a warp's own path where the path says, and the queue for the worst
/// limit over the instructions that use that resource, in proportion to their use.
/// </summary>
internal static class InstructionShares
{
    public static IReadOnlyList<InstructionTime> Of(
        string limit,
        StallReason queued,
        WarpPath path,
        double resident,
        CounterTotals totals,
        IReadOnlyList<InstructionCost> costs,
        IReadOnlyList<InstructionInfo> instructions)
    {
        var queue = Math.Max(0, resident - path.Cycles) / resident;
        var use = instructions.Select(instruction => Use(limit, costs[instruction.Index], totals.Sites[instruction.Index], totals.BlockExecutions[instruction.BasicBlock])).ToList();
        var all = use.Sum();
        return
        [
            .. instructions.Select(instruction =>
            {
                var wait = path.Waits[instruction.Index];
                var waiting = all > 0 ? queue * use[instruction.Index] / all : 0;
                var stalled = wait.Stalled / resident;
                StallReason? reason = stalled <= 0 && waiting <= 0 ? null : waiting >= stalled ? queued : wait.Reason;
                return new InstructionTime((wait.Busy / resident) + stalled + waiting, stalled + waiting, reason);
            }),
        ];
    }

    private static double Use(string limit, in InstructionCost cost, in SiteTotals site, double executions) => limit switch
    {
        "dram" or "l2" => site.Sectors,
        "l1" => PipeWork.IsShared(site) ? 0 : site.Wavefronts,
        "shared" => PipeWork.IsShared(site) ? site.Wavefronts : 0,
        "atomics" => cost.Latency == LatencyClass.Atomic ? site.Lanes : 0,
        "lsu" => executions * (cost.Lsu + cost.Branch),
        "fma" => executions * (cost.Fma + cost.IntegerMultiply),
        "alu" => executions * cost.Alu,
        "xu" => executions * cost.Xu,
        "fp64" => executions * cost.Fp64,
        "tensor" => executions * cost.TensorF16Fma,
        _ => executions * cost.Slots,
    };
}
