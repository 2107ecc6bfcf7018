using System.Buffers.Binary;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>Between the plan's launches and the simulator's: configurations in, findings out.</summary>
internal static class SimLaunch
{
    /// <summary>A launch with its arguments bound to addresses.</summary>
    /// <param name="solution">The solution.</param>
    /// <param name="launch">The step.</param>
    /// <param name="addressOf">Address of a tensor.</param>
    /// <param name="seed">Scrubs shared memory and registers.</param>
    /// <exception cref="PlanException">An argument or the cluster does not fit the kernel.</exception>
    public static LaunchConfiguration Configuration(LoadedSolution solution, LaunchStep launch, Func<string, ulong> addressOf, ulong seed)
    {
        var bound = solution.Bind(launch);
        var parameters = bound.Parameters.ToArray();
        foreach (var pointer in bound.Pointers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(parameters.AsSpan(pointer.Offset), addressOf(pointer.Tensor) + (ulong)pointer.ByteOffset);
        }

        foreach (var slot in bound.TensorMaps)
        {
            var map = solution.Plan.TensorMaps.First(m => m.Name == slot.TensorMap);
            Encoded(map, addressOf(map.Tensor)).Encode(parameters.AsSpan(slot.Offset, TensorMap.Bytes));
        }

        return new LaunchConfiguration
        {
            Cluster = Cluster(solution, launch, bound.Kernel.LoweredName),
            Grid = new(launch.Grid.X, launch.Grid.Y, launch.Grid.Z),
            Block = new(launch.Block.X, launch.Block.Y, launch.Block.Z),
            DynamicSharedBytes = (int)launch.SharedBytes,
            Parameters = parameters,
            Cooperative = launch.Cooperative,
            SharedLimit = solution.Profile.MaxSharedBytesPerBlock,
            SmCount = solution.Profile.Sms,
            Seed = seed,
        };
    }

    /// <summary>The element type of a tensor map over a tensor of a dtype.</summary>
    public static PtxType ElementOf(string dtype) => dtype switch
    {
        "float64" => PtxType.F64,
        "float32" => PtxType.F32,
        "float16" => PtxType.F16,
        "bfloat16" => PtxType.BF16,
        "int64" => PtxType.S64,
        "int32" => PtxType.S32,
        "int16" => PtxType.S16,
        "uint64" => PtxType.U64,
        "uint32" => PtxType.U32,
        "uint16" => PtxType.U16,
        _ => PtxType.B8,
    };

    private static TensorMap Encoded(ResolvedTensorMap map, ulong address) => new()
    {
        Address = address + (ulong)map.ByteOffset,
        Type = ElementOf(map.Dtype),
        Dimensions = map.Dimensions,
        StrideBytes = map.StrideBytes,
        Box = map.Box,
        ElementStrides = map.ElementStrides,
        Swizzle = map.Swizzle switch { "32b" => TensorSwizzle.Bytes32, "64b" => TensorSwizzle.Bytes64, "128b" => TensorSwizzle.Bytes128, _ => TensorSwizzle.None },
        FillNaN = map.OobFill == "nan",
    };

    // The plan's clusters, or those that the kernel was compiled for (__cluster_dims__).
    private static Simulator.Execution.Dim3? Cluster(LoadedSolution solution, LaunchStep launch, string kernel)
    {
        var compiled = solution.Module.Kernels.First(k => k.Name == kernel).RequiredCluster;
        if (compiled is not { } required)
        {
            return launch.Cluster is { } planned ? new(planned.X, planned.Y, planned.Z) : null;
        }

        if (launch.Cluster is { } given && (given.X, given.Y, given.Z) != required)
        {
            throw new PlanException($"{launch.Place}.cluster", $"clusters of {given}; {launch.Kernel} was compiled for {required} by __cluster_dims__: leave one of the two out", launch.Source.At.Line, launch.Source.At.Column);
        }

        if (launch.Grid.X % required.X != 0 || launch.Grid.Y % required.Y != 0 || launch.Grid.Z % required.Z != 0)
        {
            throw new PlanException($"{launch.Place}.grid", $"grid {launch.Grid} is not a multiple of the clusters of {required} that {launch.Kernel} was compiled for; round the grid up and let surplus blocks return", launch.Source.At.Line, launch.Source.At.Column);
        }

        return new(required.X, required.Y, required.Z);
    }

    /// <summary>A finding in the outcome's form.</summary>
    public static Finding Finding(Simulator.Checks.Finding finding, string kernel, string? preset) => new()
    {
        Tool = ToolOf(finding.KindName),
        Kind = finding.KindName,
        Kernel = kernel,
        Line = finding.SourceLine > 0 ? finding.SourceLine : null,
        OtherLine = finding.OtherLine is > 0 ? finding.OtherLine : null,
        Block = [finding.Block.X, finding.Block.Y, finding.Block.Z],
        Thread = [finding.Thread.X, finding.Thread.Y, finding.Thread.Z],
        Preset = preset,
        Count = finding.Count,
        Message = finding.Message,
    };

    /// <summary>Where a warp stood, in the outcome's form.</summary>
    public static WarpStand Stand(WarpPosition position, string kernel) => new()
    {
        Kernel = kernel,
        Block = [position.Block.X, position.Block.Y, position.Block.Z],
        Warp = position.Warp,
        Line = position.SourceLine > 0 ? position.SourceLine : null,
        State = position.State,
    };

    /// <summary>The status that a kind of finding leads to.</summary>
    public static CheckVerdict VerdictOf(string kind) => kind switch
    {
        "race" => CheckVerdict.RaceError,
        "barrier_divergence" or "invalid_mask" or "deadlock" => CheckVerdict.SyncError,
        _ => CheckVerdict.MemoryError,
    };

    /// <summary>What to do about a kind of finding, to stand behind its message; empty where that says it.</summary>
    public static string RemedyOf(Finding finding) => finding.Kind switch
    {
        "out_of_bounds_read" or "out_of_bounds_write" => "; guard the access by the size, or correct the index",
        "misaligned" => "; vectors of 8 or 16 bytes need addresses that are multiples of it: handle the unaligned rest by single elements",
        "uninitialised_read" => "; write it first, give the buffer a \"fill\", or wait at a barrier for the thread that writes it",
        "race" when finding.Message.Contains("nothing waited", StringComparison.Ordinal) => "; wait for the copy (wait_group, or the barrier that it signals) and pass a barrier before its data is read",
        "race" when finding.Message.Contains("fence and flag", StringComparison.Ordinal) => "; blocks run in any order: give each places of its own, use atomics, or split the work into two launches",
        "race" => "; put a barrier between the two, or use atomics",
        "barrier_divergence" => "; move the barrier to where all threads of the block pass it",
        "invalid_mask" => "; name exactly the lanes that reach the call, as __activemask or a ballot before the branch gives them",
        "deadlock" => "; blocks and warps may only wait for what is certain to run",
        _ => string.Empty,
    };

    private static string ToolOf(string kind) => kind switch
    {
        "race" => "racecheck",
        "barrier_divergence" or "invalid_mask" or "deadlock" => "synccheck",
        "uninitialised_read" or "unwritten_output" => "initcheck",
        _ => "memcheck",
    };
}
