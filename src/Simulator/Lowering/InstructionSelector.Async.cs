using System.Runtime.InteropServices;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>Asynchronous copies, mbarriers and clusters (PTX ISA §9.7.8.24, §9.7.12.4, §9.7.12.15).</summary>
internal sealed partial class InstructionSelector
{
    private void EmitAsync(Instruction instruction)
    {
        builder.Program.UsesAsync = true;
        Emit(instruction);
    }

    /// <summary>cp.async and everything whose name begins so.</summary>
    private void SelectAsyncCopy()
    {
        if (Has("prefetch"))
        {
            Emit(new Instruction { Op = Op.Prefetch });
        }
        else if (Has("commit_group"))
        {
            EmitAsync(new Instruction { Op = Has("bulk") ? Op.BulkCommit : Op.CpAsyncCommit });
        }
        else if (Has("wait_group") || Has("wait_all"))
        {
            EmitAsync(new Instruction { Op = Has("bulk") ? Op.BulkWait : Op.CpAsyncWait, Imm = Has("wait_all") ? -1 : GroupCount() });
        }
        else if (Has("bulk"))
        {
            SelectBulk();
        }
        else if (Has("mbarrier"))
        {
            PtxSpace space = SpaceOf();
            (int row, long offset) = Address(Operand(0), space);
            EmitAsync(new Instruction { Op = Op.CpAsyncArrive, Type2 = (byte)space, A = row, Imm = offset, D2 = Has("noinc") ? 0 : 1, Mod = Mod.Release });
        }
        else
        {
            SelectLaneCopy();
        }
    }

    private long GroupCount() => Operand(0) is { Kind: PtxOperandKind.Immediate, Bits: >= 0 } n ? n.Bits : throw Bad("a constant number of groups was expected", Operand(0).Column);

    private void SelectLaneCopy()
    {
        (int to, long toOffset) = Address(Operand(0), PtxSpace.Shared);
        (int from, long fromOffset) = Address(Operand(1), PtxSpace.Global);
        PtxOperand size = Operand(2);
        if (size.Kind != PtxOperandKind.Immediate || size.Bits is not (4 or 8 or 16))
        {
            throw Bad("4, 8 or 16 bytes", size.Column);
        }

        int extra = builder.Extra.Count;
        builder.Extra.Add((int)toOffset);
        EmitAsync(new Instruction { Op = Op.CpAsync, Type2 = (byte)PtxSpace.Shared, A = to, B = from, C = extra, D2 = (int)size.Bits, D = SourceSize(), Imm = fromOffset });
    }

    /// <summary>The row of how many bytes are read, the rest being zero; 0: all. A cache policy, which is 64 bits, says nothing.</summary>
    private int SourceSize()
    {
        if (statement.Operands.Count <= 3)
        {
            return 0;
        }

        PtxOperand third = Operand(3);
        if (third.Kind == PtxOperandKind.Register && registers.TryGetValue(third.Name, out RegisterPlace place))
        {
            if (place.Wide)
            {
                return 0;
            }

            if (place.Type == Pred)
            {
                // Where the predicate is true nothing is read.
                int row = builder.Row(wide: false);
                EmitPseudo(new Instruction
                {
                    Op = Op.Selp32, D = row, A = builder.Constant(wide: false, third.Negated ? 16u : 0u), B = builder.Constant(wide: false, third.Negated ? 0u : 16u), C = PredicateSource(third),
                });
                return row;
            }
        }

        return Source(third, U32);
    }

