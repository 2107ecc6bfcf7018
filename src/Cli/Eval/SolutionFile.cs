using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Eval;

/// <summary>The solution's file: the user's, or a private copy of standard input that goes with this object.</summary>
internal sealed class SolutionFile : IDisposable
{
    /// <summary>Design §12. One byte more is read, so that the evaluator sees that it is too long.</summary>
    private const int Limit = 1 << 20;

    private readonly string? _folder;

    private SolutionFile(string path, string? folder)
    {
        Path = path;
        _folder = folder;
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>Opens what the user named.</summary>
    /// <exception cref="CliException">There is no such file.</exception>
    public static async Task<SolutionFile> OpenAsync(string text, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (text != "-")
        {
            return File.Exists(text)
                ? new SolutionFile(System.IO.Path.GetFullPath(text), null)
                : throw new CliException(ExitCodes.BadInput, $"there is no solution file {text}");
        }

        var folder = Directory.CreateTempSubdirectory("kernelforge-");
        var file = new SolutionFile(System.IO.Path.Combine(folder.FullName, "solution.cu"), folder.FullName);
        try
        {
            await using var input = surroundings.Input();
            await using var copy = File.Create(file.Path);
            var buffer = new byte[64 * 1024];
            int read;
            while (copy.Length <= Limit && (read = await input.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await copy.WriteAsync(buffer.AsMemory(0, (int)Math.Min(read, Limit + 1 - copy.Position)), cancellationToken);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Its lines, to show beside findings; none where it is too long to be a solution.</summary>
    public async Task<IReadOnlyList<string>> ReadLinesAsync(CancellationToken cancellationToken) =>
        new FileInfo(Path).Length <= Limit ? await File.ReadAllLinesAsync(Path, cancellationToken) : [];

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
