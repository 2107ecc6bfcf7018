using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Tasks;

/// <summary>Takes the tasks of another suite's checkout into the data folder and audits them. Nothing of it enters the repository.</summary>
internal sealed class TaskImport(Surroundings surroundings)
{
    /// <summary>What importing would do.</summary>
    /// <exception cref="InvalidDataException">The folder is something else.</exception>
    public ImportReport Plan(ForeignSuite foreign)
    {
        var suite = TaskSuite.Load(surroundings.Root, surroundings.Home);
        var present = foreign.Tasks.Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        return new ImportReport
        {
            Folder = foreign.Folder,
            DryRun = true,
            Tasks = [.. foreign.Tasks.Select(task => new ImportedTask
            {
                Name = task.Name,
                File = task.File,
                Kernelbench = task.Kernelbench,
                Ours = task.Kernelbench is { } number && suite.Numbered(number) is { } known && !ImportedTasks.Owns(known.Name) ? known.Name : null,
                Change = ChangeOf(task),
            })],
            Left = foreign.Left,
            Gone = [.. suite.Tasks.Where(task => ImportedTasks.Owns(task.Name) && foreign.Covers(task.Category) && !present.Contains(task.Name)).Select(task => task.Name)],
        };
    }

    /// <summary>Takes and audits them. A second time nothing is done for what has not changed.</summary>
    /// <exception cref="CliException">Another import is going on, or something that audits need is missing.</exception>
    public async Task<(ImportReport Report, IReadOnlyList<AuditedTask> Audits)> RunAsync(ForeignSuite foreign, bool again, CancellationToken cancellationToken)
    {
        using var alone = Alone();
        var plan = Plan(foreign);
        foreach (var (task, planned) in foreign.Tasks.Zip(plan.Tasks))
        {
            if (planned.Change != "same")
            {
                await CopyAsync(task, cancellationToken);
            }
        }

        var suite = TaskSuite.Load(surroundings.Root, surroundings.Home);
        var found = await new TaskAudits(surroundings, suite).RunAsync([.. foreign.Tasks.Select(task => suite.Find(task.Name))], again, cancellationToken);
        return (plan with { DryRun = false, Tasks = [.. plan.Tasks.Zip(found, Judged)] }, found);
    }

    private static ImportedTask Judged(ImportedTask task, AuditedTask audited) => task with
    {
        Verdict = audited switch { { Fault: not null } => "not_audited", { CannotRun: true } => "cannot_run", { Verdict.Ranked: true } => "ranked", _ => "unranked" },
        Reason = audited.CannotRun && audited.Verdict.Evidence is [var why, ..] ? why.Detail : audited.Verdict.Reason,
    };

    private string ChangeOf(ForeignTask task)
    {
        var path = ImportedTasks.PathOf(surroundings.Home, task.Name);
        return !File.Exists(path) ? "new" : File.ReadAllBytes(path).AsSpan().SequenceEqual(task.Bytes) ? "same" : "changed";
    }

    private async Task CopyAsync(ForeignTask task, CancellationToken cancellationToken)
    {
        var path = ImportedTasks.PathOf(surroundings.Home, task.Name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path + ".new", task.Bytes, cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    private FileStream Alone()
    {
        var folder = Directory.CreateDirectory(ImportedTasks.FolderOf(surroundings.Home)).FullName;
        try
        {
            return new FileStream(Path.Combine(folder, "import.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new CliException(ExitCodes.Missing, $"another import into {folder} is going on, or its lock cannot be had ({error.Message}); try again when it has ended");
        }
    }
}
