using System.Globalization;

namespace KernelForge.Processes;

/// <summary>
/// The server of a private cluster: PostgreSQL of the toolbox in bubblewrap, without a network. Process ids and System V
/// shared memory stay the machine's own, so that PostgreSQL's interlocks see each other and signals reach it.
/// </summary>
internal sealed class ClusterServer
{
    /// <summary>The locked part's exit status when another holds the server's lock.</summary>
    public const int LockHeld = 75;

    /// <summary>The cluster's folder, as the server and its clients see it.</summary>
    public const string Inside = "/var/lib/postgresql";

    /// <summary>
    /// Takes the server's lock, makes the data where there are none, and starts the server, which inherits the lock's
    /// descriptor: from here on the lock is free only when no process of the server lives, whoever was killed and when.
    /// In bash, since .NET neither locks nor starts with chosen descriptors. Arguments: folder, toolbox, the count of
    /// arguments that make up the sandbox, these, and those of the server.
    /// </summary>
    private const string Script = """
        set -euo pipefail
        cd "$1"
        toolbox=$2 sandbox=("${@:4:$3}") server=("${@:4+$3}")

        # The server outlives everything else: it must not hold a pipe or a lock that this process got from its parents.
        for descriptor in /proc/$$/fd/*; do
          descriptor=${descriptor##*/}
          ((descriptor <= 2)) || exec {descriptor}>&-
        done
        exec 8>>server.lock
        flock -n 8 || exit 75
        if [[ -e $toolbox/.kernelforge/in-use ]]; then
          exec 9<"$toolbox/.kernelforge/in-use"
          flock -s -n 9 || true
        fi

        # With the lock in hand no server of this folder lives. What a killed one left goes unless its process id is a
        # PostgreSQL's (then that decides); an id that another program got since would keep the server from starting.
        if [[ -f data/postmaster.pid ]]; then
          read -r id <data/postmaster.pid || true
          [[ $(cat "/proc/$id/comm" 2>/dev/null || true) == postgres ]] || rm -f data/postmaster.pid socket/.s.PGSQL.*
        fi

        printf 'postgres:x:999:999::/:/bin/false\n' >passwd
        if [[ ! -d data ]]; then
          rm -rf data.part
          "${sandbox[@]}" initdb -D /var/lib/postgresql/data.part --username=postgres --auth-local=trust --auth-host=reject --encoding=UTF8 \
            --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C.UTF-8 --data-checksums --no-instructions
          mv -T data.part data
          sync .
        fi
        exec setsid --fork "${sandbox[@]}" "${server[@]}" </dev/null >>log/postgresql.log 2>&1
        """;

    /// <summary>A small server for one machine; durability as PostgreSQL promises it. Given here and not in the data's file, so that every start has the current ones.</summary>
    private static readonly string[] Settings =
    [
        "listen_addresses=", $"unix_socket_directories={Inside}/socket", "max_connections=200", "shared_buffers=64MB", "max_wal_size=256MB",
        "fsync=on", "synchronous_commit=on", "full_page_writes=on", "jit=off", "timezone=UTC", "log_timezone=UTC", "cluster_name=kernelforge",
        // A client's errors are the client's to report; here they would only fill the disk.
        "log_destination=stderr", "logging_collector=off", "log_min_messages=log", "log_checkpoints=off",
    ];

    private readonly ClusterFolder _folder;
    private readonly string _toolbox;
    private readonly string _programs;

    private ClusterServer(ClusterFolder folder, string toolbox, int major)
    {
        _folder = folder;
        _toolbox = toolbox;
        _programs = $"/usr/lib/postgresql/{major.ToString(CultureInfo.InvariantCulture)}/bin";
    }

