using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Parsing.PtxType;

namespace KernelForge.Simulator.Lowering;

/// <summary>Chooses an operation for every PTX instruction of one function (PTX ISA §9.7). What it does not know it refuses by name.</summary>
internal sealed partial class InstructionSelector
{
    private readonly ProgramBuilder builder;
    private readonly PtxFunction function;
    private readonly FunctionFrame frame;
    private readonly Dictionary<string, RegisterPlace> registers;
    private readonly Dictionary<string, int> callSlots = new(StringComparer.Ordinal);
    private readonly List<int> destinations = [];
    private readonly List<int> sources = [];
    private PtxStatement statement = null!;
    private string? returnLabel;

    public InstructionSelector(ProgramBuilder builder, PtxFunction function, FunctionFrame frame, Dictionary<string, RegisterPlace> registers)
    {
        this.builder = builder;
        this.function = function;
        this.frame = frame;
        this.registers = registers;
        foreach (RegisterPlace place in registers.Values)
        {
            builder.RegisterPlaces[place.Number] = (place.Offset, place.Type == Pred ? 4 : place.Type == B128 ? 512 : place.Wide ? 256 : 128);
        }
    }

    public void Run()
    {
        MapCallParameters();
        int lastReturn = function.Statements.FindLastIndex(s => s.Opcode.StartsWith("ret", StringComparison.Ordinal));
        if (function.Statements.Count == 0 || function.Statements.All(s => s.Opcode.Length == 0))
        {
            throw new PtxSyntaxException(1, 1, $"function '{function.Name}' has no instructions");
        }

        for (int i = 0; i < function.Statements.Count; i++)
        {
            statement = function.Statements[i];
            if (statement.Label is { } label)
            {
                builder.Place(Scoped(label));
                continue;
            }

            if (!function.IsKernel && i == lastReturn)
            {
                // Every return of a device function goes through one, so that divergent lanes meet before it.
                if (returnLabel is not null)
                {
                    builder.Place(returnLabel);
                }

                returnLabel = null;
                Begin();
                Emit(new Instruction { Op = Op.Ret, Guard = Guard() });
                continue;
            }

            Begin();
            Select();
        }
    }

    private string Scoped(string label) => function.Name + "/" + label;

    private void Begin()
    {
        destinations.Clear();
        sources.Clear();
    }

    private int Guard()
    {
        if (statement.Guard is null)
        {
            return 0;
        }

        RegisterPlace p = Register(statement.Guard, 1);
        sources.Add(p.Number);
        return statement.GuardNegated ? -p.Offset : p.Offset;
    }

    private void Emit(Instruction instruction)
    {
        if (instruction.Guard == 0 && instruction.Op is not (Op.BraCond or Op.Ret))
        {
            instruction.Guard = Guard();
        }

        builder.Raw.Add(instruction);
        builder.RawInfos.Add(new ProgramBuilder.RawInfo(statement, [.. destinations.Distinct()], [.. sources.Distinct()], frame));
    }

    private void EmitPseudo(Instruction instruction)
    {
        builder.Raw.Add(instruction);
        builder.RawInfos.Add(new ProgramBuilder.RawInfo(null, [], [.. sources.Distinct()], frame));
    }

    private UnsupportedInstructionException Unsupported(string? detail = null) => new(statement.Opcode, statement.Line, statement.SourceLine, detail);

    private PtxSyntaxException Bad(string problem, int column = 1) => new(statement.Line, column, $"{statement.Opcode}: {problem}");

    private PtxOperand Operand(int index) =>
        index < statement.Operands.Count ? statement.Operands[index] : throw Bad($"operand {index + 1} is missing");

    private RegisterPlace Register(string name, int column) =>
        registers.TryGetValue(name, out RegisterPlace p) ? p : throw Bad($"register '{name}' is not declared", column);

    private static bool Wide(PtxType type) => type.Size() == 8;

    /// <summary>The row that an instruction of this type reads: a register, or a constant broadcast to all lanes.</summary>
    private int Source(PtxOperand operand, PtxType type)
    {
        switch (operand.Kind)
        {
            case PtxOperandKind.Immediate:
                return builder.Constant(Wide(type), ImmediateBits(operand, type));
            case PtxOperandKind.Register when operand.Bits == 0:
                if (registers.TryGetValue(operand.Name, out RegisterPlace place))
                {
                    sources.Add(place.Number);
                    if (place.Type == Pred || place.Wide != Wide(type))
                    {
                        throw Bad($"'{operand.Name}' of type {place.Type} does not fit {type}", operand.Column);
                    }

                    return place.Offset;
                }

                if (operand.Name is "%SP" or "%SPL")
                {
                    throw Bad($"register '{operand.Name}' is not declared", operand.Column);
                }

                int special = SpecialRegister(operand);
                if (!Wide(type))
                {
                    return special;
                }

                if (operand.Name is "%gridid" or "%current_graph_exec")
                {
                    return builder.Constant(wide: true, operand.Name == "%gridid" ? 1UL : 0);
                }

                // Other 64-bit reads of 32-bit special registers do not occur in NVRTC's PTX.
                throw Unsupported($"{operand.Name} as 64 bits");
            case PtxOperandKind.Symbol when operand.Name == "WARP_SZ":
                // PTX's own name of the warp's size; the shuffles of cuda_fp16.h use it.
                return builder.Constant(Wide(type), 32UL + (ulong)operand.Bits);
            case PtxOperandKind.Symbol:
                int address = SymbolRow(operand);
                if (Wide(type))
                {
                    return address;
                }

                return builder.TryShared(operand.Name, out int offset)
                    ? builder.Constant(wide: false, (ulong)(offset + operand.Bits))
                    : throw Bad($"the address of '{operand.Name}' does not fit 32 bits", operand.Column);
            case PtxOperandKind.Register:
                throw Unsupported("a register plus an offset outside brackets");
            default:
                throw Bad("this form of operand is not allowed here", operand.Column);
        }
    }

    private int Source(int index, PtxType type) => Source(Operand(index), type);

