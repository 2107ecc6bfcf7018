using System.Text;

namespace KernelForge.Contracts.Plans;

/// <summary>
/// The reference of launch plans as text, made of <see cref="PlanReference"/>: <c>docs/launch-plan.md</c> for people, and the
/// part of the Coder's prompt that explains plans.
/// </summary>
public static class PlanText
{
    /// <summary>How to make the committed files again after a change here.</summary>
    public const string Regenerate = "KERNELFORGE_WRITE_DOCS=1 dotnet test --project tests/Contracts.Tests";

    private const string Example = """
        /*launch-plan
        {
          "buffers":  { "partial": { "dtype": "float32", "shape": ["x.shape[0]"], "fill": 0 } },
          "tunables": { "BLOCK": [128, 256, 512] },
          "defines":  { "COLS": "x.shape[-1]" },
          "launches": [
            { "kernel": "row_sums<float, BLOCK>", "grid": ["x.shape[0]"], "block": ["BLOCK"], "shared_bytes": "BLOCK * 4",
              "args": ["x", "partial", "x.shape[0]"] },
            { "repeat": { "index": "t", "count": "x.shape[0]" },
              "launches": [ { "kernel": "step", "grid": [1], "block": [128], "args": ["at(x, t * COLS)", "partial", "at(out, t * COLS)", "t"] } ] }
          ]
        }
        */
        template <class T, int BLOCK_SIZE>
        __global__ void row_sums(const T* __restrict__ x, T* __restrict__ partial, int rows) { /* … */ }

        extern "C" __global__ void step(const float* x, const float* partial, float* out, int t) { /* … uses COLS … */ }
        """;

    private static readonly (string Title, string Owner)[] Objects =
    [
        ("The plan", "plan"), ("A buffer", "buffer"), ("A launch", "launch"), ("A repeat", "repeat"),
        ("A tensor map", "tensor map"), ("A library step", "library step"),
    ];

    /// <summary>The whole reference, Markdown: <c>docs/launch-plan.md</c>.</summary>
    public static string Reference()
    {
        var text = new StringBuilder();
        text.Append("# Launch plans\n\n");
        text.Append($"<!-- Generated from src/Contracts/Plans/PlanReference.cs. Do not edit; after a change there run: {Regenerate} -->\n\n");
        text.Append("A solution is one `.cu` file of device code that begins with one comment: the launch plan, strict JSON. The plan says which kernels run, with which grid, block and arguments; there is no host code. Its schema is `docs/schema/launch-plan.schema.json`.\n\n");
        text.Append("```cuda\n").Append(Example).Append("\n```\n\n");
        AppendBody(text, "## ");
        AppendRules(text, "## ");
        AppendErrors(text);
        return text.ToString();
    }

    /// <summary>The same, shorter, for a model's prompt.</summary>
    public static string PromptText { get; } = MakePrompt();

    private static string MakePrompt()
    {
        var text = new StringBuilder();
        text.Append("A solution is ONE .cu file: a comment /*launch-plan { strict JSON } */ first, then device code only. No host code, no includes other than CUDA headers, no main, no <<<>>>. Form:\n\n");
        text.Append("```cuda\n").Append(Example).Append("\n```\n\n");
        AppendBody(text, "### ");
        AppendRules(text, "### ");
        return text.ToString();
    }

    private static void AppendBody(StringBuilder text, string heading)
    {
        foreach ((string title, string owner) in Objects)
        {
            text.Append($"{heading}{title}\n\n| member | value | meaning |\n|---|---|---|\n");
            foreach (PlanPart part in PlanReference.Parts.Where(p => p.Owner == owner))
            {
                text.Append($"| `{part.Name}`{(part.Required ? " (required)" : "")} | {Cell(part.Form)} | {Cell(part.Meaning)} |\n");
            }

            text.Append('\n');
        }

        text.Append($"{heading}Expressions\n\nA JSON number, or a string. Integers have 64 bits and overflow is an error; floats are finite.\n\n| operators, loosest first | |\n|---|---|\n");
        AppendRows(text, PlanReference.Operators.Select(o => (o.Form, o.Meaning)));
        text.Append("\n| name | value |\n|---|---|\n");
        AppendRows(text, PlanReference.Symbols.Select(s => (s.Form, s.Meaning)));
        text.Append("\n| function | value |\n|---|---|\n");
        AppendRows(text, PlanReference.Functions.Select(f => ($"`{f.Form}`", f.Meaning)));
        text.Append($"\n{heading}Dtypes\n\n| dtype | bytes | pointer types that fit, besides `void` and bytes (`char`, `signed char`, `unsigned char`) |\n|---|---|---|\n");
        foreach (PlanDtype dtype in PlanReference.Dtypes)
        {
            text.Append($"| `{dtype.Name}` | {dtype.Bytes} | {string.Join(", ", dtype.Cuda.Select(c => $"`{c}`"))} |\n");
        }

        text.Append($"\n{heading}Options\n\n| option | meaning |\n|---|---|\n");
        AppendRows(text, PlanReference.Options.Select(o => ($"`{o.Name}`{(o.Values is null ? "" : $"`=` {o.Values}")}", o.Meaning)));
        text.Append('\n');
    }

