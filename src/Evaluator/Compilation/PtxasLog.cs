using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Evaluator.Compilation;

/// <summary>What <c>--ptxas-options=--verbose</c> says of one kernel.</summary>
internal sealed record PtxasInfo(int Registers, long SharedBytes, int SpillBytes, int StackBytes, int ConstantBytes);

/// <summary>Separates ptxas's report from the compiler's diagnostics.</summary>
internal static partial class PtxasLog
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>Figures by lowered name.</summary>
    public static Dictionary<string, PtxasInfo> Parse(string log)
    {
        var kernels = new Dictionary<string, PtxasInfo>();
        string entry = "";
        string? current = null;
        foreach (string line in log.Split('\n'))
        {
            if (Entry().Match(line) is { Success: true } head)
            {
                entry = current = head.Groups["name"].Value;
                kernels[entry] = new PtxasInfo(0, 0, 0, 0, 0);
            }
            else if (Properties().Match(line) is { Success: true } properties)
            {
                // Functions that were not inlined have properties of their own, between an entry's head and its figures.
                current = kernels.ContainsKey(properties.Groups["name"].Value) ? properties.Groups["name"].Value : null;
            }
            else if (current is not null && Frame().Match(line) is { Success: true } frame)
            {
                kernels[current] = kernels[current] with { StackBytes = Number(frame, "stack"), SpillBytes = Number(frame, "stores") + Number(frame, "loads") };
            }
            else if (kernels.TryGetValue(entry, out PtxasInfo? known) && Used().Match(line) is { Success: true } used)
            {
                kernels[entry] = known with
                {
                    Registers = Number(used, "count"),
                    SharedBytes = Shared().Match(line) is { Success: true } shared ? Number(shared, "count") : 0,
                    ConstantBytes = Constant().Matches(line).Sum(m => Number(m, "count")),
                };
            }
        }

        return kernels;
    }

    /// <summary>The log without ptxas's figures.</summary>
    public static string Diagnostics(string log)
        => string.Join('\n', log.Split('\n').Where(l => !l.StartsWith("ptxas info", StringComparison.Ordinal) && !l.StartsWith("ptxas         .", StringComparison.Ordinal))).Trim();

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("Compiling entry function '(?<name>[^']+)'", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Entry();

    [GeneratedRegex(@"Function properties for (?<name>\S+)", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Properties();

    [GeneratedRegex(@"(?<stack>\d+) bytes stack frame, (?<stores>\d+) bytes spill stores, (?<loads>\d+) bytes spill loads", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Frame();

    [GeneratedRegex(@"Used (?<count>\d+) registers", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Used();

    [GeneratedRegex(@"(?<count>\d+) bytes smem", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Shared();

    [GeneratedRegex(@"(?<count>\d+) bytes cmem\[\d+\]", Options, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Constant();
}
