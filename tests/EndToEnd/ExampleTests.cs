using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.EndToEnd;

/// <summary>The worked examples: each passes whole, and the good one is modelled faster than the naive one on every GPU profile of the issue.</summary>
public sealed class ExampleTests
{
    private const string Ending = ".good.cu";

    /// <summary>Whatever lies in the folder: an example that is added is judged.</summary>
    public static TheoryData<string> Tasks()
    {
        var folder = Path.Combine(Evaluations.Root, "prompts", "examples");
        var good = Directory.EnumerateFiles(folder, "*" + Ending, SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        return [.. good.Select(file => Path.GetRelativePath(folder, file)[..^Ending.Length].Replace('\\', '/'))];
    }

    private static async Task<Passed> PassAsync(string task, string which, string? device = null)
    {
        Evaluations.RequireToolbox();
        var request = Evaluations.Request(
            Path.Combine(Evaluations.Root, "bench-tasks", task + ".py"),
            Path.Combine(Evaluations.Root, "prompts", "examples", $"{task}.{which}.cu"));
        var outcome = await Evaluations.JudgeAsync(request with { TaskName = task, Device = device });
        return Assert.IsType<Passed>(outcome);
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task The_good_example_passes_and_is_faster_than_the_naive_one(string task)
    {
        var naive = await PassAsync(task, "naive");
        var good = await PassAsync(task, "good");

        Assert.NotNull(good.Performance);
        Assert.NotNull(naive.Performance);
        Assert.True(
            good.Performance.LatencyMs < naive.Performance.LatencyMs,
            $"good {good.Performance.LatencyMs:G4} ms ({good.Performance.LimitedBy}), naive {naive.Performance.LatencyMs:G4} ms ({naive.Performance.LimitedBy})");
    }

    [Theory]
    [InlineData("A100", "sm_80")]
    [InlineData("RTX 4090", "sm_89")]
    [InlineData("T4", "sm_75")]
    public async Task Another_profile_compiles_for_its_own_architecture_and_has_its_own_time(string device, string architecture)
    {
        var here = await PassAsync("activation/gelu", "good");
        var there = await PassAsync("activation/gelu", "good", device);

        Assert.Equal(architecture, there.Environment.Architecture);
        Assert.True(there.Performance!.LatencyMs > here.Performance!.LatencyMs);
        Assert.NotEqual(here.Environment.ProfileSha256, there.Environment.ProfileSha256);
    }

    [Fact]
    public async Task The_same_solution_gets_the_same_figures_twice()
    {
        var first = await PassAsync("reduce/sum_reduction_over_a_dimension", "good");
        var second = await PassAsync("reduce/sum_reduction_over_a_dimension", "good");

        Assert.Equal(first.Performance!.LatencyMs, second.Performance!.LatencyMs);
        Assert.Equal(first.Correctness!.MaxAbsoluteError, second.Correctness!.MaxAbsoluteError);
    }

    [Fact]
    public async Task The_outcome_has_the_names_that_are_fixed_and_null_where_nothing_applies()
    {
        var outcome = await PassAsync("activation/gelu", "good");
        using var document = JsonDocument.Parse(JsonSerializer.Serialize<EvaluationOutcome>(outcome, ContractsJson.Default.EvaluationOutcome));
        var root = document.RootElement;

        Assert.Equal("passed", root.GetProperty("status").GetString());
        foreach (var name in (string[])["message", "ranked", "unranked_reasons", "task", "solution", "environment", "class", "correctness", "performance", "kernels", "findings", "tunables", "timings_ms"])
        {
            Assert.True(root.TryGetProperty(name, out _), name);
        }

        Assert.Equal(JsonValueKind.Null, root.GetProperty("environment").GetProperty("driver").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("performance").GetProperty("confidence_interval_ms").ValueKind);
        Assert.Equal(JsonValueKind.Null, root.GetProperty("performance").GetProperty("samples").ValueKind);
        Assert.Equal("modelled", root.GetProperty("performance").GetProperty("kind").GetString());
        Assert.True(root.GetProperty("kernels")[0].GetProperty("metrics").GetProperty("dram__bytes.sum").GetDouble() > 1e9);
    }
}
