using KernelForge.Contracts.Plans;

namespace KernelForge.Contracts.Tests.Plans;

public sealed class PlanReaderTests
{
    private static string ErrorOf(string json)
    {
        PlanException error = Assert.Throws<PlanException>(() => PlanReader.ReadJson(json));
        return error.Place.Length == 0 ? error.Problem : $"{error.Place}: {error.Problem}";
    }

    private static string Step(string more) => $$"""{ "launches": [ { "kernel": "k", "grid": [1], "block": [32] {{more}} } ] }""";

    [Theory]
    [InlineData("{ \"launches\": [ { \"kernel\": \"k\", \"grid\": [1], \"block\": [32] } ], }")]
    [InlineData("{ 'launches': [] }")]
    [InlineData("{ // comment\n }")]
    [InlineData("not json")]
    [InlineData("{ \"launches\": ")]
    [InlineData("")]
    public void What_is_not_json_is_said_so(string json) => Assert.StartsWith("the launch plan is not JSON: ", ErrorOf(json), StringComparison.Ordinal);

    [Fact]
    public void A_syntax_error_has_its_line_in_the_file()
        => Assert.Equal(4, Assert.Throws<PlanException>(() => PlanReader.ReadJson("{\n  \"launches\": [\n    oops\n ]\n}")).Line);

    [Theory]
    [InlineData("[]", "a plan is a JSON object; found an empty array")]
    [InlineData("{}", "\"launches\" is missing; a plan has launches")]
    [InlineData("{ \"launches\": [], \"launches\": [] }", "launches: 'launches' is given twice; keep one")]
    [InlineData("{ \"launches\": [] }", "launches: expected an array of steps, at least one; found an empty array")]
    [InlineData("{ \"lunches\": [] }", "lunches: 'lunches' is not a part of a plan; known: buffers, tunables, defines, options, tensor_maps, prepare, launches; did you mean 'launches'?")]
    [InlineData("{ \"launches\": [ 3 ] }", "launches[0]: a step is an object with \"kernel\", \"repeat\" or \"library\"; found the number 3")]
    [InlineData("{ \"launches\": [ { \"grid\": [1] } ] }", "launches[0]: a step has \"kernel\" (a launch), \"repeat\" or \"library\"; found grid")]
    [InlineData("{ \"launches\": [ { \"kernel\": \"k\", \"block\": [1] } ] }", "launches[0]: \"grid\" is missing; a launch has kernel, grid, block")]
    [InlineData("{ \"launches\": [ { \"kernel\": \"k\", \"grid\": 1, \"block\": [1] } ] }", "launches[0].grid: expected an array of dimensions; found the number 1: put it in [ ]")]
    [InlineData("{ \"launches\": [ { \"kernel\": \"k\", \"grid\": [1,1,1,1], \"block\": [1] } ] }", "launches[0].grid: expected 1 to 3 dimensions; found 4")]
    [InlineData("{ \"launches\": [ { \"kernel\": \"k\", \"grid\": [null], \"block\": [1] } ] }", "launches[0].grid[0]: expected a number or an expression in a string, as in \"ceil_div(x.numel, 256)\"; found null")]
    public void A_wrong_form_is_named_with_its_place(string json, string message) => Assert.Equal(message, ErrorOf(json));

    [Theory]
    [InlineData(", \"options\": [\"-rdc=true\"]", "options[0]: expected a compiler option of the list; found the string \"-rdc=true\"; known: --use_fast_math")]
    [InlineData(", \"options\": [\"-maxrregcount=999\"]", "options[0]: '-maxrregcount=' takes 16 to 255; found '999'")]
    [InlineData(", \"options\": [\"--use_fast_math\", \"-use_fast_math\"]", "options[1]: '--use_fast_math' is given twice; keep one")]
    [InlineData(", \"options\": [\"-I/etc\"]", "options[0]: expected a compiler option of the list; found the string \"-I/etc\"")]
    [InlineData(", \"tunables\": { \"B\": [] }", "tunables.B: expected the candidate values, at least one, as in [128, 256]; found an empty array")]
    [InlineData(", \"tunables\": { \"B\": [1, 1] }", "tunables.B[1]: 1 is given twice; keep one")]
    [InlineData(", \"tunables\": { \"B\": [1.5] }", "tunables.B[0]: expected an integer; found the number 1.5: candidates are plain integers")]
    [InlineData(", \"tunables\": { \"min\": [1] }", "tunables.min: 'min' has a meaning of its own in expressions or in C++; choose another name")]
    [InlineData(", \"defines\": { \"a b\": 1 }", "defines.a b: 'a b' is not a name; use letters, digits and _, not beginning with a digit")]
    [InlineData(", \"buffers\": { \"p\": { \"dtype\": \"float33\", \"shape\": [1] } }", "buffers.p.dtype: expected one of float64, float32")]
    [InlineData(", \"buffers\": { \"p\": { \"dtype\": \"float32\" } }", "buffers.p: \"shape\" is missing; a scratch tensor has both \"dtype\" and \"shape\"")]
    [InlineData(", \"buffers\": { \"p\": {} }", "buffers.p: expected \"dtype\" and \"shape\" (a scratch tensor) or \"fill\" alone (for an output)")]
    public void A_wrong_part_is_named_with_its_place(string part, string message)
        => Assert.StartsWith(message, ErrorOf("{ \"launches\": [ { \"kernel\": \"k\", \"grid\": [1], \"block\": [32] } ]" + part + " }"), StringComparison.Ordinal);

