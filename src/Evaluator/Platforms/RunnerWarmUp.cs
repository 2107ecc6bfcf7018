using System.Text;
using System.Text.Json;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Platforms;

/// <summary>
/// A request so small that answering it only loads and compiles the runner's own code. The runner answers it for itself while the evaluator still
/// compiles the solution: some 1,600 methods that cannot be compiled ahead of time, a quarter of a second (docs/performance.md).
/// </summary>
internal sealed class RunnerWarmUp : IDisposable
{
    private const int Elements = 64;

    private const string Solution = """
        /*launch-plan
        { "launches": [ { "kernel": "twice", "grid": ["ceil_div(x.numel, 32)"], "block": [32], "args": ["x", "out", "x.numel"] } ] }
        */
        extern "C" __global__ void twice(const float* x, float* out, int n) {
            int i = blockIdx.x * 32 + threadIdx.x;
            if (i < n) out[i] = x[i] + x[i];
        }
        """;

    private const string Ptx = """
        .version 8.4
        .target sm_90a
        .address_size 64
        .visible .entry twice(.param .u64 twice_param_0, .param .u64 twice_param_1, .param .u32 twice_param_2)
        {
            .reg .pred %p<2>;
            .reg .f32 %f<3>;
            .reg .b32 %r<6>;
            .reg .b64 %rd<8>;
            .loc 1 5 5
            ld.param.u64 %rd1, [twice_param_0];
            ld.param.u64 %rd2, [twice_param_1];
            ld.param.u32 %r2, [twice_param_2];
            mov.u32 %r3, %ctaid.x;
            mov.u32 %r4, %tid.x;
            shl.b32 %r5, %r3, 5;
            add.s32 %r1, %r5, %r4;
            setp.ge.s32 %p1, %r1, %r2;
            @%p1 bra $L__BB0_2;
            .loc 1 6 5
            cvta.to.global.u64 %rd3, %rd1;
            mul.wide.s32 %rd4, %r1, 4;
            add.s64 %rd5, %rd3, %rd4;
            ld.global.nc.f32 %f1, [%rd5];
            add.f32 %f2, %f1, %f1;
            cvta.to.global.u64 %rd6, %rd2;
            add.s64 %rd7, %rd6, %rd4;
            st.global.f32 [%rd7], %f2;
        $L__BB0_2:
            .loc 1 7 1
            ret;
        }
        .file 1 "solution.cu"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-warm-up-");

    /// <summary>
    /// Answers it, and throws the answer away; whether that worked. Whatever goes wrong here goes wrong again, with someone to tell it to, in the first
    /// real request.
    /// </summary>
    public static bool Run(IPlatform platform)
    {
        try
        {
            using RunnerWarmUp warmUp = new();
            return JsonSerializer.SerializeToUtf8Bytes(warmUp.Answer(platform), PlatformJson.Default.RunnerReply).Length > 0;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>The answer, by the way that real ones take.</summary>
    public RunnerReply Answer(IPlatform platform) =>
        RunnerProgram.Answer(platform, JsonSerializer.Serialize(Request(), PlatformJson.Default.RunnerRequest), CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private RunnerRequest Request()
    {
        var solution = Path.Combine(_folder.FullName, "solution.cu");
        File.WriteAllText(solution, Solution);
        File.WriteAllBytes(Path.Combine(_folder.FullName, "x"), Bytes(Enumerable.Range(0, Elements).Select(i => (float)i), BitConverter.GetBytes));
        File.WriteAllBytes(Path.Combine(_folder.FullName, "out"), Bytes(Enumerable.Range(0, Elements).Select(i => 2.0 * i), BitConverter.GetBytes));
        return new RunnerRequest
        {
            Check = new CheckRequest
            {
                SolutionPath = solution,
                Task = Task(),
                Device = "H200",
                TimeLimit = TimeSpan.FromSeconds(10),
                Presets = [new PresetTrials { Compiled = Compiled(), Trials = [new TrialToCheck(Trial(), Hidden: false)] }],
            },
        };
    }

    private static byte[] Bytes<T>(IEnumerable<T> values, Func<T, byte[]> bytes) => [.. values.SelectMany(bytes)];

    private static TaskDescription Task() => new()
    {
        Name = "warm-up",
        Sha256 = new string('0', 64),
        Torch = "",
        PresetsOrigin = "given",
        Distributions = ["standard"],
        Presets = new Dictionary<string, PresetDescription>(StringComparer.Ordinal)
        {
            ["small"] = new()
            {
                Tensors =
                [
                    new TensorDescription { Name = "x", Role = TensorRole.Input, Dtype = "float32", Shape = [Elements] },
                    new TensorDescription { Name = "out", Role = TensorRole.Output, Dtype = "float32", Shape = [Elements], Writable = true, Checked = true },
                ],
            },
        },
    };

    private static CompiledSolution Compiled() => new()
    {
        Preset = "small",
        Tunables = new Dictionary<string, long>(StringComparer.Ordinal),
        Result = new CompileResult
        {
            Ptx = Ptx,
            Cubin = Encoding.UTF8.GetBytes("none"),
            Kernels = new Dictionary<string, CompiledKernel>(StringComparer.Ordinal)
            {
                ["twice"] = new()
                {
                    Name = "twice",
                    LoweredName = "twice",
                    Registers = 8,
                    Signature = new KernelSignature(
                        [
                            new KernelParameter { Kind = ParameterKind.Pointer, Element = "float", IsConst = true, Offset = 0, Size = 8 },
                            new KernelParameter { Kind = ParameterKind.Pointer, Element = "float", Offset = 8, Size = 8 },
                            new KernelParameter { Kind = ParameterKind.Scalar, Element = "int", Offset = 16, Size = 4 },
                        ],
                        20),
                },
            },
        },
    };

    private PreparedTrial Trial() => new()
    {
        Directory = _folder.FullName,
        Manifest = new TrialManifest
        {
            Preset = "small",
            Seed = 1,
            Distribution = "standard",
            Status = TrialStatus.Ok,
            Oracle = "float64",
            Torch = "",
            Tensors = [new TrialTensor { Name = "x", Role = "input", Dtype = "float32", Shape = [Elements], File = "x" }],
            Expected =
            [
                new ExpectedTensor
                {
                    Name = "out",
                    Dtype = "float32",
                    Shape = [Elements],
                    File = "out",
                    FileDtype = "float64",
                    Rms = 1,
                    NonFinite = 0,
                    TorchMaxError = 1e-6,
                    TorchRmsError = 1e-6,
                    OrderMaxError = 0,
                    TorchScaledError = 1e-6,
                    OrderScaledError = 0,
                    TorchMismatched = 0,
                },
            ],
        },
    };
}
