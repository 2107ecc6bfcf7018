using System.Runtime.InteropServices;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>One kernel with its buffers: arrange, launch, read back.</summary>
internal sealed class KernelRun : IDisposable
{
    // What is larger shows nothing more, and takes its time twice over.
    private const long MostObserved = 1L << 25;
    private readonly DeviceMemory memory = new();
    private readonly Dictionary<string, DeviceBuffer> buffers = [];
    private readonly List<byte> parameters = [];
    private readonly PtxModule module;
    private readonly string kernel;
    private bool spare;

    public KernelRun(string file, string kernel)
        : this(PtxModule.Parse(ReadPtx(file)), kernel)
    {
    }

    private KernelRun(PtxModule module, string kernel)
    {
        this.module = module;
        this.kernel = kernel;
    }

    /// <summary>A kernel of PTX that a test writes itself.</summary>
    public static KernelRun Of(string ptx, string kernel) => new(PtxModule.Parse(ptx), kernel);

    public CheckSet Checks { get; set; } = CheckSet.Memory | CheckSet.Initialised | CheckSet.Synchronisation;

    public long Budget { get; set; } = 1L << 34;

    public int Cores { get; set; } = 1;

    /// <summary>Lanes spin until others let them go: how often depends on where a turn ends.</summary>
    public bool Spins { get; init; }

    public bool Cooperative { get; set; }

    public int Shared { get; set; }

    public DeviceMemory Memory => memory;

    public PtxModule Module => module;

    public static string ReadPtx(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ptx", file));

    public KernelRun In<T>(string name, T[] values, bool readOnly = true)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        DeviceBuffer b = memory.Allocate(new BufferSpec { Name = name, ByteLength = (long)values.Length * size, ElementSize = size, ReadOnly = readOnly, Initialised = true });
        memory.Write(b, 0, MemoryMarshal.AsBytes<T>(values));
        return Pointer(name, b);
    }

