namespace KernelForge.Simulator.Parsing;

/// <summary>PTX text that is not PTX, or whose names and operands do not fit together. Says where.</summary>
#pragma warning disable RCS1194 // Made only with its place: the standard constructors would lose it.
public sealed class PtxSyntaxException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="line">Line in the PTX text, from 1.</param>
    /// <param name="column">Column in that line, from 1.</param>
    /// <param name="problem">What was expected and what was found.</param>
    public PtxSyntaxException(int line, int column, string problem)
        : base($"PTX line {line}, column {column}: {problem}")
    {
        Line = line;
        Column = column;
    }

    /// <summary>Line in the PTX text, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in that line, from 1.</summary>
    public int Column { get; }
}
