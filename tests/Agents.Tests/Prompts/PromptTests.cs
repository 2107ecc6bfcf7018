using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Prompts;

public sealed class PromptTests
{
    private static readonly AttemptRecord First = Cases.Attempt(0, RecordedOutcomes.Passed(4.0), "first");
    private static readonly AttemptRecord Slower = Cases.Attempt(1, RecordedOutcomes.Passed(4.4), parent: 0, advice: Cases.Advice("latency_bound/unroll_loads"), gain: 0.91);
    private static readonly AttemptRecord Wrong = Cases.Attempt(1, RecordedOutcomes.Read("incorrect"), parent: 0, advice: Cases.Advice("latency_bound/unroll_loads"));

    [Fact]
    public Task The_first_prompt_of_the_Coder_is_as_recorded() => Golden("coder-first", new CaseFile { Task = Cases.Task, Platform = "sim", Device = "H200", Round = 0, Mode = "first" });

    [Fact]
    public Task The_correction_prompt_of_the_Coder_is_as_recorded() => Golden("coder-correction", new CaseFile
    {
        Task = Cases.Task,
        Platform = "sim",
        Round = 2,
        Mode = "correction",
        Basis = Wrong,
        Best = First,
        Latest = Wrong,
        History = [First, Wrong],
        Advice = Cases.Advice("tail", "correction"),
    });

    [Fact]
    public Task The_optimisation_prompt_of_the_Coder_goes_on_from_the_best_and_shows_the_latest() => Golden("coder-optimisation", new CaseFile
    {
        Task = Cases.Task,
        Platform = "sim",
        Round = 2,
        Mode = "optimisation",
        Basis = First,
        Best = First,
        Latest = Slower,
        History = [First, Slower],
        Advice = Cases.Advice("narrow_accesses/vector_loads"),
    });

    [Fact]
    public Task Without_advice_the_Coder_sees_the_evidence_itself() => Golden("coder-refine", new CaseFile
    {
        Task = Cases.Task with { Description = null },
        Platform = "sim",
        Round = 1,
        Mode = "correction",
        Basis = Cases.Attempt(0, RecordedOutcomes.Read("memory_error"), "first"),
        Latest = Cases.Attempt(0, RecordedOutcomes.Read("memory_error"), "first"),
    });

    [Fact]
    public Task The_correction_prompt_of_the_Judge_is_as_recorded() => Golden("judge-correction", new CaseFile
    {
        Task = Cases.Task,
        Platform = "sim",
        Round = 0,
        Mode = "correction",
        Basis = Cases.Attempt(0, RecordedOutcomes.Read("compile_error"), "first"),
    });

    [Fact]
    public Task The_optimisation_prompt_of_the_Judge_shows_chosen_metrics_the_gap_hot_lines_and_what_was_tried() => Golden("judge-optimisation", new CaseFile
    {
        Task = Cases.Task,
        Platform = "sim",
        Round = 1,
        Mode = "optimisation",
        Basis = First,
        Best = First,
        Latest = Slower,
        History = [First, Slower],
    });

    [Fact]
    public void A_prompt_names_its_templates_and_its_content()
    {
        var prompts = Library();
        var view = CaseView.Of(new CaseFile { Task = Cases.Task, Platform = "sim", Round = 0, Mode = "first" }, prompts);

        var reference = prompts.Render("coder", "first", view).Reference;

        Assert.Equal(("coder/first", "coder/system@1 coder/first@1"), (reference.Template, reference.Version));
        Assert.Matches("^[0-9a-f]{64}$", reference.Sha256);
    }

