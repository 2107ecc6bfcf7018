using System.Buffers.Binary;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Memory;

/// <summary>
/// Simulated device memory. Each buffer begins on its own 4 GiB slot with at least one empty slot behind it, so that an access out of
/// bounds by less than 4 GiB lands in no buffer. Safe for blocks that run in parallel; allocation and filling are not for while a launch runs.
/// </summary>
public sealed unsafe class DeviceMemory : IDisposable
{
    internal const ulong FirstAddress = 0x7f00_0000_0000UL;
    private const int SlotShift = 32;
    private readonly List<DeviceBuffer> buffers = [];
    private readonly List<int> slots = [];
    private readonly Dictionary<PtxModule, Dictionary<string, DeviceBuffer>> globals = [];
    private readonly List<BufferViolation> violations = [];
    private readonly Dictionary<long, Queue<DeviceBuffer>> freedOnHeap = [];
    private long heapBytes;
    private int heapPieces;
    private int heapFreed;

    /// <summary>Buffers above this many bytes are paged. Default 32 MiB.</summary>
    public long ContiguousLimit { get; init; } = 32L << 20;

    /// <summary>Host memory that the pages of all paged buffers take now, bytes.</summary>
    public long ResidentBytes => buffers.Sum(buffer => buffer.ResidentBytes);

    /// <summary>Writes to read-only buffers, the first of each launch and line.</summary>
    public IReadOnlyList<BufferViolation> Violations => violations;

    /// <summary>All buffers that are not freed.</summary>
    internal IEnumerable<DeviceBuffer> Buffers => buffers.OfType<DeviceBuffer>().Where(b => !b.IsFreed);

    /// <summary>Allocates a buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above 1 TiB.</exception>
    public DeviceBuffer Allocate(BufferSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.ByteLength is < 0 or > 1L << 40)
        {
            throw new ArgumentOutOfRangeException(nameof(spec), $"'{spec.Name}' has {spec.ByteLength} bytes; 0 to 1 TiB are possible");
        }

        int id = buffers.Count;
        ulong address = FirstAddress + ((ulong)slots.Count << SlotShift);
        var buffer = new DeviceBuffer(spec, address, id, ContiguousLimit);
        buffers.Add(buffer);
        long used = (spec.ByteLength >> SlotShift) + 1;
        for (long i = 0; i < used; i++)
        {
            slots.Add(id);
        }

