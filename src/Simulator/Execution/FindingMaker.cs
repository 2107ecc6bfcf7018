using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Findings about memory, in the user's terms: the tensor's name and the element's index.</summary>
internal static unsafe class FindingMaker
{
    private static FindingKind Bounds(AccessKind kind) => kind == AccessKind.Read ? FindingKind.OutOfBoundsRead : FindingKind.OutOfBoundsWrite;

    public static void GlobalBounds(BlockContext block, WarpState warp, int code, int lane, ulong address, int size, AccessKind kind)
    {
        if (block.Repeats(Bounds(kind), code))
        {
            return;
        }

        string verb = MemoryUnit.Verb(kind);
        if (address < 1 << 20)
        {
            block.Report(Bounds(kind), warp, code, lane, $"{verb} of {size} bytes through a null pointer (address 0x{address:x})", null, null, null, size);
            return;
        }

        DeviceBuffer? buffer = block.Launch.Memory.FindNear(address);
        if (buffer is null)
        {
            block.Report(Bounds(kind), warp, code, lane, $"{verb} of {size} bytes at address 0x{address:x}, which belongs to no buffer", null, null, null, size);
            return;
        }

        long offset = (long)(address - buffer.Address);
        if (buffer.IsRetired && offset >= 0 && offset < buffer.ByteLength)
        {
            block.Report(Bounds(kind), warp, code, lane, $"{verb} of {size} bytes at byte {offset} of a piece of the {buffer.Spec.Name} that was freed", buffer.Spec.Name, null, offset, size);
            return;
        }

        int element = Math.Max(1, buffer.Spec.ElementSize);
        long index = Math.DivRem(offset, element, out long rest) - (rest < 0 ? 1 : 0);
        string name = KernelForge.Simulator.Lowering.ProgramBuilder.Demangle(buffer.Spec.Name);
        block.Report(
            Bounds(kind), warp, code, lane, $"{verb} of {size} bytes at {name}[{index}]; {name} {(buffer.IsFreed ? "was freed" : $"has {buffer.ByteLength / element} elements")}", name, index, offset, size);
    }

    public static (string Name, long Element, long Offset) SharedPlace(BlockContext block, ulong address)
    {
        SharedVariable? variable = null;
        foreach (SharedVariable v in block.Program.SharedVariables)
        {
            // The last that begins at or before it; below all of them the first.
            if (variable is null || (v.Offset <= (long)address ? v.Offset >= variable.Offset || variable.Offset > (long)address : v.Offset < variable.Offset))
            {
                variable = v;
            }
        }

        if (variable is null)
        {
            return ("shared memory", (long)address / 4, (long)address);
        }

        long offset = (long)address - variable.Offset;
        return (variable.Name, offset >= 0 ? offset / variable.ElementSize : -((-offset + variable.ElementSize - 1) / variable.ElementSize), offset);
    }

    public static void SharedBounds(BlockContext block, WarpState warp, int code, int lane, ulong address, int size, AccessKind kind)
    {
        if (block.Repeats(Bounds(kind), code))
        {
            return;
        }

        (string name, long element, long offset) = SharedPlace(block, address);
        block.Report(
            Bounds(kind), warp, code, lane,
            $"{MemoryUnit.Verb(kind)} of {size} bytes at {name}[{element}], byte {(long)address} of shared memory; the block has {block.SharedEntry->Length} bytes", name, element, offset, size);
    }

    public static void Misaligned(BlockContext block, WarpState warp, int code, int lane, ulong address, int size, AccessKind kind, string? place)
    {
        if (block.Repeats(FindingKind.Misaligned, code))
        {
            return;
        }

        long offset = (long)address;
        if (place is null)
        {
            DeviceBuffer? buffer = block.Launch.Memory.Find(address);
            place = buffer?.Spec.Name ?? "global memory";
            offset = buffer is null ? offset : (long)(address - buffer.Address);
        }

        block.Report(
            FindingKind.Misaligned, warp, code, lane, $"{MemoryUnit.Verb(kind)} of {size} bytes at byte {offset} of {place}, which is not a multiple of {size}", place, null, offset, size);
    }

    public static void ReadOnly(BlockContext block, WarpState warp, int code, int lane, ulong address, int size)
    {
        if (block.Repeats(FindingKind.ReadOnlyWrite, code))
        {
            return;
        }

        DeviceBuffer buffer = block.Launch.Memory.Find(address)!;
        long offset = (long)(address - buffer.Address);
        long element = offset / Math.Max(1, buffer.Spec.ElementSize);
        block.Report(
            FindingKind.ReadOnlyWrite, warp, code, lane, $"write of {size} bytes at {buffer.Spec.Name}[{element}]; {buffer.Spec.Name} is an input and must not change", buffer.Spec.Name, element, offset, size);
    }

    public static void Uninitialised(BlockContext block, WarpState warp, int code, int lane, BufferEntry* entry, PtxSpace space, ulong offset, int size)
    {
        if (block.Repeats(FindingKind.UninitialisedRead, code))
        {
            return;
        }

        if (space == PtxSpace.Shared)
        {
            (string name, long element, long at) = SharedPlace(block, offset);
            block.Report(FindingKind.UninitialisedRead, warp, code, lane, $"read of {size} bytes at {name}[{element}] in shared memory, which nothing wrote", name, element, at, size);
            return;
        }

        DeviceBuffer buffer = block.Launch.Memory.Find(entry->Start)!;
        offset += entry->Start - buffer.Address;
        long index = (long)offset / Math.Max(1, buffer.Spec.ElementSize);
        block.Report(FindingKind.UninitialisedRead, warp, code, lane, $"read of {size} bytes at {buffer.Spec.Name}[{index}], which nothing wrote", buffer.Spec.Name, index, (long)offset, size);
    }
}
