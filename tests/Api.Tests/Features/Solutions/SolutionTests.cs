using System.Text.Json;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Solutions;

public sealed class SolutionTests(RestService rest) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_solution_shows_every_verdict_on_it()
    {
        await rest.JudgedAsync("activation/gelu", "// judged", latencyMs: 2, model: "replay:demo");

        var solution = JsonSerializer.Deserialize(await rest.Http.GetStringAsync($"/api/v1/solutions/{Rows.Hash("// judged")}", Cancelled), ContractsJson.Default.SolutionDetails)!;

        Assert.Equal("// judged", solution.Code);
        Assert.Equal(["api", "verification"], solution.Evaluations.Select(evaluation => evaluation.Origin).Order(StringComparer.Ordinal));
        Assert.All(solution.Evaluations, evaluation => Assert.Equal("passed", evaluation.Outcome.Status));
    }

    [Fact]
    public async Task Its_code_is_plain_text_byte_for_byte()
    {
        const string code = "// <b>µ</b> \r\n\t__global__ void k() {}\n";
        await rest.SubmitAsync(code);

        using var response = await rest.Http.GetAsync($"/api/v1/solutions/{Rows.Hash(code)}/code", Cancelled);

        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(code, await response.Content.ReadAsStringAsync(Cancelled));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("nothing")]
    public async Task An_unknown_one_is_a_404(string sha256)
    {
        using var response = await rest.Http.GetAsync($"/api/v1/solutions/{sha256}/code", Cancelled);

        await RestService.ProblemAsync(response, 404);
    }
}
