namespace KernelForge.Simulator.Lowering;

/// <summary>
/// What the interpreter dispatches on. The first group stands in its hot switch; <see cref="LaneFirst"/> and after are evaluated
/// lane by lane; the groups between are vector code outside the hot method.
/// </summary>
internal enum Op : ushort
{
    Nop,
    Bra,
    BraCond,
    BrxIdx,
    Converge,
    Exit,
    Ret,
    Call,
    Trap,

    Mov32,
    Mov64,
    MovPred,
    Add32,
    Sub32,
    Mul32,
    Mad32,
    MulWideS32,
    MulWideU32,
    MadWideS32,
    MadWideU32,
    And32,
    Or32,
    Xor32,
    Not32,
    Shl32I,
    ShrU32I,
    ShrS32I,
    MinS32,
    MaxS32,
    MinU32,
    MaxU32,
    Neg32,
    Abs32,
    AddF32,
    SubF32,
    MulF32,
    FmaF32,
    MinF32,
    MaxF32,
    NegF32,
    AbsF32,
    Selp32,
    Selp64,
    Add64,
    Sub64,
    Mul64,
    And64,
    Or64,
    Xor64,
    Not64,
    Shl64I,
    ShrU64I,
    ShrS64I,
    CvtS64S32,
    CvtU64U32,
    Cvt32From64,
    SetpEq32,
    SetpLtS32,
    SetpLtU32,
    SetpEqF32,
    SetpLtF32,
    SetpLeF32,
    SetpNumF32,
    SetpNeF32,
    SetpEq64,
    SetpLtS64,
    SetpLtU64,
    AndPred,
    OrPred,
    XorPred,
    NotPred,
    LdParam,
    Ld32Global,
    Ld32Shared,
    St32Global,
    St32Shared,
    Ld,
    St,

    // Vector code in FloatUnit.
    FloatFirst,
    Ex2F32,
    Lg2F32,
    SinF32,
    CosF32,
    TanhF32,
    RcpF32,
    RsqrtF32,
    SqrtF32,
    DivF32,
    AddF32X,
    MulF32X,
    FmaF32X,
    MinMaxF32X,
    CvtF32S32,
    CvtF32U32,
    CvtS32F32,
    CvtU32F32,
    CvtF32F32,
    CvtF64F32,
    CvtF32F64,
    CvtF32F16,
    CvtF16F32,
    CvtF32BF16,
    CvtBF16F32,
    CvtF16x2F32,
    CvtBF16x2F32,
    AddF64,
    SubF64,
    MulF64,
    FmaF64,
    DivF64,
    SetpF64,
    HalfArithmetic,
    SetpHalf,
    ShlVar32,
    ShrVarU32,
    ShrVarS32,
    FloatLast,

    // Warp-wide, memory and control operations in their own methods.
    Shfl,
    Vote,
    Match,
    Redux,
    ActiveMask,
    Elect,
    BarWarpSync,
    BarSync,
    BarArrive,
    BarRed,
    Fence,
    NanoSleep,
    Clock,
    Pack,
    Unpack,
    Atom,
    Prefetch,
    Carry,
    SetpLane,
    Printf,
    AssertFail,
    IsSpace,
    MatchAll,
    LdParamSlot,
    StParamSlot,
    FrameAddress,
    MovLaneMask,
    GridConstantAddress,
    DeviceMalloc,
    DeviceFree,
    LdMatrix,
    StMatrix,
    MoveMatrix,
    Mma,
    Wgmma,

    // Asynchronous copies, mbarriers and clusters (AsyncUnit).
    AsyncFirst,
    CpAsync,
    CpAsyncCommit,
    CpAsyncWait,
    CpAsyncArrive,
    Mbarrier,
    MbarrierWait,
    Bulk,
    BulkCommit,
    BulkWait,
    StAsync,
    ClusterArrive,
    ClusterWait,
    MapShared,
    SharedRank,
    AsyncLast,

    // One lane at a time (LaneUnit.Evaluate).
    LaneFirst,
    Add16,
    Sub16,
    Mul16,
    Mad16,
    MulWide16,
    MadWide16,
    MulHi,
    MadHi,
    Mad64,
    Mul24,
    Mad24,
    DivInt,
    RemInt,
    AbsInt,
    NegInt,
    MinInt,
    MaxInt,
    Sad,
    Dp4a,
    Dp2a,
    Popc,
    Clz,
    Bfind,
    Fns,
    Brev,
    Bfe,
    Bfi,
    Prmt,
    Shf,
    Lop3,
    ShlVar,
    ShrVar,
    Slct,
    Set,
    AddSat,
    SubSat,
    MadSat,
    Cvt,
    CvtPack2,
    NotLogical,
    Testp,
    Copysign,
    AddF64R,
    MulF64R,
    FmaF64R,
    MinF64,
    MaxF64,
    NegF64,
    AbsF64,
    SqrtF64,
    RcpF64,
    RcpF64Approx,
    RsqrtF64,
    HalfUnary,
    NotB16,
    CNot,
    Szext,
    Bmsk,
    Pair16,
    CvtPackInteger,
    DivF64R,
}

/// <summary>Bits of <c>Instruction.Mod</c>.</summary>
internal static class Mod
{
    public const uint Ftz = 1;
    public const uint Sat = 2;
    public const int RoundShift = 2;
    public const uint RoundMask = 7 << RoundShift;
    public const uint RoundNearest = 0;
    public const uint RoundZero = 1 << RoundShift;
    public const uint RoundDown = 2 << RoundShift;
    public const uint RoundUp = 3 << RoundShift;
    public const uint RoundNearestAway = 4 << RoundShift;
    public const uint RoundInteger = 1 << 5;
    public const int CmpShift = 6;
    public const uint CmpMask = 31 << CmpShift;
    public const int BoolShift = 11;
    public const uint BoolMask = 3 << BoolShift;
    public const uint BoolNegated = 1 << 13;
    public const uint Invert = 1 << 14;
    public const uint NaN = 1 << 15;
    public const uint A64 = 1 << 16;
    public const uint B64 = 1 << 17;
    public const uint C64 = 1 << 18;
    public const uint D64 = 1 << 19;
    public const uint XorSign = 1 << 20;
    public const uint Abs = 1 << 21;
    public const uint Relu = 1 << 22;
    public const uint ANegated = 1 << 23;
    public const uint BNegated = 1 << 24;
    public const uint Max = 1 << 25;
    public const uint Volatile = 1 << 26;
    public const uint Unaligned = 1 << 27;
    public const uint CNegated = 1 << 28;

    // Of loads, stores, atomics and fences, which need no rounding.
    public const uint Acquire = Ftz;
    public const uint Release = Sat;
    public const uint BlockScope = RoundInteger;
}

/// <summary>Comparison numbers in <see cref="Mod.CmpMask"/>.</summary>
internal enum Cmp
{
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Lo,
    Ls,
    Hi,
    Hs,
    Equ,
    Neu,
    Ltu,
    Leu,
    Gtu,
    Geu,
    Num,
    Nan,
}

/// <summary>One lowered instruction. Register operands are byte offsets into the warp's register file.</summary>
internal struct Instruction
{
    public Op Op;
    public byte Type;
    public byte Type2;
    public int D;
    public int A;
    public int B;
    public int C;

    /// <summary>Second destination, or another operand.</summary>
    public int D2;

    /// <summary>Offset of the guard predicate; 0: none; negative: negated.</summary>
    public int Guard;
    public uint Mod;
    public long Imm;
}
