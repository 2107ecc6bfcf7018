using System.Diagnostics;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Tests.Reference;

[Collection("reference")]
public sealed class ReferenceCacheTests(ReferenceFixture fixture) : IDisposable
{
    private static readonly string Gelu = Path.Combine(ReferenceFixture.BenchTasks, "activation", "gelu.py");
    private static readonly IReadOnlyList<TrialRequest> Trials =
        [.. Enumerable.Range(0, 10).Select(i => new TrialRequest(i < 5 ? "small" : "odd", (ulong)i + ulong.MaxValue - 20, i % 2 == 0 ? "standard" : "negated"))];

    private readonly string _home = Directory.CreateTempSubdirectory("kernelforge-cache-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private ReferenceClient Client()
    {
        fixture.Require();
        return new ReferenceClient(fixture.Options(_home));
    }

    private async Task<(IReadOnlyList<PreparedTrial> Trials, TaskDescription Description, int Starts)> RunAsync()
    {
        await using var client = Client();
        var description = await client.DescribeAsync(Gelu, "activation/gelu", Cancellation);
        return (await client.PrepareAsync(description, Trials, Cancellation), description, client.WorkerStarts);
    }

    [Fact]
    public async Task A_cold_run_starts_Python_once_and_a_warm_one_never()
    {
        var watch = Stopwatch.StartNew();
        var cold = await RunAsync();
        var coldMs = watch.Elapsed.TotalMilliseconds;
        watch.Restart();
        var warm = await RunAsync();
        var warmMs = watch.Elapsed.TotalMilliseconds;

        TestContext.Current.SendDiagnosticMessage($"cold {coldMs:0} ms, warm {warmMs:0.0} ms");
        Assert.Equal((1, 0), (cold.Starts, warm.Starts));
    }

    [Fact]
    public async Task Two_clients_at_once_on_a_cold_cache_both_succeed()
    {
        var both = await Task.WhenAll(RunAsync(), RunAsync());

        Assert.All(both, run => Assert.Equal(Trials.Count, run.Trials.Count(t => File.Exists(t.PathOf(t.Manifest.Tensors[0].File)))));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_in_another_process()
    {
        var first = await RunAsync();
        var bytes = first.Trials.Select(t => File.ReadAllBytes(t.PathOf(t.Manifest.Expected[0].File))).ToList();
        Directory.Delete(Path.Combine(_home, "cache", "reference", "entries"), recursive: true);

        var second = await RunAsync();

        Assert.Equal(bytes, second.Trials.Select(t => File.ReadAllBytes(t.PathOf(t.Manifest.Expected[0].File))));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("shorten")]
    [InlineData("delete")]
    public async Task A_damaged_entry_is_noticed_and_made_again(string damage)
    {
        var first = await RunAsync();
        var file = first.Trials[3].PathOf(first.Trials[3].Manifest.Tensors[0].File);
        var bytes = await File.ReadAllBytesAsync(file, Cancellation);
        Damage(file, bytes, damage);

        var second = await RunAsync();

        Assert.Equal(bytes, await File.ReadAllBytesAsync(second.Trials[3].PathOf(second.Trials[3].Manifest.Tensors[0].File), Cancellation));
    }

    [Fact]
    public void The_entries_used_longest_ago_go_when_the_cache_is_full()
    {
        var time = new SettableTime(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var cache = new ReferenceCache(_home, 2500, time);
        foreach (var name in new[] { "aaa", "bbb", "ccc" })
        {
            var staged = cache.NewStaging();
            File.WriteAllBytes(Path.Combine(staged, "t000.raw"), new byte[1000]);
            cache.Add(name, staged);
            cache.Find(name);
            time.Now += TimeSpan.FromHours(1);
        }

        cache.Find("aaa");
        time.Now += TimeSpan.FromHours(1);
        cache.Trim();

        Assert.Equal((true, false, true), (cache.Find("aaa") is not null, cache.Find("bbb") is not null, cache.Find("ccc") is not null));
    }

    [Fact]
    public void A_full_disk_is_named_with_its_folder_and_a_remedy()
    {
        var error = ReferenceCache.DiskFull("/data/cache", null);

        Assert.Contains("no space left on the disk of /data/cache", error.Message, StringComparison.Ordinal);
        Assert.Contains("KERNELFORGE_HOME", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_is_another_task()
    {
        var path = fixture.Task(await File.ReadAllTextAsync(Gelu, Cancellation));
        await using var client = Client();
        var before = await client.DescribeAsync(path, "gelu", Cancellation);
        await File.AppendAllTextAsync(path, "\nTOLERANCE = {\"float32\": 1e-3}\n", Cancellation);

        var after = await client.DescribeAsync(path, "gelu", Cancellation);

        Assert.Equal((0, 1e-3), (before.Tolerance.Count, after.Tolerance["float32"]));
    }

    private static void Damage(string file, byte[] bytes, string damage)
    {
        switch (damage)
        {
            case "flip":
                File.WriteAllBytes(file, [(byte)(bytes[0] ^ 1), .. bytes[1..]]);
                break;
            case "shorten":
                File.WriteAllBytes(file, bytes[..^1]);
                break;
            default:
                File.Delete(file);
                break;
        }
    }

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
