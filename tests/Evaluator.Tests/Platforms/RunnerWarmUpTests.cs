using KernelForge.Evaluator.Platforms;
using KernelForge.Evaluator.Platforms.Sim;

namespace KernelForge.Evaluator.Tests.Platforms;

/// <summary>The runner's warm-up goes the whole way that a real request goes: one that fails early would warm nothing.</summary>
public sealed class RunnerWarmUpTests
{
    [Fact]
    public void Its_request_passes()
    {
        using RunnerWarmUp warmUp = new();

        var reply = warmUp.Answer(new SimPlatform());

        Assert.Null(reply.Fault);
        Assert.True(reply.Check!.Verdict == CheckVerdict.Passed, reply.Check.Message);
        Assert.Equal(1, reply.Check.Correctness!.Trials);
    }
}
