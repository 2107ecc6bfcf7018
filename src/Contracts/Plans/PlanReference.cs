namespace KernelForge.Contracts.Plans;

/// <summary>
/// What a launch plan may say, as data: the one source of <c>docs/launch-plan.md</c>, of the JSON schema, of the Coder's
/// prompt (<c>PlanText</c>) and of the evaluator's checks.
/// </summary>
public static class PlanReference
{
    /// <summary>Bytes of a solution file, at most.</summary>
    public const int MaxSolutionBytes = 1 << 20;

    /// <summary>Launches written in a plan, at most (repeats count what they hold once).</summary>
    public const int MaxLaunchesWritten = 64;

    /// <summary>Launches and fills executed by one execution of a plan, at most.</summary>
    public const int MaxLaunchesExecuted = 100_000;

    /// <summary>Combinations of tunables, at most.</summary>
    public const int MaxTunableCombinations = 256;

    /// <summary>Nested repeats, at most.</summary>
    public const int MaxRepeatDepth = 8;

    /// <summary>Arguments of a launch, at most.</summary>
    public const int MaxArguments = 128;

    /// <summary>Characters of an expression or a name, at most.</summary>
    public const int MaxExpressionLength = 1024;

    /// <summary>Dimensions of a scratch tensor, at most.</summary>
    public const int MaxDimensions = 8;

    /// <summary>Scratch that is always allowed, bytes.</summary>
    public const long MinScratchLimitBytes = 256L << 20;

    /// <summary>Scratch allowed as a multiple of the task's own tensors.</summary>
    public const int ScratchMultiple = 4;

    /// <summary>Writable module globals above which a solution does not rank, bytes.</summary>
    public const long MaxRankedGlobalsBytes = 1L << 20;

    /// <summary>Dtypes of scratch tensors, with the pointer types that fit each.</summary>
    public static IReadOnlyList<PlanDtype> Dtypes { get; } =
    [
        new("float64", 8, ["double", "double2", "double4"]),
        new("float32", 4, ["float", "float2", "float3", "float4"]),
        new("float16", 2, ["__half", "__half2"]),
        new("bfloat16", 2, ["__nv_bfloat16", "__nv_bfloat162"]),
        new("float8_e4m3fn", 1, ["__nv_fp8_e4m3", "__nv_fp8x2_e4m3", "__nv_fp8x4_e4m3"]),
        new("float8_e5m2", 1, ["__nv_fp8_e5m2", "__nv_fp8x2_e5m2", "__nv_fp8x4_e5m2"]),
        new("int64", 8, ["long long", "long", "longlong2", "long2"]),
        new("int32", 4, ["int", "int2", "int3", "int4"]),
        new("int16", 2, ["short", "short2", "short4"]),
        new("int8", 1, ["signed char", "char2", "char4"]),
        new("uint64", 8, ["unsigned long long", "unsigned long", "ulonglong2", "ulong2"]),
        new("uint32", 4, ["unsigned int", "uint2", "uint3", "uint4"]),
        new("uint16", 2, ["unsigned short", "ushort2", "ushort4"]),
        new("uint8", 1, ["unsigned char", "uchar2", "uchar4"]),
        new("bool", 1, ["bool", "unsigned char"]),
    ];

