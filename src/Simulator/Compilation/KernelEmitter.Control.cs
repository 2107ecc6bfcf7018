using System.Collections;
using System.Reflection.Emit;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>Branches, convergence points, and the ways into compiled code and out of it.</summary>
internal sealed partial class KernelEmitter
{
    private readonly Dictionary<int, (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt)> regions = [];
    private readonly Dictionary<(int Segment, ExitKind Kind), Label> headExits = [];
    private readonly Dictionary<(bool Wide, int Part), LocalBuilder> ownedMasks = [];
    private (int Code, Label Label)? sideExit;

    /// <summary>The locals of every convergence point that matters in this method, empty at first.</summary>
    private void StartRegions()
    {
        regions.Clear();
        headExits.Clear();
        ownedMasks.Clear();
        sideExit = null;
        foreach (int s in inMethod)
        {
            IEnumerable<int> meetings = analysis.Regions.Contains(s) ? graph.Segments[s].Meetings.Append(s) : graph.Segments[s].Meetings;
            foreach (int meeting in meetings)
            {
                if (regions.ContainsKey(meeting))
                {
                    continue;
                }

                (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt) region =
                    (il.DeclareLocal(typeof(uint)), il.DeclareLocal(typeof(uint)), il.DeclareLocal(typeof(int)));
                regions[meeting] = region;
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Stloc, region.Expected);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Stloc, region.Pending);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Stloc, region.PendingAt);
            }
        }
    }

    /// <summary>Goes to a segment; after a branch the turn may be over.</summary>
    private void Go(Segment target, bool poll)
    {
        bool here = inMethod.Contains(target.Index) && !target.Interpreted;
        if (poll && here)
        {
            il.Emit(OpCodes.Ldloc, leftLocal);
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Conv_I8);
            il.Emit(OpCodes.Ble, HeadExit(target, ExitKind.Branch));
            PollTrace(HeadExit(target, ExitKind.Branch));
        }

        il.Emit(OpCodes.Br, here ? labels[target.Index] : HeadExit(target, poll ? ExitKind.Branch : ExitKind.Continue));
    }

    /// <summary>Leaves at the head of a segment.</summary>
    private Label HeadExit(Segment target, ExitKind kind)
    {
        if (!headExits.TryGetValue((target.Index, kind), out Label label))
        {
            label = il.DefineLabel();
            headExits[(target.Index, kind)] = label;
            Label at = label;
            deferred.Add(() =>
            {
                il.MarkLabel(at);
                EmitExit(kind, target.Start, Snapshot(analysis.LiveAtHead(target)), MeetingsAt(target));
            });
        }

        return label;
    }

    private List<int> MeetingsAt(Segment target) => analysis.Regions.Contains(target.Index) ? [target.Index, .. target.Meetings] : target.Meetings;

    /// <summary>Where the interpreter takes over before the current instruction.</summary>
    private Label SideExit()
    {
        if (sideExit is { } known && known.Code == code)
        {
            return known.Label;
        }

        Label label = il.DefineLabel();
        sideExit = (code, label);
        Defer(label, ExitKind.Interpret, code, liveBefore, code);
        return label;
    }

    private void Leave(ExitKind kind, int pc, BitArray live, int countedTo)
    {
        Count(countedTo);
        EmitExit(kind, pc, Snapshot(live), segment.Meetings);
    }

    private void Defer(Label label, ExitKind kind, int pc, BitArray live, int countedTo)
    {
        Segment from = segment;
        List<(int Row, LocalBuilder[] Locals)> snapshot = Snapshot(live);
        deferred.Add(() =>
        {
            il.MarkLabel(label);
            segment = from;
            Count(countedTo);
            EmitExit(kind, pc, snapshot, from.Meetings);
        });
    }

    /// <summary>The locals of everything that is live.</summary>
    private List<(int Row, LocalBuilder[] Locals)> Snapshot(BitArray live)
    {
        var list = new List<(int, LocalBuilder[])>();
        for (int row = 0; row < graph.Rows.Count; row++)
        {
            if (live[row])
            {
                bool constant = !graph.Rows[row].Predicate && Value(graph.Rows[row].Offset).Base is not null;
                list.Add((row, constant ? [] : LocalsOf(row)));
            }
        }

        return list;
    }

    /// <summary>Writes registers back, and everything the runner needs to go on, and returns the exit's number.</summary>
    private void EmitExit(ExitKind kind, int pc, List<(int Row, LocalBuilder[] Locals)> live, List<int> meetings)
    {
        // Locals of their own: any other that is free now may be live where this exit is taken.
        LocalBuilder owned = OwnedMask(wide: false, -1);
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(60);
        il.Emit(OpCodes.Ldind_U4);
        il.Emit(OpCodes.Stloc, owned);
        var made = new HashSet<LocalBuilder>();
        var scalars = new List<ScalarRow>();
        foreach ((int row, LocalBuilder[] places) in live)
        {
            Row register = graph.Rows[row];
            if (register.Predicate)
            {
                // memory ^ ((memory ^ value) & owned)
                PushRegisterAddress(register.Offset);
                PushRegisterAddress(register.Offset);
                il.Emit(OpCodes.Ldind_U4);
                il.Emit(OpCodes.Ldloc, places[0]);
                il.Emit(OpCodes.Xor);
                il.Emit(OpCodes.Ldloc, owned);
                il.Emit(OpCodes.And);
                PushRegisterAddress(register.Offset);
                il.Emit(OpCodes.Ldind_U4);
                il.Emit(OpCodes.Xor);
                il.Emit(OpCodes.Stind_I4);
                continue;
            }

            LaneValue value = Value(register.Offset);
            if (value.Pattern is { } pattern)
            {
                scalars.Add(new ScalarRow(row, register.Offset, register.Wide, Table(pattern, register.Wide), value.Base));
                if (value.Base is null)
                {
                    il.Emit(OpCodes.Ldloc, scalarsLocal);
                    LoadField(row * 8);
                    il.Emit(OpCodes.Ldloc, places[0]);
                    il.Emit(register.Wide ? OpCodes.Stind_I8 : OpCodes.Stind_I4);
                }

                continue;
            }

            Type plain = register.Wide ? typeof(ulong) : typeof(uint);
            for (int part = 0; part < places.Length; part++)
            {
                LocalBuilder mask = OwnedMask(register.Wide, part);
                if (made.Add(mask))
                {
                    il.Emit(OpCodes.Ldloc, owned);
                    BitsToMask(register.Wide, part);
                    il.Emit(OpCodes.Stloc, mask);
                }

                PushRegisterAddress(register.Offset + (part * vectors.Bytes));
                il.Emit(OpCodes.Ldloc, mask);
                il.Emit(OpCodes.Ldloc, places[part]);
                PushRegisterAddress(register.Offset + (part * vectors.Bytes));
                il.Emit(OpCodes.Ldobj, vectors.Of(plain));
                il.Emit(OpCodes.Call, vectors.Method("ConditionalSelect", plain, 3));
                il.Emit(OpCodes.Stobj, vectors.Of(plain));
            }
        }

        StoreField(48, leftLocal, OpCodes.Stind_I8);
        if (traceLocal is not null)
        {
            StoreField(80, traceLocal, OpCodes.Stind_I);
        }

        StoreField(56, maskLocal, OpCodes.Stind_I4);
        var meetingPlaces = new List<MeetingPlace>();
        foreach (int meeting in Enumerable.Reverse(meetings))
        {
            int number = analysis.Regions.IndexOf(meeting);
            if (!regions.TryGetValue(meeting, out (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt) region))
            {
                // Only another method's code is before that place: no lane of this one waits there.
                continue;
            }

            (LocalBuilder expected, LocalBuilder pending, LocalBuilder pendingAt) = region;
            StoreField(640 + (4 * number), expected, OpCodes.Stind_I4);
            StoreField(640 + (4 * CompiledFrame.MaxRegions) + (4 * number), pending, OpCodes.Stind_I4);
            StoreField(640 + (8 * CompiledFrame.MaxRegions) + (4 * number), pendingAt, OpCodes.Stind_I4);
            meetingPlaces.Add(new MeetingPlace(number, graph.Segments[meeting].Start));
        }

        il.Emit(OpCodes.Ldc_I4, exits.Count);
        il.Emit(OpCodes.Ret);
        exits.Add(new CompiledExit(kind, pc, [.. scalars], [.. meetingPlaces]));
    }

    /// <summary>The lanes that an exit may write back: as bits, or as a vector.</summary>
    private LocalBuilder OwnedMask(bool wide, int part)
    {
        if (!ownedMasks.TryGetValue((wide, part), out LocalBuilder? local))
        {
            local = il.DeclareLocal(part < 0 ? typeof(uint) : vectors.Of(wide ? typeof(ulong) : typeof(uint)));
            ownedMasks[(wide, part)] = local;
        }

        return local;
    }

    private void PushRegisterAddress(int offset)
    {
        il.Emit(OpCodes.Ldloc, registersLocal);
        LoadField(offset);
    }

    private void StoreField(int offset, LocalBuilder value, OpCode store)
    {
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(offset);
        il.Emit(OpCodes.Ldloc, value);
        il.Emit(store);
    }

    /// <summary>Loads what a segment needs and goes there.</summary>
    private void EmitEntry(Segment s)
    {
        for (int row = 0; row < graph.Rows.Count; row++)
        {
            Row register = graph.Rows[row];
            if (!s.LiveIn[row])
            {
                continue;
            }

            if (register.Predicate)
            {
                PushRegisterAddress(register.Offset);
                il.Emit(OpCodes.Ldind_U4);
                if (analysis.IsUniformPredicate(register.Offset))
                {
                    // Only the running lanes' bits say anything.
                    il.Emit(OpCodes.Ldloc, maskLocal);
                    il.Emit(OpCodes.And);
                    il.Emit(OpCodes.Ldc_I4_0);
                    il.Emit(OpCodes.Cgt_Un);
                    il.Emit(OpCodes.Neg);
                }

                il.Emit(OpCodes.Stloc, LocalsOf(row)[0]);
                continue;
            }

            LaneValue value = Value(register.Offset);
            if (!value.IsVector)
            {
                if (value.Base is null)
                {
                    il.Emit(OpCodes.Ldloc, scalarsLocal);
                    LoadField(row * 8);
                    il.Emit(register.Wide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
                    il.Emit(OpCodes.Stloc, LocalsOf(row)[0]);
                }

                continue;
            }

            LocalBuilder[] parts = LocalsOf(row);
            for (int part = 0; part < parts.Length; part++)
            {
                PushRegisterAddress(register.Offset + (part * vectors.Bytes));
                il.Emit(OpCodes.Ldobj, parts[part].LocalType);
                il.Emit(OpCodes.Stloc, parts[part]);
            }
        }

        il.Emit(OpCodes.Br, labels[s.Index]);
    }

    /// <summary>
    /// Running lanes reach a place where others may wait: inside this code, then those that have not run yet are next, or all go on
    /// together; or outside, which is the interpreter's business.
    /// </summary>
    private void EmitConvergence()
    {
        Label outer = il.DefineLabel();
        if (regions.TryGetValue(segment.Index, out (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt) region))
        {
            Label others = il.DefineLabel();
            il.Emit(OpCodes.Ldloc, region.Expected);
            il.Emit(OpCodes.Brfalse, outer);
            il.Emit(OpCodes.Ldloc, region.Pending);
            il.Emit(OpCodes.Brtrue, others);
            il.Emit(OpCodes.Ldloc, region.Expected);
            il.Emit(OpCodes.Stloc, maskLocal);
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Stloc, region.Expected);
            int meeting = segment.Start;
            deferred.Add(() =>
            {
                il.MarkLabel(others);
                il.Emit(OpCodes.Ldloc, region.Pending);
                il.Emit(OpCodes.Stloc, maskLocal);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Stloc, region.Pending);
                foreach (int target in PendingTargets(meeting))
                {
                    Label next = il.DefineLabel();
                    il.Emit(OpCodes.Ldloc, region.PendingAt);
                    il.Emit(OpCodes.Ldc_I4, target);
                    il.Emit(OpCodes.Bne_Un, next);
                    Go(graph.At(target), poll: false);
                    il.MarkLabel(next);
                }

                il.Emit(OpCodes.Ldc_I4_M1);
                il.Emit(OpCodes.Ret);
            });
        }

        il.MarkLabel(outer);
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(72);
        il.Emit(OpCodes.Ldind_I4);
        il.Emit(OpCodes.Ldc_I4, segment.Start);
        il.Emit(OpCodes.Beq, SideExit());
    }

    private HashSet<int> PendingTargets(int meeting)
    {
        var targets = new HashSet<int>();
        foreach (Segment s in graph.Segments)
        {
            Instruction branch = program.Code[s.End - 1];
            if (branch.Op == Op.BraCond && branch.D == meeting && branch.Imm != meeting && s.End != meeting)
            {
                targets.Add((int)branch.Imm);
            }
        }

        return targets;
    }

    private void EmitBranch(Instruction ins)
    {
        Segment taken = graph.At((int)ins.Imm);
        Segment fall = graph.Segments[segment.Index + 1];
        bool inverted = (ins.Mod & Mod.Invert) != 0;
        Label notTaken = il.DefineLabel();
        if (analysis.IsUniformPredicate(ins.A))
        {
            Count(code + 1);
            RecordBranch(code, () => PushPredicate(ins.A, inverted));
            PushPredicate(ins.A);
            il.Emit(inverted ? OpCodes.Brtrue : OpCodes.Brfalse, notTaken);
            Go(taken, poll: true);
            il.MarkLabel(notTaken);
            Go(fall, poll: true);
            return;
        }

        LocalBuilder lanes = Take(typeof(uint));
        Label mixed = il.DefineLabel();
        Label none = il.DefineLabel();
        PushPredicate(ins.A, inverted);
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Stloc, lanes);
        il.Emit(OpCodes.Ldloc, lanes);
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Bne_Un, notTaken);
        Count(code + 1);
        RecordBranch(code, () => il.Emit(OpCodes.Ldloc, lanes));
        Go(taken, poll: true);
        il.MarkLabel(notTaken);
        il.Emit(OpCodes.Ldloc, lanes);
        il.Emit(OpCodes.Brtrue, mixed);
        il.MarkLabel(none);
        Count(code + 1);
        RecordBranch(code, () => il.Emit(OpCodes.Ldloc, lanes));
        Go(fall, poll: true);
        int meeting = ins.D;
        if (meeting < 0 || !regions.TryGetValue(graph.At(meeting).Index, out (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt) region))
        {
            Defer(mixed, ExitKind.Interpret, code, liveBefore, code);
        }
        else
        {
            Label elsewhere = SideExit();
            Segment from = segment;
            int end = code + 1;
            deferred.Add(() => EmitParting(mixed, elsewhere, from, end, taken, fall, meeting, region, lanes));
        }

        Release(lanes);
    }

    /// <summary>Some lanes take the branch and some do not: those that fall through go first, as in the interpreter.</summary>
    private void EmitParting(
        Label mixed, Label elsewhere, Segment from, int end, Segment taken, Segment fall, int meeting,
        (LocalBuilder Expected, LocalBuilder Pending, LocalBuilder PendingAt) region, LocalBuilder lanes)
    {
        segment = from;
        il.MarkLabel(mixed);
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(68);
        il.Emit(OpCodes.Ldind_I4);
        il.Emit(OpCodes.Brfalse, elsewhere);
        bool both = taken.Start != meeting && fall.Start != meeting;
        if (both)
        {
            il.Emit(OpCodes.Ldloc, region.Pending);
            il.Emit(OpCodes.Brtrue, elsewhere);
            il.Emit(OpCodes.Ldloc, lanes);
            il.Emit(OpCodes.Stloc, region.Pending);
            il.Emit(OpCodes.Ldc_I4, taken.Start);
            il.Emit(OpCodes.Stloc, region.PendingAt);
        }

        Count(end);
        RecordBranch(end - 1, () => il.Emit(OpCodes.Ldloc, lanes));
        Label open = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, region.Expected);
        il.Emit(OpCodes.Brtrue, open);
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Stloc, region.Expected);
        il.MarkLabel(open);
        il.Emit(OpCodes.Ldloc, lanes);
        if (fall.Start != meeting)
        {
            il.Emit(OpCodes.Not);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.And);
        }

        il.Emit(OpCodes.Stloc, maskLocal);
        Go(fall.Start != meeting ? fall : taken, poll: true);
    }
}
