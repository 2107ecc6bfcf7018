using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Judging;

/// <summary>One trial to make.</summary>
/// <param name="Request">What the reference worker is asked.</param>
/// <param name="Hidden">A model sees no values of it.</param>
internal sealed record PlannedTrial(TrialRequest Request, bool Hidden);

/// <summary>Which trials are made, under which seeds (ADR 0003).</summary>
internal sealed class TrialSeeds
{
    /// <summary>Trials of a preset at least.</summary>
    public const int Least = 5;

    private const ulong PublicSeed = 1024;
    private readonly byte[] _secret;

    private TrialSeeds(byte[] secret) => _secret = secret;

    /// <summary>Seeds from a number that the caller chose.</summary>
    public static TrialSeeds From(ulong seed)
    {
        var secret = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(secret, seed);
        return new TrialSeeds(secret);
    }

    /// <summary>This installation's secret seeds; made at first use.</summary>
    /// <exception cref="EvaluationFaultException">The data folder cannot be written.</exception>
    public static TrialSeeds OfInstallation(string home)
    {
        var path = Path.Combine(home, "secret-seed");
        try
        {
            if (File.Exists(path) && File.ReadAllBytes(path) is { Length: 32 } kept)
            {
                return new TrialSeeds(kept);
            }

            Directory.CreateDirectory(home);
            var secret = RandomNumberGenerator.GetBytes(32);
            var mine = path + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(mine, secret);
            File.SetUnixFileMode(mine, UnixFileMode.UserRead | UnixFileMode.UserWrite);

            // Two evaluations that start at once agree on the one that was first.
            if (File.Exists(path) && new FileInfo(path).Length != 32)
            {
                File.Delete(path);
            }

            try
            {
                File.Move(mine, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(mine);
            }

            return new TrialSeeds(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationFaultException(69, $"the data folder {home} cannot be written ({error.Message}); free some space, or set KERNELFORGE_HOME to another folder", error);
        }
    }

    /// <summary>The trials of one preset, in order.</summary>
    /// <param name="task">The task.</param>
    /// <param name="preset">The preset.</param>
    /// <param name="count">How many, at least <see cref="Least"/>.</param>
    public IReadOnlyList<PlannedTrial> Plan(TaskDescription task, string preset, int count)
    {
        List<PlannedTrial> trials = [new(new TrialRequest(preset, PublicSeed, "standard"), Hidden: false)];
        var distributions = task.Distributions.Where(d => d != "standard").ToList();
        for (var number = 1; number < Math.Max(Least, count); number++)
        {
            var distribution = number == 1 || number - 2 >= distributions.Count ? "standard" : distributions[number - 2];
            trials.Add(new PlannedTrial(new TrialRequest(preset, Seed(task.Sha256, preset, number), distribution), Hidden: true));
        }

        return trials;
    }

    // 31 bits: what every generator of PyTorch takes.
    private ulong Seed(string task, string preset, int number)
    {
        var hash = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{task}/{preset}/{number}"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) & 0x7FFF_FFFF;
    }
}
