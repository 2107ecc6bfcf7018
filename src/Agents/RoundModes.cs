namespace KernelForge.Agents;

/// <summary>What the Coder is asked for, and what the Judge advises on.</summary>
public static class RoundModes
{
    /// <summary>A first solution.</summary>
    public const string First = "first";

    /// <summary>Repair what did not pass.</summary>
    public const string Correction = "correction";

    /// <summary>Make faster what passed.</summary>
    public const string Optimisation = "optimisation";
}
