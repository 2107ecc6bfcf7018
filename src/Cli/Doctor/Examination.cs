using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Agents.Chat;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Processes;
using Npgsql;

namespace KernelForge.Cli.Doctor;

/// <summary>Looks at this machine. Nothing is installed or changed.</summary>
internal sealed class Examination(Surroundings surroundings)
{
    private const string Setup = "./kernelforge setup";
    private const long NeededFreeMegabytes = 4000;

    private static readonly string[] HeaderFiles = ["cuda_fp16.h", "mma.h", "cuda/barrier", "cub/cub.cuh"];

    /// <summary>Runs every check.</summary>
    public async Task<DoctorReport> RunAsync(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        DoctorCheck[] checks =
        [
            await DotnetAsync(cancellationToken),
            Toolbox(),
            Headers(),
            sandbox,
            await PythonAsync(cancellationToken),
            await EvaluatorAsync(sandbox.State == "ok", cancellationToken),
            await GpuAsync(cancellationToken),
            Disk(),
            Keys(),
            await DatabaseAsync(cancellationToken),
            await BrowserAsync(cancellationToken),
        ];
        return new DoctorReport { Ready = checks.All(check => check.State != "missing"), Checks = checks };
    }

    private static DoctorCheck Ok(string name, string found) => new() { Name = name, State = "ok", Found = found };

    private static DoctorCheck Missing(string name, string found, string how) => new() { Name = name, State = "missing", Found = found, How = how };

    private static DoctorCheck Absent(string name, string found, string how) => new() { Name = name, State = "absent", Found = found, How = how };

