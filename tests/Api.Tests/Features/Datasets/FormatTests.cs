using System.Text.Json.Nodes;
using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Features.Datasets.Formats;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;
using KernelForge.Processes;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>Every format with every recipe that goes with it, of the drawn attempts: written, verified, and read by Python's standard library against the written schema.</summary>
public sealed class FormatTests(DrawnAttempts drawn) : IClassFixture<DrawnAttempts>
{
    private static readonly DatasetOrder Order = new() { KeepBenchmark = true, ValidationShare = 0.2 };

    [Fact]
    public async Task Every_format_of_every_recipe_loads_elsewhere_and_verifies()
    {
        using OutputFolder output = new();
        List<string> folders = [];
        foreach (var (recipe, format) in from recipe in RecipeCatalogue.All from format in FormatCatalogue.All where FormatCatalogue.Misfit(recipe, format) is null && !Heavy(recipe, format) select (recipe, format))
        {
            var folder = Path.Combine(output.Parent, $"{recipe.Name}-{format.Name}");
            var manifest = await ExportAsync(Order with { Recipe = recipe.Name, Format = format.Name, Gzip = folders.Count % 2 == 0 }, folder);

            Assert.True(manifest.Counts.Splits.Values.Min() > 0, folder);
            Assert.Empty(DatasetVerifier.Verify(folder).Problems);
            folders.Add(folder);
        }

        Assert.Equal(FormatCatalogue.All.Select(format => format.Name).Order(StringComparer.Ordinal), folders.Select(folder => folder.Split('-')[^1]).Distinct().Order(StringComparer.Ordinal));
        foreach (var (folder, read) in await ReadAsync(output.Parent, folders))
        {
            Assert.True(read!["problems"]!.AsArray().Count == 0, $"{folder}: {string.Join('\n', read["problems"]!.AsArray().Take(10))}");
            Assert.True(read["rows"]!.GetValue<int>() > 10, folder);
        }
    }

