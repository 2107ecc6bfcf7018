namespace KernelForge.Simulator.Parsing;

/// <summary>A variable: global, constant, shared, local or a parameter.</summary>
/// <param name="Name">Its name, made unique where a nested scope declares it again.</param>
/// <param name="Space">Where it lives.</param>
/// <param name="Type">Element type.</param>
/// <param name="Alignment">Bytes.</param>
/// <param name="Size">Bytes; 0 for an array of unknown length (<c>extern .shared</c>).</param>
/// <param name="Initialiser">Bytes of the initialiser, zero-extended to <paramref name="Size"/>; null without one.</param>
/// <param name="Relocations">Places in the initialiser that hold another variable's address.</param>
/// <param name="IsExtern">Declared <c>.extern</c>.</param>
public sealed record PtxVariable(
    string Name, PtxSpace Space, PtxType Type, int Alignment, long Size, byte[]? Initialiser,
    IReadOnlyList<PtxRelocation> Relocations, bool IsExtern)
{
    /// <summary>Bytes of what the source calls an element. PTX declares arrays as bytes; their alignment tells, where it was not raised for vector accesses.</summary>
    public int ElementBytes => Type.Size() > 1 ? Type.Size() : Size == 0 || Alignment > 8 ? 4 : Alignment;
}

/// <summary>An address in an initialiser: at <paramref name="Offset"/> stands the address of <paramref name="Symbol"/> plus <paramref name="Addend"/>.</summary>
public sealed record PtxRelocation(int Offset, string Symbol, long Addend, bool Generic);

/// <summary>A kernel's parameter. <paramref name="Offset"/> is its place in the parameter block, in bytes (PTX ISA §5.1.6.1).</summary>
public sealed record PtxParameter(string Name, PtxType Type, int Size, int Alignment, int Offset);

/// <summary>A register declared in a function.</summary>
public sealed record PtxRegister(string Name, PtxType Type);

/// <summary>What kind of operand.</summary>
public enum PtxOperandKind
{
    /// <summary>A register or a special register.</summary>
    Register,

    /// <summary>A number.</summary>
    Immediate,

    /// <summary>A variable's, function's or label's name, plus an offset.</summary>
    Symbol,

    /// <summary><c>[base+offset]</c>.</summary>
    Address,

    /// <summary><c>{a, b, …}</c>, or a parenthesised list in a call.</summary>
    Vector,

    /// <summary><c>a|b</c>.</summary>
    Pair,

    /// <summary><c>_</c>.</summary>
    Sink,
}

/// <summary>An operand.</summary>
/// <param name="Kind">Which form.</param>
/// <param name="Name">Register's or symbol's name; the base of an address.</param>
/// <param name="Bits">The immediate's bits (floats as their own bits), or the offset.</param>
/// <param name="FloatBits">32 or 64 for a floating-point literal, else 0.</param>
/// <param name="Negated"><c>!</c> before a predicate, or <c>-</c> before a register.</param>
/// <param name="Parts">Elements of a vector or pair; the coordinate vector of a tensor address.</param>
/// <param name="BaseIsRegister">For an address: the base is a register.</param>
/// <param name="Column">Column in the PTX text.</param>
public sealed record PtxOperand(
    PtxOperandKind Kind, string Name, long Bits, int FloatBits, bool Negated, IReadOnlyList<PtxOperand> Parts, bool BaseIsRegister, int Column);

/// <summary>An instruction, or a label (<see cref="Opcode"/> is then empty).</summary>
/// <param name="Opcode">The whole mnemonic: <c>ld.global.nc.f32</c>.</param>
/// <param name="Parts">The mnemonic split at its dots.</param>
/// <param name="Guard">The guard predicate's register, or null.</param>
/// <param name="GuardNegated"><c>@!p</c>.</param>
/// <param name="Operands">In order.</param>
/// <param name="Label">The label's name for a label.</param>
/// <param name="Line">PTX line, from 1.</param>
/// <param name="SourceLine">Line in the main source file, 0 where the PTX does not say.</param>
public sealed record PtxStatement(
    string Opcode, string[] Parts, string? Guard, bool GuardNegated, IReadOnlyList<PtxOperand> Operands, string? Label, int Line, int SourceLine);

