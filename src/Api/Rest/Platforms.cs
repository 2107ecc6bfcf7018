namespace KernelForge.Api.Rest;

/// <summary>Where solutions may be run.</summary>
internal static class Platforms
{
    private static readonly string[] Known = ["sim"];

    /// <summary>Checks a platform and the form of a device's name; whether there is such a device, the evaluator says.</summary>
    /// <exception cref="RefusedException">The platform is not known, or the device cannot be one's name.</exception>
    public static void Require(string platform, string? device)
    {
        if (!Known.Contains(platform, StringComparer.Ordinal))
        {
            throw RefusedException.Bad("platform", $"expected {string.Join(" or ", Known)}, found '{platform}'");
        }

        Texts.OptionalName("device", device);
    }
}
