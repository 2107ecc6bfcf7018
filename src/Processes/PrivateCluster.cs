using System.Data.Common;
using System.Diagnostics;

namespace KernelForge.Processes;

/// <summary>
/// The embedded database: one PostgreSQL server for a data folder, whoever and how many use it (docs/adr/0050). The first
/// to come starts it, further ones join, the last to leave stops it. It lives on when a user is killed, and the next one
/// joins it. An object of this class is one user.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private const string Database = "kernelforge";
    private const string User = "postgres";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    // First start and recovery after a crash included.
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly ClusterFolder _folder;
    private FileLock? _use;

    private readonly string _toolbox;

    private PrivateCluster(ClusterFolder folder, string toolbox)
    {
        _folder = folder;
        _toolbox = toolbox;
    }

    /// <summary>Folder of the server's socket, in a form that fits a socket's address: <c>psql -h FOLDER -U postgres kernelforge</c>.</summary>
    public string SocketFolder { get; private set; } = string.Empty;

    /// <summary>For Npgsql: database <c>kernelforge</c>, which exists, as its owner.</summary>
    public string ConnectionString { get; private set; } = string.Empty;

    /// <summary>The server's version, for example <c>17.11</c>.</summary>
    public string ServerVersion { get; private set; } = string.Empty;

    /// <summary>Starts the data folder's server or joins the one that runs, and waits until it serves.</summary>
    /// <param name="home">The data folder (<see cref="ToolboxPaths.Home"/>).</param>
    /// <param name="toolbox">Root that holds PostgreSQL (<see cref="ToolboxPaths.Toolbox"/>).</param>
    /// <param name="cancellationToken">Gives up; what was started is stopped again unless somebody else uses it.</param>
    /// <exception cref="PrivateClusterException">It cannot be had; the message says why and what to do.</exception>
    public static async Task<PrivateCluster> StartAsync(string home, string toolbox, CancellationToken cancellationToken)
    {
        var folder = new ClusterFolder(home);
        var cluster = new PrivateCluster(folder, toolbox);
        try
        {
            folder.Create();
            using (await FileLock.TakeAsync(folder.StartLock, shared: false, cancellationToken))
            {
                // Nobody holds it exclusively now: that is done with the start lock in hand only.
                cluster._use = await FileLock.TakeAsync(folder.UsersLock, shared: true, cancellationToken);
                await cluster.ConnectAsync(ClusterServer.Find(folder, toolbox), cancellationToken);
            }

            return cluster;
        }
        catch (Exception error)
        {
            await cluster.DisposeAsync();
            if (error is IOException or UnauthorizedAccessException or ChildStartException)
            {
                throw new PrivateClusterException($"the private database in {folder.Path} cannot be started: {error.Message}; make room or let this user write there, or set KERNELFORGE_HOME to another folder", error);
            }

            throw;
        }
    }

    /// <summary>Runs one of PostgreSQL's own programs as a client (<c>psql</c>, <c>pgbench</c>, <c>pg_dump</c>), with a text as its script: <c>-f SCRIPT</c> comes last.</summary>
    public async Task<ChildExit> RunClientAsync(string program, string[] arguments, string script, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var name = $"script-{Guid.NewGuid():N}.sql";
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllTextAsync(path, script, cancellationToken);
        try
        {
            return await ClusterServer.Find(_folder, _toolbox).RunClientAsync(program, [.. arguments, "-f", ClusterServer.Inside + "/" + name, Database], cancellationToken);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Leaves. The last one out stops the server, which writes everything to disk first. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _use, null) is not { } use)
        {
            return;
        }

        using var patience = new CancellationTokenSource(StopLimit);
        try
        {
            using var turn = await FileLock.TakeAsync(_folder.StartLock, shared: false, patience.Token);
            use.Dispose();
            using var alone = FileLock.TryTake(_folder.UsersLock, shared: false);
            if (alone is not null)
            {
                await StopAsync(patience.Token);
                _folder.RemoveAlias();
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // Somebody starts it all this time, it does not end, or its folder has gone: it is the next user's to stop.
        }
        finally
        {
            use.Dispose();
        }
    }

    /// <summary>With the start lock in hand: waits for the server, and starts it where there is none.</summary>
    private async Task ConnectAsync(ClusterServer server, CancellationToken cancellationToken)
    {
        SocketFolder = _folder.SocketFolder();
        ConnectionString = new DbConnectionStringBuilder { ["Host"] = SocketFolder, ["Username"] = User, ["Database"] = Database }.ConnectionString;
        var logStart = _folder.BoundLog();
        var launched = false;
        var elapsed = Stopwatch.StartNew();
        while (!await ServesAsync(server, cancellationToken))
        {
            if (elapsed.Elapsed > StartLimit)
            {
                throw await server.ExplainAsync($"PostgreSQL does not serve after {StartLimit.TotalMinutes:0} minutes", _folder.LogSince(logStart), cancellationToken);
            }

            // A lock that is held: it starts, recovers, or a stopped one's last processes are ending.
            if (FileLock.IsHeld(_folder.ServerLock))
            {
                await Task.Delay(Poll, cancellationToken);
                continue;
            }

            if (launched)
            {
                throw await server.ExplainAsync("PostgreSQL ended while it started", _folder.LogSince(logStart), cancellationToken);
            }

            var exit = await server.LaunchAsync(cancellationToken);
            launched = exit.ExitCode != ClusterServer.LockHeld;
            if (launched && exit.ExitCode != 0)
            {
                throw await server.ExplainAsync("PostgreSQL could not be started", (exit.StandardError + exit.StandardOutput).Trim(), cancellationToken);
            }
        }
    }

    /// <summary>Whether it takes connections; makes the database when it does and there is none.</summary>
    private async Task<bool> ServesAsync(ClusterServer server, CancellationToken cancellationToken)
    {
        if (_folder.Server() is not { Ready: true })
        {
            return false;
        }

        var greeting = await ServerGreeting.AskAsync(SocketFolder, Database, cancellationToken);
        if (greeting is { ErrorCode: ServerGreeting.NoSuchDatabase })
        {
            var exit = await server.RunClientAsync("createdb", [Database], cancellationToken);
            greeting = await ServerGreeting.AskAsync(SocketFolder, Database, cancellationToken);
            if (greeting is { ErrorCode: ServerGreeting.NoSuchDatabase })
            {
                throw await server.ExplainAsync($"the database {Database} could not be made", exit.StandardError.Trim(), cancellationToken);
            }
        }

        if (greeting is null or { ErrorCode: ServerGreeting.CannotConnectNow })
        {
            return false;
        }

        ServerVersion = greeting.Version ?? throw await server.ExplainAsync("PostgreSQL refuses a connection", greeting.Error ?? string.Empty, cancellationToken);
        return true;
    }

    /// <summary>With the start lock in hand and no users: a fast shutdown, and waits until no process of the server is left.</summary>
    private async Task StopAsync(CancellationToken cancellationToken)
    {
        var asked = false;
        while (FileLock.IsHeld(_folder.ServerLock))
        {
            // The lock says that the server lives, and the name that the id is its own and not one left by a killed server.
            if (!asked && _folder.Server() is { } running && NameOf(running.Process) == "postgres")
            {
                asked = Libc.kill(running.Process, Libc.SIGINT) == 0;
            }

            await Task.Delay(Poll, cancellationToken);
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").Trim();
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }
}
