using System.Diagnostics;
using System.Security.Cryptography;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Correctness;
using KernelForge.Evaluator.Measurement;
using KernelForge.Evaluator.Platforms;
using KernelForge.Evaluator.Plans;
using KernelForge.Evaluator.Reference;
using KernelForge.Processes;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Judging;

/// <summary>
/// Judges one solution: read → plan and rules → compile ∥ reference → trials → time. Each stage either hands its value on
/// or ends the evaluation with an outcome.
/// </summary>
internal sealed class SolutionJudge(EvaluationRequest request) : IAsyncDisposable
{
    private const string DefaultDevice = "H200";
    private const long SampleBudget = 120_000_000;
    private const int TunableBudgetShare = 4;
    private const int MaxTrials = 1000;

    // Ten trials of the slowest kernel that the instruction budget lets through, on a busy machine.
    private static readonly TimeSpan TrialsTimeLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MostTrialsTimeLimit = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan MeasureTimeLimit = TimeSpan.FromSeconds(60);
    private static readonly string[] CheckedPresets = ["small", "odd"];

    private readonly Stopwatch _total = Stopwatch.StartNew();
    private readonly ReferenceClient _reference = new(new ReferenceOptions
    {
        Home = request.Home,
        Toolbox = request.Toolbox,
        UnsafeNoSandbox = request.UnsafeNoSandbox,
    });

    private CompilerClient? _compiler;
    private RunnerClient? _runner;

