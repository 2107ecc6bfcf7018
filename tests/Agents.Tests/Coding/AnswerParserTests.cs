using KernelForge.Agents.Coding;

namespace KernelForge.Agents.Tests.Coding;

public sealed class AnswerParserTests
{
    private const string File = "/*launch-plan\n{ \"launches\": [ { \"kernel\": \"k\" } ] }\n*/\nextern \"C\" __global__ void k(float* out) { out[0] = 1; }";

    [Theory]
    [InlineData("```cuda\n", "\n```")]
    [InlineData("```cpp\n", "\n```\n")]
    [InlineData("```\n", "\n```")]
    [InlineData("~~~cu\n", "\n~~~")]
    [InlineData("````c++ title=\"k.cu\"\n", "\n````")]
    [InlineData("Here is the kernel:\n\n```cuda\n", "\n```\nIt writes one element.")]
    [InlineData("The old code did `x`:\n```cuda\nx[i] = 1;\n```\nNow:\n```cuda\n", "\n```")]
    [InlineData("```json\n{\"note\": 1}\n```\n```cuda\n", "\n```")]
    [InlineData("", "")]
    [InlineData("\uFEFF\r\n", "\r\n")]
    [InlineData("```cuda\n", "")]
    [InlineData("~~~\n", "\n")]
    [InlineData("", "\n```")]
    [InlineData("Here is the file, without a fence:\n\n", "\n\nIt writes one element.")]
    [InlineData("```diff\n@@ -1 +1 @@\n-a\n+b\n```\nthat is, as a whole:\n```cuda\n", "\n```")]
    public void One_solution_is_found_in_any_form_of_fence(string before, string after) =>
        Assert.Equal(File + "\n", Assert.IsType<SolutionAnswer>(AnswerParser.Parse(before + File + after, "stop")).Code);

    [Fact]
    public void An_indented_fence_loses_its_indentation_only() =>
        Assert.Equal("/*launch-plan {} */\n  int a;\n", Assert.IsType<SolutionAnswer>(AnswerParser.Parse("1. Do:\n   ```cuda\n   /*launch-plan {} */\n     int a;\n   ```", "stop")).Code);

    [Fact]
    public void The_same_file_twice_is_one_solution() =>
        Assert.IsType<SolutionAnswer>(AnswerParser.Parse($"```cuda\n{File}\n```\nAgain:\n```cuda\n{File}\n```", "stop"));

    [Fact]
    public void Windows_line_ends_become_line_feeds() =>
        Assert.DoesNotContain('\r', Assert.IsType<SolutionAnswer>(AnswerParser.Parse($"```cuda\r\n{File.ReplaceLineEndings("\r\n")}\r\n```", "stop")).Code);

    [Fact]
    public void One_kernel_without_a_plan_goes_to_the_evaluator_which_says_what_a_plan_needs() =>
        Assert.IsType<SolutionAnswer>(AnswerParser.Parse("```cuda\n__global__ void k() {}\n```", "stop"));

    [Fact]
    public void A_complete_file_counts_although_the_text_after_it_was_cut_off() =>
        Assert.IsType<SolutionAnswer>(AnswerParser.Parse($"```cuda\n{File}\n```\nThis kernel is", "length"));

