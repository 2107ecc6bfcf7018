namespace KernelForge.Api.Store.Migrations;

/// <summary>The SQL of migrations, embedded beside them.</summary>
internal static class MigrationScript
{
    /// <summary>The text of a script.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(MigrationScript).Assembly.GetManifestResourceStream("migrations/" + name)
            ?? throw new InvalidOperationException($"the program holds no migration script {name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