    private void SelectBulk()
    {
        if (Has("im2col") || Has("im2col_no_offs"))
        {
            throw Unsupported("in im2col mode");
        }

        int rank = statement.Parts.Any(p => p == "tensor") ? statement.Parts.Select(p => p is [>= '1' and <= '5', 'd'] ? p[0] - '0' : 0).Max() : 0;
        int global = Array.IndexOf(statement.Parts, "global");
        int shared = Array.FindIndex(statement.Parts, p => p.StartsWith("shared", StringComparison.Ordinal));
        bool toGlobal = global >= 0 && global < shared;
        bool signals = !Has("bulk_group");
        if (signals == toGlobal)
        {
            throw Bad(toGlobal ? "a copy to global memory completes by .bulk_group" : "a copy to shared memory completes by .mbarrier::complete_tx::bytes");
        }

        int next = rank > 0 ? 2 : 3;
        var operands = new BulkOperands { Rank = rank, FromShared = global < 0 || toGlobal ? 1 : 0, Reduction = statement.Parts[1] == "reduce" ? ReductionOf() : -1 };
        (operands.To, operands.ToOffset) = BulkAddress(Operand(0), ref operands, toGlobal ? PtxSpace.Global : PtxSpace.Shared);
        (operands.From, operands.FromOffset) = BulkAddress(Operand(1), ref operands, operands.FromShared != 0 ? PtxSpace.Shared : PtxSpace.Global);
        if (rank == 0)
        {
            operands.Size = Source(2, U32);
        }

        if (signals)
        {
            (operands.Mbarrier, operands.MbarrierOffset) = BulkAddress(Operand(next), ref operands, PtxSpace.Shared);
            operands.Multicast = Has("multicast::cluster") ? Source(next + 1, B16) : 0;
        }

        int start = builder.Extra.Count;
        builder.Extra.AddRange(MemoryMarshal.Cast<BulkOperands, int>(new ReadOnlySpan<BulkOperands>(in operands)));
        EmitAsync(new Instruction { Op = Op.Bulk, Type = (byte)(rank == 0 && operands.Reduction >= 0 ? TypeOf() : B8), Type2 = (byte)PtxSpace.Shared, C = start });
    }

    /// <summary>An address of a bulk copy. One with coordinates is a tensor map's, in generic space.</summary>
    private (int Row, int Offset) BulkAddress(PtxOperand operand, ref BulkOperands operands, PtxSpace space)
    {
        IReadOnlyList<PtxOperand> coordinates = operand.Kind == PtxOperandKind.Address ? operand.Parts : [];
        if (coordinates is [{ Kind: PtxOperandKind.Vector } only])
        {
            coordinates = only.Parts;
        }

        if (coordinates.Count > 0)
        {
            if (coordinates.Count != operands.Rank)
            {
                throw Bad($"{operands.Rank} coordinates were expected", operand.Column);
            }

            for (int i = 0; i < coordinates.Count; i++)
            {
                operands.SetCoordinate(i, Source(coordinates[i], S32));
            }

            space = PtxSpace.Generic;
        }

        (int row, long offset) = Address(operand with { Parts = [] }, space);
        return (row, (int)offset);
    }

    private int ReductionOf() => AtomicOperation() is var kind and not (6 or 7) ? kind : throw Unsupported();

    private int AtomicOperation() => (statement.Parts.FirstOrDefault(p => p is "add" or "min" or "max" or "and" or "or" or "xor" or "exch" or "cas" or "inc" or "dec") ?? throw Unsupported()) switch
    {
        "add" => 0,
        "min" => 1,
        "max" => 2,
        "and" => 3,
        "or" => 4,
        "xor" => 5,
        "exch" => 6,
        "cas" => 7,
        "inc" => 8,
        _ => 9,
    };

    /// <summary>st.async and red.async.</summary>
    private void SelectStoreAsync()
    {
        PtxType type = TypeOf();
        bool reduces = statement.Parts[0] == "red";
        int count = VectorCount();
        (int to, long toOffset) = Address(Operand(0), PtxSpace.Shared);
        IReadOnlyList<PtxOperand> values = count == 1 ? [Operand(1)] : Parts(Operand(1));
        (int mbarrier, long mbarrierOffset) = Address(Operand(2), PtxSpace.Shared);
        int start = builder.Extra.Count;
        int[] rows = [.. values.Select(v => Source(v, type))];
        builder.Extra.AddRange([(int)toOffset, (int)mbarrierOffset, .. rows]);
        EmitAsync(new Instruction
        {
            Op = Op.StAsync, Type = (byte)type, Type2 = (byte)PtxSpace.Shared, A = to, B = mbarrier, C = start, D2 = rows.Length, Imm = reduces ? ReductionOf() : -1,
        });
    }

