using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KernelForge.Agents.Chat.Providers;

/// <summary>
/// Makes a <see cref="ChatFailureException"/> of what a provider says instead of an answer. OpenAI, Azure, Anthropic and compatible servers
/// all send <c>error</c> with <c>message</c> and, of <c>code</c>, <c>type</c> and <c>param</c>, what they have.
/// </summary>
internal static partial class ProviderRefusal
{
    private const int LongestQuote = 500;

    /// <summary>Members of requests that models differ in, by their names in messages.</summary>
    private static readonly string[] Parameters = ["top_p", "temperature", "seed", "reasoning", "thinking", "effort"];

    /// <summary>From an HTTP response that is no success.</summary>
    public static ChatFailureException Of(ProviderEndpoint endpoint, string model, int status, string body, TimeSpan? retryAfter)
    {
        var (message, code, parameter) = Read(body);
        var said = endpoint.Redact(message.Length <= LongestQuote ? message : message[..LongestQuote] + "…");
        var kind = KindOf(status, code, message);
        return new ChatFailureException(kind, $"{model} of {endpoint}: {Explain(kind, endpoint, status, retryAfter)}: {said}", retryAfter)
        {
            Parameter = kind != ChatFailureKind.BadRequest ? null : parameter ?? ParameterIn(message),
        };
    }

    /// <summary>From an error in the middle of a stream, which has no status of its own.</summary>
    public static ChatFailureException InStream(ProviderEndpoint endpoint, string model, string body) => Of(endpoint, model, 0, body, null);

    /// <summary><c>Retry-After</c> in seconds or as a date, or <c>retry-after-ms</c>.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.TryGetValues("retry-after-ms", out var values)
            && double.TryParse(values.FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and <= 86_400_000)
        {
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        return headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
            _ when headers.TryGetValues("retry-after", out var raw)
                && double.TryParse(raw.FirstOrDefault(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400 => TimeSpan.FromSeconds(seconds),
            _ => null,
        };
    }

    private static ChatFailureKind KindOf(int status, string code, string message) => (status, code) switch
    {
        (402, _) or (_, "insufficient_quota" or "billing_error" or "billing_hard_limit_reached") => ChatFailureKind.QuotaExhausted,
        _ when status is 0 or 400 or 403 or 429 && Quota().IsMatch(message) => ChatFailureKind.QuotaExhausted,
        (401 or 403, _) or (_, "authentication_error" or "permission_error" or "invalid_api_key") => ChatFailureKind.NotAuthorised,
        (429, _) or (_, "rate_limit_error" or "rate_limit_exceeded") => ChatFailureKind.RateLimited,
        (_, "content_filter" or "content_policy_violation" or "invalid_prompt" or "ResponsibleAIPolicyViolation") => ChatFailureKind.ContentFiltered,
        (413, _) or (_, "context_length_exceeded" or "request_too_large") => ChatFailureKind.ContextTooLong,
        _ when status is 0 or 400 or 422 && Context().IsMatch(message) => ChatFailureKind.ContextTooLong,
        (_, "model_not_found" or "not_found_error" or "DeploymentNotFound") => ChatFailureKind.UnknownModel,
        (404 or 400, _) when UnknownModel().IsMatch(message) => ChatFailureKind.UnknownModel,
        (408, _) or (_, "timeout_error") => ChatFailureKind.TimedOut,
        (>= 500, _) or (_, "overloaded_error" or "api_error" or "server_error" or "internal_server_error") => ChatFailureKind.ServerError,
        (0, _) => ChatFailureKind.ServerError,
        _ => ChatFailureKind.BadRequest,
    };

    private static string Explain(ChatFailureKind kind, ProviderEndpoint endpoint, int status, TimeSpan? retryAfter)
    {
        var code = status == 0 ? "in the middle of the answer" : status.ToString(CultureInfo.InvariantCulture);
        return kind switch
        {
            ChatFailureKind.NotAuthorised => $"the key of {endpoint.ApiKeySetting} is not accepted ({code}); check the key and what it may use",
            ChatFailureKind.QuotaExhausted => $"the account's quota or credit is used up ({code}); look at the account's billing, or choose another model",
            ChatFailureKind.RateLimited => $"too many calls ({code}{(retryAfter is { } wait ? string.Create(CultureInfo.InvariantCulture, $", asks to wait {wait.TotalSeconds:0.##} s") : "")}); wait, or set the provider's CALLS_PER_MINUTE or TOKENS_PER_MINUTE",
            ChatFailureKind.UnknownModel => $"there is no such model ({code})",
            ChatFailureKind.ContextTooLong => $"the prompt is too long for the model ({code}); choose a model with a longer context",
            ChatFailureKind.ContentFiltered => $"the provider's filter refused the prompt ({code}); choose another model or provider",
            ChatFailureKind.TimedOut => $"the server gave up waiting ({code})",
            ChatFailureKind.ServerError => status == 529 ? "the provider is overloaded (529); try again later" : $"the server failed ({code}); try again later",
            _ when status == 404 => $"nothing answers at this address (404); check {endpoint.BaseAddressSetting}",
            _ => $"the request is not accepted ({code})",
        };
    }

    private static (string Message, string Code, string? Parameter) Read(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var inner))
            {
                if (inner.ValueKind == JsonValueKind.String)
                {
                    return (inner.GetString()!, "", null);
                }

                root = inner;
            }

            if (root.ValueKind == JsonValueKind.Object)
            {
                // The code is more exact than the type; compatible servers repeat the status there.
                var code = Text(root, "code") is { Length: > 0 } given && !given.All(char.IsAsciiDigit) ? given : Text(root, "type") ?? "";
                return (Text(root, "message") ?? Text(root, "detail") ?? body, code, Text(root, "param"));
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or nothing.
        }

        return (body.Trim() is { Length: > 0 } text ? text : "no text", "", null);
    }

    private static string? Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    private static string? ParameterIn(string message) => Array.Find(Parameters, name => message.Contains(name, StringComparison.OrdinalIgnoreCase)) is not { } first ? null
        : first == "top_p" ? first
        : Parameters.Where(name => message.Contains(name, StringComparison.OrdinalIgnoreCase)).MinBy(name => message.IndexOf(name, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"credit balance is too low|exceeded your current quota|insufficient (credit|quota|funds|balance)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quota();

    [GeneratedRegex(@"context (length|window|size)|prompt is too long|too many tokens|maximum number of tokens|input (is|was) too long", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Context();

    [GeneratedRegex(@"(model|deployment)\b.*\b(not found|does not exist|not exist|unknown)|(unknown|invalid|no such) model|not a valid model", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UnknownModel();
}
