using System.Globalization;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Ptx;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary><c>ptx run</c> and <c>ptx explain</c>: one launch of one kernel, whole, with every check, its counters and its modelled time.</summary>
internal sealed class SingleLaunch(LaunchRequest request)
{
    // ptxas keeps a few registers beyond what is alive: addresses, the stack, the ABI.
    private const int RegistersBeyondLive = 6;
    private const int LeastRegisters = 16;

    /// <summary>Runs it.</summary>
    public LaunchReply Run(CancellationToken cancellationToken)
    {
        try
        {
            var module = PtxModule.Parse(request.Ptx);
            var kernel = Find(module);
            var program = KernelProgram.Lower(module, kernel.Name, new LoweringOptions { Checks = Checks.All });
            var parameters = LaunchParameter.Of(kernel, request.Compiled, request.ParameterNames);
            using var memory = new DeviceMemory();
            var arguments = new BoundArguments(request.Kernel ?? kernel.Name, parameters, Math.Max(kernel.ParameterBytes, request.Compiled?.Signature.Bytes ?? 0), request.Launch, memory);
            var report = Launch(program, memory, arguments, cancellationToken);
            return new LaunchReply { Report = report, Kernel = Describe(kernel, parameters), Target = module.Target };
        }
        catch (PtxSyntaxException error)
        {
            return Wrong(65, error.Message);
        }
        catch (UnsupportedInstructionException error)
        {
            return new LaunchReply { Unsupported = error.Message };
        }
        catch (WrongArgumentException error)
        {
            return Wrong(error.ExitCode, error.Message);
        }
        catch (ArgumentException error)
        {
            // The launcher's own words about grid, block and shared memory, without .NET's parameter name.
            return Wrong(64, error.Message.Split(" (Parameter '")[0]);
        }
    }

    private static LaunchReply Wrong(int exitCode, string message) => new() { Wrong = new EvaluatorFault { ExitCode = exitCode, Message = message } };

    private PtxFunction Find(PtxModule module)
    {
        var names = string.Join(", ", module.Kernels.Select(kernel => kernel.Name));
        if (module.Kernels.Count == 0)
        {
            throw new WrongArgumentException("the PTX holds no kernel (.entry)", 65);
        }

        if ((request.Compiled?.LoweredName ?? request.Kernel) is { } wanted)
        {
            return module.Kernels.FirstOrDefault(kernel => kernel.Name == wanted)
                ?? throw new WrongArgumentException($"--kernel: there is no kernel '{wanted}'; known: {names}");
        }

        return module.Kernels.Count == 1 ? module.Kernels[0] : throw new WrongArgumentException($"the file holds {module.Kernels.Count} kernels; choose one with --kernel: {names}");
    }

    private PtxKernel Describe(PtxFunction kernel, IReadOnlyList<LaunchParameter> parameters) => new()
    {
        Name = request.Kernel ?? kernel.Name,
        LoweredName = kernel.Name,
        Parameters = [.. parameters.Select(parameter => $"{parameter.Description} {parameter.Name}")],
        Registers = request.Compiled?.Registers,
        SpillBytes = request.Compiled?.SpillBytes,
        StaticSharedBytes = request.Compiled?.StaticSharedBytes,
    };

