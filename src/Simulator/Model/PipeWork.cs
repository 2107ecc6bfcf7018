using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>Expands basic block counts to slots by pipe.</summary>
internal static class PipeWork
{
    public static PipeTotals Sum(
        IReadOnlyList<InstructionInfo> instructions, IReadOnlyList<InstructionCost> costs, CounterTotals totals, LaunchShape shape)
    {
        double ptx = 0, ptxThreads = 0, slots = 0, threadSlots = 0, fma = 0, multiply = 0, alu = 0, fp64 = 0, xu = 0, lsu = 0;
        double uniform = 0, branch = 0, tensor = 0, tensorWork = 0, shared = 0, idealShared = 0, l1 = 0;
        foreach (var instruction in instructions)
        {
            var cost = costs[instruction.Index];
            var count = totals.BlockExecutions[instruction.BasicBlock];
            var threads = totals.BlockThreads[instruction.BasicBlock];
            ptx += count;
            ptxThreads += threads;
            slots += count * cost.Slots;
            threadSlots += threads * cost.Slots;
            fma += count * cost.Fma;
            multiply += count * cost.IntegerMultiply;
            alu += count * cost.Alu;
            fp64 += count * cost.Fp64;
            xu += count * cost.Xu;
            lsu += count * cost.Lsu;
            uniform += count * cost.Uniform;
            branch += count * cost.Branch;
            tensor += count * cost.Tensor;
            tensorWork += count * cost.TensorF16Fma;
            var site = totals.Sites[instruction.Index];
            if (site.Wavefronts <= 0)
            {
                continue;
            }

            if (cost.Latency == LatencyClass.Constant)
            {
                continue;
            }

            if (IsShared(site))
            {
                shared += site.Wavefronts;
                idealShared += site.IdealWavefronts;
            }
            else
            {
                l1 += site.Wavefronts;
            }
        }

        // Spills are the cubin's, the PTX has none: each spilled word is stored once and loaded in half of the passes of the hottest block.
        var warps = (double)shape.Blocks * shape.WarpsPerBlock;
        var passes = Math.Max(1, totals.BlockExecutions.Count == 0 ? 0 : totals.BlockExecutions.Max() / Math.Max(1, warps) / 2);
        var spills = shape.SpillBytes / 4.0 * warps * (1 + passes);
        return new PipeTotals
        {
            PtxInstructions = ptx,
            PtxThreadInstructions = ptxThreads,
            Slots = slots + spills,
            ThreadSlots = threadSlots + (spills * 32),
            Fma = fma,
            IntegerMultiply = multiply,
            Alu = alu,
            Fp64 = fp64,
            Xu = xu,
            Lsu = lsu + spills,
            Uniform = uniform,
            Branch = branch,
            Tensor = tensor,
            TensorF16Fma = tensorWork,
            SharedWavefronts = shared,
            IdealSharedWavefronts = idealShared,
            L1Wavefronts = l1 + spills,
        };
    }

    /// <summary>Whether an instruction's wavefronts are shared memory's: it touched no sectors of global or local memory.</summary>
    public static bool IsShared(in SiteTotals site) => site.Wavefronts > 0 && site.Sectors <= 0;
}
