using System.Collections.Immutable;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Compilation;

/// <summary>What a program's code is made for, besides the program and its set of checks.</summary>
/// <param name="Block">The block's shape: it gives each lane's thread index.</param>
/// <param name="SharedBytes">Shared memory of a block.</param>
/// <param name="Parameters">The 32-bit integer parameters by offset, or empty: they are read when the code runs.</param>
/// <param name="Everything">Compile whatever can be compiled, not only what pays.</param>
/// <param name="Traffic">What it reports to an observer.</param>
internal sealed record Specialisation(Dim3 Block, int SharedBytes, ImmutableArray<(int Offset, int Value)> Parameters, bool Everything, ObservedTraffic Traffic)
{
    public bool Equals(Specialisation? other) =>
        other is not null && Block == other.Block && SharedBytes == other.SharedBytes && Everything == other.Everything && Traffic == other.Traffic && Parameters.AsSpan().SequenceEqual(other.Parameters.AsSpan());

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Block);
        hash.Add(SharedBytes);
        hash.Add(Everything);
        hash.Add(Traffic);
        foreach ((int _, int value) in Parameters)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The constant at an offset of the parameter block.</summary>
    public long? Parameter(long offset)
    {
        foreach ((int at, int value) in Parameters)
        {
            if (at == offset)
            {
                return value;
            }
        }

        return null;
    }
}
