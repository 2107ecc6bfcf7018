using System.Text.RegularExpressions;
using KernelForge.Processes;

namespace KernelForge.EndToEnd.Demo;

/// <summary>The main job end to end, with the program as users run it, in a data folder of its own.</summary>
public sealed partial class DemoTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("kernelforge-demo-");

    [Fact]
    public void The_demo_exits_0_with_three_rows_on_the_board_and_a_dataset() => Demonstrate(times: 1);

    [Fact]
    [Trait("Category", "Sweep")]
    public void And_so_it_does_again_on_the_same_data_folder() => Demonstrate(times: 2);

    public void Dispose() => _home.Delete(recursive: true);

    private void Demonstrate(int times)
    {
        var program = Program();
        var postgres = Path.Combine(ToolboxPaths.Toolbox(), "usr/lib/postgresql/17/bin/postgres");
        Assert.SkipUnless(File.Exists(postgres) || Required("POSTGRES"), "the toolbox has no PostgreSQL: ./kernelforge setup");
        Assert.SkipUnless(File.Exists(program), $"the programs are not built ({program}): ./kernelforge tasks list builds them");
        Directory.CreateSymbolicLink(Path.Combine(_home.FullName, "toolbox"), ToolboxPaths.Toolbox());

        for (var time = 1; time <= times; time++)
        {
            var (code, output, error) = Repository.Run(
                "dotnet",
                ["exec", program, "demo"],
                ("KERNELFORGE_ROOT", Repository.Root),
                ("KERNELFORGE_HOME", _home.FullName),
                ("KERNELFORGE_TOOLBOX", null),
                ("KERNELFORGE_SERVICE", null),
                ("ConnectionStrings__KernelForge", null));

            Assert.True(code == 0, $"demo {time} exited {code}\n{output}\n{error}");
            Assert.Equal(3, BoardRow().Count(output));
            var folder = Dataset().Match(output).Groups["folder"].Value;
            Assert.True(File.Exists(Path.Combine(folder, "manifest.json")), output);
            Assert.Contains("./kernelforge serve", output, StringComparison.Ordinal);
        }
    }

    /// <summary>The command line program beside the evaluator that the tests use.</summary>
    private static string Program() => Path.Combine(
        Path.GetDirectoryName(Environment.GetEnvironmentVariable("KERNELFORGE_EVALUATOR")) ?? Path.Combine(Repository.Root, "artifacts/app"),
        "KernelForge.Cli.dll");

    private static bool Required(string what) => Environment.GetEnvironmentVariable($"KERNELFORGE_REQUIRE_{what}") == "1";

    [GeneratedRegex(@"^ +1  (activation|reduce|matmul)/\S+  +[0-9a-f]{12} ", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BoardRow();

    [GeneratedRegex(@"^dataset: (?<folder>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Dataset();
}
