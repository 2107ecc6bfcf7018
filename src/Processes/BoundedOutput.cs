using System.Text;

namespace KernelForge.Processes;

/// <summary>The first and the last 16 KiB of a stream, and how long it was.</summary>
internal sealed class BoundedOutput
{
    private const int Part = 16 * 1024;
    private readonly Lock _lock = new();
    private readonly byte[] _head = new byte[Part];
    private readonly byte[] _tail = new byte[Part];
    private int _headLength;
    private long _tailWritten;
    private long _total;

    /// <summary>Bytes seen.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Takes bytes in.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            Interlocked.Add(ref _total, bytes.Length);
            var toHead = Math.Min(bytes.Length, Part - _headLength);
            bytes[..toHead].CopyTo(_head.AsSpan(_headLength));
            _headLength += toHead;
            bytes = bytes[toHead..];
            if (bytes.Length > Part)
            {
                _tailWritten += bytes.Length - Part;
                bytes = bytes[^Part..];
            }

            foreach (var value in bytes)
            {
                _tail[_tailWritten++ % Part] = value;
            }
        }
    }

    /// <summary>What is kept, with a line that says how much is not.</summary>
    public string Text()
    {
        lock (_lock)
        {
            var head = Encoding.UTF8.GetString(_head, 0, _headLength);
            if (_tailWritten <= Part)
            {
                return head + Encoding.UTF8.GetString(_tail, 0, (int)_tailWritten);
            }

            var split = (int)(_tailWritten % Part);
            var tail = Encoding.UTF8.GetString([.. _tail[split..], .. _tail[..split]]);
            return $"{head}\n[… {_tailWritten - Part} bytes left out …]\n{tail}";
        }
    }
}
