using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests;

/// <summary>Special registers that kernels compiled from CUDA read seldom, and instructions that only tell the hardware something (PTX ISA §10 and §9.7.19).</summary>
public sealed class SpecialRegisterTests
{
    private static string Kernel(string body) =>
        $$"""
        .version 8.4
        .target sm_90a
        .address_size 64
        .visible .entry k(.param .u64 out)
        {
        .reg .pred %p<8>; .reg .b32 %r<32>; .reg .b64 %l<32>;
        .shared .align 4 .b8 sh[128];
        mov.u32 %r10, %ctaid.x; mov.u32 %r11, %tid.x; mad.lo.u32 %r12, %r10, 32, %r11;
        ld.param.u64 %l1, [out]; mul.wide.u32 %l2, %r12, 8; add.u64 %l1, %l1, %l2; mov.u32 %r13, sh; st.shared.u32 [%r13], %r11;
        {{body}}
        done:
        ret;
        }
        """;

    private static ulong[] Read(string body)
    {
        using var run = KernelRun.Of(Kernel(body), "k");
        return run.In("out", new ulong[64], readOnly: false).Clean(new Dim3(2), new Dim3(32)).Read<ulong>("out");
    }

    [Theory]
    [InlineData("%total_smem_size", 128, 128)]
    [InlineData("%aggr_smem_size", 128, 128)]
    [InlineData("%dynamic_smem_size", 0, 0)]
    [InlineData("%clusterid.x", 0, 1)]
    [InlineData("%nclusterid.x", 2, 2)]
    [InlineData("%cluster_ctaid.x", 0, 0)]
    [InlineData("%cluster_nctaid.x", 1, 1)]
    [InlineData("%cluster_ctarank", 0, 0)]
    [InlineData("%cluster_nctarank", 1, 1)]
    [InlineData("%nctaid.y", 1, 1)]
    [InlineData("%ctaid.z", 0, 0)]
    [InlineData("%pm0", 0, 0)]
    [InlineData("%pm7", 0, 0)]
    [InlineData("%reserved_smem_offset_begin", 0, 0)]
    [InlineData("%reserved_smem_offset_end", 0, 0)]
    [InlineData("%reserved_smem_offset_cap", 0, 0)]
    [InlineData("WARP_SZ", 32, 32)]
    public void A_register_of_32_bits_tells_each_block_its_value(string name, int first, int second)
    {
        ulong[] got = Read($"mov.u32 %r1, {name}; cvt.u64.u32 %l3, %r1; st.global.u64 [%l1], %l3;");
        Assert.Equal([.. Enumerable.Repeat((ulong)first, 32), .. Enumerable.Repeat((ulong)second, 32)], got);
    }

    [Theory]
    [InlineData("%envreg0")]
    [InlineData("%envreg1")]
    [InlineData("%envreg2")]
    [InlineData("%envreg3")]
    [InlineData("%envreg31")]
    public void The_environment_is_zero_outside_cooperative_launches(string name) =>
        Assert.All(Read($"mov.b32 %r1, {name}; cvt.u64.u32 %l3, %r1; st.global.u64 [%l1], %l3;"), v => Assert.Equal(0UL, v));

    [Theory]
    [InlineData("%gridid", 1)]
    [InlineData("%current_graph_exec", 0)]
    public void A_register_of_64_bits_has_its_value(string name, int value) => Assert.All(Read($"mov.u64 %l3, {name}; st.global.u64 [%l1], %l3;"), v => Assert.Equal((ulong)value, v));

    [Theory]
    [InlineData("u64", "%clock64", "l")]
    [InlineData("u64", "%globaltimer", "l")]
    [InlineData("u32", "%clock", "r")]
    [InlineData("u32", "%globaltimer_lo", "r")]
    public void Time_goes_on(string type, string name, string letter)
    {
        string body = $"mov.{type} %{letter}3, {name}; add.u32 %r8, %r11, 1; mul.lo.u32 %r8, %r8, %r8; mov.{type} %{letter}4, {name}; sub.{type} %{letter}5, %{letter}4, %{letter}3;"
            + (letter == "r" ? "cvt.u64.u32 %l5, %r5;" : "") + "st.global.u64 [%l1], %l5;";
        Assert.All(Read(body), passed => Assert.InRange(passed, 1UL, 1000UL));
    }

