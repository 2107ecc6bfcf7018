using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Chat;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Coding;

public sealed class CoderTests
{
    private static readonly string[] Half = ["```cuda\n" + Cases.Code[..200], Cases.Code[200..] + "```"];

    [Fact]
    public async Task An_answer_that_was_cut_off_is_continued()
    {
        var wire = WireFormat.Named("anthropic");
        await using WireServer server = new(wire.Answer(Half[0], "first thought", "length"), wire.Answer(Half[1], "second thought"));

        var reply = await WriteAsync(wire, server);

        Assert.Equal(Cases.Code, Assert.IsType<SolutionAnswer>(reply.Answer).Code);
        Assert.Equal(("first thought\n\nsecond thought", 2, 200L), (reply.Reasoning, reply.Usage.Calls, reply.Usage.InputTokens));
        Assert.Contains("was cut off at the limit", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_cut_off_twice_is_asked_for_again()
    {
        var wire = WireFormat.Named("chat");
        await using WireServer server = new(wire.Answer(Half[0], finish: "length"), wire.Answer("  and so on", finish: "length"), wire.Answer($"```cuda\n{Cases.Code}```"));

        var reply = await WriteAsync(wire, server);

        Assert.Equal(Cases.Code, Assert.IsType<SolutionAnswer>(reply.Answer).Code);
        Assert.Equal(3, reply.Usage.Calls);
        Assert.Contains("Your answer cannot be used: the answer was cut off", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_all_reasoning_is_not_continued_but_asked_for_again()
    {
        var wire = WireFormat.Named("responses");
        await using WireServer server = new(wire.Answer("", "endless", "length"), wire.Answer("", "endless", "length"));

        var reply = await WriteAsync(wire, server);

        Assert.Equal(("truncated", 2), (Assert.IsType<UnusableAnswer>(reply.Answer).Problem, server.Requests.Count));
    }

    [Fact]
    public async Task What_a_model_refuses_to_be_told_is_left_out_remembered_and_not_recorded_as_sent()
    {
        var wire = WireFormat.Named("responses");
        var refusal = wire.Error(400, "unsupported_parameter", "x");
        await using WireServer server = new((_, number) => number switch
        {
            0 => refusal with { Body = """{"error":{"message":"Unsupported parameter: 'temperature' is not supported with this model.","type":"invalid_request_error","param":"temperature","code":null}}""" },
            1 => refusal with { Body = """{"error":{"message":"Your organization must be verified to generate reasoning summaries.","type":"invalid_request_error","param":"reasoning.summary","code":"unsupported_value"}}""" },
            _ => wire.Answer($"```cuda\n{Cases.Code}```"),
        });
        var settings = wire.Settings(server, "k");
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var first = await WriteAsync(models, wire);
        var second = await WriteAsync(models, wire);

        Assert.Equal(4, server.Requests.Count);
        Assert.All([first, second], reply => Assert.Equal(new SamplingSettings { Temperature = null, TopP = 1, MaxOutputTokens = 16_384 }, reply.Sampling));
        Assert.DoesNotContain("\"temperature\"", server.Requests.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"summary\"", server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_models_own_effort_falls_back_to_tokens_of_thinking_for_models_that_know_no_other()
    {
        var wire = WireFormat.Named("anthropic");
        await using WireServer server = new(
            wire.Error(400, "invalid_request_error", "adaptive thinking is not supported on this model"),
            wire.Error(400, "invalid_request_error", "`temperature` may only be set to 1 when thinking is enabled."),
            wire.Error(400, "invalid_request_error", "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."),
            wire.Answer($"```cuda\n{Cases.Code}```"));
        var settings = wire.Settings(server, "k");
        settings["KERNELFORGE_CODER__REASONING_EFFORT"] = "medium";
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var reply = await WriteAsync(models, wire);

        Assert.Contains("\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"}", server.Requests.First().Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"budget_tokens\":8192", server.Requests.Last(), StringComparison.Ordinal);
        Assert.Equal(("medium", null), (reply.Sampling.ReasoningEffort, reply.Sampling.Temperature));
    }

    [Fact]
    public async Task A_seed_goes_with_the_round_and_is_recorded()
    {
        var wire = WireFormat.Named("chat");
        await using WireServer server = new((_, _) => wire.Answer($"```cuda\n{Cases.Code}```"));
        var settings = wire.Settings(server, "k");
        settings["KERNELFORGE_CODER__SEED"] = "40";
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var reply = await WriteAsync(models, wire, round: 2);

        Assert.Contains("\"seed\":42", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Equal((42L, 0.2), (reply.Sampling.Seed, reply.Sampling.Temperature));
    }

    private static async Task<CoderReply> WriteAsync(WireFormat wire, WireServer server)
    {
        var settings = wire.Settings(server, "k");
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);
        return await WriteAsync(models, wire);
    }

    private static Task<CoderReply> WriteAsync(AgentModels models, WireFormat wire, int round = 0)
    {
        Coder coder = new(models.Create(ModelName.Parse(wire.Model)), PromptTests.Library(), models.SamplingOf("coder", Coder.DefaultSampling));
        return coder.WriteAsync(new CaseFile { Task = Cases.Task, Platform = "sim", Round = round, Mode = "first" }, TestContext.Current.CancellationToken);
    }
}
