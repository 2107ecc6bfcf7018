namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Small stand-ins for C headers that NVRTC lacks and kernels like to include. NVRTC declares the mathematics itself.
/// </summary>
internal static class StandardHeaders
{
    private const string Integers = """
        #pragma once
        typedef signed char int8_t; typedef unsigned char uint8_t; typedef short int16_t; typedef unsigned short uint16_t;
        typedef int int32_t; typedef unsigned int uint32_t; typedef long int64_t; typedef unsigned long uint64_t;
        typedef long intptr_t; typedef unsigned long uintptr_t; typedef long intmax_t; typedef unsigned long uintmax_t;
        #define INT8_MIN (-128)
        #define INT8_MAX 127
        #define UINT8_MAX 255
        #define INT16_MIN (-32767 - 1)
        #define INT16_MAX 32767
        #define UINT16_MAX 65535
        #define INT32_MIN (-2147483647 - 1)
        #define INT32_MAX 2147483647
        #define UINT32_MAX 4294967295U
        #define INT64_MIN (-9223372036854775807L - 1)
        #define INT64_MAX 9223372036854775807L
        #define UINT64_MAX 18446744073709551615UL
        namespace std {
        using ::int8_t; using ::uint8_t; using ::int16_t; using ::uint16_t; using ::int32_t; using ::uint32_t; using ::int64_t; using ::uint64_t;
        using ::intptr_t; using ::uintptr_t;
        }

        """;

    private const string Limits = """
        #pragma once
        #define CHAR_BIT 8
        #define SCHAR_MIN (-128)
        #define SCHAR_MAX 127
        #define UCHAR_MAX 255
        #define SHRT_MIN (-32768)
        #define SHRT_MAX 32767
        #define USHRT_MAX 65535
        #define INT_MIN (-2147483647 - 1)
        #define INT_MAX 2147483647
        #define UINT_MAX 4294967295U
        #define LONG_MIN (-9223372036854775807L - 1)
        #define LONG_MAX 9223372036854775807L
        #define ULONG_MAX 18446744073709551615UL
        #define LLONG_MIN (-9223372036854775807LL - 1)
        #define LLONG_MAX 9223372036854775807LL
        #define ULLONG_MAX 18446744073709551615ULL

        """;

    private const string Floats = """
        #pragma once
        #define FLT_RADIX 2
        #define FLT_MANT_DIG 24
        #define FLT_EPSILON 1.19209290e-7f
        #define FLT_MIN 1.17549435e-38f
        #define FLT_MAX 3.40282347e+38f
        #define DBL_MANT_DIG 53
        #define DBL_EPSILON 2.2204460492503131e-16
        #define DBL_MIN 2.2250738585072014e-308
        #define DBL_MAX 1.7976931348623157e+308

        """;

    private const string Mathematics = """
        #pragma once
        #ifndef INFINITY
        #define INFINITY __int_as_float(0x7f800000)
        #endif
        #ifndef NAN
        #define NAN __int_as_float(0x7fffffff)
        #endif
        #ifndef HUGE_VALF
        #define HUGE_VALF __int_as_float(0x7f800000)
        #endif
        #ifndef M_PI
        #define M_E 2.7182818284590452354
        #define M_LOG2E 1.4426950408889634074
        #define M_LN2 0.69314718055994530942
        #define M_PI 3.14159265358979323846
        #define M_PI_2 1.57079632679489661923
        #define M_1_PI 0.31830988618379067154
        #define M_2_SQRTPI 1.12837916709551257390
        #define M_SQRT2 1.41421356237309504880
        #define M_SQRT1_2 0.70710678118654752440
        #endif

        """;

    private const string Sizes = "#pragma once\n#ifndef NULL\n#define NULL 0\n#endif\nnamespace std { using ::size_t; using ::ptrdiff_t; typedef decltype(nullptr) nullptr_t; }\n";

    /// <summary>Text by the name in <c>#include</c>.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["stdint.h"] = Integers,
        ["cstdint"] = Integers,
        ["limits.h"] = Limits,
        ["climits"] = Limits,
        ["float.h"] = Floats,
        ["cfloat"] = Floats,
        ["math.h"] = Mathematics,
        ["cmath"] = Mathematics,
        ["stddef.h"] = Sizes,
        ["cstddef"] = Sizes,
        ["assert.h"] = "#pragma once\n",
        ["cassert"] = "#pragma once\n",
    };
}
