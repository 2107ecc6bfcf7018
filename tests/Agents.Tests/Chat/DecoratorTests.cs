using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Chat.Decorators;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

public sealed class DecoratorTests
{
    private static readonly ChatMessage[] Messages = [new(ChatRole.User, "a question with a secret in it")];

    [Fact]
    public async Task What_may_pass_is_asked_again_after_growing_waits_with_jitter()
    {
        JumpingTime time = new();
        using ScriptedClient inner = new(number => number < 3 ? throw new ChatFailureException(ChatFailureKind.ServerError, "oops") : Task.FromResult(ScriptedClient.Reply()));
        using RetryingChatClient client = new(inner, time, () => 0.5);

        await AskAsync(client);

        Assert.Equal([1.5, 6.0, 22.5], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_provider_that_says_how_long_is_never_asked_earlier()
    {
        JumpingTime time = new();
        using ScriptedClient inner = new(number => number == 0 ? throw new ChatFailureException(ChatFailureKind.RateLimited, "slow", TimeSpan.FromSeconds(40)) : Task.FromResult(ScriptedClient.Reply()));
        using RetryingChatClient client = new(inner, time, () => 0.25);

        await AskAsync(client);

        Assert.Equal([40.25], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData(ChatFailureKind.NotAuthorised, 0, 1)]
    [InlineData(ChatFailureKind.QuotaExhausted, 0, 1)]
    [InlineData(ChatFailureKind.UnknownModel, 0, 1)]
    [InlineData(ChatFailureKind.ContextTooLong, 0, 1)]
    [InlineData(ChatFailureKind.ContentFiltered, 0, 1)]
    [InlineData(ChatFailureKind.BadRequest, 0, 1)]
    [InlineData(ChatFailureKind.Malformed, 0, 1)]
    [InlineData(ChatFailureKind.RateLimited, 3600, 1)]
    [InlineData(ChatFailureKind.RateLimited, 0, 4)]
    [InlineData(ChatFailureKind.ServerError, 0, 4)]
    [InlineData(ChatFailureKind.Interrupted, 0, 4)]
    [InlineData(ChatFailureKind.TimedOut, 0, 4)]
    [InlineData(ChatFailureKind.Unreachable, 0, 4)]
    public async Task Only_what_may_pass_is_asked_again_and_not_for_ever(ChatFailureKind kind, int retryAfter, int calls)
    {
        using ScriptedClient inner = new(_ => throw new ChatFailureException(kind, "no", retryAfter == 0 ? null : TimeSpan.FromSeconds(retryAfter)));
        using RetryingChatClient client = new(inner, new JumpingTime(), () => 0);

        await Assert.ThrowsAsync<ChatFailureException>(() => AskAsync(client));

        Assert.Equal(calls, inner.Calls);
    }

    [Fact]
    public async Task No_more_calls_go_on_at_once_than_are_allowed()
    {
        using CallRate rate = new(new CallLimits(null, null, 3), TimeProvider.System);
        using ScriptedClient inner = new(async _ =>
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            return ScriptedClient.Reply();
        });
        using RateLimitingChatClient client = new(inner, rate);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => AskAsync(client)));

        Assert.Equal((40, 3), (inner.Calls, inner.MostAtOnce));
    }

