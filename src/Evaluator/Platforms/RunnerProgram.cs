using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Text.Json;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Platforms;

/// <summary>The runner's side of its pipe: <c>KernelForge.Evaluator run PLATFORM</c>, inside the sandbox.</summary>
internal static class RunnerProgram
{
    /// <summary>Answers requests until standard input ends.</summary>
    /// <param name="platform">Who answers.</param>
    /// <param name="requests">Standard input.</param>
    /// <param name="warm">Warm up beside that (<see cref="RunnerWarmUp"/>).</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(IPlatform platform, Stream requests, bool warm, CancellationToken cancellationToken)
    {
        await using var replies = OpenPipe();
        if (warm)
        {
            _ = Task.Run(() => RunnerWarmUp.Run(platform), CancellationToken.None);
        }

        using var reader = new StreamReader(requests, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var reply = Answer(platform, line, cancellationToken);
            await replies.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, PlatformJson.Default.RunnerReply), cancellationToken);
            await replies.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await replies.FlushAsync(cancellationToken);
        }

        return 0;
    }

    /// <summary>The answer to one line.</summary>
    internal static RunnerReply Answer(IPlatform platform, string line, CancellationToken cancellationToken)
    {
        try
        {
            var request = JsonSerializer.Deserialize(line, PlatformJson.Default.RunnerRequest);
            return request switch
            {
                { Check: { } check } => new RunnerReply { Check = platform.Check(check, cancellationToken) },
                { Measure: { } measure } => new RunnerReply { Measure = platform.Measure(measure, cancellationToken) },
                { Launch: { } launch } => new RunnerReply { Launch = platform.Launch(launch, cancellationToken) },
                _ => new RunnerReply { Fault = "the request asks for nothing" },
            };
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The runner must answer whatever happens in it; the text is our own stack trace, for our own log.
            return new RunnerReply { Fault = error.ToString() };
        }
    }

    private static AnonymousPipeClientStream OpenPipe() => new(
        PipeDirection.Out,
        Environment.GetEnvironmentVariable(ChildProcess.PipeVariable)
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{ChildProcess.PipeVariable} is not set: the runner is started by the evaluator")));
}