    public KernelRun Out<T>(string name, int count)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        DeviceBuffer b = memory.Allocate(new BufferSpec { Name = name, ByteLength = (long)count * size, ElementSize = size });
        memory.FillPattern(b, 7);
        return Pointer(name, b);
    }

    private KernelRun Pointer(string name, DeviceBuffer b)
    {
        buffers[name] = b;
        return Value(b.Address);
    }

    public KernelRun Value<T>(T value)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        while (parameters.Count % size != 0)
        {
            parameters.Add(0);
        }

        Span<byte> bytes = stackalloc byte[size];
        MemoryMarshal.Write(bytes, value);
        parameters.AddRange(bytes.ToArray());
        return this;
    }

    /// <summary>Parameters that a test leaves out are zero.</summary>
    public KernelRun Spare()
    {
        spare = true;
        return this;
    }

    /// <summary>The buffers so far are no parameters: tensor maps name them.</summary>
    public KernelRun ByMaps()
    {
        parameters.Clear();
        return this;
    }

    /// <summary>A TMA descriptor, in the parameter's own alignment.</summary>
    public KernelRun Map(TensorMap map)
    {
        while (parameters.Count % 64 != 0)
        {
            parameters.Add(0);
        }

        Span<byte> bytes = stackalloc byte[TensorMap.Bytes];
        map.Encode(bytes);
        parameters.AddRange(bytes);
        return this;
    }

    /// <summary>Launches in the interpreter and, on the same memory, in compiled code; everything that can be seen must be the same.</summary>
    public LaunchResult Launch(Dim3 grid, Dim3 block) => Launch(grid, block, BackEnd.Compiler);

    /// <summary>Launches in the interpreter and in another back end; what an automatic choice compiles is there before.</summary>
    public LaunchResult Launch(Dim3 grid, Dim3 block, BackEnd other)
    {
        Coverage.TestedOpcodes.Record(module, kernel);
        KernelProgram program = KernelProgram.Lower(module, kernel, new LoweringOptions { Checks = Checks });
        parameters.AddRange(new byte[spare ? Math.Max(0, program.Kernel.ParameterBytes - parameters.Count) : 0]);
        memory.BindGlobals(module);
        var before = new MemoryImage(memory);
        LaunchResult expected = Launch(program, grid, block, BackEnd.Interpreter);
        var after = new MemoryImage(memory);
        before.Restore();
        if (other == BackEnd.Automatic)
        {
            LaunchConfiguration configuration = Configuration(grid, block, other);
            program.Compiler.Get(configuration, LaunchState.SharedBytesOf(program, configuration), ObservedTraffic.None);
        }

        LaunchResult actual = Launch(program, grid, block, other);
        Assert.Equal(expected.Completion, actual.Completion);
        Assert.Equal(expected.Findings, actual.Findings);
        Assert.Equal(expected.Printf, actual.Printf);
        if (!Spins)
        {
            Assert.Equal(expected.LaneInstructions, actual.LaneInstructions);
        }

        Assert.Equal(expected.Positions, actual.Positions);
        Assert.Null(MemoryImage.Difference(after, new MemoryImage(memory)));
        if (other == BackEnd.Compiler && !Spins && expected.LaneInstructions < MostObserved && !program.Code.Any(i => i.Op == Op.DeviceMalloc))
        {
            Observe(before, after, grid, block, expected);
        }

        return actual;
    }

    /// <summary>Launches both back ends once more, under observers: the same counters, and a race that was found is suspected.</summary>
    private void Observe(MemoryImage before, MemoryImage after, Dim3 grid, Dim3 block, LaunchResult expected)
    {
        KernelProgram program = KernelProgram.Lower(module, kernel, new LoweringOptions { Checks = Checks & ~CheckSet.SharedRaces });
        var counted = new List<LaunchCounters>();
        var suspected = new List<bool>();
        foreach (BackEnd backEnd in new[] { BackEnd.Interpreter, BackEnd.Compiler })
        {
            before.Restore();
            LaunchConfiguration configuration = Configuration(grid, block, backEnd);
            using var screen = new RaceScreen(program, memory, configuration);
            LaunchCounters counters = Counters(program, grid, block);
            var observer = new ObserverPair<ScreeningObserver, CountingObserver>(new ScreeningObserver(screen), new CountingObserver(counters));
            LaunchResult result = Launcher.Run(program, memory, configuration, ref observer, TestContext.Current.CancellationToken);
            Assert.Equal(expected.Findings.Where(f => f.Kind != FindingKind.Race), result.Findings.Where(f => f.Kind != FindingKind.Race));
            counted.Add(counters);
            suspected.Add(screen.MayRace);
        }

        Assert.Null(CounterDifference.Of(counted[0], counted[1]));
        Assert.Equal(suspected[0], suspected[1]);
        Assert.True(suspected[0] || !expected.Findings.Any(f => f.Kind == FindingKind.Race), "a race was found, and the screen saw none");
        after.Restore();
    }

    /// <summary>Launches in one back end.</summary>
    public LaunchResult Launch(KernelProgram program, Dim3 grid, Dim3 block, BackEnd backEnd) =>
        Launcher.Run(program, memory, Configuration(grid, block, backEnd), TestContext.Current.CancellationToken);

    private LaunchConfiguration Configuration(Dim3 grid, Dim3 block, BackEnd backEnd) => new()
    {
        Grid = grid, Block = block, Parameters = parameters.ToArray(), InstructionBudget = Budget, MaxDegreeOfParallelism = Cores,
        Cooperative = Cooperative, DynamicSharedBytes = Shared, BackEnd = backEnd,
    };

    /// <summary>Launches under counters; gives the lane instructions that these counted and those that ran, both with every lane of a warp.</summary>
    public (double Counted, long Executed) Count(Dim3 grid, Dim3 block)
    {
        KernelProgram program = KernelProgram.Lower(module, kernel, new LoweringOptions { Checks = Checks });
        LaunchCounters counters = Counters(program, grid, block);
        var observer = new CountingObserver(counters);
        var configuration = new LaunchConfiguration { Grid = grid, Block = block, Parameters = parameters.ToArray(), DynamicSharedBytes = Shared };
        LaunchResult result = Launcher.Run(program, memory, configuration, ref observer, TestContext.Current.CancellationToken);
        int[] lengths = [.. program.BasicBlocks.Select(b => b.Count)];
        return (counters.Totals().BlockExecutions.Select((n, b) => n * lengths[b]).Sum() * 32, result.LaneInstructions);
    }

    private LaunchCounters Counters(KernelProgram program, Dim3 grid, Dim3 block)
    {
        var shape = new LaunchShape { GridX = grid.X, GridY = grid.Y, GridZ = grid.Z, BlockX = block.X, BlockY = block.Y, BlockZ = block.Z, RegistersPerThread = 32, DynamicSharedBytes = Shared };
        return new LaunchCounters(program.Instructions, CounterSettings.For(GpuProfiles.Get("H200"), shape, []));
    }

    /// <summary>Launches and expects an end without findings.</summary>
    public KernelRun Clean(Dim3 grid, Dim3 block)
    {
        LaunchResult result = Launch(grid, block);
        Assert.True(result.Findings.Count == 0, string.Join("\n", result.Findings.Select(f => $"{f.SourceLine}: {f.KindName}: {f.Message}")));
        Assert.Equal(LaunchCompletion.Completed, result.Completion);
        return this;
    }

    /// <summary>Launches under every check, and again without races, which compiled code does not look for; expects an end without findings.</summary>
    public KernelRun CleanUnderEveryCheck(Dim3 grid, Dim3 block)
    {
        memory.BindGlobals(module);
        var before = new MemoryImage(memory);
        Checks = CheckSet.All & ~CheckSet.SharedRaces;
        Clean(grid, block);
        var after = new MemoryImage(memory);
        before.Restore();
        Checks = CheckSet.All;
        Clean(grid, block);
        if (!Spins)
        {
            Assert.Null(MemoryImage.Difference(after, new MemoryImage(memory)));
        }

        return this;
    }

    public T[] Read<T>(string name)
        where T : unmanaged
    {
        DeviceBuffer b = buffers[name];
        var values = new T[b.ByteLength / Marshal.SizeOf<T>()];
        memory.Read(b, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    public DeviceBuffer Buffer(string name) => buffers[name];

    public void Dispose() => memory.Dispose();

    public static float[] Floats(int count, int seed = 1, float scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1) * scale)];
    }

    public static void Close(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)) || (double.IsNaN(expected) && double.IsNaN(actual)), $"expected {expected}, got {actual}");
}
