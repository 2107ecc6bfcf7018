using KernelForge.Api.Features.Schedules;
using KernelForge.Api.Tests.Features.Datasets;
using KernelForge.Api.Tests.Work;
using KernelForge.Contracts.Service;
using Microsoft.Extensions.DependencyInjection;

namespace KernelForge.Api.Tests.Features.Schedules;

public sealed class ScheduleTests(ServiceFixture fixture)
{
    private const string Board = "SELECT string_agg(evaluation_id || ' ' || latency_ms, ', ' ORDER BY evaluation_id) FROM rankable";

    [Fact]
    public async Task The_winner_of_each_task_is_judged_again_and_nobody_else()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        await winners.Attempts.AddAsync("activation/relu", "slow", SeededAttempts.Passed(3));
        var best = await winners.Attempts.AddAsync("activation/relu", "fast", SeededAttempts.Passed(2));
        var other = await winners.Attempts.AddAsync("activation/gelu2", "only", SeededAttempts.Passed(5));
        await winners.Attempts.AddAsync("activation/elu2", "unverified", SeededAttempts.Passed(1), verified: false);

        var checks = await winners.RunAsync(await winners.ScheduleAsync());

        Assert.Equal([(best.Sha256!, 2d), (other.Sha256!, 5d)], checks.Items.Select(check => (check.SolutionSha256, check.OldLatencyMs)).OrderBy(pair => pair.OldLatencyMs));
        Assert.Equal(("running", 2, 2), (checks.Batch!.Status, checks.Batch.Checks, checks.Batch.Pending));
        Assert.Equal("2", await winners.TextAsync("SELECT count(*) FROM steps s JOIN submissions u ON u.id = s.owner_id WHERE u.origin = 'schedule' AND s.state = 'queued' AND s.kind = 'evaluation'"));
    }

    [Fact]
    public async Task A_filter_limits_the_winners()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        await winners.Attempts.AddAsync("activation/relu2", "a");
        await winners.Attempts.AddAsync("reduce/sum2", "b");

        var byCategory = await winners.RunAsync(await winners.ScheduleAsync(new ScheduleFilter { Category = "reduce" }));
        var byTask = await winners.RunAsync(await winners.ScheduleAsync(new ScheduleFilter { Task = "activation/relu2", Platform = "sim", Device = "H200" }));
        var none = await winners.RunAsync(await winners.ScheduleAsync(new ScheduleFilter { Device = "RTX4090" }));

        Assert.Equal("reduce/sum2", Assert.Single(byCategory.Items).Task);
        Assert.Equal("activation/relu2", Assert.Single(byTask.Items).Task);
        Assert.Equal(("finished", 0), (none.Batch!.Status, none.Batch.Checks));
    }

    [Theory]
    [InlineData(2.05, "same", 0)]
    [InlineData(2.2, "slower", 1)]
    [InlineData(1.8, "faster", 0)]
    public async Task A_verdict_compares_the_old_figure_with_the_new_one(double latencyMs, string verdict, int regressions)
    {
        await using var winners = await Winners.OpenAsync(fixture);
        var attempt = await winners.Attempts.AddAsync(outcome: SeededAttempts.Passed(2));
        var schedule = await winners.ScheduleAsync();
        var check = Assert.Single((await winners.RunAsync(schedule)).Items);

        await winners.JudgeAsync(check, SeededAttempts.Passed(latencyMs) with { Task = attempt.Outcome.Task, Solution = attempt.Outcome.Solution });

        var checks = await winners.ChecksAsync(schedule, check.BatchId);
        var found = Assert.Single(checks.Items);
        Assert.Equal((verdict, 2d, latencyMs), (found.Verdict, found.OldLatencyMs, found.NewLatencyMs));
        Assert.Equal(("finished", regressions), (checks.Batch!.Status, checks.Batch.Regressions));
    }

    [Fact]
    public async Task A_winner_that_no_longer_passes_is_broken()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        var attempt = await winners.Attempts.AddAsync();
        var schedule = await winners.ScheduleAsync();
        var check = Assert.Single((await winners.RunAsync(schedule)).Items);

        await winners.JudgeAsync(check, SeededAttempts.Outcome("incorrect") with { Task = attempt.Outcome.Task, Solution = attempt.Outcome.Solution });

        var checks = await winners.ChecksAsync(schedule, check.BatchId);
        Assert.Equal(("broken", 1), (Assert.Single(checks.Items).Verdict, checks.Batch!.Regressions));
    }

    [Fact]
    public async Task Ranks_stay_whatever_a_schedule_finds()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        var attempt = await winners.Attempts.AddAsync(outcome: SeededAttempts.Passed(2));
        var before = await winners.TextAsync(Board);
        var schedule = await winners.ScheduleAsync();

        foreach (var latency in (double[])[1, 9])
        {
            var check = Assert.Single((await winners.RunAsync(schedule)).Items);
            await winners.JudgeAsync(check, SeededAttempts.Passed(latency) with { Task = attempt.Outcome.Task, Solution = attempt.Outcome.Solution });
        }

        Assert.Equal(before, await winners.TextAsync(Board));
        Assert.Equal(["slower", "faster"], (await winners.ChecksAsync(schedule)).Items.Select(check => check.Verdict));
    }

    [Fact]
    public async Task A_winner_whose_task_has_changed_is_judged_against_the_task_as_it_is_now()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        var attempt = await winners.Attempts.AddAsync("activation/relu2");
        await winners.Attempts.ExecuteAsync("UPDATE tasks SET current = false WHERE name = 'activation/relu2'");
        await winners.Attempts.ExecuteAsync(
            "INSERT INTO tasks (sha256, name, category, source, ranked, created_at) VALUES (repeat('a', 64), 'activation/relu2', 'activation', '# another', true, now())");

        var check = Assert.Single((await winners.RunAsync(await winners.ScheduleAsync())).Items);

        Assert.Equal(attempt.Sha256, check.SolutionSha256);
        Assert.Equal(new string('a', 64), await winners.TextAsync($"SELECT task_sha256 FROM submissions WHERE id = '{check.SubmissionId}'"));
        Assert.Equal("0", await winners.TextAsync("SELECT count(*) FROM rankable"));
    }

    [Fact]
    public async Task A_check_whose_submission_was_parked_is_failed_and_counts_as_a_regression()
    {
        await using var winners = await Winners.OpenAsync(fixture, workers: 1);
        await winners.Attempts.AddAsync();
        var schedule = await winners.ScheduleAsync();
        var check = Assert.Single((await winners.RunAsync(schedule)).Items);

        await winners.Attempts.ExecuteAsync($"UPDATE submissions SET state = 'failed', failure = 'no compiler', finished_at = now() WHERE id = '{check.SubmissionId}'");

        ScheduleChecks? checks = null;
        await WorkBench.UntilAsync(async () => (checks = await winners.ChecksAsync(schedule, check.BatchId)).Batch!.Status == "finished", () => "the check is still pending");
        Assert.Equal(("failed", "no compiler", 1), (checks!.Items[0].Verdict, checks.Items[0].Message, checks.Batch!.Regressions));
    }

    [Fact]
    public async Task A_batch_is_made_once_however_often_its_firing_is_tried()
    {
        await using var winners = await Winners.OpenAsync(fixture);
        await winners.Attempts.AddAsync();
        var schedule = await winners.ScheduleAsync();
        var runner = winners.Service.Parts.GetRequiredService<ScheduleRunner>();
        var batch = ScheduleJob.BatchOf(schedule.Id, DateTimeOffset.UnixEpoch);

        var tries = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => runner.StartAsync(schedule.Id, batch, waitForLast: false, TestContext.Current.CancellationToken)));

        Assert.Single(tries, made => made == 1);
        Assert.Equal("1", await winners.TextAsync("SELECT count(*) FROM schedule_checks"));
    }

    [Fact]
    public async Task Two_processes_make_each_firing_once_and_a_deleted_schedule_fires_no_more()
    {
        await using var winners = await Winners.OpenAsync(fixture, workers: 1);
        await winners.Attempts.AddAsync("activation/relu2");
        await using var other = await Service.StartAsync(
            fixture.Settings(winners.Attempts.ConnectionString) with { Platforms = ["elsewhere"], Urls = null }, TestContext.Current.CancellationToken);
        var schedule = await winners.ScheduleAsync();
        await winners.Attempts.ExecuteAsync($"UPDATE schedules SET cron = '* * * * * ?' WHERE id = '{schedule.Id}'");

        // Each batch is ended at once, so that the next firing finds nothing to wait for.
        await WorkBench.UntilAsync(
            async () =>
            {
                await winners.Attempts.ExecuteAsync("UPDATE schedule_checks SET verdict = 'same', finished_at = now() WHERE verdict = 'pending'");
                return await winners.TextAsync("SELECT count(DISTINCT batch_id) >= 4 FROM schedule_checks") == "True";
            },
            () => "it does not fire");
        await winners.Service.Parts.GetRequiredService<ScheduleStore>().DeleteAsync(schedule.Id, TestContext.Current.CancellationToken);
        await WorkBench.UntilAsync(async () => await winners.TextAsync("SELECT count(*) FROM quartz.qrtz_triggers WHERE job_group = 'schedules'") == "0", () => "its trigger is still there");

        Assert.Equal("0", await winners.TextAsync("SELECT count(*) FROM (SELECT 1 FROM schedule_checks GROUP BY batch_id HAVING count(*) > 1) AS twice"));
        Assert.Equal("True", await winners.TextAsync("SELECT count(DISTINCT batch_id) <= extract(epoch FROM max(created_at) - min(created_at)) + 2 FROM schedule_checks"));
        Assert.Null(await winners.Service.Parts.GetRequiredService<ScheduleRunner>().StartAsync(schedule.Id, Guid.NewGuid(), waitForLast: false, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_changed_expression_reaches_its_trigger()
    {
        await using var winners = await Winners.OpenAsync(fixture, workers: 1);
        var schedule = await winners.ScheduleAsync();
        var store = winners.Service.Parts.GetRequiredService<ScheduleStore>();
        await WorkBench.UntilAsync(async () => await winners.TextAsync("SELECT cron_expression FROM quartz.qrtz_cron_triggers") == "0 0 3 * * ?", () => "it has no trigger");

        await store.ChangeAsync(schedule.Id, new ScheduleOrder { Name = schedule.Name, Cron = "30 4 * * 1" }, TestContext.Current.CancellationToken);

        await WorkBench.UntilAsync(async () => await winners.TextAsync("SELECT cron_expression FROM quartz.qrtz_cron_triggers") == "0 30 4 ? * MON", () => "its trigger is the old one");
    }

    [Fact]
    public async Task A_real_winner_is_same_then_slower_and_failed_once_its_task_was_altered()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync()), TestContext.Current.CancellationToken);
        var bench = WorkBench.Of(service);
        await bench.SubmitAsync("activation/gelu", RestService.Example("activation/gelu.good"), preset: null);
        await WorkBench.UntilAsync(async () => await bench.CountAsync("SELECT count(*) FROM rankable") == 1, () => "it is not on the board");
        var store = service.Parts.GetRequiredService<ScheduleStore>();
        var schedule = await store.AddAsync(new ScheduleOrder { Name = "nightly", Cron = "0 0 3 * * ?" }, TestContext.Current.CancellationToken);

        Assert.Equal("same", await VerdictAsync());
        await bench.TextAsync("UPDATE evaluations SET latency_ms = latency_ms * 0.8");
        Assert.Equal("slower", await VerdictAsync());
        await bench.TextAsync("UPDATE tasks SET source = source || '# altered' WHERE name = 'activation/gelu'");
        Assert.Equal("failed", await VerdictAsync());

        async Task<string> VerdictAsync()
        {
            var batch = Guid.CreateVersion7();
            var reader = service.Parts.GetRequiredService<ScheduleReader>();
            await service.Parts.GetRequiredService<ScheduleRunner>().StartAsync(schedule.Id, batch, waitForLast: false, TestContext.Current.CancellationToken);
            await WorkBench.UntilAsync(async () => (await reader.BatchAsync(schedule.Id, batch, TestContext.Current.CancellationToken)).Status == "finished", () => "no verdict");
            return (await reader.ChecksAsync(schedule.Id, batch, null, 10, TestContext.Current.CancellationToken)).Items.Single().Verdict;
        }
    }
}
