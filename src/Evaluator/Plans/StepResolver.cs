using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>What steps are resolved with.</summary>
internal sealed record StepContext(
    PlanScope Scope,
    DeviceLimits Device,
    OccupancyQuery? Occupancy,
    Func<string, ResolvedTensor?> TensorOf,
    IReadOnlyDictionary<string, ResolvedTensorMap> TensorMaps);

/// <summary>Flattens the steps of <c>prepare</c> or <c>launches</c>, one executed step at a time.</summary>
internal sealed class StepResolver(StepContext context, bool isPrepare)
{
    private readonly PlanScope _scope = context.Scope;
    private long _visited;
    private long _executed;

    public IEnumerable<ResolvedStep> Resolve(IEnumerable<FillStep> fills, IReadOnlyList<PlanStep> steps)
    {
        foreach (FillStep fill in fills)
        {
            _executed++;
            yield return fill;
        }

        foreach (ResolvedStep step in Flatten(steps))
        {
            yield return step;
        }
    }

    private IEnumerable<ResolvedStep> Flatten(IReadOnlyList<PlanStep> steps)
    {
        foreach (PlanStep step in steps)
        {
            Visit(step);
            if (!_scope.IsTrue(step.When))
            {
                continue;
            }

            if (step is PlanRepeat repeat)
            {
                foreach (ResolvedStep inner in Repeat(repeat))
                {
                    yield return inner;
                }

                continue;
            }

            if (++_executed > PlanReference.MaxLaunchesExecuted)
            {
                throw new PlanException(step.At, $"more than {PlanReference.MaxLaunchesExecuted:N0} launches are executed; move the loop into a kernel");
            }

            yield return step is PlanLaunch launch ? Launch(launch) : new LibraryStep(((PlanLibraryStep)step).Library, step.At.Place);
        }
    }

    private IEnumerable<ResolvedStep> Repeat(PlanRepeat repeat)
    {
        long count = _scope.Integer(repeat.Count, "repetitions", 0, PlanReference.MaxLaunchesExecuted, "move the loop into a kernel");
        try
        {
            for (long i = 0; i < count; i++)
            {
                _scope.Scope.SetIndex(repeat.Index.Text, i);
                foreach (ResolvedStep step in Flatten(repeat.Launches))
                {
                    yield return step;
                }
            }
        }
        finally
        {
            _scope.Scope.RemoveIndex(repeat.Index.Text);
        }
    }

    // Steps that `when` leaves out cost time too: nested repeats over nothing are bounded as well.
    private void Visit(PlanStep step)
    {
        if (++_visited > 4L * PlanReference.MaxLaunchesExecuted)
        {
            throw new PlanException(step.At, $"more than {4L * PlanReference.MaxLaunchesExecuted:N0} steps are considered, most of them left out by \"when\"; narrow the repeats");
        }
    }

    private LaunchStep Launch(PlanLaunch launch)
    {
        Dim3 block = Block(launch);
        Dim3 grid = Grid(launch);
        long shared = launch.SharedBytes is null ? 0 : _scope.Integer(
            launch.SharedBytes, "bytes of shared memory", 0, context.Device.MaxSharedBytes, $"that is the limit of {context.Device.Device}; use smaller tiles or fewer stages");
        Dim3? cluster = launch.Cluster is null ? null : Cluster(launch, grid);
        if (launch.Cooperative)
        {
            CheckCooperative(launch, grid, block, shared);
        }

        return new LaunchStep(launch.Kernel.Text, grid, block, shared, launch.Cooperative, cluster, [.. launch.Args.Select(Argument)], isPrepare, launch, launch.At.Place);
    }

    private Dim3 Grid(PlanLaunch launch)
    {
        int[] limits = [DeviceLimits.MaxGrid.X, DeviceLimits.MaxGrid.Y, DeviceLimits.MaxGrid.Z];
        return Dimensions(launch.Grid, i => _scope.Integer(
            launch.Grid[i],
            "blocks",
            1,
            limits[i],
            "an empty grid cannot be launched: use max(1, …), or \"when\" to leave the step out",
            i == 0 ? "let a thread do more, in a loop" : "let x carry the large dimension, or loop in the kernel"));
    }

