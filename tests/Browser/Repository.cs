namespace KernelForge.Browser;

/// <summary>Where the repository lies.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "KernelForge.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("KernelForge.sln was not found above the test program");
    }
}
