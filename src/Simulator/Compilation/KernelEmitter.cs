using System.Collections;
using System.Reflection.Emit;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>Makes the methods of a kernel: how many, and what is common to each.</summary>
internal sealed partial class KernelEmitter
{
    // Beyond about 1,000 vector locals or 8,000 references to locals the JIT stops optimising, without a word.
    private const int MaxWork = 5000;

    private readonly KernelProgram program;
    private readonly KernelAnalysis analysis;
    private readonly SegmentGraph graph;
    private readonly VectorSet vectors;
    private readonly Specialisation specialisation;
    private readonly bool checkInitialised;
    private readonly List<CompiledExit> exits = [];
    private readonly NativeTables native = new();
    private readonly Dictionary<string, nint> tables = new(StringComparer.Ordinal);

    // Of the method being made.
    private ILGenerator il = null!;
    private Label[] labels = [];
    private HashSet<int> inMethod = [];
    private readonly List<Action> deferred = [];
    private LocalBuilder registersLocal = null!, scalarsLocal = null!, cacheLocal = null!, frameLocal = null!, maskLocal = null!, leftLocal = null!;
    private LocalBuilder sharedDataLocal = null!, sharedShadowLocal = null!;

    // Of the segment and the instruction being made.
    private Segment segment = null!;
    private int code;
    private BitArray liveBefore = null!;
    private BitArray liveAfter = null!;

    private KernelEmitter(KernelProgram program, Specialisation specialisation, VectorSet vectors)
    {
        this.program = program;
        this.specialisation = specialisation;
        this.vectors = vectors;
        sites = new TraceSite?[program.Code.Length];
        analysis = new KernelAnalysis(program, specialisation, vectors);
        graph = analysis.Graph;
        checkInitialised = program.Options.Checks.HasFlag(Lowering.Checks.Initialised);
    }

    /// <summary>Compiles a kernel; null where nothing would be gained.</summary>
    public static CompiledKernel? Compile(KernelProgram program, Specialisation specialisation, VectorSet vectors)
    {
        // Their rows stand in tables that only the interpreter reads.
        if (program.Code.Any(i => i.Op is Op.Mma or Op.LdMatrix or Op.StMatrix or Op.MoveMatrix))
        {
            return null;
        }

        return new KernelEmitter(program, specialisation, vectors).Compile();
    }

    private CompiledKernel? Compile()
    {
        int covered = graph.Compiled.Count(c => c);
        if (analysis.Regions.Count > CompiledFrame.MaxRegions || covered == 0 || (!specialisation.Everything && covered < graph.Length / 2))
        {
            return null;
        }

        var entries = new CompiledEntry?[program.Code.Length + 1];
        foreach (List<Segment> group in Groups())
        {
            CompiledCode compiled = EmitMethod(group);
            for (int k = 0; k < group.Count; k++)
            {
                entries[group[k].Start] = new CompiledEntry(compiled, k, ScalarsOf(group[k].LiveIn), UniformPredicatesOf(group[k].LiveIn));
            }
        }

        return new CompiledKernel { Entries = entries, Exits = [.. exits], Slots = graph.Rows.Count, Tables = native, Sites = sites, TraceBytes = TraceBytes() };
    }

    /// <summary>Segments of one method each: in code order, cut where a method would become too large.</summary>
    private List<List<Segment>> Groups()
    {
        var groups = new List<List<Segment>>();
        int work = 0;
        foreach (Segment s in graph.Segments)
        {
            if (s.Interpreted)
            {
                continue;
            }

            int own = Work(s);
            if (groups.Count == 0 || work + own > MaxWork)
            {
                groups.Add([]);
                work = 0;
            }

            groups[^1].Add(s);
            work += own;
        }

        return groups;
    }

