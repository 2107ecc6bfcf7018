namespace KernelForge.Processes.Tests.Cluster;

/// <summary>Real servers on data folders of their own. The tests of this class come one after the other.</summary>
public sealed class PrivateClusterTests : IClassFixture<ClusterFixture>, IDisposable
{
    private readonly ClusterFixture _fixture;
    private readonly string _other;

    public PrivateClusterTests(ClusterFixture fixture)
    {
        _fixture = fixture;
        fixture.Require();
        _other = Directory.CreateTempSubdirectory("kernelforge-cluster-").FullName;
    }

    [Fact]
    public async Task A_started_server_has_the_database_and_the_promised_settings()
    {
        await using var cluster = await _fixture.StartAsync();

        var settings = await _fixture.QueryAsync(
            "select current_database(), current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums'), current_setting('server_encoding'), current_setting('timezone'), current_setting('listen_addresses')");

        Assert.Equal("kernelforge|on|on|on|UTF8|UTC|", settings);
        Assert.Equal($"Host={cluster.SocketFolder};Username=postgres;Database=kernelforge", cluster.ConnectionString, ignoreCase: true);
        Assert.Equal(await _fixture.QueryAsync("select split_part(current_setting('server_version'), ' ', 1)"), cluster.ServerVersion);
    }

    [Fact]
    public async Task A_second_user_joins_the_server_that_runs()
    {
        await using var first = await _fixture.StartAsync();
        var server = _fixture.Folder.Server();

        await using var second = await _fixture.StartAsync();

        Assert.Equal(server, _fixture.Folder.Server());
    }

    [Fact]
    public async Task The_server_stays_while_somebody_uses_it_and_the_last_one_out_stops_it()
    {
        var first = await _fixture.StartAsync();
        var second = await _fixture.StartAsync();

        await first.DisposeAsync();
        var heldWithOneUser = FileLock.IsHeld(_fixture.Folder.ServerLock);
        await second.DisposeAsync();

        Assert.True(heldWithOneUser);
        Assert.False(FileLock.IsHeld(_fixture.Folder.ServerLock));
        Assert.Null(_fixture.Folder.Server());
    }

