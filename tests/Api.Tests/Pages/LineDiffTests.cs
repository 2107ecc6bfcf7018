using KernelForge.Api.Pages;

namespace KernelForge.Api.Tests.Pages;

public sealed class LineDiffTests
{
    [Fact]
    public void A_changed_line_is_removed_and_then_added() =>
        Assert.Equal(
            [
                new DiffLine(LineChange.Same, 1, 1, "a"), new DiffLine(LineChange.Removed, 2, 0, "b"), new DiffLine(LineChange.Added, 0, 2, "x"), new DiffLine(LineChange.Same, 3, 3, "c"),
            ],
            LineDiff.Compare("a\nb\nc\n", "a\nx\nc\n"));

    [Fact]
    public void Equal_texts_have_no_change() => Assert.All(LineDiff.Compare("a\nb", "a\r\nb\n"), line => Assert.Equal(LineChange.Same, line.Change));

    [Theory]
    [InlineData("", "a\n", 1)]
    [InlineData("a\n", "", 1)]
    [InlineData("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", 5)]
    public void The_script_is_the_shortest(string before, string after, int changes) =>
        Assert.Equal(changes, LineDiff.Compare(before, after).Count(line => line.Change != LineChange.Same));

    [Fact]
    public void Every_comparison_gives_both_texts_back()
    {
        Random random = new(7);
        for (var round = 0; round < 300; round++)
        {
            var (before, after) = (Text(random), Text(random));

            var lines = LineDiff.Compare(before, after);

            Assert.Equal(LineDiff.Split(before), lines.Where(line => line.Change != LineChange.Added).Select(line => line.Text));
            Assert.Equal(LineDiff.Split(after), lines.Where(line => line.Change != LineChange.Removed).Select(line => line.Text));
        }
    }

    [Fact]
    public void Texts_without_a_common_line_are_compared_in_time()
    {
        var before = string.Join('\n', Enumerable.Range(0, 5000).Select(line => $"old {line}"));
        var after = string.Join('\n', Enumerable.Range(0, 5000).Select(line => $"new {line}"));

        Assert.Equal(10_000, LineDiff.Compare(before, after).Count);
    }

    private static string Text(Random random) => string.Join('\n', Enumerable.Range(0, random.Next(12)).Select(_ => "abcd"[random.Next(4)]));
}
