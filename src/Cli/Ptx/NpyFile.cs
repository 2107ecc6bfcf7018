using System.Text;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary>NumPy's file format, version 1.0.</summary>
internal static class NpyFile
{
    /// <summary>A buffer as a file; bfloat16 and float8, which NumPy does not know, as unsigned integers of their size.</summary>
    public static byte[] Bytes(PtxOutput output)
    {
        var size = PlanDtype.BytesOf(output.Type);
        var kind = output.Type switch
        {
            "bool" => "|b1",
            "float64" or "float32" or "float16" => $"<f{size}",
            _ when output.Type.StartsWith("int", StringComparison.Ordinal) => size == 1 ? "|i1" : $"<i{size}",
            _ => size == 1 ? "|u1" : $"<u{size}",
        };
        var header = $"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({string.Join(", ", output.Shape)},), }}";

        // The elements begin at a multiple of 64 bytes.
        header = header.PadRight(((header.Length + 11 + 63) / 64 * 64) - 11) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header), .. output.Contents ?? []];
    }
}
