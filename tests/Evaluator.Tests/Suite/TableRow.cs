namespace KernelForge.Evaluator.Tests.Suite;

/// <summary>A line of <c>tasks.tsv</c>, as far as C# compares it.</summary>
internal sealed record TableRow(string Category, string Task, string Kernelbench, string Origin)
{
    /// <summary>Every line but the heading.</summary>
    public static IReadOnlyList<TableRow> Read(string path) =>
        [.. File.ReadLines(path).Skip(1).Select(line => line.Split('\t')).Select(cells => new TableRow(cells[0], $"{cells[0]}/{cells[1]}", cells[2], cells[3]))];
}
