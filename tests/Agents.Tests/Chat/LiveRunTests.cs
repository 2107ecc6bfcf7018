using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>Whole runs with live providers' protocols: what <c>run --coder openai:… --judge anthropic:…</c> does.</summary>
public sealed class LiveRunTests : IDisposable
{
    private const string OpenAiKey = "sk-openai-key-of-this-test";
    private const string AnthropicKey = "sk-ant-key-of-this-test";
    private const string Advice = """{"bottleneck":"b","optimisation_method":"m","modification_plan":"p","expected_gain":1.4}""";

    private static readonly WireFormat Responses = WireFormat.Named("responses");
    private static readonly WireFormat Anthropic = WireFormat.Named("anthropic");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_keys_are_enough_for_a_Coder_of_OpenAI_and_a_Judge_of_Anthropic_and_neither_key_is_kept()
    {
        await using WireServer openai = new((_, number) => Responses.Answer($"My key is {OpenAiKey}.\n```cuda\n{Cases.Code}// round {number}\n```", $"thinking of {OpenAiKey}"));
        await using WireServer anthropic = new((_, _) => Anthropic.Answer(Advice, $"thinking of {AnthropicKey}"));

        var report = await RunAsync(openai, anthropic, new RunLimits { Rounds = 3 });

        Assert.Equal(("succeeded", "rounds", 3, 5), (report.Status, report.StopReason, report.Rounds.Count, report.Usage.Calls));
        Assert.Equal(("anthropic:judge-model", "m"), (report.Rounds[0].Advice?.Source, report.Rounds[0].Advice?.Reason));
        Assert.Equal((500L, 200L, 100L, 35L, 20L), (report.Usage.InputTokens, report.Usage.CachedInputTokens, report.Usage.OutputTokens, report.Usage.ReasoningTokens, report.Usage.CacheWriteTokens));
        var kept = string.Concat(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.Contains("thinking of [key]", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(OpenAiKey, kept, StringComparison.Ordinal);
        Assert.DoesNotContain(AnthropicKey, kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_day_is_spent_stops_and_says_whose_budget_it_was()
    {
        await using WireServer openai = new((_, number) => Responses.Answer($"```cuda\n{Cases.Code}// round {number}\n```"));
        await using WireServer anthropic = new((_, _) => Anthropic.Answer(Advice));

        var report = await RunAsync(openai, anthropic, new RunLimits { Rounds = 9 }, ("KERNELFORGE_BUDGET_DAY_TOKENS", "300"));

        Assert.Equal(("succeeded", "budget_tokens", 2), (report.Status, report.StopReason, report.Rounds.Count));
        Assert.StartsWith("the budget of this day", report.StopMessage, StringComparison.Ordinal);
        Assert.Equal((2, 1), (openai.Requests.Count, anthropic.Requests.Count));
    }

    [Fact]
    public async Task Two_hundred_runs_at_once_share_one_provider_and_little_memory()
    {
        await using WireServer openai = new((_, _) => Responses.Answer($"```cuda\n{Cases.Code}\n```", chunkSize: 1 << 16));
        var settings = Settings(openai, openai);
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);
        var prompts = PromptTests.Library();
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var reports = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var strategy = Strategies.Create("best-of-n");
            await using var journal = RunFolder.Open(Path.Combine(_folder.Path, $"run-{i}"));
            RecordedEvaluator evaluator = new([.. Enumerable.Repeat(RecordedOutcomes.Passed(4), 3)]);
            var team = AgentTeam.Create(strategy, "openai:coder-model", "rules", models, prompts, evaluator, journal, TimeProvider.System);
            return await SearchRun.RunAsync(strategy, Request($"run-{i}", new RunLimits { Rounds = 3 }), team, journal, null, TestContext.Current.CancellationToken);
        }));

        Assert.All(reports, report => Assert.Equal(("succeeded", 3), (report.Status, report.Rounds.Count)));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 300L << 20);
    }

    private async Task<RunReport> RunAsync(WireServer openai, WireServer anthropic, RunLimits limits, params (string Name, string Value)[] more)
    {
        var settings = Settings(openai, anthropic);
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        using AgentModels models = AgentModels.Load(settings.GetValueOrDefault, Repository.Root, Path.Combine(_folder.Path, "home"), TimeProvider.System);
        var strategy = Strategies.Create("coder-judge");
        RecordedEvaluator evaluator = new(RecordedOutcomes.Passed(4), RecordedOutcomes.Passed(3.5), RecordedOutcomes.Passed(3.2));
        await using var journal = RunFolder.Open(Path.Combine(_folder.Path, "run"));
        var team = AgentTeam.Create(strategy, "openai:coder-model", "anthropic:judge-model", models, PromptTests.Library(), evaluator, journal, TimeProvider.System);
        return await SearchRun.RunAsync(strategy, Request("run", limits), team, journal, null, TestContext.Current.CancellationToken);
    }

    private static Dictionary<string, string> Settings(WireServer openai, WireServer anthropic) => new()
    {
        ["OPENAI_API_KEY"] = OpenAiKey,
        ["KERNELFORGE_OPENAI__BASE_ADDRESS"] = openai.Address.ToString(),
        ["ANTHROPIC_API_KEY"] = AnthropicKey,
        ["KERNELFORGE_ANTHROPIC__BASE_ADDRESS"] = new Uri(anthropic.Address, "/").ToString(),
    };

    private RunRequest Request(string id, RunLimits limits) => new()
    {
        RunId = id,
        Task = Cases.Task,
        Home = "/home",
        Toolbox = "/",
        Folder = Path.Combine(_folder.Path, id),
        Limits = limits,
    };
}
