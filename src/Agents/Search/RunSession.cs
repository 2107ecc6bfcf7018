using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Judging;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// One run's state and its two steps, attempt and advise; strategies only choose between them. The state is the list of
/// finished attempts and what follows from it, so a run resumes by reading its attempts file.
/// </summary>
internal sealed class RunSession
{
    private static readonly string Version = typeof(RunSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly Strategy _strategy;
    private readonly AgentTeam _team;
    private readonly IProgress<RunEvent>? _progress;
    private readonly IRunJournal _journal;
    private readonly DateTimeOffset _started;
    private readonly List<AttemptRecord> _attempts = [];
    private readonly Dictionary<int, JudgeAdvice> _adviceAfter = [];
    private ModelUsage _usage = ModelUsage.None;
    private readonly Lock _telling = new();
    private ModelUsage? _judgeUsage;

    private RunSession(Strategy strategy, RunRequest request, AgentTeam team, IProgress<RunEvent>? progress, IRunJournal journal)
    {
        _strategy = strategy;
        Request = request;
        Limits = strategy.Limits(request.Limits);
        _team = team;
        _progress = progress;
        _journal = journal;
        _started = request.StartedAt ?? Now;
    }

    public RunRequest Request { get; }

    public RunLimits Limits { get; }

    public IReadOnlyList<AttemptRecord> Attempts => _attempts;

    /// <summary>The best that passed; null where none did.</summary>
    public AttemptRecord? Best { get; private set; }

    /// <summary>Who can write; most strategies ask the first alone.</summary>
    public IReadOnlyList<Coder> Coders => _team.Coders;

    /// <summary>What the run has used so far.</summary>
    public ModelUsage Usage => _usage;

    public TimeProvider Time => _team.Time;

    /// <summary>What is left of the run's time; null where it has no limit.</summary>
    public TimeSpan? TimeLeft => Limits.Time is { } limit ? TimeSpan.FromTicks(Math.Max(0, (limit - (Now - _started)).Ticks)) : null;

    /// <summary>The session of a run, with what its journal holds.</summary>
    public static async Task<RunSession> OpenAsync(
        Strategy strategy, RunRequest request, AgentTeam team, IRunJournal journal, IProgress<RunEvent>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(journal);
        request.Limits.Validate();
        if (request.Limits.CostUsd is not null && team.Coders.FirstOrDefault(coder => coder.Model.Price is null) is { } unpriced)
        {
            throw new ModelSetupException($"a cost budget is set and the price of {unpriced.Model.Name} is not known; set its PRICE setting to IN/OUT in US dollars a million tokens");
        }

        if (strategy.UsesJudge && team.Judge is null)
        {
            throw new ArgumentException($"strategy {strategy.Name} needs a Judge", nameof(team));
        }

        RunSession session = new(strategy, request, team, progress, journal);
        foreach (var attempt in await journal.ReadAttemptsAsync(cancellationToken))
        {
            session.Adopt(attempt);
        }

        return session;
    }

    /// <summary>Tells that the run begins, or goes on.</summary>
    public void Begin() => Emit(new RunStarted
    {
        RunId = Request.RunId,
        At = Now,
        Task = Request.Task.Name,
        Strategy = _strategy.Name,
        Coder = string.Join(',', _team.Coders.Select(coder => coder.Model.Name)),
        Judge = _strategy.UsesJudge ? _team.Judge?.Name : null,
        Rounds = Limits.Rounds,
        FinishedRounds = _attempts.Count,
    });

    /// <summary>Asks the Judge about a basis after the latest round. Null: it has nothing left to advise.</summary>
    public async Task<JudgeAdvice?> AdviseAsync(NextStep step, CancellationToken cancellationToken)
    {
        var round = _attempts[^1].Round;
        var judge = _team.Judge!;
        var reply = await judge.AdviseAsync(CaseOf(step, round, null), cancellationToken);
        _usage += reply.Usage;
        _judgeUsage = reply.Usage.Calls > 0 ? reply.Usage : null;
        if (reply.Usage.Calls > 0)
        {
            Emit(new ModelReplied
            {
                RunId = Request.RunId,
                At = Now,
                Round = round,
                Role = "judge",
                Model = judge.Name,
                DurationMs = reply.Duration.TotalMilliseconds,
                Usage = reply.Usage,
                TextLength = reply.Text?.Length ?? 0,
                ReasoningLength = reply.Reasoning?.Length ?? 0,
            });
        }

        if (reply.Advice is { } advice)
        {
            _adviceAfter[round] = advice;
            Emit(new Advised { RunId = Request.RunId, At = Now, Round = round, About = step.Basis!.Round, Advice = advice });
        }

        return reply.Advice;
    }

    /// <summary>One round: the Coder writes, the evaluator judges, the attempt is on the disk. A stop where the evaluator could not judge.</summary>
    public Task<Stop?> AttemptAsync(NextStep step, JudgeAdvice? advice, CancellationToken cancellationToken) =>
        AttemptAllAsync([new Proposal(step, _team.Coder, advice)], cancellationToken);

    /// <summary>
    /// Rounds side by side: all Coders write, then all solutions are judged, a few at a time, then the attempts are kept in order. None of them knows of the
    /// others. Where one cannot be judged, those before it are kept.
    /// </summary>
    public async Task<Stop?> AttemptAllAsync(IReadOnlyList<Proposal> proposals, CancellationToken cancellationToken)
    {
        var first = NextRound;
        var drafts = await Task.WhenAll(proposals.Select((proposal, index) => WriteAsync(proposal, first + index, cancellationToken)));
        _usage = drafts.Aggregate(_usage, (sum, draft) => sum + draft.Reply.Usage);
        SolutionShapes shapes = new(_attempts);
        for (var index = 0; index < drafts.Length; index++)
        {
            drafts[index] = drafts[index] with { SameAs = proposals[index].RefuseCopies ? shapes.Add(drafts[index].Round, drafts[index].Code) : null };
        }

        using SemaphoreSlim places = new(Math.Max(1, Request.ParallelEvaluations));
        var verdicts = await Task.WhenAll(drafts.Select(draft => JudgeAsync(draft, places, cancellationToken)));
        foreach (var (draft, verdict) in drafts.Zip(verdicts))
        {
            if (verdict.Reply.Outcome is not { } outcome)
            {
                var fault = verdict.Reply.Fault ?? new EvaluatorFault { ExitCode = 70, Message = "the evaluator answered with neither an outcome nor a fault" };
                return new Stop("evaluator_fault", fault.Message, "failed", fault);
            }

            await KeepAsync(RecordOf(draft, outcome), verdict.Time);
        }

        return null;
    }

    /// <summary>A round without a model: a solution that was given is judged, its tunables tried as the order says.</summary>
    public async Task<Stop?> AttemptGivenAsync(string code, TuningOrder tuning, CancellationToken cancellationToken)
    {
        var round = NextRound;
        var started = Now;
        Emit(new RoundStarted { RunId = Request.RunId, At = started, Round = round, Mode = RoundModes.First });
        var judging = Stopwatch.GetTimestamp();
        var reply = await EvaluateAsync(round, code, tuning, cancellationToken);
        if (reply.Outcome is not { } outcome)
        {
            var fault = reply.Fault ?? new EvaluatorFault { ExitCode = 70, Message = "the evaluator answered with neither an outcome nor a fault" };
            return new Stop("evaluator_fault", fault.Message, "failed", fault);
        }

        Draft draft = new(
            new Proposal(new NextStep(RoundModes.First, null, Sight.Nothing), _team.Coder, null),
            round,
            new CoderReply { Prompt = Prompts.Prompt.Create("none", "none", []), Text = "", Answer = new SolutionAnswer(code), Sampling = _team.Coder.Sampling, Usage = ModelUsage.None, Duration = TimeSpan.Zero },
            started);
        await KeepAsync(RecordOf(draft, outcome), Stopwatch.GetElapsedTime(judging));
        return null;
    }

    /// <summary>Whether the budget allows another call.</summary>
    public Stop? BeforeCall() => StopRule.BeforeCall(Limits, _usage);

    private DateTimeOffset Now => _team.Time.GetUtcNow();

    private int NextRound => _attempts.Count == 0 ? 0 : _attempts[^1].Round + 1;

    private async Task<Draft> WriteAsync(Proposal proposal, int round, CancellationToken cancellationToken)
    {
        var (step, coder) = (proposal.Step, proposal.Coder);
        var started = Now;
        Emit(new RoundStarted { RunId = Request.RunId, At = started, Round = round, Mode = step.Mode, Parent = step.Basis?.Round });
        var reply = await coder.WriteAsync(CaseOf(step, round, proposal.Advice), cancellationToken);
        Emit(new ModelReplied
        {
            RunId = Request.RunId,
            At = Now,
            Round = round,
            Role = "coder",
            Model = coder.Model.Name.ToString(),
            DurationMs = reply.Duration.TotalMilliseconds,
            Usage = reply.Usage,
            TextLength = reply.Text.Length,
            ReasoningLength = reply.Reasoning?.Length ?? 0,
        });
        return new Draft(proposal, round, reply, started);
    }

    private async Task<(EvaluatorReply Reply, TimeSpan Time)> JudgeAsync(Draft draft, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        if (draft.Code is not { } code || draft.SameAs is not null)
        {
            var why = draft.SameAs is { } same
                ? $"the solution is that of round {same} again, up to comments, spacing and names; it was not judged a second time"
                : ((UnusableAnswer)draft.Reply.Answer).Message;
            return (new EvaluatorReply { Outcome = AnswerErrorOf(why, draft.Reply.Text) }, TimeSpan.Zero);
        }

        await places.WaitAsync(cancellationToken);
        try
        {
            var judging = Stopwatch.GetTimestamp();
            return (await EvaluateAsync(draft.Round, code, null, cancellationToken), Stopwatch.GetElapsedTime(judging));
        }
        finally
        {
            places.Release();
        }
    }

    private CaseFile CaseOf(NextStep step, int round, JudgeAdvice? advice) => new()
    {
        Task = Request.Task,
        Platform = Request.Platform,
        Device = Request.Device,
        Round = round,
        Mode = step.Mode,
        Basis = step.Basis,
        Second = step.Second,
        Best = step.Sight == Sight.Everything ? Best : null,
        Latest = step.Sight != Sight.Everything || _attempts.Count == 0 ? null : _attempts[^1],
        History = step.Sight switch
        {
            Sight.Everything => [.. _attempts],
            Sight.Siblings => [.. _attempts.Where(attempt => attempt.Round == step.Basis?.Round || (step.Basis is not null && attempt.Parent == step.Basis.Round))],
            _ => [],
        },
        Advice = advice,
    };

    private async Task<EvaluatorReply> EvaluateAsync(int round, string code, TuningOrder? tuning, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Request.Folder);
        var path = Path.GetFullPath(Path.Combine(Request.Folder, $"round-{round}.cu"));
        await File.WriteAllTextAsync(path, code, new UTF8Encoding(false), cancellationToken);
        return await _team.Evaluator.EvaluateAsync(
            new EvaluationRequest
            {
                TaskPath = Request.Task.Path,
                TaskName = Request.Task.Name,
                TaskFlaw = Request.Task.Flaw,
                SolutionPath = path,
                Platform = Request.Platform,
                Device = Request.Device,
                Trials = Request.Trials,
                Seed = Request.Seed,
                Profile = true,
                Tuning = tuning,
                Home = Request.Home,
                Toolbox = Request.Toolbox,
            },
            cancellationToken);
    }

