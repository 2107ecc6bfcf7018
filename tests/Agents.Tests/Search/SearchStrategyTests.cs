using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Agents.Tests.Student;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Tests.Search;

public sealed class SearchStrategyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_published_loop_at_ten_rounds_is_nineteen_calls_and_a_chain()
    {
        // A Judge that answers in another form is asked again: more calls, not more rounds. This run has none of those.
        StudentBench bench = new(await RunWithoutSecondAsksAsync(), "cudaforge", _folder.Path);

        var report = await bench.ProcessAsync(new Mortality(null));

        Assert.Equal((19, 19, "rounds", 10), (report.Usage.Calls, bench.Provider.Total, report.StopReason, report.Rounds.Count));
        Assert.All(report.Rounds.Skip(1), round => Assert.Equal(report.Rounds.Last(before => before.Number < round.Number && before.Code is not null).Number, round.Parent));
        Assert.All(report.Rounds.Skip(1), round => Assert.Equal(report.Rounds[round.Parent!.Value].Outcome is Passed ? "optimisation" : "correction", round.Mode));
    }

    [Fact]
    public async Task The_published_loop_shows_the_latest_kernel_and_feedback_only()
    {
        StudentBench bench = new("run", "cudaforge", _folder.Path);

        await bench.ProcessAsync(new Mortality(null));

        Assert.All(await bench.Journal.ReadAttemptsAsync(TestContext.Current.CancellationToken), attempt => Assert.DoesNotContain("# What was tried", attempt.Messages[^1].Content, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Evolution_crosses_two_parents_and_does_not_judge_a_copy()
    {
        StudentBench bench = new("run", "evolve", _folder.Path) { Limits = new() { Rounds = 40, PlateauRounds = null } };

        await bench.ProcessAsync(new Mortality(null));

        var attempts = await bench.Journal.ReadAttemptsAsync(TestContext.Current.CancellationToken);
        var crossed = attempts.Where(attempt => attempt.SecondParent is not null).ToList();
        Assert.NotEmpty(crossed);
        Assert.All(crossed, child => Assert.Contains("# A second solution", child.Messages[^1].Content, StringComparison.Ordinal));
        Assert.Contains(attempts, attempt => attempt.Outcome is AnswerError && attempt.Outcome.Message.Contains("again, up to comments, spacing and names", StringComparison.Ordinal));
        var judged = attempts.Where(attempt => attempt.Code is not null).Select(attempt => SolutionShapes.Of(attempt.Code!)).ToList();
        Assert.Equal(judged.Count, judged.Distinct().Count());
    }

    [Fact]
    public async Task No_more_solutions_are_judged_at_once_than_asked_for()
    {
        StudentBench bench = new("run", "evolve", _folder.Path);

        await bench.ProcessAsync(new Mortality(null));

        Assert.InRange(bench.Examiner!.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task A_portfolio_tries_every_search_before_it_prefers_one()
    {
        StudentBench bench = new("run", "portfolio", _folder.Path) { Limits = new() { Rounds = 12, PlateauRounds = null } };

        await bench.ProcessAsync(new Mortality(null));

        var arms = (await bench.Journal.ReadAttemptsAsync(TestContext.Current.CancellationToken)).Select(attempt => attempt.Arm).ToList();
        Assert.Equal(4, arms.Take(4).Distinct().Count());
        Assert.All(arms, arm => Assert.EndsWith(" simulated:student", arm, StringComparison.Ordinal));
    }

    [Fact]
    public void An_archive_keeps_the_best_of_each_kind()
    {
        var plain = Cases.Attempt(0, RecordedOutcomes.Passed(4));
        var faster = Cases.Attempt(1, RecordedOutcomes.Passed(3));
        var vector = Cases.Attempt(2, RecordedOutcomes.Passed(5), code: Cases.Code + "// float4\n");
        var wrong = Cases.Attempt(3, RecordedOutcomes.Read("incorrect"));

        Assert.Equal([faster, vector], Archive.Of([plain, faster, vector, wrong]).Elites);
    }

    [Theory]
    [InlineData("// another comment\n", true)]
    [InlineData("\n\n", true)]
    [InlineData("__device__ int extra;\n", false)]
    public void A_solution_is_the_same_up_to_what_makes_no_difference(string addition, bool same) =>
        Assert.Equal(same, SolutionShapes.Of(Cases.Code) == SolutionShapes.Of(Cases.Code + addition));

    [Fact]
    public void Names_make_no_difference_and_numbers_do()
    {
        Assert.Equal(SolutionShapes.Of(Cases.Code), SolutionShapes.Of(Cases.Code.Replace("long long i ", "long long index ", StringComparison.Ordinal).Replace("(i < n)", "(index < n)", StringComparison.Ordinal).Replace("[i]", "[index]", StringComparison.Ordinal)));
        Assert.NotEqual(SolutionShapes.Of(Cases.Code), SolutionShapes.Of(Cases.Code.Replace("0.0f", "0.5f", StringComparison.Ordinal)));
    }

    private async Task<string> RunWithoutSecondAsksAsync()
    {
        for (var run = 0; ; run++)
        {
            StudentBench bench = new($"run{run}", "cudaforge", _folder.Path);
            await bench.ProcessAsync(new Mortality(null));
            if (bench.Provider.Answered.Values.All(count => count == 1))
            {
                return $"run{run}";
            }
        }
    }
}
