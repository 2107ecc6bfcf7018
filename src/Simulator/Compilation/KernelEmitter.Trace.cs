using System.Reflection.Emit;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>Records for an observer (<see cref="AccessTrace"/>).</summary>
internal sealed partial class KernelEmitter
{
    private readonly TraceSite?[] sites;
    private readonly Dictionary<string, LanePattern> patterns = new(StringComparer.Ordinal);
    private LocalBuilder? traceLocal;
    private LocalBuilder traceLimitLocal = null!;

    private bool Traces => specialisation.Traffic != ObservedTraffic.None;

    private bool TracesAll => specialisation.Traffic == ObservedTraffic.All;

    // Between two branches each instruction runs once, or twice where lanes parted.
    private int TraceBytes() => Traces ? AccessTrace.Capacity + (4 * graph.Length * (AccessTrace.RecordBytes + AccessTrace.AddressBytes)) : 0;

    /// <summary>About how often an instruction's records refer to locals.</summary>
    private int TraceWork(in Instruction ins)
    {
        bool memory = OpFacts.IsLoad(ins.Op) || OpFacts.IsStore(ins.Op) || ins.Op == Op.Atom;
        int vector = memory && Value(ins.A).IsVector ? 2 + (4 * vectors.Parts(wide: true)) : 0;
        return memory ? 10 + vector : TracesAll && ins.Op is Op.BraCond ? 24 : ins.Op is Op.Bra or Op.Exit or Op.BarSync ? 12 : 0;
    }

    private void StartTrace()
    {
        traceLocal = null;
        if (!Traces)
        {
            return;
        }

        traceLocal = il.DeclareLocal(typeof(nint));
        traceLimitLocal = il.DeclareLocal(typeof(nint));
        foreach ((LocalBuilder local, int offset) in new[] { (traceLocal, 80), (traceLimitLocal, 88) })
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(offset);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, local);
        }
    }

    /// <summary>Leaves where enough is written down.</summary>
    private void PollTrace(Label exit)
    {
        if (traceLocal is not null)
        {
            il.Emit(OpCodes.Ldloc, traceLocal);
            il.Emit(OpCodes.Ldloc, traceLimitLocal);
            il.Emit(OpCodes.Bgt_Un, exit);
        }
    }

    /// <summary>The segment's code before an index ran: so did the basic block that begins with it.</summary>
    private void RecordBlock(int end)
    {
        int block = program.BlockAt[segment.Start];
        if (TracesAll && block >= 0 && end > segment.Start)
        {
            Record(~block, () => il.Emit(OpCodes.Ldc_I4_0));
        }
    }

    private void RecordBranch(int at, Action pushLanes)
    {
        if (TracesAll)
        {
            sites[at] ??= new TraceSite(program.InstructionOf[at], MemorySpace.Global, null, 0, null);
            Record(at, pushLanes);
        }
    }

    /// <summary>An access that certainly happens now.</summary>
    private void RecordAccess(Access access)
    {
        if (!Traces)
        {
            return;
        }

        bool vector = access.Address.IsVector;
        Instruction ins = access.Instruction;
        sites[code] ??= new TraceSite(
            program.InstructionOf[code],
            (PtxSpace)ins.Type2 switch { PtxSpace.Shared => MemorySpace.Shared, PtxSpace.Constant => MemorySpace.Constant, _ => MemorySpace.Global },
            ins.Op == Op.Atom ? AccessKind.Atomic : access.Write ? AccessKind.Write : AccessKind.Read,
            access.Total,
            vector ? null : Pattern(access.Address.Pattern!));
        Label unwatched = il.DefineLabel();
        if (access.ReadOnly is not null)
        {
            il.Emit(OpCodes.Ldloc, access.ReadOnly);
            il.Emit(OpCodes.Brtrue, unwatched);
        }

        Record(code, () =>
        {
            if (vector)
            {
                il.Emit(OpCodes.Ldc_I4_0);
                return;
            }

            PushScalar(ins.A, wide: true);
            il.Emit(OpCodes.Ldc_I8, ins.Imm);
            il.Emit(OpCodes.Add);
        });
        for (int part = 0; vector && part < vectors.Parts(wide: true); part++)
        {
            il.Emit(OpCodes.Ldloc, traceLocal!);
            LoadField(part * vectors.Bytes);
            PushVector(ins.A, typeof(ulong), part);
            if (ins.Imm != 0)
            {
                PushSplat(ins.Imm, typeof(ulong));
                il.Emit(OpCodes.Call, vectors.Operator("op_Addition", typeof(ulong)));
            }

            il.Emit(OpCodes.Stobj, vectors.Of(typeof(ulong)));
        }

        if (vector)
        {
            Advance(AccessTrace.AddressBytes);
        }

        il.MarkLabel(unwatched);
    }

    /// <summary>Keeps whether the buffer may be written, where only such buffers are watched.</summary>
    private void TakeReadOnly(Access access, LocalBuilder entry)
    {
        if (specialisation.Traffic == ObservedTraffic.Writable && !access.Write)
        {
            access.ReadOnly = Take(typeof(int));
            PushEntryField(entry, EntryReadOnly, OpCodes.Ldind_I4);
            il.Emit(OpCodes.Stloc, access.ReadOnly);
        }
    }

    private void Record(int what, Action pushValue)
    {
        il.Emit(OpCodes.Ldloc, traceLocal!);
        il.Emit(OpCodes.Ldc_I4, what);
        il.Emit(OpCodes.Stind_I4);
        il.Emit(OpCodes.Ldloc, traceLocal!);
        LoadField(4);
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Stind_I4);
        il.Emit(OpCodes.Ldloc, traceLocal!);
        LoadField(8);
        pushValue();
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Stind_I8);
        Advance(AccessTrace.RecordBytes);
    }

    private void Advance(int bytes)
    {
        il.Emit(OpCodes.Ldloc, traceLocal!);
        LoadField(bytes);
        il.Emit(OpCodes.Stloc, traceLocal!);
    }

    private LanePattern Pattern(long[] offsets)
    {
        string key = string.Join(',', offsets);
        if (!patterns.TryGetValue(key, out LanePattern? pattern))
        {
            pattern = new LanePattern(offsets);
            patterns[key] = pattern;
        }

        return pattern;
    }
}