    private AnswerError AnswerErrorOf(string why, string text) => new()
    {
        Message = why,
        UnrankedReasons = ["no solution"],
        Task = new ContentReference { Name = Request.Task.Name, Sha256 = Request.Task.Sha256 },
        Solution = new ContentReference { Sha256 = Hash(text) },
        Environment = _attempts.Find(attempt => attempt.Outcome is not AnswerError)?.Outcome.Environment ?? new EvaluationEnvironment
        {
            // Nothing was compiled or evaluated.
            Platform = Request.Platform,
            Device = Request.Device ?? "default",
            Architecture = "none",
            Kernelforge = Version,
            EvaluationVersion = "none",
        },
    };

    private AttemptRecord RecordOf(Draft draft, EvaluationOutcome outcome)
    {
        var ((step, coder, advice), round, reply) = (draft.Proposal, draft.Round, draft.Reply);
        var code = draft.SameAs is null ? draft.Code : null;
        return new AttemptRecord
        {
            Id = $"{Request.RunId}/{round}",
            Kind = coder.Model.Name.AttemptKind,
            RunId = Request.RunId,
            Strategy = _strategy.Name,
            Task = Request.Task.Name,
            Category = Request.Task.Category,
            TaskSha256 = Request.Task.Sha256,
            TaskSource = Request.Task.Source,
            Round = round,
            Mode = step.Mode,
            Parent = step.Basis?.Round,
            ParentAttempt = step.Basis?.Id,
            Model = coder.Model.Name.ToString(),
            Sampling = reply.Sampling,
            Prompt = reply.Prompt.Reference,
            Messages = [.. reply.Prompt.Messages.Select(message => new PromptMessage { Role = message.Role.Value, Content = message.Text })],
            Reasoning = reply.Reasoning,
            Answer = reply.Text,
            FinishReason = reply.FinishReason,
            Code = code,
            Sha256 = code is null ? null : Hash(code),
            Advice = advice,
            AdviceOutcome = advice is null || code is null ? null : AdviceOutcomes.Of(step.Basis, outcome),
            SecondParent = step.Second?.Round,
            Arm = draft.Proposal.Arm,
            Outcome = outcome,
            Gain = GainOf(outcome),
            Usage = reply.Usage,
            JudgeUsage = _judgeUsage,
            StartedAt = draft.Started,
            FinishedAt = Now,
            Kernelforge = Version,
        };
    }

