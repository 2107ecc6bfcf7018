using System.Collections.Immutable;
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
        Cluster = ClusterOf(program, configuration);
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
        GlobalRaces = CheckRaces ? new Checks.GlobalRaces(configuration.Grid.Count) : null;
        CheckSynchronisation = checks.HasFlag(Lowering.Checks.Synchronisation);
        CheckMemory = checks.HasFlag(Lowering.Checks.Memory);
        SharedBytes = SharedBytesOf(program, configuration);
    }

    public const int ParameterCapacity = 32 * 1024;

    public KernelProgram Program { get; }

    /// <summary>Blocks of a cluster; 1, 1, 1 without clusters.</summary>
    public Dim3 Cluster { get; }

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

    /// <summary>Where races are checked.</summary>
    public Checks.GlobalRaces? GlobalRaces { get; }

    public static Dim3 ClusterOf(KernelProgram program, LaunchConfiguration configuration) =>
        configuration.Cluster ?? (program.Kernel.RequiredCluster is { } c ? new Dim3(c.X, c.Y, c.Z) : new Dim3(1));

    /// <summary>Whether the launch or the kernel says how large clusters are.</summary>
    public static bool IsClusterGiven(KernelProgram program, LaunchConfiguration configuration) => configuration.Cluster is not null || program.Kernel.RequiredCluster is not null;

    /// <summary>Number of the block that has a rank in a cluster; without clusters the cluster's own.</summary>
    public long BlockOf(long group, int rank)
    {
        if (Cluster.Count == 1)
        {
            return group;
        }

        Dim3 grid = Configuration.Grid;
        (int x, int y, int z) = new Dim3(grid.X / Cluster.X, grid.Y / Cluster.Y, grid.Z / Cluster.Z).At(group);
        (int i, int j, int k) = Cluster.At(rank);
        return (x * Cluster.X) + i + (grid.X * ((y * Cluster.Y) + j + (grid.Y * ((z * (long)Cluster.Z) + k))));
    }

    /// <summary>The clusters that the listed blocks belong to, each once and in the list's order; null: all.</summary>
    /// <exception cref="ArgumentException">A number is outside the grid.</exception>
    public long[]? GroupsOf(ImmutableArray<long> blocks)
    {
        if (blocks.IsDefault)
        {
            return null;
        }

        Dim3 grid = Configuration.Grid;
        foreach (long number in blocks)
        {
            if (number < 0 || number >= grid.Count)
            {
                throw new ArgumentException($"block {number} is not in a grid of {grid.Count}", nameof(blocks));
            }
        }

        if (Cluster.Count == 1)
        {
            return [.. blocks];
        }

        return [.. blocks.Select(number => grid.At(number)).Select(b => (b.X / Cluster.X) + ((long)(grid.X / Cluster.X) * ((b.Y / Cluster.Y) + ((long)(grid.Y / Cluster.Y) * (b.Z / Cluster.Z))))).Distinct()];
    }

    /// <summary>
    /// Warp instructions in the interpreter, over all launches of a program, after which compiling pays: about as long as the compiler takes.
    /// </summary>
    internal const long WorthCompiling = 4_000_000;

    private ObservedTraffic traffic;

    // 1: the choice is made, or somebody is making it.
    private int chosen;

    /// <summary>Shared memory of a block.</summary>
    public static int SharedBytesOf(KernelProgram program, LaunchConfiguration configuration) =>
        program.StaticSharedBytes + (configuration.DynamicSharedBytes > 0 ? ((program.StaticSharedBytes + 15) & ~15) - program.StaticSharedBytes + configuration.DynamicSharedBytes : 0);

    /// <summary>Before the first block: compiled code that is there is used, and made where the caller asks for it.</summary>
    public void ChooseBackEnd(ObservedTraffic traffic)
    {
        this.traffic = traffic;
        if (Configuration.BackEnd == BackEnd.Interpreter || !Compilation.KernelCompiler.Serves(Program))
        {
            chosen = 1;
            return;
        }

        Compiled = Configuration.BackEnd == BackEnd.Compiler ? Program.Compiler.Get(Configuration, SharedBytes, traffic) : Program.Compiler.Known(Configuration, SharedBytes, traffic);
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
            _ = Task.Run(() => Compiled = Program.Compiler.Get(Configuration, SharedBytes, traffic));
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
