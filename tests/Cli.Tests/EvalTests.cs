using System.Globalization;
using System.Text;
using System.Text.Json;
using KernelForge.Cli.Tests.Samples;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Cli.Tests;

public sealed class EvalTests : IDisposable
{
    private const string Source = "__global__ void relu(const float* x, float* out) {\n    out[i] = max(x[i], 0.0f);\n}\n";

    private readonly TestCli _cli = new();

    [Fact]
    public async Task A_solution_that_passed_exits_0()
    {
        Assert.Equal(0, await EvalAsync(Outcomes.Passed));
    }

    [Fact]
    public async Task A_solution_that_did_not_pass_exits_1()
    {
        Assert.Equal(1, await EvalAsync(Outcomes.MemoryError));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(69)]
    [InlineData(70)]
    public async Task A_fault_exits_with_its_code_and_prints_nothing_as_a_result(int code)
    {
        _cli.Evaluate = _ => new EvaluatorReply { Fault = new EvaluatorFault { ExitCode = code, Message = "what is wrong" } };

        Assert.Equal(code, await _cli.RunAsync("eval", "activation/gelu", _cli.AddFile("x.cu", Source), "--json"));
        Assert.Contains("what is wrong", _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Out);
    }

    [Fact]
    public async Task An_interrupted_evaluation_exits_130()
    {
        using var interrupted = new CancellationTokenSource();
        await interrupted.CancelAsync();

        Assert.Equal(130, await _cli.RunAsync(interrupted.Token, "eval", "activation/gelu", _cli.AddFile("x.cu", Source)));
    }

    [Theory]
    [InlineData(".")]
    [InlineData(",")]
    public async Task Each_kind_of_outcome_reads_like_its_golden_file_whatever_the_decimal_sign(string decimalSign)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = decimalSign;
        CultureInfo.CurrentCulture = culture;

        foreach (var outcome in new EvaluationOutcome[] { Outcomes.Passed, Outcomes.MemoryError, Outcomes.IncorrectNumerical, Outcomes.CompileError, Outcomes.TimedOut })
        {
            using var cli = new TestCli();
            cli.Evaluate = _ => new EvaluatorReply { Outcome = outcome };
            await cli.RunAsync("eval", "activation/gelu", cli.AddFile("x.cu", Source), "--profile");
            Golden.Equals(cli.Out, $"eval-{outcome.Status}.txt");
        }
    }

    [Fact]
    public async Task Json_is_the_outcome_as_one_document()
    {
        await EvalAsync(Outcomes.Passed, "--json");

        var read = JsonSerializer.Deserialize(_cli.Out, ContractsJson.Default.EvaluationOutcome);
        Assert.Equal("passed", Assert.IsType<Passed>(read).Status);
        Assert.Equal(2.913, read.Performance?.LatencyMs);
    }

    [Fact]
    public async Task Every_option_reaches_the_evaluator()
    {
        EvaluationRequest? seen = null;
        _cli.Evaluate = request =>
        {
            seen = request;
            return new EvaluatorReply { Outcome = Outcomes.Passed };
        };

        await _cli.RunAsync("eval", "kernelbench:L1/26", _cli.AddFile("x.cu", Source), "--device", "A100", "--preset", "small", "--profile", "--trials", "7", "--seed", "18446744073709551615", "--unsafe-no-sandbox");

        Assert.NotNull(seen);
        Assert.Equal(
            ("activation/gelu", "sim", "A100", "small", true, 7, ulong.MaxValue, true),
            (seen.TaskName, seen.Platform, seen.Device, seen.Preset, seen.Profile, seen.Trials, seen.Seed, seen.UnsafeNoSandbox));
        Assert.Equal(Path.Combine(_cli.Root, "bench-tasks/activation/gelu.py"), seen.TaskPath);
    }

    [Fact]
    public async Task Standard_input_is_judged_from_a_private_copy_that_goes_afterwards()
    {
        string? path = null;
        string? text = null;
        _cli.Evaluate = request =>
        {
            path = request.SolutionPath;
            text = File.ReadAllText(path);
            return new EvaluatorReply { Outcome = Outcomes.Passed };
        };
        _cli.Input.Write(Encoding.UTF8.GetBytes(Source));
        _cli.Input.Position = 0;

        Assert.Equal(0, await _cli.RunAsync("eval", "activation/gelu", "-"));
        Assert.Equal(Source, text);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Endless_standard_input_is_cut_one_byte_past_the_limit()
    {
        long length = 0;
        _cli.Evaluate = request =>
        {
            length = new FileInfo(request.SolutionPath).Length;
            return new EvaluatorReply { Outcome = Outcomes.Passed };
        };
        _cli.Input.Write(new byte[3 << 20]);
        _cli.Input.Position = 0;

        await _cli.RunAsync("eval", "activation/gelu", "-");

        Assert.Equal((1 << 20) + 1, length);
    }

    public void Dispose() => _cli.Dispose();

    private Task<int> EvalAsync(EvaluationOutcome outcome, params string[] options)
    {
        _cli.Evaluate = _ => new EvaluatorReply { Outcome = outcome };
        return _cli.RunAsync(["eval", "activation/gelu", _cli.AddFile("x.cu", Source), .. options]);
    }
}
