using System.Text.RegularExpressions;
using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Compilation;

/// <summary>What a module's PTX says about ranking and precision (design §7).</summary>
public static partial class PtxRules
{
    private static readonly string[] PrecisionOrder = ["float64", "float32", "tf32", "float16", "bfloat16", "float8"];

    /// <summary>Functions that a module may leave to the device's runtime.</summary>
    public static IReadOnlyList<string> AllowedExterns { get; } = ["vprintf", "malloc", "free", "__assertfail"];

    /// <summary>Why a solution that passes does not rank; empty where nothing stands against it.</summary>
    public static IReadOnlyList<string> UnrankedReasons(string ptx)
    {
        PtxModule module = PtxModule.Parse(ptx);
        var reasons = new List<string>();
        string[] registers = [.. module.Bodies.SelectMany(b => SpecialRegister().Matches(WithoutComments(b)).Select(m => m.Value)).Distinct().Order(StringComparer.Ordinal)];
        foreach (string register in registers)
        {
            reasons.Add($"reads {register}: a kernel that can tell time, clock or launch apart can behave differently when it is timed");
        }

        long globals = module.Variables.Where(v => v.Space == ".global").Sum(v => v.Bytes);
        if (globals > PlanReference.MaxRankedGlobalsBytes)
        {
            reasons.Add($"writable module globals of {globals:N0} bytes, above {PlanReference.MaxRankedGlobalsBytes:N0}: they could keep results between launches; use \"buffers\" of the plan");
        }

        if (module.Externs.Contains("malloc"))
        {
            reasons.Add("allocates with device malloc; use \"buffers\" of the plan");
        }

        return reasons;
    }

    /// <summary>
    /// The worst precision among the instructions: <c>float8</c>, <c>bfloat16</c>, <c>float16</c>, <c>tf32</c>, <c>float32</c>,
    /// <c>float64</c>; <c>integer</c> where no floating-point instruction occurs. Widening conversions do not count, rounding
    /// ones do.
    /// </summary>
    public static string Precision(string ptx)
    {
        int worst = -1;
        foreach (string body in PtxModule.Parse(ptx).Bodies)
        {
            foreach (Match match in Instruction().Matches(WithoutComments(body)))
            {
                worst = Math.Max(worst, Array.IndexOf(PrecisionOrder, PrecisionOf(match.Value)));
            }
        }

        return worst < 0 ? "integer" : PrecisionOrder[worst];
    }

    private static string PrecisionOf(string instruction)
    {
        string[] parts = instruction.Split('.');
        string[] types = parts[1..];
        if (parts[0] == "cvt")
        {
            // cvt.rn.f16.f32 d, a: the destination's type stands first; only what it rounds to counts.
            string? target = Array.Find(types, t => Classify(t) is not null);
            string? source = Array.FindLast(types, t => Classify(t) is not null);
            string to = Classify(target) ?? "";
            string from = Classify(source) ?? "";
            bool narrows = target is not null && types.Count(t => Classify(t) is not null) == 1
                || Array.IndexOf(PrecisionOrder, to) > Array.IndexOf(PrecisionOrder, from);
            return narrows && Array.IndexOf(types, target) < types.Length - 1 ? to : "";
        }

        // mma.sync.….f32.f16.f16.f32: the worst of its types.
        int worst = types.Max(t => Array.IndexOf(PrecisionOrder, Classify(t) ?? ""));
        return worst < 0 ? "" : PrecisionOrder[worst];
    }

    private static string? Classify(string? type) => type switch
    {
        "f64" => "float64",
        "f32" or "f32x2" => "float32",
        "tf32" => "tf32",
        "f16" or "f16x2" => "float16",
        "bf16" or "bf16x2" => "bfloat16",
        "e4m3" or "e5m2" or "e4m3x2" or "e5m2x2" or "e4m3x4" or "e5m2x4" or "e2m1x2" or "e2m3x2" or "e3m2x2" => "float8",
        _ => null,
    };

    private static string WithoutComments(string body) => Comment().Replace(body, " ");

    [GeneratedRegex(@"%(globaltimer(_lo|_hi)?|clock(64|_hi)?|gridid|envreg\d+)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SpecialRegister();

    [GeneratedRegex(@"(?<![\w.%$])[a-z][a-z0-9_]*(\.[a-zA-Z0-9_:]+)+", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Instruction();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Comment();
}
