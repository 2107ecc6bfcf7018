namespace KernelForge.Simulator.Lowering;

/// <summary>What observers and the time model know of one lowered instruction.</summary>
/// <param name="Index">Its number in <c>KernelProgram.Instructions</c>.</param>
/// <param name="Opcode">The whole PTX mnemonic, modifiers included: <c>ld.global.nc.v4.f32</c>, <c>div.rn.f32</c>.</param>
/// <param name="PtxLine">Line in the PTX text, from 1.</param>
/// <param name="SourceLine">Line in the solution's own file from <c>.loc</c>, or 0 where the PTX does not say or the line lies in a header.</param>
/// <param name="BasicBlock">The basic block it stands in.</param>
/// <param name="Destinations">Numbers of the registers written.</param>
/// <param name="Sources">Numbers of the registers read, address bases and the guard predicate included.</param>
public sealed record InstructionInfo(
    int Index,
    string Opcode,
    int PtxLine,
    int SourceLine,
    int BasicBlock,
    IReadOnlyList<int> Destinations,
    IReadOnlyList<int> Sources);
