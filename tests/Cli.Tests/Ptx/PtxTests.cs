using System.Globalization;
using System.Text.Json;
using KernelForge.Cli.Tests.Samples;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Tests.Ptx;

public sealed class PtxTests : IDisposable
{
    private readonly TestCli _cli = new();

    [Fact]
    public async Task A_clean_launch_exits_0() => Assert.Equal(0, await RunAsync(Launches.Clean));

    [Fact]
    public async Task A_launch_with_findings_exits_1() => Assert.Equal(1, await RunAsync(Launches.Broken));

    [Fact]
    public async Task A_launch_that_does_not_end_exits_1() => Assert.Equal(1, await RunAsync(Launches.Endless));

    [Theory]
    [InlineData(".")]
    [InlineData(",")]
    public async Task Each_kind_of_launch_reads_like_its_golden_file_whatever_the_decimal_sign(string decimalSign)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = decimalSign;
        CultureInfo.CurrentCulture = culture;
        foreach (var (name, verb, reply) in new[] { ("run-clean", "run", Launches.Clean), ("run-broken", "run", Launches.Broken), ("run-endless", "run", Launches.Endless), ("explain", "explain", Launches.Clean) })
        {
            using var cli = new TestCli { Ptx = _ => reply };
            await cli.RunAsync("ptx", verb, cli.AddFile("twice.cu", Launches.Source), "--grid", "1", "--block", "32", "--elements", "32");
            Golden.Equals(cli.Out, $"ptx-{name}.txt");
        }
    }

    [Fact]
    public async Task Every_option_reaches_the_evaluator()
    {
        PtxRequest? seen = null;
        _cli.Ptx = request =>
        {
            seen = request;
            return Launches.Clean;
        };
        var file = _cli.AddFile("k.cu", Launches.Source);

        await _cli.RunAsync(
            "ptx", "run", file, "--kernel", "f<int, 4>", "--gpu", "T4", "-D", "N=3", "-D", "FAST", "--option=--use_fast_math", "--grid", "2,3", "--block", "4x5x6", "--shared", "128",
            "--arg", "int:5", "--arg", "@x.npy", "--arg", "float32[8]=?", "--registers", "40", "--cluster", "2,1", "--cooperative", "--budget", "1000", "--seed", "9", "--save", Path.Combine(_cli.Root, "out"), "--unsafe-no-sandbox");

        Assert.Equal((file, "f<int, 4>", "T4", true), (seen!.Path, seen.Kernel, seen.Device, seen.UnsafeNoSandbox));
        Assert.Equal([new("N", "3"), new("FAST", "1")], seen.Defines);
        Assert.Equal(["--use_fast_math"], seen.Options);
        var launch = seen.Launch!;
        Assert.Equal([2, 3], launch.Grid);
        Assert.Equal([4, 5, 6], launch.Block);
        Assert.Equal([2, 1], launch.Cluster!);
        Assert.Equal((128, 40, true, 1000L, 9UL, true), (launch.SharedBytes, launch.Registers, launch.Cooperative, launch.InstructionBudget, launch.Seed, launch.KeepOutputs));
        Assert.Equal([PtxFill.Scalar, PtxFill.File, PtxFill.Output], launch.Arguments.Select(argument => argument.Fill));
    }

    [Fact]
    public async Task Json_of_a_run_is_the_launch_as_one_document()
    {
        await RunAsync(Launches.Broken, "--json");

        var launch = JsonSerializer.Deserialize(_cli.Out, ContractsJson.Default.PtxLaunchReport)!;
        Assert.Equal(["out_of_bounds_read", "race"], launch.Findings.Select(finding => finding.Kind));
        Assert.Equal(0.002, launch.Estimate?.LatencyMs);
    }

    [Fact]
    public async Task A_saved_buffer_is_a_file_that_NumPy_reads()
    {
        var folder = Path.Combine(_cli.Root, "out");

        await RunAsync(Launches.Clean, "--save", folder);

        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, "y.npy"), TestContext.Current.CancellationToken);
        Assert.Equal("NUMPY", System.Text.Encoding.ASCII.GetString(bytes, 1, 5));
        Assert.Contains("'descr': '<f4', 'fortran_order': False, 'shape': (32,)", System.Text.Encoding.ASCII.GetString(bytes, 10, 118), StringComparison.Ordinal);
        Assert.Equal(128 + 128, bytes.Length);
    }

    [Fact]
    public async Task Code_that_the_compiler_refuses_exits_1_with_its_diagnostics()
    {
        var reply = new PtxReply { Refusal = new PtxRefusal("compile_error", "the compiler refused it", "twice.cu(3): error: identifier \"y\" is undefined") };

        Assert.Equal(1, await RunAsync(reply));
        Assert.Contains("twice.cu(3): error: identifier", _cli.Error, StringComparison.Ordinal);
        Assert.Empty(_cli.Out);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(69)]
    public async Task A_fault_exits_with_its_code(int code)
    {
        Assert.Equal(code, await RunAsync(new PtxReply { Fault = new EvaluatorFault { ExitCode = code, Message = "what is wrong" } }));
        Assert.Contains("what is wrong", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compiling_writes_the_PTX_to_the_file_named()
    {
        _cli.Ptx = _ => new PtxReply { Module = Launches.Module };
        var output = Path.Combine(_cli.Root, "sub/k.ptx");

        Assert.Equal(0, await _cli.RunAsync("ptx", "compile", _cli.AddFile("k.cu", Launches.Source), "-o", output));
        Assert.Equal(Launches.Ptx, await File.ReadAllTextAsync(output, TestContext.Current.CancellationToken));
        Assert.Empty(_cli.Out);
    }

    [Fact]
    public async Task Compiling_without_a_file_prints_the_PTX()
    {
        _cli.Ptx = _ => new PtxReply { Module = Launches.Module };

        await _cli.RunAsync("ptx", "compile", _cli.AddFile("k.cu", Launches.Source));

        Assert.Equal(Launches.Ptx, _cli.Out);
    }

    [Fact]
    public async Task The_page_holds_all_it_needs_and_escapes_what_it_shows()
    {
        _cli.Ptx = _ => Launches.Broken;
        var page = Path.Combine(_cli.Root, "k.html");

        Assert.Equal(1, await _cli.RunAsync("ptx", "explain", _cli.AddFile("k.cu", Launches.Source), "--grid", "1", "--block", "32", "--elements", "32", "--html", page));

        var html = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b> &", html, StringComparison.Ordinal);
        Assert.Contains("// &lt;b&gt; &amp; &quot;c&quot;", html, StringComparison.Ordinal);
        Assert.Contains("out_of_bounds_read", html, StringComparison.Ordinal);
        Assert.Equal(page + "\n", _cli.Out);
    }

    [Theory]
    [InlineData("/nowhere/k.cu", "there is no file /nowhere/k.cu")]
    [InlineData("k.txt", "expected a .cu or a .ptx file")]
    public async Task A_file_that_cannot_be_used_exits_65(string name, string says)
    {
        var path = name.StartsWith('/') ? name : _cli.AddFile(name, "");

        Assert.Equal(65, await _cli.RunAsync("ptx", "run", path, "--grid", "1", "--block", "1"));
        Assert.Contains(says, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_and_made_up_arguments_exclude_each_other()
    {
        Assert.Equal(64, await _cli.RunAsync("ptx", "run", _cli.AddFile("k.cu", ""), "--grid", "1", "--block", "1", "--elements", "8", "--arg", "1"));
        Assert.Contains("leave one of them out", _cli.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();

    private Task<int> RunAsync(PtxReply reply, params string[] options)
    {
        _cli.Ptx = _ => reply;
        return _cli.RunAsync(["ptx", "run", _cli.AddFile("twice.cu", Launches.Source), "--grid", "1", "--block", "32", "--elements", "32", .. options]);
    }
}
