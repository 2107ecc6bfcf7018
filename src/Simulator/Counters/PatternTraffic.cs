using System.Numerics;
using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Counters;

/// <summary>What a request costs whose addresses are a pattern, for all that begin at the same place of a 128-byte line.</summary>
internal sealed class PatternTraffic
{
    /// <summary>Places in a line that are told apart: its words.</summary>
    public const int Phases = 32;

    /// <summary>Works it out.</summary>
    /// <param name="pattern">How the lanes differ.</param>
    /// <param name="mask">Active lanes.</param>
    /// <param name="shared">Shared memory instead of global.</param>
    /// <param name="phase">Byte of its line at which a lane without offset stands.</param>
    /// <param name="bytesPerLane">Bytes of each lane.</param>
    public PatternTraffic(LanePattern pattern, uint mask, bool shared, ulong phase, int bytesPerLane)
    {
        Pattern = pattern;
        Mask = mask;
        Lanes = BitOperations.PopCount(mask);
        Bytes = (long)Lanes * bytesPerLane;

        // Far enough from zero for offsets below it.
        const ulong Far = 1UL << 40;
        Span<ulong> addresses = stackalloc ulong[32];
        pattern.Addresses(Far + phase, addresses);
        if (shared)
        {
            (Wavefronts, IdealWavefronts) = BankConflicts.Count(addresses, mask, bytesPerLane, serialise: false);
            return;
        }

        Span<ulong> lines = stackalloc ulong[96];
        Span<uint> sectors = stackalloc uint[96];
        var count = LaunchCounters.Lines(addresses, mask, bytesPerLane, lines, sectors);
        var entries = new ulong[count];
        for (var at = 0; at < count; at++)
        {
            entries[at] = ((lines[at] << 7) - Far) | sectors[at];
            Sectors += BitOperations.PopCount(sectors[at]);
        }

        Lines = entries;
        IdealSectors = Math.Min(Sectors, (Bytes + 31) / 32);
        Wavefronts = count;
        IdealWavefronts = (int)Math.Min(count, (Bytes + 127) / 128);
    }

    /// <summary>How the lanes differ.</summary>
    public LanePattern Pattern { get; }

    /// <summary>Active lanes.</summary>
    public uint Mask { get; }

    /// <summary>How many.</summary>
    public int Lanes { get; }

    /// <summary>Bytes of all of them.</summary>
    public long Bytes { get; }

    /// <summary>Sectors that the request touches.</summary>
    public long Sectors { get; }

    /// <summary>Sectors that as many bytes in one piece would touch.</summary>
    public long IdealSectors { get; }

    /// <summary>Lines touched, or shared memory's wavefronts.</summary>
    public int Wavefronts { get; }

    /// <summary>The least possible.</summary>
    public int IdealWavefronts { get; }

    /// <summary>Line addresses relative to the origin's own line, with the sectors in the low four bits.</summary>
    public ulong[] Lines { get; } = [];
}
