using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>cp.async in its forms (PTX ISA §9.7.9.25): sizes, fills, ignored sources and hints.</summary>
public sealed class AsyncCopyTests
{
    [Theory]
    [InlineData("cp.async.ca.shared.global [%r1], [%l2], 16;", 16)]
    [InlineData("cp.async.cg.shared.global [%r1], [%l2], 16;", 16)]
    [InlineData("cp.async.cg.shared.global.L2::128B [%r1], [%l2], 16;", 16)]
    [InlineData("cp.async.cg.shared.global.L2::256B [%r1], [%l2], 16;", 16)]
    [InlineData("cp.async.ca.shared.global [%r1], [%l2], 16, %r2;", 7)]
    [InlineData("cp.async.cg.shared.global [%r1], [%l2], 16, %p1;", 0)]
    [InlineData("cp.async.cg.shared.global [%r1], [%l2], 16, %p2;", 16)]
    [InlineData("cp.async.ca.shared.global.L2::cache_hint [%r1], [%l2], 4, %l3; cp.async.ca.shared.global [%r1+4], [%l2+4], 4; cp.async.ca.shared.global [%r1+8], [%l2+8], 8;", 16)]
    public void A_copy_brings_what_it_takes_and_zeros(string statements, int taken)
    {
        byte[] source = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 in, .param .u64 out)
            {
            .reg .pred %p<4>; .reg .b32 %r<8>; .reg .b64 %l<8>;
            .shared .align 16 .b8 sh[16];
            ld.param.u64 %l2, [in]; ld.param.u64 %l4, [out];
            mov.u32 %r1, sh; mov.u32 %r2, 7; mov.u64 %l3, 0;
            setp.eq.u32 %p1, %r2, 7; setp.ne.u32 %p2, %r2, 7;
            {{statements}}
            cp.async.commit_group; cp.async.wait_group 0;
            ld.shared.v4.u32 {%r3, %r4, %r5, %r6}, [%r1];
            st.global.v4.u32 [%l4], {%r3, %r4, %r5, %r6};
            ret;
            }
            """,
            "k");
        run.Checks = CheckSet.All;
        byte[] got = run.In("in", source).Out<byte>("out", 16).Clean(new Dim3(1), new Dim3(1)).Read<byte>("out");
        Assert.Equal([.. source[..taken], .. new byte[16 - taken]], got);
    }
}
