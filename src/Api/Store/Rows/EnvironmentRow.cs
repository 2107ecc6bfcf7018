namespace KernelForge.Api.Store.Rows;

/// <summary>Where and with what figures were made; boards never mix environments. id is a hash of the other columns.</summary>
internal sealed class EnvironmentRow
{
    public required string Id { get; set; }

    public required string Platform { get; set; }

    public required string Device { get; set; }

    public required string Architecture { get; set; }

    public string? Compiler { get; set; }

    public string? Torch { get; set; }

    public string? Driver { get; set; }

    public required string Kernelforge { get; set; }

    public required string EvaluationVersion { get; set; }

    public string? ProfileSha256 { get; set; }
}
