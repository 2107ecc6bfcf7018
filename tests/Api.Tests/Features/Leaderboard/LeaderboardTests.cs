using System.Text.Json;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Leaderboard;

/// <summary>Each test has a device of its own, so that its board is.</summary>
public sealed class LeaderboardTests(RestService rest) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_faster_stands_before_the_slower_in_each_task()
    {
        await rest.JudgedAsync("activation/gelu", "// gelu 4", latencyMs: 4, device: "order");
        await rest.JudgedAsync("activation/gelu", "// gelu 2", latencyMs: 2, device: "order");
        await rest.JudgedAsync("matmul/square_matrix_multiplication", "// matmul 3", latencyMs: 3, device: "order");

        var board = await BoardAsync("device=order");

        Assert.Equal([("activation/gelu", 1, 2.0), ("activation/gelu", 2, 4.0), ("matmul/square_matrix_multiplication", 1, 3.0)], board.Rows.Select(row => (row.Task, row.Rank, row.LatencyMs)));
        Assert.Equal(("sim", "modelled", "order"), (board.Filters["platform"], board.Filters["kind"], board.Filters["device"]));
    }

    [Fact]
    public async Task What_was_not_verified_does_not_stand_there()
    {
        await rest.JudgedAsync("activation/gelu", "// unverified", latencyMs: 2, device: "unverified", verified: false);

        Assert.Empty((await BoardAsync("device=unverified")).Rows);
    }

    [Fact]
    public async Task Precisions_are_ranked_apart()
    {
        await rest.JudgedAsync("activation/gelu", "// full", latencyMs: 4, device: "classes");
        await rest.JudgedAsync("activation/gelu", "// half", latencyMs: 2, device: "classes", precision: "float16");

        Assert.All((await BoardAsync("device=classes")).Rows, row => Assert.Equal(1, row.Rank));
        Assert.Single((await BoardAsync("device=classes&precision=float16")).Rows);
    }

    [Fact]
    public async Task A_board_holds_one_kind() => Assert.Empty((await BoardAsync("kind=measured")).Rows);

    [Fact]
    public async Task Replayed_rows_are_marked_and_can_be_left_out()
    {
        await rest.JudgedAsync("activation/gelu", "// replayed", latencyMs: 2, device: "marks", model: "replay:demo");
        await rest.JudgedAsync("activation/gelu", "// live", latencyMs: 3, device: "marks", model: "openai:gpt");

        Assert.Equal(["replay", null], (await BoardAsync("device=marks")).Rows.Select(row => row.Mark));
        Assert.Equal(["openai:gpt"], (await BoardAsync("device=marks&include=")).Rows.Select(row => row.Model));
    }

    [Fact]
    public async Task A_winner_that_a_schedule_found_slower_keeps_its_rank_and_is_marked()
    {
        var evaluation = await rest.JudgedAsync("activation/gelu", "// regressed", latencyMs: 2, device: "regression");
        var submission = await rest.SubmitAsync("// regressed");
        await rest.ExecuteAsync(
            $"""
            INSERT INTO schedules (id, name, cron, filter, tolerance, created_at) VALUES ('{submission}', 'nightly', '0 0 * * *', '{"{}"}', 0.1, now());
            INSERT INTO schedule_checks (id, schedule_id, batch_id, submission_id, old_evaluation_id, old_latency_ms, new_latency_ms, verdict, created_at, finished_at)
            VALUES ('{submission}', '{submission}', '{submission}', '{submission}', '{evaluation}', 2, 3, 'slower', now(), now())
            """);

        var row = Assert.Single((await BoardAsync("device=regression")).Rows);

        Assert.Equal((1, 2.0, "slower"), (row.Rank, row.LatencyMs, row.Regression));
    }

    [Fact]
    public async Task Pages_hold_every_row_once()
    {
        for (var i = 1; i <= 5; i++)
        {
            await rest.JudgedAsync("activation/gelu", $"// page {i}", latencyMs: i, device: "pages");
        }

        List<int> ranks = [];
        string? cursor = null;
        do
        {
            var board = await BoardAsync($"device=pages&limit=2&cursor={cursor}");
            ranks.AddRange(board.Rows.Select(row => row.Rank));
            cursor = board.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal([1, 2, 3, 4, 5], ranks);
    }

    [Theory]
    [InlineData("kind=guessed", "kind: ")]
    [InlineData("include=nonsense", "include: ")]
    [InlineData("devise=H200", "devise: ")]
    [InlineData("limit=1000", "limit: ")]
    [InlineData("cursor=zzzz", "cursor: ")]
    public async Task A_wrong_parameter_is_named(string query, string named)
    {
        using var response = await rest.Http.GetAsync($"/api/v1/leaderboard?{query}", Cancelled);

        Assert.Contains(named, (await RestService.ProblemAsync(response, 400))["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task<Contracts.Service.Leaderboard> BoardAsync(string query) =>
        JsonSerializer.Deserialize(await rest.Http.GetStringAsync($"/api/v1/leaderboard?{query}", Cancelled), ContractsJson.Default.Leaderboard)!;
}