    /// <summary>About how often a segment's code refers to locals.</summary>
    private int Work(Segment s)
    {
        int live = 0;
        for (int row = 0; row < graph.Rows.Count; row++)
        {
            live += s.LiveIn[row] ? Size(row) : 0;
        }

        int work = 2 * live;
        for (int i = s.Start; i < s.End; i++)
        {
            ref readonly Instruction ins = ref program.Code[i];
            bool memory = OpFacts.IsLoad(ins.Op) || OpFacts.IsStore(ins.Op) || ins.Op == Op.Atom;
            work += 4 + (memory ? 8 + live : 0) + (Traces ? TraceWork(ins) : 0) + graph.Definitions[i].Sum(Size) + graph.Uses[i].Sum(Size);
        }

        return work;
    }

    private int Size(int row) => graph.Rows[row].Predicate || !Value(graph.Rows[row].Offset).IsVector ? 1 : vectors.Parts(graph.Rows[row].Wide);

    private LaneValue Value(int offset) => analysis.Value(offset);

    private CompiledCode EmitMethod(List<Segment> group)
    {
        var method = new DynamicMethod($"{program.KernelName}@{group[0].Start}", typeof(int), [typeof(nint)], typeof(KernelEmitter).Module, skipVisibility: true) { InitLocals = false };
        il = method.GetILGenerator(1 << 14);
        inMethod = [.. group.Select(s => s.Index)];
        labels = new Label[graph.Segments.Count];
        foreach (Segment s in group)
        {
            labels[s.Index] = il.DefineLabel();
        }

        deferred.Clear();
        StartLocals();
        EmitPrologue();
        var stubs = new Label[group.Count];
        for (int k = 0; k < group.Count; k++)
        {
            stubs[k] = il.DefineLabel();
        }

        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(64);
        il.Emit(OpCodes.Ldind_I4);
        il.Emit(OpCodes.Switch, stubs);
        il.Emit(OpCodes.Ldc_I4_M1);
        il.Emit(OpCodes.Ret);
        foreach (Segment s in group)
        {
            EmitSegment(s);
        }

        // Entries and whatever seldom runs stand behind the code that does.
        for (int k = 0; k < group.Count; k++)
        {
            il.MarkLabel(stubs[k]);
            EmitEntry(group[k]);
        }

        for (int i = 0; i < deferred.Count; i++)
        {
            deferred[i]();
        }

        return method.CreateDelegate<CompiledCode>();
    }

