using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Agents.Student;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Bench;

/// <summary>
/// Configurations of a search (strategy, Judge, Coder) over the same tasks with the same budget, several runs each. A run's name is its task and sample, whatever the configuration: the
/// simulated student draws the same chances for the same question, so that configurations are compared in pairs. Intervals are bootstraps over tasks.
/// </summary>
internal sealed class StrategiesBench(Surroundings surroundings)
{
    /// <summary>What is compared where nobody says.</summary>
    public const string DefaultConfigurations = "self-refine,coder-judge,cudaforge,best-of-n,evolve,portfolio";

    /// <summary>Runs it.</summary>
    /// <exception cref="CliException">A configuration is not known.</exception>
    public async Task<BenchReport> RunAsync(string compare, int taskCount, int samples, int rounds, CancellationToken cancellationToken)
    {
        var configurations = compare.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Configuration.Parse).ToList();
        if (configurations.Count < 2)
        {
            throw new CliException(ExitCodes.Usage, $"--compare: expected two configurations or more, found {configurations.Count}");
        }

        var tasks = Choose(TaskSuite.Load(surroundings.Root), taskCount);
        var home = Directory.CreateTempSubdirectory("kernelforge-bench-").FullName;
        try
        {
            OnceEach evaluator = new(surroundings.Evaluate);
            using var models = new AgentModels(surroundings.Setting, Path.Combine(surroundings.Root, "prompts", "transcripts"), surroundings.Time);
            var prompts = PromptLibrary.Load(Path.Combine(surroundings.Root, "prompts"), PlanText.PromptText);
            ConcurrentBag<Trial> trials = [];
            var cells = from task in tasks from sample in Enumerable.Range(0, samples) from configuration in configurations select (configuration, task, sample);
            var done = 0;
            await Parallel.ForEachAsync(cells, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (cell, token) =>
            {
                var report = await SearchAsync(cell.configuration, cell.task, cell.sample, rounds, home, evaluator, models, prompts, token);
                trials.Add(new Trial(cell.configuration.Name, cell.task.Name, cell.sample, report));
                await surroundings.Error.WriteLineAsync(
                    $"kernelforge: {Interlocked.Increment(ref done)} of {tasks.Count * samples * configurations.Count}: {cell.task.Name}, {cell.configuration.Name}: {report.StopReason}, speed-up {report.Best?.SpeedupFactor ?? 0:0.###}");
            });

            var figures = configurations.SelectMany(configuration => FiguresOf(configuration.Name, configurations[0].Name, tasks, [.. trials])).ToList();
            figures.Add(new BenchFigure { Name = "tasks", Value = tasks.Count, Unit = "tasks" });
            figures.Add(new BenchFigure { Name = "solutions judged", Value = evaluator.Count, Unit = "solutions" });
            return new BenchReport { Name = "strategies", Machine = Machine.Describe(), Figures = figures };
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static List<TaskFile> Choose(TaskSuite suite, int count)
    {
        var known = suite.Tasks.Where(task => StudentChatClient.Knows(task.Name)).OrderBy(task => task.Name, StringComparer.Ordinal).ToList();
        var taken = Math.Min(count, known.Count);
        return [.. Enumerable.Range(0, taken).Select(index => suite.Find(known[index * known.Count / taken].Name))];
    }

    private async Task<RunReport> SearchAsync(
        Configuration configuration, TaskFile task, int sample, int rounds, string home, OnceEach evaluator, AgentModels models, PromptLibrary prompts, CancellationToken cancellationToken)
    {
        var run = $"{task.Name.Replace('/', '-')}-{sample.ToString(CultureInfo.InvariantCulture)}";
        var folder = Path.Combine(home, configuration.Name.Replace('/', '-').Replace(':', '-'), run);
        await using var journal = RunFolder.Open(folder);
        try
        {
            var strategy = Strategies.Create(configuration.Strategy);
            var team = AgentTeam.Create(strategy, configuration.Coder, configuration.Judge, models, prompts, evaluator, journal, surroundings.Time);
            RunRequest request = new()
            {
                RunId = run,
                Task = TaskBrief.FromFile(task.Name, task.Path),
                Home = surroundings.Home,
                Toolbox = surroundings.Toolbox,
                Folder = folder,
                Limits = new RunLimits { Rounds = rounds, PlateauRounds = null },
            };
            var report = await SearchRun.RunAsync(strategy, request, team, journal, null, cancellationToken);
            return report.Status == "succeeded" ? report : throw new CliException(report.Fault?.ExitCode ?? ExitCodes.Fault, $"bench strategies: {configuration.Name}, {task.Name}: {report.StopMessage}");
        }
        catch (Exception error) when (error is ArgumentException or ModelSetupException)
        {
            throw new CliException(ExitCodes.Usage, $"--compare: {error.Message}");
        }
    }

    private static IEnumerable<BenchFigure> FiguresOf(string name, string reference, IReadOnlyList<TaskFile> tasks, IReadOnlyList<Trial> trials)
    {
        var own = trials.Where(trial => trial.Configuration == name).ToLookup(trial => trial.Task, StringComparer.Ordinal);
        var other = trials.Where(trial => trial.Configuration == reference).ToDictionary(trial => (trial.Task, trial.Sample));
        var groups = tasks.Select(task => (IReadOnlyList<Trial>)[.. own[task.Name]]).ToList();
        yield return Figure("correct", "%", all => all.Average(trial => trial.Speedup is null ? 0.0 : 100.0));
        yield return Figure("speed-up, geometric mean of what passed", "×", all => GeometricMean(all.Select(trial => trial.Speedup)));
        if (name != reference)
        {
            yield return Figure($"speed-up ÷ that of {reference}, pairs in which both passed", "×", all => GeometricMean(all.Select(trial => trial.Speedup / other[(trial.Task, trial.Sample)].Speedup)));
            yield return Figure($"correct − that of {reference}", "points", all => all.Average(trial => (trial.Speedup is null ? 0.0 : 100.0) - (other[(trial.Task, trial.Sample)].Speedup is null ? 0.0 : 100.0)));
        }

        yield return Figure("calls a run", "calls", all => all.Average(trial => trial.Report.Usage.Calls));
        yield return Figure("tokens a run", "tokens", all => all.Average(trial => (double)(trial.Report.Usage.InputTokens + trial.Report.Usage.OutputTokens)));

        BenchFigure Figure(string what, string unit, Func<IReadOnlyList<Trial>, double> of)
        {
            var (value, low, high) = Bootstrap.Over(groups, of, $"{name} {what}");
            return new BenchFigure { Name = $"{name}: {what}", Value = value, Interval = [low, high], Unit = unit };
        }
    }

    private static double GeometricMean(IEnumerable<double?> values)
    {
        var logs = values.OfType<double>().Select(value => Math.Log(value)).ToList();
        return logs.Count == 0 ? double.NaN : Math.Exp(logs.Average());
    }

    /// <summary>One run.</summary>
    private sealed record Trial(string Configuration, string Task, int Sample, RunReport Report)
    {
        /// <summary>Of its best; null where nothing passed.</summary>
        public double? Speedup => Report.Best?.SpeedupFactor;
    }

    /// <summary>STRATEGY[/JUDGE][@CODER].</summary>
    private sealed record Configuration(string Name, string Strategy, string Judge, string Coder)
    {
        public static Configuration Parse(string text)
        {
            var at = text.IndexOf('@', StringComparison.Ordinal);
            var (team, coder) = at < 0 ? (text, $"simulated:{StudentChatClient.ModelId}") : (text[..at], text[(at + 1)..]);
            var slash = team.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? new Configuration(text, team, "rules", coder) : new Configuration(text, team[..slash], team[(slash + 1)..], coder);
        }
    }

    /// <summary>Judges a solution of a task once: the student writes the same ones again and again.</summary>
    private sealed class OnceEach(Func<EvaluationRequest, CancellationToken, Task<EvaluatorReply>> evaluate) : IEvaluator
    {
        private readonly ConcurrentDictionary<string, Lazy<Task<EvaluatorReply>>> _replies = new(StringComparer.Ordinal);

        public int Count => _replies.Count;

        public async Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
        {
            var key = $"{request.TaskName} {Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(request.SolutionPath, cancellationToken)))}";
            return await _replies.GetOrAdd(key, _ => new(() => evaluate(request, cancellationToken))).Value;
        }
    }
}
