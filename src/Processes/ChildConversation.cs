using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KernelForge.Processes;

/// <summary>
/// Requests and replies with a child, one JSON document a line: requests on its standard input, replies on its message
/// pipe. One request at a time; whatever becomes of the child, <see cref="AskAsync{TRequest,TReply}"/> returns or throws.
/// </summary>
public sealed class ChildConversation : IAsyncDisposable
{
    private readonly ChildProcess _child;
    private readonly StreamReader _replies;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Starts the child; the spec gets its message pipe here.</summary>
    /// <exception cref="ChildStartException">The program is not there or may not be run.</exception>
    public ChildConversation(ChildSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _child = ChildProcess.Start(spec with { Pipe = true });
        _replies = new StreamReader(_child.Messages, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>Asks and waits for the reply.</summary>
    /// <exception cref="ChildFailedException">The child ended, exceeded <paramref name="timeout"/> (and was killed), or answered no JSON of the contract.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the child was killed.</exception>
    public async Task<TReply> AskAsync<TRequest, TReply>(
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TReply> replyType,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            using var deadline = new CancellationTokenSource(timeout);
            await using var expired = deadline.Token.Register(_child.Kill);
            await using var cancelled = cancellationToken.Register(_child.Kill);
            await SendAsync(JsonSerializer.SerializeToUtf8Bytes(request, requestType));
            var line = await _replies.ReadLineAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            if (line is null)
            {
                var exit = await _child.Completion;
                throw new ChildFailedException(deadline.IsCancellationRequested ? exit with { End = ChildEnd.TimedOut } : exit, timeout);
            }

            return JsonSerializer.Deserialize(line, replyType)
                ?? throw new JsonException("the reply is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            _child.Kill();
            throw new ChildFailedException($"the child answered no JSON of the contract: {error.Message}", error);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _child.CloseInput();
        await _child.DisposeAsync();
        _replies.Dispose();
        _turn.Dispose();
    }

    private async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _child.Input.WriteAsync(bytes);
            await _child.Input.WriteAsync("\n"u8.ToArray());
            await _child.Input.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended; the missing reply says so.
        }
    }
}

/// <summary>A child ended, or broke its contract, in the middle of a conversation.</summary>
public sealed class ChildFailedException : Exception
{
    /// <summary>It ended.</summary>
    public ChildFailedException(ChildExit exit, TimeSpan timeout)
        : base(Describe(exit, timeout)) => Exit = exit;

    /// <summary>It broke its contract.</summary>
    public ChildFailedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>How it ended; null where it answered garbage.</summary>
    public ChildExit? Exit { get; }

    private static string Describe(ChildExit exit, TimeSpan timeout)
    {
        var what = exit.End switch
        {
            ChildEnd.TimedOut => $"gave no answer within {timeout.TotalSeconds:0.#} s and was killed",
            ChildEnd.MemoryExceeded => $"exceeded its memory limit (peak {exit.PeakMemoryBytes >> 20} MiB) and was killed",
            ChildEnd.ProcessesExceeded => "started too many processes and was killed",
            ChildEnd.OutputFlood => "flooded its output and was killed",
            ChildEnd.Killed => "was killed",
            _ => $"ended (exit status {exit.ExitCode})",
        };
        var output = (exit.StandardError + exit.StandardOutput).Trim();
        return output.Length == 0 ? what : $"{what}; it printed: {(output.Length > 3000 ? output[^3000..] : output)}";
    }
}
