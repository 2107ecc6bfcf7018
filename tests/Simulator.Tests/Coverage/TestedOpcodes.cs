using System.Collections.Concurrent;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Tests.Coverage;

[assembly: AssemblyFixture(typeof(TestedOpcodes))]

namespace KernelForge.Simulator.Tests.Coverage;

/// <summary>
/// Which instructions the kernels contain that tests launch. When all tests have run, what is not in <c>tested-opcodes.txt</c> yet is an error; with
/// <c>KERNELFORGE_PTX_COVERAGE=write</c> and every test run, that file and <c>docs/ptx-coverage.md</c> are written anew.
/// </summary>
public sealed class TestedOpcodes : IDisposable
{
    /// <summary>Set to <c>write</c> to rewrite the committed files.</summary>
    public const string Variable = "KERNELFORGE_PTX_COVERAGE";

    private static readonly ConcurrentDictionary<string, bool> Seen = new(StringComparer.Ordinal);

    internal static bool Writes => Environment.GetEnvironmentVariable(Variable) == "write";

    internal static IReadOnlySet<string> Committed() => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Coverage", "tested-opcodes.txt")).ToHashSet(StringComparer.Ordinal);

    /// <summary>A test launches a kernel of this module.</summary>
    internal static void Record(PtxModule module, string kernel)
    {
        IEnumerable<PtxFunction> functions = module.Kernels.Where(k => k.Name == kernel).Concat(module.Functions);
        foreach (PtxStatement s in functions.SelectMany(f => f.Statements).Where(s => s.Opcode.Length > 0))
        {
            Seen[s.Opcode] = true;
            foreach (PtxOperand o in s.Operands.Where(o => o.Name.StartsWith('%') || o.Name == "WARP_SZ"))
            {
                Seen[$"{s.Opcode} {o.Name}"] = true;
            }
        }
    }

    /// <summary>Compares with what is committed, or writes it.</summary>
    public void Dispose()
    {
        HashSet<string> known = [.. IsaTable.Read().SelectMany(r => r.Variants).Select(v => v.Key)];
        string[] seen = [.. Seen.Keys.Where(known.Contains).Order(StringComparer.Ordinal)];
        if (Writes)
        {
            File.WriteAllLines(Path.Combine(CoverageReport.Repository(), "tests", "Simulator.Tests", "Coverage", "tested-opcodes.txt"), seen);
            File.WriteAllText(CoverageReport.Document(), CoverageReport.Render(seen.ToHashSet(StringComparer.Ordinal)));
            return;
        }

        IReadOnlySet<string> committed = Committed();
        string[] missing = [.. seen.Where(s => !committed.Contains(s))];
        if (missing.Length > 0)
        {
            throw new InvalidOperationException($"tests run instructions that tested-opcodes.txt lacks: {string.Join(", ", missing.Take(5))}; run all tests of Simulator.Tests with {Variable}=write");
        }
    }
}