/// <summary>A kernel or a device function.</summary>
public sealed class PtxFunction
{
    /// <summary>Its (mangled) name.</summary>
    public required string Name { get; init; }

    /// <summary>A kernel.</summary>
    public required bool IsKernel { get; init; }

    /// <summary>Parameters in order.</summary>
    public required IReadOnlyList<PtxParameter> Parameters { get; init; }

    /// <summary>Return parameters (at most one from NVRTC).</summary>
    public required IReadOnlyList<PtxParameter> Returns { get; init; }

    /// <summary>Bytes of the kernel's parameter block.</summary>
    public int ParameterBytes => Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Size;

    /// <summary><c>.maxntid</c>, or null.</summary>
    public (int X, int Y, int Z)? MaxThreads { get; internal set; }

    /// <summary><c>.reqntid</c>, or null.</summary>
    public (int X, int Y, int Z)? RequiredThreads { get; internal set; }

    /// <summary><c>.reqnctapercluster</c>, or null.</summary>
    public (int X, int Y, int Z)? RequiredCluster { get; internal set; }

    /// <summary><c>.minnctapersm</c>, or 0.</summary>
    public int MinBlocksPerSm { get; internal set; }

    /// <summary>Registers by name.</summary>
    public Dictionary<string, PtxRegister> Registers { get; } = new(StringComparer.Ordinal);

    /// <summary>Variables declared in the body: shared, local and call parameters.</summary>
    public Dictionary<string, PtxVariable> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Tables of <c>.branchtargets</c>: name to labels.</summary>
    public Dictionary<string, IReadOnlyList<string>> BranchTargets { get; } = new(StringComparer.Ordinal);

    /// <summary>Prototypes of <c>.callprototype</c>: name to a function without a body.</summary>
    public Dictionary<string, PtxFunction> Prototypes { get; } = new(StringComparer.Ordinal);

    /// <summary>Labels and instructions in order.</summary>
    public List<PtxStatement> Statements { get; } = [];

    /// <summary>False for a declaration.</summary>
    public bool HasBody { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A parsed PTX module (PTX ISA §4). Nothing in it has been executed or checked beyond names and syntax.</summary>
public sealed class PtxModule
{
    /// <summary><c>.version</c>.</summary>
    public string Version { get; internal set; } = "";

    /// <summary><c>.target</c>: <c>sm_90a</c>.</summary>
    public string Target { get; internal set; } = "";

    /// <summary>Kernels, in the order of the text.</summary>
    public IReadOnlyList<PtxFunction> Kernels { get; internal set; } = [];

    /// <summary>Device functions with bodies.</summary>
    public IReadOnlyList<PtxFunction> Functions { get; internal set; } = [];

    /// <summary>Module variables: global, constant and shared.</summary>
    public IReadOnlyList<PtxVariable> Globals { get; internal set; } = [];

    /// <summary>Names declared <c>.extern</c>: functions and variables.</summary>
    public IReadOnlyList<string> Externs { get; internal set; } = [];

    /// <summary>Functions declared <c>.extern</c>.</summary>
    public IReadOnlyList<PtxFunction> ExternFunctions { get; internal set; } = [];

    /// <summary><c>.file</c> table: index to path.</summary>
    public IReadOnlyDictionary<int, string> Files { get; internal set; } = new Dictionary<int, string>();

    /// <summary>Parses PTX text.</summary>
    /// <exception cref="PtxSyntaxException">The text is not PTX; says the line and column.</exception>
    public static PtxModule Parse(string ptx)
    {
        ArgumentNullException.ThrowIfNull(ptx);
        return new PtxParser(ptx).ParseModule();
    }
}