    [Fact]
    public async Task The_reader_finds_what_does_not_fit_the_schema()
    {
        using OutputFolder output = new();
        await ExportAsync(Order with { Recipe = "preference", Format = "kto" }, output.Path);
        var file = Directory.EnumerateFiles(Path.Combine(output.Path, "data"), "train-*").First();
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var row = JsonNode.Parse(lines[0])!;
        row["label"] = "yes";
        row["more"] = 1;
        await File.WriteAllLinesAsync(file, [row.ToJsonString(), .. lines.Skip(2)], TestContext.Current.CancellationToken);

        var problems = (await ReadAsync(output.Parent, [output.Path]))[output.Path]!["problems"]!.AsArray().Select(problem => problem!.GetValue<string>()).ToList();

        Assert.Contains(problems, problem => problem.Contains(".label: str is not ['boolean']", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("more is not in the schema", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("the manifest says", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("preference", "dpo", "rejected")]
    [InlineData("preference", "kto", "completion")]
    [InlineData("repair", "completion", "completion")]
    [InlineData("within-epsilon", "sharegpt", "conversations")]
    [InlineData("within-epsilon", "alpaca", "output")]
    [InlineData("concur", "verl", "reward_model")]
    [InlineData("judge", "sft", "messages")]
    public async Task Code_that_was_altered_in_any_format_is_found_in_its_line(string recipe, string format, string column)
    {
        using OutputFolder output = new();
        var manifest = await ExportAsync(Order with { Recipe = recipe, Format = format, ValidationShare = 0 }, output.Path);
        var file = Path.Combine(output.Path, manifest.Files.First(item => item.Rows is not null).Name);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var row = JsonNode.Parse(lines[1])!.AsObject();
        row[column] = JsonNode.Parse(row[column]!.ToJsonString().Replace("fmaxf", "fminf", StringComparison.Ordinal));
        lines[1] = row.ToJsonString();
        await File.WriteAllLinesAsync(file, lines, TestContext.Current.CancellationToken);

        var problems = DatasetVerifier.Verify(output.Path).Problems;

        Assert.Contains(problems, problem => problem.Line == 2 && problem.Message.Contains("the code has SHA-256", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_whose_reason_was_altered_no_longer_adds_up()
    {
        using OutputFolder output = new();
        var manifest = await ExportAsync(Order with { Recipe = "concur", ValidationShare = 0 }, output.Path);
        var file = Path.Combine(output.Path, manifest.Files.First(item => item.Rows is not null).Name);
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("b_very_fast", "a_shortest_and_fastest", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var problems = DatasetVerifier.Verify(output.Path).Problems;

        Assert.Contains(problems, problem => problem.File == "funnel.json" && problem.Message.Contains("kept as b_very_fast", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_state_and_order_give_the_same_bytes()
    {
        using OutputFolder first = new();
        using OutputFolder second = new();
        var order = Order with { Recipe = "preference", Format = "dpo", Gzip = true };

        var one = await ExportAsync(order, first.Path);
        var other = await ExportAsync(order, second.Path);

        Assert.Equal(one.Files.Where(file => file.Name != "README.md"), other.Files.Where(file => file.Name != "README.md"));
        Assert.Contains("## Rules", first.Read("README.md"), StringComparison.Ordinal);
        Assert.Contains("`gain` = 1.2", first.Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advice_is_taught_with_the_judges_own_prompt_and_answer()
    {
        using OutputFolder output = new();
        await ExportAsync(Order with { Recipe = "judge", Format = "completion", ValidationShare = 0 }, output.Path);

        var row = JsonNode.Parse(output.Lines()[0])!;

        Assert.Contains("You are an expert reviewer of CUDA kernels", row["prompt"]![0]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("Metrics that matter here", row["prompt"]![1]!["content"]!.GetValue<string>(), StringComparison.Ordinal);
        var answer = JsonNode.Parse(row["completion"]![0]!["content"]!.GetValue<string>())!;
        Assert.Equal("load wider", answer["modification_plan"]!.GetValue<string>());
        Assert.True(answer["expected_gain"]!.GetValue<double>() > 1);
    }

    /// <summary>All attempts in full: once is enough.</summary>
    private static bool Heavy(Recipe recipe, RowFormat format) => (format.EveryAttempt && recipe.Name != "concur") || (recipe.Name == "all-correct" && format.Name != "sft");

    private Task<DatasetManifest> ExportAsync(DatasetOrder order, string folder) =>
        new DatasetExporter(drawn.Database, Repository.Root).ExportAsync(order, folder, TestContext.Current.CancellationToken);

    private static async Task<JsonObject> ReadAsync(string parent, IReadOnlyList<string> folders)
    {
        var (program, arguments) = Sandbox.Command(new SandboxSpec
        {
            Root = ToolboxPaths.Toolbox(),
            Binds =
            [
                new(parent, parent),
                new(Path.Combine(Repository.Root, "docs", "schema"), "/tmp/schema"),
                new(Path.Combine(Repository.Root, "tests", "Api.Tests", "Features", "Datasets"), "/tmp/reader"),
            ],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = "/usr/bin:/bin", ["LANG"] = "C.UTF-8", ["PYTHONDONTWRITEBYTECODE"] = "1" },
            FileName = "/usr/bin/env",
            Arguments = ["python3", "-I", "/tmp/reader/read_datasets.py", "/tmp/schema/dataset.schema.json", .. folders],
        });
        var exit = await ChildProcess.RunAsync(new ChildSpec { FileName = program, Arguments = arguments, Timeout = TimeSpan.FromMinutes(3) }, TestContext.Current.CancellationToken);
        Assert.True(exit is { End: ChildEnd.Exited, ExitCode: 0 }, $"read_datasets.py: {exit.End} {exit.ExitCode}\n{exit.StandardError}");
        return JsonNode.Parse(exit.StandardOutput)!.AsObject();
    }
}
