using System.Text.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.EndToEnd;

/// <summary>
/// Kernels with the verdict, finding and line that an <c>expect.json</c> beside them expects: <c>corpus/NAME/</c> (a task,
/// a right kernel, wrong ones) and <c>bugs/</c> (the worked examples with one mistake each). Two halves, because test
/// classes run in parallel and the cases of one class do not.
/// </summary>
public abstract class CorpusTests
{
    private protected static string Folder { get; } = Path.Combine(Evaluations.Root, "tests", "EndToEnd");

    private protected static IEnumerable<TheoryDataRow<string, string>> Half(int half) =>
        Directory.GetDirectories(Path.Combine(Folder, "corpus")).Append(Path.Combine(Folder, "bugs"))
            .Where(folder => File.Exists(Path.Combine(folder, "expect.json")))
            .Order(StringComparer.Ordinal)
            .Where((_, index) => index % 2 == half)
            .SelectMany(folder => Directory.GetFiles(folder, "*.cu").Order(StringComparer.Ordinal))
            .Select(file => new TheoryDataRow<string, string>(Path.GetRelativePath(Folder, Path.GetDirectoryName(file)!), Path.GetFileName(file)));

    private protected static async Task AssertVerdictAsync(string folder, string file)
    {
        Evaluations.RequireToolbox();
        var path = Path.Combine(Folder, folder);
        var expected = Expectation.Read(path, file);
        var request = expected.Task is { } suite
            ? Evaluations.Request(Path.Combine(Evaluations.Root, "bench-tasks", suite + ".py"), Path.Combine(path, file))
            : Evaluations.Request(Path.Combine(path, "task.py"), Path.Combine(path, file));

        // A right kernel goes all the way: small, odd and the time at full. A suite task's small has sizes divisible by 4, its
        // odd has not: which of them shows a mistake depends on the mistake.
        var whole = file == "good.cu" || expected.Task is not null;
        var outcome = await Evaluations.JudgeAsync(whole ? request : request with { Preset = "small" });

        expected.AssertHoldsFor(outcome);
    }
}

/// <summary>One half of the corpus.</summary>
public sealed class CorpusEvenTests : CorpusTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Kernels() => Half(0);

    [Theory]
    [MemberData(nameof(Kernels))]
    public Task A_kernel_gets_its_verdict(string folder, string file) => AssertVerdictAsync(folder, file);
}

/// <summary>The other half.</summary>
public sealed class CorpusOddTests : CorpusTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Kernels() => Half(1);

    [Theory]
    [MemberData(nameof(Kernels))]
    public Task A_kernel_gets_its_verdict(string folder, string file) => AssertVerdictAsync(folder, file);
}

/// <summary>One entry of an <c>expect.json</c>.</summary>
/// <param name="Statuses">Any of these.</param>
/// <param name="Kind">Kind of a finding; null: none is asked for.</param>
/// <param name="Lines">The finding's line, or for a race the other one, is among these; empty: any.</param>
/// <param name="Task">A task of the suite; null: <c>task.py</c> beside it.</param>
/// <param name="Why">What is wrong with it.</param>
internal sealed record Expectation(IReadOnlyList<string> Statuses, string? Kind, IReadOnlyList<int> Lines, string? Task, string Why)
{
    public static Expectation Read(string folder, string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expect.json")));
        var entry = document.RootElement.GetProperty(file);
        var status = entry.GetProperty("status");
        List<string> statuses = status.ValueKind == JsonValueKind.Array ? [.. status.EnumerateArray().Select(s => s.GetString()!)] : [status.GetString()!];
        List<int> lines = [];
        if (entry.TryGetProperty("line", out var line) && line.ValueKind == JsonValueKind.Number)
        {
            lines.Add(line.GetInt32());
        }

        if (entry.TryGetProperty("also_lines", out var also))
        {
            lines.AddRange(also.EnumerateArray().Select(l => l.GetInt32()));
        }

        return new Expectation(statuses, Text(entry, "kind"), lines, Text(entry, "task"), Text(entry, "why") ?? string.Empty);
    }

    public void AssertHoldsFor(EvaluationOutcome outcome)
    {
        Assert.True(Statuses.Contains(outcome.Status), $"expected {string.Join(" or ", Statuses)} ({Why}); got {outcome.Status}: {outcome.Message}");
        if (Kind is not null)
        {
            Assert.True(
                outcome.Findings.Any(f => f.Kind == Kind && (Lines.Count == 0 || Lines.Contains(f.Line ?? 0) || Lines.Contains(f.OtherLine ?? 0))),
                $"expected {Kind} at line {string.Join(" or ", Lines)} ({Why}); found {string.Join("; ", outcome.Findings.Select(f => $"{f.Kind} at {f.Line}/{f.OtherLine}: {f.Message}"))}");
        }
    }

    private static string? Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
