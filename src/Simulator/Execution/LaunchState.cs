using System.Runtime.InteropServices;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>What all blocks of a launch share.</summary>
internal sealed unsafe class LaunchState : IDisposable
{
    public LaunchState(KernelProgram program, DeviceMemory memory, LaunchConfiguration configuration)
    {
        Program = program;
        Memory = memory;
        Configuration = configuration;
        Code = (Instruction*)NativeMemory.AlignedAlloc((nuint)((program.Code.Length + 1) * sizeof(Instruction)), 64);
        program.Code.AsSpan().CopyTo(new Span<Instruction>(Code, program.Code.Length));
        Extra = (int*)NativeMemory.Alloc((nuint)(program.Extra.Length + 1), sizeof(int));
        program.Extra.AsSpan().CopyTo(new Span<int>(Extra, program.Extra.Length));
        Parameters = (byte*)NativeMemory.AlignedAlloc((nuint)(ParameterCapacity + 256), 64);
        NativeMemory.Clear(Parameters, ParameterCapacity + 256);
        configuration.Parameters.Span.CopyTo(new Span<byte>(Parameters, ParameterCapacity));
        Lowering.Checks checks = program.Options.Checks;
        CheckInitialised = checks.HasFlag(Lowering.Checks.Initialised);
        CheckRaces = checks.HasFlag(Lowering.Checks.SharedRaces);
        CheckSynchronisation = checks.HasFlag(Lowering.Checks.Synchronisation);
        CheckMemory = checks.HasFlag(Lowering.Checks.Memory);
        SharedBytes = SharedBytesOf(program, configuration);
    }

    public const int ParameterCapacity = 32 * 1024;

    public KernelProgram Program { get; }

    public DeviceMemory Memory { get; }

    public LaunchConfiguration Configuration { get; }

    public Instruction* Code { get; }

    public int* Extra { get; }

    public byte* Parameters { get; }

    public bool CheckInitialised { get; }

    public bool CheckRaces { get; }

    public bool CheckSynchronisation { get; }

    public bool CheckMemory { get; }

    public int SharedBytes { get; }

    /// <summary>Address of the workspace that grid synchronisation uses; 0 outside cooperative launches.</summary>
    public ulong GridWorkspace { get; set; }

    /// <summary>Blocks run on several cores at once.</summary>
    public bool ManyCores { get; set; }

    /// <summary>The program has atomics, fences or volatile loads, by which blocks may order their accesses: they are not called races.</summary>
    public bool BlocksMaySynchronise { get; set; }

    /// <summary>The program's compiled code, once it is there.</summary>
    public Compilation.CompiledKernel? Compiled
    {
        get => Volatile.Read(ref compiled);
        set => Volatile.Write(ref compiled, value);
    }

    private Compilation.CompiledKernel? compiled;
    private int[]? lines;

    public long Executed;

    public volatile int Stop;

    public Checks.GlobalRaces? GlobalRaces { get; set; }

    /// <summary>
    /// Warp instructions in the interpreter, over all launches of a program, after which compiling pays: about as long as the compiler takes.
    /// </summary>
    internal const long WorthCompiling = 4_000_000;

    // 1: the choice is made, or somebody is making it.
    private int chosen;

    /// <summary>Shared memory of a block.</summary>
    public static int SharedBytesOf(KernelProgram program, LaunchConfiguration configuration) =>
        program.StaticSharedBytes + (configuration.DynamicSharedBytes > 0 ? ((program.StaticSharedBytes + 15) & ~15) - program.StaticSharedBytes + configuration.DynamicSharedBytes : 0);

    /// <summary>Before the first block: compiled code that is there is used, and made where the caller asks for it.</summary>
    public void ChooseBackEnd()
    {
        if (Configuration.BackEnd == BackEnd.Interpreter || !Compilation.KernelCompiler.Serves(Program))
        {
            chosen = 1;
            return;
        }

        Compiled = Configuration.BackEnd == BackEnd.Compiler ? Program.Compiler.Get(Configuration, SharedBytes) : Program.Compiler.Known(Configuration, SharedBytes);
        chosen = Compiled is not null || Configuration.BackEnd == BackEnd.Compiler ? 1 : 0;
    }

    /// <summary>
    /// Compiles once the program has shown that it is worth it: on another thread, and nobody waits for it. Blocks change over at the
    /// first turn that begins afterwards; a launch that ends before has lost nothing.
    /// </summary>
    /// <param name="executed">Warp instructions of the turn that has ended.</param>
    public void Consider(long executed)
    {
        if (chosen == 0 && Interlocked.Add(ref Program.Compiler.Interpreted, executed) >= WorthCompiling && Interlocked.Exchange(ref chosen, 1) == 0)
        {
            _ = Task.Run(() => Compiled = Program.Compiler.Get(Configuration, SharedBytes));
        }
    }

    /// <summary>Source line of a code index.</summary>
    public int LineOf(int code) => (lines ??= Lines())[code];

    private int[] Lines()
    {
        int[] all = new int[Program.InstructionOf.Length + 1];
        for (int i = Program.InstructionOf.Length - 1; i >= 0; i--)
        {
            all[i] = Program.InstructionOf[i] >= 0 ? Program.Instructions[Program.InstructionOf[i]].SourceLine : all[i + 1];
        }

        return all;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Code);
        NativeMemory.Free(Extra);
        NativeMemory.AlignedFree(Parameters);
    }
}
