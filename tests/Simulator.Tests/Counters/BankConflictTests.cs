using KernelForge.Simulator.Counters;

namespace KernelForge.Simulator.Tests.Counters;

public sealed class BankConflictTests
{
    [Theory]
    [InlineData(4, 0, 1, 1)] // every lane the same word
    [InlineData(4, 4, 1, 1)]
    [InlineData(4, 8, 2, 1)]
    [InlineData(4, 16, 4, 1)]
    [InlineData(4, 12, 1, 1)] // odd strides are free
    [InlineData(4, 128, 32, 1)]
    [InlineData(4, 132, 1, 1)] // padded by one word
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 2, 1, 1)]
    [InlineData(2, 128, 32, 1)]
    [InlineData(8, 0, 1, 1)]
    [InlineData(8, 8, 2, 2)]
    [InlineData(8, 16, 4, 2)]
    [InlineData(8, 128, 32, 2)]
    [InlineData(8, 136, 2, 2)]
    [InlineData(16, 16, 4, 4)]
    [InlineData(16, 32, 8, 4)]
    [InlineData(16, 128, 32, 4)]
    [InlineData(16, 144, 4, 4)]
    public void A_strided_access_of_a_width_takes_so_many_wavefronts(int bytes, int strideBytes, int wavefronts, int ideal)
    {
        var addresses = Enumerable.Range(0, 32).Select(lane => (ulong)(lane * strideBytes)).ToArray();
        Assert.Equal((wavefronts, ideal), BankConflicts.Count(addresses, uint.MaxValue, bytes, serialise: false));
    }

    [Fact]
    public void Half_warps_on_two_words_of_one_bank_take_two_wavefronts()
    {
        var addresses = Enumerable.Range(0, 32).Select(lane => lane < 16 ? 0UL : 128UL).ToArray();
        Assert.Equal((2, 1), BankConflicts.Count(addresses, uint.MaxValue, 4, serialise: false));
    }

    [Fact]
    public void Inactive_lanes_do_not_conflict()
    {
        var addresses = Enumerable.Range(0, 32).Select(lane => (ulong)(lane * 128)).ToArray();
        Assert.Equal((4, 1), BankConflicts.Count(addresses, 0xF, 4, serialise: false));
        Assert.Equal((0, 0), BankConflicts.Count(addresses, 0, 4, serialise: false));
    }

    [Fact]
    public void Atomics_on_one_word_take_turns()
    {
        Assert.Equal((32, 1), BankConflicts.Count(new ulong[32], uint.MaxValue, 4, serialise: true));
    }
}
