using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>
/// What holds a launch up, in the manner of Nsight Compute's rules: each rule looks at the counters and at the estimate, and
/// its gain is the time model run again without the bottleneck, so that what limits the launch next is taken into account.
/// </summary>
public static class BottleneckRules
{
    /// <summary>A bottleneck whose removal gains less than this is none.</summary>
    public const double LeastGain = 1.03;

    private const int MostLines = 3;
    private const double LeastPartOfALine = 0.1;

    /// <summary>The names of all rules.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. BottleneckTable.All.Select(rule => rule.Name)];

    /// <summary>The bottlenecks of a launch, the largest gain first.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="shape">The launch.</param>
    /// <param name="totals">Its counters, scaled to all blocks.</param>
    /// <param name="instructions">The program's instructions, by number.</param>
    /// <exception cref="ArgumentException">A block does not fit on an SM.</exception>
    public static IReadOnlyList<Bottleneck> Of(GpuProfile profile, LaunchShape shape, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions)
    {
        var launch = new ModelledLaunch(profile, shape, totals, instructions);
        var metrics = Metrics.Of(profile, shape, totals, launch.Estimate, instructions);
        var found = new List<Bottleneck>();
        foreach (var rule in BottleneckTable.All)
        {
            if (rule.Without(launch) is not { } without || launch.Estimate.LatencyMs / without.LatencyMs is not (>= LeastGain and var gain))
            {
                continue;
            }

            found.Add(new Bottleneck
            {
                Rule = rule.Name,
                What = rule.What,
                Evidence = rule.Evidence.ToDictionary(name => name, name => metrics[name], StringComparer.Ordinal),
                Gain = gain,
                LatencyMs = without.LatencyMs,
                NextLimiter = without.Limiter,
                Try = rule.Try,
                Lines = rule.Cost is null ? [] : Lines(launch, rule.Cost),
            });
        }

        return [.. found.OrderByDescending(bottleneck => bottleneck.Gain)];
    }

    private static IReadOnlyList<int> Lines(ModelledLaunch launch, Func<ModelledLaunch, InstructionInfo, double> cost)
    {
        var lines = launch.Instructions.Where(instruction => instruction.SourceLine > 0)
            .GroupBy(instruction => instruction.SourceLine)
            .Select(group => (Line: group.Key, Cost: group.Sum(instruction => cost(launch, instruction))))
            .Where(line => line.Cost > 0)
            .OrderByDescending(line => line.Cost).ThenBy(line => line.Line).ToList();
        return [.. lines.TakeWhile(line => line.Cost >= lines[0].Cost * LeastPartOfALine).Take(MostLines).Select(line => line.Line)];
    }
}
