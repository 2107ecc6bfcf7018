using KernelForge.Contracts.Outcomes;
using KernelForge.Evaluator.Platforms;

namespace KernelForge.Evaluator.Judging;

/// <summary>Collects what is known while an evaluation goes on; every way out of it makes the outcome from that.</summary>
internal sealed class OutcomeBuilder
{
    private readonly Dictionary<string, double> _timings = new(StringComparer.Ordinal);

    public required ContentReference Task { get; init; }

    public required ContentReference Solution { get; init; }

    public required EvaluationEnvironment Environment { get; set; }

    public SolutionClass? Class { get; set; }

    public CorrectnessReport? Correctness { get; set; }

    public PerformanceReport? Performance { get; set; }

    public string? PerformanceNote { get; set; }

    public IReadOnlyList<KernelReport> Kernels { get; set; } = [];

    public List<Finding> Findings { get; } = [];

    public string? Diagnostics { get; set; }

    public IReadOnlyDictionary<string, long>? Tunables { get; set; }

    public IReadOnlyList<WarpStand>? Warps { get; set; }

    public string? Printed { get; set; }

    public SortedSet<string> UnrankedReasons { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds wall time to a stage.</summary>
    public void AddTime(string stage, TimeSpan elapsed)
    {
        _timings.TryGetValue(stage, out var before);
        _timings[stage] = Math.Round(before + elapsed.TotalMilliseconds, 1);
    }

    /// <summary>The outcome for a verdict of the trials.</summary>
    public EvaluationOutcome Build(CheckVerdict verdict, string message) => verdict switch
    {
        CheckVerdict.PlanError => PlanError(message),
        CheckVerdict.Rejected => Rejected(message),
        CheckVerdict.Unsupported => Complete(new Unsupported { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        CheckVerdict.TimedOut => TimedOut(message),
        CheckVerdict.RuntimeError => Complete(new RuntimeError { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        CheckVerdict.MemoryError => Complete(new MemoryError { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        CheckVerdict.RaceError => Complete(new RaceError { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        CheckVerdict.SyncError => Complete(new SyncError { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        CheckVerdict.IncorrectNumerical => Complete(new IncorrectNumerical { Message = message, Task = Task, Solution = Solution, Environment = Environment }),
        _ => Complete(new Passed { Message = message, Task = Task, Solution = Solution, Environment = Environment, Ranked = UnrankedReasons.Count == 0 }),
    };

    /// <summary>The plan is at fault.</summary>
    public EvaluationOutcome PlanError(string message) => Complete(new PlanError { Message = message, Task = Task, Solution = Solution, Environment = Environment });

    /// <summary>A rule was broken.</summary>
    public EvaluationOutcome Rejected(string message) => Complete(new Rejected { Message = message, Task = Task, Solution = Solution, Environment = Environment });

    /// <summary>The compiler refused it.</summary>
    public EvaluationOutcome CompileError(string message) => Complete(new CompileError { Message = message, Task = Task, Solution = Solution, Environment = Environment });

    /// <summary>It did not end.</summary>
    public EvaluationOutcome TimedOut(string message) => Complete(new TimedOut { Message = message, Task = Task, Solution = Solution, Environment = Environment });

    /// <summary>Faster than the unavoidable work allows.</summary>
    public EvaluationOutcome Implausible(string message) => Complete(new Implausible { Message = message, Task = Task, Solution = Solution, Environment = Environment });

    private EvaluationOutcome Complete(EvaluationOutcome outcome)
    {
        if (outcome is not Passed)
        {
            UnrankedReasons.Add($"the verdict is {outcome.Status}");
        }

        return outcome with
        {
            UnrankedReasons = [.. UnrankedReasons],
            Class = Class,
            Correctness = Correctness,
            Performance = Performance,
            PerformanceNote = PerformanceNote,
            Kernels = Kernels,
            Findings = [.. Findings],
            Diagnostics = Diagnostics,
            Tunables = Tunables,
            Warps = Warps is { Count: > 0 } ? Warps : null,
            Printed = Printed,
            TimingsMs = _timings,
        };
    }
}
