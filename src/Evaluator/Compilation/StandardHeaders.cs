namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Small stand-ins for C and C++ headers that NVRTC lacks and kernels, or CUDA's libraries for kernels (CUB, CUTLASS), include. NVRTC declares the mathematics and
/// <c>printf</c> itself. Integer types are those of CUDA's own headers under NVRTC (<c>cuda/std/cstdint</c>,
/// which <c>cuda/barrier</c> and others include): another underlying type would be a redeclaration.
/// </summary>
internal static class StandardHeaders
{
    /// <summary>The type that each fixed-width name stands for, by name.</summary>
    public static IReadOnlyDictionary<string, string> IntegerTypes { get; } = new Dictionary<string, string>
    {
        ["int8_t"] = "signed char", ["uint8_t"] = "unsigned char", ["int16_t"] = "short", ["uint16_t"] = "unsigned short",
        ["int32_t"] = "int", ["uint32_t"] = "unsigned int", ["int64_t"] = "long long", ["uint64_t"] = "unsigned long long",
        ["intptr_t"] = "long long", ["uintptr_t"] = "unsigned long long", ["intmax_t"] = "long long", ["uintmax_t"] = "unsigned long long",
    };

    private static readonly Dictionary<string, string> IntegerLimits = new()
    {
        ["INT8_MIN"] = "(-128)", ["INT8_MAX"] = "127", ["UINT8_MAX"] = "255",
        ["INT16_MIN"] = "(-32767 - 1)", ["INT16_MAX"] = "32767", ["UINT16_MAX"] = "65535",
        ["INT32_MIN"] = "(-2147483647 - 1)", ["INT32_MAX"] = "2147483647", ["UINT32_MAX"] = "4294967295U",
        ["INT64_MIN"] = "(-9223372036854775807LL - 1)", ["INT64_MAX"] = "9223372036854775807LL", ["UINT64_MAX"] = "18446744073709551615ULL",
    };

    private static readonly Dictionary<string, string> Limits = new()
    {
        ["CHAR_BIT"] = "8", ["SCHAR_MIN"] = "(-128)", ["SCHAR_MAX"] = "127", ["UCHAR_MAX"] = "255",
        ["SHRT_MIN"] = "(-32768)", ["SHRT_MAX"] = "32767", ["USHRT_MAX"] = "65535",
        ["INT_MIN"] = "(-2147483647 - 1)", ["INT_MAX"] = "2147483647", ["UINT_MAX"] = "4294967295U",
        ["LONG_MIN"] = "(-9223372036854775807L - 1)", ["LONG_MAX"] = "9223372036854775807L", ["ULONG_MAX"] = "18446744073709551615UL",
        ["LLONG_MIN"] = "(-9223372036854775807LL - 1)", ["LLONG_MAX"] = "9223372036854775807LL", ["ULLONG_MAX"] = "18446744073709551615ULL",
    };

    private static readonly Dictionary<string, string> Floats = new()
    {
        ["FLT_RADIX"] = "2", ["FLT_MANT_DIG"] = "24", ["FLT_EPSILON"] = "1.19209290e-7f", ["FLT_MIN"] = "1.17549435e-38f", ["FLT_MAX"] = "3.40282347e+38f",
        ["DBL_MANT_DIG"] = "53", ["DBL_EPSILON"] = "2.2204460492503131e-16", ["DBL_MIN"] = "2.2250738585072014e-308", ["DBL_MAX"] = "1.7976931348623157e+308",
    };

    private static readonly Dictionary<string, string> Mathematics = new()
    {
        ["INFINITY"] = "__int_as_float(0x7f800000)", ["NAN"] = "__int_as_float(0x7fffffff)",
        ["HUGE_VALF"] = "__int_as_float(0x7f800000)", ["HUGE_VAL"] = "__longlong_as_double(0x7ff0000000000000LL)",
        ["M_E"] = "2.7182818284590452354", ["M_LOG2E"] = "1.4426950408889634074", ["M_LOG10E"] = "0.43429448190325182765",
        ["M_LN2"] = "0.69314718055994530942", ["M_LN10"] = "2.30258509299404568402",
        ["M_PI"] = "3.14159265358979323846", ["M_PI_2"] = "1.57079632679489661923", ["M_PI_4"] = "0.78539816339744830962",
        ["M_1_PI"] = "0.31830988618379067154", ["M_2_PI"] = "0.63661977236758134308", ["M_2_SQRTPI"] = "1.12837916709551257390",
        ["M_SQRT2"] = "1.41421356237309504880", ["M_SQRT1_2"] = "0.70710678118654752440",
    };

