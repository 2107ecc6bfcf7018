using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans;

/// <summary>TMA descriptors under the rules of <c>cuTensorMapEncodeTiled</c> (CUDA driver API).</summary>
internal sealed class TensorMapResolver(PlanScope scope, DeviceLimits device, Func<string, ResolvedTensor?> tensorOf)
{
    public List<ResolvedTensorMap> Resolve(IReadOnlyList<PlanTensorMap> maps) => [.. maps.Select(Resolve)];

    private ResolvedTensorMap Resolve(PlanTensorMap map)
    {
        if (!device.HasTensorMaps)
        {
            throw new PlanException(map.Name, $"{device.Device} has no TMA (it needs sm_90 or later); load with ordinary instructions or cp.async");
        }

        TensorArgument source = TensorArguments.Resolve(scope, map.Tensor, tensorOf)
            ?? throw new PlanException(map.Tensor, "expected a tensor's name or at(tensor, offset)");
        ResolvedTensor tensor = tensorOf(source.Tensor)!;
        long[] shape = map.Shape is null ? [.. tensor.Shape] : [.. map.Shape.Select(s => scope.Integer(s, "elements in a dimension", 1, 1L << 32))];
        CheckShape(map, tensor, source, shape);
        int rank = shape.Length;
        int[] box = Sizes(map.Box, rank, "box", 1, 256);
        int[] strides = map.ElementStrides is null ? [.. Enumerable.Repeat(1, rank)] : Sizes(map.ElementStrides, rank, "element_strides", 1, 8);
        long[] dimensions = [.. shape.Reverse()];
        long[] strideBytes = StrideBytes(map, tensor, dimensions);
        CheckBox(map, tensor, box[^1] * (long)tensor.ElementBytes);
        long byteOffset = source.ElementOffset * tensor.ElementBytes;
        if (byteOffset % 16 != 0)
        {
            throw new PlanException(map.Tensor, $"begins at byte {byteOffset}; a tensor map begins at a multiple of 16 bytes");
        }

        return new ResolvedTensorMap
        {
            Name = map.Name.Text,
            Tensor = source.Tensor,
            ByteOffset = byteOffset,
            Dtype = tensor.Dtype,
            Dimensions = dimensions,
            StrideBytes = strideBytes,
            Box = [.. box.Reverse()],
            ElementStrides = [.. strides.Reverse()],
            Swizzle = map.Swizzle,
            Interleave = map.Interleave,
            L2Promotion = map.L2Promotion,
            OobFill = map.OobFill,
        };
    }

    private static void CheckShape(PlanTensorMap map, ResolvedTensor tensor, TensorArgument source, long[] shape)
    {
        PlanExpression at = map.Shape is null ? map.Tensor : map.Shape[0];
        if (shape.Length is < 1 or > 5 || shape.Contains(0))
        {
            throw new PlanException(at, $"a tensor map has 1 to 5 dimensions, none of them 0; '{tensor.Name}' is [{string.Join(", ", shape)}]: give another \"shape\"");
        }

        Int128 elements = shape.Aggregate((Int128)1, (product, size) => product * size);
        if (elements > tensor.Numel - source.ElementOffset)
        {
            throw new PlanException(at, $"describes {elements} elements; '{tensor.Name}' has {tensor.Numel - source.ElementOffset} from there on");
        }
    }

    private int[] Sizes(IReadOnlyList<PlanExpression> expressions, int rank, string part, int least, int most)
        => expressions.Count == rank
            ? [.. expressions.Select(e => (int)scope.Integer(e, part == "box" ? "elements of a box" : "as a stride", least, most))]
            : throw new PlanException(expressions[0], $"\"{part}\" has {expressions.Count} entries; the tensor map has {rank} dimensions");

    private static long[] StrideBytes(PlanTensorMap map, ResolvedTensor tensor, long[] dimensions)
    {
        var strides = new long[dimensions.Length - 1];
        long bytes = tensor.ElementBytes;
        for (int i = 0; i < strides.Length; i++)
        {
            bytes *= dimensions[i];
            strides[i] = bytes;
            if (bytes % 16 != 0 || (map.Interleave == "32b" && bytes % 32 != 0))
            {
                throw new PlanException(map.Tensor, $"rows of {bytes} bytes; TMA needs every stride to be a multiple of {(map.Interleave == "32b" ? 32 : 16)} bytes: copy into a padded scratch tensor, or load without TMA at this size");
            }
        }

        return strides;
    }

    private static void CheckBox(PlanTensorMap map, ResolvedTensor tensor, long innerBytes)
    {
        PlanExpression at = map.Box[^1];
        if (map.Interleave == "none" && innerBytes % 16 != 0)
        {
            throw new PlanException(at, $"the box's last dimension is {innerBytes} bytes of {tensor.Dtype}; it must be a multiple of 16 bytes");
        }

        int swizzle = map.Swizzle switch { "32b" => 32, "64b" => 64, "128b" => 128, _ => int.MaxValue };
        if (innerBytes > swizzle)
        {
            throw new PlanException(at, $"the box's last dimension is {innerBytes} bytes; with swizzle {map.Swizzle} it is at most {swizzle}");
        }
    }
}
