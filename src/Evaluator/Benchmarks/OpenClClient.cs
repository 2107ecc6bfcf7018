using System.Text.Json;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Benchmarks;

/// <summary>Starts <see cref="OpenClBench"/> in the root that the launcher made for it (setup/opencl.sh).</summary>
internal static class OpenClClient
{
    // PoCL asks hwloc for cores and memory, and gives up where there is none.
    private const string Topology = "/sys/devices/system";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Runs the twins on one implementation.</summary>
    /// <param name="root">A root with PoCL and Oclgrind.</param>
    /// <param name="implementation"><c>pocl</c> or <c>oclgrind</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<OpenClReport> RunAsync(string root, string implementation, CancellationToken cancellationToken)
    {
        var limits = new ChildSpec { FileName = string.Empty, MemoryLimitBytes = 8L << 30, Timeout = Limit, Pipe = true };
        await using var child = ChildProcess.Start(EvaluatorProgram.Sandboxed(
            limits, ["bench", "opencl", implementation], heapBytes: 4L << 30, root, ["usr", "etc/OpenCL"], hostPaths: [Topology]));
        child.CloseInput();
        await using var registration = cancellationToken.Register(child.Kill);
        using var reader = new StreamReader(child.Messages);
        var text = await reader.ReadToEndAsync(CancellationToken.None);
        var exit = await child.Completion;
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return JsonSerializer.Deserialize(text, OpenClJson.Default.OpenClReport) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            var printed = exit.StandardError.Trim();
            return new OpenClReport
            {
                Device = implementation,
                Kernels = new Dictionary<string, OpenClSpeed>(StringComparer.Ordinal),
                Fault = $"{implementation} gave no report (exit status {exit.ExitCode}); it printed: {(printed.Length > 2000 ? printed[^2000..] : printed)}",
            };
        }
    }
}