    [Fact]
    public void The_repositorys_own_folder_gives_the_plans_reference_and_a_worked_example()
    {
        var prompts = PromptLibrary.Load(Repository.Prompts);

        var messages = prompts.Render("coder", "first", CaseView.Of(new CaseFile { Task = Cases.Task, Platform = "sim", Device = "H200", Round = 0, Mode = "first" }, prompts)).Messages;

        Assert.Contains(KernelForge.Contracts.Plans.PlanText.PromptText.Trim(), messages[0].Text, StringComparison.Ordinal);
        Assert.Contains("# A worked example: activation/", messages[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernels_are_not_escaped() =>
        Assert.Contains("if (i < n) out[i]", Library().Render("coder", "correction", CaseView.Of(new CaseFile { Task = Cases.Task, Platform = "sim", Round = 1, Mode = "correction", Basis = Wrong }, Library())).Messages[1].Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("activation/relu", "activation", "activation/gelu")]
    [InlineData("activation/gelu", "activation", "matmul/square")]
    [InlineData("activation/gelu_strict", "activation", "matmul/square")]
    [InlineData("26_GELU_", null, "matmul/square")]
    [InlineData("reduce/sum", "reduce", "activation/gelu")]
    [InlineData("arch/mlp", "arch", "arch/long")]
    [InlineData("arch/long", "arch", "activation/gelu")]
    public void The_worked_example_is_of_the_same_category_and_never_the_tasks_own(string task, string? category, string expected)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(Path.Combine(folder.Path, "activation"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "matmul"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "arch"));
        File.WriteAllText(Path.Combine(folder.Path, "activation", "gelu.good.cu"), "a");
        File.WriteAllText(Path.Combine(folder.Path, "activation", "gelu.naive.cu"), "b");
        File.WriteAllText(Path.Combine(folder.Path, "matmul", "square.good.cu"), "c");
        File.WriteAllText(Path.Combine(folder.Path, "arch", "long.good.cu"), "longer than the others");

        Assert.Equal(expected, ExampleLibrary.Load(folder.Path).For(task, category)?.TaskName);
    }

    [Theory]
    [InlineData("no front matter", "front matter")]
    [InlineData("---\nrole: coder\nversion: 1\n---\n", "purpose")]
    [InlineData("---\nrole: boss\nversion: 1\npurpose: x\n---\n", "role")]
    [InlineData("---\nrole: coder\nversion: 0\npurpose: x\n---\n", "version")]
    [InlineData("---\nrole: coder\nversion: 1\npurpose: x\nauthor: y\n---\n", "author")]
    [InlineData("---\nrole coder\n---\n", "key: value")]
    public void A_template_with_wrong_front_matter_says_what_is_wrong(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<PromptException>(() => PromptTemplate.Parse("coder/x", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_missing_prompts_folder_is_named() =>
        Assert.Contains("/nowhere", Assert.Throws<PromptException>(() => PromptLibrary.Load("/nowhere", "")).Message, StringComparison.Ordinal);

    /// <summary>The repository's templates with one small example and a stand-in for the launch plan's reference.</summary>
    internal static PromptLibrary Library()
    {
        using TemporaryFolder folder = new();
        foreach (var part in new[] { "coder", "judge", "platforms", "devices" })
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, part));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Prompts, part)))
            {
                File.Copy(file, Path.Combine(folder.Path, part, Path.GetFileName(file)));
            }
        }

        var examples = Directory.CreateDirectory(Path.Combine(folder.Path, "examples", "activation")).FullName;
        File.WriteAllText(Path.Combine(examples, "gelu.good.cu"), "/*launch-plan\n{ … }\n*/\n// gelu\n");
        return PromptLibrary.Load(folder.Path, "(the reference of the launch plan)");
    }

    private static async Task Golden(string name, CaseFile file)
    {
        // Through the real Coder and Judge: what is compared is what a provider is sent.
        using Listener listener = new();
        AgentModel model = new(ModelName.Parse("replay:golden"), listener, ModelPrice.Free);
        if (name.StartsWith("coder", StringComparison.Ordinal))
        {
            await new Coder(model, Library(), Coder.DefaultSampling).WriteAsync(file, TestContext.Current.CancellationToken);
        }
        else
        {
            await new ModelJudge(model, Library(), Coder.DefaultSampling, new RuleJudge()).AdviseAsync(file, TestContext.Current.CancellationToken);
        }

        var path = Path.Combine(Repository.Tests, "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("KERNELFORGE_UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(path, listener.First, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), listener.First);
    }

    /// <summary>Stands for a provider: keeps the first prompt and answers nothing.</summary>
    private sealed class Listener : IChatClient
    {
        public string First { get; private set; } = "";

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            First = First.Length > 0 ? First : string.Concat(messages.Select(message => $"=== {message.Role.Value}\n{message.Text}"));
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, "")));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
