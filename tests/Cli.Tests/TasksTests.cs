using System.Text.Json;

namespace KernelForge.Cli.Tests;

public sealed class TasksTests : IDisposable
{
    private readonly TestCli _cli = new();

    [Fact]
    public async Task List_prints_a_line_a_task()
    {
        Assert.Equal(0, await _cli.RunAsync("tasks", "list"));
        Golden.Equals(_cli.Out, "tasks-list.txt");
    }

    [Fact]
    public async Task List_as_json_has_the_fields_of_the_interface()
    {
        Assert.Equal(0, await _cli.RunAsync("tasks", "list", "--json"));
        Golden.Equals(_cli.Out, "tasks-list.json");
    }

    [Fact]
    public async Task List_of_a_category_holds_nothing_else()
    {
        await _cli.RunAsync("tasks", "list", "--category", "matmul", "--json");

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal("matmul/square_matrix_multiplication", Assert.Single(document.RootElement.EnumerateArray()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("activation/gelu", "--level", "1")]
    [InlineData("activation/gelu", "--difficulty", "easy")]
    [InlineData("activation/gelu", "--origin", "kernelbench")]
    [InlineData("activation/relu", "--verdict", "ranked")]
    [InlineData("matmul/square_matrix_multiplication", "--verdict", "unranked")]
    [InlineData("activation/gelu", "--verdict", "unaudited")]
    [InlineData("matmul/square_matrix_multiplication", "--precision", "tf32")]
    [InlineData("activation/relu", "--precision", "float32", "--category", "activation")]
    [InlineData(null, "--origin", "imported")]
    [InlineData(null, "--verdict", "ranked", "--difficulty", "easy")]
    public async Task List_holds_what_has_all_that_is_wanted(string? expected, params string[] filters)
    {
        _cli.Survey = (request, _) => Task.FromResult(request.TaskName.StartsWith("matmul", StringComparison.Ordinal) ? Surveys.Of(request, "zeros pass", "tf32") : Surveys.Of(request));
        await _cli.RunAsync("tasks", "audit", "activation/relu", "matmul/square_matrix_multiplication");
        _cli.Clear();

        Assert.Equal(0, await _cli.RunAsync(["tasks", "list", "--json", .. filters]));

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal(expected, document.RootElement.EnumerateArray().Select(task => task.GetProperty("name").GetString()).SingleOrDefault());
    }

    [Fact]
    public async Task An_audit_of_a_file_outside_the_suite_leaves_the_records_alone()
    {
        _cli.Survey = (request, _) => Task.FromResult(Surveys.Of(request));

        Assert.Equal(0, await _cli.RunAsync("tasks", "audit", _cli.AddFile("elsewhere/my_op.py", "x = 1\n"), "--json"));

        Assert.Contains("\"ranked\": true", _cli.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_cli.Root, "bench-tasks/audit.json")));
    }

    [Fact]
    public async Task Two_tasks_of_one_name_in_the_index_exit_65_with_both_lines()
    {
        const string Line = """{ "name": "activation/gelu", "origin": "kernelbench", "difficulty": "easy" }""";
        var path = _cli.AddFile("bench-tasks/index.json", $"[\n  {Line},\n  {Line}\n]\n");

        Assert.Equal(65, await _cli.RunAsync("tasks", "list"));
        Assert.Contains($"{path}, lines 2 and 3: two tasks are named activation/gelu", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("activation/gelu")]
    [InlineData("kernelbench:L1/26")]
    [InlineData("KernelBench:l1/26")]
    public async Task A_task_is_found_by_name_and_by_number(string asked)
    {
        Assert.Equal(0, await _cli.RunAsync("tasks", "show", asked, "--json"));

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal("activation/gelu", document.RootElement.GetProperty("name").GetString());
        Assert.Equal("L1/26", document.RootElement.GetProperty("kernelbench").GetString());
    }

    [Fact]
    public async Task A_path_into_the_suite_is_that_task()
    {
        await _cli.RunAsync("tasks", "show", Path.Combine(_cli.Root, "bench-tasks/activation/gelu.py"), "--json");

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal("activation/gelu", document.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_file_outside_the_suite_has_its_own_name_and_does_not_rank()
    {
        await _cli.RunAsync("tasks", "show", _cli.AddFile("elsewhere/my_op.py", "x = 1\n"), "--json");

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal("my_op", document.RootElement.GetProperty("name").GetString());
        Assert.Equal("a file outside the suite does not rank", document.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task An_index_that_is_no_index_exits_65_and_is_named()
    {
        var path = _cli.AddFile("bench-tasks/index.json", """[{ "name": "activation/gelu", "colour": "red" }]""");

        Assert.Equal(65, await _cli.RunAsync("tasks", "list"));
        Assert.Contains(path, _cli.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();
}
