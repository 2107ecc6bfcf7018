using System.Text.Json;

namespace KernelForge.EndToEnd;

/// <summary>Every kernel of <c>corpus/</c> and every bug of <c>bugs/</c> gets the verdict, finding and line that its folder expects.</summary>
public sealed class CorpusTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Kernels() =>
        from folder in Directory.GetDirectories(Path.Combine(Evaluations.Root, "tests", "EndToEnd", "corpus")).Order(StringComparer.Ordinal)
        where File.Exists(Path.Combine(folder, "expect.json"))
        from file in Directory.GetFiles(folder, "*.cu").Order(StringComparer.Ordinal)
        select new TheoryDataRow<string, string>(Path.GetFileName(folder), Path.GetFileName(file));

    [Theory]
    [MemberData(nameof(Kernels))]
    public async Task A_kernel_of_the_corpus_gets_its_verdict(string folder, string file)
    {
        Evaluations.RequireToolbox();
        var path = Path.Combine(Evaluations.Root, "tests", "EndToEnd", "corpus", folder);
        var expected = Expectation.Read(path, file);
        var request = Evaluations.Request(Path.Combine(path, "task.py"), Path.Combine(path, file));

        var outcome = await Evaluations.JudgeAsync(file == "good.cu" ? request : request with { Preset = "small" });

        expected.AssertHoldsFor(outcome);
    }
}

/// <summary>One entry of an <c>expect.json</c>.</summary>
internal sealed record Expectation(IReadOnlyList<string> Statuses, string? Kind, IReadOnlyList<int> Lines, string Why)
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

        var kind = entry.TryGetProperty("kind", out var found) ? found.GetString() : null;
        return new Expectation(statuses, kind, lines, entry.TryGetProperty("why", out var why) ? why.GetString()! : string.Empty);
    }

    public void AssertHoldsFor(KernelForge.Contracts.Outcomes.EvaluationOutcome outcome)
    {
        Assert.True(Statuses.Contains(outcome.Status), $"expected {string.Join(" or ", Statuses)} ({Why}); got {outcome.Status}: {outcome.Message}");
        if (Kind is not null)
        {
            Assert.Contains(outcome.Findings, f => f.Kind == Kind && (Lines.Count == 0 || (f.Line is { } line && Lines.Contains(line)) || (f.OtherLine is { } other && Lines.Contains(other))));
        }
    }
}
