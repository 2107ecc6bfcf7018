using System.Globalization;

namespace KernelForge.Simulator.Lowering;

/// <summary>Element types of tensor-core fragments.</summary>
internal enum MatrixFormat
{
    F16,
    BF16,
    TF32,
    F32,
    F64,
    E4M3,
    E5M2,
    S8,
    U8,
    S4,
    U4,
    B1,
    S32,
}

/// <summary>Facts about <see cref="MatrixFormat"/>, and the flags of a product.</summary>
internal static class MatrixFormats
{
    /// <summary>Integer results are clamped.</summary>
    public const int Saturate = 1;

    /// <summary>Bits are multiplied by <c>and</c>, not by <c>xor</c>.</summary>
    public const int And = 2;

    /// <summary>The type that a part of a mnemonic names; null: none.</summary>
    public static MatrixFormat? Parse(string part) => part switch
    {
        "f16" => MatrixFormat.F16,
        "bf16" => MatrixFormat.BF16,
        "tf32" => MatrixFormat.TF32,
        "f32" => MatrixFormat.F32,
        "f64" => MatrixFormat.F64,
        "e4m3" => MatrixFormat.E4M3,
        "e5m2" => MatrixFormat.E5M2,
        "s8" => MatrixFormat.S8,
        "u8" => MatrixFormat.U8,
        "s4" => MatrixFormat.S4,
        "u4" => MatrixFormat.U4,
        "b1" => MatrixFormat.B1,
        "s32" => MatrixFormat.S32,
        _ => null,
    };

    /// <summary>The shape that a mnemonic names: <c>m16n8k16</c>; zeros: none.</summary>
    public static (int M, int N, int K) Shape(string[] parts)
    {
        foreach (string part in parts)
        {
            int n = part.IndexOf('n', StringComparison.Ordinal);
            int k = part.IndexOf('k', StringComparison.Ordinal);
            if (part.Length >= 6 && part[0] == 'm' && n > 1 && k > n
                && int.TryParse(part.AsSpan(1, n - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int rows)
                && int.TryParse(part.AsSpan(n + 1, k - n - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int columns)
                && int.TryParse(part.AsSpan(k + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int depth))
            {
                return (rows, columns, depth);
            }
        }

        return default;
    }

    /// <summary>Bits of an element.</summary>
    public static int Bits(this MatrixFormat format) => format switch
    {
        MatrixFormat.F64 => 64,
        MatrixFormat.F32 or MatrixFormat.TF32 or MatrixFormat.S32 => 32,
        MatrixFormat.F16 or MatrixFormat.BF16 => 16,
        MatrixFormat.S4 or MatrixFormat.U4 => 4,
        MatrixFormat.B1 => 1,
        _ => 8,
    };
}
