using KernelForge.Agents.Chat;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

public sealed class OpenAiChatClientTests
{
    private const string Whole = """
        {"id":"c1","object":"chat.completion","created":1700000000,"model":"m-2","choices":[{"index":0,"finish_reason":"stop",
        "message":{"role":"assistant","content":"the answer","reasoning_content":"the thought"}}],
        "usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"completion_tokens_details":{"reasoning_tokens":3}}}
        """;

    private const string Streamed = """
        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"thin"}}]}

        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[{"index":0,"delta":{"reasoning_content":"king"}}]}

        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[{"index":0,"delta":{"content":"the "}}]}

        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[{"index":0,"delta":{"content":"answer"},"finish_reason":"stop"}]}

        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m-2","choices":[],"usage":{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18}}

        data: [DONE]


        """;

    private static readonly ChatMessage[] Messages = [new(ChatRole.System, "be brief"), new(ChatRole.User, "question")];

    [Fact]
    public async Task A_whole_answer_brings_text_reasoning_usage_and_why_it_ended()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, Whole));
        using HttpClient http = new();
        using var client = Client(server, http);

        var response = await client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("the answer", response.Text);
        Assert.Equal("the thought", Assert.Single(response.Messages[0].Contents.OfType<TextReasoningContent>()).Text);
        Assert.Equal((11, 7, 3), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.ReasoningTokenCount));
        Assert.Equal((ChatFinishReason.Stop, "m-2"), (response.FinishReason, response.ModelId));
    }

    [Fact]
    public async Task A_compatible_server_gets_max_tokens_the_key_and_every_message()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, Whole));
        using HttpClient http = new();
        using var client = Client(server, http);

        await client.GetResponseAsync(Messages, new ChatOptions { MaxOutputTokens = 123, Temperature = 0.5f }, TestContext.Current.CancellationToken);

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/chat/completions ", request, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer secret", request, StringComparison.Ordinal);
        Assert.Contains("\"max_tokens\":123", request, StringComparison.Ordinal);
        Assert.DoesNotContain("max_completion_tokens", request, StringComparison.Ordinal);
        Assert.Contains("\"temperature\":0.5", request, StringComparison.Ordinal);
        Assert.Contains("be brief", request, StringComparison.Ordinal);
        Assert.Contains("question", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAI_itself_gets_max_completion_tokens()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, Whole));
        using HttpClient http = new();
        using var client = Client(server, http, useMaxTokens: false);

        await client.GetResponseAsync(Messages, new ChatOptions { MaxOutputTokens = 123 }, TestContext.Current.CancellationToken);

        Assert.Contains("\"max_completion_tokens\":123", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_answer_adds_up_to_the_same()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, Streamed, "text/event-stream"));
        using HttpClient http = new();
        using var client = Client(server, http);

        var response = await client.GetStreamingResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken)
            .ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.Equal("the answer", response.Text);
        Assert.Equal("thinking", string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text)));
        Assert.Equal((11L, ChatFinishReason.Stop), (response.Usage!.InputTokenCount, response.FinishReason));
    }

    [Fact]
    public async Task A_429_says_how_long_to_wait()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(429, """{"error":{"message":"slow down"}}""", Headers: "Retry-After: 7\r\n"));

        var failure = await FailureOf(server);

        Assert.Equal((ChatFailureKind.RateLimited, TimeSpan.FromSeconds(7), true), (failure.Kind, failure.RetryAfter, failure.Transient));
        Assert.Contains("slow down", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_401_names_the_setting_of_the_key()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(401, """{"error":{"message":"no"}}"""));

        var failure = await FailureOf(server);

        Assert.Equal((ChatFailureKind.NotAuthorised, false), (failure.Kind, failure.Transient));
        Assert.Contains("THE_KEY_SETTING", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ this is no json")]
    [InlineData("<html>proxy</html>")]
    [InlineData("""{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[]}""")]
    public async Task An_answer_that_is_no_completion_is_malformed(string body)
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, body));

        Assert.Equal(ChatFailureKind.Malformed, (await FailureOf(server)).Kind);
    }

    [Fact]
    public async Task No_answer_in_time_is_a_time_out_and_not_a_cancellation()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, "", Never: true));

        var failure = await FailureOf(server, TimeSpan.FromMilliseconds(200));

        Assert.Equal(ChatFailureKind.TimedOut, failure.Kind);
        Assert.Contains("0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_is_a_cancellation_and_not_a_time_out()
    {
        await using FakeChatServer server = new(new FakeChatServer.Answer(200, "", Never: true));
        using HttpClient http = new();
        using var client = Client(server, http);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(Messages, cancellationToken: cancel.Token));
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        FakeChatServer server = new();
        await server.DisposeAsync();
        using HttpClient http = new();
        using OpenAiChatClient client = new(new OpenAiEndpoint { BaseAddress = new Uri("http://127.0.0.1:9/v1"), ApiKey = "k", ApiKeySetting = "S" }, "m", http);

        var failure = await Assert.ThrowsAsync<ChatFailureException>(() => client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ChatFailureKind.Unreachable, failure.Kind);
    }

    [Fact]
    public async Task A_transient_failure_is_asked_again_and_a_lasting_one_is_not()
    {
        await using FakeChatServer server = new(
            new FakeChatServer.Answer(429, "{}", Headers: "Retry-After: 0\r\n"), new FakeChatServer.Answer(200, Whole), new FakeChatServer.Answer(401, "{}"));
        using HttpClient http = new();
        using RetryingChatClient client = new(Client(server, http), TimeProvider.System);

        var response = await client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ChatFailureException>(() => client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("the answer", response.Text);
        Assert.Equal(3, server.Requests.Count);
    }

    private static OpenAiChatClient Client(FakeChatServer server, HttpClient http, bool useMaxTokens = true, TimeSpan? timeout = null) =>
        new(new OpenAiEndpoint { BaseAddress = server.BaseAddress, ApiKey = "secret", ApiKeySetting = "THE_KEY_SETTING", UseMaxTokens = useMaxTokens, Timeout = timeout ?? TimeSpan.FromSeconds(30) }, "m", http);

    private static async Task<ChatFailureException> FailureOf(FakeChatServer server, TimeSpan? timeout = null)
    {
        using HttpClient http = new();
        using var client = Client(server, http, timeout: timeout);
        return await Assert.ThrowsAsync<ChatFailureException>(() => client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));
    }
}
