using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

public sealed class TimeModelTests
{
    private const long Million = 1 << 20;

    public static TheoryData<string> Profiles => [.. GpuProfiles.Names];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_float4_copy_of_a_gigabyte_lands_within_five_per_cent_of_the_achievable_bandwidth(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (estimate, _) = SyntheticKernels.Copy(32 * Million, 16).Run(profile);
        var reached = 2.0 * 32 * Million * 16 / (estimate.LatencyMs / 1e3);
        Assert.InRange(reached / profile.AchievableDramBytesPerSecond, 0.95, 1.05);
        Assert.Equal("dram", estimate.Limiter);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_scalar_copy_of_a_gigabyte_lands_within_five_per_cent_of_the_achievable_bandwidth(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (estimate, _) = SyntheticKernels.Copy(128 * Million, 4).Run(profile);
        var reached = 2.0 * 128 * Million * 4 / (estimate.LatencyMs / 1e3);
        Assert.InRange(reached / profile.AchievableDramBytesPerSecond, 0.95, 1.05);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_float4_copy_is_not_slower_than_a_scalar_copy(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (wide, _) = SyntheticKernels.Copy(16 * Million, 16).Run(profile);
        var (scalar, _) = SyntheticKernels.Copy(64 * Million, 4).Run(profile);
        Assert.True(wide.LatencyMs <= scalar.LatencyMs, $"float4 {wide.LatencyMs} ms, scalar {scalar.LatencyMs} ms");
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_strided_read_is_slower_by_about_the_ratio_of_sectors(string name)
    {
        // Stride 8 fetches a sector an element: 8 times the reads, the same writes: (8 + 1) / (1 + 1).
        var profile = GpuProfiles.Get(name);
        var (straight, _) = SyntheticKernels.Copy(64 * Million, 4).Run(profile);
        var (strided, totals) = SyntheticKernels.Copy(64 * Million, 4, stride: 8).Run(profile);
        Assert.Equal(32.0 * 64 * Million, totals.DramReadBytes, 1e-3 * totals.DramReadBytes);
        Assert.InRange(strided.LatencyMs / straight.LatencyMs, 3.8, 5.2);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_padded_tile_beats_one_with_32_way_conflicts(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (conflicting, totals) = SyntheticKernels.Transpose(4096, 32).Run(profile);
        var (padded, paddedTotals) = SyntheticKernels.Transpose(4096, 33).Run(profile);
        Assert.True(padded.LatencyMs < conflicting.LatencyMs, $"padded {padded.LatencyMs} ms, conflicting {conflicting.LatencyMs} ms");
        Assert.Equal(31.0 * 4096 * 4096 / 32, totals.Sites.Where(site => site.Sectors <= 0).Sum(site => site.Wavefronts - site.IdealWavefronts), 1.0);
        Assert.Equal(0, paddedTotals.Sites.Where(site => site.Sectors <= 0).Sum(site => site.Wavefronts - site.IdealWavefronts), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_tiled_matrix_product_beats_the_naive_one(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (naive, _) = SyntheticKernels.MatmulNaive(2048).Run(profile);
        var (tiled, _) = SyntheticKernels.MatmulTiled(2048).Run(profile);
        Assert.True(tiled.LatencyMs < naive.LatencyMs, $"tiled {tiled.LatencyMs} ms ({tiled.Limiter}), naive {naive.LatencyMs} ms ({naive.Limiter})");
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Two_stages_of_a_reduction_beat_one_block(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (single, _) = SyntheticKernels.Reduction(16 * Million, 1).Run(profile);
        var (first, _) = SyntheticKernels.Reduction(16 * Million, 1024).Run(profile);
        var (second, _) = SyntheticKernels.Reduction(1024, 1).Run(profile);
        Assert.True((first.LatencyMs + second.LatencyMs) * 5 < single.LatencyMs);
        Assert.Equal("tail", single.Limiter);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_tiny_launch_is_limited_by_its_launch(string name)
    {
        var (estimate, _) = SyntheticKernels.Copy(1024, 4).Run(GpuProfiles.Get(name));
        Assert.Equal("launch", estimate.Limiter);
        Assert.InRange(estimate.LatencyMs, 0.0013, 0.004);
    }

    [Fact]
    public void The_tiles_of_a_matrix_product_are_fetched_from_DRAM_about_once_a_wave_at_most()
    {
        // A and B are 16 MiB each: they fit in the 44 MB of L2 together, so only compulsory bytes remain.
        var (_, totals) = SyntheticKernels.MatmulTiled(2048).Run(GpuProfiles.Get("H200"));
        Assert.InRange(totals.DramReadBytes / (2.0 * 4 * 2048 * 2048), 0.95, 1.3);
        Assert.True(totals.SampledShare < 0.1);
    }

    [Theory]
    [InlineData("H200", 0.25, 935)]
    [InlineData("H200", 0.5, 1707)]
    [InlineData("H200", 1.0, 2756)]
    public void Bandwidth_against_occupancy_follows_the_published_measurement(string name, double occupancy, double measuredGbs)
    {
        // te42kyfo/gpu-benches gpu-stream/h200.txt, "read": float64 elements, one block of up to 1024 threads an SM.
        var profile = GpuProfiles.Get(name);
        var threads = (int)(1024 * occupancy);
        var kernel = StreamRead(profile, threads);
        var (estimate, totals) = kernel.Run(profile);
        var reached = totals.DramReadBytes / (estimate.KernelMs / 1e3) / 1e9;
        Assert.InRange(reached / measuredGbs, 0.7, 1.3);
    }

    [Fact]
    public void A_block_that_does_not_fit_is_an_argument_error_that_says_why()
    {
        var kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = 1, BlockX = 1024, RegistersPerThread = 128 },
            Buffers = [],
            Body = warp => warp.Enter(0),
        };
        kernel.Add("ret");
        var error = Assert.Throws<ArgumentException>(() => kernel.Run(GpuProfiles.Get("H200")));
        Assert.Contains("Registers", error.Message, StringComparison.Ordinal);
    }

    private static SyntheticKernel StreamRead(GpuProfile profile, int threads)
    {
        const int iterations = 64;
        var load = 0;
        var kernel = new SyntheticKernel
        {
            Shape = new LaunchShape { GridX = profile.Sms, BlockX = threads, RegistersPerThread = 24 },
            Buffers = [new("x", 0x10_0000_0000, 8L * profile.Sms * threads * iterations)],
            Body = warp =>
            {
                warp.Enter(0);
                for (var i = 0; i < iterations; i++)
                {
                    warp.Enter(1);
                    var at = (((ulong)i * (ulong)profile.Sms) + (ulong)warp.X) * (ulong)threads;
                    warp.Global(load, Simulator.Execution.AccessKind.Read, lane => 0x10_0000_0000 + ((at + ((ulong)warp.Number * 32) + (ulong)lane) * 8), 8);
                }
            },
        };
        kernel.Add("mov.u32", [1]);
        kernel.NewBlock();
        load = kernel.Add("ld.global.f64", [5], [2]);
        kernel.Add("add.f64", [7], [5, 7]);
        kernel.Add("add.s64", [2], [2]);
        kernel.Add("setp.lt.s64", [8], [2]);
        kernel.Add("bra", [], [8]);
        return kernel;
    }
}
