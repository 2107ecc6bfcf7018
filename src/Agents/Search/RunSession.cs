using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
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
        if (request.Limits.CostUsd is not null && team.Coder.Model.Price is null)
        {
            throw new ModelSetupException($"a cost budget is set and the price of {team.Coder.Model.Name} is not known; set its PRICE setting to IN/OUT in US dollars a million tokens");
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
        Coder = _team.Coder.Model.Name.ToString(),
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
    public async Task<Stop?> AttemptAsync(NextStep step, JudgeAdvice? advice, CancellationToken cancellationToken)
    {
        var round = _attempts.Count == 0 ? 0 : _attempts[^1].Round + 1;
        var started = Now;
        Emit(new RoundStarted { RunId = Request.RunId, At = started, Round = round, Mode = step.Mode, Parent = step.Basis?.Round });
        var reply = await _team.Coder.WriteAsync(CaseOf(step, round, advice), cancellationToken);
        _usage += reply.Usage;
        Emit(new ModelReplied
        {
            RunId = Request.RunId,
            At = Now,
            Round = round,
            Role = "coder",
            Model = _team.Coder.Model.Name.ToString(),
            DurationMs = reply.Duration.TotalMilliseconds,
            Usage = reply.Usage,
            TextLength = reply.Text.Length,
            ReasoningLength = reply.Reasoning?.Length ?? 0,
        });

        var judging = Stopwatch.GetTimestamp();
        var code = (reply.Answer as SolutionAnswer)?.Code;
        EvaluationOutcome outcome;
        if (code is null)
        {
            outcome = AnswerErrorOf((UnusableAnswer)reply.Answer, reply.Text);
        }
        else
        {
            var verdict = await EvaluateAsync(round, code, cancellationToken);
            if (verdict.Outcome is null)
            {
                var fault = verdict.Fault ?? new EvaluatorFault { ExitCode = 70, Message = "the evaluator answered with neither an outcome nor a fault" };
                return new Stop("evaluator_fault", fault.Message, "failed", fault);
            }

            outcome = verdict.Outcome;
        }

        await KeepAsync(RecordOf(round, step, advice, reply, code, outcome, started), Stopwatch.GetElapsedTime(judging));
        return null;
    }

    /// <summary>Whether the budget allows another call.</summary>
    public Stop? BeforeCall() => StopRule.BeforeCall(Limits, _usage);

    private DateTimeOffset Now => _team.Time.GetUtcNow();

    private CaseFile CaseOf(NextStep step, int round, JudgeAdvice? advice) => new()
    {
        Task = Request.Task,
        Platform = Request.Platform,
        Device = Request.Device,
        Round = round,
        Mode = step.Mode,
        Basis = step.Basis,
        Best = Best,
        Latest = step.Independent || _attempts.Count == 0 ? null : _attempts[^1],
        History = [.. _attempts],
        Advice = advice,
    };

    private async Task<EvaluatorReply> EvaluateAsync(int round, string code, CancellationToken cancellationToken)
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
                Home = Request.Home,
                Toolbox = Request.Toolbox,
            },
            cancellationToken);
    }

    private AnswerError AnswerErrorOf(UnusableAnswer answer, string text) => new()
    {
        Message = answer.Message,
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

    private AttemptRecord RecordOf(int round, NextStep step, JudgeAdvice? advice, CoderReply reply, string? code, EvaluationOutcome outcome, DateTimeOffset started) => new()
    {
        Id = $"{Request.RunId}/{round}",
        Kind = _team.Coder.Model.Name.AttemptKind,
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
        Model = _team.Coder.Model.Name.ToString(),
        Sampling = reply.Sampling,
        Prompt = reply.Prompt.Reference,
        Messages = [.. reply.Prompt.Messages.Select(message => new PromptMessage { Role = message.Role.Value, Content = message.Text })],
        Reasoning = reply.Reasoning,
        Answer = reply.Text,
        FinishReason = reply.FinishReason,
        Code = code,
        Sha256 = code is null ? null : Hash(code),
        Advice = advice,
        Outcome = outcome,
        Gain = GainOf(outcome),
        Usage = reply.Usage,
        JudgeUsage = advice is null ? null : _judgeUsage,
        StartedAt = started,
        FinishedAt = Now,
        Kernelforge = Version,
    };

    private async Task KeepAsync(AttemptRecord attempt, TimeSpan judging)
    {
        await _journal.AppendAttemptAsync(attempt);
        var improved = Keep(attempt);
        Emit(new Evaluated { RunId = Request.RunId, At = Now, Round = attempt.Round, Outcome = attempt.Outcome, Gain = attempt.Gain, DurationMs = judging.TotalMilliseconds });
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

    private void Emit(RunEvent happened) => _progress?.Report(happened);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
