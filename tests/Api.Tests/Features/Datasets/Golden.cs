using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>Rows as they were decided, in files beside this one: indented, so that a change of form reads well. KERNELFORGE_WRITE_GOLDEN=1 writes them anew.</summary>
internal static class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Check(string name, string line)
    {
        var path = Path.Combine(Repository.Root, "tests/Api.Tests/Features/Datasets/Golden", name);
        var found = JsonNode.Parse(line)!.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("KERNELFORGE_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(path, found);
        }

        Assert.Equal(File.ReadAllText(path), found);
    }
}
