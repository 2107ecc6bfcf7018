using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Search;
using KernelForge.Agents.Student;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Student;

public sealed class StudentChatClientTests
{
    private static readonly StudentSkill Faultless = new() { MistakeInFirst = 0, MistakeInChange = 0, MistakeInRepair = 0, CureByAdvice = 1, CureByEvidence = 1, CureByChance = 1, Obedience = 1, NoSolution = 0 };

    [Fact]
    public async Task The_same_call_has_the_same_answer_in_every_process_and_another_run_another_one()
    {
        var first = await AskAsync(new StudentChatClient("a"), First(0));

        Assert.Equal(first.Text, (await AskAsync(new StudentChatClient("a"), First(0))).Text);
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(run => AskAsync(new StudentChatClient($"b{run}"), First(0))));
        var later = await Task.WhenAll(Enumerable.Range(1, 8).Select(round => AskAsync(new StudentChatClient("a"), First(round))));
        Assert.Contains(others, reply => reply.Text != first.Text);
        Assert.Contains(later, reply => reply.Text != first.Text);
    }

    [Fact]
    public async Task Without_mistakes_it_writes_the_kernel_that_it_knows()
    {
        var answer = Assert.IsType<SolutionAnswer>((await AskAsync(new StudentChatClient("a", Faultless), First(0))).Answer);

        Assert.Equal(Knowledge.Of("activation/softmax")!.Write(Design.Read(answer.Code)!), answer.Code);
    }

    [Fact]
    public async Task It_does_what_the_Judge_advises()
    {
        var family = Knowledge.Of("activation/softmax")!;
        var basis = Cases.Attempt(0, RecordedOutcomes.Passed(4), code: family.Write(family.Naive));
        var advice = Cases.Advice("narrow_accesses/vector_loads") with { Reason = "Use 16-byte vector loads and stores (float4) with a scalar tail." };

        var answer = Assert.IsType<SolutionAnswer>((await AskAsync(new StudentChatClient("a", Faultless), Case("optimisation", 1, basis, advice))).Answer);

        Assert.Equal(family.Naive with { Vector = 4 }, Design.Read(answer.Code));
    }

    [Fact]
    public void Every_mistake_can_be_made_in_a_kernel_and_is_not_the_kernel_itself()
    {
        var kernels = Knowledge.Operators.Select(name => Knowledge.Of(name)!).Select(family => family.Write(family.Naive)).ToList();

        Assert.All(Bug.All, bug => Assert.Contains(kernels, kernel => bug.Into(kernel) is { } wrong && wrong != kernel));
    }

    [Fact]
    public async Task It_repairs_the_mistake_that_the_evidence_speaks_of()
    {
        var family = Knowledge.Of("activation/softmax")!;
        var right = family.Write(family.Naive);
        var wrong = Bug.All.Single(bug => bug.Name == "missing_barrier").Into(right)!;

        var answer = Assert.IsType<SolutionAnswer>((await AskAsync(new StudentChatClient("a", Faultless), Case("correction", 1, Cases.Attempt(0, RecordedOutcomes.Read("incorrect"), "first", code: wrong)))).Answer);

        Assert.Equal(right, answer.Code);
    }

    [Fact]
    public async Task It_is_shown_nothing_that_is_not_in_its_messages()
    {
        // The same messages, though the attempts behind them differ in what a prompt does not show.
        var family = Knowledge.Of("activation/softmax")!;
        var basis = Cases.Attempt(0, RecordedOutcomes.Passed(4), code: family.Write(family.Naive));
        var hidden = basis with { Outcome = basis.Outcome with { TimingsMs = new Dictionary<string, double> { ["total"] = 99 } }, Messages = [], Reasoning = "secret" };

        Assert.Equal((await AskAsync(new StudentChatClient("a"), Case("optimisation", 1, basis))).Text, (await AskAsync(new StudentChatClient("a"), Case("optimisation", 1, hidden))).Text);
    }

    [Fact]
    public async Task Its_tokens_follow_from_the_length_of_the_text_and_its_reasoning_is_apart()
    {
        var reply = await AskAsync(new StudentChatClient("a"), First(0));

        Assert.Equal((reply.Text.Length + 3) / 4 + (reply.Reasoning!.Length + 3) / 4, reply.Usage.OutputTokens);
        Assert.Equal((reply.Reasoning.Length + 3) / 4, reply.Usage.ReasoningTokens);
    }

    [Fact]
    public async Task An_operator_that_it_does_not_know_is_no_solution()
    {
        var reply = await AskAsync(new StudentChatClient("a", Faultless), First(0) with { Task = Cases.Task with { Name = "arch/lstm" } });

        Assert.Equal("no_code", Assert.IsType<UnusableAnswer>(reply.Answer).Problem);
        Assert.Contains("arch/lstm", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_attempts_are_simulated()
    {
        using AgentModels models = new(_ => null, "nowhere", TimeProvider.System);

        var model = models.Create(ModelName.Parse("simulated:student"));

        Assert.Equal(("simulated", ModelPrice.Free), (model.Name.AttemptKind, model.Price));
        Assert.Throws<ModelNameException>(() => models.Create(ModelName.Parse("simulated:genius")));
    }

    private static CaseFile First(int round) => Case("first", round, null);

    private static CaseFile Case(string mode, int round, AttemptRecord? basis, JudgeAdvice? advice = null) => new()
    {
        Task = Cases.Task with { Name = "activation/softmax" },
        Platform = "sim",
        Round = round,
        Mode = mode,
        Basis = basis,
        Best = basis?.Outcome is Passed ? basis : null,
        Latest = basis,
        History = basis is null ? [] : [basis],
        Advice = advice,
    };

    private static Task<CoderReply> AskAsync(IChatClient client, CaseFile file) =>
        new Coder(new AgentModel(ModelName.Parse("simulated:student"), client, ModelPrice.Free), PromptTests.Library(), Coder.DefaultSampling).WriteAsync(file, TestContext.Current.CancellationToken);
}
