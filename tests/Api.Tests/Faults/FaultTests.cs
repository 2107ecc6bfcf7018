using KernelForge.Api.Tests.Work;
using KernelForge.Api.Work;
using KernelForge.Processes;
using Npgsql;

namespace KernelForge.Api.Tests.Faults;

/// <summary>Real processes, killed and stopped at any moment: every submission ends once, none is lost, none is made twice.</summary>
[Collection(AloneCollection.Name)]
public sealed class FaultTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("kf-faults-").FullName;
    private readonly string _toolbox = ToolboxPaths.Toolbox();
    private PrivateCluster? _cluster;

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Path.Combine(_toolbox, "usr/lib/postgresql/17/bin/postgres")))
        {
            _cluster = await PrivateCluster.StartAsync(_home, _toolbox, CancellationToken.None);
        }
        else
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_POSTGRES") == "1", "the toolbox has no PostgreSQL: ./kernelforge setup");
            throw new InvalidOperationException("KERNELFORGE_REQUIRE_POSTGRES=1 and the toolbox has no PostgreSQL: ./kernelforge setup");
        }

        // What the reference worker has computed once need not be computed here again.
        var references = Path.Combine(ToolboxPaths.Home(), "cache");
        if (Directory.Exists(references))
        {
            Directory.CreateSymbolicLink(Path.Combine(_home, "cache"), references);
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        // A child of a worker that was killed ends with its parent, and may write until then.
        await WorkBench.UntilAsync(() => Task.FromResult(TryDelete(_home)), () => $"{_home} cannot be removed", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Thirty_kills_of_anything_lose_nothing_and_repeat_nothing()
    {
        const int kills = 30;
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        Random random = new(seed);
        await using var bench = WorkBench.Open(_cluster!.ConnectionString);
        List<WorkerProcess> workers = [WorkerProcess.Start(_home, _toolbox, serve: true), WorkerProcess.Start(_home, _toolbox)];
        try
        {
            await WorkBench.UntilAsync(() => TryAsync(async () => await bench.CountAsync("SELECT count(*) FROM workers") == 2), () => "the workers do not start");
            var run = await bench.RunAsync("reduce/sum_reduction_over_a_dimension", "replay:demo", rounds: 3);
            List<Guid> submissions = [];
            for (var i = 0; i < 6; i++)
            {
                submissions.Add(await bench.SubmitAsync("activation/gelu", Example("activation/gelu.naive.cu") + $"// {i}\n"));
            }

            var done = new int[5];
            for (var i = 0; i < kills; i++)
            {
                await Task.Delay(random.Next(100, 1000), TestContext.Current.CancellationToken);
                done[await KillSomethingAsync(random, workers)]++;
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"killed: {done[4]} services, {done[0]} workers, {done[1]} evaluators, {done[2]} references or runners, {done[3]} PostgreSQL servers");
            foreach (var submission in submissions)
            {
                await WorkBench.UntilAsync(() => TryAsync(async () => Lifecycle.IsFinal(await bench.TextAsync("SELECT state FROM submissions WHERE id = $1", submission) ?? "")), () => $"submission {submission} does not end");
            }

            await WorkBench.UntilAsync(() => TryAsync(async () => Lifecycle.IsFinal(await bench.TextAsync("SELECT state FROM runs WHERE id = $1", run) ?? "")), () => "the run does not end");
            await WorkBench.UntilAsync(() => TryAsync(async () => await bench.CountAsync("SELECT count(*) FROM steps WHERE state IN ('queued', 'running')") == 0), () => "some steps do not end");

            // Each ended once: one last event, and one verdict where it succeeded.
            Assert.Equal(0, await bench.CountAsync("SELECT count(*) FROM (SELECT stream_id FROM events WHERE type IN ('succeeded', 'failed', 'cancelled', 'stopped') GROUP BY stream_id HAVING count(*) <> 1) twice"));
            Assert.Equal(
                await bench.CountAsync("SELECT count(*) FROM submissions WHERE state = 'succeeded'"),
                await bench.CountAsync("SELECT count(*) FROM evaluations WHERE submission_id IS NOT NULL"));
            Assert.Equal(0, await bench.CountAsync("SELECT count(*) FROM submissions WHERE state = 'failed' AND failure NOT LIKE 'given up after%'"));

            // No round and no paid call was made twice, none is missing.
            Assert.Equal(0, await bench.CountAsync("SELECT count(*) FROM model_calls WHERE ordinal > 0"));
            var rounds = await bench.CountAsync("SELECT count(*) FROM rounds WHERE run_id = $1", run);
            Assert.Equal(rounds, 1 + await bench.CountAsync("SELECT max(round) FROM rounds WHERE run_id = $1", run));
            Assert.True(rounds == 3 || await bench.TextAsync("SELECT state FROM runs WHERE id = $1", run) == Lifecycle.Failed, $"{rounds} rounds");
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    [Fact]
    public async Task A_worker_that_was_stopped_past_its_check_in_and_comes_back_writes_nothing()
    {
        await using var bench = WorkBench.Open(_cluster!.ConnectionString);
        using var first = WorkerProcess.Start(_home, _toolbox);
        await WorkBench.UntilAsync(() => TryAsync(async () => await bench.CountAsync("SELECT count(*) FROM workers") == 1), () => "the worker does not start");
        var submission = await bench.SubmitAsync("activation/gelu", Example("activation/gelu.naive.cu"), preset: null);
        await WorkBench.UntilAsync(() => Task.FromResult(first.Descendants("judge").Count > 0), () => "it evaluates nothing");
        first.Signal(Signal.Stop);

        using var second = WorkerProcess.Start(_home, _toolbox);
        Assert.Equal(Lifecycle.Succeeded, await bench.EndOfAsync("submissions", submission));
        var winner = await bench.TextAsync("SELECT worker FROM steps WHERE owner_id = $1", submission);
        first.Signal(Signal.Continue);
        await WorkBench.UntilAsync(() => Task.FromResult(first.Descendants("judge").Count == 0), () => "the first goes on");

        Assert.Contains($"-{second.Id}-", winner, StringComparison.Ordinal);
        Assert.Equal(1, await bench.CountAsync("SELECT count(*) FROM evaluations WHERE submission_id = $1", submission));
        Assert.Equal(winner, await bench.TextAsync("SELECT worker FROM steps WHERE owner_id = $1", submission));
        Assert.Equal(1, await bench.CountAsync("SELECT count(*) FROM events WHERE stream_id = $1 AND type = 'succeeded'", submission));
    }

    [Fact]
    public async Task A_database_that_is_gone_for_a_while_delays_work_and_loses_none()
    {
        await using var bench = WorkBench.Open(_cluster!.ConnectionString);
        using var worker = WorkerProcess.Start(_home, _toolbox, _cluster.ConnectionString);
        await WorkBench.UntilAsync(() => TryAsync(async () => await bench.CountAsync("SELECT count(*) FROM workers") == 1), () => "the worker does not start");
        var submission = await bench.SubmitAsync("activation/gelu", Example("activation/gelu.naive.cu"));
        await WorkBench.UntilAsync(() => Task.FromResult(worker.Descendants("judge").Count > 0), () => "it evaluates nothing");

        // This worker was given a connection string, as to a server of the user's: it does not start the server again.
        await _cluster.DisposeAsync();
        await Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _cluster = await PrivateCluster.StartAsync(_home, _toolbox, CancellationToken.None);

        await WorkBench.UntilAsync(() => TryAsync(async () => await bench.TextAsync("SELECT state FROM submissions WHERE id = $1", submission) == Lifecycle.Succeeded), () => "it does not end");
        Assert.Equal(1, await bench.CountAsync("SELECT count(*) FROM evaluations WHERE submission_id = $1", submission));
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Example(string name) => File.ReadAllText(Path.Combine(Repository.Root, "prompts/examples", name));

    /// <summary>While the server is down, a question has no answer yet.</summary>
    private static async Task<bool> TryAsync(Func<Task<bool>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>
    /// Kills one process, which kind says the number: a worker (another takes its place), an evaluator, one of its children, the database
    /// server, the service. Where there is none of that kind, it waits a while for one.
    /// </summary>
    private async Task<int> KillSomethingAsync(Random random, List<WorkerProcess> workers)
    {
        var kind = random.Next(4);
        for (var look = 0; look < 50 && kind > 0; look++)
        {
            var victims = kind switch
            {
                1 => workers.SelectMany(worker => worker.Descendants("Evaluator.dll judge")).ToList(),
                2 => [.. workers.SelectMany(worker => worker.Descendants("bwrap"))],
                _ => [.. ServerIds()],
            };
            if (victims.Count > 0)
            {
                WorkerProcess.Kill(victims[random.Next(victims.Count)], (int)Signal.Kill);
                return kind;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var worker = workers[random.Next(workers.Count)];
        worker.Signal(Signal.Kill);
        worker.Dispose();
        workers[workers.IndexOf(worker)] = WorkerProcess.Start(_home, _toolbox, serve: worker.Serves);
        return worker.Serves ? 4 : 0;
    }

    private IReadOnlyList<int> ServerIds()
    {
        var file = Path.Combine(_home, "postgres/data/postmaster.pid");
        return File.Exists(file) && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var id) ? [id] : [];
    }
}
