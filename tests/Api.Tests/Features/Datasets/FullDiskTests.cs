using System.Diagnostics;
using KernelForge.Api.Features.Datasets;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class FullDiskTests(ServiceFixture fixture)
{
    [Fact]
    public async Task A_full_disk_is_said_and_nothing_is_left()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        var disk = Directory.CreateDirectory(Path.Combine(output.Parent, "disk")).FullName;
        Assert.SkipWhen(Run("mount", "-t", "tmpfs", "-o", "size=64k", "kernelforge-test", disk) != 0, "a small file system cannot be mounted here");
        try
        {
            await attempts.AddAsync(change: record => record with { Reasoning = new string('x', 100_000) });

            var error = await Assert.ThrowsAsync<DatasetException>(() =>
                new DatasetExporter(attempts.Database, Repository.Root).ExportAsync(new DatasetOrder { ValidationShare = 0 }, Path.Combine(disk, "dataset"), TestContext.Current.CancellationToken));

            Assert.Contains("no room is left on the disk of", error.Message, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            Run("umount", "-l", disk);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
