using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>Where a launch stands under the roofline of its GPU.</summary>
/// <param name="Precision">The ceiling it is measured against: <c>float16</c> (tensor cores), <c>float64</c> or <c>float32</c>, whichever its operations would keep busy longest.</param>
/// <param name="Operations">Operations of that kind; a multiply-add counts two. Tensor work is in dense float16 operations.</param>
/// <param name="Bytes">DRAM bytes.</param>
/// <param name="OperationsPerSecond">Reached in the kernel's modelled time.</param>
/// <param name="PeakOperationsPerSecond">The ceiling.</param>
/// <param name="BytesPerSecond">Reached.</param>
/// <param name="PeakBytesPerSecond">The slope.</param>
public sealed record RooflinePosition(
    string Precision, double Operations, double Bytes, double OperationsPerSecond, double PeakOperationsPerSecond, double BytesPerSecond, double PeakBytesPerSecond)
{
    /// <summary>Works it out.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="totals">The launch's counters.</param>
    /// <param name="estimate">Its time.</param>
    /// <param name="instructions">The program's instructions, by number.</param>
    public static RooflinePosition Of(GpuProfile profile, CounterTotals totals, TimeEstimate estimate, IReadOnlyList<InstructionInfo> instructions)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(estimate);
        ArgumentNullException.ThrowIfNull(instructions);
        var operations = new Dictionary<string, double>(StringComparer.Ordinal) { ["float32"] = 0, ["float64"] = 0, ["float16"] = 2 * estimate.Pipes.TensorF16Fma };
        foreach (var instruction in instructions)
        {
            var (count, type) = OperationsOf(instruction.Opcode);
            if (count > 0)
            {
                operations[type] += count * totals.BlockThreads[instruction.BasicBlock];
            }
        }

        var (precision, most) = operations.MaxBy(pair => pair.Value / Roofline.PeakOperationsPerSecond(profile, pair.Key));
        var seconds = estimate.KernelMs / 1e3;
        return new RooflinePosition(
            precision,
            most,
            totals.DramBytes,
            most / seconds,
            Roofline.PeakOperationsPerSecond(profile, precision),
            totals.DramBytes / seconds,
            profile.DramBandwidthGbs * 1e9);
    }

    // Packed halves outside the tensor cores run on the float32 pipe and count against its peak.
    private static (int Count, string Type) OperationsOf(string opcode)
    {
        var parts = opcode.Split('.');
        var each = parts[0] switch
        {
            "fma" or "mad" => 2,
            "add" or "sub" or "mul" or "div" or "rcp" or "sqrt" or "rsqrt" or "ex2" or "lg2" or "sin" or "cos" or "tanh" => 1,
            _ => 0,
        };
        return parts[^1] switch
        {
            "f32" or "f16" or "bf16" => (each, "float32"),
            "f16x2" or "bf16x2" => (2 * each, "float32"),
            "f64" => (each, "float64"),
            _ => (0, "float32"),
        };
    }
}
