using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>How an answer goes on the wire ends.</summary>
internal enum WireEnd
{
    /// <summary>As HTTP says.</summary>
    Complete,

    /// <summary>Nothing more comes, and the connection stays.</summary>
    Hang,

    /// <summary>The connection is reset.</summary>
    Reset,
}

/// <summary>One prepared answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body, or as much of it as comes before the end.</param>
internal sealed record WireAnswer(int Status, string Body)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>More header lines, each with its line end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>Bytes of each chunk; 0: the body whole, with its length.</summary>
    public int ChunkSize { get; init; }

    public WireEnd End { get; init; }

    /// <summary>Waited for before the answer begins.</summary>
    public Task? Gate { get; init; }
}

/// <summary>A real HTTP/1.1 server in this process: keeps what it was sent, and answers what a test prepared, byte for byte.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, int, WireAnswer> _answer;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _loop;
    private int _count;

    /// <summary>Answers by the request's text and its number, from 0.</summary>
    public WireServer(Func<string, int, WireAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = ServeAsync();
    }

    /// <summary>Answers in this order; one request more fails the test.</summary>
    public WireServer(params WireAnswer[] answers)
        : this((_, number) => answers[number])
    {
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>Requests in the order of their arrival, heads included.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                _connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var connection = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadAsync(stream);
            Requests.Enqueue(request);
            var answer = _answer(request, Interlocked.Increment(ref _count) - 1);
            if (answer.Gate is { } gate)
            {
                await gate.WaitAsync(_stop.Token);
            }

            await WriteAsync(stream, answer);
            if (answer.End == WireEnd.Hang)
            {
                await Task.Delay(Timeout.Infinite, _stop.Token);
            }
            else if (answer.End == WireEnd.Reset)
            {
                client.LingerState = new LingerOption(true, 0);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The test has ended, or the client went away.
        }
    }

    private async Task WriteAsync(NetworkStream stream, WireAnswer answer)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body);
        var whole = answer.ChunkSize == 0;
        // More is promised than comes where the end is not the protocol's.
        var length = whole ? $"Content-Length: {body.Length + (answer.End == WireEnd.Complete ? 0 : 1000)}" : "Transfer-Encoding: chunked";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer.Status} X\r\nContent-Type: {answer.ContentType}\r\n{length}\r\nConnection: close\r\n{answer.Headers}\r\n"), _stop.Token);
        if (whole)
        {
            await stream.WriteAsync(body, _stop.Token);
        }
        else
        {
            for (var at = 0; at < body.Length; at += answer.ChunkSize)
            {
                var size = Math.Min(answer.ChunkSize, body.Length - at);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(size.ToString("x", CultureInfo.InvariantCulture) + "\r\n"), _stop.Token);
                await stream.WriteAsync(body.AsMemory(at, size), _stop.Token);
                await stream.WriteAsync("\r\n"u8.ToArray(), _stop.Token);
                await stream.FlushAsync(_stop.Token);
            }

            if (answer.End == WireEnd.Complete)
            {
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), _stop.Token);
            }
        }

        await stream.FlushAsync(_stop.Token);
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var buffer = new byte[1 << 16];
        using MemoryStream received = new();
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            received.Write(buffer, 0, count);
            var text = Encoding.UTF8.GetString(received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (count == 0 || (end >= 0 && received.Length >= end + 4 + LengthOf(text[..end])))
            {
                return text;
            }
        }
    }

    private static int LengthOf(string head) =>
        head.Split("\r\n").Where(line => line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line["content-length:".Length..], CultureInfo.InvariantCulture)).FirstOrDefault();
}
