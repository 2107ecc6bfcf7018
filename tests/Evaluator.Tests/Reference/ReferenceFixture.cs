using KernelForge.Evaluator.Reference;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Tests.Reference;

/// <summary>A data folder of its own and task files in it, with real PyTorch from the toolbox.</summary>
public sealed class ReferenceFixture : IAsyncLifetime
{
    private string? _missing;

    public string Home { get; } = Directory.CreateTempSubdirectory("kernelforge-reference-").FullName;

    public static string BenchTasks { get; } = FindUp("bench-tasks");

    public async ValueTask InitializeAsync()
    {
        var toolbox = ToolboxPaths.Toolbox();
        _missing = !Directory.Exists(toolbox) ? $"no toolbox at {toolbox}; ./kernelforge setup makes it" : await Sandbox.ProblemAsync(toolbox, CancellationToken.None);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Home, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Skips where there is no toolbox; fails where one is required.</summary>
    public void Require()
    {
        if (_missing is not null && Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_TOOLBOX") == "1")
        {
            Assert.Fail(_missing);
        }

        Assert.SkipWhen(_missing is not null, _missing ?? string.Empty);
    }

    public ReferenceOptions Options(string? home = null) => new() { Home = home ?? Home, Toolbox = ToolboxPaths.Toolbox() };

    public ReferenceClient Client()
    {
        Require();
        return new ReferenceClient(Options());
    }

    /// <summary>Writes a task file and returns its path.</summary>
    public string Task(string source)
    {
        var path = Path.Combine(Home, $"{Guid.NewGuid():N}.py");
        File.WriteAllText(path, source);
        return path;
    }

    private static string FindUp(string name)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, name)))
            {
                return Path.Combine(folder, name);
            }
        }

        throw new DirectoryNotFoundException($"no folder {name} above {AppContext.BaseDirectory}");
    }
}

[CollectionDefinition("reference")]
public sealed class ReferenceCollection : ICollectionFixture<ReferenceFixture>;
