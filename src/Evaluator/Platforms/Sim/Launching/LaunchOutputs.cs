using KernelForge.Contracts.Ptx;
using KernelForge.Simulator.Memory;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>What stands in the buffers that a kernel was to write or did write.</summary>
internal static class LaunchOutputs
{
    private const int Shown = 16;
    private const int ChunkElements = 1 << 16;

    // What a reply may carry (the evaluator's limit is 64 MiB of JSON, in which bytes take a third more).
    private const long MostKept = 32L << 20;

    /// <summary>Reads them.</summary>
    /// <exception cref="WrongArgumentException">All their contents are asked for, and are too long.</exception>
    public static IReadOnlyList<PtxOutput> Of(DeviceMemory memory, BoundArguments arguments, bool keep)
    {
        var written = arguments.Buffers.Where(buffer => buffer.IsOutput || memory.Hash(buffer.Buffer) != buffer.HashBefore).ToList();
        var bytes = written.Sum(buffer => buffer.Buffer.ByteLength);
        return keep && bytes > MostKept
            ? throw new WrongArgumentException($"--save: the buffers written hold {bytes} bytes; at most {MostKept} can be saved")
            : [.. written.Select(buffer => Of(memory, buffer, keep))];
    }

    private static PtxOutput Of(DeviceMemory memory, ArgumentBuffer buffer, bool keep)
    {
        var size = buffer.Buffer.Spec.ElementSize;
        var count = buffer.Buffer.ByteLength / size;
        var first = new List<string>();
        double least = double.PositiveInfinity, most = double.NegativeInfinity, sum = 0;
        long finite = 0, notFinite = 0, unwritten = 0;
        var chunk = new byte[ChunkElements * size];
        for (long from = 0; from < count; from += ChunkElements)
        {
            var here = (int)Math.Min(ChunkElements, count - from);
            memory.Read(buffer.Buffer, from * size, chunk.AsSpan(0, here * size));
            for (var at = 0; at < here; at++)
            {
                var element = chunk.AsSpan(at * size, size);
                var isWritten = !buffer.IsOutput || buffer.Buffer.IsWritten((from + at) * size, size);
                if (first.Count < Shown)
                {
                    first.Add(isWritten ? ElementCodec.Show(buffer.Type, element) : "?");
                }

                if (!isWritten)
                {
                    unwritten++;
                }
                else if (buffer.Type.StartsWith("float8", StringComparison.Ordinal))
                {
                    continue;
                }
                else if (ElementCodec.Read(buffer.Type, element) is var value && double.IsFinite(value))
                {
                    finite++;
                    least = Math.Min(least, value);
                    most = Math.Max(most, value);
                    sum += value;
                }
                else
                {
                    notFinite++;
                }
            }
        }

        byte[]? contents = null;
        if (keep)
        {
            contents = new byte[buffer.Buffer.ByteLength];
            memory.Read(buffer.Buffer, 0, contents);
        }

        return new PtxOutput
        {
            Name = buffer.Buffer.Spec.Name,
            Type = buffer.Type,
            Shape = buffer.Shape,
            Unwritten = unwritten,
            First = first,
            Least = finite > 0 ? least : null,
            Most = finite > 0 ? most : null,
            Mean = finite > 0 ? sum / finite : null,
            NotFinite = notFinite,
            Contents = contents,
        };
    }
}
