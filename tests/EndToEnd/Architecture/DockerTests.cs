namespace KernelForge.EndToEnd.Architecture;

/// <summary>The image is made from the toolbox's own list. Whether it builds, only a container engine can say.</summary>
public sealed class DockerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-docker-");

    [Fact]
    public void The_image_gets_every_package_of_the_toolboxs_list_in_its_version()
    {
        var listed = File.ReadAllLines(Path.Combine(Repository.Root, "setup/toolbox.list"))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length == 4 && words[0] != "#")
            .Select(words => words[3] == "*" ? $"{words[0]} {words[2]}" : $"{words[0]} {words[2]}={words[3]}");

        var (code, output, error) = Repository.Run(Path.Combine(Repository.Root, "setup/image.sh"), ["--list"]);

        Assert.True(code == 0, error);
        Assert.Equal(listed, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_image_is_Debian_13_made_by_the_toolboxs_own_script_and_is_its_own_toolbox()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docker/Dockerfile"));

        Assert.Contains("FROM debian:13", lines);
        Assert.Contains("RUN /opt/kernelforge/setup/image.sh", lines);
        Assert.Contains(lines, line => line.Contains("KERNELFORGE_TOOLBOX=/ ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_image_copies_before_its_sources_is_all_that_its_script_reads()
    {
        var copied = File.ReadAllLines(Path.Combine(Repository.Root, "docker/Dockerfile"))
            .First(line => line.StartsWith("COPY setup/", StringComparison.Ordinal))
            .Split(' ')
            .Where(word => word.StartsWith("setup/", StringComparison.Ordinal));
        _folder.CreateSubdirectory("setup");
        foreach (var file in copied)
        {
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(_folder.FullName, file));
        }

        var (code, _, error) = Repository.Run(Path.Combine(_folder.FullName, "setup/image.sh"), ["--list"]);

        Assert.True(code == 0, error);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