    private void EmitPrologue()
    {
        frameLocal = il.DeclareLocal(typeof(nint));
        registersLocal = il.DeclareLocal(typeof(nint));
        scalarsLocal = il.DeclareLocal(typeof(nint));
        cacheLocal = il.DeclareLocal(typeof(nint));
        sharedDataLocal = il.DeclareLocal(typeof(nint));
        sharedShadowLocal = il.DeclareLocal(typeof(nint));
        maskLocal = il.DeclareLocal(typeof(uint));
        leftLocal = il.DeclareLocal(typeof(long));
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Stloc, frameLocal);
        foreach ((LocalBuilder local, int offset) in new[] { (registersLocal, 0), (scalarsLocal, 8), (cacheLocal, 16), (sharedDataLocal, 24), (sharedShadowLocal, 32) })
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(offset);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, local);
        }

        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(48);
        il.Emit(OpCodes.Ldind_I8);
        il.Emit(OpCodes.Stloc, leftLocal);
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(56);
        il.Emit(OpCodes.Ldind_U4);
        il.Emit(OpCodes.Stloc, maskLocal);
        StartTrace();
        StartRegions();
    }

    /// <summary>Adds an offset to the address on the stack.</summary>
    private void LoadField(int offset)
    {
        if (offset != 0)
        {
            il.Emit(OpCodes.Ldc_I4, offset);
            il.Emit(OpCodes.Add);
        }
    }

    private void EmitSegment(Segment s)
    {
        segment = s;
        il.MarkLabel(labels[s.Index]);
        BitArray[] live = analysis.LiveWithin(s);
        code = s.Start;
        liveBefore = live[0];
        liveAfter = live[0];
        if (s.Converges)
        {
            EmitConvergence();
        }

        bool open = true;
        for (code = s.Start + (s.Converges ? 1 : 0); code < s.End && open; code++)
        {
            liveBefore = live[code - s.Start];
            liveAfter = live[code - s.Start + 1];
            ref readonly Instruction ins = ref program.Code[code];
            if (!analysis.IsDead(code, liveAfter))
            {
                open = EmitInstruction(ins);
            }

            ReleaseDead(liveAfter);
        }

        if (open && program.Code[s.End - 1].Op is not (Op.Bra or Op.BraCond or Op.BarSync or Op.Exit))
        {
            code = s.End;
            Count(code);
            Go(graph.Segments[s.Index + 1], poll: false);
        }

        ReleaseAll();
        tested.Clear();
    }

    /// <summary>Subtracts the segment's instructions before a code index from what is left of the turn, and reports its basic block.</summary>
    private void Count(int end)
    {
        RecordBlock(end);
        int count = end - segment.Start - (segment.Converges ? 1 : 0);
        if (count > 0)
        {
            il.Emit(OpCodes.Ldloc, leftLocal);
            il.Emit(OpCodes.Ldc_I8, (long)count);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stloc, leftLocal);
        }
    }

    /// <summary>Makes an instruction. False: the code behind it in this segment is never reached.</summary>
    private bool EmitInstruction(in Instruction ins)
    {
        switch (ins.Op)
        {
            case Op.Nop or Op.Prefetch or Op.Fence or Op.NanoSleep:
                return true;
            case Op.Bra:
                Count(code + 1);
                Go(graph.At((int)ins.Imm), poll: true);
                return false;
            case Op.BraCond:
                EmitBranch(ins);
                return false;
            case Op.BarSync:
                Leave(ExitKind.Barrier, code, liveAfter, code + 1);
                return false;
            case Op.Exit:
                Leave(ExitKind.End, code, liveAfter, code + 1);
                return false;
            case Op.Shfl:
                return EmitShuffle(ins);
            case Op.Vote:
                return EmitVote(ins);
            case Op.Atom:
                return EmitAtomic(ins);
        }

        if (OpFacts.IsLoad(ins.Op))
        {
            return EmitLoad(ins);
        }

        if (OpFacts.IsStore(ins.Op))
        {
            return EmitStore(ins);
        }

        return EmitArithmetic(ins);
    }

    /// <summary>A native table of a pattern, elements of the row's width.</summary>
    private unsafe nint Table(long[] pattern, bool wide)
    {
        string key = (wide ? "w" : "n") + string.Join(',', pattern);
        if (!tables.TryGetValue(key, out nint table))
        {
            table = native.Add();
            for (int lane = 0; lane < 32; lane++)
            {
                if (wide)
                {
                    ((long*)table)[lane] = pattern[lane];
                }
                else
                {
                    ((int*)table)[lane] = (int)pattern[lane];
                }
            }

            tables[key] = table;
        }

        return table;
    }

    private ScalarRow[] ScalarsOf(BitArray live)
    {
        var list = new List<ScalarRow>();
        for (int row = 0; row < graph.Rows.Count; row++)
        {
            Row place = graph.Rows[row];
            if (live[row] && !place.Predicate && Value(place.Offset) is { Pattern: { } pattern } value)
            {
                list.Add(new ScalarRow(row, place.Offset, place.Wide, Table(pattern, place.Wide), value.Base));
            }
        }

        return [.. list];
    }

    private int[] UniformPredicatesOf(BitArray live)
    {
        var list = new List<int>();
        for (int row = 0; row < graph.Rows.Count; row++)
        {
            if (live[row] && graph.Rows[row].Predicate && analysis.IsUniformPredicate(graph.Rows[row].Offset))
            {
                list.Add(graph.Rows[row].Offset);
            }
        }

        return [.. list];
    }
}
