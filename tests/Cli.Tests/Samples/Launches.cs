using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Tests.Samples;

/// <summary>Replies of the evaluator to <c>ptx</c>, of a kernel with three instructions.</summary>
internal static class Launches
{
    public const string Source = "extern \"C\" __global__ void twice(const float* x, float* y)\n{\n    y[threadIdx.x] = 2 * x[threadIdx.x]; // <b> & \"c\"\n}\n";

    public const string Ptx =
        ".version 8.4\n.target sm_90a\n.address_size 64\n\n.visible .entry twice(\n\t.param .u64 twice_param_0\n)\n{\n\t.loc\t1 3 5\n\tld.global.f32 \t%f1, [%rd1];\n\tadd.f32 \t%f2, %f1, %f1;\n\tst.global.f32 \t[%rd2], %f2;\n\t.loc\t1 4 1\n\tret;\n\n}\n\t.file\t1 \"twice.cu\"\n";

    public static PtxText Module { get; } = new()
    {
        Ptx = Ptx,
        Architecture = "sm_90a",
        Compiler = "nvrtc 12.4",
        Kernels = [new() { Name = "twice", LoweredName = "twice", Parameters = ["const float* x", "float* y"], Registers = 8 }],
        Source = Source,
        SourceName = "twice.cu",
    };

    public static PtxReply Clean { get; } = new() { Module = Module, Launch = Completed() };

    public static PtxReply Broken { get; } = new()
    {
        Module = Module,
        Launch = Completed() with
        {
            Findings =
            [
                new() { Tool = "memcheck", Kind = "out_of_bounds_read", Kernel = "twice", Line = 3, Block = [0, 0, 0], Thread = [31, 0, 0], Count = 12, Message = "read of 4 bytes at x[31]; x has 20 elements" },
                new() { Tool = "racecheck", Kind = "race", Kernel = "twice", Line = 3, OtherLine = 4, Block = [0, 0, 0], Thread = [1, 0, 0], Message = "two threads" },
            ],
            Printed = "hello from 0\n",
        },
    };

    public static PtxReply Endless { get; } = new()
    {
        Module = Module,
        Launch = new()
        {
            Device = "H200",
            Kernel = Kernel(),
            Completion = "budget_exhausted",
            Warps = [new() { Kernel = "twice", Block = [0, 0, 0], Warp = 0, Line = 3, State = "running" }],
        },
    };

    private static KernelReport Kernel() => new() { Name = "twice", Launches = 1, Grid = [1, 1, 1], Block = [32, 1, 1], Registers = 8 };

    private static PtxLaunchReport Completed() => new()
    {
        Device = "H200",
        Kernel = Kernel() with
        {
            LatencyMs = 0.002,
            LimitedBy = "launch",
            Metrics = new Dictionary<string, double> { ["dram__bytes.sum"] = 256, ["launch__waves_per_multiprocessor"] = 0.01 },
            Bottlenecks =
            [
                new() { Rule = "launch_bound", What = "The launch takes longer than the kernel.", Evidence = new Dictionary<string, double> { ["gpu__time_duration.sum"] = 700 }, Gain = 2.86, NextLimiter = "latency", Try = "Fuse it.", Lines = [] },
                new() { Rule = "uncoalesced", What = "Accesses <touch> too many sectors.", Evidence = new Dictionary<string, double> { ["dram__bytes.sum"] = 256 }, Gain = 1.25, Try = "Map threadIdx.x.", Lines = [2, 1] },
            ],
        },
        Completion = "completed",
        Outputs = [new() { Name = "y", Type = "float32", Shape = [32], First = ["0", "2", "?"], Least = 0, Most = 62, Mean = 31, Unwritten = 1, Contents = new byte[128] }],
        LaneInstructions = 128,
        Estimate = new()
        {
            LatencyMs = 0.002,
            KernelMs = 0.0007,
            LimitedBy = "launch",
            LimiterMs = new Dictionary<string, double> { ["latency"] = 0.0007, ["dram"] = 0.00000006, ["launch"] = 0.0013 },
            Waves = 0.01,
            TailFraction = 0.99,
            Occupancy = 1,
            OccupancyLimitedBy = "warps",
            Registers = 8,
            RegistersFrom = "cubin",
            Stalls = new Dictionary<string, double> { ["long_scoreboard"] = 0.8, ["wait"] = 0.05 },
            Roofline = new("float32", 32, 256, 4.5e7, 6.7e13, 3.6e8, 4.8e12),
            ModelVersion = "1",
        },
        PtxLines =
        [
            new() { Line = 10, SourceLine = 3, Executed = 1, ThreadsPerInstruction = 32, IssueSlots = 1, SectorsPerRequest = 4, TimeShare = 0.1, StallShare = 0 },
            new() { Line = 11, SourceLine = 3, Executed = 1, ThreadsPerInstruction = 32, IssueSlots = 1, TimeShare = 0.82, StallShare = 0.8, Stall = "long_scoreboard" },
            new() { Line = 12, SourceLine = 3, Executed = 1, ThreadsPerInstruction = 32, IssueSlots = 1, SectorsPerRequest = 4, TimeShare = 0.05, StallShare = 0.04, Stall = "wait" },
            new() { Line = 14, SourceLine = 4, Executed = 1, ThreadsPerInstruction = 32, IssueSlots = 1, TimeShare = 0.03, StallShare = 0 },
        ],
        SourceLines =
        [
            new() { Line = 3, SourceLine = 3, Executed = 3, ThreadsPerInstruction = 32, IssueSlots = 3, SectorsPerRequest = 4, TimeShare = 0.97, StallShare = 0.84, Stall = "long_scoreboard" },
            new() { Line = 4, SourceLine = 4, Executed = 1, ThreadsPerInstruction = 32, IssueSlots = 1, TimeShare = 0.03, StallShare = 0 },
        ],
    };
}
