using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Sampling;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>
/// A kernel written as instructions and as the accesses its warps make, to drive the observer without an interpreter.
/// </summary>
internal sealed class SyntheticKernel
{
    private readonly List<InstructionInfo> _instructions = [];
    private int _block;

    public required LaunchShape Shape { get; init; }

    public required IReadOnlyList<BufferRange> Buffers { get; init; }

    /// <summary>What one warp of one block does.</summary>
    public required Action<Warp> Body { get; init; }

    public IReadOnlyList<InstructionInfo> Instructions => _instructions;

    /// <summary>Adds an instruction to the current basic block; returns its number.</summary>
    public int Add(string opcode, int[]? to = null, int[]? from = null, int line = 0)
    {
        _instructions.Add(new InstructionInfo(_instructions.Count, opcode, _instructions.Count + 1, line, _block, to ?? [], from ?? []));
        return _instructions.Count - 1;
    }

    public int NewBlock() => ++_block;

    /// <summary>Takes another kernel's instructions.</summary>
    public void CopyInstructions(SyntheticKernel other) => _instructions.AddRange(other._instructions);

    public (TimeEstimate Estimate, CounterTotals Totals) Run(GpuProfile profile, double budget = 3e6)
    {
        var counters = new LaunchCounters(_instructions, CounterSettings.For(profile, Shape, Buffers));
        var observer = new CountingObserver(counters);
        var sampler = new BlockSampler((Shape.GridX, Shape.GridY, Shape.GridZ), 1, budget);
        while (sampler.TryNext(counters.LaneInstructions, out var block))
        {
            counters.UseStratum(block.Stratum);
            observer.BlockStarted(block.X, block.Y, block.Z);
            for (var warp = 0; warp < Shape.WarpsPerBlock; warp++)
            {
                Body(new Warp(observer, block.X, block.Y, warp));
            }

            observer.BlockFinished();
        }

        var totals = counters.Totals(sampler.Weights);
        return (TimeModel.Estimate(profile, Shape, totals, _instructions), totals);
    }

    internal sealed class Warp(CountingObserver observer, int x, int y, int number)
    {
        private readonly ulong[] _addresses = new ulong[32];

        public int X { get; } = x;

        public int Y { get; } = y;

        public int Number { get; } = number;

        public void Enter(int basicBlock) => observer.BasicBlockExecuted(basicBlock, uint.MaxValue);

        public void Barrier(int instruction) => observer.BarrierArrived(instruction, Number);

        public void Global(int instruction, AccessKind kind, Func<int, ulong> address, int bytes) =>
            Access(instruction, MemorySpace.Global, kind, address, bytes);

        public void Shared(int instruction, AccessKind kind, Func<int, ulong> address, int bytes = 4) =>
            Access(instruction, MemorySpace.Shared, kind, address, bytes);

        private void Access(int instruction, MemorySpace space, AccessKind kind, Func<int, ulong> address, int bytes)
        {
            for (var lane = 0; lane < 32; lane++)
            {
                _addresses[lane] = address(lane);
            }

            observer.MemoryAccessed(instruction, space, kind, _addresses, uint.MaxValue, bytes);
        }
    }
}
