using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Sampling;

namespace KernelForge.Simulator.Tests.Sampling;

/// <summary>Which launches a sample of blocks may stand for.</summary>
public sealed class BlockDependenceTests
{
    [Theory]
    [InlineData("compact.ptx", "compact_warp")]
    [InlineData("compact.ptx", "compact_block")]
    [InlineData("softmax.ptx", "softmax")]
    [InlineData("unseen/radix_sort.ptx", "radix_sort")]
    [InlineData("unseen/dp4a_gemm.ptx", "dp4a_gemm")]
    public void Blocks_that_go_their_own_way_may_be_sampled(string file, string kernel) => Assert.Null(Of(file, kernel));

    [Theory]
    [InlineData("compact.ptx", "queue", "line 29")]
    [InlineData("unseen/split_k.ptx", "split_k", "atomic")]
    [InlineData("unseen/look_back_scan.ptx", "look_back_scan", "atomic")]
    public void Blocks_that_branch_on_an_atomic_may_not(string file, string kernel, string says) => Assert.Contains(says, Of(file, kernel), StringComparison.Ordinal);

    [Fact]
    public void Blocks_that_wait_for_a_flag_may_not()
    {
        var module = PtxModule.Parse(
            """
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry k(.param .u64 flag) {
                .reg .b32 %r<2>; .reg .b64 %rd<2>; .reg .pred %p<2>;
                ld.param.u64 %rd0, [flag];
            AGAIN:
                ld.acquire.gpu.u32 %r0, [%rd0];
                setp.eq.u32 %p0, %r0, 0;
                @%p0 bra AGAIN;
                ret;
            }
            """);
        Assert.Contains("may wait", BlockDependence.Of(KernelProgram.Lower(module, "k", new LoweringOptions())), StringComparison.Ordinal);
    }

    private static string? Of(string file, string kernel) => BlockDependence.Of(KernelProgram.Lower(PtxModule.Parse(KernelRun.ReadPtx(file)), kernel, new LoweringOptions()));
}
