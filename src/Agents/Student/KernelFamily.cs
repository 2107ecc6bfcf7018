using System.Globalization;

namespace KernelForge.Agents.Student;

/// <summary>A class of operators that the student knows to write, from a design's choices.</summary>
internal abstract record KernelFamily
{
    private static readonly int[] BlockSizes = [128, 256, 512, 1024];

    /// <summary>What it would write first.</summary>
    public virtual Design Naive => new();

    /// <summary>The changes that mean something here, by <see cref="Move.Name"/>.</summary>
    public abstract IReadOnlyList<string> Moves { get; }

    /// <summary>The whole file.</summary>
    public abstract string Write(Design design);

    /// <summary>The plan's comment and the design's.</summary>
    private protected static string Head(Design design, IEnumerable<(string Name, string Value)> defines, string launches, string? buffers = null, bool usesBlock = true)
    {
        List<string> parts = [];
        if (buffers is not null)
        {
            parts.Add($"  \"buffers\": {{ {buffers} }}");
        }

        var all = defines.Select(define => $"\"{define.Name}\": {define.Value}").ToList();
        if (usesBlock && design.Tuned)
        {
            parts.Add($"  \"tunables\": {{ \"BLOCK\": [{string.Join(", ", BlockSizes.OrderByDescending(size => size == design.Block))}] }}");
        }
        else if (usesBlock)
        {
            all.Insert(0, string.Create(CultureInfo.InvariantCulture, $"\"BLOCK\": {design.Block}"));
        }

        if (all.Count > 0)
        {
            parts.Add($"  \"defines\": {{ {string.Join(", ", all)} }}");
        }

        parts.Add($"  \"launches\": [\n{launches}\n  ]");
        return $"/*launch-plan\n{{\n{string.Join(",\n", parts)}\n}}\n*/\n{design}\n\n";
    }

    /// <summary>A function <c>NAME(value, shared)</c> that combines a value over the block and gives every thread the result.</summary>
    private protected static string BlockReduction(string name, string combine, string identity, bool shuffles)
    {
        string Combine(string left, string right) => combine.Replace("$a", left, StringComparison.Ordinal).Replace("$b", right, StringComparison.Ordinal);
        return shuffles
            ? $$"""
              __device__ __forceinline__ float {{name}}(float value, float* shared) {
                  for (int step = 16; step > 0; step /= 2) {
                      float other = __shfl_xor_sync(0xffffffffu, value, step);
                      value = {{Combine("value", "other")}};
                  }
                  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
                  __syncthreads();
                  value = threadIdx.x % 32 < BLOCK / 32 ? shared[threadIdx.x % 32] : {{identity}};
                  for (int step = 16; step > 0; step /= 2) {
                      float other = __shfl_xor_sync(0xffffffffu, value, step);
                      value = {{Combine("value", "other")}};
                  }
                  __syncthreads();
                  return value;
              }


              """
            : $$"""
              __device__ __forceinline__ float {{name}}(float value, float* shared) {
                  shared[threadIdx.x] = value;
                  __syncthreads();
                  for (int step = BLOCK / 2; step > 0; step /= 2) {
                      if (threadIdx.x < step) shared[threadIdx.x] = {{Combine("shared[threadIdx.x]", "shared[threadIdx.x + step]")}};
                      __syncthreads();
                  }
                  float result = shared[0];
                  __syncthreads();
                  return result;
              }


              """;
    }

    private protected static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
