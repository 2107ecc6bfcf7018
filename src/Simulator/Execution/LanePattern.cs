using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Execution;

/// <summary>How the addresses of a warp's 32 lanes differ, known when a kernel is compiled: lane i stands at origin + <c>Offsets[i]</c>.</summary>
public sealed class LanePattern
{
    private readonly ulong[] _offsets;
    private readonly LaneRun[] _runs;

    /// <summary>Makes one.</summary>
    /// <param name="offsets">32 offsets in bytes.</param>
    public LanePattern(ReadOnlySpan<long> offsets)
    {
        _offsets = new ulong[32];
        for (var lane = 0; lane < 32; lane++)
        {
            _offsets[lane] = (ulong)offsets[lane];
        }

        Lowest = offsets[0];
        Highest = offsets[0];
        foreach (var offset in offsets)
        {
            Lowest = Math.Min(Lowest, offset);
            Highest = Math.Max(Highest, offset);
        }

        var runs = new List<LaneRun>();
        for (var lane = 0; lane < 32;)
        {
            var count = 1;
            var step = lane < 31 ? offsets[lane + 1] - offsets[lane] : 0;
            while (lane + count < 32 && offsets[lane + count] - offsets[lane + count - 1] == step)
            {
                count++;
            }

            runs.Add(new LaneRun(lane, count, offsets[lane], step));
            lane += count;
        }

        _runs = [.. runs];
    }

    /// <summary>What each lane adds.</summary>
    public ReadOnlySpan<ulong> Offsets => _offsets;

    /// <summary>The least offset.</summary>
    public long Lowest { get; }

    /// <summary>The greatest offset.</summary>
    public long Highest { get; }

    /// <summary>All lanes, cut into as few stretches of equal distances as going from lane 0 upwards gives.</summary>
    public ReadOnlySpan<LaneRun> Runs => _runs;

    /// <summary>Writes the 32 addresses.</summary>
    public void Addresses(ulong origin, Span<ulong> addresses)
    {
        var at = Vector512.Create(origin);
        for (var lane = 0; lane < 32; lane += 8)
        {
            (Vector512.Create<ulong>(_offsets.AsSpan(lane)) + at).CopyTo(addresses[lane..]);
        }
    }
}
