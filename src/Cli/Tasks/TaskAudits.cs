using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;

namespace KernelForge.Cli.Tasks;

/// <summary>Audits tasks, as many at once as there are processors, and keeps what was found: of the suite in the repository, of imported ones in the data folder.</summary>
internal sealed class TaskAudits(Surroundings surroundings, TaskSuite suite)
{
    private const int SaveEvery = 20;
    private readonly SuiteRecords _imported = SuiteRecords.LoadImported(surroundings.Home);
    private readonly HashSet<SuiteRecords> _changed = [];

    /// <summary>Records of the repository's tasks.</summary>
    public SuiteRecords Own { get; } = SuiteRecords.Load(surroundings.Root);

    /// <summary>Verdicts in the order of the files. What was audited before is not audited again while file and rules are the same.</summary>
    /// <exception cref="CliException">The very first audit lacks something: so will all.</exception>
    public async Task<IReadOnlyList<AuditedTask>> RunAsync(IReadOnlyList<TaskFile> files, bool again, CancellationToken cancellationToken)
    {
        var verdicts = files.Select(file => again ? null : Known(file)).ToArray();
        var waiting = Enumerable.Range(0, files.Count).Where(at => verdicts[at] is null).ToList();
        var done = 0;
        using var gate = new SemaphoreSlim(1, 1);
        try
        {
            await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (at, token) =>
            {
                var file = files[at];
                var reply = await surroundings.Survey(new SurveyRequest { TaskPath = file.Path, TaskName = file.Name, Home = surroundings.Home, Toolbox = surroundings.Toolbox }, token);
                await gate.WaitAsync(token);
                try
                {
                    verdicts[at] = VerdictOf(file, reply);
                    if (done == 0 && verdicts[at]!.Fault is { ExitCode: ExitCodes.Missing } missing)
                    {
                        throw new CliException(missing.ExitCode, missing.Message);
                    }

                    await surroundings.Error.WriteLineAsync($"audited {++done} of {waiting.Count}: {file.Name}: {verdicts[at]!.Says}");
                    if (done % SaveEvery == 0)
                    {
                        Save();
                    }
                }
                finally
                {
                    gate.Release();
                }
            });
        }
        finally
        {
            Save();
        }

        return [.. verdicts.OfType<AuditedTask>()];
    }

    /// <summary>Ends a verb whose audits failed in part: one that did does not cost the others their verdicts.</summary>
    /// <exception cref="CliException">Some failed.</exception>
    public static void Require(IReadOnlyList<AuditedTask> found)
    {
        var failures = found.Where(task => task.Fault is not null).ToList();
        if (failures.Count > 0)
        {
            throw new CliException(failures[0].Fault!.ExitCode, $"{failures.Count} of {found.Count} tasks could not be audited: {string.Join("; ", failures.Select(task => $"{task.Verdict.Name}: {task.Verdict.Reason}"))}");
        }
    }

    private SuiteRecords RecordsOf(string name) => ImportedTasks.Owns(name) ? _imported : Own;

    private AuditedTask? Known(TaskFile file)
    {
        if (file.Entry is not { Sha256: { } sha256 } || RecordsOf(file.Name).Audit(file.Name, sha256) is not { } audit)
        {
            return null;
        }

        return audit.CannotRun || RecordsOf(file.Name).Cost(file.Name, sha256) is not null ? new AuditedTask(TaskVerdict.Of(audit), audit.CannotRun, IsNew: false) : null;
    }

    private AuditedTask VerdictOf(TaskFile file, SurveyReply reply)
    {
        var records = RecordsOf(file.Name);
        if (reply.Survey is { } survey)
        {
            // A file outside the suite is told its verdict, and nothing is kept.
            return file.Entry is null
                ? new AuditedTask(TaskVerdict.Of(SuiteRecords.Of(survey)), CannotRun: false, IsNew: false)
                : Kept(records, records.Keep(survey));
        }

        var fault = reply.Fault!;
        var prefix = file.Name + ": ";
        var reason = fault.Message.StartsWith(prefix, StringComparison.Ordinal) ? fault.Message[prefix.Length..] : fault.Message;
        if (fault.ExitCode == ExitCodes.BadInput && ImportedTasks.Owns(file.Name) && file.Entry is { Sha256: { } sha256 })
        {
            return Kept(records, records.KeepFailure(file.Name, sha256, reason));
        }

        var verdict = new TaskVerdict { Name = file.Name, Ranked = false, Reason = reason, Evidence = [] };
        return new AuditedTask(verdict, CannotRun: fault.ExitCode == ExitCodes.BadInput, IsNew: false) { Fault = fault.ExitCode == ExitCodes.BadInput ? null : fault };
    }

    private AuditedTask Kept(SuiteRecords records, AuditRecord audit)
    {
        _changed.Add(records);
        return new AuditedTask(TaskVerdict.Of(audit), audit.CannotRun, IsNew: true);
    }

    private void Save()
    {
        foreach (var records in _changed)
        {
            records.Save(suite);
        }

        _changed.Clear();
    }
}
