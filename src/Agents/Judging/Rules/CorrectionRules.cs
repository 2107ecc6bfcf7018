using System.Text.RegularExpressions;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Judging.Rules;

/// <summary>What a correction rule reads.</summary>
internal sealed class CorrectionEvidence(EvaluationOutcome outcome, string code)
{
    public EvaluationOutcome Outcome => outcome;

    public string Code => code;

    public WorstElement? Worst => outcome is IncorrectNumerical ? outcome.Correctness?.Worst : null;

    public string Pattern => Worst?.Pattern ?? "";

    public string Distribution => Worst?.Distribution ?? "";

    public Finding? Found(params ReadOnlySpan<string> kinds)
    {
        foreach (var finding in outcome.Findings)
        {
            if (kinds.Contains(finding.Kind))
            {
                return finding;
            }
        }

        return null;
    }

    public bool HasPattern(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Pattern.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    public bool CodeHas(string pattern) => Regex.IsMatch(code, pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    public bool Says(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if ((outcome.Diagnostics ?? "").Contains(word, StringComparison.OrdinalIgnoreCase) || outcome.Message.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the first finding of these kinds stands: <c> in relu, line 14</c>.</summary>
    public string Where(params ReadOnlySpan<string> kinds) => Found(kinds) is not { } finding ? ""
        : (finding.Kernel is { } kernel ? $" in {kernel}" : "") + (finding.Line is { } line ? $", line {line.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : "");

    /// <summary>The compiler's first error line, without its file name.</summary>
    public string FirstError()
    {
        var line = (outcome.Diagnostics ?? "").Split('\n').FirstOrDefault(text => text.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? outcome.Message;
        var colon = line.IndexOf("error", StringComparison.OrdinalIgnoreCase);
        return (colon > 0 && colon < 40 ? line : line.Trim()).Trim();
    }
}

/// <summary>A row of the correction side: when it applies, the issue, why it matters, the fix.</summary>
internal sealed record CorrectionRule(string Id, Func<CorrectionEvidence, bool> Applies, Func<CorrectionEvidence, string> Issue, string Why, string Fix);

/// <summary>From the most specific evidence to the most general; the first that applies and has not been tried in vain advises.</summary>
internal static class CorrectionRules
{
    public static IReadOnlyList<CorrectionRule> All { get; } =
    [
        new("answer_truncated", e => e.Outcome is AnswerError && e.Says("cut off", "all tokens"), _ => "The answer was cut off before the file ended.", "A partial file cannot be judged, so the round is lost.", "Think less, write a shorter file, and close the code fence."),
        new("answer_several", e => e.Outcome is AnswerError && e.Says("different files", "blocks with kernels", "another block"), _ => "The answer holds several files.", "Only one file is judged, and nobody can say which was meant.", "Put the launch plan and every kernel into one fenced block."),
        new("answer_form", e => e.Outcome is AnswerError, _ => "The answer holds no usable solution file.", "Without one fenced file that begins with its launch plan nothing can be judged.", "Answer with one fenced block that begins with /*launch-plan and holds every kernel."),

        new("plan_unknown_name", e => e.Outcome is PlanError && e.Says("not a tensor", "known:", "unknown"), e => e.Outcome.Message, "The launch plan names something that this task or file does not have, so no kernel was launched.", "Use only the names that the message lists, or declare the buffer under buffers."),
        new("plan_argument", e => e.Outcome is PlanError && e.Says("args[", "argument", "parameter"), e => e.Outcome.Message, "The plan's arguments must match the kernel's parameters in number, order and type.", "Make args follow the kernel's signature one by one; pass const tensors to const pointers."),
        new("plan_limits", e => e.Outcome is PlanError && e.Says("limit", "co-residen", "exceeds", "more than"), e => e.Outcome.Message, "The launch is larger than the device or the rules allow.", "Reduce block, grid or shared_bytes below the limit that the message gives."),
        new("plan_form", e => e.Outcome is PlanError, e => e.Outcome.Message, "The launch plan is not well formed, so nothing was launched.", "Correct the plan at the place named; the file must begin with /*launch-plan and valid JSON."),
        new("rejected_include", e => e.Outcome is Rejected && e.Says("include"), e => e.Outcome.Message, "Only the compiler's own headers may be included; host and absolute paths are refused.", "Remove the include, or use a device header such as cuda_fp16.h."),
        new("rejected_inputs", e => e.Outcome is Rejected && e.Says("input", "parameter"), e => e.Outcome.Message, "Inputs and parameters must be unchanged after the run, else later trials see other data.", "Write to out or to a scratch buffer and take inputs as const pointers."),
        new("rejected", e => e.Outcome is Rejected, e => e.Outcome.Message, "A rule of solutions was broken: device code and a launch plan only.", "Remove host code and directives that the message names."),

        new("compile_undefined", e => e.Outcome is CompileError && e.Says("is undefined", "undeclared", "not declared"), e => e.FirstError(), "The compiler does not know a name, so there is no kernel to run.", "Declare it, include its device header, or add it under the plan's defines."),
        new("compile_header", e => e.Outcome is CompileError && e.Says("cannot open source file", "could not open source"), e => e.FirstError(), "NVRTC has no host headers, so the include fails.", "Remove the header; NVRTC has the built-ins already, and only CUDA's own device headers."),
        new("compile_extern", e => e.Outcome is CompileError && e.Says("extern", "unresolved"), e => e.FirstError(), "The device code calls a function that nobody defines.", "Define the function in this file as __device__, or use a built-in."),
        new("compile", e => e.Outcome is CompileError, e => e.FirstError(), "The file does not compile, so nothing else could be judged.", "Correct the line that the compiler's first error names."),
        new("unsupported", e => e.Outcome is Unsupported, e => e.Outcome.Message, "The platform cannot execute this construct, so the solution was not judged.", "Replace the construct named by an ordinary CUDA C++ equivalent."),

        new("deadlock", e => e.Found("deadlock") is not null, e => $"Deadlock: warps wait for each other{e.Where("deadlock")}.", "Some threads wait at a barrier or a flag that others never reach.", "Let every thread reach the barrier; spin only on flags of blocks that are resident."),
        new("barrier_divergence", e => e.Found("barrier_divergence") is not null, e => $"A barrier is not reached by all threads of the block{e.Where("barrier_divergence")}.", "__syncthreads() under a divergent condition or after an early return hangs or lets threads read too early.", "Move the barrier out of the condition; guard the work instead of returning."),
        new("invalid_mask", e => e.Found("invalid_mask") is not null, e => $"A warp primitive names lanes that do not take part{e.Where("invalid_mask")}.", "Shuffles with a mask of lanes that have exited or diverged return undefined values.", "Keep all 32 lanes active through the shuffle and use the mask 0xffffffff."),
        new("endless", e => e.Outcome is TimedOut && e.CodeHas(@"while\s*\("), _ => "A loop does not end for some sizes or values.", "Threads were still running when the budget of instructions ended.", "Bound the loop by an integer counter; check its condition for sizes of one and odd sizes."),
        new("too_slow", e => e.Outcome is TimedOut, _ => "The kernel does far more work than its budget allows.", "The evaluation was stopped before the results could be checked.", "Reduce repeated work: do not recompute a whole row or matrix for each element."),

        new("race", e => e.Found("race") is not null, e => $"Two threads access the same memory without order{e.Where("race")}{(e.Found("race")?.OtherLine is { } other ? $" against line {other.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : "")}.", "One of them writes, so the result depends on which comes first and changes from run to run.", "Put __syncthreads() between the write and the other access, or use an atomic."),
        new("bounds_tail", e => e.Found("out_of_bounds_read", "out_of_bounds_write") is not null && !e.CodeHas(@"\bif\s*\([^)]*<|\bfor\s*\([^;]*;[^;]*<|return\s*;"), e => $"Out of bounds{e.Where("out_of_bounds_read", "out_of_bounds_write")}: no guard for the tail.", "Sizes are no multiple of the block, so the last threads run past the end.", "Add if (i < n) around the access, with n passed from the plan."),
        new("bounds_write", e => e.Found("out_of_bounds_write") is not null, e => $"A write is out of bounds{e.Where("out_of_bounds_write")}.", "It destroys other memory; the index is wrong or the guard covers another range than the access.", "Compute the index from the tensor's real strides and guard each dimension with its own size."),
        new("bounds_read", e => e.Found("out_of_bounds_read") is not null, e => $"A read is out of bounds{e.Where("out_of_bounds_read")}.", "The index leaves the tensor for some sizes, so the value read is not the task's.", "Guard the load and use the identity (0 for sums) outside; check the row stride."),
        new("misaligned", e => e.Found("misaligned") is not null, e => $"A vector access is not aligned{e.Where("misaligned")}.", "16-byte accesses need addresses that are multiples of 16; rows of odd length are not.", "Use vector accesses only where the row length is a multiple of four, else scalars."),
        new("uninitialised", e => e.Found("uninitialised_read") is not null, e => $"Memory is read that nothing has written{e.Where("uninitialised_read")}.", "Outputs, scratch and shared memory hold random bytes before every run.", "Write it first, or give the buffer a fill of 0 in the plan."),
        new("unwritten", e => e.Found("unwritten_output") is not null, e => $"Some output elements are never written{e.Where("unwritten_output")}.", "They keep random bytes: the grid, the loop or the guard does not cover every element.", "Make grid × block × loop cover the whole output, for the tail too."),
        new("stack_overflow", e => e.Found("stack_overflow") is not null, e => $"The stack overflows{e.Where("stack_overflow")}.", "Recursion or large local arrays exceed a thread's stack.", "Replace recursion by a loop and large local arrays by shared memory or scratch."),
        new("address_space", e => e.Found("illegal_address_space") is not null, e => $"An address of the wrong memory space is used{e.Where("illegal_address_space")}.", "A shared or local pointer is used as a global one, or the other way round.", "Pass pointers of the right space, converted by __cvta_generic_to_shared where assembly needs it."),
        new("runtime", e => e.Outcome is RuntimeError, e => e.Outcome.Message, "The kernel trapped or failed an assertion, so its results mean nothing.", "Remove the condition that traps, or guard the case that triggers it."),
        new("memory", e => e.Outcome is MemoryError, e => e.Outcome.Message, "Memory is accessed in a way that real hardware does not allow.", "Check the index at the line named against the tensor's size."),
        new("sync", e => e.Outcome is SyncError or RaceError, e => e.Outcome.Message, "Threads are not ordered as the algorithm needs.", "Put a barrier that all threads reach between the write and the read."),
        new("shape", e => e.Outcome is IncorrectShape or IncorrectDtype, e => e.Outcome.Message, "The output's shape or type differs from the reference's.", "Write the output with the reference's shape and dtype."),

        new("half_precision", e => e.Outcome is IncorrectNumerical && (e.Outcome.Class?.Precision is "reduced" or "float16" or "bfloat16" || (e.CodeHas(@"__half|half2|__nv_bfloat16") && e.HasPattern("random", "everything", "scattered"))), _ => "Sums are accumulated in half precision.", "Rounding errors of 10 or 8 bits grow with the length of the sum and exceed the tolerance.", "Accumulate in float and convert only the final result."),
        new("one_pass_variance", e => e.Outcome is IncorrectNumerical && e.CodeHas(@"mean\s*\*\s*mean|m\s*\*\s*m\b|mu\s*\*\s*mu") && !e.CodeHas(@"-\s*mean\s*\)\s*\*|-\s*mu\s*\)\s*\*"), _ => "The variance is computed as E[x²] − E[x]².", "The difference of two large, nearly equal numbers loses its digits where the mean is large.", "Subtract the mean first: a second pass, or Welford's update."),
        new("identity_of_maximum", e => e.Outcome is IncorrectNumerical && (e.Distribution == "negated" || e.HasPattern("negative")) || (e.Outcome is IncorrectNumerical && e.CodeHas(@"\b(\w*max\w*|top|m|best)\s*=\s*0(\.0*)?f?\s*;")), _ => "A running maximum starts at zero instead of minus infinity.", "Where all values are negative the start wins, so negative inputs give wrong results.", "Start maxima at __int_as_float(0xff800000) (minus infinity) and minima at plus infinity."),
        new("overflow", e => e.Outcome is IncorrectNumerical && (e.Distribution == "scaled_up" || e.Worst?.Actual is { } actual && !double.IsFinite(actual)), _ => "Large inputs overflow.", "Exponentials or squares exceed float32 when inputs grow, giving infinity or NaN.", "Subtract the row's maximum before expf; scale before squaring."),
        new("absolute_epsilon", e => e.Outcome is IncorrectNumerical && e.Distribution == "scaled_down", _ => "Small inputs lose their value.", "A constant, an epsilon or a shortcut that does not scale with the input dominates when inputs are small.", "Use the reference's exact epsilon in the same place, and no thresholds of your own."),
        new("every_nth", e => e.Outcome is IncorrectNumerical && e.HasPattern("every"), e => $"Wrong elements come at a fixed distance: {e.Pattern}.", "The stride or the vector width of loads and stores does not match the data.", "Check the per-thread element count, the stride and the lane's offset against each other."),
        new("tail", e => e.Outcome is IncorrectNumerical && e.HasPattern("tail", "last", "end of"), e => $"The tail is wrong: {e.Pattern}.", "Sizes that are no multiple of the tile or vector width leave elements that are skipped or summed wrongly.", "Round the loop count up, guard each access, and use the identity outside."),
        new("whole_rows", e => e.Outcome is IncorrectNumerical && e.HasPattern("row", "block", "column", "plane"), e => $"Whole parts are wrong: {e.Pattern}.", "A row's index, or the scope of its reduction, is wrong: results are mixed between rows or only some warps take part.", "Check the row index and that the reduction covers exactly one row, all its warps."),
        new("everything", e => e.Outcome is IncorrectNumerical && e.HasPattern("everything", "all elements", "every element", "poison"), _ => "Everything is wrong: the output is never written rightly, or the formula is another.", "Output that is random, or off throughout, means a wrong output pointer, a missing launch or a wrong formula.", "Compare the formula with the reference line by line; check the argument order."),
        new("accumulation", e => e.Outcome is IncorrectNumerical && e.Outcome.Correctness is { MaxRelativeError: < 1e-2 }, _ => "Small errors exceed the tolerance.", "Long float32 sums in one order, fast intrinsics or reordered formulas lose digits.", "Sum in several partial sums or by a tree; use expf, not __expf; drop --use_fast_math."),
        new("numerical", e => e.Outcome is IncorrectNumerical, e => e.Outcome.Message, "Results differ from the reference by more than is allowed.", "Compare the formula with the reference and check indices at the worst element."),
        new("implausible", e => e.Outcome is Implausible, _ => "The time is below what the unavoidable work needs.", "Work that the task requires is skipped, or results are not computed from the inputs.", "Read every input that the result depends on and write every output."),
        new("start_over", e => e.Outcome is not Passed, _ => "Repairs of this design did not help.", "The same failure persists after several different corrections, so its cause lies in the structure.", "Rewrite simply: one thread an output, no shared memory, 64-bit indices, full guards."),
    ];
}
