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
        GlobalRaces = CheckRaces ? new Checks.GlobalRaces(configuration.Grid.Count) : null;
        CheckSynchronisation = checks.HasFlag(Lowering.Checks.Synchronisation);
        CheckMemory = checks.HasFlag(Lowering.Checks.Memory);
        SharedBytes = program.StaticSharedBytes + (configuration.DynamicSharedBytes > 0 ? ((program.StaticSharedBytes + 15) & ~15) - program.StaticSharedBytes + configuration.DynamicSharedBytes : 0);
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

    private int[]? lines;

    public long Executed;

    public volatile int Stop;

    /// <summary>Where races are checked.</summary>
    public Checks.GlobalRaces? GlobalRaces { get; }

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
