using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Correctness;
using KernelForge.Evaluator.Plans;
using KernelForge.Evaluator.Reference;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using RaceScreen = KernelForge.Simulator.Checks.RaceScreen;
using ScreeningObserver = KernelForge.Simulator.Checks.ScreeningObserver;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>How one execution of a plan ended.</summary>
internal sealed record ExecutionEnd(CheckVerdict Verdict, string Message)
{
    /// <summary>What the checks found.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>Where warps stood.</summary>
    public IReadOnlyList<WarpStand> Warps { get; init; } = [];

    /// <summary>It was stopped because going on would only have repeated the findings; nobody knows whether it would have ended.</summary>
    public bool GivenUp { get; init; }

    /// <summary>What kernels printed.</summary>
    public string? Printed { get; init; }

    /// <summary>Reads that make the solution unranked.</summary>
    public IReadOnlyList<string> UnrankedReasons { get; init; } = [];
}

/// <summary>The wall time that executions share.</summary>
/// <param name="Limit">How much there was in all.</param>
/// <param name="Spent">Set when it is used up.</param>
internal readonly record struct ExecutionTime(TimeSpan Limit, CancellationToken Spent);

/// <summary>
/// One execution of a plan in one trial: its own memory at its own addresses, inputs from the trial's files, outputs and
/// scratch full of a fresh random pattern, then fills, <c>prepare</c> and <c>launches</c> in order.
/// </summary>
internal sealed class SimExecution : IDisposable
{
    // An endless loop ends after a few seconds; a naive kernel on a derived preset (10⁸ operations) takes a tenth of this.
    private const long InstructionBudget = 4_000_000_000;
    private readonly LoadedSolution _solution;
    private readonly TaskDescription _task;
    private readonly PreparedTrial _trial;
    private readonly Checks _checks;
    private readonly ExecutionTime _time;
    private readonly DeviceMemory _memory = new();
    private readonly Dictionary<string, DeviceBuffer> _buffers = new(StringComparer.Ordinal);
    private readonly List<Finding> _findings = [];
    private readonly SortedSet<string> _unranked = new(StringComparer.Ordinal);
    private string _printed = string.Empty;
    private long _budget = InstructionBudget;

    public SimExecution(LoadedSolution solution, TaskDescription task, PreparedTrial trial, Checks checks, ExecutionTime time)
    {
        _solution = solution;
        _task = task;
        _trial = trial;
        _checks = checks;
        _time = time;
        foreach (var tensor in solution.Plan.Tensors)
        {
            _buffers.Add(tensor.Name, Allocate(tensor));
        }

        _memory.RestoreGlobals(solution.Module);
    }

    /// <summary>Races are screened for; without race checks this is their only trace.</summary>
    public bool ScreensRaces { get; init; }

    /// <summary>A launch is suspected of a race: precise checks would tell.</summary>
    public bool MayRace { get; private set; }

    /// <summary>Executes the plan once.</summary>
    public ExecutionEnd Run(CancellationToken cancellationToken)
    {
        if (Execute(_solution.Plan.Prepare, cancellationToken) is { } unprepared)
        {
            return unprepared with { Printed = Printed(), UnrankedReasons = [.. _unranked] };
        }

        var prepared = HashPersistent();
        if (Execute(_solution.Plan.Launches, cancellationToken) is { } stopped)
        {
            return stopped with { Printed = Printed(), UnrankedReasons = [.. _unranked] };
        }

        if (HashPersistent().Zip(prepared).FirstOrDefault(pair => pair.First != pair.Second).First is { Name: { } changed })
        {
            return new ExecutionEnd(CheckVerdict.Rejected, $"'{changed}' is persistent: prepare writes it and launches only read it, but a launch changed it; use a scratch buffer that is not persistent");
        }

        AddUnwrittenOutputs();
        var end = _findings.Count > 0 ? FromFindings() : new ExecutionEnd(CheckVerdict.Passed, string.Empty);
        return end with { Printed = Printed(), UnrankedReasons = [.. _unranked] };
    }

