using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using KernelForge.Processes;

namespace KernelForge.Cli.Bench;

/// <summary><c>serve</c> or <c>worker</c> of this program as a process of its own, on a data folder of the benchmark.</summary>
internal sealed class ChildService : IDisposable
{
    private readonly Process _process;

    private ChildService(Process process, Uri? address)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>To its address.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it; a <c>serve</c> is ready when this returns.</summary>
    public static async Task<ChildService> StartAsync(Surroundings surroundings, string home, string[] arguments, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = new(DotnetProgram.Host) { UseShellExecute = false, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "KernelForge.Cli.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["KERNELFORGE_ROOT"] = surroundings.Root;
        start.Environment["KERNELFORGE_HOME"] = home;
        start.Environment["KERNELFORGE_TOOLBOX"] = surroundings.Toolbox;
        start.Environment.Remove("KERNELFORGE_SERVICE");
        start.Environment.Remove("ConnectionStrings__KernelForge");
        var process = Process.Start(start)!;
        if (arguments[0] != "serve")
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            return new ChildService(process, null);
        }

        var line = await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new CliException(ExitCodes.Fault, "bench service: serve ended before it was ready");
        return new ChildService(process, new Uri(line.Trim()));
    }

    /// <summary>Makes one run of recorded answers and waits for its end and its verification.</summary>
    public async Task<Guid> RunAsync(CancellationToken cancellationToken)
    {
        RunOrder order = new() { Task = "reduce/sum_reduction_over_a_dimension", Coder = "replay:demo", Judge = "replay:demo", Rounds = 5 };
        using var response = await Http.PostAsJsonAsync("api/v1/runs", order, ContractsJson.Default.RunOrder, cancellationToken);
        var accepted = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(ContractsJson.Default.Accepted, cancellationToken);
        while (true)
        {
            var run = await Http.GetFromJsonAsync($"api/v1/runs/{accepted!.Id}", ContractsJson.Default.RunStatus, cancellationToken);
            if (run!.Status is "succeeded" or "failed" or "cancelled")
            {
                return run.Status == "succeeded" ? run.Id : throw new CliException(ExitCodes.Fault, $"bench service: the run {run.Status}: {run.Failure ?? run.Report.StopMessage}");
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <summary>Resident memory, megabytes.</summary>
    public double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Stops it as Ctrl-C would, and kills it where that takes long.</summary>
    public void Dispose()
    {
        Http.Dispose();
        Interrupt(_process.Id);
        if (!_process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Interrupt(int process)
    {
        using var kill = Process.Start("kill", ["-INT", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
