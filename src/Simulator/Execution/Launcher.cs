using System.Text;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>Runs a kernel over a grid.</summary>
public static class Launcher
{
    private const long BlockTurn = 200_000;

    // A lane's finding costs as much as a warp's instruction: what repeats this often adds nothing but time.
    private const long MaxRepeated = 50_000_000;
    private const int MaxPrinted = 64 * 1024;

    /// <summary>Runs a launch without an observer, its blocks on all cores where the program allows it.</summary>
    /// <exception cref="ArgumentException">The grid, block, shared memory or parameters do not fit the kernel or the device.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LaunchResult Run(KernelProgram program, DeviceMemory memory, LaunchConfiguration configuration, CancellationToken cancellationToken)
    {
        var observer = default(NoObserver);
        return Run(program, memory, configuration, ref observer, cancellationToken);
    }

    /// <summary>Runs a launch under an observer: on one core, blocks in order, one observer for all of them.</summary>
    /// <exception cref="ArgumentException">The grid, block, shared memory or parameters do not fit the kernel or the device.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static LaunchResult Run<TObserver>(
        KernelProgram program, DeviceMemory memory, LaunchConfiguration configuration, ref TObserver observer, CancellationToken cancellationToken)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(configuration);
        Validate(program, configuration);
        memory.BindGlobals(program.Module);
        memory.ReleaseFreed();
        using var launch = new LaunchState(program, memory, configuration);
        launch.ChooseBackEnd(TObserver.Traffic);

        DeviceBuffer? workspace = null;
        if (configuration.Cooperative)
        {
            // What the driver gives cooperative groups: a size, and the barrier word at byte 4.
            workspace = memory.Allocate(new BufferSpec { Name = "grid workspace", ByteLength = 64, Initialised = true });
            launch.GridWorkspace = workspace.Address;
        }

        try
        {
            var results = new Results(launch);
            long[]? groups = launch.GroupsOf(configuration.Blocks);
            long count = groups?.Length ?? configuration.Grid.Count / launch.Cluster.Count;
            bool resident = program.UsesGlobalSynchronisation || configuration.Cooperative;
            int cores = configuration.MaxDegreeOfParallelism > 0 ? configuration.MaxDegreeOfParallelism : Environment.ProcessorCount;
            if (resident)
            {
                RunResident(launch, groups, count, ref observer, results, cancellationToken);
            }
            else if (TObserver.Enabled || launch.CheckRaces || program.RunsOnOneCore || cores == 1 || count == 1)
            {
                RunInOrder(launch, groups, count, ref observer, results, cancellationToken);
            }
            else
            {
                RunParallel(launch, groups, count, (int)Math.Min(cores, count), results, cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return results.ToResult();
        }
        finally
        {
            if (workspace is not null)
            {
                memory.Free(workspace);
            }
        }
    }

    private static void Validate(KernelProgram program, LaunchConfiguration configuration)
    {
        LaunchConfiguration c = configuration;
        if (c.Grid.X < 1 || c.Grid.Y is < 1 or > 65535 || c.Grid.Z is < 1 or > 65535)
        {
            throw new ArgumentException($"grid ({c.Grid.X}, {c.Grid.Y}, {c.Grid.Z}): x is 1 to 2147483647, y and z are 1 to 65535", nameof(configuration));
        }

        if (c.Block.X is < 1 or > 1024 || c.Block.Y is < 1 or > 1024 || c.Block.Z is < 1 or > 64 || c.Block.Count > 1024)
        {
            throw new ArgumentException($"block ({c.Block.X}, {c.Block.Y}, {c.Block.Z}): at most 1024 threads, z at most 64", nameof(configuration));
        }

        if (program.Kernel.RequiredThreads is { } r && r != (c.Block.X, c.Block.Y, c.Block.Z))
        {
            throw new ArgumentException($"block ({c.Block.X}, {c.Block.Y}, {c.Block.Z}): {program.KernelName} requires {r}", nameof(configuration));
        }

        if (program.Kernel.MaxThreads is { } m && (long)m.X * m.Y * m.Z < c.Block.Count)
        {
            throw new ArgumentException($"block of {c.Block.Count} threads: {program.KernelName} was compiled for at most {(long)m.X * m.Y * m.Z}", nameof(configuration));
        }

        if (program.Kernel.RequiredCluster is { } fixedCluster && c.Cluster is { } asked && fixedCluster != (asked.X, asked.Y, asked.Z))
        {
            throw new ArgumentException($"clusters of ({asked.X}, {asked.Y}, {asked.Z}): {program.KernelName} was compiled for {fixedCluster}", nameof(configuration));
        }

        Dim3 cluster = LaunchState.ClusterOf(program, c);
        if (cluster.X < 1 || cluster.Y < 1 || cluster.Z < 1 || cluster.Count > AddressWindow.MostClusterBlocks || c.Grid.X % cluster.X != 0 || c.Grid.Y % cluster.Y != 0 || c.Grid.Z % cluster.Z != 0)
        {
            throw new ArgumentException($"clusters of ({cluster.X}, {cluster.Y}, {cluster.Z}) in a grid of ({c.Grid.X}, {c.Grid.Y}, {c.Grid.Z}): 1 to {AddressWindow.MostClusterBlocks} blocks, and the grid a multiple in each dimension", nameof(configuration));
        }

        if (c.DynamicSharedBytes < 0 || (long)program.StaticSharedBytes + c.DynamicSharedBytes > c.SharedLimit)
        {
            throw new ArgumentException($"{program.StaticSharedBytes} + {c.DynamicSharedBytes} bytes of shared memory: a block may use {c.SharedLimit}", nameof(configuration));
        }

        if (c.Parameters.Length < program.Kernel.ParameterBytes || c.Parameters.Length > LaunchState.ParameterCapacity)
        {
            throw new ArgumentException($"a parameter block of {c.Parameters.Length} bytes: {program.KernelName} takes {program.Kernel.ParameterBytes}", nameof(configuration));
        }
    }

    private static void RunInOrder<TObserver>(LaunchState launch, long[]? groups, long count, ref TObserver observer, Results results, CancellationToken cancellationToken)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        using var group = new BlockGroup(launch);
        for (long i = 0; i < count && launch.Stop == 0; i++)
        {
            group.Start(groups?[i] ?? i, ref observer);
            RunToEnd(launch, group, ref observer, results, i, cancellationToken);
            results.Take(group, i);
        }
    }

    /// <summary>One group of blocks until its end, or until the budget or the caller says stop.</summary>
    private static void RunToEnd<TObserver>(LaunchState launch, BlockGroup group, ref TObserver observer, Results results, long index, CancellationToken cancellationToken)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        while (true)
        {
            long before = group.Executed;
            BlockOutcome outcome = group.Run(ref observer, BlockTurn);
            long total = Interlocked.Add(ref launch.Executed, group.Executed - before);
            launch.Consider(group.Executed - before);

            if (outcome == BlockOutcome.Stopped)
            {
                if (group.Completion != LaunchCompletion.Completed)
                {
                    results.Stop(group.Completion, group, index);
                }

                return;
            }

            // Also where each group ends in its turn: two thousand million small blocks never ask for a second one.
            if (MustStop(launch, total, cancellationToken))
            {
                results.Stop(LaunchCompletion.BudgetExhausted, group, index);
                return;
            }

            if (group.Repeated > MaxRepeated)
            {
                results.Stop(LaunchCompletion.Stopped, group, index);
                return;
            }

            if (outcome == BlockOutcome.Finished)
            {
                return;
            }
        }
    }

    private static bool MustStop(LaunchState launch, long executed, CancellationToken cancellationToken) =>
        executed > launch.Configuration.InstructionBudget / 32
        || launch.Configuration.OutOfTime.IsCancellationRequested
        || cancellationToken.IsCancellationRequested;

    private static void RunParallel(LaunchState launch, long[]? groups, long count, int cores, Results results, CancellationToken cancellationToken)
    {
        launch.ManyCores = true;
        long next = 0;
        void Work()
        {
            using var group = new BlockGroup(launch);
            var none = default(NoObserver);
            while (launch.Stop == 0)
            {
                // Several at a time where blocks are many: claiming one is then no cost.
                long chunk = Math.Clamp(count / (cores * 8), 1, 64);
                long from = Interlocked.Add(ref next, chunk) - chunk;
                if (from >= count)
                {
                    return;
                }

                for (long i = from; i < Math.Min(from + chunk, count) && launch.Stop == 0; i++)
                {
                    group.Start(groups?[i] ?? i, ref none);
                    RunToEnd(launch, group, ref none, results, i, cancellationToken);
                    results.Take(group, i);
                }
            }
        }

        Parallel.For(0, cores, new ParallelOptions { MaxDegreeOfParallelism = cores }, _ => Work());
    }

    /// <summary>
    /// Blocks that may wait for each other: in order while each ends in its turn; what does not end stays resident and takes turns with
    /// the blocks after it, as many as a device holds (all of them under a cooperative launch).
    /// </summary>
    private static void RunResident<TObserver>(LaunchState launch, long[]? groups, long count, ref TObserver observer, Results results, CancellationToken cancellationToken)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        LaunchConfiguration c = launch.Configuration;
        int perSm = (int)Math.Clamp(2048 / c.Block.Count, 1, 32);
        long limit = c.Cooperative ? count : Math.Max(1, (long)perSm * c.SmCount / launch.Cluster.Count);
        var active = new List<(BlockGroup Group, long Index)>();
        var free = new Stack<BlockGroup>();
        long next = 0;
        try
        {
            while ((next < count || active.Count > 0) && launch.Stop == 0)
            {
                // A new one whenever there is room, then one turn for each.
                if (next < count && active.Count < limit)
                {
                    BlockGroup group = free.Count > 0 ? free.Pop() : new BlockGroup(launch);
                    group.Start(groups?[next] ?? next, ref observer);
                    active.Add((group, next++));
                    if (Turn(launch, active[^1], ref observer, results, cancellationToken))
                    {
                        free.Push(group);
                        active.RemoveAt(active.Count - 1);
                    }

                    continue;
                }

                for (int i = 0; i < active.Count && launch.Stop == 0; i++)
                {
                    if (Turn(launch, active[i], ref observer, results, cancellationToken))
                    {
                        free.Push(active[i].Group);
                        active.RemoveAt(i--);
                    }
                }
            }
        }
        finally
        {
            foreach ((BlockGroup group, long _) in active)
            {
                group.Dispose();
            }

            foreach (BlockGroup group in free)
            {
                group.Dispose();
            }
        }
    }

    private static bool Turn<TObserver>(LaunchState launch, (BlockGroup Group, long Index) active, ref TObserver observer, Results results, CancellationToken cancellationToken)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        BlockGroup group = active.Group;
        long before = group.Executed;
        BlockOutcome outcome = group.Run(ref observer, BlockTurn / 10);
        launch.Executed += group.Executed - before;
        launch.Consider(group.Executed - before);

        bool repeats = group.Repeated > MaxRepeated;
        if (outcome == BlockOutcome.Stopped)
        {
            results.Stop(group.Completion, group, active.Index);
        }
        else if (repeats || MustStop(launch, launch.Executed, cancellationToken))
        {
            results.Stop(repeats ? LaunchCompletion.Stopped : LaunchCompletion.BudgetExhausted, group, active.Index);
        }
        else if (outcome != BlockOutcome.Finished)
        {
            return false;
        }

        results.Take(group, active.Index);
        return true;
    }

    /// <summary>Collects what blocks leave behind and puts it into block order.</summary>
    private sealed class Results(LaunchState launch)
    {
        private readonly Lock gate = new();

        // Made when a block leaves something behind: compiling what it needs takes 5 ms of a process's first launch.
        private SortedDictionary<long, (List<Finding> Findings, string Printed)>? blocks;
        private LaunchCompletion completion;
        private long stoppedAt = long.MaxValue;
        private List<WarpPosition> positions = [];

        public void Take(BlockGroup group, long index)
        {
            for (int rank = 0; rank < group.Blocks.Length; rank++)
            {
                Take(group.Blocks[rank], (index * group.Blocks.Length) + rank);
            }
        }

        private void Take(BlockContext block, long index)
        {
            if (block.Log.Count == 0 && block.Printed.Length == 0)
            {
                return;
            }

            lock (gate)
            {
                blocks ??= [];
                blocks[index] = (block.Log.Bounded(launch.Configuration.MaxFindingsPerKind), block.Printed.ToString());
                while (blocks.Count > 4096)
                {
                    blocks.Remove(blocks.Keys.Last());
                }
            }
        }

        public void Stop(LaunchCompletion how, BlockGroup group, long index)
        {
            lock (gate)
            {
                launch.Stop = 1;
                if (index < stoppedAt)
                {
                    stoppedAt = index;
                    completion = how;
                    positions = group.Positions();
                }
            }
        }

        public LaunchResult ToResult()
        {
            var log = new FindingLog();
            var printed = new StringBuilder();
            if (blocks is not null)
            {
                foreach ((List<Finding> findings, string text) in blocks.Values)
                {
                    findings.ForEach(log.Add);
                    if (printed.Length < MaxPrinted)
                    {
                        printed.Append(text);
                    }
                }
            }

            List<Finding> all = log.Bounded(launch.Configuration.MaxFindingsPerKind);
            foreach (Finding f in all.Where(f => f.Kind == FindingKind.ReadOnlyWrite && f.Buffer is not null))
            {
                launch.Memory.AddViolation(new BufferViolation(f.Buffer!, f.Kernel, f.SourceLine, f.Block, f.Thread, f.ByteOffset ?? 0));
            }

            if (printed.Length > MaxPrinted)
            {
                printed.Length = MaxPrinted;
            }

            return new LaunchResult
            {
                Completion = completion,
                Findings = all,
                LaneInstructions = launch.Executed * 32,
                Positions = positions,
                Printf = printed.ToString(),
            };
        }
    }
}
