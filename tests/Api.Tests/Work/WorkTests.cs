using KernelForge.Api.Work;
using Microsoft.Extensions.DependencyInjection;

namespace KernelForge.Api.Tests.Work;

/// <summary>Real evaluations and real rounds, run by a worker of this process.</summary>
public sealed class WorkTests(ServiceFixture fixture)
{
    private static string Example(string name) => File.ReadAllText(Path.Combine(Repository.Root, "prompts/examples", name));

    [Fact]
    public async Task A_submission_is_judged_and_its_verdict_kept()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync()), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);

        var id = await bench.SubmitAsync("activation/gelu", Example("activation/gelu.naive.cu"));

        Assert.Equal(Lifecycle.Succeeded, await bench.EndOfAsync("submissions", id));
        Assert.Equal("passed", await bench.TextAsync("SELECT status FROM evaluations WHERE submission_id = $1", id));
        Assert.Equal("running succeeded", await bench.TextAsync("SELECT string_agg(type, ' ' ORDER BY id) FROM events WHERE stream_id = $1", id));
    }

    [Fact]
    public async Task A_run_is_made_round_by_round_and_its_best_is_verified()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync(), workers: 2), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);

        var id = await bench.RunAsync("reduce/sum_reduction_over_a_dimension", "replay:demo", rounds: 2);

        Assert.Equal(Lifecycle.Succeeded, await bench.EndOfAsync("runs", id));
        Assert.Equal("0 compile_error, 1 passed", await bench.TextAsync("SELECT string_agg(round || ' ' || status, ', ' ORDER BY round) FROM rounds WHERE run_id = $1", id));
        Assert.Equal("rounds", await bench.TextAsync("SELECT stop_reason FROM runs WHERE id = $1", id));
        Assert.Equal(3, await bench.CountAsync("SELECT count(*) FROM model_calls WHERE run_id = $1", id));
        await WorkBench.UntilAsync(async () => await bench.CountAsync("SELECT count(*) FROM rankable WHERE run_id = $1", id) == 1, () => "the best is not on the board");
    }

    [Theory]
    [InlineData("evolve")]
    [InlineData("cudaforge")]
    [InlineData("portfolio")]
    public async Task A_simulated_model_searches_through_the_service(string strategy)
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync(), workers: 2), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);

        var id = await bench.RunAsync("reduce/sum_reduction_over_a_dimension", "simulated:student", rounds: 5, strategy, judge: "rules");

        Assert.Equal(Lifecycle.Succeeded, await bench.EndOfAsync("runs", id));
        Assert.Equal(5, await bench.CountAsync("SELECT count(*) FROM rounds WHERE run_id = $1 AND kind = 'simulated'", id));
        Assert.Equal(5, await bench.CountAsync("SELECT count(*) FROM model_calls WHERE run_id = $1", id));
        Assert.Equal("rounds", await bench.TextAsync("SELECT stop_reason FROM runs WHERE id = $1", id));
    }

    [Fact]
    public async Task A_cancelled_submission_ends_its_child_within_two_seconds_and_writes_nothing()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync()), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);
        var running = service.Parts.GetRequiredService<RunningSteps>();
        var id = await bench.SubmitAsync("activation/gelu", Endless, preset: null);
        await WorkBench.UntilAsync(() => Task.FromResult(running.Count == 1), () => "it does not run");
        var owners = service.Parts.GetRequiredService<OwnerStore>();
        var started = TimeProvider.System.GetTimestamp();

        await using (var connection = await bench.Database.OpenConnectionAsync(TestContext.Current.CancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            Assert.True(await owners.CancelAsync(connection, "submissions", id, TestContext.Current.CancellationToken));
            Assert.False(await owners.CancelAsync(connection, "submissions", id, TestContext.Current.CancellationToken));
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        await WorkBench.UntilAsync(() => Task.FromResult(running.Count == 0), () => "its child goes on", TimeSpan.FromSeconds(30));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 2);
        Assert.Equal(Lifecycle.Cancelled, await bench.TextAsync("SELECT state FROM submissions WHERE id = $1", id));
        Assert.Equal(0, await bench.CountAsync("SELECT count(*) FROM evaluations"));
    }

    [Fact]
    public async Task A_machine_that_cannot_judge_is_tried_again_and_then_the_submission_is_parked_with_why()
    {
        using var folder = new Folder();
        var settings = fixture.Settings(await fixture.NewDatabaseAsync()) with { Evaluator = folder.Script("echo no such device >&2; exit 3") };
        await using var service = await Service.StartAsync(settings, TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);

        var id = await bench.SubmitAsync("activation/gelu", Example("activation/gelu.naive.cu"));

        Assert.Equal(Lifecycle.Failed, await bench.EndOfAsync("submissions", id));
        var failure = await bench.TextAsync("SELECT failure FROM submissions WHERE id = $1", id);
        Assert.Contains($"given up after {StepStore.MostTries} tries", failure, StringComparison.Ordinal);
        Assert.Contains("no such device", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_lost_a_step_writes_nothing()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync(), workers: 0), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);
        var steps = service.Parts.GetRequiredService<StepStore>();
        var step = (await bench.NoopsAsync(1))[0];
        var first = await steps.ClaimAsync(step, "first", TestContext.Current.CancellationToken);
        var second = await steps.ClaimAsync(step, "second", TestContext.Current.CancellationToken);
        NoopWorker worker = new(bench.Database, steps);

        await Assert.ThrowsAsync<StepLostException>(() => worker.RunAsync(first!, TestContext.Current.CancellationToken));
        await worker.RunAsync(second!, TestContext.Current.CancellationToken);

        Assert.True(second!.Fence > first!.Fence);
        Assert.Equal(Lifecycle.Succeeded, await bench.TextAsync("SELECT state FROM steps WHERE id = $1", step));
        Assert.Null(await steps.ClaimAsync(step, "third", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Five_hundred_steps_are_each_run_once()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync(), workers: 4), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);
        var started = TimeProvider.System.GetTimestamp();

        await bench.NoopsAsync(500);

        await WorkBench.UntilAsync(async () => await bench.CountAsync("SELECT count(*) FROM steps WHERE state = 'succeeded'") == 500, () => "some were lost");
        TestContext.Current.TestOutputHelper?.WriteLine($"{500 / TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} steps a second");
        Assert.Equal(500, await bench.CountAsync("SELECT sum(tries) FROM steps"));
    }

    private const string Endless =
        """
        /*launch-plan
        { "launches": [ { "kernel": "k", "grid": [1], "block": [32], "args": ["x", "out"] } ] }
        */
        extern "C" __global__ void k(const float* x, float* out) {
            volatile float v = x[0];
            while (v < 2.0f) { v = v * 0.5f; }
            out[0] = v;
        }
        """;

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("kf-work-").FullName;

        public string Script(string text)
        {
            var path = Path.Combine(_path, "evaluator.sh");
            File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return path;
        }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
