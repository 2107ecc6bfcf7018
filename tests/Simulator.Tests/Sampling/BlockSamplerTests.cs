using KernelForge.Simulator.Sampling;

namespace KernelForge.Simulator.Tests.Sampling;

public sealed class BlockSamplerTests
{
    [Fact]
    public void A_launch_that_fits_the_budget_is_run_whole_in_order()
    {
        var sampler = new BlockSampler((7, 3, 2), 1, 42 * 100);
        var blocks = Draw(sampler, 100);
        Assert.Equal(Enumerable.Range(0, 42).Select(block => (long)block), blocks.Select(block => block.Linear));
        Assert.True(sampler.RunsEverything);
        Assert.Equal(1.0, sampler.Share);
        Assert.All(sampler.Weights, weight => Assert.Equal(1.0, weight));
    }

    [Fact]
    public void First_last_and_corners_are_always_there()
    {
        var drawn = Draw(new BlockSampler((100, 80, 1), 1, 40 * 1000), 1000).Select(block => (block.X, block.Y)).ToHashSet();
        Assert.Superset(new HashSet<(int, int)> { (0, 0), (99, 79), (99, 0), (0, 79) }, drawn);
    }

    [Fact]
    public void The_same_seed_draws_the_same_blocks_and_another_draws_others()
    {
        var one = Draw(new BlockSampler((1 << 20, 1, 1), 7, 100 * 1000), 1000);
        var same = Draw(new BlockSampler((1 << 20, 1, 1), 7, 100 * 1000), 1000);
        var other = Draw(new BlockSampler((1 << 20, 1, 1), 8, 100 * 1000), 1000);
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void The_budget_is_kept_but_a_few_blocks_are_run_in_any_case()
    {
        Assert.Equal(100, Draw(new BlockSampler((1 << 20, 1, 1), 7, 100 * 1000), 1000).Count);
        Assert.Equal(8, Draw(new BlockSampler((1 << 20, 1, 1), 7, 1), 1000).Count);
    }

    [Fact]
    public void No_block_is_drawn_twice_and_all_lie_in_the_grid()
    {
        var blocks = Draw(new BlockSampler((5, 4, 3), 7, 50 * 1000), 1000);
        Assert.Equal(blocks.Count, blocks.Select(block => block.Linear).Distinct().Count());
        Assert.All(blocks, block => Assert.Equal(block.Linear, block.X + (5 * (block.Y + (4 * block.Z)))));
        Assert.All(blocks, block => Assert.InRange(block.Linear, 0, 59));
    }

    [Fact]
    public void Weights_make_up_the_whole_launch()
    {
        var sampler = new BlockSampler((100, 80, 3), 7, 60 * 1000);
        var blocks = Draw(sampler, 1000);
        Assert.Equal(24000.0, blocks.Sum(block => sampler.Weights[block.Stratum]), 6);
        Assert.Equal(60.0 / 24000, sampler.Share);
    }

    [Fact]
    public void A_sample_has_neighbours_in_every_direction_and_spreads_over_the_launch()
    {
        var blocks = Draw(new BlockSampler((1000, 1000, 4), 7, 200 * 1000), 1000);
        var places = blocks.Select(block => (block.X, block.Y, block.Z)).ToHashSet();
        Assert.Contains(places, place => places.Contains((place.X + 1, place.Y, place.Z)));
        Assert.Contains(places, place => places.Contains((place.X, place.Y + 1, place.Z)));
        Assert.Contains(places, place => places.Contains((place.X, place.Y, place.Z + 1)));
        for (var part = 0; part < 10; part++)
        {
            Assert.Contains(blocks, block => block.Linear / 400_000 == part);
        }
    }

    private static List<SampledBlock> Draw(BlockSampler sampler, double costPerBlock)
    {
        var blocks = new List<SampledBlock>();
        while (sampler.TryNext(blocks.Count * costPerBlock, out var block))
        {
            blocks.Add(block);
        }

        return blocks;
    }
}
