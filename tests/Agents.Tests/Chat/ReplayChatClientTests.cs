using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

public sealed class ReplayChatClientTests
{
    private const string Text = """
        // written by hand
        {"task":"a/x","role":"coder","round":0,"mode":"first","text":"one","reasoning":"why","usage":{"input_tokens":5,"output_tokens":3,"reasoning_tokens":1}}
        {"task":"a/x","role":"judge","round":0,"mode":"optimisation","text":"advice"}

        {"task":"a/x","role":"coder","round":1,"mode":"optimisation","text_file":"two.md","finish_reason":"length"}
        {"task":"b/y","role":"coder","round":0,"mode":"first","text":"other task"}
        """;

    [Fact]
    public async Task Calls_are_answered_in_order_for_each_task_and_role()
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Text, _ => "two"));

        Assert.Equal("one", (await Ask(client, "a/x", "coder", 0, "first")).Text);
        Assert.Equal("other task", (await Ask(client, "b/y", "coder", 0, "first")).Text);
        Assert.Equal("advice", (await Ask(client, "a/x", "judge", 0, "optimisation")).Text);
        Assert.Equal("two", (await Ask(client, "a/x", "coder", 1, "optimisation")).Text);
    }

    [Fact]
    public async Task An_answer_carries_its_label_reasoning_usage_and_end()
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Text, _ => "two"));

        var first = await Ask(client, "a/x", "coder", 0, "first");
        var second = await Ask(client, "a/x", "coder", 1, "optimisation");

        Assert.Equal(("replay:t", 5L), (first.ModelId, first.Usage!.InputTokenCount));
        Assert.Equal("why", Assert.Single(first.Messages[0].Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal(ChatFinishReason.Length, second.FinishReason);
    }

    [Fact]
    public async Task A_run_that_resumes_begins_at_its_round()
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Text, _ => "two"));

        Assert.Equal("two", (await Ask(client, "a/x", "coder", 1, "optimisation")).Text);
    }

    [Fact]
    public async Task One_call_more_than_recorded_says_that_the_transcript_has_ended()
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Text, _ => "two"));
        await Ask(client, "b/y", "coder", 0, "first");

        var exception = await Assert.ThrowsAsync<TranscriptException>(() => Ask(client, "b/y", "coder", 1, "correction"));

        Assert.True(exception.Ended);
        Assert.Contains("transcript 't' has ended: round 1 asks the coder for a correction answer of task b/y, and 1 call was recorded", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a/x", "coder", 0, "correction", "t.jsonl:2: the run asks the coder of task a/x for round 0, correction; recorded is round 0, first")]
    [InlineData("c/z", "coder", 0, "first", "has no coder for task c/z; it has: a/x (coder), a/x (judge), b/y (coder)")]
    [InlineData("b/y", "judge", 0, "correction", "has no judge for task b/y")]
    public async Task Something_else_than_recorded_is_an_error_that_names_both(string task, string role, int round, string mode, string expected)
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Text, _ => "two"));

        var exception = await Assert.ThrowsAsync<TranscriptException>(() => Ask(client, task, role, round, mode));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.Ended);
    }

    [Theory]
    [InlineData("""{"task":"t","role":"coder","round":0,"mode":"first"}""", "exactly one of text and text_file")]
    [InlineData("""{"task":"t","role":"coder","round":0,"mode":"first","text":"a","text_file":"b"}""", "exactly one of text and text_file")]
    [InlineData("""{"task":"t","role":"coder","round":0,"mode":"first","text_file":"../b"}""", "leaves the folder")]
    [InlineData("""{"task":"t","role":"critic","round":0,"mode":"first","text":"a"}""", "expected coder or judge")]
    [InlineData("""{"task":"t","role":"judge","round":0,"mode":"first","text":"a"}""", "expected correction, optimisation")]
    [InlineData("""{"task":"t","role":"coder","round":0,"mode":"first","text":"a","finish_reason":"end"}""", "finish_reason 'end'")]
    [InlineData("""{"task":"t","role":"coder","round":0,"mode":"first","txt":"a"}""", "txt")]
    [InlineData("""{"task":"t","role":"coder","mode":"first","text":"a"}""", "round")]
    [InlineData("not json", "t.jsonl:1")]
    public void A_wrong_line_is_named_with_what_is_wrong(string line, string expected)
    {
        var exception = Assert.Throws<TranscriptException>(() => Transcript.Parse("t", line, _ => ""));

        Assert.Contains("t.jsonl:1: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transcript_that_is_not_there_lists_those_that_are()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, "demo.jsonl"), "");

        Assert.Contains("known: demo", Assert.Throws<TranscriptException>(() => Transcript.Load(folder.Path, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_transcript_of_the_repository_can_be_read()
    {
        var folder = Path.Combine(Repository.Prompts, "transcripts");

        Assert.All(Directory.EnumerateFiles(folder, "*.jsonl"), file => Transcript.Load(folder, Path.GetFileNameWithoutExtension(file)));
    }

    [Fact]
    public async Task What_is_recorded_can_be_replayed()
    {
        using TemporaryFolder folder = new();
        using ReplayChatClient original = new(Transcript.Parse("t", Text, _ => "two"));
        await using var journal = RunFolder.Open(folder.Path);
        using RecordingChatClient recording = new(original, journal, "test");

        await Ask(recording, "a/x", "coder", 0, "first");
        await Ask(recording, "a/x", "coder", 1, "optimisation");
        using ReplayChatClient replay = new(Transcript.Load(folder.Path, "calls"));

        Assert.Equal(("one", 5L), ((await Ask(replay, "a/x", "coder", 0, "first")) is { } first ? (first.Text, first.Usage!.InputTokenCount!.Value) : default));
        Assert.Equal(ChatFinishReason.Length, (await Ask(replay, "a/x", "coder", 1, "optimisation")).FinishReason);
    }

    [Fact]
    public async Task A_run_that_resumes_takes_from_its_recording_what_it_has_paid_for_and_asks_for_the_rest()
    {
        using TemporaryFolder folder = new();
        var path = Path.Combine(folder.Path, "calls.jsonl");
        await using var journal = RunFolder.Open(folder.Path);
        using (RecordingChatClient before = new(new ReplayChatClient(Transcript.Parse("t", Text, _ => "two")), journal, "test"))
        {
            await Ask(before, "a/x", "coder", 0, "first");
        }

        await File.AppendAllTextAsync(path, "{\"task\":\"a/x\",\"ro", TestContext.Current.CancellationToken);
        using RecordingChatClient after = new(new ReplayChatClient(Transcript.Parse("t", "", _ => "")), journal, "test");
        using RecordingChatClient another = new(new ReplayChatClient(Transcript.Parse("t", "", _ => "")), journal, "another model");

        Assert.Equal("one", (await Ask(after, "a/x", "coder", 0, "first")).Text);
        await Assert.ThrowsAsync<TranscriptException>(() => Ask(after, "a/x", "coder", 0, "first"));
        await Assert.ThrowsAsync<TranscriptException>(() => Ask(another, "a/x", "coder", 0, "first"));
    }

    private static Task<ChatResponse> Ask(IChatClient client, string task, string role, int round, string mode) =>
        client.GetResponseAsync([new(ChatRole.User, "x")], new CallPurpose(task, role, round, mode).Attach(new ChatOptions()), TestContext.Current.CancellationToken);
}