    private static ulong ImmediateBits(PtxOperand operand, PtxType type)
    {
        long bits = operand.Bits;
        return operand.FloatBits switch
        {
            64 when type is F32 or B32 or U32 or S32 => BitConverter.SingleToUInt32Bits((float)BitConverter.Int64BitsToDouble(bits)),
            32 when Wide(type) => (ulong)BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)bits)),
            0 when type is B16 or U16 or S16 or F16 or BF16 => (ushort)bits,
            0 when !Wide(type) => (uint)bits,
            _ => (ulong)bits,
        };
    }

    private int SpecialRegister(PtxOperand operand)
    {
        string name = operand.Name;
        switch (name)
        {
            case "%tid.x" or "%tid.y" or "%tid.z" or "%ntid.x" or "%ntid.y" or "%ntid.z" or "%ctaid.x" or "%ctaid.y" or "%ctaid.z"
                or "%nctaid.x" or "%nctaid.y" or "%nctaid.z" or "%laneid" or "%warpid" or "%nwarpid" or "%smid" or "%nsmid"
                or "%lanemask_eq" or "%lanemask_le" or "%lanemask_lt" or "%lanemask_ge" or "%lanemask_gt"
                or "%total_smem_size" or "%dynamic_smem_size" or "%aggr_smem_size" or "%reserved_smem_offset_begin"
                or "%clusterid.x" or "%clusterid.y" or "%clusterid.z" or "%nclusterid.x" or "%nclusterid.y" or "%nclusterid.z"
                or "%cluster_ctaid.x" or "%cluster_ctaid.y" or "%cluster_ctaid.z" or "%cluster_nctaid.x" or "%cluster_nctaid.y"
                or "%cluster_nctaid.z" or "%cluster_ctarank" or "%cluster_nctarank":
                return builder.Special(name);
            case "%gridid" or "%current_graph_exec" or "%reserved_smem_offset_end" or "%reserved_smem_offset_cap":
            case var counter when counter.StartsWith("%pm", StringComparison.Ordinal) && counter.Length == 4:
                builder.AddUnranked(name);
                return builder.Special(name);
            case var environment when environment.StartsWith("%envreg", StringComparison.Ordinal):
                // 1 and 2: where cooperative groups keep the grid's workspace.
                builder.AddUnranked(name);
                builder.Program.UsesGlobalSynchronisation = true;
                return builder.Special(name);
            default:
                if (name.StartsWith('%') && name.Length > 1 && !char.IsAsciiDigit(name[^1]))
                {
                    throw Unsupported($"the special register {name}");
                }

                throw Bad($"register '{name}' is not declared", operand.Column);
        }
    }

    private int SymbolRow(PtxOperand operand)
    {
        string name = operand.Name;
        if (builder.TryShared(name, out int shared))
        {
            return builder.Constant(wide: true, (ulong)(shared + operand.Bits));
        }

        PtxVariable? variable = builder.Module.Globals.FirstOrDefault(g => g.Name == name);
        if (variable is not null)
        {
            if (variable.IsExtern)
            {
                throw Unsupported($"the extern variable {name}");
            }

            return builder.SymbolAddress(name, operand.Bits);
        }

        if (builder.Module.Functions.Any(f => f.Name == name))
        {
            return builder.Constant(wide: true, Memory.DeviceMemory.FunctionAddress(builder.Module, name));
        }

        PtxParameter? parameter = function.IsKernel ? function.Parameters.FirstOrDefault(p => p.Name == name) : null;
        if (parameter is not null)
        {
            return builder.Constant(wide: true, (ulong)(parameter.Offset + operand.Bits));
        }

        throw Bad($"'{name}' is not declared", operand.Column);
    }

    private int Destination(PtxOperand operand, PtxType type)
    {
        if (operand.Kind == PtxOperandKind.Sink)
        {
            return Wide(type) ? ScratchWide : Scratch;
        }

        if (operand.Kind != PtxOperandKind.Register)
        {
            throw Bad("a register was expected as destination", operand.Column);
        }

        RegisterPlace p = Register(operand.Name, operand.Column);
        if (p.Type == Pred || p.Wide != Wide(type))
        {
            throw Bad($"'{operand.Name}' of type {p.Type} cannot hold {type}", operand.Column);
        }

        destinations.Add(p.Number);
        return p.Offset;
    }

    private int scratch, scratchWide;

    private int Scratch => scratch != 0 ? scratch : scratch = builder.Row(wide: false);

    private int ScratchWide => scratchWide != 0 ? scratchWide : scratchWide = builder.Row(wide: true);

    private int PredicateSource(PtxOperand operand)
    {
        if (operand.Kind == PtxOperandKind.Immediate)
        {
            return operand.Bits != 0 ? builder.TruePredicate : builder.FalsePredicate;
        }

        if (operand.Kind != PtxOperandKind.Register)
        {
            throw Bad("a predicate was expected", operand.Column);
        }

        RegisterPlace p = Register(operand.Name, operand.Column);
        if (p.Type != Pred)
        {
            throw Bad($"'{operand.Name}' is not a predicate", operand.Column);
        }

        sources.Add(p.Number);
        return p.Offset;
    }

    private int PredicateDestination(PtxOperand operand)
    {
        if (operand.Kind == PtxOperandKind.Sink)
        {
            return 0;
        }

        if (operand.Kind != PtxOperandKind.Register)
        {
            throw Bad("a predicate was expected", operand.Column);
        }

        RegisterPlace p = Register(operand.Name, operand.Column);
        if (p.Type != Pred)
        {
            throw Bad($"'{operand.Name}' is not a predicate", operand.Column);
        }

        destinations.Add(p.Number);
        return p.Offset;
    }

    private uint Modifiers()
    {
        uint mod = 0;
        foreach (string part in statement.Parts.AsSpan(1))
        {
            mod |= part switch
            {
                "ftz" => Mod.Ftz,
                "sat" or "satfinite" => Mod.Sat,
                "rz" => Mod.RoundZero,
                "rm" => Mod.RoundDown,
                "rp" => Mod.RoundUp,
                "rna" => Mod.RoundNearestAway,
                "rni" => Mod.RoundInteger,
                "rzi" => Mod.RoundInteger | Mod.RoundZero,
                "rmi" => Mod.RoundInteger | Mod.RoundDown,
                "rpi" => Mod.RoundInteger | Mod.RoundUp,
                "NaN" => Mod.NaN,
                "xorsign" => Mod.XorSign,
                "abs" => Mod.Abs,
                "relu" => Mod.Relu,
                _ => 0,
            };
        }

        return mod;
    }

    private PtxType TypeOf(int fromEnd = 1)
    {
        if (statement.Parts.Length > fromEnd)
        {
            PtxType t = PtxTypeFacts.Parse(statement.Parts[^fromEnd]);
            if (t != None)
            {
                return t;
            }
        }

        throw Unsupported("no known type in its name");
    }

    private bool Has(string part) => Array.IndexOf(statement.Parts, part) > 0;

    private void Three(Op op, PtxType type, uint mod = 0, PtxType? typeB = null)
    {
        int d = Destination(Operand(0), type);
        int a = Source(1, type);
        int b = Source(2, typeB ?? type);
        Emit(new Instruction { Op = op, Type = (byte)type, D = d, A = a, B = b, Mod = mod | Sizes(type, type, typeB ?? type, None) });
    }

    private void Two(Op op, PtxType type, uint mod = 0)
    {
        int d = Destination(Operand(0), type);
        int a = Source(1, type);
        Emit(new Instruction { Op = op, Type = (byte)type, D = d, A = a, B = a, C = a, Mod = mod | Sizes(type, type, type, type) });
    }

    private void Four(Op op, PtxType type, PtxType typeD, PtxType typeC, uint mod = 0, PtxType? typeB = null)
    {
        int d = Destination(Operand(0), typeD);
        int a = Source(1, type);
        int b = Source(2, typeB ?? type);
        int c = Source(3, typeC);
        Emit(new Instruction { Op = op, Type = (byte)type, D = d, A = a, B = b, C = c, Mod = mod | Sizes(typeD, type, typeB ?? type, typeC) });
    }

    private static uint Sizes(PtxType d, PtxType a, PtxType b, PtxType c) =>
        (Wide(d) ? Mod.D64 : 0) | (Wide(a) ? Mod.A64 : 0) | (Wide(b) ? Mod.B64 : 0) | (Wide(c) ? Mod.C64 : 0);

    private static bool Is16(PtxType t) => t is U16 or S16 or B16;

    private static bool Is32(PtxType t) => t is U32 or S32 or B32;

    private static bool Is64(PtxType t) => t is U64 or S64 or B64;

    private static bool IsHalf(PtxType t) => t is F16 or F16x2 or BF16 or BF16x2;

    private static bool IsInteger(PtxType t) => Is16(t) || Is32(t) || Is64(t);

    private void Select()
    {
        switch (statement.Parts[0])
        {
            case "add" or "sub":
                SelectAdd(statement.Parts[0] == "sub");
                break;
            case "mul" or "mul24":
                SelectMultiply();
                break;
            case "mad" or "mad24":
                SelectMultiplyAdd();
                break;
            case "fma":
                SelectFma();
                break;
            case "addc" or "subc" or "madc":
                SelectCarry();
                break;
            case "div":
                SelectDivide();
                break;
            case "rem":
                Three(Op.RemInt, Integer(TypeOf()));
                break;
            case "abs" or "neg":
                SelectAbsNeg(statement.Parts[0] == "neg");
                break;
            case "min" or "max":
                SelectMinMax(statement.Parts[0] == "max");
                break;
            case "sad":
                Four(Op.Sad, TypeOf(), TypeOf(), TypeOf());
                break;
            case "dp4a" or "dp2a":
                SelectDot();
                break;
            case "popc" or "clz":
                SelectCount(statement.Parts[0] == "popc" ? Op.Popc : Op.Clz, 0);
                break;
            case "bfind":
                SelectCount(Op.Bfind, Has("shiftamt") ? Mod.Sat : 0);
                break;
            case "fns":
                Four(Op.Fns, B32, B32, B32);
                break;
            case "brev":
                Two(Op.Brev, TypeOf());
                break;
            case "bfe":
                Four(Op.Bfe, TypeOf(), TypeOf(), U32, 0, U32);
                break;
            case "bfi":
                SelectBitInsert();
                break;
            case "szext":
                Three(Op.Szext, TypeOf(), Has("wrap") ? Mod.Sat : 0, U32);
                break;
            case "bmsk":
                Three(Op.Bmsk, B32, Has("wrap") ? Mod.Sat : 0);
                break;
            case "prmt":
                Prmt();
                break;
            case "shf":
                Four(Op.Shf, B32, B32, U32, (Has("l") ? Mod.Max : 0) | (Has("wrap") ? Mod.Sat : 0));
                break;
            case "lop3":
                SelectLop3();
                break;
            case "and" or "or" or "xor":
                SelectLogic();
                break;
            case "not":
                SelectNot();
                break;
            case "cnot":
                Two(Op.CNot, TypeOf());
                break;
            case "shl" or "shr":
                SelectShift();
                break;
            case "setp":
                SelectSetp();
                break;
            case "set":
                SelectSet();
                break;
            case "selp":
                SelectSelp();
                break;
            case "slct":
                SelectSlct();
                break;
            case "rcp" or "sqrt" or "rsqrt" or "sin" or "cos" or "lg2" or "ex2" or "tanh":
                SelectSpecialFunction();
                break;
            case "testp":
                SelectTestp();
                break;
            case "copysign":
                Three(Op.Copysign, TypeOf());
                break;
            case "mov":
                SelectMov();
                break;
            case "cvt":
                SelectCvt();
                break;
            case "cvta":
                SelectCvta();
                break;
            case "isspacep":
                SelectIsSpace();
                break;
            case "ld" or "ldu":
                SelectLoad();
                break;
            case "st" or "red" when Has("async"):
                SelectStoreAsync();
                break;
            case "st":
                SelectStore();
                break;
            case "atom" or "red":
                SelectAtomic(statement.Parts[0] == "red");
                break;
            case "mma":
                SelectMma();
                break;
            case "wgmma":
                SelectWarpgroup();
                break;
            case "wmma":
                SelectWmma();
                break;
            case "ldmatrix":
                SelectLoadMatrix();
                break;
            case "stmatrix":
                SelectStoreMatrix();
                break;
            case "movmatrix":
                SelectMoveMatrix();
                break;
            case "bra":
                SelectBranch();
                break;
            case "brx":
                SelectBranchTable();
                break;
            case "call":
                SelectCall();
                break;
            case "ret":
                SelectReturn();
                break;
            case "exit":
                Emit(new Instruction { Op = Op.Exit });
                break;
            case "trap":
                Emit(new Instruction { Op = Op.Trap });
                break;
            case "brkpt" or "pmevent" or "griddepcontrol" or "setmaxnreg":
                Emit(new Instruction { Op = Op.Nop });
                break;
            case "membar" or "fence":
                Emit(Has("proxy") ? new Instruction { Op = Op.Nop } : new Instruction { Op = Op.Fence, Mod = Order() });
                break;
            case "nanosleep":
                Emit(new Instruction { Op = Op.NanoSleep });
                break;
            case "prefetch" or "prefetchu" or "applypriority" or "discard":
                Emit(new Instruction { Op = Op.Prefetch });
                break;
            case "createpolicy":
                Emit(new Instruction { Op = Op.Mov64, D = Destination(Operand(0), B64), A = builder.Constant(wide: true, 0) });
                break;
            case "shfl":
                SelectShuffle();
                break;
            case "vote":
                SelectVote();
                break;
            case "match":
                SelectMatch();
                break;
            case "redux":
                SelectRedux();
                break;
            case "activemask":
                Emit(new Instruction { Op = Op.ActiveMask, D = Destination(Operand(0), B32) });
                break;
            case "elect":
                SelectElect();
                break;
            case "mbarrier":
                SelectMbarrier();
                break;
            case "mapa" or "getctarank":
                SelectClusterAddress();
                break;
            case "bar" or "barrier":
                SelectBarrier();
                break;
            case "cp":
                SelectAsyncCopy();
                break;
            default:
                throw Unsupported();
        }
    }

    private PtxType Integer(PtxType t) => IsInteger(t) ? t : throw Unsupported();

    private void Prmt()
    {
        int mode = statement.Parts[^1] switch { "b32" => 0, "f4e" => 1, "b4e" => 2, "rc8" => 3, "ecl" => 4, "ecr" => 5, "rc16" => 6, _ => throw Unsupported() };
        int d = Destination(Operand(0), B32);
        Emit(new Instruction { Op = Op.Prmt, Type = (byte)B32, D = d, A = Source(1, B32), B = Source(2, B32), C = Source(3, B32), Imm = mode });
    }

    private void SelectAdd(bool subtract)
    {
        if (statement.Parts[^1] is "u16x2" or "s16x2")
        {
            SelectPair16(0);
            return;
        }

        PtxType t = TypeOf();
        uint mod = Modifiers();
        if (Has("cc"))
        {
            SelectCarry();
            return;
        }

        if (IsHalf(t))
        {
            Half(subtract ? 1 : 0, t, mod, 3);
            return;
        }

        switch (t)
        {
            case F32:
                if ((mod & (Mod.Ftz | Mod.Sat | Mod.RoundMask)) == 0)
                {
                    Three(subtract ? Op.SubF32 : Op.AddF32, t);
                }
                else
                {
                    Three(Op.AddF32X, t, mod | (subtract ? Mod.BNegated : 0));
                }

                break;
            case F64:
                if ((mod & Mod.RoundMask) == 0)
                {
                    Three(subtract ? Op.SubF64 : Op.AddF64, t);
                }
                else
                {
                    Three(Op.AddF64R, t, mod | (subtract ? Mod.BNegated : 0));
                }

                break;
            case S32 when Has("sat"):
                Three(subtract ? Op.SubSat : Op.AddSat, t);
                break;
            case S32 or U32 or B32:
                Three(subtract ? Op.Sub32 : Op.Add32, t);
                break;
            case S64 or U64 or B64:
                Three(subtract ? Op.Sub64 : Op.Add64, t);
                break;
            case S16 or U16 or B16:
                Three(subtract ? Op.Sub16 : Op.Add16, t);
                break;
            default:
                throw Unsupported();
        }
    }

    /// <summary>f16, bf16 and packed arithmetic. Kind: 0 add, 1 sub, 2 mul, 3 fma, 4 min, 5 max.</summary>
    private void Half(int kind, PtxType t, uint mod, int operands)
    {
        int d = Destination(Operand(0), t);
        int a = Source(1, t);
        int b = Source(2, t);
        int c = operands == 4 ? Source(3, t) : a;
        Emit(new Instruction { Op = Op.HalfArithmetic, Type = (byte)t, D = d, A = a, B = b, C = c, Mod = mod, Imm = kind });
    }

    private void SelectMultiply()
    {
        PtxType t = TypeOf();
        uint mod = Modifiers();
        if (statement.Parts[0] == "mul24")
        {
            Three(Op.Mul24, t, Has("hi") ? Mod.Max : 0);
            return;
        }

        if (IsHalf(t))
        {
            Half(2, t, mod, 3);
            return;
        }

        if (t == F32)
        {
            Three((mod & (Mod.Ftz | Mod.Sat | Mod.RoundMask)) == 0 ? Op.MulF32 : Op.MulF32X, t, mod);
        }
        else if (t == F64)
        {
            Three((mod & Mod.RoundMask) == 0 ? Op.MulF64 : Op.MulF64R, t, mod);
        }
        else if (Has("wide"))
        {
            PtxType wide = t switch { S32 => S64, U32 => U64, S16 => S32, U16 => U32, _ => throw Unsupported() };
            int d = Destination(Operand(0), wide);
            Emit(new Instruction
            {
                Op = t switch { S32 => Op.MulWideS32, U32 => Op.MulWideU32, _ => Op.MulWide16 },
                Type = (byte)t, D = d, A = Source(1, t), B = Source(2, t), Mod = Sizes(wide, t, t, None),
            });
        }
        else if (Has("hi"))
        {
            Three(Op.MulHi, Integer(t));
        }
        else
        {
            Three(Is32(t) ? Op.Mul32 : Is64(t) ? Op.Mul64 : Is16(t) ? Op.Mul16 : throw Unsupported(), t);
        }
    }

    private void SelectMultiplyAdd()
    {
        PtxType t = TypeOf();
        if (Has("cc"))
        {
            SelectCarry();
            return;
        }

        if (statement.Parts[0] == "mad24")
        {
            Four(Op.Mad24, t, t, t, (Has("hi") ? Mod.Max : 0) | (Has("sat") ? Mod.Sat : 0));
        }
        else if (t is F32 or F64)
        {
            SelectFma();
        }
        else if (Has("wide"))
        {
            PtxType wide = t switch { S32 => S64, U32 => U64, S16 => S32, U16 => U32, _ => throw Unsupported() };
            Four(t switch { S32 => Op.MadWideS32, U32 => Op.MadWideU32, _ => Op.MadWide16 }, t, wide, wide);
        }
        else if (Has("hi"))
        {
            Four(Has("sat") ? Op.MadSat : Op.MadHi, Integer(t), t, t);
        }
        else
        {
            Four(Is32(t) ? Op.Mad32 : Is64(t) ? Op.Mad64 : Is16(t) ? Op.Mad16 : throw Unsupported(), t, t, t);
        }
    }

    private void SelectFma()
    {
        PtxType t = TypeOf();
        uint mod = Modifiers();
        if (Has("oob"))
        {
            throw Unsupported("the pattern of an OOB NaN is not documented");
        }

        if (IsHalf(t))
        {
            Half(3, t, mod, 4);
        }
        else if (t == F32)
        {
            Four((mod & (Mod.Ftz | Mod.Sat | Mod.RoundMask)) == 0 ? Op.FmaF32 : Op.FmaF32X, t, t, t, mod);
        }
        else if (t == F64)
        {
            Four((mod & Mod.RoundMask) == 0 ? Op.FmaF64 : Op.FmaF64R, t, t, t, mod);
        }
        else
        {
            throw Unsupported();
        }
    }

    /// <summary>Extended precision (PTX ISA §9.7.2). Imm: 0 add, 1 sub, 2 mad.lo, 3 mad.hi; Sat: reads the carry, Max: writes it.</summary>
    private void SelectCarry()
    {
        PtxType t = TypeOf();
        if (!Is32(t) && !Is64(t))
        {
            throw Unsupported();
        }

        string name = statement.Parts[0];
        bool multiply = name.StartsWith("mad", StringComparison.Ordinal);
        int d = Destination(Operand(0), t);
        int a = Source(1, t);
        int b = Source(2, t);
        int c = multiply ? Source(3, t) : a;
        int kind = multiply ? (Has("hi") ? 3 : 2) : name.StartsWith("sub", StringComparison.Ordinal) ? 1 : 0;
        Emit(new Instruction
        {
            Op = Op.Carry, Type = (byte)t, D = d, A = a, B = b, C = c, Imm = kind,
            Mod = (name.EndsWith('c') ? Mod.Sat : 0) | (Has("cc") ? Mod.Max : 0) | Sizes(t, t, t, t),
        });
    }

    private void SelectDivide()
    {
        PtxType t = TypeOf();
        uint mod = Modifiers();
        if (t == F32)
        {
            Three(Op.DivF32, t, mod | (Has("approx") ? Mod.Max : 0));
        }
        else if (t == F64)
        {
            Three((mod & Mod.RoundMask) == 0 ? Op.DivF64 : Op.DivF64R, t, mod);
        }
        else
        {
            Three(Op.DivInt, Integer(t));
        }
    }

    private void SelectAbsNeg(bool negate)
    {
        PtxType t = TypeOf();
        uint mod = Modifiers() & ~Mod.Abs;
        if (IsHalf(t))
        {
            Two(Op.HalfUnary, t, mod | (negate ? Mod.Max : 0));
        }
        else if (t == F32)
        {
            if ((mod & Mod.Ftz) != 0)
            {
                // Through the flushing multiplication: ±1 · x; the absolute value is taken by the flag.
                int d = Destination(Operand(0), t);
                int a = Source(1, t);
                int one = builder.Constant(wide: false, negate ? 0xBF800000u : 0x3F800000u);
                Emit(new Instruction { Op = Op.MulF32X, Type = (byte)t, D = d, A = a, B = one, Mod = mod | (negate ? 0 : Mod.Abs) });
            }
            else
            {
                Two(negate ? Op.NegF32 : Op.AbsF32, t);
            }
        }
        else if (t == F64)
        {
            Two(negate ? Op.NegF64 : Op.AbsF64, t);
        }
        else if (t == S32)
        {
            Two(negate ? Op.Neg32 : Op.Abs32, t);
        }
        else
        {
            Two(negate ? Op.NegInt : Op.AbsInt, Integer(t));
        }
    }

    private void SelectMinMax(bool max)
    {
        if (statement.Parts[^1] is "u16x2" or "s16x2")
        {
            SelectPair16(max ? 2 : 1);
            return;
        }

        PtxType t = TypeOf();
        uint mod = Modifiers();
        if (statement.Operands.Count > 3)
        {
            throw Unsupported("three inputs");
        }

        switch (t)
        {
            case F16 or F16x2 or BF16 or BF16x2:
                Half(max ? 5 : 4, t, mod, 3);
                break;
            case F32:
                if ((mod & (Mod.Ftz | Mod.NaN | Mod.XorSign)) == 0)
                {
                    Three(max ? Op.MaxF32 : Op.MinF32, t);
                }
                else
                {
                    Three(Op.MinMaxF32X, t, (mod & ~Mod.Abs) | (max ? Mod.Max : 0));
                }

                break;
            case F64:
                Three(max ? Op.MaxF64 : Op.MinF64, t);
                break;
            case S32 when !Has("relu"):
                Three(max ? Op.MaxS32 : Op.MinS32, t);
                break;
            case U32:
                Three(max ? Op.MaxU32 : Op.MinU32, t);
                break;
            case S16 or U16 or S64 or U64 or S32:
                Three(max ? Op.MaxInt : Op.MinInt, t, mod & Mod.Relu);
                break;
            default:
                throw Unsupported();
        }
    }

    private void SelectDot()
    {
        PtxType ta = TypeOf(2);
        PtxType tb = TypeOf();
        int d = Destination(Operand(0), S32);
        Emit(new Instruction
        {
            Op = statement.Parts[0] == "dp4a" ? Op.Dp4a : Op.Dp2a, Type = (byte)ta, Type2 = (byte)tb,
            D = d, A = Source(1, B32), B = Source(2, B32), C = Source(3, B32), Mod = Has("hi") ? Mod.Max : 0,
        });
    }

    private void SelectCount(Op op, uint mod)
    {
        PtxType t = TypeOf();
        int d = Destination(Operand(0), U32);
        int a = Source(1, t);
        Emit(new Instruction { Op = op, Type = (byte)t, D = d, A = a, B = a, C = a, Mod = mod | (Wide(t) ? Mod.A64 | Mod.B64 | Mod.C64 : 0) });
    }

    private void SelectBitInsert()
    {
        // bfi d, a, b, c, len: a fourth source in D2.
        PtxType t = TypeOf();
        int d = Destination(Operand(0), t);
        Emit(new Instruction
        {
            Op = Op.Bfi, Type = (byte)t, D = d, A = Source(1, t), B = Source(2, t), C = Source(3, U32), D2 = Source(4, U32), Mod = Sizes(t, t, t, U32),
        });
    }

    private void SelectLop3()
    {
        if (Operand(0).Kind == PtxOperandKind.Pair)
        {
            SelectLop3WithPredicate();
            return;
        }

        int d = Destination(Operand(0), B32);
        PtxOperand table = Operand(4);
        if (table.Kind != PtxOperandKind.Immediate)
        {
            throw Bad("the table must be a number", table.Column);
        }

        Emit(new Instruction { Op = Op.Lop3, Type = (byte)B32, D = d, A = Source(1, B32), B = Source(2, B32), C = Source(3, B32), Imm = table.Bits & 255 });
    }

    private void SelectLogic()
    {
        PtxType t = TypeOf();
        string name = statement.Parts[0];
        if (t == Pred)
        {
            int d = PredicateDestination(Operand(0));
            int a = PredicateSource(Operand(1));
            int b = PredicateSource(Operand(2));
            Emit(new Instruction
            {
                Op = name switch { "and" => Op.AndPred, "or" => Op.OrPred, _ => Op.XorPred }, D = d, A = a, B = b,
                Mod = (Operand(1).Negated ? Mod.ANegated : 0) | (Operand(2).Negated ? Mod.BNegated : 0),
            });
            return;
        }

        if (Wide(t))
        {
            Three(name switch { "and" => Op.And64, "or" => Op.Or64, _ => Op.Xor64 }, t);
        }
        else
        {
            Three(name switch { "and" => Op.And32, "or" => Op.Or32, _ => Op.Xor32 }, t);
        }
    }

    private void SelectNot()
    {
        PtxType t = TypeOf();
        if (t == Pred)
        {
            int d = PredicateDestination(Operand(0));
            Emit(new Instruction { Op = Op.NotPred, D = d, A = PredicateSource(Operand(1)) });
            return;
        }

        Two(Wide(t) ? Op.Not64 : Is16(t) ? Op.NotB16 : Op.Not32, t);
    }

    private void SelectShift()
    {
        PtxType t = TypeOf();
        bool left = statement.Parts[0] == "shl";
        bool signed = t.IsSigned();
        int d = Destination(Operand(0), t);
        int a = Source(1, t);
        PtxOperand count = Operand(2);
        if (count.Kind == PtxOperandKind.Immediate && !Is16(t))
        {
            int bits = Wide(t) ? 64 : 32;
            long n = Math.Min((ulong)(uint)count.Bits, (ulong)bits) is var c ? (long)c : 0;
            if (n < bits || signed)
            {
                n = Math.Min(n, bits - 1);
                Op op = Wide(t)
                    ? left ? Op.Shl64I : signed ? Op.ShrS64I : Op.ShrU64I
                    : left ? Op.Shl32I : signed ? Op.ShrS32I : Op.ShrU32I;
                Emit(new Instruction { Op = op, Type = (byte)t, D = d, A = a, Imm = n });
            }
            else
            {
                Emit(new Instruction { Op = Wide(t) ? Op.Mov64 : Op.Mov32, Type = (byte)t, D = d, A = builder.Constant(Wide(t), 0) });
            }

            return;
        }

        int b = Source(count, U32);
        if (Is32(t))
        {
            Emit(new Instruction { Op = left ? Op.ShlVar32 : signed ? Op.ShrVarS32 : Op.ShrVarU32, Type = (byte)t, D = d, A = a, B = b });
        }
        else
        {
            Emit(new Instruction { Op = left ? Op.ShlVar : Op.ShrVar, Type = (byte)t, D = d, A = a, B = b, C = b, Mod = Sizes(t, t, U32, U32) });
        }
    }

    private Cmp ParseCmp(string s) => s switch
    {
        "eq" => Cmp.Eq,
        "ne" => Cmp.Ne,
        "lt" => Cmp.Lt,
        "le" => Cmp.Le,
        "gt" => Cmp.Gt,
        "ge" => Cmp.Ge,
        "lo" => Cmp.Lo,
        "ls" => Cmp.Ls,
        "hi" => Cmp.Hi,
        "hs" => Cmp.Hs,
        "equ" => Cmp.Equ,
        "neu" => Cmp.Neu,
        "ltu" => Cmp.Ltu,
        "leu" => Cmp.Leu,
        "gtu" => Cmp.Gtu,
        "geu" => Cmp.Geu,
        "num" => Cmp.Num,
        "nan" => Cmp.Nan,
        _ => throw Unsupported($"comparison '{s}'"),
    };

    private void SelectSetp()
    {
        PtxType t = TypeOf();
        Cmp cmp = ParseCmp(statement.Parts.Length > 1 ? statement.Parts[1] : "");
        uint mod = Modifiers() & Mod.Ftz;
        PtxOperand target = Operand(0);
        int d, d2 = 0;
        if (target.Kind == PtxOperandKind.Pair)
        {
            d = PredicateDestination(target.Parts[0]);
            d2 = PredicateDestination(target.Parts[1]);
        }
        else
        {
            d = PredicateDestination(target);
        }

        int a = Source(1, t);
        int b = Source(2, t);
        int c = 0;
        if (statement.Operands.Count > 3)
        {
            uint combine = Has("and") ? 1u : Has("or") ? 2u : Has("xor") ? 3u : throw Bad("a third operand without and, or, xor");
            c = PredicateSource(Operand(3));
            mod |= (combine << Mod.BoolShift) | (Operand(3).Negated ? Mod.BoolNegated : 0);
        }

        if (IsHalf(t))
        {
            Emit(new Instruction { Op = Op.SetpHalf, Type = (byte)t, D = d, D2 = d2, A = a, B = b, C = c, Mod = mod | ((uint)cmp << Mod.CmpShift) });
            return;
        }

        if (t == F64 || Is16(t) || (t == F32 && (mod & Mod.Ftz) != 0))
        {
            Op op = t == F64 ? Op.SetpF64 : Op.SetpLane;
            Emit(new Instruction { Op = op, Type = (byte)t, D = d, D2 = d2, A = a, B = b, C = c, Mod = mod | ((uint)cmp << Mod.CmpShift) | Sizes(None, t, t, None) });
            return;
        }

        // Six comparisons become three with operands exchanged or the result inverted.
        bool swap = false, invert = false;
        Op setp;
        if (t == F32)
        {
            switch (cmp)
            {
                case Cmp.Gt or Cmp.Ge or Cmp.Gtu or Cmp.Geu:
                    // gtu is not le; geu is not lt; gt is lt exchanged.
                    swap = cmp is Cmp.Gt or Cmp.Ge;
                    invert = !swap;
                    setp = cmp is Cmp.Gt or Cmp.Geu ? Op.SetpLtF32 : Op.SetpLeF32;
                    break;
                case Cmp.Lt or Cmp.Le:
                    setp = cmp == Cmp.Lt ? Op.SetpLtF32 : Op.SetpLeF32;
                    break;
                case Cmp.Ltu or Cmp.Leu:
                    swap = true;
                    invert = true;
                    setp = cmp == Cmp.Ltu ? Op.SetpLeF32 : Op.SetpLtF32;
                    break;
                case Cmp.Eq:
                    setp = Op.SetpEqF32;
                    break;
                case Cmp.Neu:
                    setp = Op.SetpEqF32;
                    invert = true;
                    break;
                case Cmp.Ne:
                    setp = Op.SetpNeF32;
                    break;
                case Cmp.Equ:
                    setp = Op.SetpNeF32;
                    invert = true;
                    break;
                case Cmp.Num:
                    setp = Op.SetpNumF32;
                    break;
                case Cmp.Nan:
                    setp = Op.SetpNumF32;
                    invert = true;
                    break;
                default:
                    throw Unsupported();
            }
        }
        else if (Is32(t) || Is64(t))
        {
            bool unsigned = t is U32 or U64 or B32 or B64 || cmp is Cmp.Lo or Cmp.Ls or Cmp.Hi or Cmp.Hs;
            cmp = cmp switch { Cmp.Lo => Cmp.Lt, Cmp.Ls => Cmp.Le, Cmp.Hi => Cmp.Gt, Cmp.Hs => Cmp.Ge, _ => cmp };
            swap = cmp is Cmp.Gt or Cmp.Le;
            invert = cmp is Cmp.Le or Cmp.Ge or Cmp.Ne;
            setp = cmp is Cmp.Eq or Cmp.Ne
                ? Wide(t) ? Op.SetpEq64 : Op.SetpEq32
                : cmp is Cmp.Lt or Cmp.Gt or Cmp.Le or Cmp.Ge
                    ? Wide(t) ? (unsigned ? Op.SetpLtU64 : Op.SetpLtS64) : unsigned ? Op.SetpLtU32 : Op.SetpLtS32
                    : throw Unsupported();
        }
        else
        {
            throw Unsupported();
        }

        Emit(new Instruction { Op = setp, Type = (byte)t, D = d, D2 = d2, A = swap ? b : a, B = swap ? a : b, C = c, Mod = mod | (invert ? Mod.Invert : 0) });
    }

    private void SelectSet()
    {
        PtxType source = TypeOf();
        PtxType result = TypeOf(2);
        Cmp cmp = ParseCmp(statement.Parts[1]);
        int d = Destination(Operand(0), result);
        int a = Source(1, source);
        int b = Source(2, source);
        uint combine = 0;
        int c = 0;
        if (statement.Operands.Count > 3)
        {
            combine = (Has("and") ? 1u : Has("or") ? 2u : Has("xor") ? 3u : throw Bad("a third operand without and, or, xor")) << Mod.BoolShift;
            combine |= Operand(3).Negated ? Mod.BoolNegated : 0;
            c = PredicateSource(Operand(3));
        }

        Emit(new Instruction
        {
            Op = Op.Set, Type = (byte)source, Type2 = (byte)result, D = d, A = a, B = b, C = b, D2 = c,
            Mod = (Modifiers() & Mod.Ftz) | combine | ((uint)cmp << Mod.CmpShift) | Sizes(result, source, source, source),
        });
    }

    private void SelectSelp()
    {
        PtxType t = TypeOf();
        int d = Destination(Operand(0), t);
        int a = Source(1, t);
        int b = Source(2, t);
        int c = PredicateSource(Operand(3));
        bool negated = Operand(3).Negated;
        Emit(new Instruction { Op = Wide(t) ? Op.Selp64 : Op.Selp32, Type = (byte)t, D = d, A = negated ? b : a, B = negated ? a : b, C = c });
    }

    private void SelectSlct()
    {
        PtxType t = TypeOf(2);
        PtxType tc = TypeOf();
        int d = Destination(Operand(0), t);
        Emit(new Instruction { Op = Op.Slct, Type = (byte)t, Type2 = (byte)tc, D = d, A = Source(1, t), B = Source(2, t), C = Source(3, tc), Mod = (Modifiers() & Mod.Ftz) | Sizes(t, t, t, None) });
    }

    private void SelectSpecialFunction()
    {
        PtxType t = TypeOf();
        uint mod = Modifiers();
        string name = statement.Parts[0];
        if (t == F32)
        {
            Two(name switch
            {
                "rcp" => Op.RcpF32,
                "sqrt" => Op.SqrtF32,
                "rsqrt" => Op.RsqrtF32,
                "sin" => Op.SinF32,
                "cos" => Op.CosF32,
                "lg2" => Op.Lg2F32,
                "ex2" => Op.Ex2F32,
                _ => Op.TanhF32,
            }, t, mod | (Has("approx") ? Mod.Max : 0));
        }
        else if (t == F64)
        {
            Two(name switch
            {
                "rcp" => Has("approx") ? Op.RcpF64Approx : Op.RcpF64,
                "sqrt" => Op.SqrtF64,
                "rsqrt" => Op.RsqrtF64,
                _ => throw Unsupported(),
            }, t, mod);
        }
        else if (IsHalf(t) && name is "ex2" or "tanh")
        {
            Two(Op.HalfUnary, t, mod | Mod.Relu | (name == "tanh" ? Mod.NaN : 0));
        }
        else
        {
            throw Unsupported();
        }
    }

    private void SelectTestp()
    {
        PtxType t = TypeOf();
        int d = PredicateDestination(Operand(0));
        int a = Source(1, t);
        int kind = statement.Parts[1] switch { "finite" => 0, "infinite" => 1, "number" => 2, "notanumber" => 3, "normal" => 4, "subnormal" => 5, _ => throw Unsupported() };
        Emit(new Instruction { Op = Op.SetpLane, Type = (byte)t, D = d, A = a, B = a, Imm = kind + 1, Mod = Sizes(None, t, t, None) });
    }

    private void SelectMov()
    {
        PtxType t = TypeOf();
        PtxOperand d = Operand(0);
        PtxOperand a = Operand(1);
        if (t == Pred)
        {
            int target = PredicateDestination(d);
            if (a is { Kind: PtxOperandKind.Register, Name: "%is_explicit_cluster" })
            {
                Emit(new Instruction { Op = Op.SetpEq32, D = target, A = builder.Special(a.Name), B = builder.Constant(false, a.Negated ? 0u : 1u) });
                return;
            }

            Emit(new Instruction { Op = a.Negated ? Op.NotPred : Op.MovPred, D = target, A = PredicateSource(a) });
            return;
        }

        if (t == B128)
        {
            SelectMoveOf128(d, a);
            return;
        }

        if (a.Kind == PtxOperandKind.Vector)
        {
            int count = a.Parts.Count;
            PtxType element = (t.Size() / Math.Max(1, count)) switch { 1 => B8, 2 => B16, 4 => B32, _ => throw Unsupported() };
            int start = builder.Extra.Count;
            int[] rows = [.. a.Parts.Select(p => Source(p, element == B8 ? B16 : element))];
            builder.Extra.AddRange(rows);
            Emit(new Instruction { Op = Op.Pack, Type = (byte)t, Type2 = (byte)element, D = Destination(d, t), C = start, D2 = count });
            return;
        }

        if (d.Kind == PtxOperandKind.Vector)
        {
            int count = d.Parts.Count;
            PtxType element = (t.Size() / Math.Max(1, count)) switch { 1 => B8, 2 => B16, 4 => B32, _ => throw Unsupported() };
            int source = Source(a, t);
            int start = builder.Extra.Count;
            int[] rows = [.. d.Parts.Select(p => p.Kind == PtxOperandKind.Sink ? 0 : Destination(p, element == B8 ? B16 : element))];
            builder.Extra.AddRange(rows);
            Emit(new Instruction { Op = Op.Unpack, Type = (byte)t, Type2 = (byte)element, A = source, C = start, D2 = count });
            return;
        }

        if (a.Kind == PtxOperandKind.Register && a.Name.StartsWith('%') && a.Name is "%clock" or "%clock_hi" or "%clock64" or "%globaltimer" or "%globaltimer_lo" or "%globaltimer_hi")
        {
            builder.AddUnranked(a.Name);
            int kind = a.Name switch { "%clock" or "%clock64" => 0, "%clock_hi" => 1, "%globaltimer" or "%globaltimer_lo" => 2, _ => 3 };
            Emit(new Instruction { Op = Op.Clock, D = Destination(d, t), Imm = kind, Mod = Wide(t) ? Mod.D64 : 0 });
            return;
        }

        if (a.Kind == PtxOperandKind.Symbol && frame.Slots.TryGetValue(a.Name, out int slot))
        {
            Emit(new Instruction { Op = Op.FrameAddress, D = Destination(d, B64), Imm = slot + a.Bits });
            return;
        }

        int to = Destination(d, t);
        int from = Source(a, t);
        Emit(new Instruction { Op = Wide(t) ? Op.Mov64 : Op.Mov32, Type = (byte)t, D = to, A = from });
    }

    private void SelectCvt()
    {
        uint mod = Modifiers();
        if (Has("pack"))
        {
            SelectPackConversion();
            return;
        }

        PtxType to = TypeOf(2);
        PtxType from = TypeOf();
        if (to is F16x2 or BF16x2 && from == F32)
        {
            int d2 = Destination(Operand(0), B32);
            Emit(new Instruction
            {
                Op = to == F16x2 ? Op.CvtF16x2F32 : Op.CvtBF16x2F32, Type = (byte)to, D = d2, A = Source(1, F32), B = Source(2, F32), Mod = mod,
            });
            return;
        }

        if ((to is E4M3x2 or E5M2x2 && from is F32 or F16x2) || (to == F16x2 && from is E4M3x2 or E5M2x2))
        {
            int pair = Destination(Operand(0), to == F16x2 ? B32 : B16);
            int first = Source(1, from == F32 ? F32 : from == F16x2 ? B32 : B16);
            Emit(new Instruction
            {
                Op = Op.CvtPack2, Type = (byte)to, Type2 = (byte)from, D = pair, A = first, B = from == F32 ? Source(2, F32) : first, C = first, Mod = mod,
            });
            return;
        }

        if (to is E4M3x2 or E5M2x2 or F16x2 or BF16x2 || from is E4M3x2 or E5M2x2 or F16x2 or BF16x2)
        {
            throw Unsupported();
        }

        // The register may be wider than the type that is converted to or from (PTX ISA §9.4.1).
        PtxOperand dst = Operand(0), src = Operand(1);
        PtxType dRegister = dst.Kind == PtxOperandKind.Register && registers.TryGetValue(dst.Name, out RegisterPlace dp) ? dp.Type : to;
        PtxType aRegister = src.Kind == PtxOperandKind.Register && registers.TryGetValue(src.Name, out RegisterPlace ap) ? ap.Type : from;
        if (Wide(to) && !Wide(dRegister))
        {
            throw Bad($"'{dst.Name}' cannot hold {to}", dst.Column);
        }

        int d = Destination(dst, dRegister);
        int a = Source(src, Wide(aRegister) == Wide(from) ? from : aRegister);
        bool plainWidths = Wide(dRegister) == Wide(to) && Wide(aRegister) == Wide(from);
        bool noFlush = (mod & (Mod.Ftz | Mod.Sat | Mod.Relu)) == 0;
        uint round = mod & Mod.RoundMask;
        Op op = Op.Cvt;
        if (plainWidths)
        {
            op = (to, from) switch
            {
                (S64 or U64 or B64, S32) when noFlush => Op.CvtS64S32,
                (S64 or U64 or B64, U32 or B32) when noFlush => Op.CvtU64U32,
                (S32 or U32 or B32, S64 or U64 or B64) when noFlush => Op.Cvt32From64,
                (F32, S32) when round == 0 && noFlush => Op.CvtF32S32,
                (F32, U32) when round == 0 && noFlush => Op.CvtF32U32,
                (S32, F32) => Op.CvtS32F32,
                (U32, F32) => Op.CvtU32F32,
                (F32, F32) => Op.CvtF32F32,
                (F64, F32) when noFlush => Op.CvtF64F32,
                (F32, F64) when round == 0 && noFlush => Op.CvtF32F64,
                (F32, F16) when noFlush => Op.CvtF32F16,
                (F16, F32) when round == 0 && noFlush => Op.CvtF16F32,
                (F32, BF16) when noFlush => Op.CvtF32BF16,
                (BF16, F32) when round == 0 && noFlush => Op.CvtBF16F32,
                (U32 or S32 or B32, U16 or B16) when noFlush => Op.And32,
                (U32, U32) or (S32, S32) => Op.Mov32,
                _ => Op.Cvt,
            };
        }

        // Above a 16-bit register's bits may stand anything.
        int b = op == Op.And32 ? builder.Constant(wide: false, 0xffff) : a;
        Emit(new Instruction
        {
            Op = op, Type = (byte)to, Type2 = (byte)from, D = d, A = a, B = b, C = a,
            Mod = mod | (Wide(dRegister) ? Mod.D64 : 0) | (Wide(aRegister) ? Mod.A64 | Mod.B64 | Mod.C64 : 0),
        });
    }

    private void SelectCvta()
    {
        PtxType t = TypeOf();
        if (t != U64)
        {
            throw Unsupported("32-bit generic addresses");
        }

        bool toSpace = Has("to");
        string spaceName = statement.Parts.FirstOrDefault(p => p is "global" or "shared" or "local" or "const" or "param" || p.StartsWith("shared::", StringComparison.Ordinal) || p.StartsWith("param::", StringComparison.Ordinal))
            ?? throw Bad("expected a state space: .global, .shared, .local, .const or .param");
        PtxOperand a = Operand(1);
        int d = Destination(Operand(0), U64);
        ulong window = spaceName switch
        {
            "local" => Execution.AddressWindow.Local,
            "global" or "const" => 0,
            _ when spaceName.StartsWith("param", StringComparison.Ordinal) => Execution.AddressWindow.Parameter,
            _ => Execution.AddressWindow.Shared,
        };
        if (a.Kind == PtxOperandKind.Symbol && frame.Slots.TryGetValue(a.Name, out int slot))
        {
            Emit(new Instruction { Op = Op.FrameAddress, D = d, Imm = slot + a.Bits, Mod = Mod.Max });
            return;
        }

        int source = Source(a, U64);
        if (window == 0)
        {
            Emit(new Instruction { Op = Op.Mov64, D = d, A = source });
        }
        else
        {
            Emit(new Instruction { Op = toSpace ? Op.Sub64 : Op.Add64, D = d, A = source, B = builder.Constant(wide: true, window) });
        }
    }

    private void SelectIsSpace()
    {
        int d = PredicateDestination(Operand(0));
        int space = statement.Parts[1] switch
        {
            "global" => 0,
            "const" => 1,
            "local" => 2,
            "param" or "param::entry" => 4,
            var s when s.StartsWith("shared", StringComparison.Ordinal) => 3,
            _ => throw Unsupported(),
        };
        Emit(new Instruction { Op = Op.IsSpace, D = d, A = Source(1, U64), Imm = space });
    }
}
