using System.Collections;
using System.Numerics;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>
/// Finds what each register is (one value, base and pattern, or a vector), where branches may part lanes, which registers must keep other
/// lanes' values there, and what is live where. The three depend on each other: they are repeated until nothing changes, and each round
/// only ever knows less.
/// </summary>
internal sealed class KernelAnalysis
{
    private readonly KernelProgram program;
    private readonly Specialisation specialisation;
    private readonly Dictionary<int, LaneValue> pinned = [];
    private readonly HashSet<int> forced = [];

    // By convergence point: what lanes need that wait there, or have not begun their side of a branch.
    private readonly Dictionary<int, BitArray> waiting = [];
    private readonly LaneValue?[] values;
    private readonly bool[] predicateDefined;
    private readonly bool[] divergentPredicate;

    public KernelAnalysis(KernelProgram program, Specialisation specialisation, VectorSet vectors)
    {
        this.program = program;
        this.specialisation = specialisation;
        Graph = new SegmentGraph(program, vectors, specialisation.Everything);
        values = new LaneValue?[Graph.Rows.Count];
        predicateDefined = new bool[Graph.Rows.Count];
        divergentPredicate = new bool[Graph.Rows.Count];
        Pin();
        do
        {
            FindValues();
            FindLiveness();
        }
        while (FindRegions());
        FindLiveness();
    }

    public SegmentGraph Graph { get; }

    /// <summary>The segments of all convergence points whose lanes may wait in compiled code; a region's number is its index here.</summary>
    public List<int> Regions { get; } = [];

    /// <summary>What is known of a row: a register, a constant or a special register.</summary>
    public LaneValue Value(int offset)
    {
        int row = Graph.RowAt(offset);
        return row >= 0 ? values[row] ?? LaneValue.Vector : pinned.GetValueOrDefault(offset, LaneValue.Vector);
    }

    /// <summary>A row that code never writes.</summary>
    public bool IsPinned(int offset) => pinned.ContainsKey(offset);

    /// <summary>All lanes' bits of this predicate are the same.</summary>
    public bool IsUniformPredicate(int offset)
    {
        int row = Graph.RowAt(offset);
        return row < 0 || !divergentPredicate[row];
    }

    /// <summary>What is live before each instruction of a segment, and behind the last.</summary>
    public BitArray[] LiveWithin(Segment segment)
    {
        var live = new BitArray[segment.End - segment.Start + 1];
        BitArray now = LiveOut(segment);
        live[^1] = new BitArray(now);
        for (int code = segment.End - 1; code >= segment.Start; code--)
        {
            Step(segment, code, now);
            live[code - segment.Start] = new BitArray(now);
        }

        return live;
    }

    /// <summary>The instruction can be left out: it changes only what nobody reads.</summary>
    public bool IsDead(int code, BitArray liveAfter) =>
        OpFacts.IsPure(program.Code[code].Op) && Graph.Compiled[code] && Graph.Definitions[code].All(d => !liveAfter[d] || values[d] is { IsConstant: true });

    private void Pin()
    {
        foreach ((int offset, bool wide, ulong value) in program.Constants)
        {
            pinned[offset] = LaneValue.Constant(LaneValue.Fit((long)value, wide));
        }

        foreach ((int offset, _, _) in program.SymbolConstants)
        {
            pinned[offset] = LaneValue.Uniform();
        }

        foreach ((string name, int offset) in program.Specials)
        {
            pinned[offset] = Special(name);
        }
    }

    private LaneValue Special(string name)
    {
        Dim3 block = specialisation.Block;
        switch (name)
        {
            case "%tid.x" or "%tid.y" or "%tid.z":
                return ThreadIndex(name[^1] - 'x');
            case "%ntid.x":
                return LaneValue.Constant(block.X);
            case "%ntid.y":
                return LaneValue.Constant(block.Y);
            case "%ntid.z":
                return LaneValue.Constant(block.Z);
            case "%laneid":
                return Lanes(lane => lane);
            case "%lanemask_eq":
                return Lanes(lane => 1L << lane);
            case "%lanemask_lt":
                return Lanes(lane => (1L << lane) - 1);
            case "%lanemask_le":
                return Lanes(lane => uint.MaxValue >> (31 - lane));
            case "%lanemask_ge":
                return Lanes(lane => uint.MaxValue << lane);
            case "%lanemask_gt":
                return Lanes(lane => lane == 31 ? 0 : uint.MaxValue << (lane + 1));
            default:
                return LaneValue.Uniform();
        }
    }

