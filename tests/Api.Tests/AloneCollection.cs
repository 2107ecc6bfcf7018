namespace KernelForge.Api.Tests;

/// <summary>Tests that look at the whole process, or need the machine for themselves: one after the other, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
