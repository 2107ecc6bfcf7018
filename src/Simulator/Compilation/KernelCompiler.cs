using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>A program's compiled forms, one a specialisation, made when they are first wanted.</summary>
internal sealed class KernelCompiler(KernelProgram program)
{
    /// <summary>Forms kept; the one used longest ago makes room.</summary>
    internal const int MaxKept = 8;

    // A parameter that keeps changing (a seed, a step) must not mean a new form each time.
    private const int MaxParameterSets = 3;

    private readonly Lock gate = new();
    private readonly List<(Specialisation For, CompiledKernel? Kernel)> kept = [];

    /// <summary>Forms made so far, in all.</summary>
    public int Made { get; private set; }

    /// <summary>Warp instructions that launches of this program have executed in the interpreter.</summary>
    public long Interpreted;

    /// <summary>The machine has what compiled code uses, and nothing in the launch needs the interpreter.</summary>
    public static bool Serves(KernelProgram program) => Avx2.IsSupported && !program.Options.Checks.HasFlag(Lowering.Checks.SharedRaces) && !program.RegisterWords.Any(words => words > 2) && !program.UsesAsync;

    /// <summary>The form for a launch, if it was made before; nobody waits for one that is being made.</summary>
    public CompiledKernel? Known(LaunchConfiguration configuration, int sharedBytes, ObservedTraffic traffic)
    {
        if (!gate.TryEnter())
        {
            return null;
        }

        try
        {
            return Find(Describe(configuration, sharedBytes, traffic, parameters: true)) ?? Find(Describe(configuration, sharedBytes, traffic, parameters: false));
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>The form for a launch; null where compiling gains nothing.</summary>
    public CompiledKernel? Get(LaunchConfiguration configuration, int sharedBytes, ObservedTraffic traffic)
    {
        lock (gate)
        {
            if (Known(configuration, sharedBytes, traffic) is { } known)
            {
                return known;
            }

            Specialisation exact = Describe(configuration, sharedBytes, traffic, parameters: true);
            int sets = kept.Count(k => k.For.Block == exact.Block && k.For.SharedBytes == exact.SharedBytes && k.For.Everything == exact.Everything && k.For.Traffic == exact.Traffic);
            Specialisation wanted = sets < MaxParameterSets ? exact : Describe(configuration, sharedBytes, traffic, parameters: false);
            int at = kept.FindIndex(k => k.For.Equals(wanted));
            if (at >= 0)
            {
                return kept[at].Kernel;
            }

            CompiledKernel? made = KernelEmitter.Compile(program, wanted, VectorSet.Best);
            Made++;
            if (kept.Count == MaxKept)
            {
                kept.RemoveAt(0);
            }

            kept.Add((wanted, made));
            return made;
        }
    }

    private CompiledKernel? Find(Specialisation wanted)
    {
        int at = kept.FindIndex(k => k.For.Equals(wanted));
        if (at < 0)
        {
            return null;
        }

        (Specialisation For, CompiledKernel? Kernel) found = kept[at];
        kept.RemoveAt(at);
        kept.Add(found);
        return found.Kernel;
    }

    private Specialisation Describe(LaunchConfiguration configuration, int sharedBytes, ObservedTraffic traffic, bool parameters) => new(
        configuration.Block, sharedBytes,
        parameters
            ? [.. program.Kernel.Parameters
                .Where(p => p.Size == 4 && p.Type is PtxType.U32 or PtxType.S32 or PtxType.B32)
                .Select(p => (p.Offset, BitConverter.ToInt32(configuration.Parameters.Span[p.Offset..])))]
            : [],
        configuration.BackEnd == BackEnd.Compiler,
        traffic);
}
