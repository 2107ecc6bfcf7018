using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>Why a warp waits (Nsight Compute's stall reasons).</summary>
public enum StallReason
{
    /// <summary>A register from global or local memory: <c>long_scoreboard</c>.</summary>
    LongScoreboard,

    /// <summary>A register from shared memory, a special function or a shuffle: <c>short_scoreboard</c>.</summary>
    ShortScoreboard,

    /// <summary>A register from arithmetic: <c>wait</c>.</summary>
    Wait,

    /// <summary>A block barrier: <c>barrier</c>.</summary>
    Barrier,

    /// <summary>The target of a branch: <c>branch_resolving</c>.</summary>
    BranchResolving,

    /// <summary>A busy pipe: <c>math_pipe_throttle</c>.</summary>
    MathPipeThrottle,

    /// <summary>A full queue to memory: <c>lg_throttle</c>.</summary>
    MemoryThrottle,

    /// <summary>Another warp was chosen: <c>not_selected</c>.</summary>
    NotSelected,
}

/// <summary>
/// One warp alone on its scheduler: the program in order, loads moved up as ptxas does it (<see cref="LoadOrder"/>), each instruction
/// when its sources are ready (in-order issue, scoreboard). Independent loads overlap until the first use, which is what limits bandwidth by Little's law.
/// Basic blocks that stand together and run about equally often are taken as one loop body: once to enter, and then the
/// steady state of a second pass for every further iteration.
/// </summary>
internal sealed class WarpPath
{
    private const double BranchCycles = 8;
    private readonly GpuProfile _profile;
    private readonly IReadOnlyList<InstructionCost> _costs;
    private readonly Func<LatencyClass, double> _latency;
    private readonly Dictionary<int, (double Ready, StallReason Reason)> _ready = [];
    private readonly List<double> _copies = [];
    private readonly double[] _stalls = new double[8];
    private readonly InstructionWait[] _waits;
    private double _now;
    private double _weight;
    private int _at;

    private WarpPath(GpuProfile profile, IReadOnlyList<InstructionCost> costs, Func<LatencyClass, double> latency)
    {
        _profile = profile;
        _costs = costs;
        _latency = latency;
        _waits = new InstructionWait[costs.Count];
    }

    /// <summary>Cycles from a warp's first instruction to its last, all waits included.</summary>
    public double Cycles { get; private set; }

    /// <summary>Waits by reason, cycles.</summary>
    public IReadOnlyList<double> Stalls => _stalls;

    /// <summary>Where the cycles go, by instruction.</summary>
    public IReadOnlyList<InstructionWait> Waits => _waits;

    /// <summary>Walks the program.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="instructions">All instructions in program order.</param>
    /// <param name="costs">Their costs, by number.</param>
    /// <param name="executionsPerWarp">How often an average warp runs each basic block.</param>
    /// <param name="latency">Latency of memory by class, cycles.</param>
    public static WarpPath Walk(
        GpuProfile profile,
        IReadOnlyList<InstructionInfo> instructions,
        IReadOnlyList<InstructionCost> costs,
        IReadOnlyList<double> executionsPerWarp,
        Func<LatencyClass, double> latency)
    {
        var path = new WarpPath(profile, costs, latency);
        var blocks = new List<List<InstructionInfo>>();
        for (var block = 0; block < executionsPerWarp.Count; block++)
        {
            blocks.Add([]);
        }

        foreach (var instruction in instructions)
        {
            blocks[instruction.BasicBlock].Add(instruction);
        }

        for (var first = 0; first < blocks.Count;)
        {
            var last = first + 1;
            var count = executionsPerWarp[first];
            while (last < blocks.Count && Alike(count, executionsPerWarp[last]))
            {
                last++;
            }

            path.Run(blocks, first, last, executionsPerWarp);
            first = last;
        }

        return path;
    }

    private static bool Alike(double one, double other) =>
        one <= 1.001 && other <= 1.001 ? one > 0 && other > 0 : other > 1.001 && one > 1.001 && other <= 2 * one && one <= 2 * other;

    private void Run(List<List<InstructionInfo>> blocks, int first, int last, IReadOnlyList<double> executions)
    {
        var most = 0.0;
        for (var block = first; block < last; block++)
        {
            most = Math.Max(most, executions[block]);
        }

        if (most <= 0)
        {
            return;
        }

        Pass(blocks, first, last, block => Math.Min(1, executions[block]));
        if (most > 1)
        {
            // The second pass is the steady state: it stands for all iterations but the first.
            Pass(blocks, first, last, block => Math.Max(0, executions[block] - 1));
        }
    }

    private void Pass(List<List<InstructionInfo>> blocks, int first, int last, Func<int, double> weight)
    {
        for (var block = first; block < last; block++)
        {
            _weight = weight(block);
            var from = _now;
            foreach (var instruction in LoadOrder.Of(blocks[block], _costs))
            {
                Issue(instruction, _costs[instruction.Index]);
            }

            Cycles += (_now - from) * _weight;
        }
    }

    private void Issue(InstructionInfo instruction, in InstructionCost cost)
    {
        _at = instruction.Index;
        foreach (var source in instruction.Sources)
        {
            if (_ready.TryGetValue(source, out var wait) && wait.Ready > _now)
            {
                Stall(wait.Reason, wait.Ready);
            }
        }

        var busy = BusyCycles(cost);
        _now += busy;
        _waits[_at].Busy += busy * _weight;
        switch (cost.Latency)
        {
            case LatencyClass.Barrier:
                Stall(StallReason.Barrier, _now + _profile.LatencyCycles.Barrier);
                return;
            case LatencyClass.AsyncCopy:
                _copies.Add(_now + _latency(LatencyClass.Global));
                return;
            case LatencyClass.AsyncWait:
                WaitForCopies(instruction.Opcode);
                return;
            default:
                break;
        }

        if (cost.Branch > 0 && cost.Latency == LatencyClass.None)
        {
            Stall(StallReason.BranchResolving, _now + BranchCycles);
            return;
        }

        if (instruction.Destinations.Count == 0)
        {
            return;
        }

        // The slots of an expansion mostly depend on one another.
        var ready = _now + _latency(cost.Latency) + (Math.Max(0, cost.Slots - 1) * _profile.LatencyCycles.Arithmetic * 0.5);
        var reason = cost.Latency switch
        {
            LatencyClass.Global or LatencyClass.Local or LatencyClass.Atomic => StallReason.LongScoreboard,
            LatencyClass.Shared or LatencyClass.Special or LatencyClass.Shuffle or LatencyClass.Constant => StallReason.ShortScoreboard,
            _ => StallReason.Wait,
        };
        foreach (var destination in instruction.Destinations)
        {
            _ready[destination] = (ready, reason);
        }
    }

    // Copies are waited for all but the newest: a pipeline of two stages. wait_all waits for all.
    private void WaitForCopies(string opcode)
    {
        if (_copies.Count == 0)
        {
            return;
        }

        var upTo = opcode.Contains("wait_all", StringComparison.Ordinal) ? _copies[^1] : _copies[0];
        Stall(StallReason.LongScoreboard, upTo);
        _copies.RemoveAll(copy => copy <= _now);
    }

    private void Stall(StallReason reason, double until)
    {
        if (until > _now)
        {
            var cycles = (until - _now) * _weight;
            _stalls[(int)reason] += cycles;
            _waits[_at].Stalled += cycles;
            if (cycles > _waits[_at].Longest)
            {
                _waits[_at].Longest = cycles;
                _waits[_at].Reason = reason;
            }

            _now = until;
        }
    }

    // Cycles for which one warp occupies its scheduler's share of the busiest pipe.
    private double BusyCycles(in InstructionCost cost)
    {
        var lanes = _profile.Lanes;
        var perScheduler = 32.0 * _profile.SchedulersPerSm;
        var busiest = Math.Max(cost.Slots, cost.Fma * perScheduler / lanes.Fma);
        busiest = Math.Max(busiest, cost.Alu * perScheduler / lanes.Alu);
        busiest = Math.Max(busiest, cost.IntegerMultiply * perScheduler / lanes.IntegerMultiply);
        busiest = Math.Max(busiest, cost.Xu * perScheduler / lanes.Xu);
        busiest = Math.Max(busiest, cost.Fp64 * perScheduler / lanes.Fp64);
        return Math.Max(busiest, cost.TensorF16Fma * _profile.SchedulersPerSm / lanes.TensorF16Fma);
    }
}

/// <summary>Cycles of an average warp at one instruction.</summary>
internal struct InstructionWait
{
    /// <summary>Issuing it, or its share of the busiest pipe.</summary>
    public double Busy;

    /// <summary>Waiting before it, or at it.</summary>
    public double Stalled;

    /// <summary>The longest single wait.</summary>
    public double Longest;

    /// <summary>Why that one.</summary>
    public StallReason Reason;
}
