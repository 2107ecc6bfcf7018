using System.Text.RegularExpressions;

namespace KernelForge.Evaluator.Reference;

/// <summary>Reads PyTorch's version from its files, so that a warm cache needs no Python at all.</summary>
internal static partial class TorchVersion
{
    private static readonly string[] Roots = ["usr/lib", "usr/local/lib"];
    private static readonly string[] Sites = ["dist-packages", "site-packages"];

    /// <summary>PyTorch's version under <paramref name="toolbox"/>: <c>2.6.0+debian</c>.</summary>
    /// <exception cref="ReferenceUnavailableException">There is no PyTorch.</exception>
    public static string Read(string toolbox)
    {
        foreach (var path in Candidates(toolbox))
        {
            if (File.Exists(path) && VersionPattern().Match(File.ReadAllText(path)) is { Success: true } match)
            {
                return match.Groups["version"].Value;
            }
        }

        throw new ReferenceUnavailableException(
            Directory.Exists(toolbox)
                ? $"no PyTorch in the toolbox {toolbox} (looked for {string.Join(", ", Roots.Select(r => $"{r}/python3*"))}): run ./kernelforge setup, or point KERNELFORGE_TOOLBOX at a root that has python3-torch"
                : $"there is no toolbox at {toolbox}: run ./kernelforge setup, or set KERNELFORGE_TOOLBOX");
    }

    private static IEnumerable<string> Candidates(string toolbox)
    {
        foreach (var root in Roots.Select(r => Path.Combine(toolbox, r)).Where(Directory.Exists))
        {
            foreach (var python in Directory.EnumerateDirectories(root, "python3*").Order(StringComparer.Ordinal))
            {
                foreach (var site in Sites)
                {
                    yield return Path.Combine(python, site, "torch", "version.py");
                }
            }
        }
    }

    [GeneratedRegex("""^__version__\s*=\s*['"](?<version>[^'"]+)['"]""", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionPattern();
}