    [Theory]
    [InlineData("k<float", "the template arguments do not end with '>'")]
    [InlineData("k(float*)", "'k(float*)' is not a name (leave out parameters)")]
    [InlineData("", "found an empty string")]
    [InlineData("k<\\\"x\\\">", "'\"' cannot stand in template arguments")]
    [InlineData("k; int y", "'k; int y' is not a name")]
    [InlineData("k<1 // 2>", "a comment cannot stand in template arguments")]
    [InlineData("k<)(>", "parentheses in the template arguments do not match")]
    public void A_kernel_that_is_no_name_is_refused(string kernel, string message)
        => Assert.StartsWith($"launches[0].kernel: {message}", ErrorOf($$"""{ "launches": [ { "kernel": "{{kernel}}", "grid": [1], "block": [32] } ] }"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("k")]
    [InlineData("::k")]
    [InlineData("a::b::k")]
    [InlineData("k<float, BLOCK>")]
    [InlineData("ns::k<cuda::T<int>, (N > 3), -1, true>")]
    public void A_name_expression_is_taken_as_it_is(string kernel)
        => Assert.Equal(kernel, ((PlanLaunch)PlanReader.ReadJson($$"""{ "launches": [ { "kernel": "{{kernel}}", "grid": [1], "block": [32] } ] }""").Launches[0]).Kernel.Text);

    [Fact]
    public void Too_many_launches_are_refused()
    {
        string launches = string.Join(',', Enumerable.Repeat("{ \"kernel\": \"k\", \"grid\": [1], \"block\": [32] }", 65));

        Assert.StartsWith("launches[64]: more than 64 launches are written; use \"repeat\"", ErrorOf($"{{ \"launches\": [ {launches} ] }}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_combinations_are_refused()
        => Assert.StartsWith("tunables: 17 × 17 combinations; at most 256 are tried", ErrorOf($"{{ \"tunables\": {{ \"A\": [{string.Join(',', Enumerable.Range(0, 17))}], \"B\": [{string.Join(',', Enumerable.Range(0, 17))}] }}, \"launches\": [ {{ \"kernel\": \"k\", \"grid\": [1], \"block\": [32] }} ] }}"), StringComparison.Ordinal);

    [Fact]
    public void Deep_nesting_is_refused_and_does_not_overflow()
    {
        string deep = string.Concat(Enumerable.Repeat("{ \"repeat\": { \"index\": \"i\", \"count\": 1 }, \"launches\": [", 12)) + "1" + string.Concat(Enumerable.Repeat("] }", 12));

        Assert.NotEmpty(ErrorOf($"{{ \"launches\": [ {deep} ] }}"));
        Assert.StartsWith("the launch plan is not JSON", ErrorOf(new string('[', 100_000)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(", \"arg\": []", "launches[0].arg: 'arg' is not a part of a launch; known: kernel, grid, block, shared_bytes, args, when, cooperative, cluster; did you mean 'args'?")]
    [InlineData(", \"cooperative\": 1", "launches[0].cooperative: expected true or false; found the number 1")]
    [InlineData(", \"when\": \" \"", "launches[0].when: expected an expression; found an empty string")]
    public void A_wrong_member_of_a_launch_is_named(string more, string message) => Assert.Equal(message, ErrorOf(Step(more)));

    [Fact]
    public void Every_proper_prefix_of_a_plan_is_an_error_and_never_a_crash()
    {
        string json = Step(", \"args\": [\"x\", 1]");

        Assert.All(Enumerable.Range(0, json.Length - 1), length => Assert.Throws<PlanException>(() => PlanReader.ReadJson(json[..length])));
    }
}