    private static async Task<DoctorCheck> DotnetAsync(CancellationToken cancellationToken)
    {
        var runtime = $"runtime {Environment.Version}";
        var (code, output) = await RunAsync(DotnetProgram.Host, ["--list-sdks"], cancellationToken);
        var sdks = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).ToArray();
        return code == 0 && sdks.Any(sdk => sdk.StartsWith("10.", StringComparison.Ordinal))
            ? Ok("dotnet", $"{runtime}, SDK {string.Join(", ", sdks)}")
            : Missing("dotnet", $"{runtime}, no SDK of version 10", "sudo apt-get install dotnet-sdk-10.0, or https://dot.net/v1/dotnet-install.sh with --channel 10.0");
    }

    private DoctorCheck Toolbox()
    {
        var root = surroundings.Toolbox;
        return !File.Exists(Path.Combine(root, "usr/bin/python3"))
            ? Missing("toolbox", $"none in {root}", Setup)
            : Ok("toolbox", root == "/" ? "/ (this machine is the toolbox)" : Path.GetFullPath(root));
    }

    private DoctorCheck Headers()
    {
        var missing = HeaderFiles
            .Where(header => !File.Exists(Path.Combine(surroundings.Toolbox, "usr/include", header)))
            .ToArray();
        return missing.Length == 0
            ? Ok("headers", "CUDA, libcu++, CUB")
            : Absent("headers", $"without {string.Join(", ", missing)}", $"{Setup}; eval fetches them by itself for a solution that includes a header");
    }

    private async Task<DoctorCheck> SandboxAsync(CancellationToken cancellationToken)
    {
        var (code, output) = await RunAsync("bwrap", ["--ro-bind", "/", "/", "--unshare-all", "--die-with-parent", "true"], cancellationToken);
        return code switch
        {
            0 => Ok("sandbox", "bubblewrap makes name spaces"),
            null => Missing("sandbox", "bubblewrap is not installed", "sudo apt-get install bubblewrap"),
            _ => Missing("sandbox", $"bubblewrap fails: {output.Trim()}", WaysToNameSpaces()),
        };
    }

    private static string WaysToNameSpaces()
    {
        var ways = new StringBuilder();
        foreach (var (setting, wanted) in new[] { ("kernel.unprivileged_userns_clone", "1"), ("kernel.apparmor_restrict_unprivileged_userns", "0") })
        {
            var file = "/proc/sys/" + setting.Replace('.', '/');
            if (File.Exists(file) && File.ReadAllText(file).Trim() != wanted)
            {
                ways.AppendLine(CultureInfo.InvariantCulture, $"sudo sysctl -w {setting}={wanted}");
            }
        }

        return ways.Length > 0
            ? ways.ToString().TrimEnd()
            : "In a container, allow name spaces: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined";
    }

    private async Task<DoctorCheck> PythonAsync(CancellationToken cancellationToken)
    {
        const string program = "import sys, torch, einops; print('Python %d.%d, PyTorch %s' % (*sys.version_info[:2], torch.__version__))";
        var root = surroundings.Toolbox;
        var (code, output) = await RunAsync(
            "bwrap",
            ["--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--unshare-all", "--die-with-parent", "--clearenv", "python3", "-c", program],
            cancellationToken);
        return code == 0
            ? Ok("python", output.Trim())
            : Missing("python", code is null ? "not looked at: bubblewrap is not installed" : $"import torch fails: {LastLine(output)}", Setup);
    }

    /// <summary>Judges a small solution: the real NVRTC, PyTorch, sandbox and simulator.</summary>
    private async Task<DoctorCheck> EvaluatorAsync(bool sandboxed, CancellationToken cancellationToken)
    {
        if (!sandboxed)
        {
            return Missing("evaluator", "not looked at: no sandbox, no run", "see sandbox");
        }

        var folder = Directory.CreateTempSubdirectory("kernelforge-doctor-");
        try
        {
            var task = Path.Combine(folder.FullName, "doctor.py");
            var solution = Path.Combine(folder.FullName, "doctor.cu");
            await File.WriteAllTextAsync(task, DoctorSample.Task, cancellationToken);
            await File.WriteAllTextAsync(solution, DoctorSample.Solution, cancellationToken);
            var reply = await surroundings.Evaluate(
                new EvaluationRequest { TaskPath = task, TaskName = "doctor", SolutionPath = solution, Preset = "small", Home = surroundings.Home, Toolbox = surroundings.Toolbox },
                cancellationToken);
            return reply switch
            {
                { Outcome: { Status: "passed" } outcome } => Ok("evaluator", $"judged a small solution with {outcome.Environment.Compiler} and PyTorch {outcome.Environment.Torch}"),
                { Outcome: { } outcome } => Missing("evaluator", $"judged a right solution {outcome.Status}: {outcome.Message}", "This is our own fault; please report it with this line."),
                _ => Missing("evaluator", reply.Fault?.Message ?? "no answer", Setup),
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The server of the settings, or a private one that is made, asked and thrown away: the data folder's own is left alone.</summary>
    private async Task<DoctorCheck> DatabaseAsync(CancellationToken cancellationToken)
    {
        if (surroundings.Setting("ConnectionStrings__KernelForge") is { Length: > 0 } elsewhere)
        {
            try
            {
                await using NpgsqlConnection connection = new(elsewhere);
                await connection.OpenAsync(cancellationToken);
                return Ok("database", $"PostgreSQL {connection.ServerVersion} at {connection.Host}, by ConnectionStrings__KernelForge");
            }
            catch (Exception error) when (error is NpgsqlException or ArgumentException or FormatException)
            {
                return Missing("database", error.Message, "Check ConnectionStrings__KernelForge, or unset it, and a private database is made in the data folder.");
            }
        }

        var folder = Directory.CreateTempSubdirectory("kernelforge-doctor-");
        try
        {
            await using var cluster = await PrivateCluster.StartAsync(folder.FullName, surroundings.Toolbox, cancellationToken);
            return Ok("database", $"PostgreSQL {cluster.ServerVersion} of the toolbox makes a database and serves it");
        }
        catch (PrivateClusterException error)
        {
            return Missing("database", error.Message, Setup);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<DoctorCheck> BrowserAsync(CancellationToken cancellationToken)
    {
        var program = surroundings.Setting("KERNELFORGE_BROWSER") is { Length: > 0 } named ? named : "chromium";
        var (code, output) = await RunAsync(program, ["--version"], cancellationToken);
        return code == 0
            ? Ok("browser", $"{LastLine(output)}, for the tests of the pages")
            : Absent("browser", $"no {program}", $"{Setup} --browser; only the tests of the pages need it");
    }

    private static async Task<DoctorCheck> GpuAsync(CancellationToken cancellationToken)
    {
        var (code, output) = await RunAsync("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"], cancellationToken);
        if (code == 0)
        {
            return Ok("gpu", $"{output.Trim().ReplaceLineEndings("; ")} (the cuda platform comes later; sim needs no GPU)");
        }

        return NativeLibrary.TryLoad("libcuda.so.1", out _)
            ? Absent("gpu", "there is a driver library, but nvidia-smi finds no GPU", "Check that the NVIDIA kernel module is loaded and that /dev/nvidia* may be read. sim needs no GPU.")
            : Absent("gpu", "no NVIDIA driver", "For measured times, install NVIDIA's driver (Debian: sudo apt-get install nvidia-driver). sim needs no GPU.");
    }

    private DoctorCheck Disk()
    {
        var folder = surroundings.Home;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        var free = new DriveInfo(folder).AvailableFreeSpace >> 20;
        var found = $"{free} MB free for {surroundings.Home}";
        return free >= NeededFreeMegabytes
            ? Ok("disk", found)
            : Absent("disk", found, $"Making the toolbox needs {NeededFreeMegabytes} MB; KERNELFORGE_HOME moves the data folder.");
    }

    private DoctorCheck Keys()
    {
        string[] names =
        [
            "KERNELFORGE_OPENAI__API_KEY", "OPENAI_API_KEY", "KERNELFORGE_ANTHROPIC__API_KEY", "ANTHROPIC_API_KEY", "KERNELFORGE_AZURE__API_KEY", "AZURE_OPENAI_API_KEY",
        ];
        try
        {
            ModelSettings settings = new(surroundings.Setting);
            var set = names.Where(name => settings.Read(name) is not null).ToArray();
            return set.Length > 0
                ? Ok("keys", $"{string.Join(", ", set)} set")
                : Absent("keys", $"none of {string.Join(", ", names)} is set", "Only models of OpenAI, Anthropic, Azure and compatible:NAME/MODEL need a key (docs/models.md); replay:TRANSCRIPT needs none.");
        }
        catch (ModelSetupException error)
        {
            return Absent("keys", error.Message, "Correct the file, or delete it and set environment variables.");
        }
    }

    private static string LastLine(string text) => text.Trim().Split('\n')[^1];

    private static async Task<(int? Code, string Output)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            var exit = await ChildProcess.RunAsync(new ChildSpec { FileName = program, Arguments = arguments, Timeout = TimeSpan.FromSeconds(60) }, cancellationToken);
            return (exit.ExitCode, exit.StandardOutput + exit.StandardError);
        }
        catch (ChildStartException)
        {
            return (null, "");
        }
    }
}
