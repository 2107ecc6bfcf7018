using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Simulator.Tests.Coverage;

/// <summary>One line of the table of instructions, with all its variants.</summary>
internal sealed record IsaRow(string Group, string Pattern, string Operands, IReadOnlyList<IsaVariant> Variants);

/// <summary>One instruction: its whole opcode and its operands, registers as letters.</summary>
internal sealed partial record IsaVariant(string Opcode, string Operands)
{
    /// <summary>By what a test is known to have run it: its opcode, and the special register where that is what it is about.</summary>
    public string Key
    {
        get
        {
            string opcode = Opcode.StartsWith('@') ? Opcode[(Opcode.IndexOf(' ') + 1)..] : Opcode;
            Match special = SpecialPattern().Match(Operands);
            return special.Success ? $"{opcode} {special.Value}" : opcode;
        }
    }

    /// <summary>A kernel of nothing but this instruction.</summary>
    public string Kernel()
    {
        int number = 0;
        string Named(Match m) => string.Create(CultureInfo.InvariantCulture, $"%{m.Value.ToLowerInvariant()}x{++number}");
        string statement = RegisterPattern().Replace($"{Opcode} {Operands}", Named).TrimEnd();
        return $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .global .align 128 .b8 gl[4096];
            .const .align 64 .b8 co[256];
            .func (.param .b32 out) callee (.param .b32 in)
            {
                .reg .b32 %rx<2>;
                ld.param.b32 %rx1, [in];
                st.param.b32 [out], %rx1;
                ret;
            }
            .visible .entry k(.param .align 16 .b8 pa[64])
            {
                .reg .pred %px<64>;
                .reg .b16 %hx<64>;
                .reg .b32 %rx<64>;
                .reg .b64 %lx<64>;
                .reg .b128 %qx<64>;
                .shared .align 128 .b8 sh[4096];
                .local .align 16 .b8 lo[256];
                .param .b32 argument;
                .param .b32 result;
                {{(Operands.EndsWith("targets", StringComparison.Ordinal) ? "targets: .branchtargets done, done;" : "")}}
                {{(Operands.EndsWith("shape", StringComparison.Ordinal) ? "shape: .callprototype (.param .b32 _) _ (.param .b32 _);" : "")}}
                {{statement}};
            done:
                ret;
            }
            """;
    }

    [GeneratedRegex(@"(?<![\w%.:])[PHRLQ](?![\w.:])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegisterPattern();

    [GeneratedRegex("(%[a-z]|WARP_SZ)[a-z_0-9.]*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpecialPattern();
}

/// <summary>The table of instructions, <c>ptx-isa-8.4.txt</c>.</summary>
internal static partial class IsaTable
{
    public static IReadOnlyList<IsaRow> Read()
    {
        var rows = new List<IsaRow>();
        string group = "";
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Coverage", "ptx-isa-8.4.txt")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                group = line[3..];
            }
            else if (line.Length > 0 && line[0] != '#')
            {
                int bar = line.IndexOf(" |", StringComparison.Ordinal);
                string pattern = line[..bar], operands = line[(bar + 2)..].Trim();
                rows.Add(new IsaRow(group, pattern, operands, [.. from o in Expand(pattern, OpcodePattern()) from a in Expand(operands, OperandPattern()) select new IsaVariant(o, a)]));
            }
        }

        return rows;
    }

    private static IEnumerable<string> Expand(string text, Regex alternatives)
    {
        Match m = alternatives.Match(text);
        return m.Success
            ? m.Groups["list"].Value.Split(',').SelectMany(a => Expand(text[..m.Index] + a + text[(m.Index + m.Length)..], alternatives))
            : [text];
    }

    [GeneratedRegex(@"\{(?<list>[^{}]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OpcodePattern();

    // A vector of registers has spaces, a list of alternatives has none.
    [GeneratedRegex(@"\{(?<list>[^{} ]*,[^{} ]*)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OperandPattern();
}
