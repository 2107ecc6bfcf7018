using System.Net;
using KernelForge.Api.Tests.Features;

namespace KernelForge.Api.Tests.Pages;

public sealed class PageTests(RestService rest) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/leaderboard")]
    [InlineData("/tasks")]
    [InlineData("/tasks?category=activation&verdict=unaudited")]
    [InlineData("/no/such/page")]
    public async Task A_page_allows_nothing_from_elsewhere_and_nothing_written_into_it(string address)
    {
        using var answer = await rest.Http.GetAsync(address, Cancelled);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("/no/such/page", HttpStatusCode.NotFound)]
    [InlineData("/tasks/no/such", HttpStatusCode.NotFound)]
    [InlineData("/solutions/abc", HttpStatusCode.NotFound)]
    [InlineData("/runs/00000000-0000-0000-0000-000000000000", HttpStatusCode.NotFound)]
    [InlineData("/runs/00000000-0000-0000-0000-000000000000?before=many", HttpStatusCode.BadRequest)]
    [InlineData("/leaderboard?task=%00", HttpStatusCode.BadRequest)]
    [InlineData("/assets/none.js", HttpStatusCode.NotFound)]
    public async Task What_goes_wrong_with_a_page_is_told_as_a_page(string address, HttpStatusCode status)
    {
        using var answer = await rest.Http.GetAsync(address, Cancelled);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("href=\"/leaderboard\"", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asset_may_be_kept_for_good()
    {
        var page = await rest.Http.GetStringAsync("/", Cancelled);
        var address = page[page.IndexOf("/assets/site.css?v=", StringComparison.Ordinal)..];

        using var answer = await rest.Http.GetAsync(address[..address.IndexOf('"', StringComparison.Ordinal)], Cancelled);

        Assert.Equal("text/css", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", answer.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_solutions_of_equal_speed_share_a_rank_on_the_page()
    {
        await rest.JudgedAsync("activation/gelu", "// one", latencyMs: 2, device: "equal");
        await rest.JudgedAsync("activation/gelu", "// two", latencyMs: 2, device: "equal");

        var page = await rest.Http.GetStringAsync("/leaderboard?device=equal", Cancelled);

        Assert.Equal(2, page.Split("data-label=\"Rank\">1<").Length - 1);
    }
}
