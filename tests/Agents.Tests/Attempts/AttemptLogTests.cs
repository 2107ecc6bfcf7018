using System.Text.Json;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Attempts;

public sealed class AttemptLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LogPath => Path.Combine(_folder.Path, "deep", "attempts.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Attempts_come_back_as_they_were_written()
    {
        await WriteAsync(Cases.Attempt(0, RecordedOutcomes.Read("incorrect"), "first"), Cases.Attempt(1, RecordedOutcomes.Passed(4), parent: 0, advice: Cases.Advice("tail"), gain: 1.2));

        var attempts = await ReadAsync();

        Assert.Equal([("run/0", "incorrect_numerical", null), ("run/1", "passed", 1.2)], attempts.Select(attempt => (attempt.Id, attempt.Outcome.Status, attempt.Gain)));
        Assert.Equal(Cases.Code, attempts[1].Code);
    }

    [Fact]
    public async Task A_line_is_one_JSON_object_in_snake_case()
    {
        await WriteAsync(Cases.Attempt(0, RecordedOutcomes.Passed(4), "first"));

        using var line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(LogPath, TestContext.Current.CancellationToken)));

        Assert.Equal(
            ["format_version", "id", "kind", "run_id", "strategy", "task", "category", "task_sha256", "task_source", "round", "mode", "parent", "parent_attempt", "model", "sampling", "prompt", "messages",
                "reasoning", "answer", "finish_reason", "code", "sha256", "advice", "advice_outcome", "second_parent", "arm", "outcome", "gain", "usage", "judge_usage", "started_at", "finished_at", "kernelforge"],
            line.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("passed", line.RootElement.GetProperty("outcome").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_half_line_of_a_killed_process_is_not_read_and_is_cut_off_before_the_next()
    {
        await WriteAsync(Cases.Attempt(0, RecordedOutcomes.Passed(4), "first"));
        await File.AppendAllTextAsync(LogPath, "{\"format_version\":1,\"id\":\"run/1", TestContext.Current.CancellationToken);

        Assert.Single(await ReadAsync());
        await WriteAsync(Cases.Attempt(1, RecordedOutcomes.Passed(3), parent: 0));

        Assert.Equal(["run/0", "run/1"], (await ReadAsync()).Select(attempt => attempt.Id));
    }

    [Fact]
    public async Task A_line_that_is_no_attempt_is_named()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LogPath)!);
        await File.WriteAllTextAsync(LogPath, "{}\n", TestContext.Current.CancellationToken);

        Assert.Contains("attempts.jsonl:1: ", (await Assert.ThrowsAsync<InvalidDataException>(ReadAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_holds_no_attempts() => Assert.Empty(await ReadAsync());

    [Fact]
    public async Task Two_writers_at_once_are_refused()
    {
        await using var first = AttemptLog.Open(LogPath);

        Assert.Throws<IOException>(() => AttemptLog.Open(LogPath));
    }

    private async Task WriteAsync(params AttemptRecord[] attempts)
    {
        await using var log = AttemptLog.Open(LogPath);
        foreach (var attempt in attempts)
        {
            await log.AppendAsync(attempt);
        }
    }

    private async Task<List<AttemptRecord>> ReadAsync()
    {
        List<AttemptRecord> attempts = [];
        await foreach (var attempt in AttemptLog.ReadAsync(LogPath, TestContext.Current.CancellationToken))
        {
            attempts.Add(attempt);
        }

        return attempts;
    }
}