    private PtxLaunchReport Launch(KernelProgram program, DeviceMemory memory, BoundArguments arguments, CancellationToken cancellationToken)
    {
        var profile = GpuProfiles.Get(request.Device);
        var launch = request.Launch;
        var shape = Shape(program, launch);
        RequireFits(profile, shape);
        using var time = new CancellationTokenSource(request.TimeLimit);
        var configuration = new LaunchConfiguration
        {
            Grid = new(shape.GridX, shape.GridY, shape.GridZ),
            Block = new(shape.BlockX, shape.BlockY, shape.BlockZ),
            Cluster = launch.Cluster is { } cluster ? new(At(cluster, 0), At(cluster, 1), At(cluster, 2)) : null,
            DynamicSharedBytes = launch.SharedBytes,
            Parameters = arguments.Block,
            Cooperative = launch.Cooperative,
            SharedLimit = profile.MaxSharedBytesPerBlock,
            SmCount = profile.Sms,
            Seed = launch.Seed,
            InstructionBudget = launch.InstructionBudget,
            OutOfTime = time.Token,
        };
        var ranges = arguments.Buffers.Select(buffer => new BufferRange(buffer.Buffer.Spec.Name, buffer.Buffer.Address, buffer.Buffer.ByteLength)).ToList();
        var counters = new LaunchCounters(program.Instructions, CounterSettings.For(profile, shape, ranges));
        var observer = new CountingObserver(counters);
        var result = Launcher.Run(program, memory, configuration, ref observer, cancellationToken);
        var name = request.Kernel ?? program.KernelName;
        var completed = result.Completion == LaunchCompletion.Completed;
        var report = new PtxLaunchReport
        {
            Device = profile.Name,
            Kernel = Resources(name, shape),
            Completion = Name(result.Completion),
            Findings = [.. result.Findings.Select(finding => WithRemedy(SimLaunch.Finding(finding, name, preset: null))), .. Unwritten(arguments, name, completed && result.Findings.Count == 0)],
            Warps = [.. result.Positions.Select(position => SimLaunch.Stand(position, name))],
            Printed = result.Printf,
            Outputs = LaunchOutputs.Of(memory, arguments, launch.KeepOutputs),
            LaneInstructions = result.LaneInstructions,
        };
        return completed ? WithTime(report, profile, shape, counters.Totals(), program) : report;
    }

    private static int At(IReadOnlyList<int> sizes, int dimension) => dimension < sizes.Count ? sizes[dimension] : 1;

    private LaunchShape Shape(KernelProgram program, PtxLaunch launch)
    {
        return new LaunchShape
        {
            GridX = At(launch.Grid, 0),
            GridY = At(launch.Grid, 1),
            GridZ = At(launch.Grid, 2),
            BlockX = At(launch.Block, 0),
            BlockY = At(launch.Block, 1),
            BlockZ = At(launch.Block, 2),
            RegistersPerThread = launch.Registers ?? request.Compiled?.Registers ?? Math.Clamp(program.LiveRegisters + RegistersBeyondLive, LeastRegisters, 255),
            StaticSharedBytes = program.StaticSharedBytes,
            DynamicSharedBytes = launch.SharedBytes,
            SpillBytes = request.Compiled?.SpillBytes ?? 0,
        };
    }

    private static void RequireFits(GpuProfile profile, LaunchShape shape)
    {
        if (shape.ThreadsPerBlock is >= 1 and <= 1024 && shape.DynamicSharedBytes >= 0 && shape.OccupancyOn(profile) is { BlocksPerSm: 0 } occupancy)
        {
            throw new WrongArgumentException(
                $"a block of {shape.ThreadsPerBlock} threads with {shape.RegistersPerThread} registers each and {shape.SharedBytes} bytes of shared memory does not fit on a multiprocessor of {profile.Name} (limited by {occupancy.LimitedBy}); use fewer threads or less shared memory");
        }
    }

    private KernelReport Resources(string name, LaunchShape shape) => new()
    {
        Name = name,
        Launches = 1,
        Grid = [shape.GridX, shape.GridY, shape.GridZ],
        Block = [shape.BlockX, shape.BlockY, shape.BlockZ],
        Registers = shape.RegistersPerThread,
        SharedBytes = shape.SharedBytes,
        SpillBytes = request.Compiled?.SpillBytes,
    };

    private static Finding WithRemedy(Finding finding) => finding with { Message = finding.Message + SimLaunch.RemedyOf(finding) };

