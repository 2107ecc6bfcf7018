using System.Text.Json;
using KernelForge.Evaluator.Reference;
using KernelForge.Evaluator.Tests.Reference;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Tests.Suite;

/// <summary>
/// The 300 published tasks' files against the table of published facts (<c>tasks.tsv</c>), and their smaller presets run for real.
/// <c>_strict</c> variants are not in the table.
/// </summary>
[Collection("reference")]
public sealed class SuiteTableTests(ReferenceFixture fixture)
{
    private const int Processes = 2;
    private const long MostMemory = 2L << 30;

    private static readonly string Here = Path.Combine(ReferenceFixture.BenchTasks, "../tests/Evaluator.Tests/Suite");
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly IReadOnlyList<TableRow> Table = TableRow.Read(Path.Combine(Here, "tasks.tsv"));

    private const string Strict = "_strict";
    private const string Constant = "the fake first element, mean, zeros passes";
    private const string Random = "forward draws random numbers";
    private const string Repeated = "elements are written more than once";
    private const string SameAsInput = "the fake input x passes";

    /// <summary>Published flaws that a run of either smaller preset shows; the audit finds them by itself.</summary>
    private static readonly Dictionary<string, string[]> Flaws = new(StringComparer.Ordinal)
    {
        ["activation/elu"] = [SameAsInput],
        ["activation/hardtanh"] = [SameAsInput],
        ["activation/leaky_relu"] = [SameAsInput],
        ["activation/relu"] = [SameAsInput],
        ["arch/efficientnet_b2"] = ["out differs from its float64 reference by more than 1e-3 of its size"],
        ["arch/lstm"] = [Random],
        ["fuse/conv3d_group_norm_mean"] = ["no float64 reference"],
        ["fuse/conv3d_group_norm_min_clamp_dropout"] = [Constant, Random],
        ["fuse/gemm_max_subtract_gelu"] = [Constant],
        ["fuse/matmul_dropout_mean_softmax"] = [Random],
        ["fuse/matmul_subtract_multiply_relu"] = [Constant],
        ["index/index_copy"] = [Repeated],
        ["index/inplace_update"] = [Repeated],
        ["index/masked_fill"] = ["out is not finite"],
        ["index/scatter"] = [Repeated],
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_table_has_the_300_tasks_of_15_categories()
    {
        Assert.Equal((300, 15), (Table.Count, Table.Select(row => row.Category).Distinct().Count()));
    }

    [Fact]
    public void The_suite_has_the_tables_tasks_by_its_names_and_numbers()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(ReferenceFixture.BenchTasks, "index.json")));
        var indexed = index.RootElement.EnumerateArray().Select(entry => (
            Name: entry.GetProperty("name").GetString()!,
            Origin: entry.GetProperty("origin").GetString()!,
            Number: entry.TryGetProperty("kernelbench", out var number) ? number.GetString()! : string.Empty))
            .Where(entry => !entry.Name.EndsWith(Strict, StringComparison.Ordinal));

        Assert.Equal(Table.Select(row => (row.Task, row.Origin, row.Kernelbench)).OrderBy(row => row.Task, StringComparer.Ordinal), indexed);
    }

    [Fact]
    public async Task Every_task_at_full_size_has_the_tables_names_shapes_types_and_parameters()
    {
        var (wrong, memory) = await CheckAsync("table", [.. Table.Select(row => row.Task)]);

        Assert.Empty(wrong.Where(task => task.Value.Length > 0).Select(task => $"{task.Key}: {string.Join("; ", task.Value)}"));
        Assert.InRange(memory, 1, MostMemory);
    }

    [Fact]
    public async Task A_sample_of_the_tasks_runs_at_small_and_odd_and_agrees_with_float64()
    {
        await RunAsync([.. Table.Select(row => row.Task).Where((_, place) => place % 12 == 5)]);
    }

    [Fact]
    [Trait("Category", "Sweep")]
    public async Task Every_task_runs_at_small_and_odd_and_agrees_with_float64()
    {
        await RunAsync([.. Table.Select(row => row.Task)]);
    }

    private async Task RunAsync(IReadOnlyList<string> tasks)
    {
        var (wrong, _) = await CheckAsync("run", tasks);

        Assert.Equal(
            tasks.Where(Flaws.ContainsKey).SelectMany(task => Flaws[task].SelectMany(flaw => new[] { $"{task}: small: {flaw}", $"{task}: odd: {flaw}" })).Order(StringComparer.Ordinal),
            wrong.SelectMany(task => task.Value.Select(flaw => $"{task.Key}: {flaw}")).Order(StringComparer.Ordinal));
    }

    /// <summary>What check_suite.py finds wrong with each task, and the most memory that one of its processes took.</summary>
    private async Task<(Dictionary<string, string[]> Wrong, long PeakBytes)> CheckAsync(string mode, IReadOnlyList<string> tasks)
    {
        fixture.Require();
        var parts = await Task.WhenAll(Enumerable.Range(0, Processes).Select(part => CheckPartAsync(mode, [.. tasks.Where((_, place) => place % Processes == part)])));
        return (parts.SelectMany(part => part.Tasks).ToDictionary(StringComparer.Ordinal), parts.Max(part => part.PeakBytes));
    }

    private async Task<Findings> CheckPartAsync(string mode, IReadOnlyList<string> tasks)
    {
        var folder = Directory.CreateDirectory(Path.Combine(fixture.Home, $"suite-{Guid.NewGuid():N}")).FullName;
        var (program, arguments) = Sandbox.Command(new SandboxSpec
        {
            Root = ToolboxPaths.Toolbox(),
            Binds =
            [
                new(ReferenceFixture.BenchTasks, "/tmp/tasks"),
                new(Here, "/tmp/suite"),
                new(WorkerFiles.Unpack(folder), "/tmp/worker"),
                new(folder, "/tmp/out", Writable: true),
            ],
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["PATH"] = "/usr/bin:/bin",
                ["HOME"] = "/tmp",
                ["LANG"] = "C.UTF-8",
                ["OMP_NUM_THREADS"] = "1",
                ["OPENBLAS_NUM_THREADS"] = "1",
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["PYTHONPATH"] = "/tmp/worker",
                ["TORCHDYNAMO_DISABLE"] = "1",
            },
            FileName = "/usr/bin/env",
            Arguments = ["python3", "/tmp/suite/check_suite.py", mode, "/tmp/tasks", "/tmp/suite/tasks.tsv", "/tmp/out/findings.json", .. tasks],
        });
        var exit = await ChildProcess.RunAsync(new ChildSpec { FileName = program, Arguments = arguments, Timeout = TimeSpan.FromMinutes(8) }, Cancellation);

        Assert.True(exit is { End: ChildEnd.Exited, ExitCode: 0 }, $"check_suite.py: {exit.End} {exit.ExitCode}\n{exit.StandardError}");
        return JsonSerializer.Deserialize<Findings>(File.ReadAllBytes(Path.Combine(folder, "findings.json")), Json)!;
    }

    private sealed record Findings(long PeakBytes, Dictionary<string, string[]> Tasks);
}
