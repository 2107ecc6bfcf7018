using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests.Corpus;

/// <summary>Every kernel of <c>checks/broken</c> gives exactly the findings that its source tells; every one of <c>checks/correct</c> gives none, and the right result.</summary>
public sealed class CheckCorpusTests
{
    private const CheckSet WithoutRaces = CheckSet.Memory | CheckSet.Initialised | CheckSet.Synchronisation;

    public static TheoryData<string> Broken => Names("broken");

    public static TheoryData<string> Correct => Names("correct");

    private static TheoryData<string> Names(string kind) =>
        [.. Directory.GetFiles(CheckCase.Folder(kind), "*.cu").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    private sealed record Outcome(LaunchResult Result, IReadOnlyDictionary<string, double[]> Outputs, IReadOnlyList<string> Unwritten);

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_kernel_gives_its_findings_and_no_others(string name)
    {
        var test = CheckCase.Read("broken", name);
        Outcome all = Run(test, CheckSet.All, cores: 1);
        Matches(test.Findings, all.Result);
        Assert.Equal(Enum.Parse<LaunchCompletion>(test.Options.GetValueOrDefault("completion", "Completed")), all.Result.Completion);
        Assert.Equal(test.Unwritten, all.Unwritten);
        Assert.Equal(test.Stands.Order(), all.Result.Positions.Select(p => (p.SourceLine, p.State)).Distinct().Order());

        // Without race checks other code runs; what it finds is the same, and a copy that nobody waited for is found by what it has not brought yet.
        LaunchResult plain = Run(test, WithoutRaces, cores: 1).Result;
        bool unawaited = name is "async_copy_without_wait" or "async_copy_waited_for_too_few";
        Matches([.. test.Findings.Where(f => f.Kind != "race")], unawaited ? plain with { Findings = [.. plain.Findings.Where(f => f.KindName != "uninitialised_read")] } : plain);
        Assert.Equal(unawaited, plain.Findings.Any(f => f.KindName == "uninitialised_read") && test.Findings.All(f => f.Kind != "uninitialised_read"));
    }

    [Theory]
    [MemberData(nameof(Correct))]
    public void A_correct_kernel_gives_no_finding_and_the_right_result(string name)
    {
        var test = CheckCase.Read("correct", name);
        Assert.NotEmpty(test.Results);
        foreach ((CheckSet checks, int cores) in new[] { (CheckSet.All, 1), (WithoutRaces, 1), (WithoutRaces, 2) })
        {
            Outcome outcome = Run(test, checks, cores);
            Matches([], outcome.Result);
            Assert.Equal(LaunchCompletion.Completed, outcome.Result.Completion);
            Assert.Empty(outcome.Unwritten);
            foreach ((string output, string reference, string[] inputs) in test.Results)
            {
                double[][] buffers = [.. inputs.Where(i => !char.IsAsciiDigit(i[0])).Select(i => test.Arguments.Single(a => a.Name == i).Values())];
                int[] numbers = [.. inputs.Where(i => char.IsAsciiDigit(i[0])).Select(i => int.Parse(i, System.Globalization.CultureInfo.InvariantCulture))];
                Assert.Equal(CheckReferences.Compute(reference, buffers, numbers), outcome.Outputs[output]);
            }
        }
    }

    [Fact]
    public void The_corpus_has_sixty_kernels_of_each_kind()
    {
        Assert.True(Broken.Count >= 60);
        Assert.True(Correct.Count >= 60);
    }

    private static void Matches(IReadOnlyList<ExpectedFinding> expected, LaunchResult result)
    {
        string found = string.Join("\n", result.Findings.Select(f => $"line {f.SourceLine}: {f.KindName} {f.Buffer}[{f.ElementIndex}] other {f.OtherLine}: {f.Message}"));
        string context = $"{result.Completion}\n{found}\n{string.Join("\n", result.Positions)}\n{result.Printf}";
        Assert.True(expected.Count == result.Findings.Count, $"{expected.Count} findings expected:\n{string.Join("\n", expected)}\nfound:\n{context}");
        Assert.All(expected, e => Assert.True(result.Findings.Any(e.Fits), $"not found: {e}\nfound:\n{context}"));
    }

    private static Outcome Run(CheckCase test, CheckSet checks, int cores)
    {
        using var memory = new DeviceMemory();
        var buffers = new Dictionary<string, (CheckArgument Argument, DeviceBuffer Buffer)>(StringComparer.Ordinal);
        var parameters = new List<byte>();
        foreach (CheckArgument argument in test.Arguments)
        {
            byte[] bytes = argument.IsPointer ? BitConverter.GetBytes(Allocate(memory, argument, buffers)) : argument.Bytes(argument.Count);
            while (parameters.Count % bytes.Length != 0)
            {
                parameters.Add(0);
            }

            parameters.AddRange(bytes);
        }

        // Structures passed by value stand last in the corpus and are zero.
        var module = PtxModule.Parse(test.Ptx);
        Coverage.TestedOpcodes.Record(module, test.Kernel);
        var program = KernelProgram.Lower(module, test.Kernel, new LoweringOptions { Checks = checks });
        byte[] block = new byte[Math.Max(parameters.Count, program.Kernel.ParameterBytes)];
        parameters.CopyTo(block);
        LaunchResult result = Launcher.Run(
            program, memory,
            new LaunchConfiguration
            {
                Grid = new Dim3(test.Grid[0], test.Grid[1], test.Grid[2]), Block = new Dim3(test.Block[0], test.Block[1], test.Block[2]), Parameters = block,
                DynamicSharedBytes = (int)test.Option("shared", 0), Cooperative = test.Option("cooperative", 0) != 0, MaxDegreeOfParallelism = cores,
                InstructionBudget = test.Option("budget", 1L << 31), SmCount = 8,
            },
            TestContext.Current.CancellationToken);
        string[] unwritten = [.. buffers.Values.Where(b => b.Argument.Use == "out" && b.Buffer.FirstUnwritten(out long _))
            .Select(b => $"{b.Argument.Name}[{(b.Buffer.FirstUnwritten(out long at) ? at / b.Argument.Size : 0)}]")];
        return new Outcome(result, buffers.Where(b => b.Value.Argument.Use != "freed").ToDictionary(b => b.Key, b => Read(memory, b.Value.Argument, b.Value.Buffer), StringComparer.Ordinal), unwritten);
    }

    private static ulong Allocate(DeviceMemory memory, CheckArgument argument, Dictionary<string, (CheckArgument Argument, DeviceBuffer Buffer)> buffers)
    {
        if (argument.Use == "null")
        {
            return 0;
        }

        bool initialised = argument.Use is "in" or "inout" or "freed";
        DeviceBuffer buffer = memory.Allocate(new BufferSpec
        {
            Name = argument.Name, ByteLength = argument.Count * argument.Size, ElementSize = argument.Size, ReadOnly = argument.Use == "in", Initialised = initialised,
        });
        buffers[argument.Name] = (argument, buffer);
        if (initialised)
        {
            memory.Write(buffer, 0, [.. argument.Values().SelectMany(argument.Bytes)]);
        }
        else
        {
            memory.FillPattern(buffer, 7);
        }

        if (argument.Use == "freed")
        {
            memory.Free(buffer);
        }

        return buffer.Address;
    }

    private static double[] Read(DeviceMemory memory, CheckArgument argument, DeviceBuffer buffer)
    {
        byte[] bytes = new byte[buffer.ByteLength];
        memory.Read(buffer, 0, bytes);
        return [.. Enumerable.Range(0, (int)argument.Count).Select(i => argument.Value(bytes.AsSpan(i * argument.Size)))];
    }
}
