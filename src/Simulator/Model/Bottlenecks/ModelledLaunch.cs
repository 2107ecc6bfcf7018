using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>A launch as a rule looks at it: its counters, its estimate, and estimates of what it would be if something were different.</summary>
internal sealed class ModelledLaunch(GpuProfile profile, LaunchShape shape, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions)
{
    public GpuProfile Profile => profile;

    public LaunchShape Shape => shape;

    public CounterTotals Totals => totals;

    public IReadOnlyList<InstructionInfo> Instructions => instructions;

    public IReadOnlyList<InstructionCost> Costs { get; } = [.. instructions.Select(instruction => Expansion.Of(instruction.Opcode))];

    public TimeEstimate Estimate { get; } = TimeModel.Estimate(profile, shape, totals, instructions);

    /// <summary>A limit's own time ÷ the kernel's, 0–1.</summary>
    public double Part(string limit) => Estimate.KernelMs <= 0 ? 0 : Math.Min(1, Estimate.LimiterMs[limit] / Estimate.KernelMs);

    /// <summary>Whether a limit is the largest of all but the launch's own cost.</summary>
    public bool IsLargest(string limit) => Estimate.LimiterMs.Where(each => each.Key != "launch").MaxBy(each => each.Value).Key == limit;

    /// <summary>Share of a resident warp's time that it waits for a reason, 0–1.</summary>
    public double Waits(StallReason reason) => Estimate.StallShares.GetValueOrDefault(reason);

    public bool IsGlobal(InstructionInfo instruction) => totals.Sites[instruction.Index].Sectors > 0 && !IsLocal(instruction) && Costs[instruction.Index].Latency != LatencyClass.Atomic;

    public static bool IsLocal(InstructionInfo instruction) => instruction.Opcode.Contains(".local", StringComparison.Ordinal);

    public static bool IsStore(InstructionInfo instruction) => instruction.Opcode.StartsWith("st", StringComparison.Ordinal);

    public bool IsShared(InstructionInfo instruction) => PipeWork.IsShared(totals.Sites[instruction.Index]) && Costs[instruction.Index].Latency != LatencyClass.Constant;

    public double Executions(InstructionInfo instruction) => totals.BlockExecutions[instruction.BasicBlock];

    /// <summary>Counters with some instructions' sites changed.</summary>
    public CounterTotals WithSites(Func<InstructionInfo, SiteTotals, SiteTotals> change) =>
        totals with { Sites = [.. instructions.Select(instruction => change(instruction, totals.Sites[instruction.Index]))] };

    /// <summary>The sum of something over instructions, each execution weighed.</summary>
    public double Sum(Func<InstructionInfo, double> what) => instructions.Sum(what);

    public TimeEstimate Without(Relief relief) => TimeModel.Estimate(profile, shape, totals, instructions, relief);

    public TimeEstimate Without(CounterTotals changed, Relief? relief = null) => TimeModel.Estimate(profile, shape, changed, instructions, relief ?? Relief.None);

    public TimeEstimate Without(LaunchShape changed) => TimeModel.Estimate(profile, changed, totals, instructions);

    public TimeEstimate Without(GpuProfile changed, CounterTotals counters) => TimeModel.Estimate(changed, shape, counters, instructions);
}
