namespace KernelForge.Simulator.Lowering;

/// <summary>The kernel holds an instruction, register or construct that the simulator does not execute. Thrown before anything runs.</summary>
#pragma warning disable RCS1194 // Made only with its place: the standard constructors would lose it.
public sealed class UnsupportedInstructionException : Exception
{
    /// <summary>Makes the exception.</summary>
    public UnsupportedInstructionException(string opcode, int ptxLine, int sourceLine, string? detail = null)
        : base($"'{opcode}' is not supported by the simulator ({(sourceLine > 0 ? $"source line {sourceLine}, " : "")}PTX line {ptxLine}){(detail is null ? "" : ": " + detail)}")
    {
        Opcode = opcode;
        PtxLine = ptxLine;
        SourceLine = sourceLine;
    }

    /// <summary>The mnemonic.</summary>
    public string Opcode { get; }

    /// <summary>Line in the PTX text.</summary>
    public int PtxLine { get; }

    /// <summary>Line in the main source file, or 0.</summary>
    public int SourceLine { get; }
}
