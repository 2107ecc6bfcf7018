using System.Text;
using System.Text.Json;
using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

public sealed class GpuProfileTests
{
    public static TheoryData<string> Profiles => [.. GpuProfiles.Names];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_profile_survives_a_round_trip_through_JSON(string name)
    {
        var profile = GpuProfiles.Get(name);
        var again = GpuProfiles.Parse(Encoding.UTF8.GetBytes(profile.ToJson()));
        Assert.Equal(profile.ToJson(), again.ToJson());
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_profile_names_its_sources(string name)
    {
        Assert.True(GpuProfiles.Get(name).Sources.Count >= 4);
        Assert.All(GpuProfiles.Get(name).Sources, source => Assert.True(source.Length > 20));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Lanes_SMs_and_clock_give_the_published_float32_peak(string name)
    {
        var profile = GpuProfiles.Get(name);
        var peak = profile.Lanes.Fma * profile.Sms * profile.ClockGhz * 2 / 1000;
        Assert.InRange(peak / profile.PeakTflops["float32"], 0.98, 1.02);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Limits_and_latencies_are_in_order(string name)
    {
        var profile = GpuProfiles.Get(name);
        Assert.Equal(profile.MaxThreadsPerSm, profile.MaxWarpsPerSm * 32);
        Assert.InRange(profile.AchievableDramShare, 0.5, 1);
        Assert.True(profile.L2BandwidthGbs > profile.DramBandwidthGbs);
        var latency = profile.LatencyCycles;
        Assert.True(latency.Shared < latency.L1 && latency.L1 < latency.L2 && latency.L2 < latency.Dram);
        Assert.Matches("^[0-9a-f]{64}$", profile.Sha256);
    }

    [Fact]
    public void The_four_platform_devices_are_there_with_their_architectures()
    {
        Assert.Equal("sm_90a", GpuProfiles.Get("H200").Architecture);
        Assert.Equal("sm_80", GpuProfiles.Get("A100").Architecture);
        Assert.Equal("sm_89", GpuProfiles.Get("RTX 4090").Architecture);
        Assert.Equal("sm_75", GpuProfiles.Get("t4").Architecture);
        Assert.Same(GpuProfiles.Get("A100"), GpuProfiles.Get("A100-80GB"));
    }

    [Fact]
    public void An_unknown_name_is_an_argument_error_that_lists_the_names()
    {
        var error = Assert.Throws<ArgumentException>(() => GpuProfiles.Get("H900"));
        Assert.Contains("'H900'", error.Message, StringComparison.Ordinal);
        Assert.Contains(string.Join(", ", GpuProfiles.Names), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_member_is_refused()
    {
        var json = GpuProfiles.Get("T4").ToJson().Replace("\"sms\"", "\"streaming_multiprocessors\"", StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => GpuProfiles.Parse(Encoding.UTF8.GetBytes(json)));
    }
}
