using System.Runtime.InteropServices;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>What an asynchronous reduction does with each element (PTX ISA §9.7.8.24.7).</summary>
/// <param name="Operation">Its number in <see cref="AtomicUnit"/>.</param>
/// <param name="Type">The element's type.</param>
internal readonly record struct Reduction(int Operation, PtxType Type)
{
    public unsafe void Apply(byte* to, ReadOnlySpan<byte> with)
    {
        switch (with.Length)
        {
            case 8:
                *(ulong*)to = AtomicUnit.Combine(Operation, Type, *(ulong*)to, MemoryMarshal.Read<ulong>(with), 0);
                break;
            case 4:
                *(uint*)to = (uint)AtomicUnit.Combine(Operation, Type, *(uint*)to, MemoryMarshal.Read<uint>(with), 0);
                break;
            default:
                *(ushort*)to = (ushort)AtomicUnit.Combine(Operation, Type, *(ushort*)to, MemoryMarshal.Read<ushort>(with), 0);
                break;
        }
    }
}
