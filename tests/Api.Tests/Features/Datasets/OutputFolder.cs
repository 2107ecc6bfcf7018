namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>A place for exports that goes away with the test.</summary>
internal sealed class OutputFolder : IDisposable
{
    public string Parent { get; } = Directory.CreateTempSubdirectory("kf-dataset-").FullName;

    /// <summary>Where an export goes; not there before it.</summary>
    public string Path => System.IO.Path.Combine(Parent, "dataset");

    /// <summary>Everything that lies there, hidden or not.</summary>
    public IReadOnlyList<string> Entries => [.. Directory.EnumerateFileSystemEntries(Parent).Select(entry => System.IO.Path.GetFileName(entry)!)];

    /// <summary>Lines of the data files.</summary>
    public IReadOnlyList<string> Lines(string pattern = "*") =>
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Path, "data"), pattern).Order(StringComparer.Ordinal).SelectMany(File.ReadLines)];

    public string Read(string name) => File.ReadAllText(System.IO.Path.Combine(Path, name));

    public void Dispose() => Directory.Delete(Parent, recursive: true);
}
