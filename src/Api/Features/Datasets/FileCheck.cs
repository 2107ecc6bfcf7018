using System.IO.Compression;
using System.Security.Cryptography;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Checks one file that a manifest lists: that it is there, its bytes, and its lines.</summary>
internal static class FileCheck
{
    private const int MostLineLength = 64 << 20;

    /// <summary>Checks it.</summary>
    public static void Run(string folder, DatasetFile file, RowCheck rows, ProblemList problems)
    {
        var path = Path.Combine(folder, file.Name);
        if (!File.Exists(path))
        {
            problems.Add(file.Name, null, "manifest.json lists it, and it is not there");
            return;
        }

        CheckBytes(path, file, problems);
        if (file.Name.StartsWith("data/", StringComparison.Ordinal))
        {
            CheckLines(path, file, rows, problems);
        }
    }

    private static void CheckBytes(string path, DatasetFile file, ProblemList problems)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length != file.Bytes)
        {
            problems.Add(file.Name, null, $"expected {file.Bytes} bytes, found {stream.Length}");
        }

        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found != file.Sha256)
        {
            problems.Add(file.Name, null, $"expected SHA-256 {file.Sha256}, found {found}");
        }
    }

    private static void CheckLines(string path, DatasetFile file, RowCheck rows, ProblemList problems)
    {
        var number = 0L;
        try
        {
            using var stream = File.OpenRead(path);
            using Stream text = file.Name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
            foreach (var (line, ended) in Lines(text))
            {
                rows.Check(file.Name, ++number, line);
                if (!ended)
                {
                    problems.Add(file.Name, number, "the line has no end: the file was cut off");
                }
            }
        }
        catch (InvalidDataException error)
        {
            problems.Add(file.Name, number + 1, $"it cannot be read on: {error.Message}");
        }

        if (number != file.Rows)
        {
            problems.Add(file.Name, null, $"expected {file.Rows} rows, found {number}");
        }
    }

    private static IEnumerable<(byte[] Line, bool Ended)> Lines(Stream stream)
    {
        using MemoryStream line = new();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            var start = 0;
            for (var end = Array.IndexOf(buffer, (byte)'\n', 0, read); end >= 0; end = Array.IndexOf(buffer, (byte)'\n', start, read - start))
            {
                line.Write(buffer, start, end - start);
                yield return (line.ToArray(), true);
                line.SetLength(0);
                start = end + 1;
            }

            line.Write(buffer, start, read - start);
            if (line.Length > MostLineLength)
            {
                throw new InvalidDataException($"a line is longer than {MostLineLength} bytes");
            }
        }

        if (line.Length > 0)
        {
            yield return (line.ToArray(), false);
        }
    }
}
