using System.IO.Compression;
using System.Text.Json.Nodes;
using KernelForge.Api.Features.Datasets;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class DatasetExporterTests(ServiceFixture fixture)
{
    private static readonly DatasetOrder Everything = new() { ValidationShare = 0 };

    [Fact]
    public async Task A_training_row_has_this_form()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync();

        await ExportAsync(attempts, output, Everything);

        Golden.Check("sft.json", Assert.Single(output.Lines()));
    }

    [Fact]
    public async Task A_canonical_row_has_this_form()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(outcome: SeededAttempts.Outcome("compile_error"));

        await ExportAsync(attempts, output, Everything with { Format = "canonical" });

        Golden.Check("canonical.json", Assert.Single(output.Lines()));
    }

    [Fact]
    public async Task Canonical_holds_every_attempt_and_says_which_are_selected_and_why_not()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(mark: "good");
        await attempts.AddAsync(mark: "wrong", outcome: SeededAttempts.Outcome("incorrect"));
        await attempts.AddAsync(mark: "unseen", verified: false);

        await ExportAsync(attempts, output, Everything with { Format = "canonical" });

        Assert.Equal(["correct True", "not_correct False", "not_verified False"], output.Lines().Select(Mark));
        Assert.Empty(DatasetVerifier.Verify(output.Path).Problems);
    }

    [Fact]
    public async Task The_funnel_counts_every_stage()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(mark: "a");
        await attempts.AddAsync(mark: "a", outcome: SeededAttempts.Passed(1.5));
        await attempts.AddAsync(mark: "b", outcome: SeededAttempts.Outcome("compile_error"));
        await attempts.AddAsync(mark: "c", outcome: SeededAttempts.Outcome("memory_error"));
        await attempts.AddAsync(mark: "d", change: record => record with { Kind = "replay" });

        var funnel = (await ExportAsync(attempts, output, Everything)).Funnel;

        Assert.Equal((4, 3, 2, 2, 1, 1), (funnel.Generated, funnel.Compiled, funnel.Correct, funnel.Admitted, funnel.Deduplicated, funnel.Selected));
        Assert.Equal(["duplicate 1", "not_compiled 1", "not_correct 1"], funnel.Dropped.Select(pair => $"{pair.Key} {pair.Value}"));
        Assert.Equal(["replay 1"], funnel.Outside.Select(pair => $"{pair.Key} {pair.Value}"));
    }

    [Fact]
    public async Task Of_equal_code_the_fastest_attempt_is_kept()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(outcome: SeededAttempts.Passed(2.0));
        var fast = await attempts.AddAsync(outcome: SeededAttempts.Passed(1.0));
        await attempts.AddAsync(outcome: SeededAttempts.Passed(3.0));

        await ExportAsync(attempts, output, Everything);

        Assert.Equal(fast.Id, Text(Assert.Single(output.Lines()), "id"));
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "no_reasoning", "no reasoning" }, { "reasoning_leaks", "path" }, { "truncated", "finish reason length" }, { "preset_missing", "only small" }, { "no_time_at_full", "no time" },
        { "reasoning_holds_tag", "tag" }, { "not_ranked", "unranked" },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task What_is_not_fit_for_training_is_dropped_with_why(string why, string what)
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(change: record => Spoil(record, what));

        var manifest = await ExportAsync(attempts, output, Everything);

        Assert.Equal(1, manifest.Funnel.Dropped[why]);
        Assert.Equal(0, manifest.Counts.Rows);
    }

    [Fact]
    public async Task A_task_that_the_audit_refused_gives_no_rows()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync();
        await attempts.ExecuteAsync("UPDATE tasks SET ranked = false");

        var manifest = await ExportAsync(attempts, output, Everything);

        Assert.Equal(1, manifest.Funnel.Dropped["task_not_ranked"]);
    }

    [Fact]
    public async Task Replayed_and_simulated_attempts_come_only_when_asked_for_and_the_card_says_so()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder without = new();
        using OutputFolder with = new();
        await attempts.AddAsync(mark: "r", change: record => record with { Kind = "replay" });
        await attempts.AddAsync(mark: "s", change: record => record with { Kind = "simulated" });

        await ExportAsync(attempts, without, Everything);
        await ExportAsync(attempts, with, Everything with { Include = ["simulated", "replay"] });

        Assert.Empty(without.Lines());
        Assert.Equal(2, with.Lines().Count);
        Assert.Contains("Not all of it was written by a live model**: 1 replay, 1 simulated of 2 rows", with.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_holds_one_kind_of_figures()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync();

        var manifest = await ExportAsync(attempts, output, Everything with { Kind = "measured" });

        Assert.Equal(0, manifest.Funnel.Generated);
        Assert.Equal(1, manifest.Funnel.Outside["modelled"]);
    }

    [Theory]
    [InlineData("UPDATE solutions SET code = code || ' '")]
    [InlineData("UPDATE rounds SET record = replace(record::text, 'fmaxf', 'fminf')::json")]
    [InlineData("UPDATE evaluations SET outcome = regexp_replace(outcome::text, '\"solution\":\\{\"sha256\":\"....', '\"solution\":{\"sha256\":\"0000')::json")]
    public async Task Code_that_is_not_what_was_measured_is_refused_and_nothing_is_left(string alteration)
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(mark: "first");
        await attempts.AddAsync(mark: "second");
        await attempts.ExecuteAsync(alteration);

        var error = await Assert.ThrowsAsync<DatasetException>(() => ExportAsync(attempts, output, Everything));

        Assert.Contains("the code measured has SHA-256", error.Message, StringComparison.Ordinal);
        Assert.Contains("nothing was exported", error.Message, StringComparison.Ordinal);
        Assert.Empty(output.Entries);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_splits_and_a_task_is_in_one()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder first = new();
        using OutputFolder second = new();
        for (var task = 0; task < 20; task++)
        {
            await attempts.AddAsync($"activation/task{task}", $"{task} a");
            await attempts.AddAsync($"activation/task{task}", $"{task} b");
        }

        DatasetOrder order = new() { Seed = 7, ValidationShare = 0.3 };
        var manifest = await ExportAsync(attempts, first, order);
        await ExportAsync(attempts, second, order);

        Assert.Equal(first.Lines("validation*"), second.Lines("validation*"));
        Assert.InRange(manifest.Counts.Splits["validation"], 4, 20);
        Assert.Empty(Tasks(first, "train*").Intersect(Tasks(first, "validation*"), StringComparer.Ordinal));
    }

    [Fact]
    public async Task Compressed_files_in_several_parts_hold_the_same_rows()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder plain = new();
        using OutputFolder parts = new();
        for (var i = 0; i < 5; i++)
        {
            await attempts.AddAsync(mark: i.ToString());
        }

        await ExportAsync(attempts, plain, Everything);
        DatasetExporter small = new(attempts.Database, Repository.Root) { ShardBytes = 100 };
        var manifest = await small.ExportAsync(Everything with { Gzip = true }, parts.Path, TestContext.Current.CancellationToken);

        Assert.Equal("data/train-00000-of-00005.jsonl.gz", manifest.Files.First(file => file.Rows is not null).Name);
        Assert.Equal(plain.Lines(), Unzip(parts));
        Assert.Empty(DatasetVerifier.Verify(parts.Path).Problems);
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_as_it_is()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        Directory.CreateDirectory(output.Path);
        await File.WriteAllTextAsync(Path.Combine(output.Path, "mine.txt"), "mine", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<DatasetException>(() => ExportAsync(attempts, output, Everything));

        Assert.Contains("expected an empty or new folder", error.Message, StringComparison.Ordinal);
        Assert.Equal(["dataset"], output.Entries);
    }

    [Fact]
    public async Task What_a_killed_export_left_is_removed_by_the_next_one()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync();
        var left = Directory.CreateDirectory(Path.Combine(output.Parent, ".dataset.partial", "data"));
        await File.WriteAllTextAsync(Path.Combine(left.FullName, "train-00000.part"), "half", TestContext.Current.CancellationToken);

        await ExportAsync(attempts, output, Everything);

        Assert.Equal(["dataset"], output.Entries);
        Assert.Empty(DatasetVerifier.Verify(output.Path).Problems);
    }

    [Fact]
    public async Task A_cancelled_export_leaves_nothing()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new DatasetExporter(attempts.Database, Repository.Root).ExportAsync(Everything, output.Path, cancelled.Token));

        Assert.Empty(output.Entries);
    }

    [Theory]
    [InlineData("concure", "sft", "there is no recipe 'concure'; did you mean 'concur'?")]
    [InlineData("best", "sft", "known: concur, within-epsilon, all-correct, preference, repair, judge")]
    [InlineData("concur", "sharegtp", "there is no format 'sharegtp'; did you mean 'sharegpt'?")]
    [InlineData("all-correct", "dpo", "format dpo cannot hold what recipe all-correct selects, single answers: it holds pairs of answers. Recipe all-correct goes with canonical, sft, completion, sharegpt, verl, alpaca; format dpo goes with preference")]
    [InlineData("preference", "sft", "Recipe preference goes with canonical, dpo, kto")]
    [InlineData("judge", "verl", "format verl goes with concur, within-epsilon, all-correct, repair")]
    public void What_cannot_be_had_is_said(string recipe, string format, string message) =>
        Assert.Contains(message, DatasetPlan.Check(new DatasetOrder { Recipe = recipe, Format = format }).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("within-epsilon", "epsilon", 0.95, "epsilon of recipe within-epsilon: expected a number from 0 to 0.9, found 0.95")]
    [InlineData("within-epsilon", "epsilon", double.NaN, "expected a number from 0 to 0.9")]
    [InlineData("within-epsilon", "epsilom", 0.1, "recipe within-epsilon has no parameter 'epsilom'; did you mean 'epsilon'?; it has epsilon (a number from 0 to 0.9)")]
    [InlineData("preference", "pairs", 1.5, "pairs of recipe preference: expected a whole number from 1 to 64, found 1.5")]
    [InlineData("all-correct", "epsilon", 0.1, "recipe all-correct has no parameters")]
    public void A_parameter_that_cannot_be_is_said_with_its_range(string recipe, string parameter, double value, string message) =>
        Assert.Contains(
            message,
            DatasetPlan.Check(new DatasetOrder { Recipe = recipe, Format = "canonical", RecipeParameters = new Dictionary<string, double> { [parameter] = value } }).Problem,
            StringComparison.Ordinal);

    [Fact]
    public void Parameters_that_nobody_gave_are_recorded() =>
        Assert.Equal(
            ["min_answers 1", "single_operator 1", "speedup 7"],
            DatasetPlan.Of(new DatasetOrder { Recipe = "concur", RecipeParameters = new Dictionary<string, double> { ["speedup"] = 7 } }).Order.RecipeParameters.Select(pair => $"{pair.Key} {pair.Value}"));

    private static Task<DatasetManifest> ExportAsync(SeededAttempts attempts, OutputFolder output, DatasetOrder order) =>
        new DatasetExporter(attempts.Database, Repository.Root).ExportAsync(order, output.Path, TestContext.Current.CancellationToken);

    private static AttemptRecord Spoil(AttemptRecord record, string what) => what switch
    {
        "no reasoning" => record with { Reasoning = "  " },
        "finish reason length" => record with { FinishReason = "length" },
        "only small" => record with { Outcome = record.Outcome with { Correctness = record.Outcome.Correctness! with { Presets = ["small"] } } },
        "no time" => record with { Outcome = record.Outcome with { Performance = null } },
        "path" => record with { Reasoning = "as '/root/judge/Secrets.cs' says" },
        "tag" => record with { Reasoning = "so </think> it is" },
        "unranked" => record with { Outcome = record.Outcome with { Ranked = false, UnrankedReasons = ["reads %clock64"] } },
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static string Mark(string line) => JsonNode.Parse(line)!["recipe_mark"]! is var mark ? $"{mark["reason"]} {mark["selected"]!.GetValue<bool>()}" : "";

    private static string Text(string line, string member) => JsonNode.Parse(line)![member]!.GetValue<string>();

    private static HashSet<string> Tasks(OutputFolder output, string pattern) => [.. output.Lines(pattern).Select(line => Text(line, "task"))];

    private static List<string> Unzip(OutputFolder output)
    {
        List<string> lines = [];
        foreach (var path in Directory.EnumerateFiles(Path.Combine(output.Path, "data")).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            lines.AddRange(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return lines;
    }
}
