using System.Text.Json;
using KernelForge.Contracts.Benchmarks;
using KernelForge.Contracts.Json;
using KernelForge.Processes;

namespace KernelForge.Cli.Bench;

/// <summary>The simulator's benchmark runs in the evaluator, which alone holds the simulator: <c>KernelForge.Evaluator bench simulator</c>.</summary>
internal static class SimulatorBench
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Runs it and reads the report that it writes on its pipe.</summary>
    /// <param name="openClRoot">Where the launcher put PoCL and Oclgrind; empty where they are not to be had, and then nothing is compared with them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BenchReport> RunAsync(string? openClRoot, CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(new ChildSpec
        {
            FileName = DotnetProgram.Host,
            Arguments = [Path.Combine(AppContext.BaseDirectory, "KernelForge.Evaluator.dll"), "bench", "simulator", .. string.IsNullOrEmpty(openClRoot) ? Array.Empty<string>() : [openClRoot]],
            Environment = DotnetProgram.Environment(),
            Timeout = Limit,
            Pipe = true,
        });
        child.CloseInput();
        await using var registration = cancellationToken.Register(child.Kill);
        using var reader = new StreamReader(child.Messages);
        var text = await reader.ReadToEndAsync(CancellationToken.None);
        var exit = await child.Completion;
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var report = JsonSerializer.Deserialize(text, ContractsJson.Default.BenchReport) ?? throw new JsonException("null");
            return report with { Machine = Machine.Describe() };
        }
        catch (JsonException)
        {
            throw new CliException(ExitCodes.Fault, $"the simulator's benchmark gave no report (exit status {exit.ExitCode}); it printed: {exit.StandardError.Trim()}");
        }
    }
}
