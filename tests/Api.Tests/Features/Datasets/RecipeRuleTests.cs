using System.Data;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>Every rule, row by row, against an independent selection of the same ten thousand attempts.</summary>
public sealed class RecipeRuleTests(DrawnAttempts drawn) : IClassFixture<DrawnAttempts>
{
    [Fact]
    public async Task Every_gate_and_every_rung_of_duplicates_takes_and_drops_what_it_should()
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "all-correct", KeepBenchmark = true });

        var expected = NaiveSelection.Gate(drawn.Attempts, keepBenchmark: true).ToDictionary(item => item.Key, item => item.Value ?? "correct");
        Assert.True(drawn.Attempts.Count >= 10_000);
        Same(expected, found);
        Holds(found, "correct", "not_compiled", "not_correct", "not_verified", "truncated", "no_reasoning", "reasoning_holds_tag", "reasoning_leaks", "duplicate", "duplicate_normalised", "duplicate_tokens", "near_duplicate");
    }

    [Fact]
    public async Task Tasks_of_the_benchmark_are_dropped_unless_they_are_wanted()
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "all-correct" });

        Same(NaiveSelection.Gate(drawn.Attempts, keepBenchmark: false).ToDictionary(item => item.Key, item => item.Value ?? "correct"), found);
        Assert.Contains("contaminated", found.Values);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(1.5)]
    public async Task Concur_takes_its_three_parts(double speedup)
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "concur", KeepBenchmark = true, RecipeParameters = new Dictionary<string, double> { ["speedup"] = speedup } });

        var kept = NaiveSelection.Concur(drawn.Fit, speedup);
        SameKept(kept, found);
        Assert.Equal(["a_shortest_and_fastest", "b_very_fast", "c_single_operator"], kept.Values.Distinct().Order(StringComparer.Ordinal));
        Holds(found, "longer", "slower", "longer_and_slower");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    public async Task Within_epsilon_takes_the_shortest_of_the_fast(double epsilon)
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "within-epsilon", KeepBenchmark = true, RecipeParameters = new Dictionary<string, double> { ["epsilon"] = epsilon } });

        SameKept(NaiveSelection.WithinEpsilon(drawn.Fit, epsilon), found);
        Holds(found, "longer", "slower");
    }

    [Fact]
    public async Task Repair_takes_what_advice_put_right()
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "repair", KeepBenchmark = true });

        var kept = NaiveSelection.Repair(drawn.Fit, drawn.Attempts);
        SameKept(kept, found);
        Assert.True(kept.Count > 50, $"{kept.Count}");
        Holds(found, "no_parent", "parent_was_right", "no_advice");
    }

    [Fact]
    public async Task Judge_takes_advice_that_gained()
    {
        var found = await MarksAsync(new DatasetOrder { Recipe = "judge", Format = "canonical", KeepBenchmark = true });

        var kept = NaiveSelection.Judge(drawn.Fit, drawn.Attempts, 1.05);
        SameKept(kept, found);
        Assert.True(kept.Count > 50, $"{kept.Count}");
        Holds(found, "no_parent", "no_gain", "no_advice");
    }

    [Theory]
    [InlineData(1.2, 4)]
    [InlineData(1, 2)]
    public async Task Preference_pairs_the_fastest_with_the_slow_and_the_wrong(double gain, int most)
    {
        DatasetOrder order = new() { Recipe = "preference", Format = "dpo", KeepBenchmark = true, RecipeParameters = new Dictionary<string, double> { ["gain"] = gain, ["pairs"] = most } };
        List<string> pairs = [];
        var found = await MarksAsync(order, async connection =>
        {
            await using NpgsqlCommand command = new("SELECT run_id, round, other_run, other_round, why FROM attempt_pairs", connection);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                pairs.Add($"{reader.GetGuid(0)}/{reader.GetInt32(1)} {reader.GetGuid(2)}/{reader.GetInt32(3)} {reader.GetString(4)}");
            }
        });

        var expected = NaiveSelection.Pairs(drawn.Fit, drawn.Attempts, gain, most);
        Assert.Equal(expected.Order(StringComparer.Ordinal), pairs.Order(StringComparer.Ordinal));
        Assert.Equal(pairs.Select(pair => pair.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal), found.Where(item => item.Value == "chosen").Select(item => item.Key).Order(StringComparer.Ordinal));
        foreach (var pair in pairs.Select(pair => pair.Split(' ')))
        {
            Assert.Equal(pair[2], found[pair[1]]);
        }

        Holds(found, "rejected_slow", "rejected_wrong", "no_pair");
    }

    /// <summary>What is kept is kept for that reason, and nothing else is; what the gate dropped, the recipe leaves.</summary>
    private void SameKept(Dictionary<string, string> kept, Dictionary<string, string> found)
    {
        var fit = drawn.Fit.Select(attempt => attempt.Id).ToHashSet(StringComparer.Ordinal);
        Same(kept, found.Where(item => fit.Contains(item.Key) && kept.ContainsValue(item.Value)).ToDictionary());
        Same(
            NaiveSelection.Gate(drawn.Attempts, keepBenchmark: true).Where(item => item.Value is not null).ToDictionary(item => item.Key, item => item.Value!),
            found.Where(item => !fit.Contains(item.Key)).ToDictionary());
    }

    /// <summary>The drawing has every case: a rule that nothing meets proves nothing.</summary>
    private static void Holds(Dictionary<string, string> found, params string[] reasons) => Assert.Equal([], reasons.Except(found.Values));

    private static void Same(Dictionary<string, string> expected, Dictionary<string, string> found)
    {
        var wrong = expected.Keys.Union(found.Keys, StringComparer.Ordinal).Where(id => expected.GetValueOrDefault(id) != found.GetValueOrDefault(id))
            .Select(id => $"{id}: expected {expected.GetValueOrDefault(id)}, found {found.GetValueOrDefault(id)}").ToList();
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {expected.Count} rows differ:\n{string.Join('\n', wrong.Take(20))}");
    }

    private async Task<Dictionary<string, string>> MarksAsync(DatasetOrder order, Func<NpgsqlConnection, Task>? look = null)
    {
        await using var connection = await drawn.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
        WorkedExamples examples = new(ExampleLibrary.Load(Path.Combine(Repository.Root, "prompts", "examples")));
        AttemptMarks marks = new(connection, DatasetPlan.Of(order));
        await marks.MakeAsync(SuiteRecords.Load(Repository.Root), examples, TestContext.Current.CancellationToken);
        var funnel = await marks.CountAsync(TestContext.Current.CancellationToken);
        Dictionary<string, string> found = [];
        await using (NpgsqlCommand command = new("SELECT run_id, round, kept, dropped FROM attempt_marks", connection))
        await using (var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                Assert.True(reader.IsDBNull(2) != reader.IsDBNull(3), $"{reader.GetGuid(0)}/{reader.GetInt32(1)} has not exactly one reason");
                found.Add($"{reader.GetGuid(0)}/{reader.GetInt32(1)}", reader.IsDBNull(2) ? reader.GetString(3) : reader.GetString(2));
            }
        }

        Assert.Equal(found.Count, funnel.Kept.Values.Sum() + funnel.Dropped.Values.Sum());
        Assert.Equal(funnel.Selected, funnel.Kept.Values.Sum());
        if (look is not null)
        {
            await look(connection);
        }

        return found;
    }
}

/// <summary>The drawn attempts in a database of their own, written once for the class.</summary>
public sealed class DrawnAttempts(ServiceFixture fixture) : IAsyncLifetime
{
    private SeededAttempts? _seeded;

    internal List<SyntheticAttempt> Attempts { get; } = SyntheticAttempts.Draw(seed: 20261122);

    /// <summary>Those that any recipe chooses from.</summary>
    internal List<SyntheticAttempt> Fit { get; private set; } = [];

    internal NpgsqlDataSource Database => _seeded!.Database;

    public async ValueTask InitializeAsync()
    {
        var gate = NaiveSelection.Gate(Attempts, keepBenchmark: true);
        Fit = Attempts.FindAll(attempt => gate[attempt.Id] is null);
        _seeded = await SeededAttempts.OpenAsync(fixture);
        await SyntheticAttempts.WriteAsync(_seeded.Database, Attempts);
    }

    public async ValueTask DisposeAsync()
    {
        if (_seeded is not null)
        {
            await _seeded.DisposeAsync();
        }
    }
}
