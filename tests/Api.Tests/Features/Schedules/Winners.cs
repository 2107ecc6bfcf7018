using KernelForge.Api.Features.Schedules;
using KernelForge.Api.Tests.Features.Datasets;
using KernelForge.Api.Work;
using KernelForge.Contracts.Service;
using Microsoft.Extensions.DependencyInjection;

namespace KernelForge.Api.Tests.Features.Schedules;

/// <summary>A service whose board has winners, and schedules on it. Its workers serve no platform: verdicts are written as a worker would, without judging.</summary>
internal sealed class Winners : IAsyncDisposable
{
    private Winners(SeededAttempts attempts, Service service)
    {
        Attempts = attempts;
        Service = service;
    }

    public SeededAttempts Attempts { get; }

    public Service Service { get; }

    public static async Task<Winners> OpenAsync(ServiceFixture fixture, int workers = 0)
    {
        var attempts = await SeededAttempts.OpenAsync(fixture);
        var settings = fixture.Settings(attempts.ConnectionString, workers) with { Platforms = ["elsewhere"] };
        return new Winners(attempts, await Service.StartAsync(settings, TestContext.Current.CancellationToken));
    }

    public Task<Schedule> ScheduleAsync(ScheduleFilter? filter = null, double tolerance = 0.05, string cron = "0 0 3 * * ?") =>
        Service.Parts.GetRequiredService<ScheduleStore>().AddAsync(
            new ScheduleOrder { Name = $"schedule {Guid.NewGuid():N}", Cron = cron, Filter = filter ?? new(), Tolerance = tolerance }, TestContext.Current.CancellationToken);

    /// <summary>Runs a schedule; its checks.</summary>
    public async Task<ScheduleChecks> RunAsync(Schedule schedule)
    {
        var batch = Guid.CreateVersion7();
        Assert.NotNull(await Service.Parts.GetRequiredService<ScheduleRunner>().StartAsync(schedule.Id, batch, waitForLast: false, TestContext.Current.CancellationToken));
        return await ChecksAsync(schedule, batch);
    }

    public Task<ScheduleChecks> ChecksAsync(Schedule schedule, Guid? batch = null) =>
        Service.Parts.GetRequiredService<ScheduleReader>().ChecksAsync(schedule.Id, batch, null, 100, TestContext.Current.CancellationToken);

    /// <summary>Writes the verdict of a check's submission, as the worker does.</summary>
    public async Task JudgeAsync(ScheduleCheck check, Contracts.Outcomes.EvaluationOutcome? outcome)
    {
        await using var connection = await Attempts.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        if (outcome is not null)
        {
            EvaluationSource source = new() { Origin = "schedule", SubmissionId = check.SubmissionId, FreshSeeds = true };
            await EvaluationStore.WriteAsync(connection, outcome, source, TimeProvider.System.GetUtcNow(), TestContext.Current.CancellationToken);
        }

        await new ScheduleVerdicts(TimeProvider.System).DecideAsync(connection, check.SubmissionId, outcome, TestContext.Current.CancellationToken);
    }

    public async Task<string?> TextAsync(string sql)
    {
        await using var command = Attempts.Database.CreateCommand(sql);
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))?.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Attempts.DisposeAsync();
    }
}
