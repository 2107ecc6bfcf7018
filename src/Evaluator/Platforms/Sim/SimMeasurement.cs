using System.Globalization;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Sampling;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>
/// The modelled time of a plan at <c>full</c>: each distinct launch is sampled by itself, with memory checks on, its
/// counters are scaled and priced by the time model; fills cost their bytes.
/// </summary>
internal sealed class SimMeasurement(MeasureRequest request)
{
    // One block of a kernel that gives a whole tensor to one thread can take minutes: then there is no time, with the reason.
    private const long BlockBudget = 4_000_000_000;

    // A launch whose blocks depend on one another is run whole up to this many lane instructions.
    private const long WholeBudget = 1_000_000_000;
    private const long ResidentLimit = 4L << 30;

    // Repeated launches differ in their arguments only; first, middle and last stand for all.
    private const int RepresentativesPerShape = 3;
    private const double LeastShare = 1e-12;

    private readonly List<Finding> _findings = [];
    private readonly List<PricedLaunch> _launches = [];
    private CancellationToken _outOfTime;
    private long _blocks;
    private double _sampled;

    /// <summary>Measures.</summary>
    public MeasureReply Run(CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(request.TimeLimit);
        _outOfTime = time.Token;
        try
        {
            var solution = LoadedSolution.Load(request.SolutionPath, request.Task, request.Compiled, request.Device);
            using var memory = new DeviceMemory();
            var buffers = Allocate(solution, memory);
            memory.BindGlobals(solution.Module);
            var prepare = Price(solution, memory, buffers, solution.Plan.Prepare, cancellationToken);
            var launches = Price(solution, memory, buffers, solution.Plan.Launches, cancellationToken);
            return Reply(solution, solution.Plan.Prepare.Count == 0 ? null : prepare, launches);
        }
        catch (PlanException error)
        {
            return new MeasureReply { Verdict = CheckVerdict.PlanError, Message = $"preset full: {error.Message}" };
        }
        catch (UnsupportedException error)
        {
            return new MeasureReply { Verdict = CheckVerdict.Unsupported, Message = error.Message };
        }
        catch (Exception error) when (error is UnsupportedInstructionException or PtxSyntaxException)
        {
            return new MeasureReply { Verdict = CheckVerdict.Unsupported, Message = $"preset full: {error.Message}" };
        }
        catch (NotSampledException error)
        {
            return new MeasureReply { Note = error.Message, Kernels = [] };
        }
    }

    private static string? ReasonAgainstSampling(KernelProgram program, LaunchStep launch) =>
        launch.Cooperative ? "it is a cooperative launch, whose blocks wait for one another" : BlockDependence.Of(program);

    private Dictionary<string, DeviceBuffer> Allocate(LoadedSolution solution, DeviceMemory memory)
    {
        var described = request.Task.Presets[request.Compiled.Preset].Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var buffers = new Dictionary<string, DeviceBuffer>(StringComparer.Ordinal);
        var seed = 1UL;
        foreach (var tensor in solution.Plan.Tensors)
        {
            buffers.Add(tensor.Name, memory.Allocate(new BufferSpec
            {
                Name = tensor.Name,
                ByteLength = tensor.Bytes,
                ElementSize = tensor.ElementBytes,
                ElementType = tensor.Dtype,
                Initialised = true,
                Pages = FullSizeContents.Of(tensor, described.GetValueOrDefault(tensor.Name), seed++),
            }));
        }

        return buffers;
    }

    // Milliseconds of a sequence of steps.
    private double Price(LoadedSolution solution, DeviceMemory memory, Dictionary<string, DeviceBuffer> buffers, StepSequence steps, CancellationToken cancellationToken)
    {
        double total = 0;
        foreach (var fill in steps.OfType<FillStep>())
        {
            total += (buffers[fill.Tensor].ByteLength / solution.Profile.AchievableDramBytesPerSecond * 1e3) + (solution.Profile.Launch.GraphUs / 1e3);
        }

        var groups = steps.OfType<LaunchStep>().GroupBy(l => (l.Kernel, l.Grid, l.Block, l.SharedBytes, l.Cooperative, l.Cluster)).Select(g => g.ToList()).ToList();
        foreach (var group in groups)
        {
            List<LaunchStep> chosen = group.Count <= RepresentativesPerShape ? group : [group[0], group[group.Count / 2], group[^1]];
            var budget = request.InstructionBudget / (groups.Count * chosen.Count);
            var sampled = chosen.Select(launch => Sample(solution, memory, buffers, launch, budget, cancellationToken)).ToList();
            var mean = sampled.Average(s => s.Estimate.LatencyMs);
            _launches.Add(sampled[0] with { Launches = group.Count, TotalMs = mean * group.Count });
            total += mean * group.Count;
        }

        return total;
    }

