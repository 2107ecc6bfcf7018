using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>Memory, atomics, calls, branches and warp operations.</summary>
internal sealed partial class InstructionSelector
{
    private PtxSpace SpaceOf()
    {
        foreach (string part in statement.Parts.AsSpan(1))
        {
            switch (part)
            {
                case "global":
                    return PtxSpace.Global;
                case "shared" or "shared::cta" or "shared::cluster":
                    return PtxSpace.Shared;
                case "local":
                    return PtxSpace.Local;
                case "const":
                    return PtxSpace.Constant;
                case "param" or "param::entry" or "param::func":
                    return PtxSpace.Parameter;
            }
        }

        return PtxSpace.Generic;
    }

    /// <summary>What a load, store, atomic or fence orders, and for whom (PTX ISA §8.5).</summary>
    private uint Order() =>
        (Has("acquire") || Has("acq_rel") ? Mod.Acquire : 0) | (Has("release") || Has("acq_rel") ? Mod.Release : 0) | (Has("cta") ? Mod.BlockScope : 0);

    private int VectorCount() => Has("v2") ? 2 : Has("v4") ? 4 : Has("v8") ? 8 : 1;

    /// <summary>An address operand: the row of its base (64 bits) and the constant offset.</summary>
    private (int Row, long Offset) Address(PtxOperand operand, PtxSpace space)
    {
        if (operand.Kind != PtxOperandKind.Address)
        {
            throw Bad("an address in brackets was expected", operand.Column);
        }

        if (operand.Parts.Count > 0)
        {
            throw Bad("coordinates belong to a tensor map only", operand.Column);
        }

        if (operand.Name.Length == 0)
        {
            return (builder.Constant(wide: true, 0), operand.Bits);
        }

        if (operand.BaseIsRegister)
        {
            RegisterPlace p = Register(operand.Name, operand.Column);
            sources.Add(p.Number);
            if (p.Wide)
            {
                return (p.Offset, operand.Bits);
            }

            if (p.Type.Size() != 4 || p.Type == Pred)
            {
                throw Bad($"'{operand.Name}' cannot hold an address", operand.Column);
            }

            int row = builder.Row(wide: true);
            EmitPseudo(new Instruction { Op = Op.CvtU64U32, D = row, A = p.Offset });
            return (row, operand.Bits);
        }

        if (frame.Slots.TryGetValue(operand.Name, out int slot))
        {
            int row = builder.Row(wide: true);
            EmitPseudo(new Instruction { Op = Op.FrameAddress, D = row, Imm = slot, Mod = space == PtxSpace.Generic ? Mod.Max : 0 });
            return (row, operand.Bits);
        }

        if (space == PtxSpace.Generic && builder.TryShared(operand.Name, out int shared))
        {
            return (builder.Constant(wide: true, Execution.AddressWindow.Shared + (ulong)shared), operand.Bits);
        }

        return (SymbolRow(operand with { Bits = 0 }), operand.Bits);
    }

    private bool RegisterWide(PtxOperand operand) => operand.Kind == PtxOperandKind.Register && registers.TryGetValue(operand.Name, out RegisterPlace p) && p.Wide;