    /// <summary>Compares what the plan wrote with the reference.</summary>
    public IEnumerable<TrialComparison> Compare(bool hidden)
    {
        var manifest = _trial.Manifest;
        var isChecked = _task.Presets[manifest.Preset].Tensors.Where(t => t.Checked).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var expected in manifest.Expected.Where(e => isChecked.Contains(e.Name)))
        {
            var buffer = _buffers[expected.AliasOf ?? expected.Name];
            var actual = new byte[buffer.ByteLength];
            _memory.Read(buffer, 0, actual);
            var reference = File.ReadAllBytes(_trial.PathOf(expected.File));
            var floating = ElementReader.IsFloating(expected.Dtype);
            var result = floating
                ? OutputComparison.Floating(
                    MemoryMarshal.Cast<byte, double>(reference),
                    actual,
                    expected.Dtype,
                    Tolerance(expected.Dtype),
                    4 * Math.Max(expected.TorchMaxError, expected.OrderMaxError),
                    4 * Math.Max(expected.TorchScaledError, expected.OrderScaledError))
                : CompareIntegers(expected, reference, actual);
            yield return new TrialComparison(manifest.Preset, manifest.Distribution, hidden, expected.Name, expected.Shape, result, floating ? expected.TorchRmsError : null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    private static ulong FreshSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    private string? Printed() => _printed.Length == 0 ? null : _printed;

    private double Tolerance(string dtype) => _task.Tolerance.TryGetValue(dtype, out var declared)
        ? declared
        : dtype is "float16" or "bfloat16" ? 1e-2 : 1e-4;

    private ComparisonResult CompareIntegers(ExpectedTensor expected, byte[] reference, byte[] actual)
    {
        var rule = OutputRule.Parse(_task.OutputRules.GetValueOrDefault(expected.Name));
        (ReadOnlyMemory<byte> Bytes, string Dtype, IReadOnlyList<long> Shape)? source = null;
        if (rule is OutputRule.IndexOf index && _trial.Manifest.Tensors.FirstOrDefault(t => t.Name == index.Tensor) is { } tensor)
        {
            source = (File.ReadAllBytes(_trial.PathOf(tensor.File)), tensor.Dtype, tensor.Shape);
        }

        return OutputRuleComparison.Compare(rule, reference, actual, expected.Dtype, expected.Shape, source);
    }

    private DeviceBuffer Allocate(ResolvedTensor tensor)
    {
        var given = tensor.Kind is ResolvedTensorKind.Input or ResolvedTensorKind.Parameter or ResolvedTensorKind.Buffer;
        var buffer = _memory.Allocate(new BufferSpec
        {
            Name = tensor.Name,
            ByteLength = tensor.Bytes,
            ElementSize = tensor.ElementBytes,
            ElementType = tensor.Dtype,
            ReadOnly = given && !tensor.Writable,
            Initialised = given,
        });
        if (given)
        {
            var file = _trial.Manifest.Tensors.First(t => t.Name == tensor.Name).File;
            _memory.Write(buffer, 0, File.ReadAllBytes(_trial.PathOf(file)));
        }
        else
        {
            _memory.FillPattern(buffer, FreshSeed());
        }

        return buffer;
    }

    private List<(string Name, ulong Hash)> HashPersistent() =>
        [.. _solution.Plan.Tensors.Where(t => t.Persistent).Select(t => (t.Name, _memory.Hash(_buffers[t.Name])))];

    private ExecutionEnd? Execute(StepSequence steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Execute(step, cancellationToken) is { } stopped)
            {
                return stopped;
            }
        }

        return null;
    }

    private ExecutionEnd? Execute(ResolvedStep step, CancellationToken cancellationToken)
    {
        if (step is FillStep fill)
        {
            _memory.Fill(_buffers[fill.Tensor], fill.Pattern.Span);
            return null;
        }

        var launch = (LaunchStep)step;
        var program = _solution.Program(launch.Kernel, _checks);
        _unranked.UnionWith(program.UnrankedReads.Select(name => $"{launch.Kernel} reads {name}"));
        var configuration = SimLaunch.Configuration(_solution, launch, name => _buffers[name].Address, FreshSeed()) with { InstructionBudget = _budget, OutOfTime = _time.Spent };
        var result = Launch(program, configuration, cancellationToken);
        _budget -= result.LaneInstructions;
        _printed = _printed.Length < 16 * 1024 ? _printed + result.Printf : _printed;
        _findings.AddRange(result.Findings.Select(f => SimLaunch.Finding(f, launch.Kernel, _trial.Manifest.Preset)));
        return Violation(launch) ?? Stopped(launch, result);
    }

    private LaunchResult Launch(KernelProgram program, LaunchConfiguration configuration, CancellationToken cancellationToken)
    {
        if (!ScreensRaces || !RaceScreen.Serves(program, configuration))
        {
            MayRace |= ScreensRaces;
            return Launcher.Run(program, _memory, configuration, cancellationToken);
        }

        using var screen = new RaceScreen(program, _memory, configuration);
        var observer = new ScreeningObserver(screen);
        var result = Launcher.Run(program, _memory, configuration, ref observer, cancellationToken);
        MayRace |= screen.MayRace;
        return result;
    }