    private void SelectMbarrier()
    {
        string what = statement.Parts[1];
        if (what == "pending_count")
        {
            int count = Destination(Operand(0), U32);
            EmitAsync(new Instruction { Op = Op.Mbarrier, D = count, B = Source(1, B64), D2 = (int)MbarrierAction.CountOfState });
            return;
        }

        PtxSpace space = SpaceOf();
        int one = builder.Constant(wide: false, 1);
        if (what is "init" or "inval" or "expect_tx" or "complete_tx")
        {
            (int at, long by) = Address(Operand(0), space);
            int value = what == "inval" ? one : Source(1, U32);
            MbarrierAction action = what switch { "init" => MbarrierAction.Init, "inval" => MbarrierAction.Invalidate, "expect_tx" => MbarrierAction.Expect, _ => MbarrierAction.CompleteBytes };
            EmitAsync(new Instruction { Op = Op.Mbarrier, Type2 = (byte)space, A = at, Imm = by, B = value, C = value, D2 = (int)action });
            return;
        }

        (int row, long offset) = Address(Operand(1), space);
        if (what is "test_wait" or "try_wait")
        {
            int done = PredicateDestination(Operand(0));
            bool parity = Has("parity");
            int awaited = parity ? Source(2, U32) : Source(2, B64);
            EmitAsync(new Instruction { Op = Op.MbarrierWait, Type2 = (byte)space, A = row, Imm = offset, D = done, B = awaited, Mod = (parity ? 0 : Mod.B64) | (Has("relaxed") ? 0 : Mod.Acquire) });
            return;
        }

        if (what is not ("arrive" or "arrive_drop"))
        {
            throw Unsupported();
        }

        PtxOperand target = Operand(0);
        MbarrierAction arrive = MbarrierAction.Arrive;
        arrive |= what == "arrive_drop" ? MbarrierAction.Drop : MbarrierAction.None;
        int state = 0;
        if (target.Kind != PtxOperandKind.Sink)
        {
            state = Destination(target, B64);
            arrive |= MbarrierAction.ReturnState;
        }

        int operand = statement.Operands.Count > 2 ? Source(2, U32) : one;
        arrive |= Has("expect_tx") ? MbarrierAction.Expect : MbarrierAction.None;
        EmitAsync(new Instruction { Op = Op.Mbarrier, Type2 = (byte)space, A = row, Imm = offset, D = state, B = Has("expect_tx") ? one : operand, C = operand, D2 = (int)arrive, Mod = Has("relaxed") ? 0 : Mod.Release });
    }

    /// <summary>barrier.cluster.</summary>
    private void SelectClusterBarrier() => EmitAsync(new Instruction { Op = Has("arrive") ? Op.ClusterArrive : Has("wait") ? Op.ClusterWait : throw Unsupported() });

    /// <summary>mapa and getctarank.</summary>
    private void SelectClusterAddress()
    {
        PtxType type = TypeOf();
        bool generic = SpaceOf() == PtxSpace.Generic;
        bool rank = statement.Parts[0] == "getctarank";
        int d = Destination(Operand(0), rank ? U32 : type);
        int a = Source(1, type);
        int b = rank ? a : Source(2, U32);
        EmitAsync(new Instruction { Op = rank ? Op.SharedRank : Op.MapShared, Type = (byte)type, D = d, A = a, B = b, Mod = (Wide(type) ? Mod.A64 : 0) | (generic ? Mod.Max : 0) });
    }
}
