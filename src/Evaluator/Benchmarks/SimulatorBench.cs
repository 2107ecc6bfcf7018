using KernelForge.Contracts.Benchmarks;
using KernelForge.Simulator.Benchmarking;
using KernelForge.Simulator.Execution;

namespace KernelForge.Evaluator.Benchmarks;

/// <summary>
/// <c>bench simulator</c>: the simulator's speed by kernel and mode on one core, beside PoCL and Oclgrind running the same kernels in the
/// same run, and what its other parts cost. Goals are issue 4's.
/// </summary>
internal static class SimulatorBench
{
    private const double SecondsPerKernel = 0.7;
    private const string Speed = "G lane-instructions/s/core";
    private const string Ratio = "×";
    private const double Tolerance = 2e-3;

    private const double CompiledGoalOfEach = 6;
    private const double DivergentGoal = 1.5;

    // Goals of the geometric means: speed, and time beside PoCL's where that is asked.
    private static readonly (string Name, BenchmarkMode Mode, double Goal, double? PoclGoal)[] Modes =
    [
        ("interpreter, checks off", BenchmarkMode.Off, 5, 1.2),
        ("interpreter, checks on", BenchmarkMode.On, 4, 1.2),
        ("compiled, checks off", BenchmarkMode.CompiledOff, 25, 0.3),
        ("compiled, checks on", BenchmarkMode.CompiledOn, 15, 0.4),
        ("precise races", BenchmarkMode.Races, 2.5, null),
        ("everything on", BenchmarkMode.Everything, 4, null),
    ];

    /// <summary>Runs it; the caller knows the machine.</summary>
    /// <param name="openClRoot">Where PoCL and Oclgrind lie; null: not here.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BenchReport> RunAsync(string? openClRoot, CancellationToken cancellationToken)
    {
        // First, so that what is wrong with them is known before minutes are spent.
        var pocl = openClRoot is null ? null : await OpenClClient.RunAsync(openClRoot, "pocl", cancellationToken);
        var oclgrind = openClRoot is null ? null : await OpenClClient.RunAsync(openClRoot, "oclgrind", cancellationToken);
        RequireRan(pocl);
        RequireRan(oclgrind);
        var figures = new List<BenchFigure>();
        var speeds = new Dictionary<(string Kernel, BenchmarkMode Mode), KernelSpeed>();
        foreach (var (name, mode, goal, _) in Modes)
        {
            foreach (var kernel in BenchmarkKernel.All)
            {
                var speed = BenchmarkRun.Measure(kernel, mode, SecondsPerKernel, cancellationToken);
                speeds[(kernel.Name, mode)] = speed;
                figures.Add(mode == BenchmarkMode.CompiledOn
                    ? AtLeast($"{name}: {kernel.Name}", speed.GigaLaneInstructionsPerSecond, Speed, CompiledGoalOfEach)
                    : new BenchFigure { Name = $"{name}: {kernel.Name}", Value = speed.GigaLaneInstructionsPerSecond, Unit = Speed });
            }

            figures.Add(AtLeast($"{name}: geometric mean", Mean(BenchmarkKernel.All.Select(kernel => speeds[(kernel.Name, mode)].GigaLaneInstructionsPerSecond)), Speed, goal));
        }

        if (pocl is not null && oclgrind is not null)
        {
            figures.AddRange(BesidePocl(pocl, speeds));
            figures.AddRange(BesideOclgrind(oclgrind, cancellationToken));
        }

        figures.AddRange(SimulatorCosts.Measure(cancellationToken));
        return new BenchReport { Name = "simulator", Machine = string.Empty, Figures = figures };
    }

    internal static BenchFigure AtLeast(string name, double value, string unit, double goal) => new() { Name = name, Value = value, Unit = unit, Goal = goal, Met = value >= goal };

    internal static BenchFigure AtMost(string name, double value, string unit, double goal) => new() { Name = name, Value = value, Unit = unit, Goal = goal, Met = value <= goal };

    private static double Mean(IEnumerable<double> values) => Math.Exp(values.Average(Math.Log));

    private static IEnumerable<BenchFigure> BesidePocl(OpenClReport pocl, Dictionary<(string Kernel, BenchmarkMode Mode), KernelSpeed> speeds)
    {
        foreach (var (name, mode, _, goal) in Modes.Where(m => m.PoclGoal is not null))
        {
            var ratios = new List<double>();
            foreach (var (kernel, native) in pocl.Kernels)
            {
                var ours = speeds[(kernel, mode)];
                RequireSame(kernel, ours.Checksum, native.Checksum, "PoCL");
                ratios.Add(ours.Seconds / native.Seconds);
                var figure = $"{name}, time ÷ PoCL's on one core: {kernel}";
                yield return kernel == "divergent" && mode.BackEnd == BackEnd.Compiler
                    ? AtMost(figure, ratios[^1], Ratio, DivergentGoal)
                    : new BenchFigure { Name = figure, Value = ratios[^1], Unit = Ratio };
            }

            yield return AtMost($"{name}, time ÷ PoCL's on one core: geometric mean", Mean(ratios), Ratio, goal!.Value);
        }
    }

    private static IEnumerable<BenchFigure> BesideOclgrind(OpenClReport oclgrind, CancellationToken cancellationToken)
    {
        var ratios = new List<double>();
        foreach (var kernel in BenchmarkKernel.Small.Where(kernel => oclgrind.Kernels.ContainsKey(kernel.Name)))
        {
            var theirs = oclgrind.Kernels[kernel.Name];
            var ours = BenchmarkRun.Measure(kernel, BenchmarkMode.Races, 0.2, cancellationToken);
            RequireSame(kernel.Name, ours.Checksum, theirs.Checksum, "Oclgrind");
            ratios.Add(theirs.Seconds / ours.Seconds);
            yield return new BenchFigure { Name = $"all checks, times as fast as Oclgrind --data-races, 1/16 of the size: {kernel.Name}", Value = ratios[^1], Unit = Ratio };
        }

        yield return AtLeast("all checks, times as fast as Oclgrind --data-races: geometric mean", Mean(ratios), Ratio, 100);
    }

    private static void RequireRan(OpenClReport? report)
    {
        if (report?.Fault is { } fault)
        {
            throw new InvalidOperationException($"{report.Device}: {fault}");
        }
    }

    private static void RequireSame(string kernel, double ours, double theirs, string who)
    {
        if (Math.Abs(ours - theirs) > Tolerance * Math.Max(1, Math.Abs(theirs)))
        {
            throw new InvalidOperationException($"{kernel}: {who}'s result has the checksum {theirs}, ours {ours}: not the same work");
        }
    }
}
