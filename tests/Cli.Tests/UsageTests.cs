namespace KernelForge.Cli.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly TestCli _cli = new();

    [Theory]
    [InlineData("known", "nonsense")]
    [InlineData("eval TASK SOLUTION", "eval")]
    [InlineData("eval TASK SOLUTION", "eval", "activation/gelu")]
    [InlineData("--trials: expected 5 to 1000, found 4", "eval", "activation/gelu", "-", "--trials", "4")]
    [InlineData("'many'", "eval", "activation/gelu", "-", "--trials", "many")]
    [InlineData("'cuda' is not part of this version; known: sim", "eval", "activation/gelu", "-", "--platform", "cuda")]
    [InlineData("--unknown", "eval", "activation/gelu", "-", "--unknown")]
    [InlineData("there is no category 'nope'; known: activation, matmul", "tasks", "list", "--category", "nope")]
    [InlineData("there is no level '9'; known: 1, 2, 3", "tasks", "list", "--level", "9")]
    [InlineData("there is no verdict 'good'; known: ranked, unranked, unaudited", "tasks", "list", "--verdict", "good")]
    [InlineData("there is no precision 'float7'; known: none yet", "tasks", "list", "--precision", "float7")]
    [InlineData("there is no origin 'moon'; known: kernelbench, multikernelbench, kernelforge, imported", "tasks", "list", "--origin", "moon")]
    [InlineData("there is no difficulty 'mad'; known: easy, medium, hard", "tasks", "list", "--difficulty", "mad")]
    [InlineData("tasks import DIR", "tasks", "import")]
    [InlineData("known: simulator, evaluation", "bench", "nonsense")]
    [InlineData("comes later", "bench", "dataset")]
    [InlineData("expected two configurations or more", "bench", "strategies", "--compare", "single")]
    [InlineData("pass the solution to tune by --solution FILE", "run", "activation/gelu", "--strategy", "tune")]
    [InlineData("--budget-usd: expected more than 0", "run", "activation/gelu", "--budget-usd", "0")]
    [InlineData("compile | run | explain", "ptx")]
    [InlineData("ptx run FILE", "ptx", "run")]
    [InlineData("--grid", "ptx", "run", "x.cu", "--block", "1")]
    [InlineData("--grid '0,1': expected one to three positive numbers", "ptx", "run", "x.cu", "--grid", "0,1", "--block", "1")]
    [InlineData("--block '1,2,3,4': expected one to three positive numbers", "ptx", "explain", "x.cu", "--grid", "1", "--block", "1,2,3,4")]
    [InlineData("--arg 'float32[8]': expected a number", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "float32[8]")]
    [InlineData("'float31' is no type; known: float64, float32", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "float31[8]=zeros")]
    [InlineData("'fives' is no contents; known: ?, zeros", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "float32[8]=fives")]
    [InlineData("random:LOW:HIGH needs two finite numbers", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "float32[8]=random:2:1")]
    [InlineData("how many elements?", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "float32[]=zeros")]
    [InlineData("the file's name is missing", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--arg", "@")]
    [InlineData("--option '-rdc=true': expected an option of the list", "ptx", "compile", "x.cu", "--option=-rdc=true")]
    [InlineData("--registers: expected 1 to 255, found 256", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--registers", "256")]
    [InlineData("--elements '0': expected at least 1", "ptx", "run", "x.cu", "--grid", "1", "--block", "1", "--elements", "0")]
    [InlineData("not part of this version", "mcp")]
    [InlineData("found 'nonsense'", "serve", "--urls", "nonsense")]
    [InlineData("found 'http://127.0.0.1:99999'", "serve", "--urls", "http://127.0.0.1:5080;http://127.0.0.1:99999")]
    [InlineData("found 'ftp://127.0.0.1'", "serve", "--urls", "ftp://127.0.0.1")]
    [InlineData("--workers: expected 0 to 256, found -1", "serve", "--workers", "-1")]
    [InlineData("--workers: expected 1 to 256, found 0", "worker", "--workers", "0")]
    [InlineData("'cuda' is not part of this version; known: sim", "worker", "--platforms", "sim,cuda")]
    [InlineData("submit TASK SOLUTION", "submit", "activation/gelu")]
    [InlineData("expected an id", "watch", "activation/gelu")]
    [InlineData("expected an id", "cancel", "7")]
    [InlineData("--format", "dataset", "export", "--recipe", "all-correct", "--output", "x")]
    [InlineData("list | create | run | delete", "schedule")]
    [InlineData("--cron", "schedule", "create", "nightly")]
    [InlineData("--scopes", "key", "create", "me")]
    [InlineData("--rounds: expected 1 to 1000, found 0", "run", "activation/gelu", "--coder", "replay:x", "--rounds", "0")]
    public async Task A_wrong_command_line_exits_64_with_a_message_that_says_what_is_wrong(string says, params string[] arguments)
    {
        var code = await _cli.RunAsync(arguments);

        Assert.Equal(64, code);
        Assert.Contains(says, _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Out);
    }

    [Theory]
    [InlineData("activation/gleu", "activation/gelu")]
    [InlineData("gelu", "activation/gelu")]
    [InlineData("matrix_multiplication", "matmul/square_matrix_multiplication")]
    [InlineData("reluu", "activation/relu")]
    public async Task An_unknown_task_exits_64_and_names_the_nearest(string asked, string nearest)
    {
        var code = await _cli.RunAsync("tasks", "show", asked);

        Assert.Equal(64, code);
        Assert.Contains($"did you mean {nearest}", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_a_coder_exits_69_and_says_how_to_name_one()
    {
        Assert.Equal(69, await _cli.RunAsync("run", "activation/gelu"));
        Assert.Contains("KERNELFORGE_CODER", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_near_nothing_points_to_the_list()
    {
        await _cli.RunAsync("tasks", "show", "quantum/entanglement");

        Assert.Contains("./kernelforge tasks list shows them all", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_file_that_is_not_there_exits_65()
    {
        Assert.Equal(65, await _cli.RunAsync("tasks", "show", "/nowhere/my_op.py"));
        Assert.Contains("there is no task file /nowhere/my_op.py", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_solution_file_that_is_not_there_exits_65()
    {
        Assert.Equal(65, await _cli.RunAsync("eval", "activation/gelu", "/nowhere/solution.cu"));
        Assert.Contains("there is no solution file /nowhere/solution.cu", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("eval", "--help")]
    [InlineData("run", "--help")]
    [InlineData("ptx", "run", "--help")]
    public async Task Help_goes_to_standard_output_and_exits_0(params string[] arguments)
    {
        Assert.Equal(0, await _cli.RunAsync(arguments));
        Assert.Contains("Usage:", _cli.Out, StringComparison.Ordinal);
        Assert.Empty(_cli.Error);
    }

    public void Dispose() => _cli.Dispose();
}
