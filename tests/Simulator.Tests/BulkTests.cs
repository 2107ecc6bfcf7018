using System.Runtime.InteropServices;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>Forms of bulk copies that the CUDA headers have no function for.</summary>
public sealed class BulkTests
{
    private const string Head = ".version 8.4\n.target sm_90a\n.address_size 64\n";

    [Theory]
    [InlineData("add")]
    [InlineData("min")]
    [InlineData("max")]
    [InlineData("and")]
    [InlineData("or")]
    [InlineData("xor")]
    [InlineData("inc")]
    [InlineData("dec")]
    public void A_bulk_reduction_combines_words(string operation)
    {
        uint[] there = [.. Enumerable.Range(0, 32).Select(i => (uint)(i * 37 % 50))], with = [.. Enumerable.Range(0, 32).Select(i => (uint)(i * 11 % 40))];
        Func<uint, uint, uint> combine = operation switch
        {
            "add" => (a, b) => a + b,
            "min" => Math.Min,
            "max" => Math.Max,
            "and" => (a, b) => a & b,
            "or" => (a, b) => a | b,
            "xor" => (a, b) => a ^ b,
            "inc" => (a, b) => a >= b ? 0 : a + 1,
            _ => (a, b) => a == 0 || a > b ? b : a - 1,
        };
        Assert.Equal(there.Zip(with, combine), Reduce($"{operation}.u32", there, with));
    }

    [Fact]
    public void A_bulk_reduction_adds_floats()
    {
        float[] there = KernelRun.Floats(32), with = KernelRun.Floats(32, 2);
        Assert.Equal(there.Zip(with, (a, b) => a + b), Reduce("add.f32", there, with));
        double[] wide = [.. there.Take(16).Select(v => (double)v)], other = [.. with.Take(16).Select(v => (double)v)];
        Assert.Equal(wide.Zip(other, (a, b) => a + b), Reduce("add.f64", wide, other));
        Half[] halves = [.. Enumerable.Range(0, 64).Select(i => (Half)(i * 0.25f))], more = [.. Enumerable.Range(0, 64).Select(i => (Half)(i * 0.5f))];
        Assert.Equal(halves.Zip(more, (a, b) => a + b), Reduce("add.noftz.f16", halves, more));
        ushort[] brains = [.. Enumerable.Range(0, 64).Select(i => Brain(i))], twice = [.. Enumerable.Range(0, 64).Select(i => Brain(2 * i))];
        Assert.Equal(Enumerable.Range(0, 64).Select(i => Brain(3 * i)), Reduce("add.noftz.bf16", brains, twice));
    }

