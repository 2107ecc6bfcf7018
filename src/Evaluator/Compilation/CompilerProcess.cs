using System.IO.Pipes;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// The compiler process: <c>KernelForge.Evaluator compile LIBNVRTC BUILTINS</c>. Requests come on standard input, replies go
/// to the message pipe, one JSON document a line. It trusts nothing in the source, and nobody trusts it.
/// </summary>
public static class CompilerProcess
{
    // NVRTC recurses with the source's nesting; a template a few thousand deep overflows the usual 8 MiB.
    private const int StackBytes = 256 << 20;

    /// <summary>Answers requests until standard input ends.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Stream requests, CancellationToken cancellationToken)
    {
        if (arguments.Count != 2)
        {
            return 64;
        }

        string pipe = Environment.GetEnvironmentVariable(ChildProcess.PipeVariable)
            ?? throw new InvalidOperationException($"{ChildProcess.PipeVariable} is not set: the compiler process is started by the evaluator");
        await using var replies = new AnonymousPipeClientStream(PipeDirection.Out, pipe);
        using var reader = new StreamReader(requests, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        Nvrtc.Load(arguments[0], arguments[1]);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            CompilerReply reply = OnLargeStack(() => Answer(line));
            await replies.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reply, CompileJson.Default.CompilerReply), cancellationToken);
            await replies.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await replies.FlushAsync(cancellationToken);
        }

        return 0;
    }

    private static CompilerReply Answer(string line)
    {
        try
        {
            CompilerRequest request = JsonSerializer.Deserialize(line, CompileJson.Default.CompilerRequest)!;
            return NvrtcCompiler.Compile(request);
        }
        catch (Exception failure) when (failure is NvrtcException or InvalidDataException or JsonException or FormatException)
        {
            return new CompilerReply { Compiler = "nvrtc", Fault = failure.Message };
        }
    }

    private static T OnLargeStack<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception error)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
