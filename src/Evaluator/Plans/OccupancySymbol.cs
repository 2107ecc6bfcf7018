using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans;

/// <summary>Answers <c>blocks_per_sm(kernel)</c> at the block and shared memory of that kernel's first launch in the plan.</summary>
internal sealed class OccupancySymbol(LaunchPlan plan, PlanScope scope, OccupancyQuery? occupancy)
{
    private readonly HashSet<PlanLaunch> _asked = new(ReferenceEqualityComparer.Instance);

    public long Ask(string kernel, PlanExpression at, int offset)
    {
        PlanLaunch launch = Find(plan.Launches, kernel) ?? Find(plan.Prepare, kernel)
            ?? throw new PlanException(at, $"'{kernel}' is not a kernel that this plan launches; known: {string.Join(", ", Kernels(plan.Prepare.Concat(plan.Launches)).Distinct())}", offset);
        if (occupancy is null)
        {
            throw new PlanException(at, "blocks_per_sm is known only after compilation", offset);
        }

        if (!_asked.Add(launch))
        {
            throw new PlanException(at, $"blocks_per_sm({kernel}) depends on itself: it stands in the block or shared_bytes of that launch", offset);
        }

        try
        {
            long threads = launch.Block.Aggregate(1L, (product, size) => product * scope.Integer(size, "threads", 1, DeviceLimits.MaxThreads));
            long shared = launch.SharedBytes is null ? 0 : scope.Integer(launch.SharedBytes, "bytes of shared memory", 0, int.MaxValue);
            return threads > DeviceLimits.MaxThreads ? 0 : occupancy(launch.Kernel.Text, (int)threads, shared);
        }
        finally
        {
            _asked.Remove(launch);
        }
    }

    private static PlanLaunch? Find(IEnumerable<PlanStep> steps, string kernel)
    {
        foreach (PlanStep step in steps)
        {
            PlanLaunch? found = step switch
            {
                PlanLaunch launch when Compact(launch.Kernel.Text) == Compact(kernel) => launch,
                PlanRepeat repeat => Find(repeat.Launches, kernel),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static IEnumerable<string> Kernels(IEnumerable<PlanStep> steps) => steps.SelectMany(s => s switch
    {
        PlanLaunch launch => [launch.Kernel.Text],
        PlanRepeat repeat => Kernels(repeat.Launches),
        _ => [],
    });

    private static string Compact(string text) => text.Replace(" ", "", StringComparison.Ordinal);
}