    private void SelectLoad()
    {
        PtxType t = TypeOf();
        PtxSpace space = SpaceOf();
        int count = VectorCount();
        if (t == Pred)
        {
            throw Unsupported();
        }

        PtxOperand target = Operand(0);
        PtxOperand address = Operand(1);
        IReadOnlyList<PtxOperand> parts = count == 1 ? [target] : target.Kind == PtxOperandKind.Vector && target.Parts.Count == count ? target.Parts : throw Bad("a vector of registers was expected", target.Column);
        bool wide = parts.Any(RegisterWide);
        PtxType registerType = wide ? B64 : Wide(t) ? t : B32;
        int[] rows = t == B128 ? Halves(target, written: true) : [.. parts.Select(p => p.Kind == PtxOperandKind.Sink ? (wide || Wide(t) ? ScratchWide : Scratch) : Destination(p, registerType))];
        t = t == B128 ? B64 : t;
        uint mod = wide ? Mod.D64 : 0;
        if (Has("volatile") || Has("relaxed") || Has("acquire"))
        {
            mod |= Mod.Volatile | Order();
            if (space is PtxSpace.Global or PtxSpace.Generic)
            {
                builder.Program.UsesGlobalSynchronisation = true;
            }
        }

        // Call results and parameters of device functions lie in the frame.
        if (space == PtxSpace.Parameter && address.Kind == PtxOperandKind.Address && !address.BaseIsRegister)
        {
            PtxParameter? kernelParameter = function.IsKernel ? function.Parameters.FirstOrDefault(p => p.Name == address.Name) : null;
            if (kernelParameter is not null)
            {
                long at = kernelParameter.Offset + address.Bits;
                if (address.Bits < 0 || address.Bits + (t.Size() * count) > kernelParameter.Size)
                {
                    throw Bad($"reads behind the end of parameter '{address.Name}'", address.Column);
                }

                if (count == 1 && !wide == !Wide(t) && t.Size() is 4 or 8)
                {
                    Emit(new Instruction { Op = Op.LdParam, Type = (byte)t, D = rows[0], Imm = at, Mod = mod });
                    return;
                }

                EmitLoad(t, PtxSpace.Parameter, rows, (builder.Constant(wide: true, 0), at), mod);
                return;
            }

            int slot = ParameterSlot(address);
            int row = builder.Row(wide: true);
            EmitPseudo(new Instruction { Op = Op.FrameAddress, D = row, Imm = slot });
            EmitLoad(t, PtxSpace.Local, rows, (row, address.Bits), mod | Mod.Unaligned);
            return;
        }

        (int Row, long Offset) place = Address(address, space);
        EmitLoad(t, space, rows, place, mod);
    }

    private int ParameterSlot(PtxOperand address)
    {
        if (callSlots.TryGetValue(address.Name, out int call))
        {
            return frame.FrameBytes + call;
        }

        return frame.Slots.TryGetValue(address.Name, out int slot) ? slot : throw Bad($"'{address.Name}' is not a parameter", address.Column);
    }

    private void EmitLoad(PtxType t, PtxSpace space, int[] rows, (int Row, long Offset) place, uint mod)
    {
        bool hot = rows.Length == 1 && t.Size() == 4 && (mod & Mod.D64) == 0 && (builder.Program.Options.Checks & Checks.SharedRaces) == Checks.None;
        Op op = hot && space == PtxSpace.Global ? Op.Ld32Global : hot && space == PtxSpace.Shared ? Op.Ld32Shared : Op.Ld;
        int start = builder.Extra.Count;
        builder.Extra.AddRange(rows);
        Emit(new Instruction
        {
            Op = op, Type = (byte)t, Type2 = (byte)space, D = rows[0], A = place.Row, C = start, D2 = rows.Length, Imm = place.Offset,
            Mod = mod | (Wide(t) ? Mod.D64 : 0),
        });
    }

    private void SelectStore()
    {
        PtxType t = TypeOf();
        PtxSpace space = SpaceOf();
        int count = VectorCount();
        if (t == Pred)
        {
            throw Unsupported();
        }

        PtxOperand address = Operand(0);
        PtxOperand value = Operand(1);
        IReadOnlyList<PtxOperand> parts = count == 1 ? [value] : value.Kind == PtxOperandKind.Vector && value.Parts.Count == count ? value.Parts : throw Bad("a vector of registers was expected", value.Column);
        bool wide = parts.Any(RegisterWide);
        PtxType registerType = wide ? B64 : Wide(t) ? t : t.Size() == 2 ? B16 : t == F32 ? F32 : B32;
        int[] rows = t == B128 ? Halves(value, written: false) : [.. parts.Select(p => Source(p, registerType))];
        t = t == B128 ? B64 : t;
        uint mod = wide || Wide(t) ? Mod.D64 : 0;
        if (Has("volatile") || Has("relaxed") || Has("release"))
        {
            mod |= Mod.Volatile | Order();
        }

        (int Row, long Offset) place;
        if (space == PtxSpace.Parameter && address.Kind == PtxOperandKind.Address && !address.BaseIsRegister)
        {
            int slot = ParameterSlot(address);
            int row = builder.Row(wide: true);
            EmitPseudo(new Instruction { Op = Op.FrameAddress, D = row, Imm = slot });
            place = (row, address.Bits);
            space = PtxSpace.Local;
            mod |= Mod.Unaligned;
        }
        else
        {
            place = Address(address, space);
        }

        if (space is PtxSpace.Constant or PtxSpace.Parameter)
        {
            throw Unsupported("a store to read-only memory");
        }

        EmitStore(t, space, rows, place, mod);
    }

