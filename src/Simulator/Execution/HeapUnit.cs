using System.Numerics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// <c>malloc</c> and <c>free</c> of device code. Every piece is a buffer of its own, so that what runs over its end, or uses it after it was freed, is found.
/// Launches that use the heap run on one core.
/// </summary>
internal static unsafe class HeapUnit
{
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        int frame = ControlUnit.FramePointer(warp);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* local = block.Local + ((((long)warp.Index * 32) + lane) * block.LocalBytes) + frame;
            ulong argument = *(ulong*)(local + ins->Imm);
            if (ins->Op == Op.DeviceMalloc)
            {
                DeviceBuffer? piece = block.Launch.Memory.AllocateOnHeap(argument);
                *(ulong*)(local + ins->D) = piece?.Address ?? 0;
            }
            else if (argument != 0 && !block.Launch.Memory.FreeOnHeap(argument))
            {
                bool before = block.Launch.Memory.Find(argument) is { IsRetired: true };
                block.Report(FindingKind.IllegalAddressSpace, warp, code, lane, before ? "free of a piece of the device heap that was freed before" : "free of an address that malloc did not give");
            }
        }
    }
}
