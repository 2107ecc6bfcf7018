using System.Globalization;

namespace KernelForge.Processes;

/// <summary>A host path made visible inside a sandbox.</summary>
/// <param name="Source">Path on the host.</param>
/// <param name="Target">Path inside.</param>
/// <param name="Writable">Read-only otherwise.</param>
public sealed record SandboxBind(string Source, string Target, bool Writable = false);

/// <summary>A command line to run inside a sandbox.</summary>
public sealed record SandboxSpec
{
    /// <summary>Root whose programs and libraries are visible: the toolbox, or <c>/</c>.</summary>
    public required string Root { get; init; }

    /// <summary>Parts of the root to show, relative to it: <c>usr</c>, <c>usr/lib</c>, <c>etc/alternatives</c>. What is not there is left out.</summary>
    public IReadOnlyList<string> Visible { get; init; } = ["usr", "etc/alternatives", "etc/ld.so.cache"];

    /// <summary>Further host paths.</summary>
    public IReadOnlyList<SandboxBind> Binds { get; init; } = [];

    /// <summary>Size of <c>/tmp</c> and of <c>/dev/shm</c>, bytes each.</summary>
    public long TemporaryBytes { get; init; } = 64L << 20;

    /// <summary>The whole environment inside.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Program inside.</summary>
    public required string FileName { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>
/// bubblewrap: no network, no other processes, a read-only root that shows only what was named, no capabilities, and a
/// life that ends with the thread that started it. The only way in which untrusted work runs (design §6).
/// </summary>
public static class Sandbox
{
    private static readonly (string Name, string Value)[] UserNamespaceSettings =
    [
        ("user.max_user_namespaces", "15000"),
        ("kernel.unprivileged_userns_clone", "1"),
        ("kernel.apparmor_restrict_unprivileged_userns", "0"),
    ];

    /// <summary>The program and arguments that run <paramref name="spec"/> sandboxed.</summary>
    public static (string FileName, IReadOnlyList<string> Arguments) Command(SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        List<string> arguments = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv", "--hostname", "sandbox"];
        foreach (var part in spec.Visible)
        {
            var source = Path.Combine(spec.Root, part);
            if (Path.Exists(source))
            {
                arguments.AddRange(["--ro-bind", source, "/" + part]);
            }
        }

        foreach (var link in (string[])["bin", "sbin", "lib", "lib64"])
        {
            arguments.AddRange(["--symlink", "usr/" + link, "/" + link]);
        }

        var size = spec.TemporaryBytes.ToString(CultureInfo.InvariantCulture);
        arguments.AddRange(["--proc", "/proc", "--dev", "/dev", "--size", size, "--tmpfs", "/dev/shm", "--size", size, "--tmpfs", "/tmp"]);
        foreach (var bind in spec.Binds)
        {
            arguments.AddRange([bind.Writable ? "--bind" : "--ro-bind", bind.Source, bind.Target]);
        }

        arguments.AddRange(["--setenv", ChildProcess.PipeVariable, ChildProcess.PipePlaceholder]);
        foreach (var (name, value) in spec.Environment)
        {
            arguments.AddRange(["--setenv", name, value]);
        }

        arguments.AddRange(["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--", spec.FileName]);
        arguments.AddRange(spec.Arguments);
        return ("bwrap", arguments);
    }

    /// <summary>Tries the sandbox once: null where it works, else what is missing and the exact line that mends it.</summary>
    public static async Task<string?> ProblemAsync(string root, CancellationToken cancellationToken)
    {
        var (fileName, arguments) = Command(new SandboxSpec { Root = root, FileName = "/usr/bin/true" });
        ChildExit exit;
        try
        {
            exit = await ChildProcess.RunAsync(new ChildSpec { FileName = fileName, Arguments = arguments, Timeout = TimeSpan.FromSeconds(10) }, cancellationToken);
        }
        catch (ChildStartException)
        {
            return "bubblewrap (bwrap) is not installed: apt-get install bubblewrap, or ./kernelforge setup";
        }

        return exit is { End: ChildEnd.Exited, ExitCode: 0 } ? null : Explain(exit.StandardError.Trim());
    }

    private static string Explain(string error)
    {
        // Only what this kernel has: sysctl refuses a line with a name that it does not know.
        var settings = UserNamespaceSettings.Where(s => File.Exists("/proc/sys/" + s.Name.Replace('.', '/'))).Select(s => $"{s.Name}={s.Value}");
        var remedy = $"allow unprivileged user name spaces: sysctl -w {string.Join(' ', settings)};"
            + " in Docker compose: security_opt: [seccomp=unconfined, apparmor=unconfined, systempaths=unconfined]";
        return $"the sandbox cannot start: {(error.Length == 0 ? "bwrap gave no reason" : error)}; {remedy}";
    }
}