    private static LaneValue Lanes(Func<int, long> value) => LaneValue.Affine([.. Enumerable.Range(0, 32).Select(lane => (long)(int)value(lane))], 0, 0);

    /// <summary>A pattern where every warp of the block has the same one.</summary>
    private LaneValue ThreadIndex(int axis)
    {
        Dim3 block = specialisation.Block;
        int warps = (int)((block.Count + 31) / 32);
        long[] pattern = [];
        int alignment = 63;
        for (int w = 0; w < warps; w++)
        {
            long[] row = new long[32];
            for (int lane = 0; lane < 32; lane++)
            {
                (int x, int y, int z) = block.At((w * 32L) + lane);
                row[lane] = axis == 0 ? x : axis == 1 ? y : z;
            }

            long least = row.Min();
            alignment = Math.Min(alignment, least == 0 ? 63 : BitOperations.TrailingZeroCount(least));
            for (int lane = 0; lane < 32; lane++)
            {
                row[lane] -= least;
            }

            if (w > 0 && !row.AsSpan().SequenceEqual(pattern))
            {
                return LaneValue.Vector;
            }

            pattern = row;
        }

        return LaneValue.Affine(pattern, alignment == 63 ? 0 : null, alignment);
    }

    private void FindValues()
    {
        Array.Clear(values);
        Array.Clear(divergentPredicate);
        foreach ((int offset, int _) in program.MaybeUndefined)
        {
            int row = Graph.RowAt(offset);
            if (row >= 0 && !Graph.Rows[row].Predicate)
            {
                values[row] = LaneValue.Constant(0);
            }
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int code = 0; code < Graph.Length; code++)
            {
                changed |= Define(code);
            }
        }
    }

    private bool Define(int code)
    {
        ref readonly Instruction ins = ref program.Code[code];
        bool changed = false;
        foreach (int row in Graph.Definitions[code])
        {
            if (Graph.Rows[row].Predicate)
            {
                bool divergent = forced.Contains(row) || ins.Guard != 0 || !UniformPredicateResult(code);
                if (divergent && !divergentPredicate[row])
                {
                    divergentPredicate[row] = true;
                    changed = true;
                }

                continue;
            }

            LaneValue? result = forced.Contains(row) || ins.Guard != 0 || !Graph.Compiled[code] ? LaneValue.Vector : Result(code);
            if (result is null)
            {
                continue;
            }

            LaneValue joined = LaneValue.Join(values[row], result);
            if (values[row] is null || !values[row]!.Same(joined))
            {
                values[row] = joined;
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Null: an operand has not been seen yet.</summary>
    private LaneValue? Known(int offset)
    {
        int row = Graph.RowAt(offset);
        return row >= 0 ? values[row] : pinned.GetValueOrDefault(offset, LaneValue.Vector);
    }

    private bool UniformPredicateResult(int code)
    {
        ref readonly Instruction ins = ref program.Code[code];
        if (!Graph.Compiled[code])
        {
            return false;
        }

        if (OpFacts.IsPredicateLogic(ins.Op))
        {
            return IsUniformPredicate(ins.A) && (ins.Op is Op.NotPred or Op.MovPred || IsUniformPredicate(ins.B));
        }

        if (OpFacts.IsSetp(ins.Op))
        {
            return Known(ins.A) is null or { IsUniform: true } && Known(ins.B) is null or { IsUniform: true }
                && ((ins.Mod & Mod.BoolMask) == 0 || IsUniformPredicate(ins.C));
        }

        return ins.Op == Op.Vote;
    }

    private LaneValue? Result(int code)
    {
        ref readonly Instruction ins = ref program.Code[code];
        bool wide = OpFacts.WideResult(ins);
        switch (ins.Op)
        {
            case Op.LdParam:
                return !wide && specialisation.Parameter(ins.Imm) is { } constant ? LaneValue.Constant(constant) : LaneValue.Uniform();
            case Op.Selp32 or Op.Selp64:
            {
                if (Known(ins.A) is not { } first || Known(ins.B) is not { } second)
                {
                    return null;
                }

                return first.IsUniform && second.IsUniform && IsUniformPredicate(ins.C) ? LaneValue.Uniform() : LaneValue.Vector;
            }

            case Op.Vote:
                return LaneValue.Uniform();
            case Op.Atom:
                return LaneValue.Vector;
            case Op.Shfl:
            {
                return Known(ins.A) is { } source ? source.IsUniform ? LaneValue.Uniform() : LaneValue.Vector : null;
            }
        }

        if (OpFacts.IsLoad(ins.Op))
        {
            return Known(ins.A) is { } address ? address.IsUniform ? LaneValue.Uniform() : LaneValue.Vector : null;
        }

        int arity = OpFacts.Arity(ins.Op);
        LaneValue? a = Known(ins.A);
        LaneValue? b = arity > 1 ? Known(ins.B) : LaneValue.Constant(0);
        LaneValue? c = arity > 2 ? Known(ins.C) : LaneValue.Constant(0);
        return a is null || b is null || c is null ? null : Combine(ins, a, b, c, wide);
    }

    private static LaneValue Combine(in Instruction ins, LaneValue a, LaneValue b, LaneValue c, bool wide)
    {
        int shift = (int)ins.Imm;
        switch (ins.Op)
        {
            case Op.Mov32 or Op.Mov64:
                return a;
            case Op.Add32 or Op.Add64:
                return LaneValue.Sum(a, b, 1, wide);
            case Op.Sub32 or Op.Sub64:
                return LaneValue.Sum(a, b, -1, wide);
            case Op.Mul32 or Op.Mul64:
                return LaneValue.Product(a, b, wide);
            case Op.Mad32 or Op.Mad64:
                return LaneValue.Sum(LaneValue.Product(a, b, wide), c, 1, wide);
            case Op.Shl32I or Op.Shl64I:
                return LaneValue.Product(a, LaneValue.Constant(1L << shift), wide);
            case Op.MulWideS32 or Op.MadWideS32:
                return LaneValue.Sum(LaneValue.Product(LaneValue.Widen(a, true), LaneValue.Widen(b, true), true), c, 1, true);
            case Op.MulWideU32 or Op.MadWideU32:
                return LaneValue.Sum(LaneValue.Product(LaneValue.Widen(a, false), LaneValue.Widen(b, false), true), c, 1, true);
            case Op.CvtS64S32:
                return LaneValue.Widen(a, true);
            case Op.CvtU64U32:
                return LaneValue.Widen(a, false);
            case Op.Cvt32From64:
                return LaneValue.Truncate(a);
            case Op.And32 or Op.And64:
                return And(a, b, wide);
            case Op.Or32 or Op.Or64:
                return LaneValue.Fold(a, b, wide, (x, y) => x | y);
            case Op.Xor32 or Op.Xor64:
                return LaneValue.Fold(a, b, wide, (x, y) => x ^ y);
            case Op.ShrU32I or Op.ShrS32I or Op.ShrU64I or Op.ShrS64I:
                return ShiftRight(ins.Op, a, shift, wide);
            case Op.MinS32:
                return LaneValue.Fold(a, b, wide, Math.Min);
            case Op.MaxS32:
                return LaneValue.Fold(a, b, wide, Math.Max);
            case Op.MinU32:
                return LaneValue.Fold(a, b, wide, (x, y) => Math.Min((uint)x, (uint)y));
            case Op.MaxU32:
                return LaneValue.Fold(a, b, wide, (x, y) => Math.Max((uint)x, (uint)y));
            default:
                return a.IsUniform && b.IsUniform && c.IsUniform ? LaneValue.Uniform() : LaneValue.Vector;
        }
    }

    private static LaneValue And(LaneValue a, LaneValue b, bool wide)
    {
        if (b is { IsUniform: true, Base: { } mask } && BitOperations.IsPow2(mask + 1) && mask > 0 && a is { IsVector: false, IsConstant: false }
            && a.Min >= 0 && a.Max <= mask && a.Alignment >= BitOperations.Log2((ulong)mask + 1))
        {
            return a.IsUniform ? LaneValue.Constant(0) : LaneValue.Affine(a.Pattern!, 0, 0);
        }

        return LaneValue.Fold(a, b, wide, (x, y) => x & y);
    }

    private static LaneValue ShiftRight(Op op, LaneValue a, int shift, bool wide)
    {
        if (a is { IsVector: false, IsConstant: false, IsUniform: false } && a.Min >= 0 && a.Max < 1L << shift && a.Alignment >= shift)
        {
            return LaneValue.Uniform(a.Alignment - shift);
        }

        return LaneValue.Fold(a, LaneValue.Constant(shift), wide, op switch
        {
            Op.ShrU32I => (x, y) => (uint)x >> (int)y,
            Op.ShrU64I => (x, y) => (long)((ulong)x >> (int)y),
            _ => (x, y) => x >> (int)y,
        });
    }

    private void FindLiveness()
    {
        foreach (Segment segment in Graph.Segments)
        {
            segment.LiveIn = new BitArray(Graph.Rows.Count);
        }

        bool changed = true;
        while (changed)
        {
            changed = false;
            for (int s = Graph.Segments.Count - 1; s >= 0; s--)
            {
                Segment segment = Graph.Segments[s];
                BitArray now = LiveOut(segment);
                for (int code = segment.End - 1; code >= segment.Start; code--)
                {
                    Step(segment, code, now);
                }

                changed |= !Equal(segment.LiveIn, now);
                segment.LiveIn = now;
            }
        }
    }

    private BitArray LiveOut(Segment segment)
    {
        var live = new BitArray(Graph.Rows.Count);
        foreach (int s in segment.Successors)
        {
            live.Or(Graph.Segments[s].LiveIn);
        }

        return segment.Kept is { } kept ? live.Or(kept) : live;
    }

    /// <summary>What is live at a segment's head, for the lanes that run and those that wait.</summary>
    public BitArray LiveAtHead(Segment segment)
    {
        var live = new BitArray(segment.LiveIn);
        return waiting.TryGetValue(segment.Index, out BitArray? others) ? live.Or(others) : live;
    }

    private void Step(Segment segment, int code, BitArray live)
    {
        // A constant is not computed here, but the interpreter computes it where it takes over: its operands are live.
        if (OpFacts.IsPure(program.Code[code].Op) && Graph.Compiled[code] && Graph.Definitions[code].All(d => !live[d]))
        {
            return;
        }

        bool guarded = program.Code[code].Guard != 0;
        foreach (int d in Graph.Definitions[code])
        {
            live[d] = guarded || segment.Blended.Contains(d);
        }

        foreach (int u in Graph.Uses[code])
        {
            live[u] = true;
        }
    }

    private static bool Equal(BitArray a, BitArray b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Between a branch that may part lanes and the place where they meet, what waiting lanes still need must be kept for them. True: something new.</summary>
    private bool FindRegions()
    {
        var within = new Dictionary<int, HashSet<int>>();
        var needed = new Dictionary<int, BitArray>();
        foreach (Segment segment in Graph.Segments)
        {
            ref readonly Instruction branch = ref program.Code[segment.End - 1];
            if (segment.Interpreted || branch.Op != Op.BraCond || branch.D < 0 || IsUniformPredicate(branch.A))
            {
                continue;
            }

            int meeting = Graph.At(branch.D).Index;
            if (!within.TryGetValue(meeting, out HashSet<int>? inside))
            {
                inside = [];
                within[meeting] = inside;
                needed[meeting] = new BitArray(Graph.Segments[meeting].LiveIn);
            }

            Collect(segment, meeting, inside);
            if (!segment.Successors.Contains(meeting))
            {
                foreach (int s in segment.Successors)
                {
                    needed[meeting].Or(Graph.Segments[s].LiveIn);
                }
            }
        }

        bool changed = false;
        Regions.Clear();
        waiting.Clear();
        foreach (Segment segment in Graph.Segments)
        {
            segment.Meetings.Clear();
        }

        foreach ((int meeting, HashSet<int> inside) in within.OrderBy(w => w.Value.Count))
        {
            Regions.Add(meeting);
            waiting[meeting] = needed[meeting];
            foreach (int s in inside)
            {
                Segment segment = Graph.Segments[s];
                segment.Meetings.Add(meeting);
                var kept = new BitArray(needed[meeting]);
                if (segment.Kept is not null)
                {
                    kept.Or(segment.Kept);
                }

                changed |= segment.Kept is null || !Equal(kept, segment.Kept);
                segment.Kept = kept;
                for (int code = segment.Start; code < segment.End; code++)
                {
                    foreach (int d in Graph.Definitions[code])
                    {
                        if (needed[meeting][d])
                        {
                            changed |= segment.Blended.Add(d);
                            changed |= forced.Add(d);
                        }
                    }
                }
            }
        }

        foreach (Segment segment in Graph.Segments)
        {
            // Innermost first: an outer region holds the inner meeting place itself.
            segment.Meetings.Sort((a, b) => a == b ? 0 : within[b].Contains(a) ? -1 : 1);
        }

        return changed;
    }

    private void Collect(Segment branch, int meeting, HashSet<int> inside)
    {
        var stack = new Stack<int>(branch.Successors);
        while (stack.TryPop(out int s))
        {
            if (s == meeting || !inside.Add(s))
            {
                continue;
            }

            foreach (int next in Graph.Segments[s].Successors)
            {
                stack.Push(next);
            }
        }
    }
}
