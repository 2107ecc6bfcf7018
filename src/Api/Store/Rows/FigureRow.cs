namespace KernelForge.Api.Store.Rows;

/// <summary>Metrics of an evaluation by Nsight Compute's names; kernel '' is the whole plan.</summary>
internal sealed class FigureRow
{
    public required Guid EvaluationId { get; set; }

    public required string Kernel { get; set; }

    public required string Name { get; set; }

    public double Value { get; set; }
}
