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
