using System.Runtime.InteropServices;
using KernelForge.Simulator.Compilation;

namespace KernelForge.Simulator.Execution;

/// <summary>What compiled code needs of a block.</summary>
internal sealed unsafe partial class BlockContext
{
    private CompiledKernel? framed;
    private CompiledFrame* frame;
    private ulong* scalars;
    private byte* trace;

    /// <summary>Warp instructions left in the turn that the interpreter handed back.</summary>
    public long Left;

    /// <summary>Where compiled code writes down what an observer is to hear.</summary>
    public byte* TraceStart => trace;

    /// <summary>Compiled code can go on at this place.</summary>
    public bool IsEntry(int code) => framed!.Entries[code] is not null;

    /// <summary>The block's frame, made at the first use of compiled code.</summary>
    public CompiledFrame* CompiledFrame(CompiledKernel kernel)
    {
        if (!ReferenceEquals(framed, kernel))
        {
            framed = kernel;
            frame = frame != null ? frame : (CompiledFrame*)NativeMemory.AlignedAlloc((nuint)((sizeof(CompiledFrame) + 63) & ~63), 64);
            NativeMemory.AlignedFree(scalars);
            scalars = (ulong*)NativeMemory.AlignedAlloc((nuint)((kernel.Slots + 1) * Warps.Length * sizeof(ulong)), 64);
            frame->Cache = Cache;
            frame->SharedData = SharedEntry->Data;
            frame->SharedShadow = SharedEntry->Shadow;
            frame->Parameters = Launch.Parameters;
            NativeMemory.AlignedFree(trace);
            trace = kernel.TraceBytes > 0 ? (byte*)NativeMemory.AlignedAlloc((nuint)kernel.TraceBytes, 64) : null;
            frame->Trace = trace;
            frame->TraceLimit = trace + Compilation.AccessTrace.Capacity;
        }

        return frame;
    }

    /// <summary>A warp's values that compiled code keeps as numbers.</summary>
    public ulong* Scalars(WarpState warp) => scalars + ((long)warp.Index * framed!.Slots);

    private void FreeCompiled()
    {
        NativeMemory.AlignedFree(frame);
        NativeMemory.AlignedFree(scalars);
        NativeMemory.AlignedFree(trace);
    }
}
