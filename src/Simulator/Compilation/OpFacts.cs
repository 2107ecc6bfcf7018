using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>What the compiler knows of each operation: how many rows it reads, how wide its result is, and whether it is compiled at all.</summary>
internal static class OpFacts
{
    /// <summary>Row operands of an operation that works lane by lane (A, then B, then C); 0 for all others.</summary>
    public static int Arity(Op op)
    {
        switch (op)
        {
            case Op.Mov32 or Op.Mov64 or Op.Not32 or Op.Not64 or Op.Neg32 or Op.Abs32 or Op.NegF32 or Op.AbsF32
                or Op.Shl32I or Op.ShrU32I or Op.ShrS32I or Op.Shl64I or Op.ShrU64I or Op.ShrS64I
                or Op.CvtS64S32 or Op.CvtU64U32 or Op.Cvt32From64 or Op.Ex2F32 or Op.Lg2F32 or Op.RcpF32 or Op.RsqrtF32 or Op.SqrtF32
                or Op.CvtF32S32 or Op.CvtF32U32 or Op.CvtS32F32 or Op.CvtU32F32 or Op.CvtF32F32 or Op.CvtF64F32 or Op.CvtF32F64
                or Op.CvtF32BF16 or Op.NegF64 or Op.AbsF64 or Op.SqrtF64:
                return 1;
            case Op.Add32 or Op.Sub32 or Op.Mul32 or Op.MulWideS32 or Op.MulWideU32 or Op.And32 or Op.Or32 or Op.Xor32
                or Op.MinS32 or Op.MaxS32 or Op.MinU32 or Op.MaxU32 or Op.AddF32 or Op.SubF32 or Op.MulF32 or Op.MinF32 or Op.MaxF32
                or Op.Add64 or Op.Sub64 or Op.Mul64 or Op.And64 or Op.Or64 or Op.Xor64 or Op.DivF32 or Op.AddF32X or Op.MulF32X
                or Op.MinMaxF32X or Op.AddF64 or Op.SubF64 or Op.MulF64 or Op.DivF64 or Op.ShlVar32 or Op.ShrVarU32 or Op.ShrVarS32
                or Op.MulHi or Op.DivInt or Op.RemInt:
                return 2;
            case Op.Mad32 or Op.MadWideS32 or Op.MadWideU32 or Op.FmaF32 or Op.FmaF32X or Op.FmaF64 or Op.Lop3 or Op.Mad64 or Op.Shf or Op.Bfe:
                return 3;
            default:
                return 0;
        }
    }

    public static bool IsSetp(Op op) => op is >= Op.SetpEq32 and <= Op.SetpLtU64;

    public static bool IsPredicateLogic(Op op) => op is Op.AndPred or Op.OrPred or Op.XorPred or Op.NotPred or Op.MovPred;

    public static bool IsLoad(Op op) => op is Op.Ld or Op.Ld32Global or Op.Ld32Shared;

    public static bool IsStore(Op op) => op is Op.St or Op.St32Global or Op.St32Shared;

    /// <summary>Nothing but its destinations changes.</summary>
    public static bool IsPure(Op op) => Arity(op) > 0 || IsSetp(op) || IsPredicateLogic(op) || op is Op.Selp32 or Op.Selp64 or Op.LdParam;

    /// <summary>The result of a lane-by-lane operation has 64 bits.</summary>
    public static bool WideResult(in Instruction ins) => ins.Op switch
    {
        Op.Mov64 or Op.Not64 or Op.Shl64I or Op.ShrU64I or Op.ShrS64I or Op.CvtS64S32 or Op.CvtU64U32 or Op.CvtF64F32
            or Op.MulWideS32 or Op.MulWideU32 or Op.MadWideS32 or Op.MadWideU32 or Op.Add64 or Op.Sub64 or Op.Mul64 or Op.And64 or Op.Or64
            or Op.Xor64 or Op.AddF64 or Op.SubF64 or Op.MulF64 or Op.DivF64 or Op.FmaF64 or Op.NegF64 or Op.AbsF64 or Op.SqrtF64
            or Op.Mad64 or Op.Selp64 => true,
        Op.LdParam or Op.DivInt or Op.RemInt or Op.MulHi or Op.Ld => (ins.Mod & Mod.D64) != 0,
        _ => false,
    };

    /// <summary>The compiler makes code for it; all others are left to the interpreter.</summary>
    public static bool IsCompiled(in Instruction ins, VectorSet vectors)
    {
        uint round = ins.Mod & Mod.RoundMask;
        PtxType type = (PtxType)ins.Type;
        switch (ins.Op)
        {
            case Op.Nop or Op.Prefetch or Op.Fence or Op.NanoSleep:
                return true;
            case Op.Bra or Op.BraCond or Op.BarSync:
                return ins.Guard == 0;
            case Op.Exit:
                return ins.Guard == 0;
            case Op.AddF32X or Op.MulF32X or Op.RcpF32 or Op.SqrtF32 or Op.SqrtF64:
                return round == 0;
            case Op.DivF32:
                // Approximate division knows how large the divisor is.
                return round == 0 && (ins.Mod & Mod.Max) == 0;
            case Op.FmaF32X:
                return round == 0 || (round == Mod.RoundDown && Avx512F.IsSupported);
            case Op.MulHi:
                return type is PtxType.U32 or PtxType.S32;
            case Op.Bfe:
                return type is PtxType.U32 or PtxType.S32;
            case Op.DivInt or Op.RemInt:
                // Only where it is one division for all lanes; the analysis looks at that.
                return type is PtxType.U32 or PtxType.S32;
            case Op.ShrS64I or Op.Mul64 or Op.Mad64:
                return true;
            case Op.Ld or Op.St:
                return ins.Guard == 0 && IsCompiledAccess(ins);
            case Op.Ld32Global or Op.Ld32Shared or Op.St32Global or Op.St32Shared:
                return ins.Guard == 0;
            case Op.Atom:
                return ins.Guard == 0 && IsCompiledAtomic(ins);
            case Op.Shfl:
                return ins.Guard == 0;
            case Op.Vote:
                return ins.Guard == 0;
            case Op.Selp32 or Op.Selp64 or Op.LdParam:
                return true;
            default:
                return Arity(ins.Op) > 0 || IsSetp(ins.Op) || IsPredicateLogic(ins.Op);
        }
    }

    private static bool IsCompiledAtomic(in Instruction ins)
    {
        PtxType type = (PtxType)ins.Type;
        bool integer = type is PtxType.U32 or PtxType.S32 or PtxType.B32;
        return (PtxSpace)ins.Type2 switch
        {
            PtxSpace.Shared => integer ? ins.D2 <= 6 : type == PtxType.F32 && ins.D2 == 0,
            PtxSpace.Global => integer && ins.D2 == 0,
            _ => false,
        };
    }

    private static bool IsCompiledAccess(in Instruction ins)
    {
        PtxType type = (PtxType)ins.Type;
        int size = type.Size();
        return (PtxSpace)ins.Type2 is PtxSpace.Global or PtxSpace.Shared or PtxSpace.Constant or PtxSpace.Generic
            && (size == 8 ? (ins.Mod & Mod.D64) != 0 : size == 4 && (ins.Mod & Mod.D64) == 0);
    }
}