    private void EmitStore(PtxType t, PtxSpace space, int[] rows, (int Row, long Offset) place, uint mod)
    {
        bool hot = rows.Length == 1 && t.Size() == 4 && (mod & Mod.D64) == 0 && (builder.Program.Options.Checks & Checks.SharedRaces) == Checks.None;
        Op op = hot && space == PtxSpace.Global ? Op.St32Global : hot && space == PtxSpace.Shared ? Op.St32Shared : Op.St;
        int start = builder.Extra.Count;
        builder.Extra.AddRange(rows);
        Emit(new Instruction
        {
            Op = op, Type = (byte)t, Type2 = (byte)space, B = rows[0], A = place.Row, C = start, D2 = rows.Length, Imm = place.Offset, Mod = mod,
        });
    }

    private void SelectAtomic(bool reduce)
    {
        PtxType t = TypeOf();
        PtxSpace space = SpaceOf();
        if (Has("async") || Has("noftz") && !IsHalf(t))
        {
            throw Unsupported();
        }

        int kind = AtomicOperation();
        if ((kind is 1 or 2 && t is F32 or F64) || (kind > 2 && t.IsFloat()))
        {
            throw Unsupported();
        }

        int at = reduce ? 0 : 1;
        int d = 0;
        if (!reduce)
        {
            PtxOperand target = Operand(0);
            if (target.Kind is PtxOperandKind.Vector)
            {
                builder.Program.RunsOnOneCore = true;
                builder.Program.UsesGlobalSynchronisation = true;
            }
            else if (target.Kind != PtxOperandKind.Sink)
            {
                d = t == B128 ? Halves(target, written: true)[0] : Destination(target, t);
                bool used = function.Statements.Any(s => s.Operands.Skip(s.Opcode.StartsWith("st", StringComparison.Ordinal) ? 0 : 1).SelectMany(FlattenOperand).Any(o => o.Name == target.Name) || (s.Opcode.StartsWith("st", StringComparison.Ordinal) && s.Operands.Count > 0 && s.Operands[0].Name == target.Name));
                if (used && space is not PtxSpace.Shared)
                {
                    builder.Program.RunsOnOneCore = true;
                    builder.Program.UsesGlobalSynchronisation = true;
                }
            }
        }

        if (t.IsFloat() && space != PtxSpace.Shared)
        {
            builder.Program.UsesFloatRed = true;
            builder.Program.RunsOnOneCore = true;
        }

        if ((kind is 6 || t == B128) && space != PtxSpace.Shared)
        {
            // Which exchange comes last depends on the order of blocks.
            builder.Program.RunsOnOneCore = true;
        }

        // An atomic whose result is used acquires what it read: see docs/adr/0013.
        uint order = Order() | (d != 0 ? Mod.Acquire : 0);
        (int row, long offset) = Address(Operand(at), space);
        if (VectorCount() > 1)
        {
            EmitVectorAtomic(kind, t, space, reduce ? null : Operand(0), Operand(at + 1), (row, offset), order);
            return;
        }

        int b = t == B128 ? Halves(Operand(at + 1), written: false)[0] : Source(at + 1, t);
        int c = kind != 7 ? b : t == B128 ? Halves(Operand(at + 2), written: false)[0] : Source(at + 2, t);
        Emit(new Instruction
        {
            Op = Op.Atom, Type = (byte)t, Type2 = (byte)space, D = d, A = row, B = b, C = c, D2 = kind, Imm = offset, Mod = (Wide(t) ? Mod.D64 : 0) | order,
        });
    }