    /// <summary>Value of each macro that these headers define, by name.</summary>
    public static IReadOnlyDictionary<string, string> Macros { get; } =
        new[] { IntegerLimits, Limits, Floats, Mathematics }.SelectMany(m => m).ToDictionary(m => m.Key, m => m.Value);

    // C++ headers that CUDA's own standard library has a version of for device code.
    private static readonly string[] Cudas =
        ["limits", "type_traits", "utility", "iterator", "functional", "tuple", "array", "initializer_list", "complex", "optional", "concepts", "bit", "span", "version"];

    // Headers that libraries for kernels include for their host half. What they declare does not exist here.
    private static readonly string[] Hosts =
    [
        "assert.h", "stdio.h", "cstdio", "stdlib.h", "cstdlib", "string.h", "cstring", "string", "iostream", "ostream", "istream", "iosfwd", "iomanip", "sstream", "fstream",
        "algorithm", "numeric", "memory", "new", "exception", "stdexcept", "vector", "map", "set", "list", "deque", "unordered_map", "mutex", "thread", "random", "typeinfo",
        "typeindex", "cctype", "ctype.h", "time.h", "cerrno", "errno.h", "inttypes.h", "cinttypes",
    ];

    // Thrust's execution policies, which CUB's iterators derive from, have functions for the host alone.
    private static readonly string[] ThrustPolicies = ["allocator", "dependencies"];

    /// <summary>Text by the name in <c>#include</c>.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Hosts.Select(name => KeyValuePair.Create(name, "#pragma once\n"))
        .Concat(Cudas.Select(name => KeyValuePair.Create(name, FromCuda(name))))
        .Concat(ThrustPolicies.Select(name => KeyValuePair.Create($"thrust/detail/{name}_aware_execution_policy.h", Policy(name))))
        .Concat(
        [
            new("stdint.h", "#pragma once\n" + Integers()),
            new("cstdint", AfterCudas("cstdint", Integers())),
            new("limits.h", Defines(Limits)),
            new("climits", AfterCudas("climits", Defines(Limits))),
            new("float.h", Defines(Floats)),
            new("cfloat", AfterCudas("cfloat", Defines(Floats))),
            new("math.h", Defines(Mathematics)),
            new("cmath", AfterCudas("cmath", Defines(Mathematics))),
            new("stddef.h", "#pragma once\n" + Sizes),
            new("cstddef", AfterCudas("cstddef", Sizes)),
            new("cassert", AfterCudas("cassert", string.Empty)),
            new("ctime", AfterCudas("ctime", string.Empty)),
        ])
        .ToDictionary();

    private const string Sizes = "#ifndef NULL\n#define NULL 0\n#endif\nnamespace std { using ::size_t; using ::ptrdiff_t; typedef decltype(nullptr) nullptr_t; }\n";

    /// <summary>The definition of a macro, unless it is defined.</summary>
    public static string Define(string name, string value) => $"#ifndef {name}\n#define {name} {value}\n#endif\n";

    private static string Defines(Dictionary<string, string> macros) => string.Concat(macros.Select(m => Define(m.Key, m.Value)));

    private static string Integers()
        => Defines(IntegerLimits)
            + string.Concat(IntegerTypes.Select(t => $"typedef {t.Value} {t.Key};\n"))
            + "namespace std {\n" + string.Concat(IntegerTypes.Keys.Select(t => $"using ::{t};\n")) + "}\n";

    // CUDA's own standard library includes its parts by these very names ("climits"), and NVRTC takes ours for them: once it has begun, its own
    // come first, each of which guards itself. Ours then add what it lacks: macros.
    private static string AfterCudas(string name, string text)
        => $"#ifdef __cuda_std__\n#include <cuda/std/detail/libcxx/include/{name}>\n{MacrosOf(text)}#elif !defined(KF_HEADER_{name})\n#define KF_HEADER_{name}\n{text}#endif\n";

    private static string MacrosOf(string text) => text.StartsWith("#ifndef", StringComparison.Ordinal) && !text.Contains("namespace", StringComparison.Ordinal) ? text : string.Empty;

    // CUDA's own standard library, under the name that host code knows it by.
    private static string FromCuda(string header)
        => $"#ifdef __cuda_std__\n#include <cuda/std/detail/libcxx/include/{header}>\n#else\n#include <cuda/std/{header}>\n#endif\n"
            + "namespace cuda { namespace std {} }\nnamespace std { using namespace ::cuda::std; }\n";

    private static string Policy(string kind)
        => $"#pragma once\n#include <thrust/detail/config.h>\nTHRUST_NAMESPACE_BEGIN\nnamespace detail {{ template <template <typename> class Base> struct {kind}_aware_execution_policy {{}}; }}\nTHRUST_NAMESPACE_END\n";
}