    /// <summary>The parts of a plan and of its objects.</summary>
    public static IReadOnlyList<PlanPart> Parts { get; } =
    [
        new("plan", "buffers", false, "object: name → buffer", "Scratch tensors, and fills of outputs. All scratch together at most max(256 MiB, 4 × (inputs + parameters + outputs)). Without `fill`, content is a fresh random pattern before every execution"),
        new("plan", "tunables", false, "object: name → [integers]", "Candidate values, at most 256 combinations over all tunables. Each is a `#define` and a symbol of expressions; the evaluator tries them, the first is the default"),
        new("plan", "defines", false, "object: name → expression", "Compile-time constants from shapes and constructor arguments, each a `#define` and a symbol; a later one may use an earlier one. A float becomes a `double` literal: write `(float)EPS`"),
        new("plan", "options", false, "[strings]", "Compiler options from the list below"),
        new("plan", "tensor_maps", false, "object: name → tensor map", "TMA descriptors, passed by name to a parameter `const __grid_constant__ CUtensorMap`"),
        new("plan", "prepare", false, "[steps]", "Launches that read parameters and module buffers only and write persistent buffers; run once per parameter set and timed as `prepare_ms`; such a solution ranks in class `prepared`"),
        new("plan", "launches", true, "[steps]", "What one execution does, in order: at most 64 launches written and 100,000 executed"),
        new("buffer", "dtype", true, "string", "One of the dtypes below. Left out for an output"),
        new("buffer", "shape", true, "[expressions]", "Elements by dimension, each at least 0, at most 8 of them. Left out for an output"),
        new("buffer", "fill", false, "number, expression, `\"inf\"`, `\"-inf\"` or `\"nan\"`", "Value of every element before the first launch: a step of the plan, timed like a launch"),
        new("buffer", "persistent", false, "true or false", "Written by `prepare`, kept between executions"),
        new("launch", "kernel", true, "string", "Kernel name or C++ name expression: `step`, `ns::step`, `row_sums<float, BLOCK>`"),
        new("launch", "grid", true, "[1 to 3 expressions]", "Blocks in x, y, z, each at least 1, at most 2147483647, 65535, 65535"),
        new("launch", "block", true, "[1 to 3 expressions]", "Threads in x, y, z, each at least 1, at most 1024, 1024, 64 and 1024 together"),
        new("launch", "shared_bytes", false, "expression", "Dynamic shared memory (`extern __shared__`) in bytes; above 48 KiB it is opted into for you"),
        new("launch", "args", false, "[arguments]", "In the kernel's order: a tensor's name, `at(tensor, offset)`, a tensor map's name, or an expression"),
        new("launch", "when", false, "expression", "The step is executed only where this is true"),
        new("launch", "cooperative", false, "true or false", "All blocks are co-resident, so that `cooperative_groups::this_grid().sync()` works; more blocks than fit is an error that says how many do"),
        new("launch", "cluster", false, "[1 to 3 expressions]", "Blocks of a cluster in x, y, z; the grid is a multiple of it"),
        new("repeat", "repeat", true, "{ \"index\": name, \"count\": expression }", "Executes the steps in `launches` for index = 0, 1, … count − 1; repeats may nest"),
        new("repeat", "launches", true, "[steps]", "What is repeated; expressions in it may use the index"),
        new("repeat", "when", false, "expression", "The step is executed only where this is true"),
        new("tensor map", "tensor", true, "string", "The tensor described, or `at(tensor, offset)`"),
        new("tensor map", "shape", false, "[1 to 5 expressions]", "Another view of its elements, outermost first; default: its own shape"),
        new("tensor map", "box", true, "[1 to 5 expressions]", "Elements of a box, outermost first as in the shape, each 1 to 256"),
        new("tensor map", "element_strides", false, "[1 to 5 expressions]", "Steps between elements, each 1 to 8; default 1"),
        new("tensor map", "swizzle", false, "\"none\", \"32b\", \"64b\", \"128b\"", "Swizzle of the box in shared memory; default `none`"),
        new("tensor map", "interleave", false, "\"none\", \"16b\", \"32b\"", "Interleaved layout; default `none`"),
        new("tensor map", "l2_promotion", false, "\"none\", \"64b\", \"128b\", \"256b\"", "L2 fetch size; default `none`"),
        new("tensor map", "oob_fill", false, "\"zero\", \"nan\"", "Value of elements outside; default `zero`"),
        new("library step", "library", true, "\"gemm\", \"batched_gemm\", \"conv\"", "A vendor routine, with its parameters beside it (`a`, `b`, `c`, …). In the grammar; no platform executes it yet"),
        new("library step", "when", false, "expression", "The step is executed only where this is true"),
    ];

    /// <summary>Functions of expressions.</summary>
    public static IReadOnlyList<PlanFunction> Functions { get; } =
    [
        new("ceil_div", "ceil_div(a, b)", 2, 2, "integers: the smallest integer not below a ÷ b"),
        new("min", "min(a, b, …)", 1, 16, "the smallest"),
        new("max", "max(a, b, …)", 1, 16, "the largest"),
        new("abs", "abs(a)", 1, 1, "absolute value"),
        new("sqrt", "sqrt(a)", 1, 1, "square root, a float"),
        new("rsqrt", "rsqrt(a)", 1, 1, "1 ÷ square root, a float"),
        new("next_pow2", "next_pow2(n)", 1, 1, "the smallest power of two not below the integer n"),
        new("log2", "log2(a)", 1, 1, "logarithm to base 2: an integer where a is an integer power of two, else a float"),
        new("blocks_per_sm", "blocks_per_sm(kernel)", 1, 1, "blocks of a kernel of this plan that fit on one multiprocessor at once, at the block and shared_bytes of its launch; not in defines"),
        new("at", "at(tensor, offset)", 2, 2, "argument only: the tensor from that element on; 0 ≤ offset ≤ numel"),
    ];

