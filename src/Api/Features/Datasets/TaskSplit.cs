using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Puts whole tasks into a split by a seeded hash of their name, so that no task stands on both sides and a task never changes sides as rows
/// come. A <c>_strict</c> variant goes where its original goes: the two are nearly the same task.
/// </summary>
internal sealed record TaskSplit(long Seed, double ValidationShare)
{
    public const string Train = "train";
    public const string Validation = "validation";
    private const string Strict = "_strict";

    /// <summary>What a task and its variants have in common.</summary>
    public static string ClusterOf(string task) => task.EndsWith(Strict, StringComparison.Ordinal) ? task[..^Strict.Length] : task;

    /// <summary>The split of a task.</summary>
    public string Of(string task)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Seed.ToString(CultureInfo.InvariantCulture)}\n{ClusterOf(task)}"));
        return BinaryPrimitives.ReadUInt64BigEndian(hash) / (double)ulong.MaxValue < ValidationShare ? Validation : Train;
    }
}
