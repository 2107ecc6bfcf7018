namespace KernelForge.Contracts.Plans;

/// <summary>A dtype as plans name it.</summary>
/// <param name="Name">PyTorch's name without the prefix: <c>float32</c>.</param>
/// <param name="Bytes">Bytes of an element.</param>
/// <param name="Cuda">Element types that a kernel's pointer may have, besides <c>void</c> and bytes.</param>
public sealed record PlanDtype(string Name, int Bytes, IReadOnlyList<string> Cuda)
{
    /// <summary>Finds a dtype by name; null where a plan cannot name it.</summary>
    public static PlanDtype? Find(string name) => PlanReference.Dtypes.FirstOrDefault(d => d.Name == name);

    /// <summary>Bytes of an element of a task's tensor, <c>complex64</c> and other dtypes that plans cannot declare included.</summary>
    /// <exception cref="PlanException">Nobody knows it.</exception>
    public static int BytesOf(string name) => Find(name)?.Bytes ?? name switch
    {
        "complex32" => 4,
        "complex64" => 8,
        "complex128" => 16,
        _ => throw new PlanException($"dtype '{name}' is not known; known: {string.Join(", ", PlanReference.Dtypes.Select(d => d.Name))}"),
    };
}