    private async Task KeepAsync(AttemptRecord attempt, TimeSpan judging)
    {
        await _journal.AppendAttemptAsync(attempt);
        _judgeUsage = null;
        var improved = Keep(attempt);
        Emit(new Evaluated { RunId = Request.RunId, At = Now, Round = attempt.Round, Outcome = attempt.Outcome, Gain = attempt.Gain, AdviceOutcome = attempt.AdviceOutcome, DurationMs = judging.TotalMilliseconds });
        if (improved)
        {
            Emit(new Improved { RunId = Request.RunId, At = Now, Round = attempt.Round, Best = BestAttempt.Figures(attempt), Gain = attempt.Gain });
        }
    }

    private void Adopt(AttemptRecord attempt)
    {
        if (attempt.RunId != Request.RunId || attempt.TaskSha256 != Request.Task.Sha256 || attempt.Strategy != _strategy.Name)
        {
            throw new InvalidDataException(
                $"{_journal.Name} holds run {attempt.RunId} ({attempt.Strategy}, task {attempt.Task}) and cannot be resumed as run {Request.RunId} ({_strategy.Name}, task {Request.Task.Name}); "
                + "choose another folder, or the same task file and strategy");
        }

        _usage += attempt.Usage;
        if (attempt.JudgeUsage is { } judge)
        {
            _usage += judge;
        }

        if (attempt.Advice is { } advice && _attempts.Count > 0)
        {
            _adviceAfter[_attempts[^1].Round] = advice;
        }

        Keep(attempt);
    }

