using System.Collections.Concurrent;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Agents.Student;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Student;

/// <summary>Where a process can die: it dies at one of its steps, and does nothing afterwards.</summary>
internal sealed class Mortality(int? dieAt)
{
    private int _steps;

    /// <summary>The process is gone.</summary>
    public sealed class DeathException : Exception;

    /// <summary>Steps taken.</summary>
    public int Steps => _steps;

    /// <summary>Takes a step, or dies.</summary>
    public void Step()
    {
        if (Interlocked.Increment(ref _steps) >= dieAt)
        {
            throw new DeathException();
        }
    }
}

/// <summary>A journal that outlives the processes that write it.</summary>
internal sealed class MemoryJournal(string run) : IRunJournal
{
    private readonly List<AttemptRecord> _attempts = [];
    private readonly List<TranscriptLine> _calls = [];
    private readonly Lock _lock = new();

    public Mortality Process { get; set; } = new(null);

    public string Name => "memory";

    public string RunId => run;

    public Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AttemptRecord>>([.. _attempts]);

    public Task AppendAttemptAsync(AttemptRecord attempt)
    {
        Process.Step();
        _attempts.Add(attempt);
        Process.Step();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<TranscriptLine>> ReadCallsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<TranscriptLine>>([.. _calls]);
        }
    }

    public Task AppendCallAsync(TranscriptEntry call)
    {
        lock (_lock)
        {
            _calls.Add(new TranscriptLine(_calls.Count + 1, call, call.Text ?? ""));
        }

        Process.Step();
        return Task.CompletedTask;
    }
}

/// <summary>Counts what is asked of a provider, process after process.</summary>
internal sealed class Provider
{
    /// <summary>Calls that were answered, by what they were for.</summary>
    public ConcurrentDictionary<CallPurpose, int> Answered { get; } = new();

    /// <summary>How many in all.</summary>
    public int Total => Answered.Values.Sum();
}

/// <summary>A client that dies before it asks, and is counted once it is answered.</summary>
internal sealed class CountedClient(IChatClient inner, Provider provider, Mortality process) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        process.Step();
        var response = await base.GetResponseAsync(messages, options, cancellationToken);
        provider.Answered.AddOrUpdate(CallPurpose.Of(options)!, 1, (_, count) => count + 1);
        return response;
    }
}

/// <summary>Judges the student's kernels by reading them: the right text passes, its design makes its time; anything else fails as its mistake would.</summary>
internal sealed class StudentExaminer(Mortality process) : IEvaluator
{
    private readonly Lock _lock = new();
    private int _now;

    /// <summary>Evaluations at the same time, at most.</summary>
    public int MostAtOnce { get; private set; }

    public async Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
    {
        process.Step();
        lock (_lock)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
        }

        await Task.Yield();
        var code = await File.ReadAllTextAsync(request.SolutionPath, cancellationToken);
        lock (_lock)
        {
            _now--;
        }

        process.Step();
        var family = Knowledge.Of(request.TaskName)!;
        var design = Design.Read(code)!;
        var right = family.Write(design);
        if (code != right)
        {
            var bug = Bug.All.First(each => each.Into(right) == code);
            return new EvaluatorReply { Outcome = RecordedOutcomes.Read(bug.Name switch { "compile_error" => "compile_error", "wrong_bound" or "uninitialised_shared" or "short_grid" => "memory_error", _ => "incorrect" }) };
        }

        var passed = RecordedOutcomes.Passed(LatencyMs(design));
        return new EvaluatorReply { Outcome = passed with { Performance = passed.Performance! with { LimitedBy = design.Vector == 4 ? "dram" : "latency" } } };
    }

    private static double LatencyMs(Design design) =>
        8.0 / ((design.Vector == 4 ? 1.4 : 1) * (design.Unroll == 4 ? 1.1 : 1) * (design.Block is 256 or 512 ? 1.1 : 1) * (design.GridStride ? 1.05 : 1) * (design.Shuffles ? 1.2 : 1) * (design.OnePass ? 1.3 : 1));
}

/// <summary>A search by the student, in a process that may die.</summary>
internal sealed class StudentBench(string run, string strategy, string folder)
{
    // Templates are compiled once: hundreds of processes live in one test.
    private static readonly PromptLibrary Prompts = PromptTests.Library();
    private static readonly ModelName Student = ModelName.Parse("simulated:student");

    public MemoryJournal Journal { get; } = new(run);

    public Provider Provider { get; } = new();

    public RunLimits Limits { get; init; } = new() { Rounds = 10, PlateauRounds = null };

    public string Task { get; init; } = "activation/softmax";

    public string? Solution { get; init; }

    public StudentExaminer? Examiner { get; private set; }

    /// <summary>One process: to the run's end, or to its own.</summary>
    public async Task<RunReport> ProcessAsync(Mortality process, IProgress<RunEvent>? progress = null)
    {
        var team = TeamOf(process);
        return await SearchRun.RunAsync(Strategies.Create(strategy), Request, team, Journal, progress, TestContext.Current.CancellationToken);
    }

    /// <summary>One round in a process of its own, as the service does it; the report once the run has ended.</summary>
    public async Task<RunReport?> StepAsync() =>
        await SearchRun.AdvanceAsync(Strategies.Create(strategy), Request, TeamOf(new Mortality(null)), Journal, null, TestContext.Current.CancellationToken);

    private RunRequest Request => new()
    {
        RunId = run,
        Task = Cases.Task with { Name = Task, Category = "activation" },
        Home = "/home",
        Toolbox = "/",
        Folder = folder,
        Solution = Solution,
        Limits = Limits,
    };

    private AgentTeam TeamOf(Mortality process)
    {
        Journal.Process = process;
        Examiner = new StudentExaminer(process);
        Coder coder = new(ModelOf(process), Prompts, Coder.DefaultSampling);
        return new AgentTeam(coder, new ModelJudge(ModelOf(process), Prompts, Coder.DefaultSampling, new RuleJudge()), Examiner, new FrozenTime());
    }

    private AgentModel ModelOf(Mortality process) =>
        new(Student, new RecordingChatClient(new CountedClient(new StudentChatClient(run), Provider, process), Journal, Student.ToString()), ModelPrice.Free);

    private sealed class FrozenTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
