using System.Collections.Frozen;

namespace KernelForge.Api.Features.Datasets.Lexing;

/// <summary>Names that mean the same in every solution: keywords, CUDA's variables and types. They are never renamed.</summary>
internal static class CudaNames
{
    private static readonly FrozenSet<ulong> Types = Hashes(
        "auto bool char char8_t char16_t char32_t double float int long short signed unsigned void wchar_t size_t ptrdiff_t half half2 nv_bfloat16 nv_bfloat162 dim3 uint uchar ushort ulong "
        + "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t clock_t cudaStream_t "
        + string.Join(' ', from type in "char uchar short ushort int uint long ulong longlong ulonglong float double".Split(' ') from width in "1234" select type + width));

    private static readonly FrozenSet<ulong> Others = Hashes(
        "alignas alignof and asm break case catch class const const_cast consteval constexpr constinit continue decltype default delete do dynamic_cast else enum explicit extern false for friend "
        + "goto if inline mutable namespace new noexcept not nullptr operator or private protected public register reinterpret_cast return sizeof static static_assert static_cast struct switch "
        + "template this thread_local throw true try typedef typeid typename union using virtual volatile while xor "
        + "threadIdx blockIdx blockDim gridDim warpSize defined once unroll pragma NULL INFINITY NAN FLT_MAX FLT_MIN DBL_MAX INT_MAX INT_MIN UINT_MAX std cooperative_groups nvcuda wmma cuda");

    /// <summary>Whether it is a type of the language or of CUDA: what follows one is declared.</summary>
    public static bool IsType(ulong hash) => Types.Contains(hash);

    /// <summary>Whether it is a keyword, a type, or a variable of CUDA.</summary>
    public static bool IsKnown(ulong hash) => Types.Contains(hash) || Others.Contains(hash);

    private static FrozenSet<ulong> Hashes(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => TokenHash.Of(name)).ToFrozenSet();
}