    /// <summary>What a name in an expression can mean.</summary>
    public static IReadOnlyList<PlanSymbol> Symbols { get; } =
    [
        new("`x.shape[i]`", "size of dimension i of a tensor; negative i counts from the end"),
        new("`x.stride[i]`", "stride of dimension i in elements (everything is contiguous)"),
        new("`x.numel`", "elements in all"),
        new("`init.NAME`", "a constructor argument, defaulted ones too: a number; tuples by index (`init.kernel_size[0]`); bools are 0/1; `None` and strings for comparison only (`init.bias != None`, `init.mode == 'same'`)"),
        new("`NAME`", "a loop index, tunable or define of this plan; a scalar or tuple argument of forward; a module-level integer constant of the task (a define of the same name hides it)"),
        new("`sm_count`", "multiprocessors of the device"),
    ];

    /// <summary>Operators, loosest first.</summary>
    public static IReadOnlyList<PlanSymbol> Operators { get; } =
    [
        new("`a if c else b`", "evaluates only the branch taken"),
        new("`or`, `and`, `not`", "short-circuit; the result is true or false"),
        new("`==` `!=` `<` `<=` `>` `>=`", "comparisons, chained as in Python (`0 < t < 5`)"),
        new("`+` `-`", "64-bit integers with overflow as an error, or finite floats"),
        new("`*` `/` `//` `%`", "`/` is true division and gives a float; `//` floors and gives an integer; `%` has the divisor's sign"),
        new("`-a` `+a`", "sign"),
    ];

    /// <summary>Compiler options.</summary>
    public static IReadOnlyList<PlanOption> Options { get; } =
    [
        new("--use_fast_math", null, "fast, less exact float32 functions and division; a mark on the board"),
        new("-maxrregcount", "16 to 255", "registers a thread, at most: `-maxrregcount=64`"),
        new("-std", "c++11, c++14, c++17, c++20", "language version; default c++17"),
        new("--ftz", "true, false", "flush float32 denormals to zero"),
        new("--prec-div", "true, false", "IEEE-exact float32 division"),
        new("--prec-sqrt", "true, false", "IEEE-exact float32 square root"),
        new("--fmad", "true, false", "contract multiplies and adds"),
        new("--extra-device-vectorization", null, "more vectorisation in the optimiser"),
        new("--restrict", null, "all pointer parameters are `__restrict__`"),
    ];

    /// <summary>Library routines.</summary>
    public static IReadOnlyList<string> Libraries { get; } = ["gemm", "batched_gemm", "conv"];
}

/// <summary>A member of a plan's object.</summary>
/// <param name="Owner">The object: <c>plan</c>, <c>buffer</c>, <c>launch</c>, …</param>
/// <param name="Name">The member.</param>
/// <param name="Required">It must be there.</param>
/// <param name="Form">What its value looks like.</param>
/// <param name="Meaning">What it says.</param>
public sealed record PlanPart(string Owner, string Name, bool Required, string Form, string Meaning);

/// <summary>A function of expressions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">How it is called.</param>
/// <param name="MinArguments">Arguments, at least.</param>
/// <param name="MaxArguments">Arguments, at most.</param>
/// <param name="Meaning">What it gives.</param>
public sealed record PlanFunction(string Name, string Form, int MinArguments, int MaxArguments, string Meaning);

/// <summary>A name or operator of expressions.</summary>
/// <param name="Form">How it is written.</param>
/// <param name="Meaning">What it gives.</param>
public sealed record PlanSymbol(string Form, string Meaning);

/// <summary>A compiler option that plans may name.</summary>
/// <param name="Name">The option.</param>
/// <param name="Values">What may follow <c>=</c>; null: nothing.</param>
/// <param name="Meaning">What it does.</param>
public sealed record PlanOption(string Name, string? Values, string Meaning);
