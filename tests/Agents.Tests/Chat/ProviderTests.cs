using KernelForge.Agents.Chat;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>The official client libraries through our adapters, against a server that speaks the providers' real formats.</summary>
public sealed class ProviderTests
{
    private const string Key = "a-key-that-nobody-else-has";

    private static readonly ChatMessage[] Messages = [new(ChatRole.System, "be brief"), new(ChatRole.User, "question")];

    public static TheoryData<string> Formats => ["chat", "responses", "anthropic"];

    public static TheoryData<string, int> FormatsInPieces => new(from format in Formats.Select(row => row.Data) from size in new[] { 1, 3, 64, 100_000 } select (format, size));

    [Theory]
    [MemberData(nameof(FormatsInPieces))]
    public async Task An_answer_brings_text_reasoning_usage_and_why_it_ended_whatever_the_size_of_the_pieces(string format, int chunkSize)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Answer("the answer: ü 🚀", chunkSize: chunkSize));

        var response = await AskAsync(wire, server);

        Assert.Equal("the answer: ü 🚀", response.Text);
        Assert.Equal("the thought", Reasoning(response));
        Assert.Equal((100L, 20L, 40L, 7L), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount, response.Usage?.CachedInputTokenCount, response.Usage?.ReasoningTokenCount));
        Assert.Equal((ChatFinishReason.Stop, "m-2"), (response.FinishReason, response.ModelId));
    }

    [Theory]
    [InlineData("chat", "POST /v1/chat/completions ", "Authorization: Bearer " + Key)]
    [InlineData("responses", "POST /v1/responses ", "Authorization: Bearer " + Key)]
    [InlineData("anthropic", "POST /v1/messages ", "Authorization: Bearer " + Key)]
    public async Task Every_provider_gets_the_key_and_the_messages_and_is_asked_to_stream(string format, string path, string key)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Answer());

        await AskAsync(wire, server, new ChatOptions { MaxOutputTokens = 123, Temperature = 0.2f });

        var request = Assert.Single(server.Requests);
        Assert.StartsWith(path, request, StringComparison.Ordinal);
        Assert.All(["be brief", "question", "\"stream\":true", "\"temperature\":0.2", "123"], part => Assert.Contains(part, request, StringComparison.Ordinal));
        Assert.Contains(key, request, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("chat", "\"max_tokens\":123", "max_completion_tokens")]
    [InlineData("responses", "\"max_output_tokens\":123", "max_tokens")]
    [InlineData("anthropic", "\"max_tokens\":123", "max_completion_tokens")]
    public async Task The_limit_of_tokens_goes_by_the_protocols_own_name(string format, string expected, string unexpected)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Answer());

        await AskAsync(wire, server, new ChatOptions { MaxOutputTokens = 123 });

        Assert.Contains(expected, Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.DoesNotContain($"\"{unexpected}\"", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAI_is_asked_for_a_summary_of_the_reasoning_and_to_store_nothing()
    {
        var wire = WireFormat.Named("responses");
        await using WireServer server = new(wire.Answer());

        await AskAsync(wire, server);

        Assert.Contains("\"reasoning\":{\"summary\":\"auto\"}", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("\"store\":false", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anthropics_system_prompt_is_marked_for_the_prompt_cache_and_what_is_written_there_is_counted()
    {
        var wire = WireFormat.Named("anthropic");
        await using WireServer server = new(wire.Answer());
        using var models = Models(wire, server, ("KERNELFORGE_ANTHROPIC__PRICE", "1000000/2000000/100000/1250000"));
        var model = models.Create(ModelName.Parse(wire.Model));

        var usage = model.UsageOf(await model.Client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("\"cache_control\":{\"type\":\"ephemeral\"}", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Equal((100L, 40L, 10L), (usage.InputTokens, usage.CachedInputTokens, usage.CacheWriteTokens));
        Assert.Equal((50 * 1m) + (40 * 0.1m) + (10 * 1.25m) + (20 * 2m), usage.CostUsd);
    }

    [Fact]
    public async Task Azure_is_asked_by_its_deployment_below_its_resource()
    {
        var wire = WireFormat.Named("chat");
        await using WireServer server = new(wire.Answer());
        Dictionary<string, string> settings = new() { ["AZURE_OPENAI_ENDPOINT"] = new Uri(server.Address, "/").ToString(), ["AZURE_OPENAI_API_KEY"] = Key };
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var response = await models.Create(ModelName.Parse("azure:my-deployment")).Client.GetResponseAsync(Messages, new ChatOptions { MaxOutputTokens = 9 }, TestContext.Current.CancellationToken);

        Assert.Equal("the answer", response.Text);
        Assert.StartsWith("POST /openai/v1/chat/completions ", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("\"model\":\"my-deployment\"", Assert.Single(server.Requests), StringComparison.Ordinal);
        Assert.Contains("\"max_completion_tokens\":9", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_field_that_OpenRouter_and_Ollama_put_reasoning_into_is_reasoning_too()
    {
        var wire = WireFormat.Named("chat");
        await using WireServer server = new(WireFormat.Stream(wire.Events("x", "why", "stop", true).Select(text => text.Replace("reasoning_content", "reasoning", StringComparison.Ordinal))));

        Assert.Equal("why", Reasoning(await AskAsync(wire, server)));
    }

    [Theory]
    [InlineData("chat", "length", "length")]
    [InlineData("chat", "content_filter", "content_filter")]
    [InlineData("responses", "length", "length")]
    [InlineData("responses", "content_filter", "content_filter")]
    [InlineData("responses", "refusal", "content_filter")]
    [InlineData("anthropic", "length", "length")]
    [InlineData("anthropic", "refusal", "content_filter")]
    public async Task Cut_off_and_refused_are_told_apart_from_done(string format, string finish, string expected)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Answer(finish: finish));

        var response = await AskAsync(wire, server);

        Assert.Equal((expected, "the answer"), (response.FinishReason?.Value, response.Text));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_provider_that_does_not_say_what_was_used_makes_the_cost_unknown_and_not_zero(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Answer(usage: false));
        using var models = Models(wire, server, ("KERNELFORGE_OPENAI__PRICE", "1/2"), ("KERNELFORGE_ANTHROPIC__PRICE", "1/2"), ("KERNELFORGE_COMPATIBLE__BOX__PRICE", "1/2"));
        var model = models.Create(ModelName.Parse(wire.Model));

        var usage = model.UsageOf(await model.Client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(new ModelUsage { Calls = 1, CostUsd = null }, usage);
    }

    [Theory]
    [InlineData("chat", 401, "invalid_api_key", "no", ChatFailureKind.NotAuthorised, "KERNELFORGE_COMPATIBLE__BOX__API_KEY")]
    [InlineData("responses", 401, "invalid_api_key", "no", ChatFailureKind.NotAuthorised, "OPENAI_API_KEY")]
    [InlineData("anthropic", 401, "authentication_error", "no", ChatFailureKind.NotAuthorised, "ANTHROPIC_API_KEY")]
    [InlineData("responses", 403, "unsupported_country", "no", ChatFailureKind.NotAuthorised, "check the key")]
    [InlineData("responses", 429, "insufficient_quota", "You exceeded your current quota", ChatFailureKind.QuotaExhausted, "billing")]
    [InlineData("anthropic", 400, "invalid_request_error", "Your credit balance is too low to access the API", ChatFailureKind.QuotaExhausted, "billing")]
    [InlineData("chat", 402, "402", "Insufficient credits", ChatFailureKind.QuotaExhausted, "billing")]
    [InlineData("chat", 429, "rate_limit_exceeded", "slow down", ChatFailureKind.RateLimited, "CALLS_PER_MINUTE")]
    [InlineData("anthropic", 429, "rate_limit_error", "slow down", ChatFailureKind.RateLimited, "CALLS_PER_MINUTE")]
    [InlineData("chat", 400, "context_length_exceeded", "This model's maximum context length is 8192 tokens", ChatFailureKind.ContextTooLong, "longer context")]
    [InlineData("anthropic", 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", ChatFailureKind.ContextTooLong, "longer context")]
    [InlineData("responses", 400, "content_policy_violation", "flagged", ChatFailureKind.ContentFiltered, "filter")]
    [InlineData("chat", 400, "content_filter", "flagged by Azure", ChatFailureKind.ContentFiltered, "filter")]
    [InlineData("chat", 400, "bad", "nonsense", ChatFailureKind.BadRequest, "nonsense")]
    [InlineData("chat", 500, "server_error", "oops", ChatFailureKind.ServerError, "try again later")]
    [InlineData("responses", 503, "server_error", "oops", ChatFailureKind.ServerError, "try again later")]
    [InlineData("anthropic", 529, "overloaded_error", "Overloaded", ChatFailureKind.ServerError, "overloaded (529)")]
    [InlineData("anthropic", 500, "api_error", "oops", ChatFailureKind.ServerError, "try again later")]
    public async Task A_refusal_says_what_it_is_and_what_to_do(string format, int status, string code, string message, ChatFailureKind kind, string expected)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Error(status, code, message));

        var failure = await FailureAsync(wire, server);

        Assert.Equal(kind, failure.Kind);
        Assert.Contains($"m of {wire.Model.Split('/')[0].Replace(":m", "", StringComparison.Ordinal)} at http://127.0.0.1", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat", 404, "model_not_found")]
    [InlineData("responses", 400, "model_not_found")]
    [InlineData("anthropic", 404, "not_found_error")]
    public async Task An_unknown_model_offers_the_nearest_that_the_server_has(string format, int status, string code)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(wire.Error(status, code, "model: qwen3-codr"), wire.Models("qwen3-coder", "llama", "embed"));
        using var models = Models(wire, server);

        var failure = await Assert.ThrowsAsync<ChatFailureException>(() =>
            models.Create(ModelName.Parse(wire.Model[..^1] + "qwen3-codr"))
                .Client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ChatFailureKind.UnknownModel, failure.Kind);
        Assert.EndsWith("Did you mean qwen3-coder?", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Retry_After_is_read_in_seconds_and_as_a_date(string format)
    {
        var wire = WireFormat.Named(format);
        var date = TimeProvider.System.GetUtcNow().AddSeconds(90).ToString("R");
        await using WireServer server = new(
            wire.Error(429, "rate_limit_error", "slow") with { Headers = "Retry-After: 7\r\n" }, wire.Error(429, "rate_limit_error", "slow") with { Headers = $"Retry-After: {date}\r\n" });

        Assert.Equal(TimeSpan.FromSeconds(7), (await FailureAsync(wire, server)).RetryAfter);
        Assert.InRange((await FailureAsync(wire, server)).RetryAfter!.Value.TotalSeconds, 60, 91);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_error_in_the_middle_of_a_stream_is_a_failure_of_its_kind(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(WireFormat.Stream([.. wire.Events("half", null, "stop", true).Take(4), wire.ErrorEvent("overloaded_error", "Overloaded")]));

        var failure = await FailureAsync(wire, server);

        Assert.Equal((ChatFailureKind.ServerError, true), (failure.Kind, failure.Transient));
        Assert.Contains("Overloaded", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task An_event_that_is_no_JSON_is_malformed(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(WireFormat.Stream([wire.Events("half", null, "stop", true)[0], "event: content_block_delta\ndata: {\"type\": this is no json\n\n"]));

        var failure = await FailureAsync(wire, server);

        Assert.Equal((ChatFailureKind.Malformed, false), (failure.Kind, failure.Transient));
        Assert.Contains("protocol", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_page_of_a_proxy_is_no_answer(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(new WireAnswer(200, "<html>log in first</html>") { ContentType = "text/html" });

        Assert.True((await FailureAsync(wire, server)).Kind is ChatFailureKind.Malformed or ChatFailureKind.Interrupted);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_stream_that_breaks_off_is_interrupted_and_may_be_asked_for_again(string format)
    {
        var wire = WireFormat.Named(format);
        var half = wire.Events("half an answer", "thought", "stop", true).Take(5).ToArray();
        await using WireServer reset = new(WireFormat.Stream(half, end: WireEnd.Reset));
        await using WireServer quiet = new(WireFormat.Stream(half));

        var broken = await FailureAsync(wire, reset);
        var ended = await FailureAsync(wire, quiet);

        Assert.Equal((ChatFailureKind.Interrupted, true), (broken.Kind, broken.Transient));
        Assert.Equal((ChatFailureKind.Interrupted, true), (ended.Kind, ended.Transient));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_server_that_falls_silent_before_or_in_an_answer_is_a_time_out_that_names_the_setting(string format)
    {
        var wire = WireFormat.Named(format);
        var half = wire.Events("half an answer", "thought", "stop", true).Take(5).ToArray();
        await using WireServer middle = new(WireFormat.Stream(half, end: WireEnd.Hang));
        await using WireServer before = new(new WireAnswer(200, "") { Gate = Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken) });

        var inside = await FailureAsync(wire, middle, ("KERNELFORGE_MODEL_IDLE_SECONDS", "0.3"));
        var outside = await FailureAsync(wire, before, ("KERNELFORGE_MODEL_IDLE_SECONDS", "0.3"));

        Assert.All([inside, outside], failure =>
        {
            Assert.Equal(ChatFailureKind.TimedOut, failure.Kind);
            Assert.Contains("nothing came for 0.3 s; raise KERNELFORGE_MODEL_IDLE_SECONDS", failure.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_whole_answer_has_its_time_too(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(WireFormat.Stream(wire.Events("half", null, "stop", true).Take(3), end: WireEnd.Hang));

        var failure = await FailureAsync(wire, server, ("KERNELFORGE_MODEL_TIMEOUT_SECONDS", "0.3"));

        Assert.Equal(ChatFailureKind.TimedOut, failure.Kind);
        Assert.Contains("0.3 s; raise KERNELFORGE_MODEL_TIMEOUT_SECONDS", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Cancelling_is_a_cancellation_and_not_a_time_out(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(WireFormat.Stream(wire.Events("half", null, "stop", true).Take(3), end: WireEnd.Hang));
        using var models = Models(wire, server);
        using CancellationTokenSource cancel = new(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => models.Create(ModelName.Parse(wire.Model)).Client.GetResponseAsync(Messages, cancellationToken: cancel.Token));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Nobody_listening_is_unreachable_and_names_the_address(string format)
    {
        var wire = WireFormat.Named(format);
        WireServer server = new();
        var settings = wire.Settings(server, Key);
        await server.DisposeAsync();
        settings["KERNELFORGE_MODEL_RETRIES"] = "0";
        using AgentModels models = new(settings.GetValueOrDefault, "nowhere", TimeProvider.System);

        var failure = await Assert.ThrowsAsync<ChatFailureException>(() => models.Create(ModelName.Parse(wire.Model)).Client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(ChatFailureKind.Unreachable, failure.Kind);
        Assert.Contains("__BASE_ADDRESS", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_key_that_the_server_echoes_never_comes_back(string format)
    {
        var wire = WireFormat.Named(format);
        await using WireServer server = new(
            wire.Error(400, "bad", $"the header held {Key}"),
            WireFormat.Stream([wire.Events("x", null, "stop", true)[0], wire.ErrorEvent("server_error", $"oops {Key}")]),
            wire.Answer($"your key is {Key}", $"the key {Key} is here"));

        var refused = await FailureAsync(wire, server);
        var broken = await FailureAsync(wire, server);
        var answered = await AskAsync(wire, server);

        Assert.All([refused.ToString(), broken.ToString(), answered.Text, Reasoning(answered)], text =>
        {
            Assert.DoesNotContain(Key, text, StringComparison.Ordinal);
            Assert.Contains("[key]", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_answer_of_ten_megabytes_is_read_no_further_than_a_kernel_can_be_long()
    {
        var wire = WireFormat.Named("chat");
        var piece = wire.Events(new string('x', 5), null, "stop", false)[1].Replace("xxxxx", new string('x', 100_000), StringComparison.Ordinal);
        await using WireServer server = new(WireFormat.Stream(Enumerable.Repeat(piece, 105), 1 << 16));

        var response = await AskAsync(wire, server);

        Assert.InRange(response.Text.Length, 4 << 20, 5_000_000);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    private static string Reasoning(ChatResponse response) =>
        string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));

    private static async Task<ChatResponse> AskAsync(WireFormat wire, WireServer server, ChatOptions? options = null)
    {
        using var models = Models(wire, server);
        return await models.Create(ModelName.Parse(wire.Model)).Client.GetResponseAsync(Messages, options, TestContext.Current.CancellationToken);
    }

    private static async Task<ChatFailureException> FailureAsync(WireFormat wire, WireServer server, params (string Name, string Value)[] more)
    {
        using var models = Models(wire, server, more);
        return await Assert.ThrowsAsync<ChatFailureException>(() =>
            models.Create(ModelName.Parse(wire.Model)).Client.GetResponseAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));
    }

    private static AgentModels Models(WireFormat wire, WireServer server, params (string Name, string Value)[] more)
    {
        var settings = wire.Settings(server, Key);
        settings["KERNELFORGE_MODEL_RETRIES"] = "0";
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return new AgentModels(settings.GetValueOrDefault, "nowhere", TimeProvider.System);
    }
}