    private static IEnumerable<Finding> Unwritten(BoundArguments arguments, string kernel, bool clean) =>
        arguments.Buffers.Where(buffer => clean && buffer.IsOutput && buffer.Buffer.FirstUnwritten(out _)).Select(buffer =>
        {
            buffer.Buffer.FirstUnwritten(out var offset);
            var size = buffer.Buffer.Spec.ElementSize;
            var missing = Math.Max(1, buffer.Buffer.UnwrittenBytes / size);
            return new Finding
            {
                Tool = "initcheck",
                Kind = "unwritten_output",
                Kernel = kernel,
                Count = missing,
                Message = $"{missing} of {buffer.Buffer.ByteLength / size} elements of {buffer.Buffer.Spec.Name} were never written, the first at linear index {offset / size}; does the grid cover the output, and does a guard cut off its tail?",
            };
        });

    private PtxLaunchReport WithTime(PtxLaunchReport report, GpuProfile profile, LaunchShape shape, CounterTotals totals, KernelProgram program)
    {
        var instructions = program.Instructions;
        var estimate = TimeModel.Estimate(profile, shape, totals, instructions);
        var position = RooflinePosition.Of(profile, totals, estimate, instructions);
        return report with
        {
            Kernel = report.Kernel with
            {
                LatencyMs = estimate.LatencyMs,
                LimitedBy = estimate.Limiter,
                Metrics = Metrics.Of(profile, shape, totals, estimate, instructions),
                Bottlenecks = KernelReports.Bottlenecks(profile, shape, totals, instructions),
            },
            Estimate = new PtxEstimate
            {
                LatencyMs = estimate.LatencyMs,
                KernelMs = estimate.KernelMs,
                LimitedBy = estimate.Limiter,
                LimiterMs = estimate.LimiterMs,
                Waves = estimate.Waves,
                TailFraction = estimate.TailFraction,
                Occupancy = estimate.Occupancy.Fraction,
                OccupancyLimitedBy = Name(estimate.Occupancy.LimitedBy),
                Registers = shape.RegistersPerThread,
                RegistersFrom = request.Launch.Registers is not null ? "given" : request.Compiled is not null ? "cubin" : "estimated",
                Stalls = estimate.StallShares.Where(stall => stall.Value > 0).ToDictionary(stall => Name(stall.Key), stall => stall.Value, StringComparer.Ordinal),
                Roofline = new PtxRoofline(
                    position.Precision, position.Operations, position.Bytes, position.OperationsPerSecond, position.PeakOperationsPerSecond, position.BytesPerSecond, position.PeakBytesPerSecond),
                ModelVersion = estimate.ModelVersion,
            },
            PtxLines = [.. LineProfile.ByPtxLine(totals, estimate, instructions).Select(line => Line(line, instructions.First(i => i.PtxLine == line.Line).SourceLine))],
            SourceLines = [.. LineProfile.BySourceLine(totals, estimate, instructions).Where(line => line.Line > 0).Select(line => Line(line, line.Line))],
        };
    }

    private static PtxLine Line(LineProfile line, int sourceLine) => new()
    {
        Line = line.Line,
        SourceLine = sourceLine,
        Executed = line.Executed,
        ThreadsPerInstruction = line.Executed > 0 ? line.ThreadsExecuted / line.Executed : 0,
        IssueSlots = line.IssueSlots,
        SectorsPerRequest = line.SectorsPerRequest,
        BankConflicts = line.BankConflicts,
        TimeShare = line.TimeShare,
        StallShare = line.StallShare,
        Stall = line.Stall is { } reason ? Name(reason) : null,
    };

    /// <summary>An enumeration's member as JSON writes it: <c>budget_exhausted</c>.</summary>
    private static string Name<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, at) => at > 0 && char.IsUpper(letter) ? "_" + char.ToLower(letter, CultureInfo.InvariantCulture) : char.ToLower(letter, CultureInfo.InvariantCulture).ToString()));
}
