namespace KernelForge.Cli;

/// <summary>Exit codes of every verb (interfaces.md).</summary>
internal static class ExitCodes
{
    /// <summary>Done; for <c>eval</c>, passed.</summary>
    public const int Done = 0;

    /// <summary>Judged and not passed.</summary>
    public const int NotPassed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 64;

    /// <summary>A bad input file.</summary>
    public const int BadInput = 65;

    /// <summary>Something needed is missing.</summary>
    public const int Missing = 69;

    /// <summary>Our own fault.</summary>
    public const int Fault = 70;

    /// <summary>Interrupted.</summary>
    public const int Interrupted = 130;
}
