using System.Text.Json;
using KernelForge.Cli.Tests.Service;
using KernelForge.Processes;

namespace KernelForge.Cli.Tests;

/// <summary>A folder in KernelBench's form through the real evaluator and PyTorch.</summary>
public sealed class RealImportTests : IDisposable
{
    private const string Scale = """
        import torch
        import torch.nn as nn

        N = 64


        class Model(nn.Module):
            def forward(self, x):
                return x * 3 + 1


        def get_inputs():
            return [torch.rand(N, 256)]


        def get_init_inputs():
            return []

        """;

    private readonly TestCli _cli;

    public RealImportTests()
    {
        var there = File.Exists(ServiceFixture.Evaluator) && Directory.Exists(Path.Combine(ToolboxPaths.Toolbox(), "usr"));
        Assert.SkipWhen(
            !there && Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_TOOLBOX") != "1",
            $"the evaluator is not built, or the toolbox is not at {ToolboxPaths.Toolbox()}; ./kernelforge setup makes both");
        Assert.True(there, $"KERNELFORGE_REQUIRE_TOOLBOX is 1 and the toolbox is not at {ToolboxPaths.Toolbox()}, or the evaluator is not built");
        _cli = new TestCli { Toolbox = ToolboxPaths.Toolbox(), Survey = (request, cancelled) => new EvaluatorProcess(ServiceFixture.Evaluator).SurveyAsync(request, cancelled) };
    }

    public void Dispose() => _cli?.Dispose();

    [Fact]
    public async Task Good_tasks_are_audited_and_each_bad_one_is_told_with_its_reason()
    {
        Add("1_Scale", Scale);
        Add("2_Sum", Scale.Replace("x * 3 + 1", "x.sum(dim=1)", StringComparison.Ordinal));
        Add("3_Syntax", Scale.Replace("x * 3 + 1", "x * (3 + 1", StringComparison.Ordinal));
        Add("4_NoModel", Scale.Replace("class Model(", "class Other(", StringComparison.Ordinal));
        Add("5_NoInputs", Scale.Replace("def get_inputs(", "def inputs(", StringComparison.Ordinal));

        Assert.Equal(0, await _cli.RunAsync("tasks", "import", Path.Combine(_cli.Root, "bench"), "--json"));

        using var document = JsonDocument.Parse(_cli.Out);
        var tasks = document.RootElement.GetProperty("tasks").EnumerateArray().Select(task => (Verdict: task.GetProperty("verdict").GetString(), Reason: task.GetProperty("reason").GetString() ?? "")).ToList();
        Assert.Equal(["ranked", "ranked", "cannot_run", "cannot_run", "cannot_run"], tasks.Select(task => task.Verdict));
        Assert.Contains("line 9", tasks[2].Reason, StringComparison.Ordinal);
        Assert.Contains("Model", tasks[3].Reason, StringComparison.Ordinal);
        Assert.Contains("get_inputs", tasks[4].Reason, StringComparison.Ordinal);
    }

    private void Add(string name, string text) => _cli.AddFile($"bench/KernelBench/level1/{name}.py", text);
}
