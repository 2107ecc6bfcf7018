using KernelForge.Contracts.Evaluation;
using KernelForge.Evaluator.Judging;

namespace KernelForge.Evaluator.Tests.Judging;

public sealed class TunableSearchTests
{
    [Fact]
    public void Exhaustive_looks_at_every_combination_once()
    {
        var search = TunableSearch.Of(new TuningOrder(), 5, 1000);

        Assert.Equal([0, 1, 2, 3, 4], search.Combinations);
        Assert.Equal([(1000L, 1)], search.Looks);
    }

    [Fact]
    public void Random_takes_the_default_combination_and_others_the_same_for_the_same_seed()
    {
        var search = TunableSearch.Of(new TuningOrder { Method = "random", Variants = 4, Seed = 7 }, 64, 1000);

        Assert.Equal(0, search.Combinations[0]);
        Assert.Equal(4, search.Combinations.Distinct().Count());
        Assert.Equal(search.Combinations, TunableSearch.Of(new TuningOrder { Method = "random", Variants = 4, Seed = 7 }, 64, 1000).Combinations);
        Assert.NotEqual(search.Combinations, TunableSearch.Of(new TuningOrder { Method = "random", Variants = 4, Seed = 8 }, 64, 1000).Combinations);
    }

    [Fact]
    public void Halving_looks_longer_at_the_faster_half_until_one_is_left()
    {
        var search = TunableSearch.Of(new TuningOrder { Method = "halving" }, 64, 1600);

        Assert.Equal([32, 16, 8, 4, 2, 1], search.Looks.Select(look => look.Keep));
        Assert.Equal([100L, 200, 400, 800, 1600, 1600], search.Looks.Select(look => look.Budget));
    }

    [Fact]
    public void An_unknown_method_is_told_what_there_is() =>
        Assert.Contains("known: exhaustive, random, halving", Assert.Throws<ArgumentException>(() => TunableSearch.Of(new TuningOrder { Method = "guess" }, 2, 1)).Message, StringComparison.Ordinal);
}
