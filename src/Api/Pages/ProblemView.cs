namespace KernelForge.Api.Pages;

/// <summary>Something that cannot be shown: what, why, and what to do.</summary>
public sealed record ProblemView(string Title, string What, string Advice);