    private Dim3 Block(PlanLaunch launch)
    {
        int[] limits = [DeviceLimits.MaxBlock.X, DeviceLimits.MaxBlock.Y, DeviceLimits.MaxBlock.Z];
        Dim3 block = Dimensions(launch.Block, i => _scope.Integer(launch.Block[i], "threads", 1, limits[i], tooLarge: "use smaller blocks and more of them"));
        return block.Count <= DeviceLimits.MaxThreads
            ? block
            : throw new PlanException(launch.Block[0], $"{string.Join(" × ", new[] { block.X, block.Y, block.Z }.Take(launch.Block.Count))} = {block.Count} threads in a block; at most {DeviceLimits.MaxThreads}");
    }

    private Dim3 Cluster(PlanLaunch launch, Dim3 grid)
    {
        if (context.Device.MaxClusterBlocks == 0)
        {
            throw new PlanException(launch.Cluster![0], $"{context.Device.Device} has no clusters (they need sm_90 or later); leave \"cluster\" out");
        }

        Dim3 cluster = Dimensions(launch.Cluster!, i => _scope.Integer(launch.Cluster![i], "blocks of a cluster", 1, context.Device.MaxClusterBlocks));
        if (cluster.Count > context.Device.MaxClusterBlocks)
        {
            throw new PlanException(launch.Cluster![0], $"{cluster.Count} blocks in a cluster; at most {context.Device.MaxClusterBlocks}");
        }

        return grid.X % cluster.X == 0 && grid.Y % cluster.Y == 0 && grid.Z % cluster.Z == 0
            ? cluster
            : throw new PlanException(launch.Cluster![0], $"grid {grid} is not a multiple of cluster {cluster}; round the grid up and let surplus blocks return");
    }

    private void CheckCooperative(PlanLaunch launch, Dim3 grid, Dim3 block, long shared)
    {
        if (context.Occupancy is null)
        {
            return;
        }

        long perSm = context.Occupancy(launch.Kernel.Text, (int)block.Count, shared);
        long resident = perSm * context.Device.SmCount;
        if (grid.Count > resident)
        {
            throw new PlanException(launch.Grid[0], $"{grid.Count} blocks in a cooperative launch; at most {resident} are co-resident ({perSm} on each of {context.Device.SmCount} multiprocessors): use min(…, blocks_per_sm({launch.Kernel.Text}) * sm_count) and loop in the kernel");
        }
    }

    private static Dim3 Dimensions(IReadOnlyList<PlanExpression> expressions, Func<int, long> size)
    {
        int x = (int)size(0);
        int y = expressions.Count > 1 ? (int)size(1) : 1;
        int z = expressions.Count > 2 ? (int)size(2) : 1;
        return new Dim3(x, y, z);
    }

    private ResolvedArgument Argument(PlanExpression expression)
    {
        if (context.TensorMaps.ContainsKey(expression.Text))
        {
            CheckReach(context.TensorMaps[expression.Text].Tensor, expression);
            return new TensorMapArgument(expression.Text, expression);
        }

        if (TensorArguments.Resolve(_scope, expression, context.TensorOf) is { } tensor)
        {
            CheckReach(tensor.Tensor, expression);
            return tensor;
        }

        Value value = _scope.Evaluate(expression);
        return value is Value.Integer or Value.Float or Value.Bool
            ? new ScalarArgument(value, expression)
            : throw new PlanException(expression, $"{value.Kind} ({value}) cannot be an argument; compare it, as in \"{expression.Text} != None\", or take an element by index");
    }

    private void CheckReach(string name, PlanExpression expression)
    {
        ResolvedTensor tensor = context.TensorOf(name)!;
        if (isPrepare && tensor.Kind is not (ResolvedTensorKind.Parameter or ResolvedTensorKind.Buffer) && !tensor.Persistent)
        {
            string what = tensor.Kind == ResolvedTensorKind.Scratch ? "scratch that is not persistent" : $"an {tensor.Kind.ToString().ToLowerInvariant()}";
            throw new PlanException(expression, $"'{name}' is {what}; prepare reads parameters and module buffers and writes persistent buffers only: {(tensor.Kind == ResolvedTensorKind.Scratch ? "add \"persistent\": true" : "move this launch into \"launches\"")}");
        }
    }
}