    [Fact]
    public async Task Many_first_starts_at_once_make_one_server()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => _fixture.StartAsync(_other))));
        var log = await File.ReadAllTextAsync(new ClusterFolder(_other).Log, TestContext.Current.CancellationToken);

        foreach (var user in users)
        {
            await user.DisposeAsync();
        }

        Assert.Single(log.Split('\n'), line => line.Contains("ready to accept connections", StringComparison.Ordinal));
        Assert.False(FileLock.IsHeld(new ClusterFolder(_other).ServerLock));
    }

    [Fact]
    public async Task The_server_outlives_a_killed_starter_keeps_its_data_and_is_joined()
    {
        using var starter = await _fixture.UserAsync();
        await _fixture.QueryAsync("create table if not exists kept (n int); insert into kept values (42)");
        var server = _fixture.Folder.Server();
        starter.Kill();
        await starter.WaitForExitAsync(TestContext.Current.CancellationToken);

        await using var next = await _fixture.StartAsync();

        Assert.Equal(server, _fixture.Folder.Server());
        Assert.Equal("42", await _fixture.QueryAsync("select max(n) from kept"));
    }

    [Fact]
    public async Task A_user_that_was_killed_does_not_keep_the_server_from_being_stopped()
    {
        using var killed = await _fixture.UserAsync();
        var last = await _fixture.StartAsync();
        killed.Kill();
        await killed.WaitForExitAsync(TestContext.Current.CancellationToken);

        await last.DisposeAsync();

        Assert.False(FileLock.IsHeld(_fixture.Folder.ServerLock));
    }

    [Fact]
    public async Task A_killed_server_is_started_again_by_the_next_user_and_has_what_was_committed()
    {
        await using var first = await _fixture.StartAsync();
        await _fixture.QueryAsync("create table if not exists committed (n int); insert into committed values (7)");
        var (process, _) = _fixture.Folder.Server()!.Value;
        Assert.Equal(0, Libc.kill(process, 9));

        await using var next = await _fixture.StartAsync();

        Assert.NotEqual(process, _fixture.Folder.Server()!.Value.Process);
        Assert.Equal("7", await _fixture.QueryAsync("select max(n) from committed"));
    }

    [Fact]
    public async Task An_id_in_the_servers_file_that_another_program_got_since_does_not_keep_it_from_starting()
    {
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder.Data, "postmaster.pid"), $"{Environment.ProcessId}\n", TestContext.Current.CancellationToken);

        await using var cluster = await _fixture.StartAsync();

        Assert.NotEqual(Environment.ProcessId, _fixture.Folder.Server()!.Value.Process);
    }

    [Fact]
    public async Task The_server_is_in_a_session_of_its_own_and_holds_no_file_of_its_starter()
    {
        await using var cluster = await _fixture.StartAsync();
        var (process, _) = _fixture.Folder.Server()!.Value;

        var session = (await File.ReadAllTextAsync($"/proc/{process}/stat", TestContext.Current.CancellationToken)).Split(") ")[1].Split(' ')[3];
        var own = (await File.ReadAllTextAsync("/proc/self/stat", TestContext.Current.CancellationToken)).Split(") ")[1].Split(' ')[3];
        var pipes = Directory.GetFiles($"/proc/{process}/fd").Select(path => new FileInfo(path).LinkTarget).Where(target => target!.StartsWith("pipe:", StringComparison.Ordinal));
        var ours = Directory.GetFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget);

        Assert.NotEqual(own, session);
        Assert.Empty(pipes.Intersect(ours, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_dropped_database_is_made_again()
    {
        await using (await _fixture.StartAsync())
        {
            await _fixture.QueryAsync("create database other");
            var server = ClusterServer.Find(_fixture.Folder, ToolboxPaths.Toolbox());
            await server.RunClientAsync("dropdb", ["kernelforge"], TestContext.Current.CancellationToken);
        }

        await using var cluster = await _fixture.StartAsync();

        Assert.Equal("kernelforge", await _fixture.QueryAsync("select current_database()"));
    }

    [Fact]
    public async Task A_data_folder_with_a_long_name_and_a_comma_is_reached_by_a_short_one_that_goes_in_the_end()
    {
        var home = Path.Combine(_other, new string('l', 90) + ", with a blank");
        Directory.CreateDirectory(Path.Combine(home, "postgres"));
        await ChildProcess.RunAsync(new ChildSpec { FileName = "cp", Arguments = ["-a", _fixture.Folder.Data, Path.Combine(home, "postgres/data")] }, TestContext.Current.CancellationToken);

        var cluster = await _fixture.StartAsync(home);
        var name = cluster.SocketFolder;
        var greeting = await ServerGreeting.AskAsync(name, "kernelforge", TestContext.Current.CancellationToken);
        await cluster.DisposeAsync();

        Assert.Equal(cluster.ServerVersion, greeting!.Version);
        Assert.InRange(name.Length, 1, 80);
        Assert.False(new FileInfo(name).LinkTarget is not null, $"{name} is left");
    }

    [Fact]
    public async Task A_cancelled_start_leaves_no_server()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PrivateCluster.StartAsync(_other, ToolboxPaths.Toolbox(), soon.Token));

        Assert.False(FileLock.IsHeld(new ClusterFolder(_other).ServerLock));
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_explained_with_its_own_words()
    {
        var data = Path.Combine(_other, "postgres/data");
        Directory.CreateDirectory(data);
        await File.WriteAllTextAsync(Path.Combine(data, "PG_VERSION"), "17\n", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<PrivateClusterException>(() => _fixture.StartAsync(_other));

        Assert.Contains("PostgreSQL ended while it started", error.Message, StringComparison.Ordinal);
        Assert.Contains("postgresql.conf", error.Message, StringComparison.Ordinal);
        Assert.Contains(new ClusterFolder(_other).Log, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_other, recursive: true);
}