    [Theory]
    [InlineData("%clock_hi")]
    [InlineData("%globaltimer_hi")]
    public void The_upper_half_of_a_short_time_is_zero(string name) => Assert.All(Read($"mov.u32 %r1, {name}; cvt.u64.u32 %l3, %r1; st.global.u64 [%l1], %l3;"), v => Assert.Equal(0UL, v));

    [Theory]
    [InlineData("brkpt;")]
    [InlineData("pmevent 3;")]
    [InlineData("pmevent.mask 3;")]
    [InlineData("griddepcontrol.launch_dependents;")]
    [InlineData("griddepcontrol.wait;")]
    [InlineData("setmaxnreg.inc.sync.aligned.u32 64;")]
    [InlineData("setmaxnreg.dec.sync.aligned.u32 64;")]
    [InlineData("nanosleep.u32 %r11;")]
    public void What_only_tells_the_hardware_something_changes_nothing(string statement)
    {
        ulong[] got = Read($"cvt.u64.u32 %l3, %r12; {statement} st.global.u64 [%l1], %l3;");
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ulong)i), got);
    }

    [Theory]
    [InlineData("brx.idx")]
    [InlineData("brx.idx.uni")]
    public void A_table_of_targets_sends_each_lane_its_way(string opcode)
    {
        // All lanes of a block the same way where .uni says so.
        string index = opcode.EndsWith("uni", StringComparison.Ordinal) ? "%r10" : "%r14";
        ulong[] got = Read($"and.b32 %r14, %r11, 1; mov.u64 %l3, 9; targets: .branchtargets first, second;\n{opcode} {index}, targets;\nfirst: mov.u64 %l3, 5; bra join;\nsecond: mov.u64 %l3, 6;\njoin: st.global.u64 [%l1], %l3;");
        Assert.Equal(Enumerable.Range(0, 64).Select(i => opcode.EndsWith("uni", StringComparison.Ordinal) ? 5UL + (ulong)(i / 32) : 5UL + (ulong)(i & 1)), got);
    }

    [Fact]
    public void Lanes_that_exit_do_no_more()
    {
        ulong[] got = Read("setp.lt.u32 %p1, %r11, 7; mov.u64 %l3, 1;\n@%p1 bra out;\nbra.uni on;\nout: exit;\non: st.global.u64 [%l1], %l3;");
        Assert.Equal(Enumerable.Range(0, 64).Select(i => i % 32 < 7 ? 0UL : 1UL), got);
    }

    [Theory]
    [InlineData("global", "0 1 0 0")]
    [InlineData("shared", "1 0 0 0")]
    [InlineData("shared::cta", "1 0 0 0")]
    [InlineData("local", "0 0 1 0")]
    [InlineData("const", "0 0 0 0")]
    [InlineData("param", "0 0 0 1")]
    public void Isspacep_knows_a_generic_address_by_its_space(string space, string expected)
    {
        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 out)
            {
            .reg .pred %p<8>; .reg .b32 %r<8>; .reg .b64 %l<8>;
            .shared .align 4 .b8 sh[16];
            .local .align 4 .b8 lo[16];
            ld.param.u64 %l1, [out];
            mov.u64 %l2, sh; cvta.shared.u64 %l2, %l2; isspacep.{{space}} %p1, %l2; selp.u32 %r1, 1, 0, %p1;
            isspacep.{{space}} %p1, %l1; selp.u32 %r2, 1, 0, %p1;
            mov.u64 %l3, lo; cvta.local.u64 %l3, %l3; isspacep.{{space}} %p1, %l3; selp.u32 %r3, 1, 0, %p1;
            mov.u64 %l4, out; cvta.param.u64 %l4, %l4; isspacep.{{space}} %p1, %l4; selp.u32 %r4, 1, 0, %p1;
            st.global.v4.u32 [%l1], {%r1, %r2, %r3, %r4};
            ret;
            }
            """,
            "k");
        Assert.Equal(expected, string.Join(' ', run.Out<uint>("out", 4).Clean(new Dim3(1), new Dim3(1)).Read<uint>("out")));
    }

    [Theory]
    [InlineData("match.any.sync.b64 %r1, %l5, -1;", 0x55555555u, 0xaaaaaaaau)]
    [InlineData("match.all.sync.b64 %r1|%p1, %l5, -1;", 0u, 0u)]
    [InlineData("match.all.sync.b64 %r1|%p1, %l6, -1;", 0xffffffffu, 0xffffffffu)]
    [InlineData("elect.sync %r1|%p1, -1; selp.u32 %r1, 7, 8, %p1; setp.ne.u32 %p2, %r11, 0; selp.u32 %r1, 7, %r1, %p2;", 7u, 7u)]
    public void Warp_wide_comparison_of_64_bits_and_election(string statement, uint even, uint odd)
    {
        ulong[] got = Read($"and.b32 %r14, %r11, 1; cvt.u64.u32 %l5, %r14; shl.b64 %l5, %l5, 40; mov.u64 %l6, 3; {statement} cvt.u64.u32 %l3, %r1; st.global.u64 [%l1], %l3;");
        Assert.Equal(Enumerable.Range(0, 64).Select(i => (ulong)(i % 2 == 0 ? even : odd)), got);
    }

    [Theory]
    [InlineData("bar.arrive", "bar.sync")]
    [InlineData("bar.cta.arrive", "bar.cta.sync")]
    [InlineData("barrier.arrive", "barrier.sync")]
    [InlineData("barrier.cta.arrive", "barrier.cta.sync")]
    [InlineData("barrier.arrive.aligned", "barrier.sync.aligned")]
    [InlineData("barrier.cta.arrive.aligned", "barrier.cta.sync.aligned")]
    public void A_warp_waits_for_one_that_only_arrives(string arrive, string sync)
    {
        using var run = KernelRun.Of(
            $$"""
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 out)
            {
            .reg .pred %p<8>; .reg .b32 %r<16>; .reg .b64 %l<8>;
            .shared .align 4 .b8 sh[128];
            ld.param.u64 %l1, [out];
            mov.u32 %r1, %tid.x; and.b32 %r2, %r1, 31; shl.b32 %r3, %r2, 2; mov.u32 %r4, sh; add.u32 %r4, %r4, %r3;
            setp.lt.u32 %p1, %r1, 32;
            @%p1 bra reader;
            st.shared.u32 [%r4], %r2;
            {{arrive}} 1, 64;
            bra.uni done;
            reader:
            {{sync}} 1, 64;
            ld.shared.u32 %r5, [%r4];
            mul.wide.u32 %l2, %r2, 4; add.u64 %l1, %l1, %l2; st.global.u32 [%l1], %r5;
            done:
            ret;
            }
            """,
            "k");
        run.Checks = Lowering.Checks.All;
        Assert.Equal(Enumerable.Range(0, 32), run.Out<int>("out", 32).Clean(new Dim3(1), new Dim3(64)).Read<int>("out"));
    }

    [Theory]
    [InlineData("bar")]
    [InlineData("bar.cta")]
    [InlineData("barrier")]
    [InlineData("barrier.cta")]
    public void A_barrier_reduces_predicates(string name)
    {
        ulong[] got = Read(
            $"setp.lt.u32 %p1, %r11, 5; {name}.red.popc.u32 %r1, 1, %p1; {name}.red.and.pred %p2, 1, %r15, !%p1; {name}.red.or.pred %p3, 1, %r15, !%p1;"
            .Replace("%r15", "32", StringComparison.Ordinal) + "selp.u32 %r2, 100, 0, %p2; selp.u32 %r3, 1000, 0, %p3; add.u32 %r1, %r1, %r2; add.u32 %r1, %r1, %r3; cvt.u64.u32 %l3, %r1; st.global.u64 [%l1], %l3;");
        Assert.All(got, v => Assert.Equal(1005UL, v));
    }
}
