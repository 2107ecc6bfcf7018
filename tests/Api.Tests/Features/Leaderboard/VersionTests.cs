using System.Text.Json;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Leaderboard;

public sealed class VersionTests(RestService rest) : IClassFixture<RestService>
{
    [Fact]
    public async Task A_board_shows_the_newest_version_of_the_evaluation_alone()
    {
        await rest.JudgedAsync("activation/gelu", "// old rules", latencyMs: 1, evaluationVersion: "1");
        await rest.JudgedAsync("activation/gelu", "// new rules", latencyMs: 2, evaluationVersion: "2");

        var board = JsonSerializer.Deserialize(await rest.Http.GetStringAsync("/api/v1/leaderboard", TestContext.Current.CancellationToken), ContractsJson.Default.Leaderboard)!;

        Assert.Equal(2, Assert.Single(board.Rows).LatencyMs);
    }
}
