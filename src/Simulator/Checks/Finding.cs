namespace KernelForge.Simulator.Checks;

/// <summary>What a finding is. On the wire snake_case: <c>out_of_bounds_read</c>.</summary>
public enum FindingKind
{
    OutOfBoundsRead,
    OutOfBoundsWrite,
    Misaligned,
    UninitialisedRead,

    /// <summary>An output element that nothing wrote. Made by the evaluator.</summary>
    UnwrittenOutput,
    Race,
    BarrierDivergence,
    InvalidMask,
    Deadlock,
    StackOverflow,
    IllegalAddressSpace,

    /// <summary>A store to a read-only buffer, constant or parameter; the store was not done.</summary>
    ReadOnlyWrite,
}

/// <summary>Something wrong that a kernel did.</summary>
/// <param name="Kind">What.</param>
/// <param name="Kernel">The kernel's name in the PTX.</param>
/// <param name="SourceLine">Line in the main source file; 0 where the PTX does not say. For races the later access.</param>
/// <param name="Block">Block index.</param>
/// <param name="Thread">Thread index in its block.</param>
/// <param name="Buffer">The buffer's or shared variable's name, where known.</param>
/// <param name="ElementIndex">Element index in it.</param>
/// <param name="ByteOffset">Byte offset in it.</param>
/// <param name="Bytes">Bytes of the access.</param>
/// <param name="OtherLine">For races: the line of the other access.</param>
/// <param name="Message">In the user's terms.</param>
/// <param name="Count">How many lanes did it at this line.</param>
public sealed record Finding(
    FindingKind Kind,
    string Kernel,
    int SourceLine,
    (int X, int Y, int Z) Block,
    (int X, int Y, int Z) Thread,
    string? Buffer,
    long? ElementIndex,
    long? ByteOffset,
    int Bytes,
    int? OtherLine,
    string Message,
    long Count)
{
    /// <summary>The kind as outcomes write it: <c>out_of_bounds_read</c>.</summary>
    public string KindName => Kind switch
    {
        FindingKind.OutOfBoundsRead => "out_of_bounds_read",
        FindingKind.OutOfBoundsWrite => "out_of_bounds_write",
        FindingKind.Misaligned => "misaligned",
        FindingKind.UninitialisedRead => "uninitialised_read",
        FindingKind.UnwrittenOutput => "unwritten_output",
        FindingKind.Race => "race",
        FindingKind.BarrierDivergence => "barrier_divergence",
        FindingKind.InvalidMask => "invalid_mask",
        FindingKind.Deadlock => "deadlock",
        FindingKind.StackOverflow => "stack_overflow",
        FindingKind.IllegalAddressSpace => "illegal_address_space",
        _ => "read_only_write",
    };
}
