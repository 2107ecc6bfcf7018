using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>A real HTTP/1.1 server in this process: reads a request, answers with the next prepared answer, keeps what it was sent.</summary>
internal sealed class FakeChatServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<Answer> _answers;
    private readonly Task _loop;

    public FakeChatServer(params Answer[] answers)
    {
        _answers = new Queue<Answer>(answers);
        _listener.Start();
        _loop = ServeAsync();
    }

    public Uri BaseAddress => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    public List<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // The test has ended, or the client went away.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        Requests.Add(await ReadRequestAsync(stream));
        var answer = _answers.Dequeue();
        if (answer.Never)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token);
        }

        var body = Encoding.UTF8.GetBytes(answer.Body);
        var head = $"HTTP/1.1 {answer.Status} X\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n{answer.Headers}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), _stop.Token);
        await stream.WriteAsync(body, _stop.Token);
        await stream.FlushAsync(_stop.Token);
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var buffer = new byte[1 << 16];
        using MemoryStream received = new();
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            received.Write(buffer, 0, count);
            var text = Encoding.UTF8.GetString(received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (count == 0 || (end >= 0 && received.Length >= end + 4 + ContentLength(text[..end])))
            {
                return text;
            }
        }
    }

    private static int ContentLength(string head) =>
        head.Split("\r\n").Where(line => line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase)).Select(line => int.Parse(line["content-length:".Length..])).FirstOrDefault();

    internal sealed record Answer(int Status, string Body, string ContentType = "application/json", string Headers = "", bool Never = false);
}