    private static IEnumerable<PtxOperand> FlattenOperand(PtxOperand o) => o.Parts.Count == 0 ? [o] : o.Parts.SelectMany(FlattenOperand);

    private void SelectBranch()
    {
        PtxOperand target = Operand(0);
        if (target.Kind != PtxOperandKind.Symbol)
        {
            throw Bad("a label was expected", target.Column);
        }

        int label = builder.Label(Scoped(target.Name));
        if (statement.Guard is null)
        {
            Emit(new Instruction { Op = Op.Bra, Imm = label });
            return;
        }

        RegisterPlace p = Register(statement.Guard, 1);
        sources.Add(p.Number);
        Emit(new Instruction { Op = Op.BraCond, A = p.Offset, Imm = label, Mod = statement.GuardNegated ? Mod.Invert : 0 });
    }

    private void SelectBranchTable()
    {
        if (statement.Guard is not null)
        {
            throw Unsupported("with a guard");
        }

        PtxOperand table = Operand(1);
        if (!function.BranchTargets.TryGetValue(table.Name, out IReadOnlyList<string>? labels))
        {
            throw Bad($"'{table.Name}' is not a table of branch targets", table.Column);
        }

        int index = Source(0, U32);
        int start = builder.Extra.Count;
        builder.Extra.AddRange(labels.Select(l => builder.Label(Scoped(l))));
        Emit(new Instruction { Op = Op.BrxIdx, A = index, C = start, D2 = labels.Count });
    }

    private void SelectReturn()
    {
        if (function.IsKernel)
        {
            Emit(new Instruction { Op = Op.Exit });
            return;
        }

        returnLabel ??= "return";
        string label = Scoped("@" + returnLabel);
        returnLabel = label;
        if (statement.Guard is null)
        {
            Emit(new Instruction { Op = Op.Bra, Imm = builder.Label(label) });
        }
        else
        {
            RegisterPlace p = Register(statement.Guard, 1);
            sources.Add(p.Number);
            Emit(new Instruction { Op = Op.BraCond, A = p.Offset, Imm = builder.Label(label), Mod = statement.GuardNegated ? Mod.Invert : 0 });
        }
    }

    private (PtxFunction? Callee, PtxFunction? Shape, PtxOperand? Pointer, IReadOnlyList<PtxOperand> Results, IReadOnlyList<PtxOperand> Arguments) ReadCall(PtxStatement s)
    {
        IReadOnlyList<PtxOperand> results = [];
        IReadOnlyList<PtxOperand> arguments = [];
        int i = 0;
        if (s.Operands.Count > 0 && s.Operands[0].Kind == PtxOperandKind.Vector)
        {
            results = s.Operands[0].Parts;
            i = 1;
        }

        PtxOperand? name = i < s.Operands.Count ? s.Operands[i++] : null;
        if (i < s.Operands.Count && s.Operands[i].Kind == PtxOperandKind.Vector)
        {
            arguments = s.Operands[i++].Parts;
        }

        if (name is null)
        {
            return (null, null, null, results, arguments);
        }

        if (name.Kind == PtxOperandKind.Symbol)
        {
            PtxFunction? f = builder.Module.Functions.FirstOrDefault(g => g.Name == name.Name) ?? builder.Module.ExternFunctions.FirstOrDefault(g => g.Name == name.Name);
            return (f, f, name, results, arguments);
        }

        PtxFunction? shape = i < s.Operands.Count && function.Prototypes.TryGetValue(s.Operands[i].Name, out PtxFunction? prototype) ? prototype : null;
        return (null, shape, name, results, arguments);
    }

    /// <summary>Arguments are written straight into the callee's frame, which begins where the caller's ends.</summary>
    private void MapCallParameters()
    {
        foreach (PtxStatement s in function.Statements)
        {
            if (s.Parts.Length == 0 || s.Parts[0] != "call")
            {
                continue;
            }

            (_, PtxFunction? shape, _, IReadOnlyList<PtxOperand> results, IReadOnlyList<PtxOperand> arguments) = ReadCall(s);
            if (shape is null || results.Count > shape.Returns.Count || arguments.Count > shape.Parameters.Count)
            {
                continue;
            }

            var slots = new Dictionary<string, int>(StringComparer.Ordinal);
            ProgramBuilder.LayoutSlots(shape, slots, out _);
            for (int k = 0; k < results.Count; k++)
            {
                callSlots[results[k].Name] = slots[shape.Returns[k].Name];
            }

            for (int k = 0; k < arguments.Count; k++)
            {
                callSlots[arguments[k].Name] = slots[shape.Parameters[k].Name];
            }
        }
    }

