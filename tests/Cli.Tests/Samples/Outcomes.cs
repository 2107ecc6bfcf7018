using KernelForge.Contracts.Outcomes;

namespace KernelForge.Cli.Tests.Samples;

/// <summary>Outcomes as the evaluator gives them.</summary>
internal static class Outcomes
{
    private static readonly ContentReference Task = new() { Name = "activation/gelu", Sha256 = new string('a', 64) };
    private static readonly ContentReference Solution = new() { Sha256 = new string('b', 64) };

    private static readonly EvaluationEnvironment Environment = new()
    {
        Platform = "sim",
        Device = "H200",
        Architecture = "sm_90a",
        Compiler = "nvrtc 12.4",
        Torch = "2.6.0",
        Kernelforge = "0.1.0",
        EvaluationVersion = "1",
    };

    public static Passed Passed { get; } = new()
    {
        Message = "All 10 trials agree with the reference.",
        Ranked = true,
        Task = Task,
        Solution = Solution,
        Environment = Environment,
        Class = new SolutionClass { Kind = "modelled", Precision = "float32", FastMath = true },
        Correctness = new CorrectnessReport
        {
            Presets = ["small", "odd"],
            Trials = 10,
            Oracle = "float64",
            SkippedDistributions = ["odd/scaled_up: overflows"],
            MaxAbsoluteError = 2.5e-7,
            MaxRelativeError = 1.25e-7,
            AllowedError = 1e-4,
        },
        Performance = new PerformanceReport
        {
            Kind = "modelled",
            Preset = "full",
            LatencyMs = 2.913,
            SampledShare = 0.0004,
            Baseline = "torch_eager_modelled",
            Baselines = new Dictionary<string, double>(StringComparer.Ordinal) { ["torch_eager_modelled"] = 2.7 },
            SpeedupFactor = 0.927,
            SpeedOfLightMs = 2.68,
            SpeedOfLightFraction = 0.92,
            LimitedBy = "dram",
        },
        Kernels =
        [
            new KernelReport
            {
                Name = "gelu<float, 128>",
                Launches = 1,
                Grid = [6291456, 1, 1],
                Block = [256, 1, 1],
                Registers = 12,
                SharedBytes = 0,
                SpillBytes = 0,
                LatencyMs = 2.913,
                LimitedBy = "dram",
                Metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["dram__bytes.sum"] = 12884901888, ["sm__throughput.avg.pct_of_peak_sustained_elapsed"] = 14.256 },
                HotLines = [new HotLine { Line = 2, Executed = 416, SectorsPerRequest = 4, BankConflicts = null }],
            },
        ],
        Tunables = new Dictionary<string, long>(StringComparer.Ordinal) { ["BLOCK"] = 256 },
        TimingsMs = new Dictionary<string, double>(StringComparer.Ordinal) { ["reference"] = 41, ["compile"] = 120.4, ["total"] = 190.1 },
    };

    public static MemoryError MemoryError { get; } = new()
    {
        Message = "relu reads past the end of x at line 2.",
        Task = Task,
        Solution = Solution,
        Environment = Environment,
        Findings =
        [
            new Finding
            {
                Tool = "memcheck",
                Kind = "out_of_bounds_read",
                Kernel = "relu",
                Line = 2,
                Block = [12, 0, 0],
                Thread = [200, 0, 0],
                Preset = "small",
                Count = 1208,
                Message = "read of 4 bytes at x[3328]; x has 3120 elements",
            },
        ],
    };

    public static IncorrectNumerical IncorrectNumerical { get; } = new()
    {
        Message = "23 elements of out differ in trial odd/standard.",
        Task = Task,
        Solution = Solution,
        Environment = Environment,
        Correctness = new CorrectnessReport
        {
            Presets = ["small", "odd"],
            Trials = 6,
            Oracle = "float64",
            MaxAbsoluteError = 0.5,
            MaxRelativeError = 0.25,
            AllowedError = 1e-4,
            MismatchedElements = 23,
            Worst = new WorstElement
            {
                Output = "out",
                Index = [0, 7],
                Expected = 1,
                Actual = double.NaN,
                Preset = "odd",
                Distribution = "standard",
                Pattern = "tail of every row",
                Hint = "the last elements are not covered by the grid",
            },
        },
    };

    public static CompileError CompileError { get; } = new()
    {
        Message = "NVRTC found 1 error.",
        Task = Task,
        Solution = Solution,
        Environment = Environment,
        Diagnostics = "solution.cu(3): error: identifier \"y\" is undefined [in relu]\n",
    };

    public static TimedOut TimedOut { get; } = new()
    {
        Message = "relu did not end within its budget of instructions.",
        Task = Task,
        Solution = Solution,
        Environment = Environment,
        Warps = [new WarpStand { Kernel = "relu", Block = [0, 0, 0], Warp = 1, Line = 3, State = "waiting at a barrier" }],
    };
}
