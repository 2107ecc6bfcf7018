using System.Globalization;
using System.Text;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Tests.Coverage;

/// <summary>Makes <c>docs/ptx-coverage.md</c>: which instructions the simulator lowers, and which of them tests run.</summary>
internal static class CoverageReport
{
    public static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "KernelForge.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("KernelForge.sln is in no folder above the tests");
    }

    public static string Document() => Path.Combine(Repository(), "docs", "ptx-coverage.md");

    /// <summary>Null: the simulator lowers it. Else why it does not.</summary>
    public static string? Refusal(IsaVariant variant)
    {
        try
        {
            KernelProgram.Lower(PtxModule.Parse(variant.Kernel()), "k", new LoweringOptions());
            return null;
        }
        catch (Exception e) when (e is UnsupportedInstructionException or PtxSyntaxException)
        {
            return e.Message;
        }
    }

    public static string Render(IReadOnlySet<string> tested)
    {
        IReadOnlyList<IsaRow> rows = IsaTable.Read();
        var looked = rows.Select(r => (Row: r, Supported: r.Variants.Where(v => Refusal(v) is null).ToHashSet(), Tested: r.Variants.Where(v => tested.Contains(v.Key)).ToHashSet())).ToList();
        var text = new StringBuilder();
        text.Append("""
            # PTX coverage

            Made by `tests/Simulator.Tests/Coverage`: the instructions of PTX ISA 8.4 (`ptx-isa-8.4.txt`, written from the manual), each variant lowered by the simulator as a kernel of
            its own, and looked for in the kernels that tests launch (`tested-opcodes.txt`). A row is missing something where not all variants are supported or none is tested.
            To write it anew: `KERNELFORGE_PTX_COVERAGE=write ./kernelforge test Simulator`, or the executable of Simulator.Tests with that variable.

            | group | variants | supported | run by a test | rows | without a test |
            |---|---|---|---|---|---|

            """);
        foreach (var g in looked.GroupBy(l => l.Row.Group, StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {g.Key} | {g.Sum(l => l.Row.Variants.Count)} | {g.Sum(l => l.Supported.Count)} | {g.Sum(l => l.Tested.Count)} | {g.Count()} | {g.Count(l => l.Tested.Count == 0)} |");
        }

        foreach (var g in looked.GroupBy(l => l.Row.Group, StringComparer.Ordinal))
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {g.Key}").AppendLine();
            text.AppendLine("| instruction | operands | supported | tested | missing |").AppendLine("|---|---|---|---|---|");
            foreach (var (row, supported, ran) in g)
            {
                string[] refused = [.. row.Variants.Where(v => !supported.Contains(v)).Select(v => v.Opcode).Distinct(StringComparer.Ordinal)];
                string missing = refused.Length > 0 ? "not supported: " + string.Join(", ", refused.Take(6).Select(r => $"`{r}`")) + (refused.Length > 6 ? $" and {refused.Length - 6} more" : "")
                    : ran.Count == 0 ? "a test" : "";
                text.AppendLine(CultureInfo.InvariantCulture, $"| `{Cell(row.Pattern)}` | `{Cell(row.Operands)}` | {supported.Count}/{row.Variants.Count} | {ran.Count}/{row.Variants.Count} | {missing} |");
            }
        }

        return text.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
