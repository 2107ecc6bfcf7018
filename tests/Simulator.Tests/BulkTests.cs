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
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Boxes_of_one_to_five_dimensions_come_with_zeros_outside(int rank)
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
                cp.async.bulk.prefetch.tensor.{{rank}}d.L2.global.tile [%rd1, { {{string.Join(", ", at)}} }];
                cp.async.bulk.tensor.{{rank}}d.shared::cluster.global.tile.mbarrier::complete_tx::bytes [%r2], [%rd1, { {{string.Join(", ", at)}} }], [%r3];
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