    /// <summary>Finds the programs that fit the data.</summary>
    /// <exception cref="PrivateClusterException">The toolbox has no PostgreSQL, or none of the data's version.</exception>
    public static ClusterServer Find(ClusterFolder folder, string toolbox)
    {
        // The root itself and not the link to it, which may soon lead elsewhere.
        var root = Directory.Exists(toolbox) ? Directory.ResolveLinkTarget(toolbox, returnFinalTarget: true)?.FullName ?? toolbox : toolbox;
        var majors = Majors(root);
        if (majors.Count == 0)
        {
            var remedy = toolbox == "/" ? "apt-get install postgresql-17" : "./kernelforge setup installs it";
            throw new PrivateClusterException($"PostgreSQL is missing: expected {Path.Combine(toolbox, "usr/lib/postgresql/17/bin/postgres")}; {remedy}");
        }

        var major = folder.DataMajor() ?? majors.Max();
        return majors.Contains(major)
            ? new ClusterServer(folder, root, major)
            : throw new PrivateClusterException(
                $"{folder.Data} was made by PostgreSQL {major}, and the toolbox {toolbox} has PostgreSQL {string.Join(" and ", majors.Order())}: "
                + $"use a toolbox with PostgreSQL {major} (KERNELFORGE_TOOLBOX) to keep the data and to take them out with pg_dump, "
                + $"or begin with an empty database: mv '{folder.Data}' '{folder.Data}-{major}'");
    }

    /// <summary>Runs the locked part: afterwards the server is starting and holds its lock, or the exit status says that it is not.</summary>
    public Task<ChildExit> LaunchAsync(CancellationToken cancellationToken)
    {
        var sandbox = Sandboxed();
        string[] server = ["postgres", "-D", Inside + "/data", .. Settings.SelectMany(setting => (string[])["-c", setting])];
        return ChildProcess.RunAsync(
            new ChildSpec
            {
                FileName = "bash",
                Arguments = ["-c", Script, "kernelforge", _folder.Path, _toolbox, sandbox.Count.ToString(CultureInfo.InvariantCulture), .. sandbox, .. server],
            },
            cancellationToken);
    }

    /// <summary>Runs one of PostgreSQL's programs as a client of the server.</summary>
    public Task<ChildExit> RunClientAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        string[] all = [.. Sandboxed(), program, "-h", Inside + "/socket", "-U", "postgres", .. arguments];
        return ChildProcess.RunAsync(new ChildSpec { FileName = all[0], Arguments = all[1..], Timeout = TimeSpan.FromSeconds(60) }, cancellationToken);
    }

    /// <summary>Why the server is not there, from what its parts printed, and what to do.</summary>
    public async Task<PrivateClusterException> ExplainAsync(string what, string printed, CancellationToken cancellationToken)
    {
        if (await Sandbox.ProblemAsync(_toolbox, cancellationToken) is { } problem)
        {
            return new PrivateClusterException($"{what}: {problem}");
        }

        var remedy = printed.Contains("No space left on device", StringComparison.Ordinal)
            ? $"the disk is full: free some room at {_folder.Path}, or set KERNELFORGE_HOME to a folder on a larger disk"
            : $"its log: {_folder.Log}";
        return new PrivateClusterException($"{what}: {(printed.Length == 0 ? "it gave no reason" : printed)}; {remedy}");
    }

    private static List<int> Majors(string root)
    {
        var folder = Path.Combine(root, "usr/lib/postgresql");
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateDirectories(folder)
                .Where(path => File.Exists(Path.Combine(path, "bin/postgres")))
                .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Where(major => major > 0)];
    }

    private List<string> Sandboxed()
    {
        // PostgreSQL refuses to be root, and initdb wants its user to have a name: whoever starts it is `postgres` inside.
        List<string> arguments = ["bwrap", "--unshare-user", "--uid", "999", "--gid", "999", "--unshare-net", "--ro-bind", Path.Combine(_toolbox, "usr"), "/usr"];
        foreach (var link in (string[])["bin", "sbin", "lib", "lib64"])
        {
            arguments.AddRange(["--symlink", "usr/" + link, "/" + link]);
        }

        arguments.AddRange(["--dev", "/dev", "--tmpfs", "/tmp", "--bind", _folder.Path, Inside, "--ro-bind-try", Path.Combine(_folder.Path, "passwd"), "/etc/passwd"]);
        arguments.AddRange(["--clearenv", "--setenv", "PATH", $"{_programs}:/usr/bin", "--setenv", "LC_ALL", "C.UTF-8", "--chdir", "/", "--"]);
        return arguments;
    }
}