    private void SelectCall()
    {
        (PtxFunction? callee, PtxFunction? shape, PtxOperand? pointer, IReadOnlyList<PtxOperand> results, IReadOnlyList<PtxOperand> arguments) = ReadCall(statement);
        if (pointer is null || shape is null)
        {
            throw Bad("the called function is not declared");
        }

        if (results.Count > shape.Returns.Count || arguments.Count > shape.Parameters.Count)
        {
            throw Bad("more arguments than the function has parameters");
        }

        if (results.Concat(arguments).Any(o => o.Kind == PtxOperandKind.Immediate || !callSlots.ContainsKey(o.Name)))
        {
            throw Unsupported("arguments in registers");
        }

        if (callee is { HasBody: false })
        {
            SelectExtern(callee);
            return;
        }

        if (callee is null)
        {
            int row = Source(pointer, U64);
            Emit(new Instruction { Op = Op.Call, A = row, D = -1, C = frame.Index });
            return;
        }

        FunctionFrame target = builder.Frames[callee.Name];
        Emit(new Instruction { Op = Op.Call, D = target.Index, C = frame.Index });
    }

    private void SelectExtern(PtxFunction callee)
    {
        var slots = new Dictionary<string, int>(StringComparer.Ordinal);
        ProgramBuilder.LayoutSlots(callee, slots, out _);
        switch (callee.Name)
        {
            case "vprintf" when callee.Parameters.Count == 2:
                Emit(new Instruction
                {
                    Op = Op.Printf, Imm = frame.FrameBytes + slots[callee.Parameters[0].Name], A = frame.FrameBytes + slots[callee.Parameters[1].Name],
                    D = callee.Returns.Count > 0 ? frame.FrameBytes + slots[callee.Returns[0].Name] : -1,
                });
                break;
            case "__assertfail" when callee.Parameters.Count == 5:
                Emit(new Instruction
                {
                    Op = Op.AssertFail, Imm = frame.FrameBytes + slots[callee.Parameters[0].Name], A = frame.FrameBytes + slots[callee.Parameters[2].Name],
                });
                break;
            case "malloc" when callee.Parameters.Count == 1 && callee.Returns.Count == 1:
                builder.Program.RunsOnOneCore = true;
                Emit(new Instruction { Op = Op.DeviceMalloc, Imm = frame.FrameBytes + slots[callee.Parameters[0].Name], D = frame.FrameBytes + slots[callee.Returns[0].Name] });
                break;
            case "free" when callee.Parameters.Count == 1:
                builder.Program.RunsOnOneCore = true;
                Emit(new Instruction { Op = Op.DeviceFree, Imm = frame.FrameBytes + slots[callee.Parameters[0].Name] });
                break;
            default:
                throw Unsupported($"the external function {callee.Name}");
        }
    }

    private void SelectShuffle()
    {
        if (!Has("sync"))
        {
            throw Unsupported("without .sync it does not exist on these targets");
        }

        int mode = Has("up") ? 0 : Has("down") ? 1 : Has("bfly") ? 2 : Has("idx") ? 3 : throw Unsupported();
        PtxOperand target = Operand(0);
        int d, p = 0;
        if (target.Kind == PtxOperandKind.Pair)
        {
            d = Destination(target.Parts[0], B32);
            p = PredicateDestination(target.Parts[1]);
        }
        else
        {
            d = Destination(target, B32);
        }

        int a = Source(1, B32);
        int b = Source(2, B32);
        int c = Source(3, B32);
        int m = Source(4, B32);
        Emit(new Instruction { Op = Op.Shfl, Type2 = (byte)mode, D = d, D2 = p, A = a, B = b, C = c, Imm = m });
    }

