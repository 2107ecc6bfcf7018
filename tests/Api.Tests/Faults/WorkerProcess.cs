using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelForge.Api.Tests.Faults;

/// <summary><c>kernelforge worker</c>, or <c>serve</c> with a worker in it, as a process of its own, to be stopped and killed.</summary>
internal sealed partial class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process, bool serves) => (_process, Serves) = (process, serves);

    /// <summary>It is the whole service.</summary>
    public bool Serves { get; }

    public int Id => _process.Id;

    public static WorkerProcess Start(string home, string toolbox, string? connectionString = null, string? evaluator = null, bool serve = false)
    {
        ProcessStartInfo start = new("dotnet") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Program(), .. serve ? (string[])["serve", "--urls", "http://127.0.0.1:0"] : ["worker"], "--workers", "1"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KERNELFORGE_ROOT"] = Repository.Root;
        start.Environment["KERNELFORGE_HOME"] = home;
        start.Environment["KERNELFORGE_TOOLBOX"] = toolbox;
        if (connectionString is not null)
        {
            start.Environment["ConnectionStrings__KernelForge"] = connectionString;
        }

        if (evaluator is not null)
        {
            start.Environment["KERNELFORGE_EVALUATOR"] = evaluator;
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WorkerProcess(process, serve);
    }

    /// <summary>The program as users run it: the launcher's build, which <c>./kernelforge test</c> names.</summary>
    private static string Program()
    {
        var folder = Environment.GetEnvironmentVariable("KERNELFORGE_APP") ?? Path.Combine(Repository.Root, "artifacts/app");
        var program = Path.Combine(folder, "KernelForge.Cli.dll");
        Assert.SkipUnless(File.Exists(program) || Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_POSTGRES") == "1", $"{program} is not there: ./kernelforge setup");
        return program;
    }

    public void Signal(Signal signal) => Kill(_process.Id, (int)signal);

    /// <summary>Sends a signal to a process that may have gone.</summary>
    public static void Kill(int process, int signal) => _ = kill(process, signal);

    /// <summary>Its descendants whose command line holds a text.</summary>
    public IReadOnlyList<int> Descendants(string commandLine)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Parent: ParentOf(id)))
            .ToLookup(entry => entry.Parent, entry => entry.Id);
        List<int> found = [];
        Stack<int> open = new([_process.Id]);
        while (open.TryPop(out var id))
        {
            foreach (var child in parents[id])
            {
                open.Push(child);
                if (CommandLineOf(child).Contains(commandLine, StringComparison.Ordinal))
                {
                    found.Add(child);
                }
            }
        }

        return found;
    }

    public void Dispose()
    {
        Signal(Faults.Signal.Continue);
        Signal(Faults.Signal.Kill);
        _process.WaitForExit(5000);
        _process.Dispose();
    }

    private static int ParentOf(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string CommandLineOf(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}

/// <summary>Signals by their numbers on Linux.</summary>
internal enum Signal
{
    Kill = 9,
    Continue = 18,
    Stop = 19,
}
