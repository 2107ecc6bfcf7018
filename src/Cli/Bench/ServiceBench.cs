using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using KernelForge.Api.Work;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using KernelForge.Processes;

namespace KernelForge.Cli.Bench;

/// <summary>
/// The service from outside, in a data folder of its own: time to ready, submissions accepted a second beside what PostgreSQL itself commits in the
/// same run, steps without work run by one process and by three, pages with 10,000 attempts, memory.
/// </summary>
internal sealed partial class ServiceBench(Surroundings surroundings)
{
    private const int Callers = 8;
    private const int Noops = 1500;
    private const int Attempts = 10_000;
    private static readonly TimeSpan AcceptFor = TimeSpan.FromSeconds(8);

    /// <summary>Runs it.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("kernelforge-bench-").FullName;
        try
        {
            var figures = new List<BenchFigure>();
            await using (var cluster = await PrivateCluster.StartAsync(home, surroundings.Toolbox, cancellationToken))
            {
                figures.AddRange(await MeasureAsync(home, cluster, cancellationToken));
            }

            figures.Insert(0, AtMost("serve, to ready, database stopped before", await ReadyAfterAsync(home, cancellationToken), "s", 4));
            return new BenchReport { Name = "service", Machine = Machine.Describe(), Figures = figures };
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private async Task<List<BenchFigure>> MeasureAsync(string home, PrivateCluster cluster, CancellationToken cancellationToken)
    {
        List<BenchFigure> figures = [];
        await using ServiceLoad load = new(cluster.ConnectionString);
        using (var service = await ChildService.StartAsync(surroundings, home, ["serve", "--urls", "http://127.0.0.1:0", "--workers", "0"], cancellationToken))
        {
            Tell("accepting submissions");
            var accepted = await AcceptAsync(service, cancellationToken);
            Tell("pgbench");
            var commits = await CommitsAsync(cluster, cancellationToken);
            figures.Add(AtLeast($"submissions accepted, {Callers} callers", accepted, "1/s", 200));
            figures.Add(new BenchFigure { Name = $"pgbench, single-row commits, {Callers} clients", Value = commits, Unit = "1/s" });
        }

        await load.DropQueuedAsync(cancellationToken);
        foreach (var nodes in (int[])[1, 3])
        {
            Tell($"steps without work, {nodes} {(nodes == 1 ? "node" : "nodes")}");
            var workers = new List<ChildService>();
            try
            {
                for (var node = 0; node < nodes; node++)
                {
                    workers.Add(await ChildService.StartAsync(surroundings, home, ["worker", "--workers", "4"], cancellationToken));
                }

                while (await load.CountWorkersAsync(cancellationToken) < nodes)
                {
                    await Task.Delay(100, cancellationToken);
                }

                _ = await load.RunNoopsAsync(100, cancellationToken);
                var (rate, twice) = await load.RunNoopsAsync(Noops, cancellationToken);
                figures.Add(AtLeast($"steps without work, {nodes} {(nodes == 1 ? "node" : "nodes")}", rate, "1/s", 100));
                figures.Add(AtMost($"  of {Noops}, started more than once", twice, "steps", 0));
            }
            finally
            {
                workers.ForEach(worker => worker.Dispose());
            }
        }

        using (var service = await ChildService.StartAsync(surroundings, home, ["serve", "--urls", "http://127.0.0.1:0", "--workers", "1"], cancellationToken))
        {
            Tell("one real run, then its copies");
            var run = await service.RunAsync(cancellationToken);
            await load.MultiplyAttemptsAsync(Attempts, cancellationToken);
            foreach (var page in (string[])["/", "/leaderboard", "/tasks", "/tasks/reduce/sum_reduction_over_a_dimension", $"/runs/{run}"])
            {
                figures.Add(AtMost($"page {(page.Length > 40 ? page[..page.IndexOf('/', 1)] + "/…" : page)}, 95th percentile, {Attempts} attempts", await PageAsync(service, page, cancellationToken), "ms", 60));
            }

            await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
            figures.Add(AtMost("service, resident, idle after this", service.ResidentMegabytes(), "MB", 250));
        }

        return figures;
    }

    private static async Task<double> AcceptAsync(ChildService service, CancellationToken cancellationToken)
    {
        var count = 0;
        var elapsed = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Callers), new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellationToken }, async (caller, token) =>
        {
            for (var i = 0; elapsed.Elapsed < AcceptFor; i++)
            {
                SubmissionOrder order = new() { Task = "activation/gelu", Code = $"// {caller} {i}\nextern \"C\" __global__ void k() {{}}\n", Preset = "small" };
                using var response = await service.Http.PostAsJsonAsync("api/v1/submissions", order, ContractsJson.Default.SubmissionOrder, token);
                if ((int)response.StatusCode != 202)
                {
                    throw new CliException(ExitCodes.Fault, $"bench service: a submission was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(token)}");
                }

                Interlocked.Increment(ref count);
            }
        });
        return count / elapsed.Elapsed.TotalSeconds;
    }

    private static async Task<double> CommitsAsync(PrivateCluster cluster, CancellationToken cancellationToken)
    {
        _ = await cluster.RunClientAsync("psql", [], "CREATE TABLE IF NOT EXISTS bench_commits (id bigserial PRIMARY KEY, at timestamptz DEFAULT now());", cancellationToken);
        var exit = await cluster.RunClientAsync(
            "pgbench", ["-n", "-c", Callers.ToString(CultureInfo.InvariantCulture), "-T", "5"], "INSERT INTO bench_commits DEFAULT VALUES;\n", cancellationToken);
        var match = Tps().Match(exit.StandardOutput);
        return match.Success
            ? double.Parse(match.Groups["tps"].ValueSpan, CultureInfo.InvariantCulture)
            : throw new CliException(ExitCodes.Fault, $"bench service: pgbench said: {exit.StandardOutput}{exit.StandardError}");
    }

    private static async Task<double> PageAsync(ChildService service, string page, CancellationToken cancellationToken)
    {
        const int requests = 60;
        List<double> times = [];
        for (var i = 0; i < requests; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var response = await service.Http.GetAsync(new Uri(page, UriKind.Relative), cancellationToken);
            response.EnsureSuccessStatusCode();
            _ = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Skip(5).Order().ElementAt((int)((requests - 5) * 0.95));
    }

    private async Task<double> ReadyAfterAsync(string home, CancellationToken cancellationToken)
    {
        Tell("time to ready");
        List<double> times = [];
        for (var i = 0; i < 3; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var service = await ChildService.StartAsync(surroundings, home, ["serve", "--urls", "http://127.0.0.1:0"], cancellationToken);
            using var response = await service.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            response.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return times.Order().ElementAt(1);
    }

    private void Tell(string what) => surroundings.Error.WriteLine($"kernelforge: bench service: {what}");

    private static BenchFigure AtMost(string name, double value, string unit, double goal) => new() { Name = name, Value = value, Unit = unit, Goal = goal, Met = value <= goal };

    private static BenchFigure AtLeast(string name, double value, string unit, double goal) => new() { Name = name, Value = value, Unit = unit, Goal = goal, Met = value >= goal };

    [GeneratedRegex(@"tps = (?<tps>[\d.]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tps();
}
