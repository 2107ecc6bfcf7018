using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Agents.Search;

/// <summary>
/// Chance that a run can repeat: numbers that follow from a seed alone (SplitMix64 from the seed's SHA-256), the same in every process. What is
/// drawn after a crash is what was drawn before it.
/// </summary>
internal sealed class Dice(string seed)
{
    private ulong _state = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    /// <summary>In [0, 1).</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>In [0, <paramref name="count"/>).</summary>
    public int Below(int count) => (int)(Next() * count);

    /// <summary>Whether something of that probability happens.</summary>
    public bool Chance(double probability) => Next() < probability;

    /// <summary>One of them, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>One of them, each as likely as its weight says.</summary>
    public T Pick<T>(IReadOnlyList<T> items, Func<T, double> weight)
    {
        var left = Next() * items.Sum(weight);
        foreach (var item in items)
        {
            left -= weight(item);
            if (left < 0)
            {
                return item;
            }
        }

        return items[^1];
    }
}