        slots.Add(-1);
        return buffer;
    }

    /// <summary>Frees a buffer. Its addresses are never used again; whoever uses them is told whose they were.</summary>
    public void Free(DeviceBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        buffer.Release();
    }

    /// <summary>Bytes that device code may have allocated with <c>malloc</c> at one time. Default 8 MiB, as CUDA's.</summary>
    public long HeapLimit { get; init; } = 8L << 20;

    /// <summary>A piece of the device's heap; null where it is full.</summary>
    internal DeviceBuffer? AllocateOnHeap(ulong bytes)
    {
        // Hardware hands out multiples of 16 bytes, and keeps notes of its own.
        long taken = bytes > (ulong)HeapLimit ? long.MaxValue : ((long)bytes + 31) & ~15L;
        if (taken > HeapLimit - heapBytes)
        {
            return null;
        }

        DeviceBuffer? buffer = Reused((long)bytes);
        if (buffer is null && heapPieces >= MaxHeapPieces)
        {
            return null;
        }

        if (buffer is null)
        {
            buffer = Allocate(new BufferSpec { Name = HeapName, ByteLength = (long)bytes });
            heapPieces++;
        }

        buffer.FillPattern(HeapPattern);
        heapBytes += taken;
        return buffer;
    }

    // Pieces freed long ago are given out again: a loop that allocates and frees takes no more memory than this.
    private DeviceBuffer? Reused(long bytes)
    {
        if (heapFreed < KeptFreed || !freedOnHeap.TryGetValue(bytes, out Queue<DeviceBuffer>? same) || !same.TryDequeue(out DeviceBuffer? buffer))
        {
            return null;
        }

        heapFreed--;
        buffer.Revive();
        return buffer;
    }

    /// <summary>Frees a piece of the heap. False: none begins at this address.</summary>
    internal bool FreeOnHeap(ulong address)
    {
        if (Find(address) is not { } buffer || buffer.Address != address || buffer.Spec.Name != HeapName || buffer.IsRetired)
        {
            return false;
        }

        heapBytes -= (buffer.ByteLength + 31) & ~15L;
        buffer.Retire();
        heapFreed++;
        if (!freedOnHeap.TryGetValue(buffer.ByteLength, out Queue<DeviceBuffer>? same))
        {
            same = new Queue<DeviceBuffer>();
            freedOnHeap.Add(buffer.ByteLength, same);
        }

        same.Enqueue(buffer);
        return true;
    }

    /// <summary>Gives back the host memory of what device code has freed: between launches, when no block remembers it.</summary>
    internal void ReleaseFreed()
    {
        foreach (DeviceBuffer buffer in freedOnHeap.Values.SelectMany(same => same))
        {
            Free(buffer);
        }

        heapPieces -= heapFreed;
        heapFreed = 0;
        freedOnHeap.Clear();
    }

    // As many pieces of 16 bytes as the heap's default size holds.
    private const int MaxHeapPieces = 1 << 18;

    private const ulong HeapPattern = 0x6ea9;

    // So many freed pieces are told from new ones.
    private const int KeptFreed = 4096;

    private const string HeapName = "device heap";

    /// <summary>Copies bytes out of a buffer.</summary>
    public void Read(DeviceBuffer buffer, long byteOffset, Span<byte> destination) => buffer.Copy(byteOffset, destination);

    /// <summary>Copies bytes into a buffer and marks them written, read-only or not.</summary>
    public void Write(DeviceBuffer buffer, long byteOffset, ReadOnlySpan<byte> source) => buffer.Store(byteOffset, source);

    /// <summary>Fills with a fresh random pattern (NaNs, large integers) and marks everything as never written.</summary>
    public void FillPattern(DeviceBuffer buffer, ulong seed) => buffer.FillPattern(seed);

    /// <summary>Fills with one element's bytes, repeated, and marks everything as written.</summary>
    public void Fill(DeviceBuffer buffer, ReadOnlySpan<byte> element)
    {
        if (element.IsEmpty)
        {
            throw new ArgumentException("an element has at least one byte", nameof(element));
        }

        buffer.FillValue(element);
    }

    /// <summary>A hash of the contents, to see whether they changed. Pages never touched are left out on purpose.</summary>
    public ulong Hash(DeviceBuffer buffer) => buffer.Hash();

    /// <summary>Allocates the module's <c>.global</c> and <c>.const</c> variables and writes their initial values. Once a module.</summary>
    public void BindGlobals(PtxModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (globals.ContainsKey(module))
        {
            return;
        }

        var table = new Dictionary<string, DeviceBuffer>(StringComparer.Ordinal);
        globals[module] = table;
        foreach (PtxVariable variable in module.Globals)
        {
            if (variable.Space is PtxSpace.Global or PtxSpace.Constant && !variable.IsExtern)
            {
                table[variable.Name] = Allocate(new BufferSpec
                {
                    Name = variable.Name,
                    ByteLength = variable.Size,
                    ElementSize = variable.ElementBytes,
                    ElementType = variable.Type.ToString(),
                    ReadOnly = variable.Space == PtxSpace.Constant,
                    Initialised = true,
                });
            }
        }

        WriteInitialValues(module, table);
    }

    /// <summary>Gives every writable module variable its initial value again.</summary>
    public void RestoreGlobals(PtxModule module)
    {
        if (globals.TryGetValue(module, out Dictionary<string, DeviceBuffer>? table))
        {
            WriteInitialValues(module, table);
        }
        else
        {
            BindGlobals(module);
        }
    }

    /// <summary>The buffer of a module variable, or null.</summary>
    public DeviceBuffer? FindGlobal(PtxModule module, string name) =>
        globals.TryGetValue(module, out Dictionary<string, DeviceBuffer>? table) ? table.GetValueOrDefault(name) : null;

    private void WriteInitialValues(PtxModule module, Dictionary<string, DeviceBuffer> table)
    {
        Span<byte> address = stackalloc byte[8];
        foreach (PtxVariable variable in module.Globals)
        {
            if (!table.TryGetValue(variable.Name, out DeviceBuffer? buffer))
            {
                continue;
            }

            if (variable.Initialiser is { } bytes)
            {
                buffer.Store(0, bytes);
            }
            else
            {
                buffer.FillValue([0]);
            }

            foreach (PtxRelocation relocation in variable.Relocations)
            {
                if (table.TryGetValue(relocation.Symbol, out DeviceBuffer? target) && relocation.Offset + 8 <= variable.Size)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(address, target.Address + (ulong)relocation.Addend);
                    buffer.Store(relocation.Offset, address);
                }
                else if (relocation.Offset + 8 <= variable.Size && FunctionAddress(module, relocation.Symbol) is var f and not 0)
                {
                    BinaryPrimitives.WriteUInt64LittleEndian(address, f);
                    buffer.Store(relocation.Offset, address);
                }
            }
        }
    }

    /// <summary>The pretended address of a device function: never a valid data address.</summary>
    internal static ulong FunctionAddress(PtxModule module, string name)
    {
        for (int i = 0; i < module.Functions.Count; i++)
        {
            if (module.Functions[i].Name == name)
            {
                return 0x1000UL + ((ulong)i * 16);
            }
        }

        return 0;
    }

    /// <summary>The buffer that holds or stands nearest before an address, freed or not, or null.</summary>
    internal DeviceBuffer? Find(ulong address)
    {
        ulong slot = (address - FirstAddress) >> SlotShift;
        if (slot >= (ulong)slots.Count)
        {
            return null;
        }

        int id = slots[(int)slot];
        return id < 0 ? null : buffers[id];
    }

    /// <summary>For messages: the buffer whose slot is nearest, though the address is outside it.</summary>
    internal DeviceBuffer? FindNear(ulong address)
    {
        if (Find(address) is { } hit)
        {
            return hit;
        }

        if (address - FirstAddress + (1UL << SlotShift) >= ((ulong)slots.Count + 1) << SlotShift)
        {
            return null;
        }

        // Below a buffer's first byte lies the empty slot behind the buffer before it.
        return Find(address + (1UL << SlotShift)) is { } next && next.Address - address < 1UL << 24 ? next : Find(address - (1UL << SlotShift));
    }

    internal void AddViolation(BufferViolation violation) => violations.Add(violation);

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < buffers.Count; i++)
        {
            buffers[i].Release();
        }
    }
}
