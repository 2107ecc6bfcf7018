namespace KernelForge.Evaluator.Correctness;

/// <summary>Orders precisions, so that a solution's class is the worst that it uses (design §7).</summary>
internal static class PrecisionClass
{
    private static readonly string[] WorstFirst = ["float8", "bfloat16", "float16", "tf32", "float32", "float64", "integer"];

    /// <summary>The worst of the instructions' precision and the dtypes of scratch tensors; integer scratch does not count.</summary>
    public static string Worst(string instructions, IEnumerable<string> scratchDtypes) =>
        scratchDtypes.Append(instructions).Where(p => WorstFirst.Contains(p)).MinBy(p => Array.IndexOf(WorstFirst, p)) ?? instructions;
}
