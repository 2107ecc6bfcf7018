using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Correctness;
using KernelForge.Evaluator.Reference;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>Runs the trials of a request one after the other and says what they showed.</summary>
internal sealed class SimTrials(CheckRequest request)
{
    private const Checks Always = Checks.Memory | Checks.Initialised | Checks.Synchronisation;
    private readonly List<TrialComparison> _comparisons = [];
    private readonly List<string> _skipped = [];
    private readonly List<string> _presets = [];
    private readonly SortedSet<string> _unranked = new(StringComparer.Ordinal);
    private IReadOnlyList<KernelReport> _kernels = [];
    private string? _printed;
    private string _oracle = "float64";
    private int _trials;

    /// <summary>Runs them: a trial with findings ends the evaluation, one with wrong numbers does not (ADR 0003).</summary>
    public CheckReply Run(CancellationToken cancellationToken)
    {
        using var time = new CancellationTokenSource(request.TimeLimit);
        try
        {
            foreach (var preset in request.Presets)
            {
                if (RunPreset(preset, time.Token, cancellationToken) is { } stopped)
                {
                    return stopped;
                }
            }
        }
        catch (PlanException error)
        {
            return Reply(CheckVerdict.PlanError, error.Message);
        }
        catch (UnsupportedException error)
        {
            return Reply(CheckVerdict.Unsupported, error.Message);
        }
        catch (UnsupportedInstructionException error)
        {
            return Reply(CheckVerdict.Unsupported, $"line {error.SourceLine}: PTX instruction '{error.Opcode}' is not executed by platform sim yet ({error.Message})");
        }
        catch (PtxSyntaxException error)
        {
            return Reply(CheckVerdict.Unsupported, $"the PTX that NVRTC made is not understood: {error.Message}");
        }

        var report = Report();
        return report.MismatchedElements > 0
            ? Reply(CheckVerdict.IncorrectNumerical, CorrectnessSummary.Describe(report, _comparisons))
            : Reply(CheckVerdict.Passed, $"passed {_trials} trials at {string.Join(" and ", _presets)}; {CorrectnessSummary.Nearest(_comparisons)}");
    }

    private CheckReply? RunPreset(PresetTrials preset, CancellationToken outOfTime, CancellationToken cancellationToken)
    {
        var solution = LoadedSolution.Load(request.SolutionPath, request.Task, preset.Compiled, request.Device);
        _presets.Add(preset.Compiled.Preset);
        _kernels = _kernels.Count > 0 ? _kernels : KernelReports.WithoutTimes(solution);
        var first = true;
        foreach (var trial in preset.Trials)
        {
            var manifest = trial.Trial.Manifest;
            if (manifest.Status != TrialStatus.Ok)
            {
                _skipped.Add($"{manifest.Preset}/{manifest.Distribution}: {manifest.Reason}");
                if (manifest.Status == TrialStatus.Skipped)
                {
                    continue;
                }
            }

            _oracle = manifest.Oracle ?? _oracle;
            if (outOfTime.IsCancellationRequested)
            {
                return Reply(CheckVerdict.TimedOut, $"{_trials} of {request.Presets.Sum(p => p.Trials.Count)} trials took all of the {request.TimeLimit.TotalSeconds:0} s of wall time that platform sim gives them; smaller presets, fewer trials, or less work a trial");
            }

            var time = new ExecutionTime(request.TimeLimit, outOfTime);
            var (execution, ended) = Execute(solution, trial, time, first, cancellationToken);
            using var executed = execution;
            first = false;
            _printed ??= ended.Printed;
            _unranked.UnionWith(ended.UnrankedReasons);
            if (ended.Verdict != CheckVerdict.Passed)
            {
                return Reply(ended.Verdict, ended.Message, ended.Findings, ended.Warps);
            }

            if (manifest.Status == TrialStatus.Ok)
            {
                _trials++;
                _comparisons.AddRange(execution.Compare(trial.Hidden));
            }
        }

        return null;
    }

    // Finding races takes ten times as long as screening for them: only what is suspected, and ends, is looked at precisely.
    private (SimExecution Execution, ExecutionEnd Ended) Execute(
        LoadedSolution solution, TrialToCheck trial, ExecutionTime time, bool first, CancellationToken cancellationToken)
    {
        var execution = new SimExecution(solution, request.Task, trial.Trial, Always, time) { ScreensRaces = first };
        try
        {
            var ended = execution.Run(cancellationToken);
            if (!execution.MayRace || ended.Verdict == CheckVerdict.TimedOut || ended.GivenUp)
            {
                return (execution, ended);
            }

            execution.Dispose();
            execution = new SimExecution(solution, request.Task, trial.Trial, Checks.All, time);
            return (execution, execution.Run(cancellationToken));
        }
        catch
        {
            execution.Dispose();
            throw;
        }
    }

    private CorrectnessReport Report() => CorrectnessSummary.Report(_presets, _trials, _oracle, _skipped, _comparisons);

    private CheckReply Reply(CheckVerdict verdict, string message, IReadOnlyList<Finding>? findings = null, IReadOnlyList<WarpStand>? warps = null) => new()
    {
        Verdict = verdict,
        Message = message,
        Findings = findings ?? [],
        Warps = warps ?? [],
        Printed = _printed,
        Correctness = _comparisons.Count == 0 ? null : Report(),
        ReducedPrecision = CorrectnessSummary.IsReduced(_comparisons),
        Kernels = _kernels,
        UnrankedReasons = [.. _unranked],
    };
}
