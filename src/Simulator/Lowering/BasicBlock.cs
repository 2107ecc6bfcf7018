namespace KernelForge.Simulator.Lowering;

/// <summary>A basic block.</summary>
/// <param name="Index">Its number.</param>
/// <param name="First">First instruction in <c>KernelProgram.Instructions</c>.</param>
/// <param name="Count">Instructions.</param>
/// <param name="ImmediatePostDominator">Number of the block where divergent lanes meet again; -1: only at the end.</param>
/// <param name="Successors">Blocks that may follow.</param>
public sealed record BasicBlock(int Index, int First, int Count, int ImmediatePostDominator, IReadOnlyList<int> Successors);
