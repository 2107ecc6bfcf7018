using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>What every engineer knows of every GPU, and a model of any GPU must say too. Copies and launches are in <see cref="TimeModelTests"/>.</summary>
public sealed class KnownTruthTests
{
    private const ulong A = 0x10_0000_0000;

    public static TheoryData<string> Profiles => [.. GpuProfiles.Names];

    [Fact]
    public void Every_GPU_of_the_platform_is_there_with_its_target()
    {
        Assert.Equal(
            ["A100 sm_80", "A100-40GB sm_80", "H100 sm_90a", "H100-PCIe sm_90a", "H200 sm_90a", "L40S sm_89", "RTX3090 sm_86", "RTX4090 sm_89", "RTX6000Ada sm_89", "T4 sm_75", "V100 sm_70"],
            GpuProfiles.Names.Select(name => $"{name} {GpuProfiles.Get(name).Architecture}"));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Padding_away_32_way_conflicts_gains_what_the_wavefronts_say(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (conflicting, totals) = SyntheticKernels.Transpose(4096, 32).Run(profile);
        var (padded, paddedTotals) = SyntheticKernels.Transpose(4096, 33).Run(profile);

        // Stores of a row are one wavefront each, loads of a column 32: 33 wavefronts become 2.
        double Wavefronts(CounterTotals of) => of.Sites.Where(site => site.Sectors <= 0).Sum(site => site.Wavefronts);
        Assert.Equal(33.0 / 2, Wavefronts(totals) / Wavefronts(paddedTotals), 1e-6);

        // The data path takes one wavefront a cycle. With conflicts it is nearly all of the time; without, whatever limits then.
        var pathMs = conflicting.LimiterMs["shared"];
        var expected = Math.Max(pathMs, Largest(padded)) / Largest(padded);
        Assert.InRange(conflicting.KernelMs / padded.KernelMs, 0.75 * expected, 1.35 * expected);
        Assert.Contains(conflicting.Limiter, new[] { "shared", "dram" });
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_tiled_product_asks_for_less_by_the_reuse_and_beats_the_naive_one_by_up_to_it(string name)
    {
        const int tile = 16;
        var profile = GpuProfiles.Get(name);
        var (naive, naiveTotals) = SyntheticKernels.MatmulNaive(2048).Run(profile);
        var (tiled, tiledTotals) = SyntheticKernels.MatmulTiled(2048).Run(profile);

        double Requests(CounterTotals of) => of.Sites.Where(site => site.Sectors > 0).Sum(site => site.Requests);
        Assert.InRange(Requests(naiveTotals) / Requests(tiledTotals), 0.95 * tile, 1.05 * tile);
        Assert.InRange(naive.KernelMs / tiled.KernelMs, 1.1, tile);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void More_registers_mean_fewer_warps_and_more_time_where_latency_limits(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (light, _) = DependentLoads(profile, registers: 32).Run(profile);
        var (heavy, _) = DependentLoads(profile, registers: 128).Run(profile);

        Assert.Equal("latency", light.Limiter);
        Assert.Equal(OccupancyLimit.Registers, heavy.Occupancy.LimitedBy);
        var fewer = light.Occupancy.Fraction / heavy.Occupancy.Fraction;
        Assert.True(fewer >= 1.9, $"{fewer}");
        Assert.InRange(heavy.KernelMs / light.KernelMs, 0.7 * fewer, 1.3 * fewer);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Tensor_cores_beat_multiply_adds_by_the_ratio_of_the_peaks(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (plain, _) = Multiplications(profile, "fma.rn.f32", perUnit: 64).Run(profile);
        var (tensor, _) = Multiplications(profile, "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", perUnit: 1).Run(profile);

        // 64 multiply-adds a lane are one m16n8k16.
        var peaks = profile.PeakTflops["float16"] / profile.PeakTflops["float32"];
        Assert.Contains(plain.Limiter, new[] { "fma", "issue" }); // the same where one multiply-add a scheduler and cycle fills the pipe
        Assert.Equal("tensor", tensor.Limiter);
        Assert.InRange(plain.KernelMs / tensor.KernelMs, 0.7 * peaks, 1.3 * peaks);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Twice_the_work_of_a_launch_bound_kernel_costs_nearly_nothing(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (one, _) = SyntheticKernels.Copy(1024, 4).Run(profile);
        var (two, _) = SyntheticKernels.Copy(2048, 4).Run(profile);

        Assert.Equal(("launch", "launch"), (one.Limiter, two.Limiter));
        Assert.InRange(two.LatencyMs / one.LatencyMs, 1, 1.05);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void One_block_beyond_a_wave_costs_nearly_a_wave(string name)
    {
        var profile = GpuProfiles.Get(name);
        // Few warps, so that a block takes as long alone as beside the others.
        const int registers = 255;
        var perSm = DependentLoads(profile, registers).Shape.OccupancyOn(profile).BlocksPerSm;
        var (full, _) = DependentLoads(profile, registers, profile.Sms * perSm).Run(profile);
        var (more, _) = DependentLoads(profile, registers, (profile.Sms * perSm) + 1).Run(profile);

        Assert.Equal(1.0, full.Waves);
        Assert.InRange(more.KernelMs / full.KernelMs, 1.6, 2.1);
        Assert.True(more.TailFraction > 0.45);
    }

    private static double Largest(TimeEstimate estimate) => estimate.LimiterMs.Where(limit => limit.Key != "launch").Max(limit => limit.Value);

    /// <summary>A chain of loads, each at the address that the one before gave: a pointer chase in L2, one word for the whole warp.</summary>
    private static SyntheticKernel DependentLoads(GpuProfile profile, int registers, int? blocks = null)
    {
        const int steps = 64;
        var load = 0;
        var kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = blocks ?? profile.Sms * 64, BlockX = 128, RegistersPerThread = registers },
            Buffers = [new("next", A, 1 << 20)],
            Body = warp =>
            {
                warp.Enter(0);
                for (var step = 0; step < steps; step++)
                {
                    warp.Enter(1);
                    warp.Global(load, AccessKind.Read, _ => A, 4);
                }
            },
        };
        kernel.Add("mov.u32", [1]);
        kernel.NewBlock();
        load = kernel.Add("ld.global.cg.u32", [2], [3]);
        kernel.Add("add.s32", [3], [2]);
        return kernel;
    }

    /// <summary>Independent multiplications in registers, 64 multiply-adds a lane and unit.</summary>
    private static SyntheticKernel Multiplications(GpuProfile profile, string opcode, int perUnit)
    {
        const int units = 64;
        var kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = profile.Sms * 64, BlockX = 256, RegistersPerThread = 32 },
            Buffers = [],
            Body = warp =>
            {
                for (var unit = 0; unit < units; unit++)
                {
                    warp.Enter(0);
                }
            },
        };
        for (var at = 0; at < perUnit; at++)
        {
            kernel.Add(opcode, [1 + at], [100, 101]);
        }

        return kernel;
    }
}
