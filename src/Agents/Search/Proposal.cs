using KernelForge.Agents.Coding;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>A round to make.</summary>
/// <param name="Step">From what.</param>
/// <param name="Coder">Who writes.</param>
/// <param name="Advice">What the Judge advised; null for nothing.</param>
internal sealed record Proposal(NextStep Step, Coder Coder, JudgeAdvice? Advice)
{
    /// <summary>A solution that is there already is not judged again.</summary>
    public bool RefuseCopies { get; init; }

    /// <summary>As <see cref="AttemptRecord.Arm"/>.</summary>
    public string? Arm { get; init; }
}

/// <summary>What a Coder wrote for a proposal.</summary>
internal sealed record Draft(Proposal Proposal, int Round, CoderReply Reply, DateTimeOffset Started)
{
    /// <summary>The solution; null where the answer holds none.</summary>
    public string? Code => (Reply.Answer as SolutionAnswer)?.Code;

    /// <summary>The round that has this solution already; null where none has.</summary>
    public int? SameAs { get; init; }
}