    private static void AppendRules(StringBuilder text, string heading)
    {
        text.Append($"""
            {heading}Rules

            * Tensors are named: inputs by forward's parameter names, parameters and module buffers by their `state_dict` key (`fc.weight`), outputs `out`, or `out0`, `out1`, …; scratch by its name in `buffers`. Everything is contiguous (row-major).
            * Arguments are checked against the kernel's real signature: their number, the pointer's element type, integers by range. Inputs, parameters and module buffers go to `const` pointers and must be unchanged afterwards, unless the task lets them change; so do persistent buffers in `launches`. An integer goes to a float parameter, a float never to an integer one. Struct parameters, other than `CUtensorMap`, cannot be passed.
            * Outputs and scratch hold a fresh random pattern before every execution: initialise what you accumulate into, or give `fill`. Grids depend on shapes only: for data-dependent work use an upper bound with early exit.
            * Names are unique over tensors, buffers, tunables, defines, tensor maps, indices and forward's arguments. Names that begin with `__` or `kf_`, functions of expressions and C++ keywords are taken.
            * Limits: file {PlanReference.MaxSolutionBytes >> 20} MiB, {PlanReference.MaxLaunchesWritten} launches written, {PlanReference.MaxLaunchesExecuted:N0} executed, {PlanReference.MaxTunableCombinations} combinations of tunables, repeats {PlanReference.MaxRepeatDepth} deep, {PlanReference.MaxArguments} arguments, expressions of {PlanReference.MaxExpressionLength} characters, scratch of max({PlanReference.MinScratchLimitBytes >> 20} MiB, {PlanReference.ScratchMultiple} × the task's tensors), 48 KiB of static shared memory (more as `shared_bytes`).
            * Rejected: host code (`main`, `__host__` functions, `<<<…>>>`, host headers), includes that are absolute, leave the header folders or are named by a macro, `#line`, directives in inline PTX. A compile error: any external function but `vprintf`, `malloc`, `free`, `__assertfail`. Judged but not ranked: reads of `%globaltimer`, `%clock*`, `%gridid`, `%envreg*`, writable module globals above {PlanReference.MaxRankedGlobalsBytes >> 20} MiB, device `malloc`.
            * Compiled by NVRTC as C++17, everything `__device__` by default, with the CUDA headers (`cuda_fp16.h`, `mma.h`, `cooperative_groups.h`, …) and small `stdint.h`, `limits.h`, `float.h`, `math.h`, `stddef.h`, `assert.h`, `stdio.h` (`printf` only), whose common names (`INFINITY`, `FLT_MAX`, `int64_t`) need no include; `<limits>`, `<type_traits>` and `<utility>` are CUDA's own; no other C++ standard library.

            """);
    }

    private static void AppendErrors(StringBuilder text)
    {
        text.Append("""

            ## Errors

            An error names the place in the plan, what was found, what is known or allowed, and the position in the file:

                launches[1].grid[0]: 'y' is not a tensor of this task; known: x, partial, out (line 9, column 44)
                launches[0].args[2]: 'out' is float32; the parameter of 'k' is int*; expected a pointer to float, … (line 4, column 73)

            """);
    }

    private static void AppendRows(StringBuilder text, IEnumerable<(string Left, string Right)> rows)
    {
        foreach ((string left, string right) in rows)
        {
            text.Append($"| {Cell(left)} | {Cell(right)} |\n");
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
