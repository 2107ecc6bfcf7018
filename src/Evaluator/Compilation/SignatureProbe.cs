using System.Globalization;
using System.Text;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Asks the compiler for the C++ types of kernels' parameters, which PTX does not keep. A template over the function type,
/// appended to the source, fills one constant a kernel with codes; they are read from the PTX and taken out of it again.
/// Every identifier is spelled <c>kfp_…</c>: the solution's macros (<c>T</c>, <c>N</c>) would change shorter ones.
/// </summary>
internal static class SignatureProbe
{
    private const string Prefix = "kf_sig_";

    private static readonly string[] Elements =
    [
        "void", "bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int",
        "long", "unsigned long", "long long", "unsigned long long", "float", "double",
        "char1", "char2", "char3", "char4", "uchar1", "uchar2", "uchar3", "uchar4",
        "short1", "short2", "short3", "short4", "ushort1", "ushort2", "ushort3", "ushort4",
        "int1", "int2", "int3", "int4", "uint1", "uint2", "uint3", "uint4",
        "long1", "long2", "long3", "long4", "ulong1", "ulong2", "ulong3", "ulong4",
        "longlong1", "longlong2", "longlong3", "longlong4", "ulonglong1", "ulonglong2", "ulonglong3", "ulonglong4",
        "float1", "float2", "float3", "float4", "double1", "double2", "double3", "double4",
        "__half", "__half2", "__nv_bfloat16", "__nv_bfloat162",
        "__nv_fp8_e4m3", "__nv_fp8x2_e4m3", "__nv_fp8x4_e4m3", "__nv_fp8_e5m2", "__nv_fp8x2_e5m2", "__nv_fp8x4_e5m2",
        "CUtensorMap_st",
    ];

    private static readonly HashSet<string> Scalars =
    [
        "bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int",
        "long", "unsigned long", "long long", "unsigned long long", "float", "double", "__half", "__nv_bfloat16",
    ];

    private static readonly string Machinery = MakeMachinery();

    /// <summary>Lines that the machinery takes, after the source's own lines and before the kernels' lines.</summary>
    private static readonly int MachineryLines = Machinery.Count(c => c == '\n');

    /// <summary>The source with the probe behind it. The source's own lines keep their numbers.</summary>
    public static string Append(string source, IReadOnlyList<string> kernels)
    {
        var text = new StringBuilder(source);
        text.Append('\n').Append(Machinery);
        for (int i = 0; i < kernels.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"extern \"C\" __constant__ kfp::kfp_sig<decltype(&{kernels[i]})> {Prefix}{i}{{}};\n");
        }

