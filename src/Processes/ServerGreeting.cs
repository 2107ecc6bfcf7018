using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace KernelForge.Processes;

/// <summary>How a server answered a client that wants a database.</summary>
/// <param name="Version">Its version, for example <c>17.11</c>; null where it refused.</param>
/// <param name="ErrorCode">SQLSTATE of the refusal.</param>
/// <param name="Error">Its message.</param>
internal sealed record ServerGreeting(string? Version, string? ErrorCode, string? Error)
{
    /// <summary>SQLSTATE: it is starting up or shutting down.</summary>
    public const string CannotConnectNow = "57P03";

    /// <summary>SQLSTATE: there is no such database.</summary>
    public const string NoSuchDatabase = "3D000";

    private const int MessageLimit = 1 << 16;

    /// <summary>
    /// Opens a connection, says hello and leaves: that a server really serves is known only so. The start of PostgreSQL's
    /// protocol 3.0 (its manual, chapter "Message Flow"), since this project has no packages. Null where nobody answers.
    /// </summary>
    public static async Task<ServerGreeting?> AskAsync(string socketFolder, string database, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(socketFolder, ".s.PGSQL.5432")), cancellationToken);
            await using var stream = new NetworkStream(socket);
            var body = Encoding.UTF8.GetBytes($"user\0postgres\0database\0{database}\0\0");
            var hello = new byte[8 + body.Length];
            BinaryPrimitives.WriteInt32BigEndian(hello, hello.Length);
            BinaryPrimitives.WriteInt32BigEndian(hello.AsSpan(4), 3 << 16);
            body.CopyTo(hello, 8);
            await stream.WriteAsync(hello, cancellationToken);
            var greeting = await ReadAsync(stream, cancellationToken);
            await stream.WriteAsync(new byte[] { (byte)'X', 0, 0, 0, 4 }, cancellationToken);
            return greeting;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return null;
        }
    }

    private static async Task<ServerGreeting> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        string? version = null;
        var head = new byte[5];
        while (true)
        {
            await stream.ReadExactlyAsync(head, cancellationToken);
            var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4;
            if (length is < 0 or > MessageLimit)
            {
                throw new IOException("what answers is no PostgreSQL");
            }

            var body = new byte[length];
            await stream.ReadExactlyAsync(body, cancellationToken);
            var words = Encoding.UTF8.GetString(body).Split('\0');
            switch ((char)head[0])
            {
                case 'E':
                    return new ServerGreeting(null, Field(words, 'C'), Field(words, 'M'));
                case 'S' when words[0] == "server_version":
                    version = words[1].Split(' ')[0];
                    break;
                case 'Z':
                    return new ServerGreeting(version ?? "unknown", null, null);
            }
        }
    }

    private static string Field(string[] words, char code) => words.FirstOrDefault(word => word.StartsWith(code))?[1..] ?? string.Empty;
}
