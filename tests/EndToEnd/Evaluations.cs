using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Processes;

namespace KernelForge.EndToEnd;

/// <summary>The real evaluator as a real child process, over the real toolbox.</summary>
internal static class Evaluations
{
    public static string Root { get; } = FindRoot();

    public static void RequireToolbox()
    {
        if (Directory.Exists(Path.Combine(ToolboxPaths.Toolbox(), "usr")))
        {
            return;
        }

        Assert.SkipWhen(
            Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_TOOLBOX") != "1",
            $"the toolbox is not at {ToolboxPaths.Toolbox()}; ./kernelforge setup makes it");
        Assert.Fail($"KERNELFORGE_REQUIRE_TOOLBOX is 1 and the toolbox is not at {ToolboxPaths.Toolbox()}");
    }

    public static EvaluationRequest Request(string task, string solution) => new()
    {
        TaskPath = task,
        TaskName = Path.GetFileNameWithoutExtension(task),
        SolutionPath = solution,
        Home = ToolboxPaths.Home(),
        Toolbox = ToolboxPaths.Toolbox(),
    };

    public static Task<EvaluatorReply> AskAsync(EvaluationRequest request) =>
        new EvaluatorProcess().EvaluateAsync(request, TestContext.Current.CancellationToken);

    public static async Task<EvaluationOutcome> JudgeAsync(EvaluationRequest request)
    {
        var reply = await AskAsync(request);
        return reply.Outcome ?? throw new InvalidOperationException($"no outcome: {reply.Fault!.ExitCode}: {reply.Fault.Message}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KernelForge.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no KernelForge.sln above {AppContext.BaseDirectory}");
    }
}