        return text.ToString();
    }

    /// <summary>Lines of the source before the probe.</summary>
    public static int SourceLines(string source) => source.Count(c => c == '\n') + 1;

    /// <summary>Which kernel's probe stands on a line; null where it is none.</summary>
    public static int? KernelOfLine(string source, int line, int kernels)
    {
        int index = line - SourceLines(source) - MachineryLines - 1;
        return index >= 0 && index < kernels ? index : null;
    }

    /// <summary>The types of a kernel's parameters: the constant's bytes, completed by sizes and offsets of the PTX.</summary>
    public static KernelSignature Read(PtxEntry entry, byte[] codes)
    {
        int count = codes[0];
        if (count != entry.Parameters.Count)
        {
            throw new InvalidDataException($"the probe found {count} parameters of {entry.Name}, its PTX has {entry.Parameters.Count}");
        }

        int stride = count + 1;
        var parameters = new List<KernelParameter>();
        int offset = 0;
        for (int i = 0; i < count; i++)
        {
            PtxParameter ptx = entry.Parameters[i];
            offset = (offset + ptx.Alignment - 1) / ptx.Alignment * ptx.Alignment;
            byte Field(int field) => codes[1 + (field * stride) + i];
            int code = Field(1);
            string? element = code == 0 ? null : Elements[code - 1];
            bool isPointer = Field(0) == 1;
            parameters.Add(new KernelParameter
            {
                Kind = isPointer ? ParameterKind.Pointer : KindOf(element, ptx),
                Element = element,
                IsConst = Field(2) == 1,
                Offset = offset,
                Size = ptx.Bytes,
            });
            offset += ptx.Bytes;
        }

        return new KernelSignature(parameters, offset);
    }

    /// <summary>Name of the constant of a kernel.</summary>
    public static string ConstantOf(int kernel) => Prefix + kernel.ToString(CultureInfo.InvariantCulture);

    private static ParameterKind KindOf(string? element, PtxParameter ptx)
    {
        if (element is not null && Scalars.Contains(element))
        {
            return ParameterKind.Scalar;
        }

        // CUtensorMap, or a struct of the solution's own with the same layout (cuda.h is a long header).
        return ptx is { Bytes: 128, Alignment: >= 64 } ? ParameterKind.TensorMap : ParameterKind.Other;
    }

    private static string MakeMachinery()
    {
        // The first newline ends a source that ends with a backslash.
        var text = new StringBuilder("\n");
        foreach (string type in Elements.Where(e => e.StartsWith("__", StringComparison.Ordinal) || e.EndsWith("_st", StringComparison.Ordinal)))
        {
            text.Append("struct ").Append(type).Append("; ");
        }

        text.Append('\n').Append("""
            namespace kfp {
            template <class kfp_t> struct kfp_el { enum : unsigned char { kfp_v = 0 }; };

            """);
        for (int i = 0; i < Elements.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"template <> struct kfp_el<{Elements[i]}> {{ enum : unsigned char {{ kfp_v = {i + 1} }}; }};\n");
        }

        text.Append("""
            template <class kfp_t> struct kfp_of { enum : unsigned char { kfp_k = 0, kfp_e = kfp_el<kfp_t>::kfp_v, kfp_c = 0 }; };
            template <class kfp_t> struct kfp_of<kfp_t*> { enum : unsigned char { kfp_k = 1, kfp_e = kfp_el<kfp_t>::kfp_v, kfp_c = 0 }; };
            template <class kfp_t> struct kfp_of<const kfp_t*> { enum : unsigned char { kfp_k = 1, kfp_e = kfp_el<kfp_t>::kfp_v, kfp_c = 1 }; };
            template <class kfp_t> struct kfp_of<volatile kfp_t*> { enum : unsigned char { kfp_k = 1, kfp_e = kfp_el<kfp_t>::kfp_v, kfp_c = 0 }; };
            template <class kfp_t> struct kfp_of<const volatile kfp_t*> { enum : unsigned char { kfp_k = 1, kfp_e = kfp_el<kfp_t>::kfp_v, kfp_c = 1 }; };
            template <class kfp_t> struct kfp_of<kfp_t* __restrict__> : kfp_of<kfp_t*> {};
            template <class kfp_t> struct kfp_of<const kfp_t> : kfp_of<kfp_t> {};
            template <class kfp_f> struct kfp_sig;
            template <class... kfp_a> struct kfp_sig<void (*)(kfp_a...)> {
              unsigned char kfp_n; unsigned char kfp_d0[sizeof...(kfp_a) + 1]; unsigned char kfp_d1[sizeof...(kfp_a) + 1]; unsigned char kfp_d2[sizeof...(kfp_a) + 1];
              constexpr kfp_sig() : kfp_n(sizeof...(kfp_a)), kfp_d0{kfp_of<kfp_a>::kfp_k...}, kfp_d1{kfp_of<kfp_a>::kfp_e...}, kfp_d2{kfp_of<kfp_a>::kfp_c...} {}
            };
            #if __cplusplus >= 201703L
            template <class... kfp_a> struct kfp_sig<void (*)(kfp_a...) noexcept> : kfp_sig<void (*)(kfp_a...)> {};
            #endif
            }

            """);
        return text.ToString();
    }
}