    [Fact]
    public async Task Calls_of_a_minute_are_limited_and_the_next_waits_for_the_oldest_to_be_a_minute_old()
    {
        JumpingTime time = new();
        using CallRate rate = new(new CallLimits(2, null, 10), time);
        using ScriptedClient inner = new(_ => Task.FromResult(ScriptedClient.Reply()));
        using RateLimitingChatClient client = new(inner, rate);

        await AskAsync(client);
        time.Advance(TimeSpan.FromSeconds(20));
        await AskAsync(client);
        await AskAsync(client);

        Assert.Equal([40.0], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Tokens_of_a_minute_are_what_was_used_and_not_what_was_guessed()
    {
        JumpingTime time = new();
        using CallRate rate = new(new CallLimits(null, 1000, 10), time);
        using ScriptedClient inner = new(_ => Task.FromResult(ScriptedClient.Reply()));
        using RateLimitingChatClient client = new(inner, rate);
        ChatOptions options = new() { MaxOutputTokens = 500 };

        for (var i = 0; i < 5; i++)
        {
            await AskAsync(client, options);
        }

        Assert.Empty(time.Waits);
        await AskAsync(client, options);

        Assert.Equal([60.0], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData("Deterministic", 0f, null, 1)]
    [InlineData("Deterministic", 0.2f, 7L, 1)]
    [InlineData("Deterministic", 0.2f, null, 2)]
    [InlineData("Deterministic", null, null, 2)]
    [InlineData("Always", 0.2f, null, 1)]
    [InlineData("Off", 0f, 7L, 2)]
    public async Task Only_what_the_model_would_say_again_is_kept_unless_it_is_asked_for(string policy, float? temperature, long? seed, int calls)
    {
        using TemporaryFolder folder = new();
        using ScriptedClient inner = new(number => Task.FromResult(ScriptedClient.Reply($"answer {number}")));
        using CachingChatClient client = new(inner, new AnswerCache(folder.Path), Enum.Parse<CachePolicy>(policy), "openai:m", new Uri("http://x/v1"));
        ChatOptions options = new() { Temperature = temperature, Seed = seed };

        var first = await AskAsync(client, options);
        var second = await AskAsync(client, options);

        Assert.Equal(calls, inner.Calls);
        Assert.Equal(calls == 1, first.Text == second.Text);
        Assert.Equal(calls == 1 ? 0 : 100, second.Usage?.InputTokenCount);
    }

    [Fact]
    public async Task Another_question_model_server_or_sampling_is_another_answer()
    {
        using TemporaryFolder folder = new();
        using ScriptedClient inner = new(number => Task.FromResult(ScriptedClient.Reply($"answer {number}")));
        CachingChatClient Client(string model, string address) => new(inner, new AnswerCache(folder.Path), CachePolicy.Always, model, new Uri(address));
        using var one = Client("openai:m", "http://x/v1");
        using var two = Client("openai:n", "http://x/v1");
        using var three = Client("openai:m", "http://y/v1");

        await AskAsync(one);
        await AskAsync(one, new ChatOptions { MaxOutputTokens = 5 });
        await AskAsync(one, new ChatOptions { Reasoning = new ReasoningOptions { Effort = ReasoningEffort.High } });
        await one.GetResponseAsync([new(ChatRole.System, Messages[0].Text)], cancellationToken: TestContext.Current.CancellationToken);
        await AskAsync(two);
        await AskAsync(three);

        Assert.Equal(6, inner.Calls);
    }

    [Fact]
    public async Task A_kept_answer_that_cannot_be_read_is_asked_for_anew_and_written_again()
    {
        using TemporaryFolder folder = new();
        using ScriptedClient inner = new(number => Task.FromResult(ScriptedClient.Reply($"answer {number}")));
        using CachingChatClient client = new(inner, new AnswerCache(folder.Path), CachePolicy.Always, "openai:m", new Uri("http://x/v1"));
        await AskAsync(client);
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(folder.Path, "*.json", SearchOption.AllDirectories)), "{ half", TestContext.Current.CancellationToken);

        var again = await AskAsync(client);
        var kept = await AskAsync(client);

        Assert.Equal(("answer 1", "answer 1", 2), (again.Text, kept.Text, inner.Calls));
    }

    [Fact]
    public async Task Telemetry_tells_calls_tokens_and_duration_by_model_and_role_and_no_text()
    {
        ConcurrentQueue<string> told = [];
        using MeterListener meters = new();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TelemetryChatClient.SourceName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Tell($"{instrument.Name} {value}", tags.ToArray()));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Tell(instrument.Name, tags.ToArray()));
        meters.Start();
        using ActivityListener activities = new()
        {
            ShouldListenTo = source => source.Name == TelemetryChatClient.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Tell($"{activity.DisplayName} {activity.Status}", [.. activity.TagObjects]),
        };
        ActivitySource.AddActivityListener(activities);
        using ScriptedClient inner = new(number => number == 0 ? Task.FromResult(ScriptedClient.Reply("a secret answer")) : throw new ChatFailureException(ChatFailureKind.RateLimited, "a secret message"));
        using TelemetryChatClient client = new(inner, ModelName.Parse("openai:told"), "openai");
        var options = new CallPurpose("activation/relu", "judge", 3, "correction").Attach(new ChatOptions());

        await AskAsync(client, options);
        await Assert.ThrowsAsync<ChatFailureException>(() => AskAsync(client, options));

        var all = told.Where(line => line.Contains("told", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, all.Count(line => line.StartsWith("gen_ai.client.operation.duration", StringComparison.Ordinal) && line.Contains("kernelforge.role=judge", StringComparison.Ordinal)));
        Assert.Single(all, line => line.StartsWith("gen_ai.client.token.usage 100", StringComparison.Ordinal) && line.Contains("gen_ai.token.type=input", StringComparison.Ordinal));
        Assert.Single(all, line => line.StartsWith("chat told Error", StringComparison.Ordinal) && line.Contains("error.type=RateLimited", StringComparison.Ordinal));
        Assert.DoesNotContain(all, line => line.Contains("secret", StringComparison.Ordinal));

        void Tell(string what, KeyValuePair<string, object?>[] tags) => told.Enqueue($"{what} {string.Join(' ', tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, ChatOptions? options = null) => client.GetResponseAsync(Messages, options, TestContext.Current.CancellationToken);
}
