using KernelForge.Simulator.Counters;

namespace KernelForge.Simulator.Tests.Counters;

public sealed class ExpansionTests
{
    // Every opcode that NVRTC 12.4 emitted for the samples and for a kernel of mixed arithmetic.
    private const string Seen = 
        "abs.f32 add.f32 add.f64 add.rn.f32 add.rn.f64 add.s32 add.s64 add.u64 and.b32 and.b64 and.pred atom.global.cas.b64 bar.sync "
        + "bar.warp.sync bfi.b64 bfind.shiftamt.u32 bra bra.uni brev.b32 clz.b32 cp.async.wait_all cvt.f64.f32 cvt.rmi.f32.f32 cvt.rn.f32.f64 "
        + "cvt.rn.f32.s32 cvt.rn.f64.s32 cvt.rn.f64.s64 cvt.rni.f32.f32 cvt.rni.s32.f32 cvt.rzi.f32.f32 cvt.rzi.s32.f32 cvt.rzi.s64.f32 "
        + "cvt.s64.s32 cvt.sat.f32.f32 cvt.u32.u64 cvt.u64.u32 cvta.global.u64 cvta.local.u64 cvta.to.global.u64 div.rn.f32 div.rn.f64 "
        + "div.s32 div.s64 div.u32 dp4a.s32.s32 ex2.approx.ftz.f32 fma.rm.f32 fma.rn.f32 fma.rn.f64 ld.const.f32 ld.global.f32 ld.global.f64 "
        + "ld.global.nc.f32 ld.global.nc.u32 ld.global.u16 ld.global.u32 ld.global.u64 ld.local.f32 ld.local.u32 ld.param.b32 ld.param.f32 "
        + "ld.param.u32 ld.param.u64 ld.shared.f32 mad.lo.s32 mad.wide.u32 max.f32 max.s32 max.s64 membar.gl min.f64 mov.b32 mov.b64 mov.f32 "
        + "mov.f64 mov.u32 mov.u64 mul.f32 mul.f64 mul.hi.u32 mul.hi.u64 mul.lo.s32 mul.lo.s64 mul.rn.f32 mul.wide.s32 mul.wide.u32 neg.f32 "
        + "neg.s32 not.b32 or.b32 or.b64 or.pred popc.b32 prmt.b32 rcp.approx.ftz.f32 rcp.rn.f32 red.global.add.f32 red.global.add.u32 "
        + "red.global.max.s32 red.shared.add.f32 red.shared.add.u32 redux.sync.add.s32 rem.s64 rem.u32 ret rsqrt.approx.f32 selp.b32 selp.f32 "
        + "selp.f64 setp.eq.f32 setp.eq.s32 setp.eq.s64 setp.ge.f32 setp.ge.s32 setp.ge.s64 setp.geu.f32 setp.gt.f32 setp.gt.s32 setp.gt.u32 "
        + "setp.gtu.f32 setp.leu.f32 setp.lt.f32 setp.lt.f64 setp.lt.s32 setp.lt.u32 setp.ltu.f32 setp.ne.s32 setp.neu.f32 shf.l.wrap.b32 "
        + "shfl.sync.bfly.b32 shl.b32 shl.b64 shr.s32 shr.s64 shr.u32 shr.u64 sqrt.rn.f32 sqrt.rn.f64 st.global.f32 st.global.f64 "
        + "st.global.u16 st.global.u32 st.global.u64 st.local.f32 st.local.f64 st.local.u32 st.param.b64 st.shared.f32 sub.f32 sub.s32 "
        + "vote.sync.ballot.b32 xor.b32";

    [Fact]
    public void Every_opcode_seen_in_real_PTX_has_a_rule()
    {
        var unknown = Seen.Split(' ').Where(opcode => !Expansion.Of(opcode).IsKnown);
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("fma.rn.f32", "fma")]
    [InlineData("add.ftz.f32", "fma")]
    [InlineData("mad.lo.s32", "imad")]
    [InlineData("mul.wide.s32", "imad")]
    [InlineData("fma.rn.f16x2", "imad")]
    [InlineData("add.s32", "alu")]
    [InlineData("setp.lt.and.s32", "alu")]
    [InlineData("max.f32", "alu")]
    [InlineData("ex2.approx.ftz.f32", "xu")]
    [InlineData("rsqrt.approx.ftz.f32", "xu")]
    [InlineData("cvt.rzi.s32.f32", "xu")]
    [InlineData("fma.rn.f64", "fp64")]
    [InlineData("ld.global.nc.v4.f32", "lsu")]
    [InlineData("shfl.sync.bfly.b32", "lsu")]
    [InlineData("bar.sync", "uniform")]
    [InlineData("bra.uni", "branch")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "tensor")]
    public void An_instruction_of_one_slot_uses_its_pipe(string opcode, string pipe)
    {
        var cost = Expansion.Of(opcode);
        var used = pipe switch
        {
            "fma" => cost.Fma,
            "imad" => cost.IntegerMultiply,
            "alu" => cost.Alu,
            "xu" => cost.Xu,
            "fp64" => cost.Fp64,
            "lsu" => cost.Lsu,
            "uniform" => cost.Uniform,
            "branch" => cost.Branch,
            _ => cost.Tensor,
        };
        Assert.Equal((1.0, 1.0), (cost.Slots, used));
    }

    [Fact]
    public void Divisions_are_many_slots_and_64_bit_ones_the_most()
    {
        double Slots(string opcode) => Expansion.Of(opcode).Slots;
        Assert.True(Slots("div.rn.f32") >= 8 * Slots("mul.f32"));
        Assert.True(Slots("div.approx.ftz.f32") < Slots("div.rn.f32"));
        Assert.True(Slots("div.s64") > 3 * Slots("div.s32"));
        Assert.True(Slots("rem.u32") > 10);
    }

    [Fact]
    public void Sixty_four_bit_additions_are_two_words()
    {
        Assert.Equal(2.0, Expansion.Of("add.s64").Alu);
    }

    [Theory]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", 2048)]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", 2048)]
    [InlineData("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", 2048)]
    [InlineData("wmma.mma.sync.aligned.row.col.m16n16k16.f32.f32", 4096)]
    [InlineData("wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16", 65536)]
    public void Tensor_work_is_read_from_the_shape_in_float16_multiply_adds_a_warp(string opcode, double work)
    {
        Assert.Equal(work, Expansion.Of(opcode).TensorF16Fma);
    }

    [Fact]
    public void Loading_a_fragment_is_not_tensor_work()
    {
        Assert.Equal(0, Expansion.Of("wmma.load.a.sync.aligned.row.m16n16k16.shared.f16").TensorF16Fma);
    }

    [Fact]
    public void An_unknown_opcode_counts_as_one_slot_and_says_so()
    {
        Assert.Equal((1.0, false), (Expansion.Of("frobnicate.b32").Slots, Expansion.Of("frobnicate.b32").IsKnown));
    }
}