    private void SelectVote()
    {
        if (!Has("sync"))
        {
            throw Unsupported("without .sync it does not exist on these targets");
        }

        int mode = Has("ballot") ? 0 : Has("any") ? 1 : Has("all") ? 2 : Has("uni") ? 3 : throw Unsupported();
        int d = mode == 0 ? Destination(Operand(0), B32) : PredicateDestination(Operand(0));
        int a = PredicateSource(Operand(1));
        int m = Source(2, B32);
        Emit(new Instruction { Op = Op.Vote, Type2 = (byte)mode, D = d, A = a, Imm = m, Mod = Operand(1).Negated ? Mod.ANegated : 0 });
    }

    private void SelectMatch()
    {
        PtxType t = TypeOf();
        bool all = Has("all");
        PtxOperand target = Operand(0);
        int d, p = 0;
        if (target.Kind == PtxOperandKind.Pair)
        {
            d = Destination(target.Parts[0], B32);
            p = PredicateDestination(target.Parts[1]);
        }
        else
        {
            d = Destination(target, B32);
        }

        int a = Source(1, t);
        int m = Source(2, B32);
        Emit(new Instruction { Op = Op.Match, Type = (byte)t, Type2 = (byte)(all ? 1 : 0), D = d, D2 = p, A = a, Imm = m });
    }

    private void SelectRedux()
    {
        PtxType t = TypeOf();
        if (t.IsFloat())
        {
            throw Unsupported();
        }

        string operation = statement.Parts.FirstOrDefault(p => p is "add" or "min" or "max" or "and" or "or" or "xor") ?? throw Unsupported();
        int kind = operation switch { "add" => 0, "min" => 1, "max" => 2, "and" => 3, "or" => 4, _ => 5 };
        int d = Destination(Operand(0), B32);
        Emit(new Instruction { Op = Op.Redux, Type = (byte)t, Type2 = (byte)kind, D = d, A = Source(1, B32), Imm = Source(2, B32) });
    }

    private void SelectElect()
    {
        PtxOperand target = Operand(0);
        if (target.Kind != PtxOperandKind.Pair)
        {
            throw Bad("d|p was expected", target.Column);
        }

        int d = Destination(target.Parts[0], B32);
        int p = PredicateDestination(target.Parts[1]);
        Emit(new Instruction { Op = Op.Elect, D = d, D2 = p, Imm = Source(1, B32) });
    }

    private void SelectBarrier()
    {
        if (Has("cluster"))
        {
            SelectClusterBarrier();
            return;
        }

        if (Has("warp"))
        {
            Emit(new Instruction { Op = Op.BarWarpSync, Imm = Source(0, B32) });
            return;
        }

        builder.Program.UsesBarriers = true;
        bool aligned = statement.Parts[0] == "bar" || Has("aligned");
        uint mod = aligned ? 0 : Mod.Unaligned;
        int zero = builder.Constant(wide: false, 0);
        if (Has("red"))
        {
            int kind = Has("popc") ? 0 : Has("and") ? 1 : 2;
            int d = kind == 0 ? Destination(Operand(0), U32) : PredicateDestination(Operand(0));
            int barrier = Source(1, U32);
            bool counted = statement.Operands.Count == 4;
            int count = counted ? Source(2, U32) : zero;
            PtxOperand predicate = Operand(counted ? 3 : 2);
            int p = PredicateSource(predicate);
            Emit(new Instruction
            {
                Op = Op.BarRed, Type2 = (byte)kind, D = d, A = barrier, B = count, C = p, D2 = counted ? 1 : 0,
                Mod = mod | (predicate.Negated ? Mod.ANegated : 0),
            });
            return;
        }

        bool arrive = Has("arrive");
        if (!arrive && !Has("sync"))
        {
            throw Unsupported();
        }

        int id = Source(0, U32);
        bool hasCount = statement.Operands.Count > 1;
        int threads = hasCount ? Source(1, U32) : zero;
        Emit(new Instruction { Op = arrive ? Op.BarArrive : Op.BarSync, A = id, B = threads, D2 = hasCount ? 1 : 0, Mod = mod });
    }
}
