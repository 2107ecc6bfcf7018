namespace KernelForge.Processes.Tests.Cluster;

/// <summary>What is refused before anything is started; a pretended toolbox is enough.</summary>
public sealed class ClusterRefusalTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("kernelforge-cluster-").FullName;

    private string Toolbox => Path.Combine(_home, "toolbox");

    [Theory]
    [InlineData("16")]
    [InlineData("18")]
    public async Task Data_of_another_version_are_refused_with_both_versions_and_the_way_out(string version)
    {
        Pretend(Path.Combine(Toolbox, "usr/lib/postgresql/17/bin/postgres"));
        Pretend(Path.Combine(_home, "postgres/data/PG_VERSION"), version + "\n");

        var message = await RefusalAsync();

        Assert.Contains($"was made by PostgreSQL {version}", message, StringComparison.Ordinal);
        Assert.Contains("has PostgreSQL 17", message, StringComparison.Ordinal);
        Assert.Contains($"mv '{_home}/postgres/data' '{_home}/postgres/data-{version}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_data_of_PostgreSQL_is_left_alone_and_named()
    {
        Pretend(Path.Combine(Toolbox, "usr/lib/postgresql/17/bin/postgres"));
        Pretend(Path.Combine(_home, "postgres/data/diary.txt"));

        var message = await RefusalAsync();

        Assert.Contains($"{_home}/postgres/data is not a data folder of PostgreSQL", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_toolbox_without_PostgreSQL_is_named_with_the_way_to_get_it()
    {
        var message = await RefusalAsync();

        Assert.Contains($"expected {Toolbox}/usr/lib/postgresql/17/bin/postgres", message, StringComparison.Ordinal);
        Assert.Contains("./kernelforge setup", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        Pretend(Path.Combine(_home, "file"));

        var error = await Assert.ThrowsAsync<PrivateClusterException>(() => PrivateCluster.StartAsync(Path.Combine(_home, "file"), "/", TestContext.Current.CancellationToken));

        Assert.Contains($"{_home}/file", error.Message, StringComparison.Ordinal);
        Assert.Contains("KERNELFORGE_HOME", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static void Pretend(string path, string text = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private async Task<string> RefusalAsync()
    {
        var error = await Assert.ThrowsAsync<PrivateClusterException>(() => PrivateCluster.StartAsync(_home, Toolbox, TestContext.Current.CancellationToken));
        return error.Message;
    }
}