    /// <summary>Judges.</summary>
    /// <exception cref="EvaluationFaultException">There can be no verdict.</exception>
    /// <exception cref="TaskFileException">The task file is wrong.</exception>
    /// <exception cref="ReferenceUnavailableException">PyTorch cannot be had.</exception>
    /// <exception cref="CompilerMissingException">NVRTC cannot be had.</exception>
    public async Task<EvaluationOutcome> JudgeAsync(CancellationToken cancellationToken)
    {
        var profile = ProfileOf(request);
        RequireTrials(request);
        var bytes = await ReadSolutionAsync(cancellationToken);
        await SandboxRule.RequireAsync(request.Toolbox, request.UnsafeNoSandbox, "eval", cancellationToken);
        var compiler = _compiler = new CompilerClient(new CompilerSettings { Home = request.Home, Toolbox = request.Toolbox, UnsafeNoSandbox = request.UnsafeNoSandbox });
        var cache = ReferenceCacheFolder();
        _runner = new RunnerClient(
            request.Platform,
            request.Toolbox,
            [cache, request.SolutionPath],
            sandboxed: !request.UnsafeNoSandbox);
        var describing = Stopwatch.StartNew();
        var task = await _reference.DescribeAsync(request.TaskPath, request.TaskName, cancellationToken);
        RequirePreset(request, task);
        var outcome = new OutcomeBuilder
        {
            Task = new ContentReference { Name = task.Name, Sha256 = task.Sha256 },
            Solution = new ContentReference { Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)) },
            Environment = EnvironmentOf(profile, task),
        };
        outcome.AddTime("reference", describing.Elapsed);
        outcome.UnrankedReasons.UnionWith(request.TaskFlaw is { } flaw ? [$"the task does not rank: {flaw}"] : task.UnrankedReasons);
        try
        {
            return await JudgeAsync(new Case(profile, task, bytes, compiler, _runner, outcome) { SolutionPath = request.SolutionPath }, cancellationToken);
        }
        catch (PlanException error)
        {
            return outcome.PlanError(error.Message);
        }
        catch (RunnerTimeoutException error)
        {
            return outcome.TimedOut(error.Message);
        }
        finally
        {
            outcome.AddTime("total", _total.Elapsed);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reference.DisposeAsync();
        if (_compiler is not null)
        {
            await _compiler.DisposeAsync();
        }

        if (_runner is not null)
        {
            await _runner.DisposeAsync();
        }
    }

    private async Task<EvaluationOutcome> JudgeAsync(Case it, CancellationToken cancellationToken)
    {
        var solution = SolutionFile.Read(it.Bytes);
        var plan = PlanReader.Read(solution);
        if (BrokenRule(solution, it.Outcome) is { } rejected)
        {
            return rejected;
        }

        var combinations = PlanResolver.TunableCombinations(plan);
        var tunables = combinations[0];
        it.Outcome.Tunables = tunables.Count == 0 ? null : tunables;
        var presets = request.Preset is { } only ? [only] : CheckedPresets.Where(it.Task.Presets.ContainsKey).ToArray();
        var timed = request.Preset is null && it.Task.Presets.ContainsKey("full");

        // The compiler and PyTorch work at the same time.
        var preparing = PrepareAsync(it, presets, cancellationToken);
        var tracing = timed ? TraceAsync(it, preparing, cancellationToken) : null;
        try
        {
            var compiled = new Dictionary<string, CompiledSolution>(StringComparer.Ordinal);
            foreach (var preset in timed ? presets.Append("full") : presets)
            {
                switch (await CompileAsync(it, solution, plan, preset, tunables, cancellationToken))
                {
                    case CompileFailure failure:
                        it.Outcome.Diagnostics = failure.Diagnostics;
                        return it.Outcome.CompileError(failure.Message);
                    case CompileResult result:
                        compiled[preset] = Compiled(preset, tunables, result);
                        SolutionPlan.Resolve(plan, it.Task, preset, tunables, it.Profile, result);
                        Classify(it, plan, result, presets.Length > 0 ? presets[0] : preset);
                        break;
                }
            }

            var trials = await preparing;
            var check = await CheckAsync(it, presets.Select(p => new PresetTrials { Compiled = compiled[p], Trials = trials[p] }), cancellationToken);
            if (check.Verdict != CheckVerdict.Passed || !timed)
            {
                it.Outcome.UnrankedReasons.UnionWith(timed ? [] : [$"only preset {presets[0]} was judged"]);
                return it.Outcome.Build(check.Verdict, check.Message);
            }

            return await MeasureAsync(it, solution, plan, combinations, compiled["full"], trials, check.Message, await tracing!, cancellationToken);
        }
        finally
        {
            await Quietly(preparing);
            await Quietly(tracing);
        }
    }

    private async Task<EvaluationOutcome> MeasureAsync(
        Case it,
        SolutionFile solution,
        LaunchPlan plan,
        IReadOnlyList<IReadOnlyDictionary<string, long>> combinations,
        CompiledSolution first,
        IReadOnlyDictionary<string, IReadOnlyList<TrialToCheck>> trials,
        string passedMessage,
        TaskTrace trace,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var best = first;
        if (combinations.Count > 1)
        {
            best = await TuneAsync(it, solution, plan, combinations, first, cancellationToken);
            it.Outcome.Tunables = best.Tunables;
            if (best != first && await RecheckAsync(it, solution, plan, best, trials, cancellationToken) is { } failed)
            {
                return failed;
            }
        }

        var measured = await AskAsync(it, best, SampleBudget * (request.Profile ? 4 : 1), cancellationToken);
        it.Outcome.AddTime("measure", clock.Elapsed);
        it.Outcome.Findings.AddRange(measured.Findings);
        if (measured.Verdict is { } verdict)
        {
            return it.Outcome.Build(verdict, measured.Message ?? verdict.ToString());
        }

        it.Outcome.Kernels = measured.Kernels.Count > 0 ? measured.Kernels : it.Outcome.Kernels;
        var cost = TaskCost.Of(trace, it.Profile, it.Outcome.Class?.Precision);
        if (measured.LatencyMs is not { } latency)
        {
            it.Outcome.PerformanceNote = measured.Note;
            it.Outcome.UnrankedReasons.Add($"no time: {measured.Note}");
            return it.Outcome.Build(CheckVerdict.Passed, $"{passedMessage}; no time at full: {measured.Note}");
        }

        it.Outcome.Performance = Report(measured, latency, cost);
        it.Outcome.PerformanceNote = cost.IsLowerBound
            ? "torch_eager_modelled takes every operator at its roofline, since the profile's efficiencies are not calibrated: the speed-up is a lower bound"
            : null;
        if (latency < cost.UnavoidableMs)
        {
            return it.Outcome.Implausible($"{latency:G4} ms at full is less than the {cost.UnavoidableMs:G4} ms that moving the unavoidable bytes takes on {it.Profile.Name}: some of the work is not done there");
        }

        if (latency < cost.OperationsMs)
        {
            it.Outcome.UnrankedReasons.Add($"needs_review: {latency:G4} ms is below the operations bound of {cost.OperationsMs:G4} ms");
        }

        return it.Outcome.Build(
            CheckVerdict.Passed,
            $"{passedMessage}; modelled {latency:G4} ms on {it.Profile.Name}, {cost.SpeedOfLightMs / latency:P0} of the speed of light, limited by {measured.LimitedBy}");
    }

    private static PerformanceReport Report(MeasureReply measured, double latency, TaskCost cost) => new()
    {
        Kind = "modelled",
        Preset = "full",
        LatencyMs = latency,
        SampledShare = measured.SampledShare,
        Baseline = "torch_eager_modelled",
        Baselines = new Dictionary<string, double>(StringComparer.Ordinal) { ["torch_eager_modelled"] = cost.TorchEagerMs },
        SpeedupFactor = cost.TorchEagerMs / latency,
        SpeedOfLightMs = cost.SpeedOfLightMs,
        SpeedOfLightFraction = cost.SpeedOfLightMs / latency,
        PrepareMs = measured.PrepareMs,
        LimitedBy = measured.LimitedBy,
    };

    // Combinations get short looks; the fastest is measured again from scratch, and only that counts.
    private async Task<CompiledSolution> TuneAsync(
        Case it,
        SolutionFile solution,
        LaunchPlan plan,
        IReadOnlyList<IReadOnlyDictionary<string, long>> combinations,
        CompiledSolution first,
        CancellationToken cancellationToken)
    {
        var search = TunableSearch.Of(request.Tuning ?? new TuningOrder(), combinations.Count, SampleBudget / TunableBudgetShare);
        List<CompiledSolution> candidates = [];
        foreach (var index in search.Combinations)
        {
            if (index == 0)
            {
                candidates.Add(first);
            }
            else if (await CandidateAsync(it, solution, plan, combinations[index], cancellationToken) is { } candidate)
            {
                candidates.Add(candidate);
            }
        }

        var (best, bestMs) = (first, double.PositiveInfinity);
        foreach (var look in search.Looks)
        {
            List<(CompiledSolution Candidate, double LatencyMs)> timed = [];
            foreach (var candidate in candidates)
            {
                if (await AskAsync(it, candidate, look.Budget, cancellationToken) is { Verdict: null, LatencyMs: { } latency })
                {
                    timed.Add((candidate, latency));
                }
            }

            if (timed.Count == 0)
            {
                break;
            }

            (best, bestMs) = timed.MinBy(each => each.LatencyMs);
            candidates = [.. timed.OrderBy(each => each.LatencyMs).Take(look.Keep).Select(each => each.Candidate)];
        }

        return double.IsFinite(bestMs) ? best : first;
    }

    /// <summary>A combination, compiled; null where it does not compile or does not fit: the default one has been judged already.</summary>
    private async Task<CompiledSolution?> CandidateAsync(Case it, SolutionFile solution, LaunchPlan plan, IReadOnlyDictionary<string, long> tunables, CancellationToken cancellationToken)
    {
        try
        {
            return await CompileAsync(it, solution, plan, "full", tunables, cancellationToken) is CompileResult result ? Compiled("full", tunables, result) : null;
        }
        catch (PlanException)
        {
            return null;
        }
    }

    private async Task<EvaluationOutcome?> RecheckAsync(
        Case it, SolutionFile solution, LaunchPlan plan, CompiledSolution best, IReadOnlyDictionary<string, IReadOnlyList<TrialToCheck>> trials, CancellationToken cancellationToken)
    {
        List<PresetTrials> again = [];
        foreach (var (preset, list) in trials)
        {
            switch (await CompileAsync(it, solution, plan, preset, best.Tunables, cancellationToken))
            {
                case CompileFailure failure:
                    it.Outcome.Diagnostics = failure.Diagnostics;
                    return it.Outcome.CompileError($"with tunables {Describe(best.Tunables)}: {failure.Message}");
                case CompileResult result:
                    again.Add(new PresetTrials { Compiled = Compiled(preset, best.Tunables, result), Trials = list });
                    break;
            }
        }

        var check = await CheckAsync(it, again, cancellationToken);
        return check.Verdict == CheckVerdict.Passed ? null : it.Outcome.Build(check.Verdict, $"with tunables {Describe(best.Tunables)}: {check.Message}");
    }

    private static string Describe(IReadOnlyDictionary<string, long> tunables) => string.Join(", ", tunables.Select(t => $"{t.Key} = {t.Value}"));

    private static async Task<MeasureReply> AskAsync(Case it, CompiledSolution compiled, long budget, CancellationToken cancellationToken, bool profile = false)
    {
        var reply = await it.Runner.AskAsync(
            new RunnerRequest
            {
                Measure = new MeasureRequest { SolutionPath = it.SolutionPath, Task = it.Task, Device = it.Profile.Name, Compiled = compiled, InstructionBudget = budget, TimeLimit = MeasureTimeLimit, Profile = profile },
            },
            cancellationToken);
        return reply.Measure ?? throw new RunnerFaultException("the runner answered something else than was asked");
    }

    private async Task<CheckReply> CheckAsync(Case it, IEnumerable<PresetTrials> presets, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        List<PresetTrials> all = [.. presets];
        var limit = TimeSpan.FromSeconds(Math.Clamp(all.Sum(p => p.Trials.Count), TrialsTimeLimit.TotalSeconds, MostTrialsTimeLimit.TotalSeconds));
        var request = new CheckRequest { SolutionPath = it.SolutionPath, Task = it.Task, Device = it.Profile.Name, Presets = all, TimeLimit = limit };
        var check = (await it.Runner.AskAsync(new RunnerRequest { Check = request }, cancellationToken)).Check
            ?? throw new RunnerFaultException("the runner answered something else than was asked");
        it.Outcome.AddTime("execute", clock.Elapsed);
        it.Outcome.Correctness = check.Correctness;
        it.Outcome.Kernels = check.Kernels;
        it.Outcome.Findings.AddRange(check.Findings);
        it.Outcome.Warps = check.Warps;
        it.Outcome.Printed = check.Printed;
        it.Outcome.UnrankedReasons.UnionWith(check.UnrankedReasons);
        if (check.ReducedPrecision && it.Outcome.Class is { Precision: "float32" or "float64" } measured)
        {
            it.Outcome.Class = measured with { Precision = "reduced" };
        }

        return check;
    }

    private static EvaluationOutcome? BrokenRule(SolutionFile solution, OutcomeBuilder outcome)
    {
        var broken = SourceRules.Check(solution.Text);
        outcome.Findings.AddRange(broken);
        return broken.Count == 0 ? null : outcome.Rejected($"line {broken[0].Line}: {broken[0].Message}");
    }

    private static void Classify(Case it, LaunchPlan plan, CompileResult result, string preset)
    {
        it.Outcome.Environment = it.Outcome.Environment with { Compiler = result.Compiler };
        it.Outcome.UnrankedReasons.UnionWith(PtxRules.UnrankedReasons(result.Ptx));
        var inputs = PlanResolver.ResolveCompilation(plan, it.Task, preset, tunables: null, SolutionPlan.LimitsOf(it.Profile));
        var scratch = plan.Buffers.Select(b => b.Dtype).OfType<string>();
        it.Outcome.Class = new SolutionClass
        {
            Kind = "modelled",
            Precision = PrecisionClass.Worst(PtxRules.Precision(result.Ptx), scratch),
            UsesLibrary = plan.Prepare.Concat(plan.Launches).Any(UsesLibrary),
            Prepared = plan.Prepare.Count > 0,
            FastMath = inputs.Options.Contains("--use_fast_math"),
        };
    }

    private static bool UsesLibrary(PlanStep step) => step is PlanLibraryStep || (step is PlanRepeat repeat && repeat.Launches.Any(UsesLibrary));

    // The runner needs no cubin: it is left out of what travels to it.
    private static CompiledSolution Compiled(string preset, IReadOnlyDictionary<string, long> tunables, CompileResult result) =>
        new() { Preset = preset, Tunables = tunables, Result = result with { Cubin = ReadOnlyMemory<byte>.Empty } };

    private static async Task<CompileOutcome> CompileAsync(
        Case it, SolutionFile solution, LaunchPlan plan, string preset, IReadOnlyDictionary<string, long> tunables, CancellationToken cancellationToken)
    {
        var inputs = PlanResolver.ResolveCompilation(plan, it.Task, preset, tunables, SolutionPlan.LimitsOf(it.Profile));
        var clock = Stopwatch.StartNew();
        var result = await it.Compiler.CompileAsync(
            new CompileRequest
            {
                Source = solution.Text,
                Kernels = inputs.Kernels,
                Defines = inputs.Defines,
                Options = inputs.Options,
                Architecture = it.Profile.Architecture,
            },
            cancellationToken);
        it.Outcome.AddTime("compile", clock.Elapsed);
        return result;
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<TrialToCheck>>> PrepareAsync(Case it, IReadOnlyList<string> presets, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var seeds = request.Seed is { } seed ? TrialSeeds.From(seed) : TrialSeeds.OfInstallation(request.Home);
        var planned = presets.SelectMany(preset => seeds.Plan(it.Task, preset, request.Trials ?? TrialSeeds.Least)).ToList();
        var prepared = await _reference.PrepareAsync(it.Task, [.. planned.Select(p => p.Request)], cancellationToken);
        it.Outcome.AddTime("reference", clock.Elapsed);
        RequireTrialThatCounts(prepared);
        return planned.Zip(prepared)
            .GroupBy(pair => pair.First.Request.Preset, pair => new TrialToCheck(pair.Second, pair.First.Hidden))
            .ToDictionary(group => group.Key, group => (IReadOnlyList<TrialToCheck>)[.. group], StringComparer.Ordinal);
    }

    /// <summary>A task whose every trial is left out compares nothing: any kernel would pass, so there can be no verdict.</summary>
    private static void RequireTrialThatCounts(IEnumerable<PreparedTrial> trials)
    {
        List<TrialManifest> manifests = [.. trials.Select(t => t.Manifest)];
        if (manifests.Count > 0 && manifests.All(m => m.Status != TrialStatus.Ok))
        {
            throw new EvaluationFaultException(
                65, $"no trial of this task can tell right from wrong: {string.Join("; ", manifests.Select(m => $"{m.Preset}/{m.Distribution}: {m.Reason}").Distinct())}");
        }
    }

    private async Task<TaskTrace> TraceAsync(Case it, Task preparing, CancellationToken cancellationToken)
    {
        await preparing;
        return await _reference.TraceAsync(it.Task, "full", cancellationToken);
    }

    private static async Task Quietly(Task? task)
    {
        if (task is not null)
        {
            await task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static GpuProfile ProfileOf(EvaluationRequest request)
    {
        if (request.Platform != "sim")
        {
            throw new EvaluationFaultException(64, $"platform '{request.Platform}' is not known; known: sim");
        }

        try
        {
            return GpuProfiles.Get(request.Device ?? DefaultDevice);
        }
        catch (ArgumentException error)
        {
            throw new EvaluationFaultException(64, $"--device: {error.Message}", error);
        }
    }

    private static void RequireTrials(EvaluationRequest request)
    {
        if (request.Trials is { } trials and (< TrialSeeds.Least or > MaxTrials))
        {
            throw new EvaluationFaultException(64, $"--trials: expected {TrialSeeds.Least} to {MaxTrials}, found {trials}");
        }
    }

    private static void RequirePreset(EvaluationRequest request, TaskDescription task)
    {
        if (request.Preset is { } preset && !task.Presets.ContainsKey(preset))
        {
            throw new EvaluationFaultException(64, $"--preset: the task {task.Name} has no preset '{preset}'; known: {string.Join(", ", task.Presets.Keys)}");
        }
    }

    private async Task<byte[]> ReadSolutionAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A little more than is allowed, so that the plan reader can say that it is too much.
            await using var file = InputFile.OpenRead(request.SolutionPath);
            var bytes = new byte[Math.Min(file.Length, PlanReference.MaxSolutionBytes + 1L)];
            await file.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationFaultException(65, $"the solution {request.SolutionPath} cannot be read: {error.Message}; a solution is a file of device code that begins with a launch plan", error);
        }
    }

    private string ReferenceCacheFolder()
    {
        try
        {
            return Directory.CreateDirectory(Path.Combine(request.Home, "cache", "reference")).FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationFaultException(69, $"the data folder {request.Home} cannot be written ({error.Message}); free some space, or set KERNELFORGE_HOME to another folder", error);
        }
    }

    private EvaluationEnvironment EnvironmentOf(GpuProfile profile, TaskDescription task) => new()
    {
        Platform = request.Platform,
        Device = profile.Name,
        Architecture = profile.Architecture,
        Torch = task.Torch,
        Kernelforge = EvaluatorVersion.Software,
        EvaluationVersion = EvaluatorVersion.Evaluation,
        ProfileSha256 = profile.Sha256,
    };

    private sealed record Case(GpuProfile Profile, TaskDescription Task, byte[] Bytes, CompilerClient Compiler, RunnerClient Runner, OutcomeBuilder Outcome)
    {
        public required string SolutionPath { get; init; }
    }
}