    private PricedLaunch Sample(
        LoadedSolution solution, DeviceMemory memory, Dictionary<string, DeviceBuffer> buffers, LaunchStep launch, long budget, CancellationToken cancellationToken)
    {
        var program = solution.Program(launch.Kernel, Checks.Memory);
        var compiled = solution.Compiled.Kernels[launch.Kernel];
        var shape = new LaunchShape
        {
            GridX = launch.Grid.X,
            GridY = launch.Grid.Y,
            GridZ = launch.Grid.Z,
            BlockX = launch.Block.X,
            BlockY = launch.Block.Y,
            BlockZ = launch.Block.Z,
            RegistersPerThread = compiled.Registers,
            StaticSharedBytes = (int)(compiled.StaticSharedBytes),
            DynamicSharedBytes = (int)launch.SharedBytes,
            SpillBytes = compiled.SpillBytes,
        };
        RequireFits(solution, launch, shape);
        var reason = ReasonAgainstSampling(program, launch);
        var configuration = SimLaunch.Configuration(solution, launch, name => buffers[name].Address, seed: 1) with { OutOfTime = _outOfTime };
        var ranges = buffers.Values.Select(b => new BufferRange(b.Spec.Name, b.Address, b.ByteLength)).ToList();
        var limits = new SamplingLimits
        {
            LaneInstructions = reason is null ? budget : WholeBudget,
            BlockLaneInstructions = BlockBudget,
            ResidentBytes = memory.ResidentBytes + (ResidentLimit / 4),
            WholeOnly = reason is not null,
        };
        var result = SampledLaunch.Run(program, memory, configuration, solution.Profile, shape, ranges, seed: 1, limits, cancellationToken);
        Collect(launch, result, reason, shape.Blocks);
        _blocks += shape.Blocks;
        _sampled += result.SampledShare * shape.Blocks;
        return new PricedLaunch(launch, shape, result.Totals, TimeModel.Estimate(solution.Profile, shape, result.Totals, program.Instructions), program);
    }

    private static void RequireFits(LoadedSolution solution, LaunchStep launch, LaunchShape shape)
    {
        var occupancy = shape.OccupancyOn(solution.Profile);
        if (occupancy.BlocksPerSm == 0)
        {
            throw new PlanException(
                launch.Place,
                $"a block of {shape.ThreadsPerBlock} threads with {shape.RegistersPerThread} registers each and {shape.SharedBytes} bytes of shared memory does not fit on a multiprocessor of {solution.Profile.Name} (limited by {occupancy.LimitedBy}); use fewer threads, __launch_bounds__, or less shared memory",
                0,
                0);
        }
    }

    private void Collect(LaunchStep launch, SampledLaunchResult result, string? reason, long blocks)
    {
        _findings.AddRange(result.Findings.Select(f => SimLaunch.Finding(f, launch.Kernel, request.Compiled.Preset)));
        if (_findings.Count > 0)
        {
            return;
        }

        if (result.Completion == LaunchCompletion.Stopped && reason is not null)
        {
            throw new NotSampledException($"{launch.Kernel} is not sampled at full size: {reason}; and the whole launch of {blocks} blocks is more than platform sim runs");
        }

        if (result.Completion == LaunchCompletion.BudgetExhausted && _outOfTime.IsCancellationRequested)
        {
            throw new NotSampledException($"the samples took all of the {request.TimeLimit.TotalSeconds:0} s of wall time that platform sim gives them; {launch.Kernel} was the last: split its work over more blocks, or launch less often");
        }

        if (result.Completion == LaunchCompletion.BudgetExhausted)
        {
            throw new NotSampledException($"one block of {launch.Kernel} takes more than {BlockBudget / 1_000_000_000} billion lane instructions at full size; split its work over more blocks");
        }

        if (result.Completion != LaunchCompletion.Completed)
        {
            throw new NotSampledException($"{launch.Kernel} did not complete at full size ({result.Completion}) on generated data");
        }
    }

    private MeasureReply Reply(LoadedSolution solution, double? prepareMs, double launchesMs)
    {
        if (_findings.Count > 0)
        {
            var first = _findings[0];
            return new MeasureReply
            {
                Verdict = SimLaunch.VerdictOf(first.Kind),
                Message = string.Create(CultureInfo.InvariantCulture, $"line {first.Line}: {first.Kernel}: {first.Message} (preset full, sampled blocks; is an index or a product of sizes beyond 32 bits?)"),
                Findings = _findings,
            };
        }

        var heaviest = _launches.Where(l => !l.Launch.IsPrepare).MaxBy(l => l.TotalMs);
        return new MeasureReply
        {
            LatencyMs = launchesMs,
            PrepareMs = prepareMs,
            SampledShare = Math.Max(LeastShare, _sampled / Math.Max(1, _blocks)),
            LimitedBy = heaviest?.Estimate.Limiter ?? "dram",
            Kernels = [.. _launches.GroupBy(l => l.Launch.Kernel).Select(g => Report(solution, [.. g]))],
        };
    }

    private KernelReport Report(LoadedSolution solution, IReadOnlyList<PricedLaunch> launches)
    {
        var heaviest = launches.MaxBy(l => l.TotalMs)!;
        var instructions = heaviest.Program.Instructions;
        var hot = Metrics.HotLines(solution.Profile, heaviest.Totals, instructions, request.Profile ? int.MaxValue : 10);
        return KernelReports.Of(solution, heaviest.Launch, launches.Sum(l => (long)l.Launches)) with
        {
            LatencyMs = launches.Sum(l => l.TotalMs),
            LimitedBy = heaviest.Estimate.Limiter,
            Metrics = Metrics.Of(solution.Profile, heaviest.Shape, heaviest.Totals, heaviest.Estimate, instructions),
            Bottlenecks = KernelReports.Bottlenecks(solution.Profile, heaviest.Shape, heaviest.Totals, instructions),
            HotLines = [.. hot.Select(line => new Contracts.Outcomes.HotLine
            {
                Line = line.Line,
                Executed = (long)line.Executed,
                SectorsPerRequest = line.SectorsPerRequest,
                BankConflicts = (long)line.BankConflicts,
            })],
        };
    }

    private sealed record PricedLaunch(LaunchStep Launch, LaunchShape Shape, CounterTotals Totals, TimeEstimate Estimate, KernelProgram Program)
    {
        public int Launches { get; init; }

        public double TotalMs { get; init; }
    }

    private sealed class NotSampledException(string message) : Exception(message);
}