    [Theory]
    [InlineData("", "stop", "empty")]
    [InlineData("  \n", null, "empty")]
    [InlineData("", "length", "truncated")]
    [InlineData("```cuda\n/*launch-plan\n{ \"laun", "length", "truncated")]
    [InlineData("```cuda\n/*launch-plan\n{} */ __global__ void k() {", "stop", "truncated")]
    [InlineData("/*launch-plan\n{} */ __global__ void k() {", "length", "truncated")]
    [InlineData("I'm sorry, but I cannot write this.", "stop", "refused")]
    [InlineData("no", "content_filter", "refused")]
    [InlineData("Use a grid-stride loop and vector loads.", "stop", "no_code")]
    [InlineData("```python\nimport torch\n```", "stop", "no_code")]
    [InlineData("```cuda\n/*launch-plan {} */ int a;\n```\n```cuda\n/*launch-plan {} */ int b;\n```", "stop", "several_files")]
    [InlineData("```cuda\n__global__ void a() {}\n```\n```cuda\n__global__ void b() {}\n```", "stop", "several_files")]
    [InlineData("```cuda\n/*launch-plan { \"launches\": [ { \"kernel\": \"k\" } ] } */\n```\n```cuda\n__global__ void __launch_bounds__(256) k(float* x) {}\n```", "stop", "several_files")]
    public void An_answer_without_one_solution_says_why(string text, string? finishReason, string problem) =>
        Assert.Equal(problem, Assert.IsType<UnusableAnswer>(AnswerParser.Parse(text, finishReason)).Problem);

    [Fact]
    public void The_old_file_may_be_quoted_beside_the_new_one()
    {
        var answer = AnswerParser.Parse($"Before:\n```cuda\n{File}\n```\nAfter:\n```cuda\n{File.Replace("= 1", "= 2", StringComparison.Ordinal)}\n```", "stop", File + "\n");

        Assert.Contains("= 2", Assert.IsType<SolutionAnswer>(answer).Code, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("```\n")]
    [InlineData("__global__ ")]
    [InlineData("```cuda\n__global__ __launch_bounds__(")]
    [InlineData("@@\n-a\n")]
    [InlineData("<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n")]
    public async Task Ten_megabytes_of_anything_are_an_answer_and_not_a_fault(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 10_000_000 / piece.Length));

        var whole = await Task.Run(() => AnswerParser.Parse(text, "stop", File)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var most = await Task.Run(() => AnswerParser.Parse(text[..(4 << 20)], "stop", File)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal("too_long", Assert.IsType<UnusableAnswer>(whole).Problem);
        Assert.IsType<UnusableAnswer>(most);
    }

    [Theory]
    [InlineData("```cuda\n/*launch-plan {} */ void k() {\n  a();\n", "  b();\n}\n```", "/*launch-plan {} */ void k() {\n  a();\n  b();\n}\n")]
    [InlineData("```cuda\n/*launch-plan {} */ void k() {\n  a();\n", "```cuda\n  b();\n}\n```", "/*launch-plan {} */ void k() {\n  a();\n  b();\n}\n")]
    [InlineData("```cuda\n/*launch-plan {} */ void k() {\n  first_call();\n", "  first_call();\n  b();\n}\n```", "/*launch-plan {} */ void k() {\n  first_call();\n  b();\n}\n")]
    [InlineData("```cuda\n/*launch-plan {} */ void k() { a(); }", "\n```\nThat is all.", "/*launch-plan {} */ void k() { a(); }\n")]
    public void A_continuation_goes_on_where_the_answer_was_cut_off(string text, string continuation, string expected) =>
        Assert.Equal(expected, Assert.IsType<SolutionAnswer>(AnswerParser.Parse(AnswerParser.Join(text, continuation), "stop")).Code);

    [Fact]
    public void More_than_a_mebibyte_is_too_long() =>
        Assert.Equal("too_long", Assert.IsType<UnusableAnswer>(AnswerParser.Parse("/*launch-plan {} */" + new string('x', 1 << 20), "stop")).Problem);

    [Theory]
    [InlineData("<think>first\nthis</think>\nanswer", "\nanswer", "first\nthis")]
    [InlineData("answer", "answer", null)]
    [InlineData("<think>never ends", "", "never ends")]
    [InlineData("the beginning is not sent</think>answer", "answer", "the beginning is not sent")]
    [InlineData("```cuda\n// </think>\n```", "```cuda\n// </think>\n```", null)]
    public void Thinking_that_a_server_leaves_in_the_text_is_reasoning(string text, string answer, string? reasoning) =>
        Assert.Equal((answer, reasoning), AnswerParser.SplitThinking(text));
}
