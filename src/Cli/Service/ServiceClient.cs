using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using KernelForge.Contracts.Service;
using RestEase;

namespace KernelForge.Cli.Service;

/// <summary>A service that this program talks to. A refusal or silence ends the verb with the service's own words and an exit code.</summary>
internal sealed class ServiceClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly IServiceApi _api;

    /// <summary>Talks to the service at an address, with an API key where one is needed.</summary>
    public ServiceClient(Uri address, string? key)
    {
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        if (!string.IsNullOrEmpty(key))
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _api = new RestClient(_http) { ResponseDeserializer = new ServiceJson.Reader(), RequestBodySerializer = new ServiceJson.Writer() }.For<IServiceApi>();
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; }

    /// <summary>Address of a page of it.</summary>
    public string Page(string path) => new Uri(Address, path).ToString();

    /// <summary>Whether a service answers there.</summary>
    public async Task<bool> IsUpAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        try
        {
            using var answer = await _http.GetAsync(new Uri("health/live", UriKind.Relative), patience.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Asks something.</summary>
    /// <exception cref="CliException">It refused, or nobody answered.</exception>
    public async Task<T> AskAsync<T>(Func<IServiceApi, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(_api);
        }
        catch (ApiException error)
        {
            throw Refusal(error.StatusCode, error.Content);
        }
        catch (Exception error) when (IsSilence(error, cancellationToken))
        {
            throw Silence(error);
        }
    }

    /// <summary>Asks for something that has no answer but that it was done.</summary>
    /// <exception cref="CliException">It refused, or nobody answered.</exception>
    public Task TellAsync(Func<IServiceApi, Task> order, CancellationToken cancellationToken) =>
        AskAsync(
            async api =>
            {
                await order(api);
                return true;
            },
            cancellationToken);

    /// <summary>Asks for something that may not be there: null then.</summary>
    public async Task<T?> FindAsync<T>(Func<IServiceApi, Task<T>> question, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(question, cancellationToken);
        }
        catch (RefusedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Every row of the board, page by page.</summary>
    public async Task<Leaderboard> LeaderboardAsync(IDictionary<string, string> filters, CancellationToken cancellationToken)
    {
        var board = await AskAsync(api => api.LeaderboardAsync(filters, null, cancellationToken), cancellationToken);
        List<LeaderboardRow> rows = [.. board.Rows];
        for (var cursor = board.NextCursor; cursor is not null;)
        {
            var page = await AskAsync(api => api.LeaderboardAsync(filters, cursor, cancellationToken), cancellationToken);
            rows.AddRange(page.Rows);
            cursor = page.NextCursor;
        }

        return board with { Rows = rows, NextCursor = null };
    }

    /// <summary>Opens an answer whose body is read as it comes: events, files.</summary>
    /// <exception cref="CliException">It refused, or nobody answered.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (Exception error) when (IsSilence(error, cancellationToken))
        {
            throw Silence(error);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static bool IsSilence(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or IOException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested);

    private SilentServiceException Silence(Exception error) =>
        new($"no service answers at {Address} ({error.Message}); start one with ./kernelforge serve, or set KERNELFORGE_SERVICE to the address of one that is up");

    private RefusedException Refusal(HttpStatusCode status, string? content)
    {
        var (message, code) = (Problem(content) ?? $"{Address} answered {(int)status} {status}", status switch
        {
            HttpStatusCode.NotFound => ExitCodes.Usage,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => ExitCodes.Missing,
            >= HttpStatusCode.InternalServerError => ExitCodes.Fault,
            _ => ExitCodes.BadInput,
        });
        var remedy = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? "; set KERNELFORGE_API_KEY to a key of that service (./kernelforge key create NAME --scopes S makes one)"
            : "";
        return new RefusedException(status, code, message + remedy);
    }

    /// <summary>The sentence of problem details (RFC 9457); null where the body is none.</summary>
    private static string? Problem(string? content)
    {
        try
        {
            using var document = JsonDocument.Parse(content ?? "");
            var problem = document.RootElement;
            var text = Text(problem, "detail") ?? Text(problem, "title");
            if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object)
            {
                var each = errors.EnumerateObject().Select(error => $"{error.Name}: {string.Join("; ", error.Value.ValueKind == JsonValueKind.Array ? error.Value.EnumerateArray().Select(line => line.ToString()) : [error.Value.ToString()])}");
                text = string.Join("\n  ", (string[])[.. text is null ? Array.Empty<string>() : [text], .. each]);
            }

            return text;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
