using KernelForge.Agents.Coding;

namespace KernelForge.Agents.Tests.Coding;

public sealed class SolutionEditTests
{
    private const string Earlier = "/*launch-plan {} */\n__global__ void k(float* x) {\n  int i = threadIdx.x;\n\n  x[i] = 1;\n}\n\n__global__ void l(float* x) {\n  int i = threadIdx.x;\n\n  x[i] = 2;\n}\n";

    private const string Expected = "/*launch-plan {} */\n__global__ void k(float* x) {\n  int i = threadIdx.x;\n\n  x[i] = 3;\n}\n\n__global__ void l(float* x) {\n  int i = threadIdx.x;\n\n  x[i] = 2;\n}\n";

    [Theory]
    [InlineData("```diff\n--- a/k.cu\n+++ b/k.cu\n@@ -4,3 +4,3 @@\n \n-  x[i] = 1;\n+  x[i] = 3;\n }\n```")]
    [InlineData("```diff\n@@ -40,3 +40,3 @@ void k\n\n-  x[i] = 1;\n+  x[i] = 3;\n }\n```\nThat is faster.")]
    [InlineData("```\n@@\n-  x[i] = 1;\n+  x[i] = 3;\n```")]
    [InlineData("```diff\n@@ -5 +5 @@\n-  x[i] = 1;\n+  x[i] = 3;\n\\ No newline at end of file\n")]
    [InlineData("@@ -5 +5 @@\n-  x[i] = 1;\n+  x[i] = 3;\n")]
    [InlineData("```\n<<<<<<< SEARCH\n  x[i] = 1;\n=======\n  x[i] = 3;\n>>>>>>> REPLACE\n```")]
    [InlineData("<<<<<<< SEARCH\n  x[i] = 1;\n=======\n  x[i] = 3;\n>>>>>>> REPLACE")]
    public void A_change_of_the_earlier_solution_is_applied(string answer) =>
        Assert.Equal(Expected, Assert.IsType<SolutionAnswer>(AnswerParser.Parse(answer, "stop", Earlier)).Code);

    [Fact]
    public void Several_hunks_count_lines_of_the_solution_before_the_change()
    {
        const string answer = "```diff\n@@ -2,2 +2,3 @@\n __global__ void k(float* x) {\n+  // first\n   int i = threadIdx.x;\n@@ -9,1 +10,2 @@\n   int i = threadIdx.x;\n+  // second\n@@ -12,0 +15,1 @@\n+// end\n```";

        var code = Assert.IsType<SolutionAnswer>(AnswerParser.Parse(answer, "stop", Earlier)).Code.Split('\n');

        Assert.Equal(("  // first", "  // second", "// end"), (code[2], code[10], code[14]));
    }

    [Theory]
    [InlineData("```diff\n@@ -5 +5 @@\n-  x[i] = 7;\n+  x[i] = 3;\n```", "hunk 1: its line 1, '  x[i] = 7;', is not in the solution")]
    [InlineData("```diff\n@@ -4,3 +4,3 @@\n \n-  x[i] = 1;\n+  x[i] = 3;\n };\n```", "hunk 1: its line 3, '};', is not in the solution at line 6, where '}' stands")]
    [InlineData("```diff\n@@ -5 +5 @@\n-  x[i] = 1;\n+  x[i] = 3;\n@@ -30 +30 @@\n-  int i = threadIdx.x;\n+  int i = 0;\n```", "hunk 2: its lines stand at 2 places of the solution (lines 3, 9)")]
    [InlineData("```diff\n@@\n+  y();\n```", "hunk 1 only adds lines and does not say after which")]
    [InlineData("```diff\n@@ -5 +5 @@\n-  x[i] = 1;\n  +  x[i] = 3;\nx\n```", "hunk 1: a line begins with neither blank, '-' nor '+': 'x'")]
    [InlineData("<<<<<<< SEARCH\n  x[i] = 1;\n=======\n  x[i] = 3;", "block 1 has no >>>>>>> REPLACE line")]
    [InlineData("<<<<<<< SEARCH\n  x[i] = 9;\n=======\n  x[i] = 3;\n>>>>>>> REPLACE", "block 1: its line 1, '  x[i] = 9;', is not in the solution")]
    public void A_change_that_does_not_fit_is_rejected_with_hunk_and_line(string answer, string expected)
    {
        var unusable = Assert.IsType<UnusableAnswer>(AnswerParser.Parse(answer, "stop", Earlier));

        Assert.Equal("edit_rejected", unusable.Problem);
        Assert.Contains(expected, unusable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_nothing_is_rejected() =>
        Assert.Contains("there is none", Assert.IsType<UnusableAnswer>(AnswerParser.Parse("```diff\n@@ -1 +1 @@\n-a\n+b\n```", "stop")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_change_that_was_cut_off_is_not_applied() =>
        Assert.Equal("edit_rejected", Assert.IsType<UnusableAnswer>(AnswerParser.Parse("```diff\n@@ -5 +5 @@\n-  x[i] = 1;\n+  x[i] = 3;\n```\n", "length", Earlier)).Problem);
}
