using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests;

/// <summary>The program that docs/simulator.md shows: it runs here, and the page shows exactly this text.</summary>
public sealed class DocumentedSampleTests
{
    [Fact]
    public void The_sample_of_the_documentation_runs_and_says_what_the_page_promises()
    {
        var ptx = KernelRun.ReadPtx("saxpy.ptx");
        var console = new List<string>();

        // sample
        var module = PtxModule.Parse(ptx);
        var program = KernelProgram.Lower(module, "saxpy", new LoweringOptions { Checks = Lowering.Checks.All });

        using var memory = new DeviceMemory();
        const int n = 1 << 16;
        var x = memory.Allocate(new BufferSpec { Name = "x", ByteLength = 4 * n, Initialised = true, ReadOnly = true });
        var y = memory.Allocate(new BufferSpec { Name = "y", ByteLength = 4 * n, Initialised = true, ReadOnly = true });
        var output = memory.Allocate(new BufferSpec { Name = "out", ByteLength = 4 * n });
        memory.Fill(x, BitConverter.GetBytes(3f));
        memory.Fill(y, BitConverter.GetBytes(1f));

        var parameters = new byte[program.Kernel.ParameterBytes];
        void Set<T>(int parameter, T value) where T : unmanaged =>
            MemoryMarshal.Write(parameters.AsSpan(program.Kernel.Parameters[parameter].Offset), value);
        Set(0, x.Address);
        Set(1, y.Address);
        Set(2, output.Address);
        Set(3, 2f);
        Set(4, n);

        var gpu = GpuProfiles.Get("H200");
        var shape = new LaunchShape { GridX = n / 256, BlockX = 256, RegistersPerThread = 18, StaticSharedBytes = program.StaticSharedBytes };
        var buffers = new[] { x, y, output }.Select(b => new BufferRange(b.Spec.Name, b.Address, b.ByteLength)).ToList();
        var counters = new LaunchCounters(program.Instructions, CounterSettings.For(gpu, shape, buffers));
        var observer = new CountingObserver(counters);
        var launch = new LaunchConfiguration { Grid = new(n / 256), Block = new(256), Parameters = parameters };
        var result = Launcher.Run(program, memory, launch, ref observer, CancellationToken.None);

        var first = new byte[4];
        memory.Read(output, 0, first);
        console.Add($"{result.Completion}, {result.Findings.Count} findings, out[0] = {BitConverter.ToSingle(first)}");

        var totals = counters.Totals();
        var estimate = TimeModel.Estimate(gpu, shape, totals, program.Instructions);
        console.Add($"{totals.DramBytes / n} DRAM bytes an element, limited by {estimate.Limiter}");
        foreach (var line in LineProfile.BySourceLine(totals, estimate, program.Instructions).OrderByDescending(l => l.TimeShare).Take(1))
        {
            console.Add($"line {line.Line} takes most of the time, {line.SectorsPerRequest} sectors a request");
        }

        // end of the sample
        Assert.Equal(["Completed, 0 findings, out[0] = 7", "12 DRAM bytes an element, limited by launch", "line 3 takes most of the time, 4 sectors a request"], console);
    }

    [Fact]
    public void The_page_shows_the_sample_as_it_is_compiled()
    {
        var own = File.ReadAllText(ThisFile()).ReplaceLineEndings("\n");
        var from = own.IndexOf("// sample\n", StringComparison.Ordinal) + "// sample\n".Length;
        var sample = own[from..own.IndexOf("        // end of the sample", StringComparison.Ordinal)];
        var shown = string.Join('\n', sample.TrimEnd().Split('\n').Select(line => line.StartsWith("        ", StringComparison.Ordinal) ? line[8..] : line))
            .Replace("console.Add(", "Console.WriteLine(", StringComparison.Ordinal);

        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../docs/simulator.md")).ReplaceLineEndings("\n");

        Assert.Contains(shown, page, StringComparison.Ordinal);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
