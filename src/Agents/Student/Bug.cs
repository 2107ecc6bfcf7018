using System.Text.RegularExpressions;

namespace KernelForge.Agents.Student;

/// <summary>A mistake that the student makes: an edit of a right kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Symptoms">Words of an evaluator's evidence, or of advice, that speak of it, in lower case.</param>
/// <param name="Cure">What the student says when it repairs it.</param>
/// <param name="Find">What is edited, the first place only.</param>
/// <param name="Replace">What it becomes.</param>
internal sealed record Bug(string Name, IReadOnlyList<string> Symptoms, string Cure, Regex Find, string Replace)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Bug> All { get; } =
    [
        Of("wrong_bound", ["out_of_bounds", "outside", "guard"], "The bound lets one index too many through.",
            @"(?<v>\bi|\bg|\brow|\bcolumn|\br) < (?<n>n|groups|m|columns|rows)\b(?! \?)", "${v} <= ${n}"),
        Of("missing_barrier", ["race", "barrier", "__syncthreads"], "A barrier is missing between the write and the read.", @"    __syncthreads\(\);\n", ""),
        Of("wrong_dtype", ["plan_error", "pointer", "dtype", "argument"], "A parameter has another element type than its tensor.", @"const float\* __restrict__ (?<t>\w+)", "const int* __restrict__ ${t}"),
        Of("uninitialised_shared", ["uninitialised", "initcheck"], "Part of the shared array is read before anyone wrote it.", @"    (?<s>shared\[threadIdx\.x\] = value;|as\[threadIdx\.\w\])", "    if (threadIdx.x > 0) ${s}"),
        Of("compile_error", ["compile_error", "compiler", "undefined", "expected a"], "A name is misspelt.", @"threadIdx\.x", "threadIndex.x"),
        Of("wrong_constant", ["incorrect_numerical", "wrong elements", "every element", "constant", "formula", "identity"], "A constant is not the right one.",
            @"(?<k>\b0\.7071067811865475f|\b0\.044715f|\b1\.6732632423543772f|\b0\.0f;|\b0\.0f\)|\b1\.0f\b|\b1\.0f / 6|\b20\.0f)", "1.25f + ${k}"),
        Of("bad_plan", ["plan_error", "is not a tensor", "known:"], "The plan names a tensor that is not there.", "\"out\"", "\"output\""),
        Of("short_grid", ["unwritten", "last", "tail", "never"], "The grid leaves out the last part of the work.", @"ceil_div\((?<a>[^(),]*(?:\([^()]*\))?[^(),]*), (?<b>[^()]*)\)", "max(1, (${a}) // (${b}))"),
    ];

    /// <summary>The kernel with this mistake; null where there is no place for it.</summary>
    public string? Into(string code)
    {
        var end = code.IndexOf("*/", StringComparison.Ordinal);
        var (plan, kernel) = (code[..end], code[end..]);
        var edited = Name is "bad_plan" or "short_grid" ? Find.Replace(plan, Replace, 1) + kernel : plan + Find.Replace(kernel, Replace, 1);
        return edited == code ? null : edited;
    }

    private static Bug Of(string name, IReadOnlyList<string> symptoms, string cure, string find, string replace) =>
        new(name, symptoms, cure, new Regex(find, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), replace);
}