    /// <summary>Adds a finished attempt; true where it is the new best.</summary>
    private bool Keep(AttemptRecord attempt)
    {
        _attempts.Add(attempt);
        if (!BestAttempt.IsBetter(attempt, Best))
        {
            return false;
        }

        Best = attempt;
        return true;
    }

    private double? GainOf(EvaluationOutcome outcome) =>
        outcome is Passed && outcome.Performance is { LatencyMs: > 0 } mine && Best?.Outcome.Performance is { } before ? before.LatencyMs / mine.LatencyMs : null;

    /// <summary>Tells that the run has ended, and reports.</summary>
    public RunReport Finish(Stop stop)
    {
        var best = Best is { } attempt ? BestAttempt.Figures(attempt) : null;
        Emit(new Stopped { RunId = Request.RunId, At = Now, Status = stop.Status, Reason = stop.Reason, Message = stop.Message, Best = best, Usage = _usage });
        return new RunReport
        {
            RunId = Request.RunId,
            Task = Request.Task.Name,
            Strategy = _strategy.Name,
            Status = stop.Status,
            StopReason = stop.Reason,
            StopMessage = stop.Message,
            Fault = stop.Fault,
            Rounds = [.. _attempts.Select(RoundOf)],
            Best = best,
            Usage = _usage,
        };
    }

    private RoundReport RoundOf(AttemptRecord attempt) => new()
    {
        Number = attempt.Round,
        Mode = attempt.Mode,
        Parent = attempt.Parent,
        Outcome = attempt.Outcome,
        Advice = _adviceAfter.GetValueOrDefault(attempt.Round),
        AdviceOutcome = _attempts.Find(next => next.Round == attempt.Round + 1)?.AdviceOutcome,
        Gain = attempt.Gain,
        Model = attempt.Model,
        Code = attempt.Code,
        SolutionSha256 = attempt.Sha256,
        Reasoning = attempt.Reasoning,
        Prompt = attempt.Prompt,
        Usage = attempt.Usage,
        StartedAt = attempt.StartedAt,
        FinishedAt = attempt.FinishedAt,
    };

    private void Emit(RunEvent happened)
    {
        lock (_telling)
        {
            _progress?.Report(happened);
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
