using KernelForge.Evaluator.Compilation;

namespace KernelForge.Evaluator.Tests.Compilation;

public sealed class PtxRulesTests
{
    private static string Module(string body, string head = "")
        => $".version 8.4\n.target sm_90a\n.address_size 64\n{head}\n.visible .entry k(\n\t.param .u64 k_param_0\n)\n{{\n{body}\n\tret;\n}}\n\t.file\t1 \"/tmp/solution.cu\"\n";

    [Theory]
    [InlineData("add.s32 %r1, %r2, %r3;", "integer")]
    [InlineData("ld.global.f32 %f1, [%rd1];", "float32")]
    [InlineData("fma.rn.f32 %f1, %f2, %f3, %f4;", "float32")]
    [InlineData("add.f64 %fd1, %fd2, %fd3;", "float64")]
    [InlineData("cvt.f64.f32 %fd1, %f1; add.f64 %fd1, %fd2, %fd3;", "float64")]
    [InlineData("cvt.rn.f32.f64 %f1, %fd1;", "float32")]
    [InlineData("cvt.f32.f16 %f1, %rs1; add.f32 %f1, %f1, %f1;", "float32")]
    [InlineData("{  cvt.rn.f16.f32 %rs1, %f1;}", "float16")]
    [InlineData("{add.f16 %rs1,%rs2,%rs3;}", "float16")]
    [InlineData("cvt.rn.bf16.f32 %rs1, %f1;", "bfloat16")]
    [InlineData("cvt.rna.tf32.f32 %r1, %f1;", "tf32")]
    [InlineData("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f1}, {%r1}, {%r2}, {%f2};", "tf32")]
    [InlineData("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f1}, {%r1}, {%r2}, {%f2};", "float16")]
    [InlineData("wgmma.mma_async.sync.aligned.m64n64k32.f32.e4m3.e4m3 {%f1}, %rd1, %rd2, 1, 1, 1;", "float8")]
    [InlineData("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%r1}, {%r2}, {%r3}, {%r4};", "integer")]
    [InlineData("// add.f16 %rs1, %rs2, %rs3;\n\tadd.f32 %f1, %f2, %f3;", "float32")]
    public void The_worst_precision_wins(string body, string precision) => Assert.Equal(precision, PtxRules.Precision(Module(body)));

    [Theory]
    [InlineData("mov.u64 %rd1, %globaltimer;", "%globaltimer")]
    [InlineData("mov.u32 %r1, %clock;", "%clock")]
    [InlineData("mov.u64 %rd1, %clock64;", "%clock64")]
    [InlineData("mov.u64 %rd1, %gridid;", "%gridid")]
    [InlineData("mov.b32 %r1, %envreg7;", "%envreg7")]
    public void Reads_of_clocks_are_named(string body, string register)
        => Assert.StartsWith($"reads {register}:", Assert.Single(PtxRules.UnrankedReasons(Module(body))), StringComparison.Ordinal);

    [Fact]
    public void Large_globals_and_device_malloc_are_named()
    {
        IReadOnlyList<string> reasons = PtxRules.UnrankedReasons(Module("", ".global .align 4 .b8 cache[1048577];\n.extern .func (.param .b64 func_retval0) malloc\n(\n\t.param .b64 malloc_param_0\n)\n;"));

        Assert.Equal(2, reasons.Count);
        Assert.StartsWith("writable module globals of 1,048,577 bytes", reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void An_ordinary_module_has_nothing_against_it()
        => Assert.Empty(PtxRules.UnrankedReasons(Module("mov.u32 %r1, %tid.x; // %clock", ".global .align 1 .b8 $str[7] = {104, 105};\n.const .align 4 .b8 c[2000000];")));

    [Fact]
    public void Parameters_externs_and_variables_are_read()
    {
        PtxModule module = PtxModule.Parse("""
            .version 8.4
            .target sm_90a
            .address_size 64
            	// .globl	k
            .extern .func  (.param .b32 func_retval0) vprintf
            (
            	.param .b64 vprintf_param_0,
            	.param .b64 vprintf_param_1
            )
            ;
            .extern .shared .align 16 .b8 dyn[];
            .const .align 1 .b8 kf_sig_0[12] = {5, 2, 1};
            .global .align 8 .b8 g[4][2];
            .weak .entry k(
            	.param .u64 k_param_0,
            	.param .u8 k_param_1,
            	.param .align 4 .b8 k_param_2[12],
            	.param .align 64 .b8 k_param_3[128]
            )
            .maxntid 16, 8, 1
            .minnctapersm 2
            {
            	.loc	1 5 3, function_name $L__info_string0, inlined_at 1 7 2
            	bra $L;
            }
            	.file	1 "/tmp/sol.cu"
            	.section	.debug_str
            	{
            $L__info_string0:
            .b8 95,90
            	}
            """);

        PtxEntry entry = Assert.Single(module.Entries);
        Assert.Equal([(8, 8), (1, 1), (12, 4), (128, 64)], entry.Parameters.Select(p => (p.Bytes, p.Alignment)));
        Assert.Equal(128, entry.MaxThreads);
        Assert.Equal(["vprintf"], module.Externs);
        Assert.Equal([5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], module.Bytes("kf_sig_0")!);
        Assert.Equal(8, module.Variables.Single(v => v.Name == "g").Bytes);
        Assert.DoesNotContain("kf_sig_0", module.Without(["kf_sig_0"]), StringComparison.Ordinal);
    }
}
