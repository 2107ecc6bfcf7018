using System.Numerics;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests;

/// <summary>wmma of single bits: the number of ones of a row of A combined with a column of B (PTX ISA §9.7.14.4).</summary>
public sealed class BinaryMatrixTests
{
    [Theory]
    [InlineData("xor", "")]
    [InlineData("and", "")]
    [InlineData("xor", ".global")]
    [InlineData("and", ".shared")]
    public void Bits_are_combined_and_counted(string operation, string space)
    {
        var random = new Random(9);
        ulong[] a = [.. Enumerable.Range(0, 16).Select(_ => (ulong)random.NextInt64())], b = [.. Enumerable.Range(0, 16).Select(_ => (ulong)random.NextInt64())];
        int[] c = [.. Enumerable.Range(0, 64).Select(_ => random.Next(-50, 50))];
        string left = "%l1", right = "%l2", copy = "";
        if (space == ".shared")
        {
            left = "%l5";
            right = "%l6";
            copy = """
                mov.u32 %r8, %tid.x; mul.wide.u32 %l7, %r8, 4;
                mov.u64 %l5, sa; mov.u64 %l6, sb; add.u64 %l8, %l5, %l7; add.u64 %l9, %l6, %l7;
                add.u64 %l10, %l1, %l7; ld.global.u32 %r9, [%l10]; st.shared.u32 [%l8], %r9;
                add.u64 %l10, %l2, %l7; ld.global.u32 %r9, [%l10]; st.shared.u32 [%l9], %r9;
                bar.sync 0;
                """;
        }

        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d)
            {
            .reg .b32 %r<16>; .reg .b64 %l<16>;
            .shared .align 16 .b8 sa[128];
            .shared .align 16 .b8 sb[128];
            ld.param.u64 %l1, [a]; ld.param.u64 %l2, [b]; ld.param.u64 %l3, [c]; ld.param.u64 %l4, [d];
            {{copy}}
            wmma.load.a.sync.aligned.row.m8n8k128{{space}}.b1 {%r1}, [{{left}}];
            wmma.load.b.sync.aligned.col.m8n8k128{{space}}.b1 {%r2}, [{{right}}];
            wmma.load.c.sync.aligned.row.m8n8k128.s32 {%r3, %r4}, [%l3];
            wmma.mma.{{operation}}.popc.sync.aligned.row.col.m8n8k128.s32.b1.b1.s32 {%r5, %r6}, {%r1}, {%r2}, {%r3, %r4};
            wmma.store.d.sync.aligned.row.m8n8k128.s32 [%l4], {%r5, %r6};
            ret;
            }
            """,
            "k");
        int[] got = run.In("a", a).In("b", b).In("c", c).Out<int>("d", 64).Clean(new Dim3(1), new Dim3(32)).Read<int>("d");
        for (int i = 0; i < 64; i++)
        {
            int ones = Enumerable.Range(0, 2).Sum(w => BitOperations.PopCount(operation == "xor" ? a[(i / 8 * 2) + w] ^ b[(i % 8 * 2) + w] : a[(i / 8 * 2) + w] & b[(i % 8 * 2) + w]));
            Assert.Equal(c[i] + ones, got[i]);
        }
    }
}
