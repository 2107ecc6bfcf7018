using System.Globalization;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Api.Features.Solutions;

/// <summary>The compiler's diagnostics by line, in the form of findings: <c>solution.cu(10): error: …</c>.</summary>
internal static partial class CompilerNotes
{
    private const int Most = 100;

    /// <summary>Those that name a line.</summary>
    public static IEnumerable<Finding> Of(string? diagnostics) => diagnostics is null
        ? []
        : Diagnostic().Matches(diagnostics).Take(Most).Select(match => new Finding
        {
            Tool = "compiler",
            Kind = match.Groups["kind"].Value,
            Line = int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture),
            Message = match.Groups["message"].Value,
        });

    [GeneratedRegex(@"\((?<line>[0-9]{1,7})\): (?<kind>error|warning)[^:\n]{0,20}: (?<message>[^\n]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Diagnostic();
}
