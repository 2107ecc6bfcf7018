using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KernelForge.Api.Features.Keys;

namespace KernelForge.Api.Tests.Features.Keys;

/// <summary>A forwarded request stands for one from another machine: both come from beyond, and tests may have no other address.</summary>
public sealed class AccessTests(RestService rest, ServiceFixture fixture) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_from_elsewhere_needs_a_key()
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/v1/tasks");

        await RestService.ProblemAsync(response, 401);
        Assert.Equal(["Bearer", "Basic"], response.Headers.WwwAuthenticate.Select(scheme => scheme.Scheme));
    }

    [Fact]
    public async Task A_key_that_is_none_is_refused()
    {
        using var response = await SendAsync(HttpMethod.Get, "/api/v1/tasks", new AuthenticationHeaderValue("Bearer", "kf_made-up"));

        await RestService.ProblemAsync(response, 401);
    }

    [Fact]
    public async Task A_key_with_read_looks_and_changes_nothing()
    {
        var key = await KeyAsync("read");

        using var look = await SendAsync(HttpMethod.Get, "/api/v1/tasks", key);
        using var change = await SendAsync(HttpMethod.Post, "/api/v1/submissions", key);

        Assert.Equal(HttpStatusCode.OK, look.StatusCode);
        Assert.Contains("scope submit", (await RestService.ProblemAsync(change, 403))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_submit_looks_and_submits()
    {
        var key = await KeyAsync("submit");

        using var look = await SendAsync(HttpMethod.Get, "/api/v1/tasks", key);
        using var change = await SendAsync(HttpMethod.Post, "/api/v1/submissions", key);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted), (look.StatusCode, change.StatusCode));
    }

    [Fact]
    public async Task A_browser_gives_its_key_as_a_password()
    {
        var key = await KeyAsync("read");
        AuthenticationHeaderValue basic = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{key.Parameter}")));

        using var response = await SendAsync(HttpMethod.Get, "/api/v1/tasks", basic);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_revoked_key_is_none()
    {
        var key = await KeyAsync("read");
        await rest.ExecuteAsync("UPDATE api_keys SET revoked_at = now()");

        using var response = await SendAsync(HttpMethod.Get, "/api/v1/tasks", key);

        await RestService.ProblemAsync(response, 401);
    }

    [Fact]
    public async Task Health_needs_no_key()
    {
        using var response = await SendAsync(HttpMethod.Get, "/health/live");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, $"/api/v1/submissions/{await rest.SubmitAsync()}");
        request.Headers.Add(header, value);

        using var response = await rest.Http.SendAsync(request, Cancelled);

        await RestService.ProblemAsync(response, 403);
    }

    [Fact]
    public async Task A_page_of_this_service_may_change()
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, $"/api/v1/submissions/{await rest.SubmitAsync()}");
        request.Headers.Add("Origin", rest.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));

        using var response = await rest.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_name_that_was_made_to_point_here_is_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/api/v1/tasks");
        request.Headers.Host = "evil.example";

        using var response = await rest.Http.SendAsync(request, Cancelled);

        Assert.Contains("evil.example", (await RestService.ProblemAsync(response, 400))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://127.0.0.1:0;http://*:0")]
    [InlineData("http://[::]:0")]
    public async Task An_address_that_others_reach_is_refused_while_there_is_no_key(string urls)
    {
        var settings = fixture.Settings(await fixture.NewDatabaseAsync(), workers: 0) with { Urls = urls };

        var error = await Assert.ThrowsAsync<UnguardedAddressException>(() => Service.StartAsync(settings, Cancelled));

        Assert.Contains("./kernelforge key create", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_it_listens_where_others_reach_it()
    {
        var settings = fixture.Settings(await fixture.NewDatabaseAsync(), workers: 0) with { Urls = "http://0.0.0.0:0" };
        await ApiKeys.CreateAsync(settings, "ci", ["read"], Cancelled);

        await using var service = await Service.StartAsync(settings, Cancelled);

        Assert.Single(service.Addresses);
    }

    [Theory]
    [InlineData("", "read", "name")]
    [InlineData("ci", "write", "read, submit, admin")]
    public async Task A_key_that_cannot_be_is_refused(string name, string scope, string named)
    {
        var error = await Assert.ThrowsAsync<ApiKeyException>(() => ApiKeys.CreateAsync(rest.Database, name, [scope], TimeProvider.System, Cancelled));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private async Task<AuthenticationHeaderValue> KeyAsync(string scope) => new("Bearer", await ApiKeys.CreateAsync(rest.Database, "test", [scope], TimeProvider.System, Cancelled));

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, AuthenticationHeaderValue? key = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Authorization = key;
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent("""{"task":"activation/gelu","code":"// by key"}""", Encoding.UTF8, "application/json");
        }

        return await rest.Http.SendAsync(request, Cancelled);
    }
}