    // Whole numbers up to 255 are bfloat16.
    private static ushort Brain(int value) => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);

    private static T[] Reduce<T>(string operation, T[] there, T[] with)
        where T : unmanaged
    {
        using KernelRun run = KernelRun.Of(
            Head + $$"""
            .visible .entry k(.param .u64 from, .param .u64 to) {
                .reg .b32 %r<6>; .reg .b64 %rd<6>; .reg .pred %p<2>;
                .shared .align 128 .b8 s[128];
                ld.param.u64 %rd0, [from];
                ld.param.u64 %rd1, [to];
                mov.u32 %r0, %tid.x;
                mul.wide.u32 %rd2, %r0, 4;
                add.u64 %rd3, %rd0, %rd2;
                ld.global.u32 %r1, [%rd3];
                mov.u32 %r2, s;
                mad.lo.u32 %r3, %r0, 4, %r2;
                st.shared.u32 [%r3], %r1;
                bar.sync 0;
                setp.ne.u32 %p0, %r0, 0;
                @%p0 bra END;
                cp.reduce.async.bulk.global.shared::cta.bulk_group.{{operation}} [%rd1], [%r2], 128;
                cp.async.bulk.commit_group;
                cp.async.bulk.wait_group 0;
            END:
                ret;
            }
            """,
            "k");
        run.Checks = CheckSet.All;
        return run.In("from", with).In("to", (T[])there.Clone(), readOnly: false).Clean(new Dim3(1), new Dim3(32)).Read<T>("to");
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "")]
    [InlineData(3, "")]
    [InlineData(4, "")]
    [InlineData(5, "")]
    [InlineData(1, ".tile")]
    [InlineData(2, ".tile")]
    [InlineData(3, ".tile")]
    [InlineData(4, ".tile")]
    [InlineData(5, ".tile")]
    public void Boxes_of_one_to_five_dimensions_come_with_zeros_outside(int rank, string mode)
    {
        long[] dimensions = [.. new long[] { 12, 5, 4, 3, 3 }.Take(rank)];
        int[] box = [.. new[] { 8, 3, 2, 2, 2 }.Take(rank)];
        int[] at = [.. new[] { 6, 3, -1, 2, 1 }.Take(rank)];
        float[] x = KernelRun.Floats((int)dimensions.Aggregate((a, b) => a * b));
        int count = box.Aggregate((a, b) => a * b);
        using KernelRun run = KernelRun.Of(
            Head + $$"""
            .visible .entry k(.param .align 64 .b8 map[128], .param .u64 to) {
                .reg .b32 %r<10>; .reg .b64 %rd<6>; .reg .pred %p<2>;
                .shared .align 128 .b8 s[{{count * 4}}];
                .shared .align 8 .b64 bar;
                mov.b64 %rd0, map;
                cvta.param.u64 %rd1, %rd0;
                mov.u32 %r0, %tid.x;
                mov.u32 %r2, s;
                mov.u32 %r3, bar;
                setp.ne.u32 %p0, %r0, 0;
                @%p0 bra READY;
                mbarrier.init.shared::cta.b64 [%r3], 1;
                mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r3], {{count * 4}};
                cp.async.bulk.prefetch.tensor.{{rank}}d.L2.global{{mode}} [%rd1, { {{string.Join(", ", at)}} }];
                cp.async.bulk.tensor.{{rank}}d.shared::cluster.global{{mode}}.mbarrier::complete_tx::bytes [%r2], [%rd1, { {{string.Join(", ", at)}} }], [%r3];
            READY:
                bar.sync 0;
            WAIT:
                mbarrier.try_wait.parity.shared::cta.b64 %p0, [%r3], 0;
                @!%p0 bra WAIT;
                ld.param.u64 %rd2, [to];
            NEXT:
                mad.lo.u32 %r4, %r0, 4, %r2;
                ld.shared.u32 %r5, [%r4];
                mul.wide.u32 %rd3, %r0, 4;
                add.u64 %rd4, %rd2, %rd3;
                st.global.u32 [%rd4], %r5;
                add.u32 %r0, %r0, 32;
                setp.lt.u32 %p0, %r0, {{count}};
                @%p0 bra NEXT;
                ret;
            }
            """,
            "k");
        run.Checks = CheckSet.Memory | CheckSet.Synchronisation | CheckSet.Initialised;
        DeviceBuffer buffer = run.Memory.Allocate(new BufferSpec { Name = "x", ByteLength = x.Length * 4L, ReadOnly = true, Initialised = true });
        run.Memory.Write(buffer, 0, MemoryMarshal.AsBytes<float>(x));
        long[] strides = new long[rank - 1];
        long bytes = 4;
        for (int i = 0; i < strides.Length; i++)
        {
            strides[i] = bytes *= dimensions[i];
        }

        run.Map(new TensorMap { Address = buffer.Address, Type = PtxType.F32, Dimensions = dimensions, StrideBytes = strides, Box = box, ElementStrides = [.. Enumerable.Repeat(1, rank)] });
        run.Out<float>("y", Math.Max(32, count)).Launch(new Dim3(1), new Dim3(Math.Min(32, count)));
        Assert.Equal(Enumerable.Range(0, count).Select(i => Element(i)), run.Read<float>("y").Take(count));

        float Element(int index)
        {
            long place = 0, stride = 1;
            for (int d = 0; d < rank; d++)
            {
                long coordinate = at[d] + (index % box[d]);
                index /= box[d];
                if (coordinate < 0 || coordinate >= dimensions[d])
                {
                    return 0;
                }

                place += coordinate * stride;
                stride *= dimensions[d];
            }

            return x[place];
        }
    }

    [Theory]
    [InlineData("add")]
    [InlineData("min")]
    [InlineData("max")]
    [InlineData("and")]
    [InlineData("or")]
    [InlineData("xor")]
    public void A_tensor_reduction_combines_the_part_of_a_box_inside(string operation)
    {
        // A box of 8 × 4 at (4, 2) of a tensor of 8 × 4: its first half row and its first two rows are inside.
        uint[] there = [.. Enumerable.Range(0, 32).Select(i => (uint)(i * 37 % 50))], with = [.. Enumerable.Range(0, 32).Select(i => (uint)(i * 11 % 40))];
        Func<uint, uint, uint> combine = operation switch
        {
            "add" => (a, b) => a + b,
            "min" => Math.Min,
            "max" => Math.Max,
            "and" => (a, b) => a & b,
            "or" => (a, b) => a | b,
            _ => (a, b) => a ^ b,
        };
        using KernelRun run = KernelRun.Of(
            Head + $$"""
            .visible .entry k(.param .align 64 .b8 map[128], .param .u64 from) {
                .reg .b32 %r<6>; .reg .b64 %rd<6>; .reg .pred %p<2>;
                .shared .align 128 .b8 s[128];
                mov.b64 %rd0, map;
                cvta.param.u64 %rd1, %rd0;
                ld.param.u64 %rd2, [from];
                mov.u32 %r0, %tid.x;
                mul.wide.u32 %rd3, %r0, 4;
                add.u64 %rd4, %rd2, %rd3;
                ld.global.u32 %r1, [%rd4];
                mov.u32 %r2, s;
                mad.lo.u32 %r3, %r0, 4, %r2;
                st.shared.u32 [%r3], %r1;
                bar.sync 0;
                setp.ne.u32 %p0, %r0, 0;
                @%p0 bra END;
                cp.reduce.async.bulk.tensor.2d.global.shared::cta.{{operation}}.bulk_group [%rd1, {4, 2}], [%r2];
                cp.async.bulk.commit_group;
                cp.async.bulk.wait_group 0;
            END:
                ret;
            }
            """,
            "k");
        run.Checks = CheckSet.All;
        run.In("to", (uint[])there.Clone(), readOnly: false).ByMaps();
        run.Map(new TensorMap { Address = run.Buffer("to").Address, Type = PtxType.U32, Dimensions = [8, 4], StrideBytes = [32], Box = [8, 4], ElementStrides = [1, 1] });
        run.In("from", with).Clean(new Dim3(1), new Dim3(32));
        Assert.Equal(there.Select((value, i) => i % 8 >= 4 && i / 8 >= 2 ? combine(value, with[i - 20]) : value), run.Read<uint>("to"));
    }

    [Theory]
    [InlineData("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%r2], [%rd1], 128, [%r3], %h0;")]
    [InlineData("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster [%r2], [%rd5, {0, 0}], [%r3], %h0;")]
    public void A_copy_to_many_arrives_in_every_block_of_the_mask(string copy)
    {
        using KernelRun run = KernelRun.Of(
            Head + $$"""
            .visible .entry k(.param .align 64 .b8 map[128], .param .u64 from, .param .u64 to)
            .reqnctapercluster 2, 1, 1
            {
                .reg .b16 %h<2>; .reg .b32 %r<10>; .reg .b64 %rd<8>; .reg .pred %p<3>;
                .shared .align 128 .b8 s[128];
                .shared .align 8 .b64 bar;
                mov.b64 %rd0, map;
                cvta.param.u64 %rd5, %rd0;
                ld.param.u64 %rd1, [from];
                ld.param.u64 %rd2, [to];
                mov.u32 %r0, %tid.x;
                mov.u32 %r2, s;
                mov.u32 %r3, bar;
                mov.u16 %h0, 3;
                mov.u32 %r4, %cluster_ctarank;
                setp.ne.u32 %p0, %r0, 0;
                @%p0 bra READY;
                mbarrier.init.shared::cta.b64 [%r3], 1;
                mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r3], 128;
            READY:
                barrier.cluster.arrive.aligned;
                barrier.cluster.wait.aligned;
                or.b32 %r5, %r0, %r4;
                setp.ne.u32 %p0, %r5, 0;
                @%p0 bra WAIT;
                cp.async.bulk.prefetch.L2.global [%rd1], 128;
                {{copy}}
            WAIT:
                mbarrier.try_wait.parity.shared::cta.b64 %p0, [%r3], 0;
                @!%p0 bra WAIT;
                mad.lo.u32 %r6, %r0, 4, %r2;
                ld.shared.u32 %r7, [%r6];
                mov.pred %p2, %is_explicit_cluster;
                @!%p2 bra END;
                mad.lo.u32 %r8, %r4, 32, %r0;
                mul.wide.u32 %rd3, %r8, 4;
                add.u64 %rd4, %rd2, %rd3;
                st.global.u32 [%rd4], %r7;
            END:
                barrier.cluster.arrive.aligned;
                barrier.cluster.wait.aligned;
                ret;
            }
            """,
            "k");
        int[] x = [.. Enumerable.Range(100, 32)];
        run.Checks = CheckSet.All & ~CheckSet.SharedRaces;
        DeviceBuffer from = run.Memory.Allocate(new BufferSpec { Name = "x", ByteLength = 128, ReadOnly = true, Initialised = true });
        run.Memory.Write(from, 0, MemoryMarshal.AsBytes<int>(x));
        run.Map(new TensorMap { Address = from.Address, Type = PtxType.S32, Dimensions = [8, 4], StrideBytes = [32], Box = [8, 4], ElementStrides = [1, 1] });
        run.Value(from.Address).Out<int>("to", 64).Clean(new Dim3(2), new Dim3(32));
        Assert.Equal(x.Concat(x), run.Read<int>("to"));
    }

    [Fact]
    public void A_block_copies_into_another_block_s_shared_memory()
    {
        using KernelRun run = KernelRun.Of(
            Head + """
            .visible .entry k(.param .u64 to)
            .reqnctapercluster 2, 1, 1
            {
                .reg .b32 %r<12>; .reg .b64 %rd<4>; .reg .pred %p<3>;
                .shared .align 128 .b8 s[256];
                .shared .align 8 .b64 bar;
                ld.param.u64 %rd0, [to];
                mov.u32 %r0, %tid.x;
                mov.u32 %r2, s;
                mov.u32 %r3, bar;
                mov.u32 %r4, %cluster_ctarank;
                mad.lo.u32 %r5, %r4, 100, %r0;
                mad.lo.u32 %r6, %r0, 4, %r2;
                st.shared.u32 [%r6], %r5;
                setp.ne.u32 %p0, %r0, 0;
                @%p0 bra READY;
                mbarrier.init.shared::cta.b64 [%r3], 1;
                mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r3], 128;
            READY:
                fence.proxy.async.shared::cta;
                barrier.cluster.arrive.aligned;
                barrier.cluster.wait.aligned;
                @%p0 bra WAIT;
                xor.b32 %r7, %r4, 1;
                add.u32 %r8, %r2, 128;
                mapa.shared::cluster.u32 %r9, %r8, %r7;
                mapa.shared::cluster.u32 %r10, %r3, %r7;
                cp.async.bulk.shared::cluster.shared::cta.mbarrier::complete_tx::bytes [%r9], [%r2], 128, [%r10];
            WAIT:
                mbarrier.try_wait.parity.shared::cta.b64 %p1, [%r3], 0;
                @!%p1 bra WAIT;
                ld.shared.u32 %r11, [%r6+128];
                mad.lo.u32 %r8, %r4, 32, %r0;
                mul.wide.u32 %rd1, %r8, 4;
                add.u64 %rd2, %rd0, %rd1;
                st.global.u32 [%rd2], %r11;
                barrier.cluster.arrive.aligned;
                barrier.cluster.wait.aligned;
                ret;
            }
            """,
            "k");
        run.Checks = CheckSet.All & ~CheckSet.SharedRaces;
        Assert.Equal(Enumerable.Range(100, 32).Concat(Enumerable.Range(0, 32)), run.Out<int>("to", 64).Clean(new Dim3(2), new Dim3(32)).Read<int>("to"));
    }

    [Fact]
    public void An_mbarrier_counts_arrivals_phases_and_bytes()
    {
        using KernelRun run = KernelRun.Of(
            Head + """
            .visible .entry k(.param .u64 to) {
                .reg .b32 %r<4>; .reg .b64 %rd<8>; .reg .pred %p<8>;
                .shared .align 8 .b64 bar;
                ld.param.u64 %rd0, [to];
                mbarrier.init.shared.b64 [bar], 3;
                mbarrier.arrive.shared.b64 %rd1, [bar];
                mbarrier.pending_count.b64 %r0, %rd1;
                st.global.u32 [%rd0], %r0;
                mbarrier.arrive.noComplete.shared.b64 %rd2, [bar], 1;
                mbarrier.pending_count.b64 %r0, %rd2;
                st.global.u32 [%rd0+4], %r0;
                mbarrier.test_wait.shared.b64 %p0, [bar], %rd2;
                selp.u32 %r0, 1, 0, %p0;
                st.global.u32 [%rd0+8], %r0;
                mbarrier.arrive_drop.shared.b64 %rd3, [bar];
                mbarrier.test_wait.shared.b64 %p0, [bar], %rd3;
                selp.u32 %r0, 1, 0, %p0;
                st.global.u32 [%rd0+12], %r0;
                mbarrier.arrive.shared.b64 %rd4, [bar], 2;
                mbarrier.test_wait.parity.shared.b64 %p0, [bar], 1;
                selp.u32 %r0, 1, 0, %p0;
                st.global.u32 [%rd0+16], %r0;
                mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [bar], 16;
                mbarrier.arrive.shared.b64 %rd5, [bar], 2;
                mbarrier.test_wait.parity.shared.b64 %p0, [bar], 0;
                selp.u32 %r0, 1, 0, %p0;
                st.global.u32 [%rd0+20], %r0;
                mbarrier.complete_tx.relaxed.cta.shared::cta.b64 [bar], 16;
                mbarrier.try_wait.parity.shared.b64 %p0, [bar], 0;
                selp.u32 %r0, 1, 0, %p0;
                st.global.u32 [%rd0+24], %r0;
                mbarrier.inval.shared.b64 [bar];
                ret;
            }
            """,
            "k");
        Assert.Equal([3u, 2u, 0u, 1u, 1u, 0u, 1u], run.Out<uint>("to", 7).Clean(new Dim3(1), new Dim3(1)).Read<uint>("to"));
    }
}
