using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Tests.Coverage;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>
/// Runs one instruction on many operands: a kernel loads them as 64-bit words, cuts them to the width of the instruction's registers, and stores
/// what comes out, zero-extended. A second destination, a predicate, stands in bit 32 and above; two predicates in bits 0 and 1.
/// </summary>
internal static partial class Operation
{
    /// <summary>Letters of an instruction's registers after its destination, as in the table of instructions.</summary>
    public static string Sources(string operands) => string.Concat(LetterPattern().Matches(operands[operands.IndexOf(',', StringComparison.Ordinal)..]).Select(m => m.Value));

    public static string Destination(string operands) => operands[..operands.IndexOf(',', StringComparison.Ordinal)];

    public static ulong[] Run(string opcode, string operands, ulong[][] cases)
    {
        string destination = Destination(operands), sources = Sources(operands);
        int count = cases[0].Length;
        using var run = KernelRun.Of(Kernel(opcode, operands, destination, sources), "k");
        foreach (ulong[] column in cases)
        {
            run.In($"in{Array.IndexOf(cases, column)}", column);
        }

        run.Out<ulong>("out", count).Value(count).Clean(new Dim3((count + 127) / 128), new Dim3(128));
        return run.Read<ulong>("out");
    }

    /// <summary>Compares every case; the message shows the first that differ.</summary>
    public static void Check(IsaVariant variant, ulong[][] cases, Func<ulong[], ulong> expected, Func<ulong[], ulong, ulong, bool>? same = null)
    {
        ulong[] got = Run(variant.Opcode, variant.Operands, cases);
        var wrong = new StringBuilder();
        int shown = 0;
        for (int i = 0; i < got.Length && shown < 5; i++)
        {
            ulong[] inputs = [.. cases.Select(c => c[i])];
            ulong e = expected(inputs);
            if (!(same?.Invoke(inputs, e, got[i]) ?? e == got[i]))
            {
                wrong.Append(CultureInfo.InvariantCulture, $"\n{variant.Opcode}({string.Join(", ", inputs.Select(v => $"0x{v:x}"))}): expected 0x{e:x}, got 0x{got[i]:x}");
                shown++;
            }
        }

        Assert.True(shown == 0, wrong.ToString());
    }

    private static string Kernel(string opcode, string operands, string destination, string sources)
    {
        var text = new StringBuilder();
        string parameters = string.Concat(Enumerable.Range(0, sources.Length).Select(i => $".param .u64 in{i}, "));
        text.Append(CultureInfo.InvariantCulture, $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k({{parameters}}.param .u64 out, .param .u32 n)
            {
            .reg .pred %p<16>; .reg .b16 %h<32>; .reg .b32 %r<32>; .reg .b64 %l<32>;
            mov.u32 %r20, %ctaid.x; mov.u32 %r21, %tid.x; mad.lo.u32 %r20, %r20, 128, %r21;
            ld.param.u32 %r22, [n]; setp.ge.u32 %p10, %r20, %r22;
            @%p10 bra done;
            mul.wide.u32 %l20, %r20, 8; mov.u16 %h20, 0; mov.u32 %r23, 0; mov.u64 %l23, 0;

            """);
        for (int i = 0; i < sources.Length; i++)
        {
            string cut = sources[i] switch
            {
                'H' => $"mov.b64 {{%h{i + 1}, %h21, %h22, %h23}}, %l24;",
                'R' => $"mov.b64 {{%r{i + 1}, %r24}}, %l24;",
                'P' => $"setp.ne.u64 %p{i + 1}, %l24, 0;",
                _ => $"mov.u64 %l{i + 1}, %l24;",
            };
            text.Append(CultureInfo.InvariantCulture, $"ld.param.u64 %l22, [in{i}]; add.u64 %l22, %l22, %l20; ld.global.u64 %l24, [%l22]; {cut}\n");
        }

        int next = 0;
        string rest = LetterPattern().Replace(operands[operands.IndexOf(',', StringComparison.Ordinal)..], m => $"%{char.ToLowerInvariant(m.Value[0])}{++next}");
        string target = destination switch { "H" => "%h0", "R" => "%r0", "L" => "%l0", "P" => "%p0", "P|P" => "%p0|%p9", _ => "%r0|%p9" };
        string result = destination switch
        {
            "H" => "mov.b64 %l24, {%h0, %h20, %h20, %h20};",
            "R" => "mov.b64 %l24, {%r0, %r23};",
            "L" => "mov.u64 %l24, %l0;",
            "P" => "selp.u64 %l24, 1, 0, %p0;",
            "P|P" => "selp.u64 %l24, 1, 0, %p0; selp.u64 %l25, 2, 0, %p9; or.b64 %l24, %l24, %l25;",
            _ => "selp.u32 %r25, 1, 0, %p9; mov.b64 %l24, {%r0, %r25};",
        };
        text.Append(CultureInfo.InvariantCulture, $"{opcode} {target}{rest};\n{result}\nld.param.u64 %l22, [out]; add.u64 %l22, %l22, %l20; st.global.u64 [%l22], %l24;\ndone:\nret;\n}}\n");
        return text.ToString();
    }

    [GeneratedRegex(@"(?<![\w%.:])[PHRL](?![\w.:])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LetterPattern();
}
