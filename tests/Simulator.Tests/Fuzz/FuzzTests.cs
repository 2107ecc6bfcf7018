using System.Diagnostics;

namespace KernelForge.Simulator.Tests.Fuzz;

/// <summary>Damaged PTX ends in a documented exception with its place, in time and in bounded memory, or it runs.</summary>
public sealed class FuzzTests
{
    private const int SeedsOfTheSuite = 1500;
    private const int MostBytes = 64 * 1024;
    private const long MostManagedBytesOfACase = 1L << 30;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fuzz", "corpus");
    private static readonly Lazy<string[]> Corpus = new(() =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "ptx"), "*.ptx", SearchOption.AllDirectories).Where(path => new FileInfo(path).Length < MostBytes).Order(StringComparer.Ordinal).Select(File.ReadAllText)]);

    public static TheoryData<string> Found => [.. Directory.GetFiles(Folder, "*.ptx").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Found))]
    public async Task What_once_broke_something_is_refused_or_runs(string file) =>
        await TryAsync(await File.ReadAllTextAsync(Path.Combine(Folder, file), TestContext.Current.CancellationToken), file);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Damaged_PTX_is_refused_or_runs(int quarter)
    {
        var reached = new Dictionary<FuzzRun.Reached, int>();
        for (var seed = quarter * SeedsOfTheSuite / 4; seed < (quarter + 1) * SeedsOfTheSuite / 4; seed++)
        {
            var how = await TryAsync(new PtxMutator(Corpus.Value, seed).Next(), $"seed {seed}");
            reached[how] = reached.GetValueOrDefault(how) + 1;
        }

        // Damage that is always refused at once would try nothing behind the parser.
        TestContext.Current.SendDiagnosticMessage(string.Join(", ", reached.Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.All(Enum.GetValues<FuzzRun.Reached>().Except([FuzzRun.Reached.Lowered]), how => Assert.True(reached.GetValueOrDefault(how) > 2, $"{how}: {reached.GetValueOrDefault(how)}"));
    }

    /// <summary>Ten minutes of fresh damage (<c>KERNELFORGE_FUZZ_SECONDS</c> for another time); what breaks something is written to <c>KERNELFORGE_FUZZ_FOUND</c>.</summary>
    [Fact]
    [Trait("Category", "Sweep")]
    public async Task Ten_minutes_of_damage_break_nothing()
    {
        var seconds = Environment.GetEnvironmentVariable("KERNELFORGE_FUZZ_SECONDS") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 600;
        var found = Environment.GetEnvironmentVariable("KERNELFORGE_FUZZ_FOUND") ?? Directory.CreateTempSubdirectory("kernelforge-fuzz-").FullName;
        Directory.CreateDirectory(found);
        var clock = Stopwatch.StartNew();
        var first = Environment.TickCount & 0x3fffffff;
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var tried = 0;
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var seed = first + tried++;
            var ptx = new PtxMutator(Corpus.Value, seed).Next();

            // A crash of the process leaves its text behind.
            await File.WriteAllTextAsync(Path.Combine(found, "last.txt"), ptx, TestContext.Current.CancellationToken);
            try
            {
                await TryAsync(ptx, $"seed {seed}");
            }
            catch (Exception error)
            {
                // One text for each place that throws.
                var place = (error.InnerException?.InnerException ?? error.InnerException ?? error).StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("KernelForge.Simulator.", StringComparison.Ordinal))?.Trim() ?? error.Message;
                if (failures.TryAdd(place, $"seed {seed}: {error.Message}"))
                {
                    await File.WriteAllTextAsync(Path.Combine(found, $"seed-{seed}.ptx"), ptx, TestContext.Current.CancellationToken);
                }
            }
        }

        TestContext.Current.SendDiagnosticMessage($"{tried} texts in {clock.Elapsed.TotalSeconds:0} s, resident memory {Environment.WorkingSet >> 20} MiB");
        Assert.True(failures.Count == 0, $"{failures.Count} of {tried} texts, kept in {found}:\n{string.Join('\n', failures.Select(failure => $"{failure.Value}\n  {failure.Key}"))}");
        Assert.True(Environment.WorkingSet < 3L << 30, $"{Environment.WorkingSet >> 20} MiB resident after {tried} texts");
    }

    private static async Task<FuzzRun.Reached> TryAsync(string ptx, string name)
    {
        long bytes = 0;
        var work = Task.Factory.StartNew(
            () =>
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var reached = FuzzRun.Try(ptx);
                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
                return reached;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        try
        {
            var reached = await work.WaitAsync(Patience, TestContext.Current.CancellationToken);
            Assert.True(bytes < MostManagedBytesOfACase, $"{name}: {bytes >> 20} MiB allocated");
            return reached;
        }
        catch (TimeoutException error)
        {
            throw new InvalidOperationException($"{name}: no end within {Patience.TotalSeconds:0} s", error);
        }
        catch (FuzzException error)
        {
            throw new InvalidOperationException($"{name}: {error.Message}", error);
        }
    }
}
