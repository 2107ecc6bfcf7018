using System.Text.Json;
using KernelForge.Agents.Student;
using KernelForge.Agents.Tests.Student;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Search;

/// <summary>A process that dies between any two steps of a run loses nothing that was paid for, and the run ends as it would have ended.</summary>
public sealed class KillAnywhereTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> WithModels { get; } = ["single", "best-of-n", "self-refine", "coder-judge", "cudaforge", "evolve", "portfolio"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(WithModels))]
    public async Task Wherever_a_process_dies_no_paid_call_is_repeated_and_the_run_ends_the_same(string strategy)
    {
        Mortality whole = new(null);
        StudentBench unbroken = new("run", strategy, _folder.Path);
        var expected = Json(await unbroken.ProcessAsync(whole));

        for (var death = 1; death <= whole.Steps; death++)
        {
            StudentBench broken = new("run", strategy, _folder.Path);
            await Assert.ThrowsAsync<Mortality.DeathException>(() => broken.ProcessAsync(new Mortality(death)));

            var report = await broken.ProcessAsync(new Mortality(null));

            Assert.True(expected == Json(report), $"died at step {death}:\n{Json(report)}\ninstead of\n{expected}");
            Assert.True(unbroken.Provider.Total == broken.Provider.Total, $"died at step {death}: {broken.Provider.Total} calls instead of {unbroken.Provider.Total}");
        }
    }

    [Theory]
    [MemberData(nameof(WithModels))]
    public async Task A_round_at_a_time_in_processes_of_their_own_ends_the_same(string strategy)
    {
        StudentBench unbroken = new("run", strategy, _folder.Path);
        var expected = await unbroken.ProcessAsync(new Mortality(null));
        StudentBench steps = new("run", strategy, _folder.Path);

        RunReport? report;
        do
        {
            report = await steps.StepAsync();
        }
        while (report is null);

        Assert.Equal(Json(expected), Json(report));
        Assert.Equal(unbroken.Provider.Total, steps.Provider.Total);
    }

    [Fact]
    public async Task A_run_that_dies_again_and_again_ends_the_same()
    {
        StudentBench unbroken = new("run", "evolve", _folder.Path);
        var expected = await unbroken.ProcessAsync(new Mortality(null));
        StudentBench broken = new("run", "evolve", _folder.Path);

        RunReport? report = null;
        for (var life = 3; report is null; life++)
        {
            try
            {
                report = await broken.ProcessAsync(new Mortality(life));
            }
            catch (Mortality.DeathException)
            {
                // The next process goes on.
            }
        }

        Assert.Equal(Json(expected), Json(report));
        Assert.Equal(unbroken.Provider.Total, broken.Provider.Total);
    }

    [Fact]
    public async Task Tuning_asks_no_model_and_ends_the_same_wherever_it_dies()
    {
        var family = Knowledge.Of("activation/softmax")!;
        var solution = family.Write(family.Naive with { Tuned = true });
        Mortality whole = new(null);
        StudentBench unbroken = new("run", "tune", _folder.Path) { Solution = solution };
        var report = await unbroken.ProcessAsync(whole);
        Assert.Equal((0, "rounds", 1), (report.Usage.Calls, report.StopReason, report.Rounds.Count));
        Assert.NotNull(report.Best);

        for (var death = 1; death <= whole.Steps; death++)
        {
            StudentBench broken = new("run", "tune", _folder.Path) { Solution = solution };
            await Assert.ThrowsAsync<Mortality.DeathException>(() => broken.ProcessAsync(new Mortality(death)));

            Assert.Equal(Json(report), Json(await broken.ProcessAsync(new Mortality(null))));
        }
    }

    private static string Json(RunReport report) => JsonSerializer.Serialize(report, ContractsJson.Default.RunReport);
}
