using System.Runtime.CompilerServices;

namespace KernelForge.Cli.Tests;

/// <summary>Text compared with a file beside the tests; <c>KERNELFORGE_UPDATE_GOLDEN=1</c> writes it instead.</summary>
internal static class Golden
{
    public static void Equals(string actual, string name, [CallerFilePath] string caller = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("KERNELFORGE_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
