using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Lowering;

/// <summary>A kernel ready to run: registers numbered, control flow known, every operation chosen.</summary>
public sealed class KernelProgram
{
    internal KernelProgram(PtxModule module, PtxFunction kernel, LoweringOptions options)
    {
        Module = module;
        Kernel = kernel;
        Options = options;
        Compiler = new Compilation.KernelCompiler(this);
    }

    /// <summary>The module it came from.</summary>
    public PtxModule Module { get; }

    /// <summary>The kernel's declaration: parameters, limits.</summary>
    public PtxFunction Kernel { get; }

    /// <summary>How it was lowered.</summary>
    public LoweringOptions Options { get; }

    /// <summary>The kernel's name in the PTX.</summary>
    public string KernelName => Kernel.Name;

    /// <summary>Executable instructions, device functions after the kernel.</summary>
    public IReadOnlyList<InstructionInfo> Instructions { get; internal set; } = [];

    /// <summary>Basic blocks, numbered over the whole program.</summary>
    public IReadOnlyList<BasicBlock> BasicBlocks { get; internal set; } = [];

    /// <summary>Statically declared shared memory, bytes.</summary>
    public int StaticSharedBytes { get; internal set; }

    /// <summary>Local memory of a thread, bytes: arrays, call parameters, and the stack for recursion.</summary>
    public int LocalBytes { get; internal set; }

    /// <summary>Virtual registers that the PTX declares in the functions reached. Not the hardware's count.</summary>
    public int RegisterCount { get; internal set; }

    /// <summary>
    /// Registers a thread that the program needs at least: the most 32-bit words alive at once. ptxas takes more for addresses and
    /// schedules, or fewer by computing again; only a cubin has the real number.
    /// </summary>
    public int LiveRegisters => RegisterPressure.Of(this);

    /// <summary>The program uses what an atomic returns, waits on global memory or adds floats with <c>red</c>: it runs on one core.</summary>
    public bool RunsOnOneCore { get; internal set; }

    /// <summary>Reads of <c>%clock</c>, <c>%globaltimer</c>, <c>%gridid</c> or <c>%envreg</c>: names of those used.</summary>
    public IReadOnlyList<string> UnrankedReads { get; internal set; } = [];

    /// <summary>32-bit words of each register by number; 0 for predicates.</summary>
    internal byte[] RegisterWords { get; set; } = [];

    internal Compilation.KernelCompiler Compiler { get; }

    internal Instruction[] Code { get; set; } = [];

    /// <summary>Code index to instruction number; -1 for pseudo instructions.</summary>
    internal int[] InstructionOf { get; set; } = [];

    /// <summary>Code index to the basic block that begins there; -1.</summary>
    internal int[] BlockAt { get; set; } = [];

    internal int[] Extra { get; set; } = [];

    /// <summary>Bytes of a warp's register file.</summary>
    internal int RegisterBytes { get; set; }

    internal List<(int Offset, bool Wide, ulong Value)> Constants { get; set; } = [];

    internal List<(int Offset, string Symbol, long Addend)> SymbolConstants { get; set; } = [];

    internal Dictionary<string, int> Specials { get; set; } = [];

    internal List<SharedVariable> SharedVariables { get; set; } = [];

    internal List<FunctionFrame> Functions { get; set; } = [];

    /// <summary>Registers that some path reads before it writes them: cleared for every block.</summary>
    internal List<(int Offset, int Bytes)> MaybeUndefined { get; set; } = [];

    /// <summary>A register's number (as in <see cref="InstructionInfo"/>) to its row.</summary>
    internal IReadOnlyDictionary<int, (int Offset, int Bytes)> RegisterPlaces { get; set; } = new Dictionary<int, (int Offset, int Bytes)>();

    internal int CarryOffset { get; set; }

    internal bool HasRecursion { get; set; }

    internal bool UsesFloatRed { get; set; }

    internal bool UsesGlobalSynchronisation { get; set; }

    /// <summary>It copies asynchronously, uses mbarriers or speaks to other blocks of its cluster.</summary>
    internal bool UsesAsync { get; set; }

    internal bool UsesBarriers { get; set; }

    internal bool UsesAtomicsOrVolatile { get; set; }

    internal int TruePredicateOffset { get; set; }

    /// <summary>Bytes at the start of the register file that hold predicates.</summary>
    internal int PredicateBytes { get; set; }

    /// <summary>Lowers one kernel of a module.</summary>
    /// <exception cref="UnsupportedInstructionException">The first construct that the simulator does not know.</exception>
    /// <exception cref="ArgumentException">The module has no such kernel.</exception>
    public static KernelProgram Lower(PtxModule module, string kernelName, LoweringOptions options)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(options);
        PtxFunction kernel = module.Kernels.FirstOrDefault(k => k.Name == kernelName)
            ?? throw new ArgumentException($"no kernel '{kernelName}'; known: {string.Join(", ", module.Kernels.Select(k => k.Name))}", nameof(kernelName));
        return new ProgramBuilder(module, kernel, options).Build();
    }
}

internal sealed record SharedVariable(string Name, int Offset, int Size, int ElementSize);

/// <summary>A function's place in the code and its frame in local memory.</summary>
internal sealed class FunctionFrame
{
    public required PtxFunction Function { get; init; }

    public int CodeStart { get; set; }

    public int FrameBytes { get; set; }

    public Dictionary<string, int> Slots { get; } = new(StringComparer.Ordinal);

    public int RegisterStart { get; set; }

    public int RegisterEnd { get; set; }

    public bool Recursive { get; set; }

    public List<(int Offset, bool Wide)> Rows { get; } = [];

    public int Index { get; set; }
}
