using System.Text;
using KernelForge.Contracts.Plans;

namespace KernelForge.Contracts.Tests.Plans;

public sealed class SolutionFileTests
{
    private const string Plan = "{ \"launches\": [ { \"kernel\": \"k\", \"grid\": [1], \"block\": [32] } ] }";

    private static string ErrorOf(byte[] bytes) => Assert.Throws<PlanException>(() => SolutionFile.Read(bytes)).Message;

    private static string ErrorOf(string text) => ErrorOf(Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t\n")]
    public void An_empty_file_is_named_so(string text) => Assert.StartsWith("the solution is empty; expected a file that begins with", ErrorOf(text), StringComparison.Ordinal);

    [Fact]
    public void A_file_above_the_limit_says_the_limit()
        => Assert.Equal("the solution has 2,097,152 bytes; the limit is 1,048,576 (1 MiB): leave out generated tables and unused code", ErrorOf(new byte[2 << 20]));

    [Fact]
    public void A_NUL_byte_is_named_with_its_position()
        => Assert.Equal("a NUL byte; a solution is text: save it as UTF-8 (not UTF-16) without binary data (line 2, column 2)", ErrorOf("/*\nx\0"));

    [Fact]
    public void Utf16_is_found_by_its_first_bytes()
        => Assert.Contains("save", ErrorOf([0xFF, 0xFE, 0x2F, 0x00]), StringComparison.Ordinal);

    [Fact]
    public void A_byte_that_is_not_utf8_is_named_with_its_position()
        => Assert.Equal("byte 0xE9 is not UTF-8; save the solution as UTF-8 text (line 2, column 3)", ErrorOf([0x61, 0x0A, 0x62, 0x63, 0xE9, 0x20]));

    [Fact]
    public void A_byte_order_mark_is_dropped()
        => Assert.StartsWith("/*launch-plan", SolutionFile.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"/*launch-plan {Plan} */")]).Text, StringComparison.Ordinal);

    [Fact]
    public void Carriage_returns_keep_line_numbers()
    {
        PlanException error = Assert.Throws<PlanException>(() => PlanReader.Read(SolutionFile.Read("/*launch-plan\r\n{\r\n  \"lunches\": []\r\n}\r\n*/\r\n")));

        Assert.Equal((3, 3), (error.Line, error.Column));
    }

    [Fact]
    public void A_file_without_a_plan_says_how_one_looks()
        => Assert.StartsWith("there is no launch plan; a solution begins with a comment /*launch-plan", ErrorOf("__global__ void k() {}"), StringComparison.Ordinal);

    [Fact]
    public void A_plan_that_is_not_first_is_told_so()
        => Assert.Equal("the launch plan stands here; it must be the first thing in the file, before any code, include or other comment (line 2, column 1)", ErrorOf($"#include <mma.h>\n/*launch-plan {Plan} */"));

    [Fact]
    public void A_second_plan_is_an_error_with_its_line()
        => Assert.Equal("a second launch plan; a solution has exactly one, at its beginning: merge them (line 3, column 1)", ErrorOf($"/*launch-plan {Plan} */\n\n/*launch-plan {Plan} */"));

    [Fact]
    public void An_open_comment_is_an_error() => Assert.Contains("is not closed; end it with */", ErrorOf("/*launch-plan { }"), StringComparison.Ordinal);

    [Theory]
    [InlineData("/*launch-planner {} */")]
    [InlineData("/* plan */")]
    public void Another_comment_is_no_plan(string text) => Assert.Contains("there is no launch plan", ErrorOf(text), StringComparison.Ordinal);

    [Fact]
    public void Spaces_before_the_comment_and_the_keyword_are_allowed() => Assert.Contains("launches", SolutionFile.Read($"\n\n/* launch-plan\n{Plan}*/").PlanJson, StringComparison.Ordinal);
}
