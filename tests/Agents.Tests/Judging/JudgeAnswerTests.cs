using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;

namespace KernelForge.Agents.Tests.Judging;

public sealed class JudgeAnswerTests
{
    private const string Correction = """{"critical_issue":"the tail is not guarded","why_it_matters":"the last block reads past the end","minimal_fix_hint":"add if (i < n)"}""";
    private const string Optimisation = """{"bottleneck":"latency","optimisation_method":"more loads in flight","modification_plan":"unroll by four","expected_gain":1.4}""";

    [Theory]
    [InlineData(Correction)]
    [InlineData("```json\n" + Correction + "\n```")]
    [InlineData("Here it is:\n" + Correction + "\nI hope this helps {not json}.")]
    [InlineData("""{"Critical Issue":"the tail is not guarded","why-it-matters":"the last block reads past the end","minimal fix hint":"add if (i < n)"}""")]
    public void A_correction_is_read_also_from_fences_and_text_around_it(string text)
    {
        var advice = JudgeAnswer.Parse(text, "correction", "m");

        Assert.Equal(("correction", "the tail is not guarded", "the last block reads past the end", "add if (i < n)", null, "m"),
            (advice.Mode, advice.Issue, advice.Reason, advice.Fix, advice.ExpectedGain, advice.Source));
    }

    [Theory]
    [InlineData(Optimisation)]
    [InlineData("""{"bottleneck":"latency","optimization method":"more loads in flight","modification plan":"unroll by four","expected gain":1.4}""")]
    public void An_optimisation_is_read_in_CudaForges_spelling_too(string text)
    {
        var advice = JudgeAnswer.Parse(text, "optimisation", "m");

        Assert.Equal(("optimisation", "latency", "more loads in flight", "unroll by four", 1.4), (advice.Mode, advice.Issue, advice.Reason, advice.Fix, advice.ExpectedGain!.Value));
    }

    [Theory]
    [InlineData("", "correction", "no JSON object")]
    [InlineData("the tail is wrong", "correction", "no JSON object")]
    [InlineData("""{"critical_issue":"x",""", "correction", "no complete JSON object")]
    [InlineData(Correction + Correction, "correction", "2 JSON objects")]
    [InlineData("""{"critical_issue":"x","why_it_matters":"y"}""", "correction", "minimal_fix_hint")]
    [InlineData("""{"critical_issue":"x","why_it_matters":"y","minimal_fix_hint":"z","code":"w"}""", "correction", "code")]
    [InlineData("""{"critical_issue":null,"why_it_matters":"y","minimal_fix_hint":"z"}""", "correction", "critical_issue")]
    [InlineData("""{"critical_issue":" ","why_it_matters":"y","minimal_fix_hint":"z"}""", "correction", "critical_issue is empty")]
    [InlineData("""{"critical_issue":["x"],"why_it_matters":"y","minimal_fix_hint":"z"}""", "correction", "critical_issue")]
    [InlineData("""{"critical_issue":"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21","why_it_matters":"y","minimal_fix_hint":"z"}""", "correction", "critical_issue has 21 words; at most 20")]
    [InlineData("""{"critical_issue":"a","critical_issue":"b","why_it_matters":"y","minimal_fix_hint":"z"}""", "correction", "JSON")]
    [InlineData("""{"bottleneck":"a","optimisation_method":"b","modification_plan":"c","expected_gain":"1.4x"}""", "optimisation", "expected_gain")]
    [InlineData("""{"bottleneck":"a","optimisation_method":"b","modification_plan":"c","expected_gain":0.4}""", "optimisation", "expected_gain is 0.4")]
    [InlineData(Correction, "optimisation", "critical_issue")]
    public void What_was_not_asked_for_is_refused_with_the_exact_error(string text, string mode, string expected) =>
        Assert.Contains(expected, Assert.Throws<JudgeAnswerException>(() => JudgeAnswer.Parse(text, mode, "m")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_answer_is_asked_for_again_and_the_second_counts()
    {
        var reply = await Advise(Entry("not json"), Entry(Correction));

        Assert.Equal((2, "replay:t", null), (reply.Usage.Calls, reply.Advice!.Source, reply.Advice.FallbackReason));
    }

    [Fact]
    public async Task After_three_wrong_answers_the_rules_advise_and_say_why()
    {
        var reply = await Advise(Entry("a"), Entry("b"), Entry("c"), Entry(Correction));

        Assert.Equal((3, "rules", "tail"), (reply.Usage.Calls, reply.Advice!.Source, reply.Advice.Rule));
        Assert.Equal("replay:t: no valid answer in 3 asks; the last one: it holds no JSON object", reply.Advice.FallbackReason);
    }

    [Fact]
    public async Task A_provider_that_fails_makes_the_rules_advise_and_say_why()
    {
        Dictionary<string, string> settings = new()
        {
            ["KERNELFORGE_COMPATIBLE__X__BASE_ADDRESS"] = "http://127.0.0.1:9/v1",
            ["KERNELFORGE_COMPATIBLE__X__API_KEY"] = "k",
            ["KERNELFORGE_MODEL_RETRIES"] = "0",
        };
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);
        ModelJudge judge = new(models.Create(ModelName.Parse("compatible:x/m")), PromptTests.Library(), Coder.DefaultSampling, new RuleJudge());

        var reply = await judge.AdviseAsync(Case(), TestContext.Current.CancellationToken);

        Assert.Equal("rules", reply.Advice!.Source);
        Assert.Contains("cannot be reached", reply.Advice.FallbackReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transcript_that_does_not_fit_is_an_error_and_no_fall_back() =>
        await Assert.ThrowsAsync<TranscriptException>(() => Advise());

    private static CaseFile Case() => new() { Task = Cases.Task, Platform = "sim", Round = 0, Mode = "correction", Basis = Cases.Attempt(0, RecordedOutcomes.Wrong("tail of every row"), "first") };

    private static string Entry(string text) =>
        $$"""{"task":"activation/relu","role":"judge","round":0,"mode":"correction","text":{{System.Text.Json.JsonSerializer.Serialize(text)}}}""";

    private static async Task<JudgeReply> Advise(params string[] entries)
    {
        using ReplayChatClient client = new(Transcript.Parse("t", string.Join('\n', entries), _ => ""));
        ModelJudge judge = new(new AgentModel(ModelName.Parse("replay:t"), client, ModelPrice.Free), PromptTests.Library(), Coder.DefaultSampling, new RuleJudge());
        return await judge.AdviseAsync(Case(), TestContext.Current.CancellationToken);
    }
}
