using KernelForge.Api.Pages;

namespace KernelForge.Api.Tests.Pages;

public sealed class SourceColoursTests
{
    [Theory]
    [InlineData("/* never closed\n int x;")]
    [InlineData("\"never closed\nfloat y = 1.0f; // \"text\" <b>\n\n")]
    [InlineData("#include <x>\n__global__ void k(float* p) { p[0] = 0x1p3; }\n")]
    public void Colours_change_no_letter(string text) =>
        Assert.Equal(LineDiff.Split(text), SourceColours.Cuda(text).Select(line => string.Concat(line.Select(piece => piece.Text))));

    [Fact]
    public void A_comment_over_lines_is_a_comment_on_each() =>
        Assert.All(SourceColours.Cuda("/* one\ntwo */").Select(line => Assert.Single(line)), piece => Assert.Equal("c", piece.Class));

    [Fact]
    public void A_hash_begins_a_comment_in_python() => Assert.Equal("c", Assert.Single(SourceColours.Python("# import torch")[0]).Class);
}