    private ExecutionEnd? Violation(LaunchStep launch)
    {
        if (_memory.Violations.Count == 0)
        {
            return null;
        }

        var violation = _memory.Violations[0];
        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"line {violation.SourceLine}: {launch.Kernel} writes to '{violation.Buffer}' at byte {violation.ByteOffset}, which the task does not let change; write to an output or to a scratch buffer");
        return new ExecutionEnd(CheckVerdict.Rejected, message)
        {
            Findings =
            [
                new Finding
                {
                    Tool = "rules",
                    Kind = "input_changed",
                    Kernel = launch.Kernel,
                    Line = violation.SourceLine > 0 ? violation.SourceLine : null,
                    Block = [violation.Block.X, violation.Block.Y, violation.Block.Z],
                    Thread = [violation.Thread.X, violation.Thread.Y, violation.Thread.Z],
                    Preset = _trial.Manifest.Preset,
                    Message = message,
                },
            ],
        };
    }

    private ExecutionEnd? Stopped(LaunchStep launch, LaunchResult result)
    {
        var warps = result.Positions.Select(p => SimLaunch.Stand(p, launch.Kernel)).ToList();
        switch (result.Completion)
        {
            case LaunchCompletion.Completed when _findings.Count == 0:
                return null;
            case LaunchCompletion.BudgetExhausted:
                return new ExecutionEnd(CheckVerdict.TimedOut, TimedOut(launch, warps))
                {
                    Findings = _findings,
                    Warps = warps,
                };
            case LaunchCompletion.Trapped or LaunchCompletion.AssertFailed:
                var what = result.Completion == LaunchCompletion.Trapped ? "executed a trap" : "failed an assertion";
                var where = warps.Count > 0 && warps[0].Line is { } line ? $" at line {line}" : string.Empty;
                return new ExecutionEnd(CheckVerdict.RuntimeError, $"{launch.Kernel} {what}{where} at preset {_trial.Manifest.Preset}{(result.Printf.Length == 0 ? string.Empty : $": {result.Printf.Trim()}")}") { Findings = _findings, Warps = warps };
            default:
                // Later launches would only repeat what the first findings caused.
                return FromFindings() with { Warps = warps, GivenUp = result.Completion == LaunchCompletion.Stopped };
        }
    }

    private string TimedOut(LaunchStep launch, List<WarpStand> warps)
    {
        var limit = _time.Spent.IsCancellationRequested
            ? $"the {_time.Limit.TotalSeconds:0} s of wall time that all trials share"
            : $"{InstructionBudget / 1_000_000_000} billion lane instructions";
        var lines = string.Join(", ", warps.Select(w => w.Line).Where(l => l is not null).Distinct().Order().Take(8));
        var where = warps.Count == 0
            ? $"each block ends, but the grid of {launch.Grid.X}×{launch.Grid.Y}×{launch.Grid.Z} blocks, or the number of launches, is more than platform sim executes: launch no more blocks than there is work"
            : $"its warps stood at {(lines.Length == 0 ? "unknown lines" : $"line {lines}")}: does a loop or a wait there ever end?";
        return $"{(warps.Count > 0 && warps[0].Line is { } line ? $"line {line}: " : string.Empty)}{launch.Kernel} did not end within {limit} at preset {_trial.Manifest.Preset}; {where}";
    }

    private void AddUnwrittenOutputs()
    {
        foreach (var tensor in _solution.Plan.Tensors.Where(t => t.Kind == ResolvedTensorKind.Output))
        {
            var buffer = _buffers[tensor.Name];
            if (!buffer.FirstUnwritten(out var offset))
            {
                continue;
            }

            var missing = Math.Max(1, buffer.UnwrittenBytes / tensor.ElementBytes);
            var all = missing >= tensor.Numel;
            _findings.Add(new Finding
            {
                Tool = "initcheck",
                Kind = "unwritten_output",
                Preset = _trial.Manifest.Preset,
                Count = missing,
                Message = all
                    ? $"nothing was written to {tensor.Name}; is it passed to the kernel, and does the kernel store its result?"
                    : $"{missing} of {tensor.Numel} elements of {tensor.Name} were never written, the first at linear index {offset / tensor.ElementBytes}; does the grid cover the output, and does a guard cut off its tail?",
            });
        }
    }

    private ExecutionEnd FromFindings()
    {
        var verdict = _findings.Min(f => SimLaunch.VerdictOf(f.Kind));
        var decisive = _findings.First(f => SimLaunch.VerdictOf(f.Kind) == verdict);
        var line = decisive.Line is { } number ? $"line {number}: " : string.Empty;
        var kernel = decisive.Kernel is { } name ? $"{name}: " : string.Empty;
        return new ExecutionEnd(verdict, $"{line}{kernel}{decisive.Message} (preset {decisive.Preset}){SimLaunch.RemedyOf(decisive)}") { Findings = _findings };
    }
}
