namespace KernelForge.Evaluator.Reference;

/// <summary>One trial to prepare.</summary>
/// <param name="Preset"><c>small</c> or <c>odd</c>; <c>full</c> only on a platform that measures.</param>
/// <param name="Seed">Seed of parameters, inputs and forward.</param>
/// <param name="Distribution"><c>standard</c>, <c>scaled_up</c>, <c>scaled_down</c> or <c>negated</c>.</param>
public sealed record TrialRequest(string Preset, ulong Seed, string Distribution);
