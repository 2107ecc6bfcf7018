using System.IO.Compression;
using System.Security.Cryptography;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Writes the lines of one split into files of a bounded size, each on the disk before the next begins. How many there are is known at the end;
/// then they get their names, <c>train-00000-of-00002.jsonl</c>.
/// </summary>
internal sealed class ShardWriter(string folder, string split, bool gzip, long mostBytes) : IAsyncDisposable
{
    private readonly List<DatasetFile> _done = [];
    private Shard? _open;

    /// <summary>Lines written.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a line.</summary>
    public async Task WriteAsync(byte[] line, CancellationToken cancellationToken)
    {
        if (_open is { Bytes: var bytes } && bytes >= mostBytes)
        {
            await CloseAsync();
        }

        _open ??= new Shard(Path.Combine(folder, $"{split}-{_done.Count:D5}.part"), gzip);
        await _open.WriteAsync([.. line, (byte)'\n'], cancellationToken);
        Rows++;
    }

    /// <summary>Ends the last file and names them all.</summary>
    public async Task<IReadOnlyList<DatasetFile>> CompleteAsync()
    {
        await CloseAsync();
        List<DatasetFile> files = [];
        for (var i = 0; i < _done.Count; i++)
        {
            var name = $"{split}-{i:D5}-of-{_done.Count:D5}.jsonl{(gzip ? ".gz" : "")}";
            File.Move(Path.Combine(folder, _done[i].Name), Path.Combine(folder, name));
            files.Add(_done[i] with { Name = $"{Path.GetFileName(folder)}/{name}" });
        }

        return files;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }
    }

    private async Task CloseAsync()
    {
        if (_open is { } shard)
        {
            _done.Add(await shard.CompleteAsync());
            _open = null;
            await shard.DisposeAsync();
        }
    }

    /// <summary>One file: lines, compressed or not, hashed as they reach the disk.</summary>
    private sealed class Shard : IAsyncDisposable
    {
        private readonly FileStream _file;
        private readonly SHA256 _hash = SHA256.Create();
        private readonly CryptoStream _hashed;
        private readonly Stream _lines;
        private long _rows;

        // Of lines, not of the file: the same rows part at the same places, compressed or not.
        private long _bytes;

        public Shard(string path, bool gzip)
        {
            // Without a buffer: a line is long, and a full disk is said at once.
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            _hashed = new CryptoStream(_file, _hash, CryptoStreamMode.Write, leaveOpen: true);
            _lines = gzip ? new GZipStream(_hashed, CompressionLevel.Optimal, leaveOpen: true) : _hashed;
        }

        public long Bytes => _bytes;

        public async ValueTask WriteAsync(byte[] line, CancellationToken cancellationToken)
        {
            await _lines.WriteAsync(line, cancellationToken);
            _rows++;
            _bytes += line.Length;
        }

        public async Task<DatasetFile> CompleteAsync()
        {
            if (_lines != _hashed)
            {
                await _lines.DisposeAsync();
            }

            await _hashed.FlushFinalBlockAsync();
            _file.Flush(flushToDisk: true);
            return new DatasetFile { Name = Path.GetFileName(_file.Name), Sha256 = Convert.ToHexStringLower(_hash.Hash!), Bytes = _file.Length, Rows = _rows };
        }

        public async ValueTask DisposeAsync()
        {
            _hash.Dispose();
            await _file.DisposeAsync();
        }
    }
}
