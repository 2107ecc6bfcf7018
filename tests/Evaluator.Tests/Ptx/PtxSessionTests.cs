using KernelForge.Contracts.Ptx;
using KernelForge.Evaluator.Judging;
using KernelForge.Evaluator.Ptx;
using KernelForge.Evaluator.Tests.Compilation;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Tests.Ptx;

/// <summary>Real files through the real compiler and the real runner, in their sandboxes.</summary>
[Collection(CompilerGroup.Name)]
public sealed class PtxSessionTests : IDisposable
{
    private const string Saxpy = """
        #include <cuda_fp16.h>
        __global__ void saxpy(float a, const float* __restrict__ x, float* y, int n)
        {
            int i = blockIdx.x * blockDim.x + threadIdx.x;
            if (i < n) y[i] += a * x[i];
        }
        """;

    private readonly CompilerFixture _compiler;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-ptx-tests-");

    public PtxSessionTests(CompilerFixture compiler)
    {
        _compiler = compiler;
        _ = compiler.Client;
    }

    [Fact]
    public async Task Compiled_PTX_names_files_without_their_folders()
    {
        var reply = await AskAsync("saxpy.cu", Saxpy, launch: null);

        var files = reply.Module!.Ptx.Split('\n').Where(line => line.Contains(".file", StringComparison.Ordinal)).ToList();
        Assert.Contains(files, line => line.EndsWith("\"saxpy.cu\"", StringComparison.Ordinal));
        Assert.DoesNotContain(files, line => line.Contains('/', StringComparison.Ordinal));
        Assert.DoesNotContain("kf_sig", reply.Module.Ptx, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("T4", "sm_75")]
    [InlineData("A100", "sm_80")]
    [InlineData("H200", "sm_90a")]
    public async Task The_target_is_the_GPUs(string gpu, string architecture)
    {
        var reply = await AskAsync("saxpy.cu", Saxpy, launch: null, gpu: gpu);

        Assert.Contains($".target {architecture}", reply.Module!.Ptx, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_computes_what_the_kernel_says()
    {
        var reply = await AskAsync("saxpy.cu", Saxpy, Launch(100, [Scalar("2"), Buffer(PtxFill.Iota, 100), Buffer(PtxFill.Constant, 100, low: 1), Scalar("100")]));

        var launch = reply.Launch!;
        Assert.Equal("completed", launch.Completion);
        Assert.Empty(launch.Findings);
        var output = Assert.Single(launch.Outputs);
        Assert.Equal(("y", 1.0, 199.0), (output.Name, output.Least, output.Most));
        Assert.Equal(["1", "3", "5"], output.First.Take(3));
        Assert.Equal("cubin", launch.Estimate!.RegistersFrom);
    }

    [Fact]
    public async Task A_tensor_map_is_made_over_a_buffer_and_a_launch_may_have_clusters()
    {
        const string source = """
            #include <cuda.h>
            #include <cuda/barrier>
            namespace cde = cuda::device::experimental;
            __global__ void tile(const __grid_constant__ CUtensorMap in, float* y, int* ranks)
            {
                __shared__ alignas(128) float s[4][8];
                __shared__ cuda::barrier<cuda::thread_scope_block> bar;
                if (threadIdx.x == 0) { init(&bar, 32); cde::fence_proxy_async_shared_cta(); }
                __syncthreads();
                cuda::barrier<cuda::thread_scope_block>::arrival_token token;
                if (threadIdx.x == 0) {
                    cde::cp_async_bulk_tensor_2d_global_to_shared(&s, &in, 8, 4 * blockIdx.x, bar);
                    token = cuda::device::barrier_arrive_tx(bar, 1, sizeof(s));
                } else token = bar.arrive();
                bar.wait(std::move(token));
                y[blockIdx.x * 32 + threadIdx.x] = s[threadIdx.x / 8][threadIdx.x % 8];
                unsigned int rank;
                asm("mov.u32 %0, %cluster_ctarank;" : "=r"(rank));
                if (threadIdx.x == 0) ranks[blockIdx.x] = rank;
            }
            """;
        var launch = new PtxLaunch
        {
            Grid = [2],
            Block = [32],
            Cluster = [2],
            Arguments =
            [
                new PtxArgument { Text = "map", Fill = PtxFill.Iota, Type = "float32", Shape = [8, 16], Box = [4, 8] },
                new PtxArgument { Text = "y", Fill = PtxFill.Output, Type = "float32", Shape = [64] },
                new PtxArgument { Text = "ranks", Fill = PtxFill.Output, Type = "int32", Shape = [2] },
            ],
        };

        var reply = await AskAsync("tile.cu", source, launch);

        Assert.Null(reply.Fault);
        Assert.Empty(reply.Launch!.Findings);
        Assert.Equal(["8", "9", "10"], reply.Launch.Outputs.Single(output => output.Name == "y").First.Take(3));
        Assert.Equal(127, reply.Launch.Outputs.Single(output => output.Name == "y").Most);
        Assert.Equal(["0", "1"], reply.Launch.Outputs.Single(output => output.Name == "ranks").First);
    }

    [Fact]
    public async Task Executions_by_line_are_exact_and_shares_of_time_add_up_to_one()
    {
        var reply = await AskAsync("saxpy.cu", Saxpy, Launch(256, [Scalar("2"), Buffer(PtxFill.Iota, 256), Buffer(PtxFill.Constant, 256), Scalar("256")]));

        // 8 warps pass the guard whole; the line has the PTX of the guard and of the update.
        var launch = reply.Launch!;
        var ptx = reply.Module!.Ptx.Split('\n');
        Assert.All(launch.PtxLines, line => Assert.Equal(8.0, line.Executed));
        Assert.All(launch.PtxLines, line => Assert.Equal(32.0, line.ThreadsPerInstruction));
        Assert.All(launch.PtxLines.Where(line => ptx[line.Line - 1].Contains("ld.global", StringComparison.Ordinal)), line => Assert.Equal(4.0, line.SectorsPerRequest));
        Assert.Equal(1.0, launch.PtxLines.Sum(line => line.TimeShare), 1e-9);
    }

    [Fact]
    public async Task A_finding_names_the_users_line_and_parameter()
    {
        var reply = await AskAsync("saxpy.cu", Saxpy, Launch(100, [Scalar("2"), Buffer(PtxFill.Iota, 99), Buffer(PtxFill.Constant, 100), Scalar("100")]));

        var finding = Assert.Single(reply.Launch!.Findings);
        Assert.Equal(("out_of_bounds_read", 5), (finding.Kind, finding.Line));
        Assert.Contains("x[99]; x has 99 elements", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_is_not_written_whole_is_a_finding()
    {
        const string source = "__global__ void half_of_it(float* y) { y[threadIdx.x] = 1; }";

        var reply = await AskAsync("k.cu", source, Launch(32, [Buffer(PtxFill.Output, 64)]));

        var finding = Assert.Single(reply.Launch!.Findings);
        Assert.Equal(("unwritten_output", 32L), (finding.Kind, finding.Count));
    }

    [Fact]
    public async Task Made_up_arguments_fit_their_parameters()
    {
        const string source = "#include <cuda_fp16.h>\n__global__ void mixed(const __half2* a, const int* index, double* out, unsigned n, float f, bool b) { if (threadIdx.x < n / 2) out[threadIdx.x] = f * index[threadIdx.x] + __low2float(a[threadIdx.x]) + b; }";

        var reply = await AskAsync("k.cu", source, Launch(32, []) with { Elements = 64 });

        Assert.Empty(reply.Launch!.Findings);
        Assert.Equal("out", Assert.Single(reply.Launch.Outputs).Name);
    }

    [Fact]
    public async Task PTX_made_by_compile_runs_the_same()
    {
        PtxArgument[] arguments = [Scalar("2"), Buffer(PtxFill.Iota, 100), Buffer(PtxFill.Constant, 100, low: 1), Scalar("100")];
        var compiled = await AskAsync("saxpy.cu", Saxpy, Launch(100, arguments));

        var reply = await AskAsync("saxpy.ptx", compiled.Module!.Ptx, Launch(100, arguments));

        Assert.Equal(compiled.Launch!.Outputs[0].First, reply.Launch!.Outputs[0].First);
        Assert.Equal(compiled.Launch.LaneInstructions, reply.Launch.LaneInstructions);
        Assert.Equal("estimated", reply.Launch.Estimate!.RegistersFrom);
        Assert.Equal(Saxpy, reply.Module!.Source);
    }

    [Theory]
    [InlineData("scaled<3>", "3")]
    [InlineData("scaled<5>", "5")]
    public async Task An_instance_of_a_template_is_named_as_in_Cpp(string kernel, string first)
    {
        const string source = "template <int K> __global__ void scaled(int* v) { v[threadIdx.x] *= K; }";

        var reply = await AskAsync("k.cu", source, Launch(32, [Buffer(PtxFill.Constant, 32, "int32", 1)]), kernel);

        Assert.Equal(first, reply.Launch!.Outputs[0].First[0]);
    }

    [Fact]
    public async Task A_npy_file_fills_a_buffer_and_its_type_and_shape()
    {
        const string source = "__global__ void add_one(const short* x, short* y) { y[threadIdx.x] = x[threadIdx.x] + 1; }";
        var path = Path.Combine(_folder.FullName, "x.npy");
        var header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2), }".PadRight(117) + "\n";
        await File.WriteAllBytesAsync(path, [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 10, 0, 20, 0, 30, 0, 0xff, 0xff], TestContext.Current.CancellationToken);

        var reply = await AskAsync("k.cu", source, Launch(4, [new PtxArgument { Text = "@x.npy", Fill = PtxFill.File, File = path }, Buffer(PtxFill.Output, 4, "int16")]) with { KeepOutputs = true });

        Assert.Equal(["11", "21", "31", "0"], reply.Launch!.Outputs[0].First);
        Assert.Equal([11, 0, 21, 0, 31, 0, 0, 0], reply.Launch.Outputs[0].Contents!);
    }

    [Fact]
    public async Task An_endless_loop_ends_at_its_budget_with_its_line()
    {
        const string source = "__global__ void spin(volatile int* p)\n{\n    while (*p == 0) { }\n}";

        var reply = await AskAsync("k.cu", source, Launch(32, [Buffer(PtxFill.Constant, 1, "int32")]) with { InstructionBudget = 1_000_000 });

        Assert.Equal("budget_exhausted", reply.Launch!.Completion);
        Assert.Equal(3, reply.Launch.Warps[0].Line);
        Assert.Null(reply.Launch.Estimate);
    }

    [Theory]
    [InlineData("k.cu", "int f() { return 1; }", 65, "holds no kernel")]
    [InlineData("k.cu", "__global__ void a() {}\n__global__ void b() {}", 64, "choose one with --kernel: a, b")]
    [InlineData("k.cu", "__global__ void a(float* x) {}", 64, "0 arguments; a takes 1: float* x")]
    [InlineData("k.cu", "struct S { int a, b; }; __global__ void a(S s) {}", 64, "structs cannot be passed", "5")]
    [InlineData("k.cu", "__global__ void a(unsigned char n) {}", 64, "300 does not fit uint8 (0 to 255)", "300")]
    [InlineData("k.ptx", ".version 8.4\n.target sm_90a\n.address_size 64\n.visible .entry k(\n", 65, "PTX line")]
    [InlineData("k.ptx", ".version 8.4\n.target sm_90a\n.address_size 64\n", 65, "holds no kernel")]
    public async Task What_cannot_be_launched_is_a_fault_that_says_why(string file, string text, int code, string says, params string[] scalars)
    {
        var error = await Assert.ThrowsAsync<EvaluationFaultException>(() => AskAsync(file, text, Launch(1, [.. scalars.Select(Scalar)])));

        Assert.Equal(code, error.ExitCode);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_code_comes_with_diagnostics_that_name_the_users_file()
    {
        var reply = await AskAsync("wrong.cu", "__global__ void k() { undefined(); }", launch: null);

        Assert.Equal("compile_error", reply.Refusal!.Status);
        Assert.Contains("wrong.cu(1): error", reply.Refusal.Diagnostics, StringComparison.Ordinal);
        Assert.DoesNotContain("solution.cu", reply.Refusal.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instruction_that_the_simulator_lacks_is_named()
    {
        const string ptx = ".version 8.4\n.target sm_90a\n.address_size 64\n.visible .entry k()\n{\nnonsense.f32 %f1;\nret;\n}\n";

        var reply = await AskAsync("k.ptx", ptx, Launch(1, []));

        Assert.Equal("unsupported", reply.Refusal!.Status);
        Assert.Contains("nonsense.f32", reply.Refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static PtxArgument Scalar(string digits) => new() { Text = digits, Fill = PtxFill.Scalar, Value = digits };

    private static PtxArgument Buffer(PtxFill fill, long elements, string type = "float32", double low = 0) =>
        new() { Text = $"{type}[{elements}]", Fill = fill, Type = type, Shape = [elements], Low = low };

    private static PtxLaunch Launch(int threads, PtxArgument[] arguments) => new() { Grid = [(threads + 31) / 32], Block = [Math.Min(32, threads)], Arguments = arguments };

    private async Task<PtxReply> AskAsync(string file, string text, PtxLaunch? launch, string? kernel = null, string gpu = "H200")
    {
        var path = Path.Combine(_folder.FullName, file);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        await using var session = new PtxSession(new PtxRequest { Path = path, Kernel = kernel, Device = gpu, Launch = launch, Home = _compiler.Home, Toolbox = ToolboxPaths.Toolbox() });
        return await session.AnswerAsync(TestContext.Current.CancellationToken);
    }
}
