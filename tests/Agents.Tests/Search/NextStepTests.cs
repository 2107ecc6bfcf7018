using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Search;

public sealed class NextStepTests
{
    private static readonly AttemptRecord Passed = Cases.Attempt(0, RecordedOutcomes.Passed(4), "first");

    [Fact]
    public void A_run_begins_with_a_first_solution() => Assert.Equal(new NextStep("first", null), NextStep.After([], null, 2));

    [Fact]
    public void A_first_answer_without_a_solution_is_asked_for_again() =>
        Assert.Equal(new NextStep("first", null), NextStep.After([Cases.Attempt(0, Cases.Unusable(), "first", code: null)], null, 2));

    [Fact]
    public void What_did_not_pass_is_corrected()
    {
        var wrong = Cases.Attempt(0, RecordedOutcomes.Read("incorrect"), "first");

        Assert.Equal(new NextStep("correction", wrong), NextStep.After([wrong], null, 2));
    }

    [Fact]
    public void What_passed_is_optimised() => Assert.Equal(new NextStep("optimisation", Passed), NextStep.After([Passed], Passed, 2));

    [Fact]
    public void After_a_slower_round_the_work_goes_on_from_the_best() =>
        Assert.Equal(new NextStep("optimisation", Passed), NextStep.After([Passed, Cases.Attempt(1, RecordedOutcomes.Passed(5), parent: 0, gain: 0.8)], Passed, 2));

    [Fact]
    public void A_change_that_broke_the_best_is_corrected_twice_and_then_given_up()
    {
        var broken = Cases.Attempt(1, RecordedOutcomes.Read("incorrect"), parent: 0);
        var again = Cases.Attempt(2, RecordedOutcomes.Read("incorrect"), "correction", 1);
        var third = Cases.Attempt(3, RecordedOutcomes.Read("incorrect"), "correction", 2);

        Assert.Equal(new NextStep("correction", broken), NextStep.After([Passed, broken], Passed, 2));
        Assert.Equal(new NextStep("correction", again), NextStep.After([Passed, broken, again], Passed, 2));
        Assert.Equal(new NextStep("optimisation", Passed), NextStep.After([Passed, broken, again, third], Passed, 2));
    }

    [Fact]
    public void An_answer_without_a_solution_is_asked_for_again_from_the_same_basis() =>
        Assert.Equal(new NextStep("optimisation", Passed), NextStep.After([Passed, Cases.Attempt(1, Cases.Unusable(), parent: 0, code: null)], Passed, 2));

    [Fact]
    public void Two_rounds_that_fell_behind_make_the_corrections_go_back_to_what_came_furthest()
    {
        var wrong = Cases.Attempt(0, RecordedOutcomes.Read("incorrect"), "first");
        var worse = Cases.Attempt(1, RecordedOutcomes.Read("compile_error"), "correction", 0);
        var alsoWorse = Cases.Attempt(2, RecordedOutcomes.Read("memory_error"), "correction", 1);

        Assert.Equal(worse, NextStep.After([wrong, worse], null, 2).Basis);
        Assert.Equal(wrong, NextStep.After([wrong, worse, alsoWorse], null, 2).Basis);
    }
}
