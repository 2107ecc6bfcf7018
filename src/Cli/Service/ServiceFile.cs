using System.Text.Json;
using KernelForge.Cli.Json;

namespace KernelForge.Cli.Service;

/// <summary><c>service.json</c> in the data folder: where the service of this data folder listens. One that was left behind is recognised by asking.</summary>
internal sealed record ServiceFile
{
    /// <summary>Its address, as other programs on this machine reach it.</summary>
    public required string Address { get; init; }

    /// <summary>Its process.</summary>
    public required int Pid { get; init; }

    /// <summary>Reads it; null where there is none, or none that can be read.</summary>
    public static ServiceFile? Read(string home)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathIn(home)), CliJson.Default.ServiceFile);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it, whole or not at all.</summary>
    public void Write(string home)
    {
        var part = $"{PathIn(home)}.{Pid}";
        File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Default.ServiceFile));
        File.Move(part, PathIn(home), overwrite: true);
    }

    /// <summary>Removes it where it is still this one.</summary>
    public void Remove(string home)
    {
        if (Read(home) == this)
        {
            File.Delete(PathIn(home));
        }
    }

    private static string PathIn(string home) => Path.Combine(home, "service.json");
}
